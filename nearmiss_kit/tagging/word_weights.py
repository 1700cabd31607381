"""The learned layer at its plainest: weights of words and parts of words, summed; it explains itself word by word.

A logistic regression on words, pairs and triples of words, and parts of words, trained with scikit-learn on the sentence
bank (`training/`); here its weights are only added up.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise
from math import sqrt
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array

from nearmiss_kit.tagging.rows import Rows

_WORD = re.compile(r"[a-z']+|\d+|[?!+]")
_SHORTEST_PARTED = 4  # letters; shorter words are known whole or not at all
_PART_LENGTHS = (3, 4, 5)
_RUN_MARKS = ("b ", "t ")  # names of pairs and of triples of words begin so
_FEWEST = 3  # words; shorter sentences weigh no more than this


@dataclass(frozen=True)
class WeighedWord:
    """A word of a sentence and what it adds to the log odds of a code."""

    word: str
    weight: float


class WordWeights:
    """Weighs sentences for every code: (affirmed, mentioned) as log odds, before they are made confidences."""

    name = "word weights"

    def __init__(self, folder: Path) -> None:
        with np.load(folder / "word_weights.npz", allow_pickle=False) as stored:
            self.version = str(stored["version"])
            self.codes: tuple[str, ...] = tuple(map(str, stored["codes"]))
            self._rows = {name: row for row, name in enumerate(stored["features"].tolist())}
            self._runs = {tuple(name.split(" ")[1:]): row for name, row in self._rows.items() if name.startswith(_RUN_MARKS)}
            self._weights = stored["weights"].astype(np.float32) * stored["scales"].astype(np.float32)
            self._base = stored["base"].astype(np.float32)
        self._find_parts = lru_cache(maxsize=100_000)(self._find_rows_of_word)

    def weigh(self, sentences: Sequence[str]) -> np.ndarray:
        """Log odds, shape (sentences, codes, 2)."""
        read = [read_words(sentence) for sentence in sentences]
        rows = Rows.of([self._find_rows(words) for words in read])
        where = np.append(rows.starts, len(rows.numbers))
        counts = csr_array((np.ones(len(rows.numbers), dtype=np.float32), rows.numbers, where), (len(read), len(self._weights)))
        softened = np.array([soften_length(words) for words in read], dtype=np.float32)
        odds = self._base + (counts @ self._weights) * softened[:, None]
        return odds.reshape(len(sentences), 2, len(self.codes)).transpose(0, 2, 1)

    def list_vocabulary(self) -> frozenset[str]:
        """The names of the whole words that have a weight (see list_whole_words)."""
        return frozenset(name for name in self._rows if name.startswith("w "))

    def explain(self, sentence: str, code: str, *, most: int = 3) -> tuple[WeighedWord, ...]:
        """The words of a sentence that speak most for a code (family/code), heaviest first; runs count to their words."""
        words, column = read_words(sentence), self.codes.index(code)
        weights = dict.fromkeys(words, 0.0)
        for word in weights:
            weights[word] += float(self._weights[list(self._find_parts(word)), column].sum())
        for run in list_runs(words):
            within = [word for word in run if word in weights]
            if (row := self._runs.get(run)) is not None:
                for word in within:
                    weights[word] += float(self._weights[row, column]) / len(within)
        heaviest = sorted(weights.items(), key=lambda item: -item[1])[:most]
        return tuple(WeighedWord(word, weight * soften_length(words)) for word, weight in heaviest if weight > 0)

    def _find_rows(self, words: list[str]) -> list[int]:
        """The rows of the words, their parts, and their runs that have weights."""
        parts = chain.from_iterable(map(self._find_parts, dict.fromkeys(words)))
        return [*parts, *(row for row in map(self._runs.get, list_runs(words)) if row is not None)]

    def _find_rows_of_word(self, word: str) -> tuple[int, ...]:
        return tuple(row for name in list_parts(word) if (row := self._rows.get(name)) is not None)


def read_words(sentence: str) -> list[str]:
    """Words in lower case; every number is the one word "#", for it is the thing counted that tells."""
    return ["#" if word.isdigit() else word for word in _WORD.findall(sentence.lower())]


def list_parts(word: str) -> list[str]:
    """The names under which a word is weighed: itself, and its parts of three to five letters with its edges marked."""
    if len(word) < _SHORTEST_PARTED:
        return [f"w {word}"]
    edged = f"<{word}>"
    parts = {f"c {edged[at : at + size]}" for size in _PART_LENGTHS for at in range(len(edged) - size + 1)}
    return [f"w {word}", *sorted(parts)]


def list_whole_words(words: list[str]) -> list[str]:
    """The names under which whole words are weighed, each once, in order."""
    return [f"w {word}" for word in dict.fromkeys(words)]


def list_runs(words: list[str]) -> list[tuple[str, ...]]:
    """Neighbours that are weighed: pairs, with the sentence's edges, and triples; each once."""
    return list(dict.fromkeys([*pairwise(["<", *words, ">"]), *zip(words, words[1:], words[2:], strict=False)]))


def name_run(run: tuple[str, ...]) -> str:
    """The name under which neighbours are weighed."""
    return " ".join([_RUN_MARKS[len(run) - 2].strip(), *run])


def soften_length(words: list[str]) -> float:
    """What the sum of a sentence is multiplied by, so that long sentences do not carry every code."""
    return 1 / sqrt(max(_FEWEST, len(words)))
