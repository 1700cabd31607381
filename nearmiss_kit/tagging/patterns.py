"""Patterns of words: a part of a term, or a cue, place after place, and where it stands in the words of one sentence."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import product

Words = tuple[int, ...]  # words as numbers; those of a sentence end with one UNKNOWN, so that there is always a next word
UNKNOWN = 0  # stands for every word of no pattern
_MOST_PAIRS = 1_000  # pairs of words, one behind the other, that are worth looking for


class PatternPlace:
    """One place: the runs of words that may stand there, by their first word; with an empty run it may stay empty."""

    __slots__ = ("by_word", "may_be_empty", "runs")

    def __init__(self, runs: Iterable[Words]) -> None:
        self.runs = tuple(dict.fromkeys(runs))
        self.may_be_empty = () in self.runs
        filed: dict[int, list[Words]] = {}
        for run in filter(None, self.runs):
            filed.setdefault(run[0], []).append(run)
        self.by_word = {word: tuple(runs) for word, runs in filed.items()}  # Python does not search tuples of numbers for garbage


class WordPattern:
    """Places in a row, of which one at least may not stay empty."""

    def __init__(self, places: Sequence[PatternPlace]) -> None:
        self._places = tuple(places)

    def find_runs(self, words: Words) -> list[tuple[int, int]]:
        """Every end of the pattern in a sentence, in order, with the start of the longest run that ends there."""
        openings = self.openings
        found = [(end, start) for start, word in enumerate(words) if word in openings for end in self.list_ends(words, start)]
        longest = dict(reversed(found))  # of each end the first start
        return sorted((start, end) for end, start in longest.items()) if found else found

    def list_ends(self, words: Words, start: int) -> Collection[int]:
        """Where the pattern may end (exclusive) if it starts at a word."""
        ends: Collection[int] = (start,)
        for place in self._places:
            filed = place.by_word
            reached = [*ends] if place.may_be_empty else []
            for end in ends:
                for run in filed.get(words[end], ()):
                    size = len(run)
                    if size == 1 or words[end : end + size] == run:
                        reached.append(end + size)
            if not reached:
                return reached
            ends = set(reached) if len(reached) > 1 else reached
        return ends

    @cached_property
    def openings(self) -> Collection[int]:
        """The words with which the pattern may begin."""
        first = self._places[0]
        return self._list_next(0) if first.may_be_empty else first.by_word

    def list_seconds(self, word: int) -> frozenset[int]:
        """The words that may stand behind a word with which the pattern begins; none where it may be over with that word."""
        seconds: set[int] = set()
        for number, place in enumerate(self._places):
            for run in place.by_word.get(word, ()):
                following = {run[1]} if len(run) > 1 else self._list_next(number + 1)
                if not following:
                    return frozenset()
                seconds |= following
            if not place.may_be_empty:
                break
        return frozenset(seconds)

    def list_needed(self) -> Iterator[Sequence[Words]]:
        """Lists of runs of words, of each of which one at least stands wherever the pattern does."""
        return (place.runs for place in self._places if not place.may_be_empty)

    def list_needed_pairs(self) -> Iterator[Sequence[Words]]:
        """The same with pairs of words: the last one of a place that is never empty, and the one behind it."""
        for number, place in enumerate(self._places):
            following = frozenset() if place.may_be_empty else self._list_next(number + 1)
            if 0 < len(place.runs) * len(following) <= _MOST_PAIRS:
                yield [(run[-1], word) for run, word in product(place.runs, following)]

    def _list_next(self, number: int) -> frozenset[int]:
        """The words that may stand next, from a place on; none where the pattern may be over."""
        following: set[int] = set()
        for place in self._places[number:]:
            following.update(place.by_word)
            if not place.may_be_empty:
                return frozenset(following)
        return frozenset()
