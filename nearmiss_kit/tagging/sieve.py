"""Which terms may stand in which sentences, seen from their words and pairs of neighbours for many sentences at once."""

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import chain, pairwise

import numpy as np

from nearmiss_kit.tagging.patterns import WordPattern
from nearmiss_kit.tagging.rows import Rows

Key = int | tuple[int, int]  # a word, or two in a row
Keys = frozenset[Key]  # a list of keys, of which one at least stands wherever a term does
_AT_ONCE = 512  # sentences; the table of their words has a byte for every word that has a number
_PAIR_MARKS = 1 << 20  # a mark for every so many pairs, which spares looking for most pairs that stand in no list


class Sieve:
    """Terms by the lists of keys that they need; `expect` is how often a key is expected.

    A term is given as the patterns of its parts, and words of which one must stand beside them (where there are any). It is
    filed under every key of its rarest list. Where one of these stands, the words of the sentence are held against
    the term's other lists of words, the rarest first.
    """

    def __init__(
        self, terms: Sequence[tuple[Sequence[WordPattern], Collection[int]]], words: int, expect: Callable[[Key], float]
    ) -> None:
        self._words, self._expect = words + 1, expect
        filed: dict[int, list[int]] = {}  # terms by word, or by pair as one number above all words
        numbers: dict[Keys, int] = {}
        others = []
        for term, (parts, beside) in enumerate(terms):
            first, *rest = self._sort_lists(parts)
            for key in first:
                filed.setdefault(key if isinstance(key, int) else self._number_pair(*key), []).append(term)
            if beside:
                rest.append(frozenset(beside))
            others.append([numbers.setdefault(keys, len(numbers)) for keys in rest])
        pairs = sorted(key for key in filed if key >= self._words)
        self._terms = Rows.of([filed.get(key, ()) for key in (*range(self._words), *pairs)])
        self._pairs, self._marks = np.array([*pairs, -1]), np.zeros(_PAIR_MARKS, dtype=bool)
        self._marks[self._pairs[:-1] % _PAIR_MARKS] = True
        self._lists, self._others = Rows.of([sorted(keys) for keys in numbers]), Rows.of(others)

    def find_possible(self, sentences: Rows) -> Iterator[list[int]]:
        """For each sentence, a row of words, the numbers of the terms that may stand there, in order."""
        for first in range(0, len(sentences), _AT_ONCE):
            some = sentences.part(first, first + _AT_ONCE)
            possible: list[list[int]] = [[] for _ in range(len(some))]
            for place, term in zip(*self._find_among(some), strict=True):
                possible[place].append(term)
            yield from possible

    def _find_among(self, sentences: Rows) -> tuple[list[int], list[int]]:
        """Places of sentences, and numbers of terms that may stand there."""
        words, places = sentences.numbers, np.repeat(np.arange(len(sentences)), sentences.sizes)
        filed, places_filed = self._find_filed(words, places)
        terms = self._terms.take(filed)
        standing = np.zeros(len(sentences) * self._words, dtype=bool)
        standing[places * self._words + words] = True
        chosen = self._hold_against_others(terms.numbers, np.repeat(places_filed, terms.sizes), standing)
        return tuple(column.tolist() for column in np.divmod(np.unique(chosen), len(self._others)))

    def _find_filed(self, words: np.ndarray, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Under which of these words and pairs of neighbours terms are filed, as rows of terms, and the sentence of each."""
        pairs = self._number_pair(words[:-1], words[1:])
        second = np.flatnonzero(self._marks[pairs % _PAIR_MARKS])
        row = np.searchsorted(self._pairs[:-1], pairs[second])
        stands = self._pairs[row] == pairs[second]
        single = np.flatnonzero(self._terms.sizes[words])
        rows = np.concatenate([words[single], row[stands] + self._words])
        return rows, np.concatenate([places[single], places[second[stands]]])

    def _hold_against_others(self, terms: np.ndarray, places: np.ndarray, standing: np.ndarray) -> np.ndarray:
        """Which of these terms have a word of each of their other lists in their sentence, as place × terms + term."""
        chosen, sizes = places * len(self._others) + terms, self._others.sizes[terms]
        passed = np.full(len(terms), True)
        for rank in range(sizes.max(initial=0)):
            held = np.flatnonzero(passed & (sizes > rank))
            lists = self._lists.take(self._others.pick(terms[held], rank))
            stands = standing[np.repeat(places[held] * self._words, lists.sizes) + lists.numbers]
            passed[held] = np.logical_or.reduceat(stands, lists.starts) if len(held) else True
        return chosen[passed]

    def _number_pair(self, first, second):
        return first * self._words + second

    def _sort_lists(self, parts: Sequence[WordPattern]) -> list[Keys]:
        """The rarest list of keys of a term, and behind it all lists of words, the rarest first."""
        needed = (runs for part in parts for runs in part.list_needed())
        pairs = (runs for part in parts for runs in part.list_needed_pairs())
        words = sort_needed(parts, self._expect)
        mixed = (frozenset(_choose_rarest((*run, *pairwise(run)), self._expect) for run in runs) for runs in needed)
        rarest = min(chain(words, mixed, map(frozenset, pairs)), key=lambda keys: sum(map(self._expect, keys)))
        return [rarest, *(keys for keys in words if keys != rarest)]


def sort_needed(parts: Sequence[WordPattern], expect: Callable[[Key], float]) -> list[Keys]:
    """The lists of words that patterns need, of each run its rarest word; the list first of which any is expected least."""
    needed = (runs for part in parts for runs in part.list_needed())
    words = dict.fromkeys(frozenset(_choose_rarest(run, expect) for run in runs) for runs in needed)
    return sorted(words, key=lambda keys: sum(map(expect, keys)))


def _choose_rarest(keys: Sequence[Key], expect: Callable[[Key], float]) -> Key:
    return min(keys, key=expect) if len(keys) > 1 else keys[0]
