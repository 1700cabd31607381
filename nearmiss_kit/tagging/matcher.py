"""One pass over a text: every term, condition, cue and stop word of the lexicon in a single automaton over spaCy's tokens."""

import gc
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from spacy.attrs import IS_SPACE, LOWER
from spacy.language import Language
from spacy.tokens import Doc

from nearmiss_kit.tagging.automaton import WordAutomaton
from nearmiss_kit.tagging.lexicon import ASSERTED, Code, Lexicon, Term
from nearmiss_kit.tagging.terms import MAX_GAP, Place, list_phrases


@dataclass(frozen=True)
class Hit:
    """One term found: its code, the term, and its span in tokens (end exclusive)."""

    code: Code
    term: Term
    start: int
    end: int


@dataclass(frozen=True)
class Cue:
    """One cue found: what it sets, which way it reaches, and its span in tokens (end exclusive)."""

    sets: str
    reaches: str
    start: int
    end: int


@dataclass(frozen=True)
class Found:
    """What stands in one sentence: hits in order of place, of one code only the longest where they overlap; and cues."""

    hits: list[Hit]
    cues: list[Cue]


@dataclass(frozen=True)
class _CompiledTerm:
    """A term with the patterns of its parts, and of what must not, or must, stand in the same sentence."""

    code: Code
    term: Term
    parts: tuple[int, ...]
    unless: list[tuple[int, ...]]
    needs: list[tuple[int, ...]]

    def may_stand(self, present: Container[int]) -> bool:
        """Whether the patterns present in a sentence allow this term. A condition with gaps needs only all its parts."""
        if not all(part in present for part in self.parts):
            return False
        if any(all(part in present for part in condition) for condition in self.unless):
            return False
        return not self.needs or any(all(part in present for part in condition) for condition in self.needs)


class _Read:
    """One sentence read by the automaton: its words without white space, and where each pattern ends."""

    def __init__(self, automaton: WordAutomaton, attributes: np.ndarray, first: int) -> None:
        self._places, self._first = np.flatnonzero(attributes[:, 1] == 0), first
        self.words: list[int] = attributes[self._places, 0].tolist()
        self.ends: dict[int, list[int]] = defaultdict(list)
        for pattern, end in automaton.find_ends(self.words):
            self.ends[pattern].append(end)

    def to_tokens(self, start: int, end: int) -> tuple[int, int]:
        """A span of words as a span of tokens of the Doc."""
        return int(self._places[start]) + self._first, int(self._places[end - 1]) + self._first + 1


class LexiconMatcher:
    """A lexicon compiled for one vocabulary; finds hits and cues sentence by sentence.

    A term with gaps is matched part by part; its parts are joined where they stand in order in one sentence with at
    most MAX_GAP words between them.
    """

    def __init__(self, nlp: Language, lexicon: Lexicon) -> None:
        self._nlp = nlp
        self._lexicon = lexicon
        self._spelled: dict[str, tuple[int, ...]] = {}
        self._automaton = WordAutomaton(self._spell)
        self._numbers: dict[tuple[Place, ...], int] = {}
        self._places: list[int] = []  # how many places each pattern has
        self._terms: dict[int, list[_CompiledTerm]] = defaultdict(list)  # the pattern of a term's longest part -> the term
        self._cues: dict[int, list[tuple[str, str]]] = defaultdict(list)
        with _no_collection():
            for code in lexicon.codes:
                for term in code.terms:
                    self._add_term(code, term)
            self._add_cues()

    def find(self, doc: Doc, sentences: list[tuple[int, int]]) -> list[Found]:
        """What stands in each sentence; `sentences` are spans in tokens. Cues are looked at only where a term stands."""
        attributes = doc.to_array([LOWER, IS_SPACE])
        return [self._find_in(doc, _Read(self._automaton, attributes[start:end], start)) for start, end in sentences]

    def find_cues(self, doc: Doc, sentence: tuple[int, int]) -> list[Cue]:
        """The cues of one sentence (a span in tokens), whether or not a term stands there."""
        start, end = sentence
        return self._list_cues(_Read(self._automaton, doc.to_array([LOWER, IS_SPACE])[start:end], start))

    def _find_in(self, doc: Doc, read: _Read) -> Found:
        spans = [
            (compiled, span)
            for pattern in read.ends
            for compiled in self._terms.get(pattern, ())
            if compiled.may_stand(read.ends)
            for span in self._join(compiled.parts, read.words, read.ends)
        ]
        if not spans:
            return Found([], [])
        hits = [Hit(compiled.code, compiled.term, *read.to_tokens(*span)) for compiled, span in spans]
        return Found(_keep_longest([hit for hit in hits if self._is_as_written(hit, doc)]), self._list_cues(read))

    def _list_cues(self, read: _Read) -> list[Cue]:
        cues = [
            Cue(sets, reaches, *read.to_tokens(self._automaton.find_start(pattern, read.words, end), end))
            for pattern in read.ends.keys() & self._cues.keys()
            for end in read.ends[pattern]
            for sets, reaches in self._cues[pattern]
        ]
        return sorted(cues, key=lambda cue: (cue.start, -cue.end, cue.sets, cue.reaches))

    def _join(self, parts: tuple[int, ...], words: list[int], ends: dict[int, list[int]]) -> list[tuple[int, int]]:
        """The spans of a term whose parts all stand in a sentence; the nearest earlier part is taken."""
        *earlier, last = parts
        joined = [(self._automaton.find_start(last, words, end), end) for end in ends[last]]
        for part in reversed(earlier):
            nearest = [
                (max((before for before in ends[part] if 0 <= start - before <= MAX_GAP), default=None), end)
                for start, end in joined
            ]
            joined = [(self._automaton.find_start(part, words, before), end) for before, end in nearest if before is not None]
        return joined

    def _spell(self, words: str) -> tuple[int, ...]:
        return tuple(lower for word in words.split() for lower in self._spell_word(word))

    def _spell_word(self, word: str) -> tuple[int, ...]:
        if word not in self._spelled:
            if self._is_one_token(word):
                self._spelled[word] = (self._nlp.vocab.strings.add(word.lower()),)
            else:
                self._spelled[word] = tuple(token.lower for token in self._nlp.tokenizer(word))
        return self._spelled[word]

    def _is_one_token(self, word: str) -> bool:
        """Whether a word is one token for certain, which spares asking the tokenizer thousands of times."""
        return word.isascii() and word.isalpha() and word not in self._nlp.tokenizer.rules

    def _number_parts(self, expression: str) -> tuple[int, ...]:
        return tuple(self._number_part(tuple(part)) for part in self._lexicon.parse(expression))

    def _number_part(self, part: tuple[Place, ...]) -> int:
        if part not in self._numbers:
            self._numbers[part] = self._automaton.add(part)
            self._places.append(len(part))
        return self._numbers[part]

    def _add_term(self, code: Code, term: Term) -> None:
        unless, needs = ([self._number_parts(expression) for expression in near] for near in (term.unless, term.needs))
        compiled = _CompiledTerm(code, term, self._number_parts(term.term), unless, needs)
        self._terms[max(compiled.parts, key=self._places.__getitem__)].append(compiled)

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
            (pattern,) = self._number_parts(expression)
            self._cues[pattern].append((sets, reaches))

    def _is_as_written(self, hit: Hit, doc: Doc) -> bool:
        written = doc[hit.start : hit.end].text
        return not hit.term.exact_case or written in list_phrases(hit.term.term, self._lexicon.word_lists)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Build many small objects that stay without Python looking for garbage among them, which took half the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if was_on:
            gc.enable()


def _keep_longest(hits: list[Hit]) -> list[Hit]:
    kept: dict[tuple[str, str], list[Hit]] = defaultdict(list)
    for hit in sorted(hits, key=lambda hit: (hit.start - hit.end, hit.start, hit.term.term)):
        same = kept[hit.code.family, hit.code.code]
        if all(hit.end <= other.start or other.end <= hit.start for other in same):
            same.append(hit)
    return sorted((hit for same in kept.values() for hit in same), key=lambda hit: (hit.start, hit.end))
