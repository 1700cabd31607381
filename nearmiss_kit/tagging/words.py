"""The words of a sentence as spaCy's tokenizer cuts them; every run of signs between white space is cut once and kept."""

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import spacy

from nearmiss_kit.tagging.patterns import UNKNOWN, Words

_MOST_CHUNKS = 100_000  # runs of signs kept; past that they are cut anew, with a new tokenizer, so that memory has an end
# A word and at most one sign on each side, which spares asking the tokenizer for most words.
_PLAIN_CHUNK = re.compile(r"""(["(\[]?)([A-Za-z]+[a-z]|[A-Z]{2,}|[0-9]+)([]).,;:?!"]?)""")


@dataclass(frozen=True)
class Sentence:
    """One sentence of a text, with the places where its words start and end there (code points, end exclusive)."""

    text: str
    starts: list[int]
    ends: list[int]

    def __len__(self) -> int:
        return len(self.starts)

    @cached_property
    def written(self) -> str:
        """The whole sentence."""
        return self.quote(0, len(self)) if self.starts else ""

    def quote(self, start: int, end: int) -> str:
        """Words `start` to `end`, exclusive, as written, with what stands between them."""
        return self.text[self.starts[start] : self.ends[end - 1]]

    def word(self, number: int) -> str:
        """One word as written."""
        return self.text[self.starts[number] : self.ends[number]]

    def find_words(self, start: int, end: int) -> tuple[int, int]:
        """The words that start between two places of the text."""
        return bisect_left(self.starts, start), bisect_left(self.starts, end)


class WordCutter:
    """Cuts sentences into words as a blank English spaCy pipeline does: white space ends every word.

    Words that were given to `number` have numbers, however they are written; all others are UNKNOWN.
    """

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._tokenizer = spacy.blank("en").tokenizer
        self._pieces = _KeptPieces(self)
        self._words = _KeptWords(self)

    @property
    def known(self) -> int:
        """How many words have a number; they count from 1."""
        return len(self._numbers)

    def number(self, words: str) -> Words:
        """The numbers of these words; a word that has none gets one."""
        pieces = [piece.lower() for chunk in words.split() for piece in self._pieces[chunk]]
        return tuple(self._numbers.setdefault(piece, len(self._numbers) + 1) for piece in pieces)

    def read(self, sentence: str) -> Words:
        """The numbers of all words of a sentence, and one UNKNOWN behind them."""
        return (*chain.from_iterable(map(self._words.__getitem__, sentence.split())), UNKNOWN)

    def cut(self, text: str, span: tuple[int, int]) -> Sentence:
        """A sentence of a text with the places of its words."""
        starts, ends = [], []
        place, end = span
        for chunk in text[place:end].split():
            place = text.index(chunk, place)
            for piece in self._pieces[chunk]:
                starts.append(place)
                place += len(piece)
                ends.append(place)
        return Sentence(text, starts, ends)

    def cut_chunk(self, chunk: str) -> tuple[str, ...]:
        """A run of signs between white space as words."""
        plain, rules = _PLAIN_CHUNK.fullmatch(chunk), self._tokenizer.rules
        if plain and rules.keys().isdisjoint((chunk, plain[2], plain[2] + plain[3])):
            return tuple(filter(None, plain.groups()))
        return tuple(token.text for token in self._tokenizer(chunk))

    def number_chunk(self, chunk: str) -> Words:
        """The numbers of a run of signs."""
        if len(self._words) >= _MOST_CHUNKS:
            self._tokenizer = spacy.blank("en").tokenizer
            self._words.clear()
            self._pieces.clear()
        if len(chunk) > 1 and chunk.isascii() and chunk.isalpha() and chunk.islower() and chunk not in self._tokenizer.rules:
            return (self._numbers.get(chunk, UNKNOWN),)  # most chunks: one plain word
        return tuple(self._numbers.get(piece.lower(), UNKNOWN) for piece in self._pieces[chunk])


class _KeptPieces(dict[str, tuple[str, ...]]):
    def __init__(self, cutter: WordCutter) -> None:
        self._cutter = cutter

    def __missing__(self, chunk: str) -> tuple[str, ...]:
        self[chunk] = pieces = self._cutter.cut_chunk(chunk)
        return pieces


class _KeptWords(dict[str, Words]):
    def __init__(self, cutter: WordCutter) -> None:
        self._cutter = cutter

    def __missing__(self, chunk: str) -> Words:
        self[chunk] = words = self._cutter.number_chunk(chunk)
        return words
