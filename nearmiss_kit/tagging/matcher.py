"""One pass over a text: every term, condition and cue of the lexicon as patterns of spaCy's words, filed under rare words."""

import gc
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import NamedTuple

from nearmiss_kit.tagging.lexicon import ASSERTED, Code, Lexicon, Term
from nearmiss_kit.tagging.patterns import PatternPlace, WordPattern, Words
from nearmiss_kit.tagging.sieve import Key, Sieve, sort_needed
from nearmiss_kit.tagging.terms import MAX_GAP, Place, list_phrases
from nearmiss_kit.tagging.words import Sentence, WordCutter

_ANY = -1  # stands for the second word of a cue that may be one word long
_CHANCE_OF_WORD, _CHANCE_OF_PAIR = 0.5, 0.02  # how often one is expected that stands in no example


class Hit(NamedTuple):
    """One term found: its code, the term, its span in words (end exclusive), and whether it counts alone."""

    code: Code
    term: Term
    start: int
    end: int
    counts: bool = True


class Cue(NamedTuple):
    """One cue found: what it sets, which way it reaches, and its span in words (end exclusive)."""

    sets: str
    reaches: str
    start: int
    end: int


@dataclass(frozen=True)
class Found:
    """A sentence and what stands in it: hits in order of place, of one code only the longest where they overlap; and cues."""

    sentence: Sentence
    hits: list[Hit]
    cues: list[Cue]


_Condition = tuple[WordPattern, ...]  # the parts of an expression that must, or must not, stand in the same sentence


@dataclass(frozen=True, eq=False)
class _CompiledTerm:
    """A term with the patterns of its parts, and conditions filed under a word that stands wherever they do."""

    code: Code
    term: Term
    parts: tuple[WordPattern, ...]
    unless: dict[int, list[_Condition]]
    needs: dict[int, list[_Condition]]

    def may_stand(self, look: "Look") -> bool:
        """Whether the patterns of a sentence allow this term. A condition with gaps needs only all its parts."""
        if not look.holds(self.parts) or look.holds_any(self.unless):
            return False
        return not self.needs or look.holds_any(self.needs)


class Look:
    """One sentence looked at: its words, the terms that stand there, and where each pattern stands."""

    __slots__ = ("_runs", "present", "terms", "words")

    def __init__(self, words: Words) -> None:
        self.words, self.present = words, frozenset(words)
        self._runs: dict[WordPattern, list[tuple[int, int]]] = {}
        self.terms: list[_CompiledTerm] = []

    def runs(self, pattern: WordPattern) -> list[tuple[int, int]]:
        """The spans of a pattern in words."""
        runs = self._runs.get(pattern)
        if runs is None:
            self._runs[pattern] = runs = pattern.find_runs(self.words)
        return runs

    def holds(self, patterns: _Condition) -> bool:
        """Whether all these patterns stand in the sentence."""
        return all(map(self.runs, patterns))

    def holds_any(self, conditions: dict[int, list[_Condition]]) -> bool:
        """Whether one of these conditions stands in the sentence."""
        return not self.present.isdisjoint(conditions) and any(
            self.holds(patterns) for word in conditions.keys() & self.present for patterns in conditions[word]
        )


class LexiconMatcher:
    """A lexicon compiled once; finds hits and cues sentence by sentence.

    A term with gaps is matched part by part; its parts are joined where they stand in order in one sentence with at
    most MAX_GAP words between them. A sieve keeps most terms from being tried on a sentence; it goes by the words that are
    rare in the lexicon's examples. Cues are filed under the two words they begin with.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._words = WordCutter()
        self._places: dict[Place, PatternPlace] = {}  # the same word lists stand in many patterns
        self._patterns: dict[tuple[Place, ...], WordPattern] = {}
        self._meanings: dict[WordPattern, list[tuple[str, str]]] = defaultdict(list)  # of each cue
        self._cues: dict[int, dict[int, list[WordPattern]]] = defaultdict(lambda: defaultdict(list))
        with _no_collection():
            examples = map(self._words.number, _list_examples(lexicon))
            self._frequency = dict(Counter(key for words in examples for key in chain(words, pairwise(words))))
            self._terms = [self._compile_term(code, term) for code in lexicon.codes for term in code.terms]
            self._add_cues()
            sieved = [(compiled.parts, compiled.needs.keys()) for compiled in self._terms]
            self._sieve = Sieve(sieved, self._words.known, self._expect)

    def cut(self, text: str, span: tuple[int, int]) -> Sentence:
        """A sentence (code points of a text) as words."""
        return self._words.cut(text, span)

    def look_at(self, sentences: Iterable[str]) -> Iterator[Look | None]:
        """What may stand in each of these sentences, seen before its words have places; None where no term does."""
        read = self._words.read_all(sentences)
        for place, possible in enumerate(self._sieve.find_possible(read)):
            yield self._look_for(read.row(place), possible) if possible else None

    def _look_for(self, words: Words, possible: Iterable[int]) -> Look | None:
        look = Look(words)
        look.terms = [self._terms[number] for number in possible if self._terms[number].may_stand(look)]
        return look if look.terms else None

    def find(self, text: str, span: tuple[int, int], look: Look) -> Found | None:
        """What stands in a sentence, of which `look` is what `look_at` saw; None where no term does.

        The sentence gets places, and its cues are looked at, only where a term stands.
        """
        joined = [(compiled, runs) for compiled in look.terms if (runs := _join(compiled.parts, look))]
        if not joined:
            return None
        sentence = self.cut(text, span)
        hits = [
            Hit(compiled.code, compiled.term, start, end, compiled.term.counts_alone)
            for compiled, runs in joined
            for start, end in runs
        ]
        hits = _keep_longest([hit for hit in hits if self._is_as_written(hit, sentence)])
        return Found(sentence, hits, self._list_cues(look.words)) if hits else None

    def find_cues(self, sentence: str) -> list[Cue]:
        """The cues of a sentence, whether or not a term stands there."""
        return self._list_cues(self._words.read(sentence))

    def _list_cues(self, words: Words) -> list[Cue]:
        found: dict[tuple[WordPattern, int], int] = {}
        for start in [start for start, word in enumerate(words) if word in self._cues]:
            filed = self._cues[words[start]]
            for pattern in (*filed.get(_ANY, ()), *filed.get(words[start + 1], ())):
                for end in pattern.list_ends(words, start):
                    found.setdefault((pattern, end), start)
        cues = [
            Cue(sets, reaches, start, end) for (pattern, end), start in found.items() for sets, reaches in self._meanings[pattern]
        ]
        return sorted(cues, key=lambda cue: (cue.start, -cue.end, cue.sets, cue.reaches))

    def _read_parts(self, expression: str) -> tuple[WordPattern, ...]:
        return tuple(self._read_part(tuple(part)) for part in self._lexicon.parse(expression))

    def _read_part(self, part: tuple[Place, ...]) -> WordPattern:
        if part not in self._patterns:
            self._patterns[part] = WordPattern([self._read_place(choices) for choices in part])
        return self._patterns[part]

    def _read_place(self, choices: Place) -> PatternPlace:
        if choices not in self._places:
            self._places[choices] = PatternPlace(map(self._words.number, choices))
        return self._places[choices]

    def _compile_term(self, code: Code, term: Term) -> _CompiledTerm:
        conditions = (self._file_conditions(near) for near in (term.unless, term.needs))
        return _CompiledTerm(code, term, self._read_parts(term.term), *conditions)

    def _file_conditions(self, expressions: Iterable[str]) -> dict[int, list[_Condition]]:
        filed: dict[int, list[_Condition]] = {}
        for expression in expressions:
            parts = self._read_parts(expression)
            for word in sort_needed(parts, self._expect)[0]:
                filed.setdefault(word, []).append(parts)
        return filed

    def _expect(self, key: Key) -> float:
        return self._frequency.get(key, 0) + (_CHANCE_OF_PAIR if isinstance(key, tuple) else _CHANCE_OF_WORD)

    def _add_cues(self) -> None:
        rules = self._lexicon.assertion
        for sets in ASSERTED:
            for reaches, expressions in getattr(rules, sets):
                self._add_cue_list(sets, reaches, expressions)
        for sets, expressions in (
            ("nothing", rules.not_a_cue),
            ("question", rules.questions),
            ("stop", (*rules.stops, ";")),
            ("subject", rules.subjects),
            ("and", rules.joins),
            ("present", rules.present),
        ):
            self._add_cue_list(sets, "nowhere", expressions)
        voices = self._lexicon.voices
        for reaches, said in (("reported", voices.reported), ("first person", voices.first_person)):
            for voice, expressions in said.items():
                self._add_cue_list(f"voice {voice}", reaches, expressions)

    def _add_cue_list(self, sets: str, reaches: str, expressions: Iterable[str]) -> None:
        for expression in expressions:
            (pattern,) = self._read_parts(expression)
            if pattern not in self._meanings:
                for word in pattern.openings:
                    for second in pattern.list_seconds(word) or (_ANY,):
                        self._cues[word][second].append(pattern)
            self._meanings[pattern].append((sets, reaches))

    def _is_as_written(self, hit: Hit, sentence: Sentence) -> bool:
        if not hit.term.exact_case:
            return True
        return sentence.quote(hit.start, hit.end) in list_phrases(hit.term.term, self._lexicon.word_lists)


def _join(parts: tuple[WordPattern, ...], look: Look) -> list[tuple[int, int]]:
    """The spans of a term whose parts all stand in a sentence; the nearest earlier part is taken."""
    *earlier, last = parts
    joined = look.runs(last)
    for part in reversed(earlier):
        nearest = [
            (max(((before, first) for first, before in look.runs(part) if 0 <= start - before <= MAX_GAP), default=None), end)
            for start, end in joined
        ]
        joined = [(found[1], end) for found, end in nearest if found is not None]
    return joined


def _list_examples(lexicon: Lexicon) -> Iterator[str]:
    return (example for code in lexicon.codes for term in code.terms for example in (term.example, term.counter_example or ""))


@contextmanager
def _no_collection() -> Iterator[None]:
    """Build many small objects that stay without Python looking for garbage among them, then or soon after."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.unfreeze()  # frozen and thawed, they count among the oldest
        if was_on:
            gc.enable()


def _keep_longest(hits: list[Hit]) -> list[Hit]:
    """Of each code the longest of hits that overlap; it counts alone where any of them does."""
    kept: dict[tuple[str, str], list[Hit]] = defaultdict(list)
    for hit in sorted(hits, key=lambda hit: (hit.start - hit.end, hit.start, hit.term.term, hit.code.family, hit.code.code)):
        same = kept[hit.code.family, hit.code.code]
        over = [place for place, other in enumerate(same) if hit.start < other.end and other.start < hit.end]
        if not over:
            same.append(hit)
        for place in over:
            same[place] = same[place]._replace(counts=same[place].counts or hit.counts)
    return sorted((hit for same in kept.values() for hit in same), key=lambda hit: (hit.start, hit.end))
