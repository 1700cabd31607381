"""One pass over a text: every term, condition, cue and stop word of the lexicon in a single automaton over spaCy's tokens."""

import gc
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain, pairwise

import numpy as np
from spacy.attrs import IS_SPACE, LOWER
from spacy.language import Language
from spacy.strings import get_string_id
from spacy.tokens import Doc

from nearmiss_kit.tagging.automaton import UNKNOWN, PatternReader, WordAutomaton
from nearmiss_kit.tagging.lexicon import ASSERTED, Code, Lexicon, Term
from nearmiss_kit.tagging.terms import MAX_GAP, Place, list_phrases

# A word and at most one sign behind it, which spares asking the tokenizer for most words.
_PLAIN_CHUNK = re.compile(r"(?P<word>[A-Za-z]+[a-z])(?P<sign>[,.;:?!]?)")
_Key = int | tuple[int, int]  # a word, or two in a row, under which terms are filed
_CHANCE_OF_WORD, _CHANCE_OF_PAIR = 0.5, 0.02  # how often one is expected that stands in no example
_MOST_CHUNKS = 100_000  # runs of signs whose words are kept; past that they are cut anew


@dataclass(frozen=True)
class Hit:
    """One term found: its code, the term, its span in tokens (end exclusive), and whether it counts alone."""

    code: Code
    term: Term
    start: int
    end: int
    counts: bool = True


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


@dataclass(frozen=True, eq=False)
class _CompiledTerm:
    """A term with the patterns of its parts, and of what must not, or must, stand in the same sentence.

    `required` are sets of words, rarest first: beside the words the term is filed under, one of each has to stand.
    Conditions are filed under a word that stands wherever they do.
    """

    code: Code
    term: Term
    parts: tuple[int, ...]
    unless: dict[int, list[tuple[int, ...]]]
    needs: dict[int, list[tuple[int, ...]]]
    required: list[frozenset[int]]

    def may_stand(self, read: "Look") -> bool:
        """Whether the patterns of a sentence allow this term. A condition with gaps needs only all its parts."""
        if not read.holds(self.parts) or read.holds_any(self.unless):
            return False
        return not self.needs or read.holds_any(self.needs)


class Look:
    """One sentence looked at: its words without white space, the terms that stand there, and where each pattern stands."""

    __slots__ = ("_automaton", "_required", "_runs", "present", "terms", "words")

    def __init__(self, automaton: WordAutomaton, required: list[list[frozenset[int]]], words: list[int]) -> None:
        self._automaton, self._required = automaton, required
        self.words, self.present = words, set(words)
        self._runs: dict[int, list[tuple[int, int]]] = {}
        self.terms: list[_CompiledTerm] = []

    def runs(self, pattern: int) -> list[tuple[int, int]]:
        """The spans of a pattern in words."""
        if pattern not in self._runs:
            possible = not any(map(self.present.isdisjoint, self._required[pattern]))
            self._runs[pattern] = self._automaton.find_runs(pattern, self.words) if possible else []
        return self._runs[pattern]

    def holds(self, patterns: tuple[int, ...]) -> bool:
        """Whether all these patterns stand in the sentence."""
        return all(map(self.runs, patterns))

    def holds_any(self, conditions: dict[int, list[tuple[int, ...]]]) -> bool:
        """Whether one of these conditions stands in the sentence."""
        return any(self.holds(patterns) for word in conditions.keys() & self.present for patterns in conditions[word])


class _WordsOfChunks(dict[str, tuple[int, ...]]):
    """The words of each run of signs between white space, as spaCy's tokenizer cuts it; white space ends every token."""

    def __init__(self, nlp: Language, automaton: WordAutomaton) -> None:
        self._tokenizer, self._knows = nlp.tokenizer, automaton.knows

    def __missing__(self, chunk: str) -> tuple[int, ...]:
        if len(self) >= _MOST_CHUNKS:
            self.clear()
        self[chunk] = words = tuple(word if self._knows(word) else UNKNOWN for word in self._cut(chunk))
        return words

    def _cut(self, chunk: str) -> list[int]:
        plain, rules = _PLAIN_CHUNK.fullmatch(chunk), self._tokenizer.rules
        if plain and chunk not in rules and plain["word"] not in rules:
            return [get_string_id(words.lower()) for words in plain.groups() if words]
        return [token.lower for token in self._tokenizer(chunk)]


class LexiconMatcher:
    """A lexicon compiled for one vocabulary; finds hits and cues sentence by sentence.

    A term with gaps is matched part by part; its parts are joined where they stand in order in one sentence with at
    most MAX_GAP words between them. Every term is filed under the words of its place that is rarest in the lexicon's
    examples, so that most terms are never tried on a sentence.
    """

    def __init__(self, nlp: Language, lexicon: Lexicon) -> None:
        self._nlp = nlp
        self._lexicon = lexicon
        self._spelled: dict[str, tuple[int, ...]] = {}
        self._automaton = WordAutomaton(self._spell)
        self._numbers: dict[tuple[Place, ...], int] = {}
        self._required: list[list[frozenset[int]]] = []  # of each pattern
        self._filed: dict[_Key, list[tuple[frozenset[int], _CompiledTerm]]] = defaultdict(list)
        self._cues: dict[int, list[tuple[str, str]]] = defaultdict(list)
        with _no_collection():
            examples = [self._spell(example.lower()) for example in _list_examples(lexicon)]
            self._frequency = Counter(key for words in examples for key in chain(words, pairwise(words)))
            for code in lexicon.codes:
                for term in code.terms:
                    self._add_term(code, term)
            self._add_cues()
        self._cue_reader = PatternReader(self._automaton, self._cues)
        self._words = _WordsOfChunks(nlp, self._automaton)

    def look_at(self, sentence: str) -> "Look | None":
        """What may stand in a sentence between white space, seen without a Doc; None where no term does."""
        return self._look_for_terms(list(chain.from_iterable(map(self._words.__getitem__, sentence.split()))))

    def find(self, doc: Doc, sentence: tuple[int, int], look: "Look | None" = None) -> Found:
        """What stands in one sentence (a span in tokens); `look` is what `look_at` made of it, if it was asked.

        Cues are looked at only where a term stands.
        """
        words, tokens = _read_words(doc, sentence)
        look = look or self._look_for_terms(words)
        if look is None:
            return Found([], [])
        hits = [
            Hit(compiled.code, compiled.term, tokens[start], tokens[end - 1] + 1, compiled.term.counts_alone)
            for compiled in look.terms
            for start, end in _join(compiled.parts, look)
        ]
        hits = _keep_longest([hit for hit in hits if self._is_as_written(hit, doc)])
        return Found(hits, self._list_cues(words, tokens) if hits else [])

    def find_cues(self, doc: Doc, sentence: tuple[int, int]) -> list[Cue]:
        """The cues of one sentence (a span in tokens), whether or not a term stands there."""
        return self._list_cues(*_read_words(doc, sentence))

    def _look_for_terms(self, words: list[int]) -> "Look | None":
        look = Look(self._automaton, self._required, words)
        look.terms = [compiled for compiled in self._list_possible(look) if compiled.may_stand(look)]
        return look if look.terms else None

    def _list_possible(self, read: Look) -> set[_CompiledTerm]:
        """The terms whose rarest word or pair of words stands in a sentence, and of every other place one word."""
        has_all, lacks = read.present.issuperset, read.present.isdisjoint
        possible = set()
        for key in self._filed.keys() & chain(read.words, pairwise(read.words)):
            for words, compiled in self._filed[key]:
                if has_all(words):
                    for other in compiled.required:
                        if lacks(other):
                            break
                    else:
                        possible.add(compiled)
        return possible

    def _list_cues(self, words: list[int], tokens: list[int]) -> list[Cue]:
        cues = [
            Cue(sets, reaches, tokens[self._automaton.find_start(pattern, words, end)], tokens[end - 1] + 1)
            for pattern, end in self._cue_reader.find_ends(words)
            for sets, reaches in self._cues[pattern]
        ]
        return sorted(cues, key=lambda cue: (cue.start, -cue.end, cue.sets, cue.reaches))

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
            needed = self._automaton.list_needed(part)
            self._required.append(sorted((frozenset(map(self._choose_word, runs)) for runs in needed), key=self._expect_any))
        return self._numbers[part]

    def _add_term(self, code: Code, term: Term) -> None:
        unless, needs = (self._file_conditions(near) for near in (term.unless, term.needs))
        parts = self._number_parts(term.term)
        needed = [words for part in self._lexicon.parse(term.term) for words in self._automaton.list_needed(part)]
        rarest = min(needed, key=lambda runs: sum(self._expect(self._choose_key(words)) for words in runs))
        others = [frozenset(map(self._choose_word, runs)) for runs in needed if runs is not rarest]
        compiled = _CompiledTerm(code, term, parts, unless, needs, sorted(others, key=self._expect_any))
        for words in rarest:
            self._filed[self._choose_key(words)].append((frozenset(words), compiled))

    def _file_conditions(self, expressions: Iterable[str]) -> dict[int, list[tuple[int, ...]]]:
        filed: dict[int, list[tuple[int, ...]]] = {}
        for expression in expressions:
            patterns = self._number_parts(expression)
            rarest = min((self._required[pattern][0] for pattern in patterns), key=self._expect_any)
            for word in rarest:
                filed.setdefault(word, []).append(patterns)
        return filed

    def _choose_key(self, words: tuple[int, ...]) -> _Key:
        """The word or pair of neighbours in a run of words that is rarest in the lexicon's examples."""
        return min(chain(words, pairwise(words)), key=self._expect)

    def _choose_word(self, words: tuple[int, ...]) -> int:
        return min(words, key=self._frequency.__getitem__)

    def _expect_any(self, words: Iterable[int]) -> float:
        return sum(map(self._expect, words))

    def _expect(self, key: _Key) -> float:
        return self._frequency[key] + (_CHANCE_OF_PAIR if isinstance(key, tuple) else _CHANCE_OF_WORD)

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


def _join(parts: tuple[int, ...], look: Look) -> list[tuple[int, int]]:
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


def _read_words(doc: Doc, sentence: tuple[int, int]) -> tuple[list[int], list[int]]:
    """The words of a sentence without white space, and the token of the Doc each is."""
    attributes = doc.to_array([LOWER, IS_SPACE])[sentence[0] : sentence[1]]
    places = np.flatnonzero(attributes[:, 1] == 0)
    return attributes[places, 0].tolist(), (places + sentence[0]).tolist()


@contextmanager
def _no_collection() -> Iterator[None]:
    """Build many small objects that stay without Python looking for garbage among them, which took half the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _keep_longest(hits: list[Hit]) -> list[Hit]:
    """Of each code the longest of hits that overlap; it counts alone where any of them does."""
    kept: dict[tuple[str, str], list[Hit]] = defaultdict(list)
    for hit in sorted(hits, key=lambda hit: (hit.start - hit.end, hit.start, hit.term.term)):
        same = kept[hit.code.family, hit.code.code]
        over = [place for place, other in enumerate(same) if hit.start < other.end and other.start < hit.end]
        if not over:
            same.append(hit)
        for place in over:
            same[place] = replace(same[place], counts=same[place].counts or hit.counts)
    return sorted((hit for same in kept.values() for hit in same), key=lambda hit: (hit.start, hit.end))
