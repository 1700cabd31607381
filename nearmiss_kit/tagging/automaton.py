"""Many word patterns in one pass: an automaton over words that is built as far as a text needs it.

The patterns become one non-deterministic automaton; its deterministic states are made when first met and kept
(Thompson 1968; lazily, as grep does), so that a text costs about one look-up a word however many patterns there are.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from nearmiss_kit.tagging.terms import Place

Words = tuple[int, ...]
_NOWHERE: frozenset[int] = frozenset()
_MOST_STATES = 100_000  # deterministic states kept in memory; past that they are made anew


class _State:
    """A deterministic state: the places where patterns stand, the patterns that end here, and what each next word leads to."""

    __slots__ = ("ends", "next", "places")

    def __init__(self, places: frozenset[int], ends: tuple[int, ...]) -> None:
        self.places, self.ends = places, ends
        self.next: dict[int, _State] = {}


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
        self._ending: set[int] = set()  # the places of _end_of
        self._patterns: list[tuple[frozenset[int], int]] = []  # where each starts, and its most words
        self._openings: dict[int, set[int]] = defaultdict(set)  # word -> places reached from the start of any pattern
        self._states: dict[frozenset[int], _State] = {}

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
        self._ending.add(place)
        self._take_skips(first, skips)
        for here in range(first, len(self._steps)):
            for word in self._steps[here]:
                self._stepping[word].add(here)
        start = _close([first], skips)
        for opening in start:
            for word, following in self._steps[opening].items():
                self._openings[word] |= following
        self._patterns.append((start, longest))
        return len(self._patterns) - 1

    def find_ends(self, words: Sequence[int]) -> list[tuple[int, int]]:
        """Every (pattern, end) in a sequence of words, end exclusive, in order of end."""
        state, found = self._state_of(frozenset()), []
        for place, word in enumerate(words, start=1):
            following = state.next.get(word)
            if following is None:
                following = state.next[word] = self._step(state, word)
            state = following
            for pattern in state.ends:
                found.append((pattern, place))
        return found

    def find_start(self, pattern: int, words: Sequence[int], end: int) -> int:
        """Where the longest run of a pattern that ends at `end` starts."""
        longest = self._patterns[pattern][1]
        if longest == 1:
            return end - 1
        return next(start for start in range(max(0, end - longest), end) if self._runs(pattern, words[start:end]))

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

    def _step(self, state: _State, word: int) -> _State:
        if word not in self._stepping:  # a word of no pattern: every run ends here
            return self._state_of(_NOWHERE)
        return self._state_of(frozenset(self._follow(state.places, word).union(self._openings.get(word, ()))))

    def _follow(self, places: frozenset[int] | set[int], word: int) -> set[int]:
        reached: set[int] = set()
        for place in places & self._stepping.get(word, _NOWHERE):
            reached |= self._steps[place][word]
        return reached

    def _state_of(self, places: frozenset[int]) -> _State:
        state = self._states.get(places)
        if state is None:
            if len(self._states) > _MOST_STATES:
                self._states.clear()
            ends = tuple(sorted(self._end_of[place] for place in places & self._ending))
            state = self._states[places] = _State(places - self._ending, ends)
        return state

    def _runs(self, pattern: int, words: Sequence[int]) -> bool:
        places: set[int] | frozenset[int] = self._patterns[pattern][0]
        for word in words:
            places = self._follow(places, word)
            if not places:
                return False
        return any(self._end_of.get(place) == pattern for place in places)


def _close(places: Iterable[int], skips: dict[int, list[int]]) -> frozenset[int]:
    reached, todo = set(places), list(places)
    while todo:
        for place in skips.get(todo.pop(), ()):
            if place not in reached:
                reached.add(place)
                todo.append(place)
    return frozenset(reached)
