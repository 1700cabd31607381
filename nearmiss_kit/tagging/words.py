"""The words of a sentence as spaCy's tokenizer cuts them; every run of signs between white space is cut once and kept."""

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate, chain

import numpy as np
import spacy

from nearmiss_kit.tagging.patterns import UNKNOWN, Words
from nearmiss_kit.tagging.rows import Rows

_MOST_CHUNKS = 100_000  # runs of signs kept; past that they are cut anew, with a new tokenizer, so that memory has an end
_END = ""  # stands behind every sentence, where no run of signs can
# A word, which may be joined of several or end in 's, one sign before it and two behind it at most: most words are cut by this
# pattern, without asking the tokenizer.
_PLAIN_CHUNK = re.compile(
    r"""(["(\[]?)([A-Za-z]+[a-z](?:-[A-Za-z]*[a-z])*|[A-Z]{2,}|[0-9]+)('s)?([]).,;:?!"]?)([]).,;:?!"]?)(?<!\.\.)"""
)
_JOINT = re.compile("(-)")


@dataclass(frozen=True)
class Sentence:
    """One sentence of a text, with the places where its words start and end there (code points, end exclusive)."""

    text: str
    starts: list[int]
    ends: list[int]

    def __len__(self) -> int:
        return len(self.starts)

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
        self._forget_chunks()

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
        return (*chain.from_iterable(map(self.number_chunk, sentence.split())), UNKNOWN)

    def read_all(self, sentences: Iterable[str]) -> Rows:
        """The same of many sentences, a row for each; faster where there are many."""
        if len(self._words) >= _MOST_CHUNKS:
            self._forget_chunks()
        chunks = [[*sentence.split(), _END] for sentence in sentences]
        sizes = np.fromiter(map(len, chunks), dtype=np.int64, count=len(chunks))
        numbers = np.fromiter(map(self._words.__getitem__, chain.from_iterable(chunks)), dtype=np.int64, count=sizes.sum())
        words = self._words.rows().take(numbers)
        return Rows(words.numbers, np.add.reduceat(words.sizes, np.cumsum(sizes) - sizes) if chunks else sizes)

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
        if plain:
            first, word, *behind = plain.groups("")
            joined = _JOINT.split(word)
            # what is left to the tokenizer, sign by sign; its own rules for one of these go before
            stages = [*accumulate([word, *behind]), *accumulate([joined[-1], *behind]), behind[1] + behind[2]]
            if rules.keys().isdisjoint((chunk, *stages)):
                return tuple(filter(None, [first, *joined, *behind]))
        return tuple(token.text for token in self._tokenizer(chunk))

    def number_chunk(self, chunk: str) -> Words:
        """The numbers of a run of signs."""
        if len(chunk) > 1 and chunk.isascii() and chunk.isalpha() and chunk.islower() and chunk not in self._tokenizer.rules:
            return (self._numbers.get(chunk, UNKNOWN),)  # most chunks: one plain word
        return tuple(self._numbers.get(piece.lower(), UNKNOWN) for piece in self._pieces[chunk])

    def _forget_chunks(self) -> None:
        self._tokenizer = spacy.blank("en").tokenizer
        self._pieces, self._words = _KeptPieces(self), _KeptWords(self)


class _KeptPieces(dict[str, tuple[str, ...]]):
    def __init__(self, cutter: WordCutter) -> None:
        self._cutter = cutter

    def __missing__(self, chunk: str) -> tuple[str, ...]:
        self[chunk] = pieces = self._cutter.cut_chunk(chunk)
        return pieces


class _KeptWords(dict[str, int]):
    """Runs of signs by their row of words; rows are added as new runs are met."""

    def __init__(self, cutter: WordCutter) -> None:
        self._cutter = cutter
        self._numbers, self._sizes = array("q"), array("q")
        self._rows: Rows | None = None
        self[_END] = self._add((UNKNOWN,))

    def __missing__(self, chunk: str) -> int:
        self[chunk] = row = self._add(self._cutter.number_chunk(chunk))
        return row

    def rows(self) -> Rows:
        """All rows as they are now."""
        if self._rows is None:
            self._rows = Rows(np.frombuffer(self._numbers, dtype=np.int64), np.frombuffer(self._sizes, dtype=np.int64))
        return self._rows

    def _add(self, words: Words) -> int:
        self._rows = None  # an array that is looked at cannot grow
        self._numbers.extend(words)
        self._sizes.append(len(words))
        return len(self._sizes) - 1
