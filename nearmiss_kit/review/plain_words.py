"""The check of easy read: which sentences are too long, hold two ideas, or use a hard word, and what to write in its place."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from nearmiss_kit.analysis.wording import say_number
from nearmiss_kit.review.form import Strict, read_yaml

_SENTENCES = re.compile(r"[.!?]+[”\"’)]*(?:\s+|$)")
_WORDS = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*|\d+(?:[.,:]\d+)*")
_SIGNS = {";": "a semicolon", ":": "a colon", "(": "brackets", "/": "a slash", "&": "an &", "%": "a per cent sign"}


class HardWord(Strict):
    """A word to leave out, its forms after commas, and what to write in its place."""

    avoid: str
    say: str

    @property
    def forms(self) -> tuple[str, ...]:
        """Every form of the word."""
        return tuple(form.strip().lower() for form in self.avoid.split(","))


class PlainWords(Strict):
    """Words to leave out of easy read, and how long a sentence and a word may be."""

    version: str
    longest_sentence: int
    longest_word: int
    words: tuple[HardWord, ...]


@dataclass(frozen=True)
class ToChange:
    """One line of an easy-read page that needs another wording: its number, its words, and each thing to change."""

    line: int
    words: str
    changes: tuple[str, ...]


def load_plain_words(path: str | Path | None = None) -> PlainWords:
    """The words to leave out at `path`, or the kit's own. Raises ReviewError with file and line for every fault."""
    return _load_own_words() if path is None else read_yaml(path, PlainWords)


@cache
def _load_own_words() -> PlainWords:
    return read_yaml(Path(__file__).with_name("plain_words.yaml"), PlainWords)


def check_easy_read(lines: Iterable[str], plain: PlainWords | None = None) -> tuple[ToChange, ...]:
    """What to change in lines of easy read before anybody reads them; nothing for a line that is plain enough.

    The limits are those of the file (15 words a sentence, as usual for easy read in England). The check reads words and
    not meaning: a line that passes may still be unclear to the person it is for.
    """
    plain = plain or load_plain_words()
    found = [(number, words, tuple(_list_changes(words, plain))) for number, words in enumerate(lines, 1)]
    return tuple(ToChange(number, words, changes) for number, words, changes in found if changes)


def _list_changes(words: str, plain: PlainWords) -> list[str]:
    sentences = [_WORDS.findall(sentence) for sentence in _SENTENCES.split(words)]
    sentences = [sentence for sentence in sentences if sentence]
    longest = max(map(len, sentences), default=0)
    changes = []
    if longest > plain.longest_sentence:
        changes.append(f"A sentence has {longest} words; make it {plain.longest_sentence} or fewer.")
    if len(sentences) > 2:
        changes.append(f"{say_number(len(sentences), 'sentence')} in one line; give each idea a line of its own.")
    signs = [name for sign, name in _SIGNS.items() if sign in re.sub(r"(?<=\d)[:/](?=\d)", "", words)]
    if signs:
        changes.append(f"Leave out {' and '.join(signs)}; say it in a sentence.")
    return [*changes, *_list_hard_words(words, plain), *_list_unusual(words, plain)]


def _list_hard_words(words: str, plain: PlainWords) -> list[str]:
    spoken = f" {' '.join(word.lower().replace('’', chr(39)) for word in _WORDS.findall(words))} "
    found = [(spoken.find(f" {form} "), form, hard.say) for hard in plain.words for form in hard.forms if f" {form} " in spoken]
    inside = [
        (place, form, say) for place, form, say in found if not any(form != other and form in other for _, other, _ in found)
    ]
    return [f"“{form}”: {say}." for _, form, say in sorted(inside)]


def _list_unusual(words: str, plain: PlainWords) -> list[str]:
    known = {part for hard in plain.words for form in hard.forms for part in form.split()}
    every = dict.fromkeys(_WORDS.findall(words))
    short = [word for word in every if len(word) > 1 and word.isupper() and word.isalpha()]
    initials = [word for word in every if len(word) == 1 and word.isupper() and word not in "AI"]
    long = [word for word in every if len(word) > plain.longest_word and word.lower() not in known]
    return [
        *(f"“{word}” stands for somebody: use their name." for word in initials),
        *(f"“{word}” is short for something: write it out, or leave it out." for word in short),
        *(f"“{word}” is a long word: is there a shorter one?" for word in long),
    ]
