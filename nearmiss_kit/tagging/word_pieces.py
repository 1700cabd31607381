"""Cut text into the word pieces the sentence encoder was trained on (WordPiece, Wu et al. 2016; BERT, Devlin et al. 2019).

The library that does this elsewhere brings a client for downloading models with it; the kit downloads nothing.
"""

import unicodedata
from functools import lru_cache
from pathlib import Path

START, END, UNKNOWN, PADDING = "[CLS]", "[SEP]", "[UNK]", "[PAD]"
_LONGEST_WORD = 100  # letters; what is longer is no word


class WordPieces:
    """The vocabulary of an uncased BERT-like encoder; `number(text)` gives the piece numbers of a sentence."""

    def __init__(self, vocabulary: Path) -> None:
        pieces = vocabulary.read_text(encoding="utf-8").split("\n")
        self._numbers = {piece: number for number, piece in enumerate(pieces) if piece}
        self._cut = lru_cache(maxsize=100_000)(self._cut_word)
        self.padding = self._numbers[PADDING]

    def number(self, text: str, *, longest: int) -> list[int]:
        """Piece numbers between a start and an end mark, at most `longest` of them."""
        inside = [number for word in split_words(text) for number in self._cut(word)]
        return [self._numbers[START], *inside[: longest - 2], self._numbers[END]]

    def _cut_word(self, word: str) -> tuple[int, ...]:
        numbers, start = [], 0
        while start < len(word):
            prefix = "##" if start else ""
            ends = range(len(word), start, -1) if len(word) <= _LONGEST_WORD else ()
            end = next((end for end in ends if prefix + word[start:end] in self._numbers), None)
            if end is None:
                return (self._numbers[UNKNOWN],)
            numbers.append(self._numbers[prefix + word[start:end]])
            start = end
        return tuple(numbers)


def split_words(text: str) -> list[str]:
    """Words and single punctuation marks, in lower case and without accents."""
    letters = []
    for letter in unicodedata.normalize("NFD", text):
        kind = unicodedata.category(letter)
        if kind == "Mn" or (kind[0] == "C" and letter not in "\t\n\r") or letter == "\ufffd":
            continue
        letters.append(f" {letter} " if _stands_alone(letter, kind) else letter.lower())
    return "".join(letters).split()


def _stands_alone(letter: str, kind: str) -> bool:
    is_sign = letter.isascii() and not letter.isalnum() and letter.isprintable() and letter != " "
    return is_sign or kind[0] == "P" or "\u3400" <= letter <= "\u9fff" or "\uf900" <= letter <= "\ufaff"
