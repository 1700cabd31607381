"""What the kit knows about names: listed names, names that are words, how names sound, and the words around them."""

import re
from unicodedata import combining, normalize

from nearmiss_kit.records.passages import read_words

FIRST = read_words("first_names")
FIRST_OR_WORD = read_words("first_names_that_are_words")
SURNAMES = read_words("surnames")
SURNAMES_OR_WORDS = read_words("surnames_that_are_words")
WORDS = read_words("words")
_PHRASES = read_words("phrases_with_names")
PHRASES_BY_OPENING = {opening: [p for p in _PHRASES if p[:3] == opening] for opening in {phrase[:3] for phrase in _PHRASES}}

TREES = read_words("house_names_that_are_words")
ENDING = re.compile(r"['’](?:s|d|ll|ve|re|m)?$")


_SPELLED = (
    ("ph", "f"),
    ("ck", "k"),
    ("q", "k"),
    ("ie", "i"),
    ("y", "i"),
    ("z", "s"),
    ("ae", "a"),
    ("ea", "a"),
    ("ei", "i"),
    ("h", ""),
)


def _sound(base: str) -> str:
    """How a name is heard, roughly: Jaqueline as Jacqueline, Micheal as Michael, Cathrine as Katherine."""
    heard = re.sub(r"c(?=[eiy])", "s", base).replace("c", "k")
    for written, sound in _SPELLED:
        heard = heard.replace(written, sound)
    return re.sub(r"(.)\1+", r"\1", heard).rstrip("e")


_SOUNDS = frozenset(_sound(name) for name in FIRST if len(name) > 5)


def sounds_like_name(base: str) -> bool:
    return len(base) > 5 and base not in WORDS and _sound(base) in _SOUNDS


ENDS_LIKE_THING = re.compile(  # medicines, trades and abstractions that no list holds
    r"(?:ine|ole|pam|lam|one|tin|pril|cin|ate|ide|xin|ium|fen|ing|tion|sion|ment|ity|ness|ism|ology|ally|ly|ists?|ians?|ics|ware|ship|hood|less|ful|"
    r"able|ible|ous|ical|otomy|itis|pathy|gram|scope|phone|ways?|work|day|room|time)$"
)
_WORD_ENDINGS = ("s", "es", "ed", "d", "ing", "ly", "er", "ers", "ness", "ment", "al", "ation", "able", "y")
_WORD_OPENINGS = ("un", "re", "non", "over", "in", "dis", "mis", "pre", "under")


def _read_cues() -> dict[str, frozenset[str]]:
    """The words that stand around names, by kind: titles, greetings, roles, verbs of speech …"""
    lines = (line.split(": ", 1) for line in read_words("name_cues") if ": " in line)
    return {kind: frozenset(words.split()) for kind, words in lines}


CUES = _read_cues()
GREETINGS = CUES["greetings"] - {"from", "you", "night", "all", "love", "many", "x"}


def fold_name(word: str) -> str:
    base = ENDING.sub("", word).lower().replace("’", "'").replace("‐", "-")
    return base if base.isascii() else _without_accents(base)


def _without_accents(base: str) -> str:
    """The lists are written without accents: siobhán is siobhan, wałęsa walesa."""
    return "".join(letter for letter in normalize("NFKD", base.replace("ł", "l").replace("ø", "o")) if not combining(letter))


LOWER = frozenset(name for name in FIRST if len(name) > 2 and name not in WORDS)
LOWER = LOWER | {name + "'s" for name in LOWER} | {name + "’s" for name in LOWER}


def may_be_surname(base: str, word: str) -> bool:
    if base in ("may", "march", "will", "christmas") or (word.isupper() and len(word) < 5 and base not in SURNAMES):
        return False
    return base in SURNAMES or base in SURNAMES_OR_WORDS or base in FIRST or base not in WORDS | FIRST_OR_WORD


def is_form_of_word(base: str) -> bool:
    """Whether it is an ordinary word with an ending or an opening."""
    for ending in _WORD_ENDINGS:
        stem = base.removesuffix(ending)
        if (
            stem != base
            and (len(stem) > 3 or ending in ("s", "ed", "ing"))
            and (stem in WORDS or stem + "e" in WORDS or (len(stem) > 2 and stem[-1] == stem[-2] and stem[:-1] in WORDS))
        ):
            return True
    return any(base.startswith(opening) and base.removeprefix(opening) in WORDS for opening in _WORD_OPENINGS)
