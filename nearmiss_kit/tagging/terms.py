"""The small language in which lexicon terms are written.

A term is words, written as people write them, with four signs:

    two of us for (five|six)      one of several
    [very] short staffed          may be there or not
    {nobody} told {family}        any entry of a word list in word_lists.yaml
    promised ... never            up to MAX_GAP words in between, in the same sentence
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import product

GAP = "..."
MAX_GAP = 6  # words that may stand in a gap; more joins words that have nothing to do with each other
MAX_CHOICES = 2_000  # spellings one place of a term may have; more is a slip of the pen

# One place in a term: the spellings that may stand there ("" where it may stay empty).
Place = tuple[str, ...]

_SIGNS = re.compile(r"[()\[\]{}|]")
_CONTRACTION = re.compile(r"\b(ca|wo|sha|\w+?)n't\b")
_FULL_FORMS = {"ca": "can", "wo": "will", "sha": "shall"}


class TermError(ValueError):
    """A term that cannot be used; the text says why, in words for the person who wrote it."""


def parse_term(expression: str, word_lists: Mapping[str, Iterable[str]]) -> list[list[Place]]:
    """The places of a term, in one list for each part between gaps.

    >>> parse_term("[just] two (left|gone) ... again", {})
    [[('', 'just'), ('two',), ('left', 'gone')], [('again',)]]

    Raises TermError for unbalanced signs, unknown word lists, parts that may be empty, and more than
    MAX_CHOICES spellings in one place.
    """
    parts = [part.strip() for part in expression.split(GAP)]
    if not all(parts):
        raise TermError("words are missing before or after “...”")
    return [_parse_part(part, word_lists) for part in parts]


def list_phrases(expression: str, word_lists: Mapping[str, Iterable[str]]) -> list[str]:
    """Every phrase a short term without gaps stands for, as plain text."""
    (places,) = parse_term(expression, word_lists)
    return [" ".join(" ".join(words).split()) for words in product(*places)]


@cache
def spell_variants(words: str) -> tuple[str, ...]:
    """Words as typed, without apostrophes, in full, and with hyphens as spaces."""
    spellings = [words]
    if "n't" in words:
        spellings += [_CONTRACTION.sub(r"\1nt", words), _CONTRACTION.sub(_write_in_full, words)]
    spellings += [spelling.replace("cannot", "can not") for spelling in spellings if "cannot" in spelling]
    spellings += [spelling.replace("-", " ") for spelling in spellings if "-" in spelling]
    return tuple(dict.fromkeys(spellings))


def _write_in_full(contraction: re.Match[str]) -> str:
    stem = contraction.group(1)
    return "cannot" if stem == "ca" else f"{_FULL_FORMS.get(stem, stem)} not"


def _parse_part(part: str, word_lists: Mapping[str, Iterable[str]]) -> list[Place]:
    places = [_spell_place(choices) for choices in _split_places(part, word_lists)]
    if all("" in place for place in places):
        raise TermError("it would match everything, because every word in it is optional")
    return places


def _spell_place(choices: list[str]) -> Place:
    spelled = [spelling for choice in choices for spelling in spell_variants(" ".join(choice.split()))]
    return tuple(dict.fromkeys(spelled))


def _split_places(part: str, word_lists: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """The choices at each place; what is written together without a space is one place."""
    places, current = [], [""]
    rest = part
    while rest:
        choices, rest = _read_piece(rest, word_lists)
        words = choices[0].split(" ") if len(choices) == 1 else None
        if words is None:
            current = _combine(current, choices)
        for number, word in enumerate(words or []):
            if number:
                places.append(current)
                current = [""]
            current = _combine(current, [word])
    return [choices for choices in [*places, current] if choices != [""]]


def _combine(before: list[str], choices: list[str]) -> list[str]:
    if len(before) * len(choices) > MAX_CHOICES:
        raise TermError(f"one place in it has more than {MAX_CHOICES:,} spellings; split it into smaller terms")
    return [first + second for first, second in product(before, choices)]


def _read_piece(text: str, word_lists: Mapping[str, Iterable[str]]) -> tuple[list[str], str]:
    sign = _SIGNS.search(text)
    if sign is None:
        return [text], ""
    if sign.start() > 0:
        return [text[: sign.start()]], text[sign.start() :]
    opening, inside = text[0], text[1:]
    if opening == "(":
        return _read_alternatives(inside, word_lists, closing=")")
    if opening == "[":
        choices, rest = _read_alternatives(inside, word_lists, closing="]")
        return ["", *choices], rest
    if opening == "{":
        return _read_word_list(inside, word_lists)
    raise TermError(f"“{opening}” stands outside round brackets" if opening == "|" else f"“{opening}” closes nothing")


def _read_alternatives(text: str, word_lists: Mapping[str, Iterable[str]], *, closing: str) -> tuple[list[str], str]:
    alternatives, rest = _read_sequence(text, word_lists)
    while rest.startswith("|"):
        more, rest = _read_sequence(rest[1:], word_lists)
        alternatives += more
    if not rest.startswith(closing):
        raise TermError(f"“{closing}” is missing")
    return alternatives, rest[1:]


def _read_sequence(text: str, word_lists: Mapping[str, Iterable[str]]) -> tuple[list[str], str]:
    phrases, rest = [""], text
    while rest and rest[0] not in ")]|":
        choices, rest = _read_piece(rest, word_lists)
        phrases = _combine(phrases, choices)
    return phrases, rest


def _read_word_list(text: str, word_lists: Mapping[str, Iterable[str]]) -> tuple[list[str], str]:
    name, closed, rest = text.partition("}")
    if not closed:
        raise TermError("“}” is missing")
    if name not in word_lists:
        raise TermError(f"there is no word list “{name}” in word_lists.yaml")
    return list(word_lists[name]), rest
