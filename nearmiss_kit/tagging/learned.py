"""The learned layer: it weighs every sentence for every code, and with the lexicon's hits makes one confidence of it.

Confidence is a calibrated probability (logistic regression on the layers' log odds and the lexicon's hits, a stacking after
Wolpert 1992), fitted on narratives of the sentence bank that no layer was trained on.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np
from scipy.special import expit

from nearmiss_kit.errors import LexiconError
from nearmiss_kit.tagging.encoder import SentenceEncoder
from nearmiss_kit.tagging.kept_weights import KeptWeights
from nearmiss_kit.tagging.word_weights import WordWeights

MODEL = Path(__file__).parent / "model"
LAYERS = ("best", "encoder", "words", "none")


class Scorer(Protocol):
    """What weighs sentences: log odds of shape (sentences, codes, 2), for affirmed and for mentioned at all.

    A sentence may stand behind the one before it (`context`).
    """

    name: str
    version: str
    codes: tuple[str, ...]

    def weigh(self, sentences: Sequence[str]) -> np.ndarray: ...


@dataclass(frozen=True)
class Confidence:
    """How likely each code is in each sentence, shape (sentences, codes): affirmed; and mentioned in any assertion."""

    affirmed: np.ndarray
    mentioned: np.ndarray


class LearnedLayer:
    """One or two scorers, and the fitted sum that joins them with the lexicon's hits.

    `proposal` is the least confidence of a proposal, `counted` the published threshold below which a tag enters no count; log
    odds above `most` of the fit count as that.
    """

    def __init__(self, scorers: tuple[Scorer, ...], fit: dict, kept: KeptWeights | None) -> None:
        self._scorers, self._fit, self._kept = scorers, fit, kept
        self.codes = scorers[0].codes
        self.name = " and ".join(scorer.name for scorer in scorers)
        self.version = "+".join(scorer.version for scorer in scorers)
        self.proposal, self.counted = fit["proposal"], fit["counted"]

    def weigh(self, sentences: Sequence[str]) -> np.ndarray:
        """Log odds of every scorer, shape (sentences, codes, 2, scorers); no sentence is scored twice."""
        distinct = list(dict.fromkeys(sentences))
        known = self._kept.find(distinct) if self._kept else {}
        new = [sentence for sentence in distinct if sentence not in known]
        fresh = dict(zip(new, self._score(new), strict=True))
        if self._kept:
            self._kept.keep(fresh)
        known |= fresh
        shape = (0, len(self.codes), 2, len(self._scorers))
        return np.stack([known[sentence] for sentence in sentences]) if sentences else np.empty(shape, dtype=np.float16)

    def judge(self, weights: np.ndarray, hit: np.ndarray, other_hit: np.ndarray) -> Confidence:
        """Confidence from the weights of `weigh` and the lexicon's hits.

        `hit` and `other_hit` have the shape (sentences, codes): whether the lexicon found the code affirmed there, and
        whether it found it in another assertion.
        """
        return Confidence(
            self._join("affirmed", weights[:, :, 0], hit, other_hit), self._join("mentioned", weights[:, :, 1], hit, other_hit)
        )

    def _score(self, sentences: list[str]) -> np.ndarray:
        return np.stack([scorer.weigh(sentences) for scorer in self._scorers], axis=-1).astype(np.float16)

    def _join(self, kind: str, weights: np.ndarray, hit: np.ndarray, other_hit: np.ndarray) -> np.ndarray:
        fit, weights = self._fit[kind], np.minimum(weights.astype(np.float64), self._fit["most"])
        odds = np.asarray(fit["bias"]) + weights @ np.asarray(fit["scorers"])
        odds += fit["hit"] * hit + fit["other_hit"] * other_hit + fit["hit_and_first"] * hit * weights[:, :, 0]
        return expit(odds)


@cache
def load_learned_layer(layer: str = "best", *, keep: bool = True) -> LearnedLayer | None:
    """The learned layer of that name: "encoder" with word weights, "words" alone, or "none" (None).

    "best" is the encoder where onnxruntime is installed, else word weights. With `keep`, what the encoder worked out is kept
    in the reader's own cache folder under a fingerprint, never with its text, so that nothing is scored twice. Word weights
    alone are summed anew each time.
    Raises LexiconError for another name, or for the encoder where onnxruntime is missing.
    """
    if layer not in LAYERS:
        raise LexiconError(f"There is no learned layer “{layer}”: choose one of {', '.join(LAYERS)}.")
    if layer == "none":
        return None
    if layer == "best":
        layer = "encoder" if find_spec("onnxruntime") else "words"
    if layer == "encoder" and not find_spec("onnxruntime"):
        raise LexiconError(
            "The sentence encoder needs the package onnxruntime, which is not installed. Choose the layer “words”."
        )
    words = load_word_weights(MODEL)
    scorers = (SentenceEncoder(MODEL), words) if layer == "encoder" else (words,)
    fit = json.loads((MODEL / "fusion.json").read_text(encoding="utf-8"))[layer]
    keep = keep and layer == "encoder"
    kept = KeptWeights("+".join(scorer.version for scorer in scorers), (len(words.codes), 2, len(scorers))) if keep else None
    return LearnedLayer(scorers, fit, kept)


@cache
def load_word_weights(folder: Path) -> WordWeights:
    """The word weights in `folder`, read once: they score, and they explain."""
    return WordWeights(folder)
