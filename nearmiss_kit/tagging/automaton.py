"""Many word patterns in one pass: an automaton over words that is built as far as a text needs it.

The patterns become one non-deterministic automaton; its deterministic states are made when first met and kept
(Thompson 1968; lazily, as grep does), so that a text costs about one look-up a word however many patterns there are.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, pairwise
from operator import getitem

from nearmiss_kit.tagging.terms import Place

Words = tuple[int, ...]
_NOWHERE: frozenset[int] = frozenset()
_MOST_KEPT = 2_000_000  # places and steps of deterministic states kept (some 100 MB); past that they are made anew
_MOST_PAIRS = 1_000  # pairs of words that one place and the next may make to be looked for
UNKNOWN = 0  # stands for every word of no pattern


class _State(dict[int, "_State"]):
    """A deterministic state: what each next word leads to, the places where patterns stand, and those that end here."""

    __slots__ = ("_step", "ends", "places")

    def __init__(self, places: frozenset[int], ends: tuple[int, ...], step: Callable[["_State", int], "_State"]) -> None:
        self.places, self.ends, self._step = places, ends, step

    def __missing__(self, word: int) -> "_State":
        following = self[word] = self._step(self, word)
        return following


class WordAutomaton:
    """Finds patterns in sequences of words; words are whole numbers (the hashes of their lower-case forms).

    `add` every pattern first, then find where they end, and where those that matter start. Patterns are numbered
    in the order in which they were added.
    """

    def __init__(self, spell: Callable[[str], Words]) -> None:
        self._spell = spell
        self._spelled: dict[Place, list[Words]] = {}  # the same word lists stand in many patterns
        self._steps: list[dict[int, set[int]]] = []  # place -> word -> places it leads to, those reached without a word included
        self._stepping: dict[int, set[int]] = defaultdict(set)  # word -> places with a step on it
        self._end_of: dict[int, int] = {}  # place -> the number of the pattern that ends there
        self._patterns: list[tuple[frozenset[int], int]] = []  # where each starts, and its most words
        self._opened: dict[int, dict[int, set[int]]] = {}  # pattern -> its own openings, once asked for
        self._reader: PatternReader | None = None  # of all patterns

    def add(self, places: Sequence[Place]) -> int:
        """Add a pattern (one part of a term) and return its number."""
        skips: dict[int, list[int]] = {}
        first = place = self._new_place()
        longest = 0
        for choices in places:
            spelled = self._spell_place(choices)
            longest += max(map(len, spelled))
            place = self._add_choices(place, spelled, skips)
        self._end_of[place] = len(self._patterns)
        self._take_skips(first, skips)
        for here in range(first, len(self._steps)):
            for word in self._steps[here]:
                self._stepping[word].add(here)
        self._patterns.append((_close([first], skips), longest))
        self._reader = None
        return len(self._patterns) - 1

    def find_ends(self, words: Sequence[int]) -> list[tuple[int, int]]:
        """Every (pattern, end) in a sequence of words, end exclusive, in order of end."""
        if self._reader is None:
            self._reader = PatternReader(self, range(len(self._patterns)))
        return self._reader.find_ends(words)

    def knows(self, word: int) -> bool:
        """Whether a word stands in any pattern; every other one may as well be UNKNOWN."""
        return word in self._stepping

    def list_openings(self, patterns: Iterable[int]) -> dict[int, set[int]]:
        """For every word the places it leads to from the start of these patterns."""
        openings: dict[int, set[int]] = defaultdict(set)
        for start in {start for pattern in patterns for start in self._patterns[pattern][0]}:
            for word, following in self._steps[start].items():
                openings[word] |= following
        return openings

    def follow(self, places: frozenset[int] | set[int], word: int) -> set[int]:
        """The places to which a word leads from any of these."""
        reached: set[int] = set()
        for place in places & self._stepping.get(word, _NOWHERE):
            reached |= self._steps[place][word]
        return reached

    def list_ends(self, places: Iterable[int]) -> tuple[int, ...]:
        """The patterns that end at any of these places."""
        return tuple(sorted(self._end_of[place] for place in places if place in self._end_of))

    def find_runs(self, pattern: int, words: Sequence[int]) -> list[tuple[int, int]]:
        """Every end of one pattern in a sequence of words, in order, with the start of the longest run that ends there."""
        longest, opening = self._patterns[pattern][1], self._opening(pattern)
        found: dict[int, int] = {}
        for start, word in enumerate(words):
            places = opening.get(word)
            end = start + 1
            while places:
                if end not in found and any(self._end_of.get(place) == pattern for place in places):
                    found[end] = start
                if end == len(words) or end - start == longest:
                    break
                places = self._step(places, words[end])
                end += 1
        return sorted((start, end) for end, start in found.items())

    def _opening(self, pattern: int) -> dict[int, set[int]]:
        if pattern not in self._opened:
            self._opened[pattern] = dict(self.list_openings([pattern]))
        return self._opened[pattern]

    def find_start(self, pattern: int, words: Sequence[int], end: int) -> int:
        """Where the longest run of a pattern that ends at `end` starts."""
        longest = self._patterns[pattern][1]
        if longest == 1:
            return end - 1
        return next(start for start, found in self.find_runs(pattern, words[:end]) if found == end)

    def list_needed(self, places: Sequence[Place]) -> list[list[Words]]:
        """Lists of runs of words, of each of which one at least stands wherever a pattern of these places does."""
        spelled = [self._spell_place(choices) for choices in places]
        pairs = [
            [before[-1:] + after[:1] for before in first for after in second]
            for first, second in pairwise(spelled)
            if all(first) and all(second) and len(first) * len(second) <= _MOST_PAIRS
        ]
        return [place for place in spelled if all(place)] + pairs

    def _spell_place(self, choices: Place) -> list[Words]:
        if choices not in self._spelled:
            self._spelled[choices] = [self._spell(choice) for choice in choices]
        return self._spelled[choices]

    def _new_place(self) -> int:
        self._steps.append({})
        return len(self._steps) - 1

    def _add_choices(self, place: int, choices: Iterable[Words], skips: dict[int, list[int]]) -> int:
        after = self._new_place()
        for words in choices:
            here = place
            for word in words[:-1]:
                inner = self._new_place()
                self._steps[here].setdefault(word, set()).add(inner)
                here = inner
            if words:
                self._steps[here].setdefault(words[-1], set()).add(after)
            else:
                skips.setdefault(place, []).append(after)
        return after

    def _take_skips(self, first: int, skips: dict[int, list[int]]) -> None:
        """Let every step since place `first` lead at once to what is reached from there without a word."""
        if skips:
            for steps in self._steps[first:]:
                for word, places in steps.items():
                    if not skips.keys().isdisjoint(places):
                        steps[word] = set(_close(places, skips))

    def _step(self, places: Iterable[int], word: int) -> set[int]:
        return {reached for place in places for reached in self._steps[place].get(word, ())}


class PatternReader:
    """Finds some patterns of an automaton in sequences of words; its deterministic states are made when first met."""

    def __init__(self, automaton: "WordAutomaton", patterns: Iterable[int]) -> None:
        self._automaton = automaton
        self._openings = automaton.list_openings(patterns)
        self._forget()

    def find_ends(self, words: Sequence[int]) -> list[tuple[int, int]]:
        """Every (pattern, end) in a sequence of words, end exclusive, in order of end."""
        states = accumulate(words, getitem, initial=self._start)
        return [(pattern, end) for end, state in enumerate(states) if state.ends for pattern in state.ends]

    def _step(self, state: _State, word: int) -> _State:
        self._kept += 1
        if self._kept > _MOST_KEPT:
            self._forget()
        places = self._automaton.follow(state.places, word).union(self._openings.get(word, ()))
        return self._state_of(frozenset(places))

    def _state_of(self, places: frozenset[int]) -> _State:
        if places not in self._states:
            self._kept += len(places)
            self._states[places] = _State(places, self._automaton.list_ends(places), self._step)
        return self._states[places]

    def _forget(self) -> None:
        self._kept = 0
        self._states: dict[frozenset[int], _State] = {}
        self._start = self._state_of(frozenset())


def _close(places: Iterable[int], skips: dict[int, list[int]]) -> frozenset[int]:
    reached, todo = set(places), list(places)
    while todo:
        for place in skips.get(todo.pop(), ()):
            if place not in reached:
                reached.add(place)
                todo.append(place)
    return frozenset(reached)
