"""The learned layer at its plainest: weights of words and parts of words, summed; it explains itself word by word.

A logistic regression on words, pairs and triples of words, and parts of words, trained with scikit-learn on the sentence
bank (`training/`); here its weights are only added up.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, count, pairwise
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array

from nearmiss_kit.tagging.context import take_from_context
from nearmiss_kit.tagging.rows import Rows

_WORD = re.compile(r"[a-z']+|\d+|[?!+]")
_END = "\x1e"  # the sign for the end of a record
_WORD_OR_END = re.compile(rf"{_WORD.pattern}|{_END}")
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
            self._weights = stored["weights"].astype(np.float32) * stored["scales"].astype(np.float32)
            self._base = stored["base"].astype(np.float32)
        self._runs = KnownRuns(
            {tuple(name.split(" ")[1:]): row for name, row in self._rows.items() if name.startswith(_RUN_MARKS)}
        )
        self._find_parts = lru_cache(maxsize=100_000)(self._find_rows_of_word)

    def weigh(self, sentences: Sequence[str]) -> np.ndarray:
        """Log odds, shape (sentences, codes, 2); of a sentence alone, whatever stands before it (`context`)."""
        words = number_words([take_from_context(sentence)[1] for sentence in sentences])
        by_word = _add_up(Rows.of(list(map(self._find_parts, words.distinct))), self._weights)
        added = _add_up(words.list_words(), by_word) + _add_up(words.list_runs(self._runs), self._weights)
        odds = self._base + added * soften_length(words.sizes).astype(np.float32)[:, None]
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
            if (row := self._rows.get(name_run(run))) is not None:
                for word in within:
                    weights[word] += float(self._weights[row, column]) / len(within)
        heaviest = sorted(weights.items(), key=lambda item: -item[1])[:most]
        return tuple(WeighedWord(word, weight * float(soften_length(len(words)))) for word, weight in heaviest if weight > 0)

    def _find_rows_of_word(self, word: str) -> tuple[int, ...]:
        return tuple(row for name in list_parts(word) if (row := self._rows.get(name)) is not None)


class KnownRuns:
    """The pairs and triples of words that have weights, as numbers that can be looked up many at once."""

    def __init__(self, rows: dict[tuple[str, ...], int]) -> None:
        words = dict.fromkeys(chain.from_iterable(rows))
        self.numbers = {word: number for number, word in enumerate(words, 1)}  # 0 is a word that stands in no run
        keyed = sorted((self._key([self.numbers[word] for word in run]), row) for run, row in rows.items())
        self._keys, self._rows = (np.array(column, dtype=np.int64) for column in zip(*keyed, strict=True))

    def find(self, *neighbours: np.ndarray) -> np.ndarray:
        """The row of each run, given the numbers of its first words, its second words and so on; -1 where it has no weight."""
        keys = self._key(neighbours)
        places = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        known = (self._keys[places] == keys) & np.all([words > 0 for words in neighbours], axis=0)
        return np.where(known, self._rows[places], -1)

    def _key(self, neighbours: Sequence[int] | Sequence[np.ndarray]) -> int | np.ndarray:
        key = neighbours[0]
        for words in neighbours[1:]:
            key = key * (len(self.numbers) + 1) + words
        return key


@dataclass(frozen=True)
class NumberedWords:
    """The words of many sentences, one behind the other and an end before, between and behind them.

    `numbers` are places in `distinct`, whose first is the end; `sizes` says how many words each sentence has.
    """

    distinct: tuple[str, ...]
    numbers: np.ndarray
    sizes: np.ndarray

    @cached_property
    def sentences(self) -> np.ndarray:
        """The place of the sentence of each word; an end belongs to the sentence it opens."""
        return np.cumsum(self.numbers == 0) - 1

    def list_words(self) -> Rows:
        """The distinct words of each sentence, in order."""
        words = self.numbers > 0
        return self._list_once(self.sentences[words], self.numbers[words])

    def list_runs(self, known: KnownRuns) -> Rows:
        """The rows of the distinct runs of each sentence that have weights, pairs before triples."""
        within = np.array([known.numbers.get(word, 0) for word in self.distinct])
        opens, closes = (np.append(known.numbers.get(edge, 0), within[1:]) for edge in ("<", ">"))
        pairs = known.find(opens[self.numbers[:-1]], closes[self.numbers[1:]])
        triples = known.find(*(within[self.numbers[at : len(self.numbers) - 2 + at]] for at in range(3)))
        of, rows = np.concatenate([self.sentences[:-1], self.sentences[:-2]]), np.concatenate([pairs, triples])
        return self._list_once(of[rows >= 0], rows[rows >= 0])

    def _list_once(self, of: np.ndarray, what: np.ndarray) -> Rows:
        _, first = np.unique(of * (what.max(initial=0) + 1) + what, return_index=True)
        first.sort()
        first = first[np.argsort(of[first], kind="stable")]
        return Rows(what[first], np.bincount(of[first], minlength=len(self.sizes)))


def number_words(sentences: Sequence[str]) -> NumberedWords:
    """The words of these sentences, read as `read_words` reads them."""
    text = _END.join(["", *(sentence.replace(_END, " ") for sentence in sentences), ""])
    numbers: dict[str, int] = defaultdict(count().__next__)  # the end, met first, is 0
    found = np.array(list(map(numbers.__getitem__, _WORD_OR_END.findall(text.lower()))))
    found = np.array([numbers[_say_number(word)] for word in list(numbers)])[found]
    return NumberedWords(tuple(numbers), found, np.diff(np.flatnonzero(found == 0)) - 1)


def _add_up(rows: Rows, weights: np.ndarray) -> np.ndarray:
    """For each row of numbers, the sum of these weights."""
    where = np.append(rows.starts, len(rows.numbers))
    return csr_array((np.ones(len(rows.numbers), dtype=np.float32), rows.numbers, where), (len(rows), len(weights))) @ weights


def read_words(sentence: str) -> list[str]:
    """Words in lower case; every number is the one word "#", for it is the thing counted that tells."""
    return list(map(_say_number, _WORD.findall(sentence.lower())))


def _say_number(word: str) -> str:
    return "#" if word.isdigit() else word


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


def soften_length(words: int | np.ndarray) -> float | np.ndarray:
    """What the sum of a sentence of so many words is multiplied by, so that long sentences do not carry every code."""
    return 1 / np.sqrt(np.maximum(_FEWEST, words))
