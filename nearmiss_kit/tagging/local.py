"""A small correction of the learned layer by what a service's own reviewers decided: off unless asked for, kept in their store.

It adds to the shipped layer's log odds, for each corrected code, a constant and a weight for each of its words. It is learned
in `decisions/learning.py`; here it is frozen, and only added up.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from hashlib import blake2b

import numpy as np
from scipy.special import expit, logit

from nearmiss_kit.errors import LexiconError
from nearmiss_kit.tagging.learned import Confidence, LearnedLayer
from nearmiss_kit.tagging.lexicon import Lexicon
from nearmiss_kit.tagging.word_weights import list_whole_words, read_words, soften_length

LOCAL_MARK = "+local-"  # stands in a version where a local correction ran
_SUREST = 1e-9  # no log odds are taken of a confidence nearer to 0 or 1
_LEARN = "nearmiss store learn"


@dataclass(frozen=True)
class LearnedCode:
    """What came of learning one code (family/code).

    `decisions` out of how many `people`, `unmarked` sentences read and left without it, and the mean log loss on people left
    out while learning, as shipped and corrected (None where it was not tried). `why` says why the code stays as shipped; it
    is empty where `bias` and the weights of `words` correct it.
    """

    code: str
    decisions: int
    people: int
    unmarked: int
    loss_shipped: float | None
    loss_corrected: float | None
    why: str
    bias: float
    words: dict[str, float]


@dataclass(frozen=True)
class LocalLearning:
    """The frozen correction: the learned layer it was learned beside, when, of how many decisions nothing came, and its codes."""

    beside: str
    learned_at: str
    left_aside: int
    codes: tuple[LearnedCode, ...]

    @cached_property
    def corrected(self) -> tuple[LearnedCode, ...]:
        """The codes that are corrected; all others stay as shipped."""
        return tuple(code for code in self.codes if not code.why)

    @cached_property
    def version(self) -> str:
        """A fingerprint of all that it adds, to stand behind the learned layer's version; empty where it corrects nothing."""
        if not self.corrected:
            return ""
        added = json.dumps([self.beside, [(code.code, code.bias, code.words) for code in self.corrected]], sort_keys=True)
        return f"{LOCAL_MARK}{blake2b(added.encode(), digest_size=4).hexdigest()}"

    def shift(self, sentences: Sequence[str]) -> np.ndarray:
        """What is added to the log odds, shape (sentences, corrected codes)."""
        added = np.empty((len(sentences), len(self.corrected)))
        for place, sentence in enumerate(sentences):
            words = read_words(sentence)
            rows = [row for name in list_whole_words(words) if (row := self._rows.get(name)) is not None]
            added[place] = self._biases + self._weights[rows].sum(axis=0) * soften_length(len(words))
        return added

    def adjust(self, confidence: Confidence, sentences: Sequence[str], codes: Sequence[str]) -> Confidence:
        """The confidence of the learned layer, whose `codes` are its columns, after the correction; other columns stay as they are."""
        columns, added = [codes.index(code.code) for code in self.corrected], self.shift(sentences)
        adjusted = []
        for shipped in (confidence.affirmed, confidence.mentioned):
            changed = shipped.copy()
            changed[:, columns] = add_to_odds(shipped[:, columns], added)
            adjusted.append(changed)
        return Confidence(*adjusted)

    def take_back(self, confidence: float, sentence: str, code: str) -> float:
        """What the confidence of a code (family/code) in a sentence was before the correction."""
        codes = [corrected.code for corrected in self.corrected]
        if code not in codes:
            return confidence
        return float(add_to_odds(np.float64(confidence), -self.shift([sentence])[0, codes.index(code)]))

    def require(self, layer: LearnedLayer | None) -> None:
        """Refuse, with a LexiconError, to run without a learned layer, or beside another than it was learned beside."""
        if layer is None:
            raise LexiconError(
                "What was learned from decisions corrects the learned layer, and the layer “none” leaves that out. Choose "
                "another layer, or leave the local correction out."
            )
        if self.beside != layer.version:
            raise LexiconError(
                "What was learned from decisions corrects another learned layer than the one that runs here (another version "
                f"of the kit, or another --layer). Learn anew with {_LEARN}, or leave the local correction out."
            )

    def write(self) -> str:
        """All of it as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def read(cls, text: str) -> "LocalLearning":
        """What `write` wrote. Raises ValueError, TypeError or KeyError where it is something else."""
        facts = json.loads(text)
        return cls(**facts | {"codes": tuple(LearnedCode(**code) for code in facts["codes"])})

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {name: row for row, name in enumerate(sorted({name for code in self.corrected for name in code.words}))}

    @cached_property
    def _weights(self) -> np.ndarray:
        weights = [[code.words.get(name, 0.0) for code in self.corrected] for name in self._rows]
        return np.array(weights, dtype=np.float64).reshape(len(self._rows), len(self.corrected))

    @cached_property
    def _biases(self) -> np.ndarray:
        return np.array([code.bias for code in self.corrected])


def take_odds(confidence: np.ndarray) -> np.ndarray:
    """Log odds of a confidence."""
    return logit(np.clip(confidence, _SUREST, 1 - _SUREST))


def add_to_odds(confidence: np.ndarray, added: np.ndarray) -> np.ndarray:
    """The confidence whose log odds are higher by so much."""
    return expit(take_odds(confidence) + added)


def say_local_learning(local: LocalLearning, lexicon: Lexicon) -> list[str]:
    """What came of learning of each theme anybody decided about, in words for those who decided: what was corrected first."""
    names = {f"{code.family}/{code.code}": code.name for code in lexicon.codes}
    tried = sorted((code for code in local.codes if code.loss_corrected is not None), key=lambda code: bool(code.why))
    lines = [f"{names.get(code.code, code.code)}: {_say_tried(code)}" for code in tried]
    lacking = [code for code in local.codes if code.loss_corrected is None]
    for why in dict.fromkeys(code.why for code in lacking):
        themes = [f"{names.get(code.code, code.code)} ({_say_read(code)})" for code in lacking if code.why == why]
        lines.append(f"As shipped, because {why}: {', '.join(themes)}.")
    if local.left_aside:
        lines.append(
            f"Of {_number(local.left_aside, 'decision')} nothing could be learned: the words have changed or are not among these "
            "records, the record names no person, the passage is longer than a sentence, or it was added by somebody who closed "
            "no record without the theme."
        )
    return lines


def _say_tried(code: LearnedCode) -> str:
    what = f"as shipped, because {code.why}" if code.why else "corrected"
    return (
        f"{what}. {_say_read(code)}. For people left out while learning, the kit was wrong by {code.loss_shipped:.3f} as shipped "
        f"and by {code.loss_corrected:.3f} corrected (log loss; less is better)."
    )


def _say_read(code: LearnedCode) -> str:
    unmarked = f", and {_number(code.unmarked, 'sentence')} that readers left unmarked" if code.unmarked else ""
    return f"{_number(code.decisions, 'decision')} about {_number(code.people, 'person', 'people')}{unmarked}"


def _number(number: int, one: str, more: str = "") -> str:
    return f"{number:,} {one if number == 1 else more or one + 's'}"
