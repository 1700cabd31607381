"""Where sentences end in care records: at full stops, but also at new lines and bullets."""

import re
from itertools import pairwise

# Length-preserving, so that offsets in the plain text are offsets in the narrative.
_PLAIN = (
    ("\r\n", " \n"),
    ("\r", "\n"),
    *((sign, "'") for sign in "’‘ʼ"),
    *((sign, '"') for sign in "“”"),
    *((sign, "-") for sign in "‐‑–"),
    *((sign, " ") for sign in "\u00a0\u2009\u202f\t"),
)
_NOT_AN_END = frozenset(
    [
        "approx",
        "appt",
        "dept",
        "dr",
        "e.g",
        "eg",
        "etc",
        "ext",
        "hr",
        "hrs",
        "i.e",
        "ie",
        "incl",
        "inj",
        "max",
        "min",
        "mins",
        "mr",
        "mrs",
        "ms",
        "mth",
        "mths",
        "no",
        "nos",
        "pls",
        "re",
        "ref",
        "sgt",
        "st",
        "tel",
        "temp",
        "vs",
        "wk",
        "wks",
    ]
)
# The pattern begins with a set of signs, so that the search skips from sign to sign.
_END = re.compile(
    r"""[.!?\n•▪●·]
        (?: (?<=\n)\s*                           # a new line
          | (?<=[ ][•▪●·])[ ]+                   # a bullet inside a line
          | (?<=\S[.!?])[.!?]*["')\]]*(?=\s)     # a full stop before white space
            (?!(?<=\?)[ ]+(?i:no|none|nil|n/a)[ ]*(?:[.,;\n]|$))     # but not between a form's question and its "No."
        )
    """,
    re.VERBOSE,
)
_AROUND = frozenset(" \n•▪●·*")  # signs before and behind a sentence that belong to none
_LIST_NUMBER = re.compile(r"(?:^|\n|[.!?]\s)[ ]*[(]?(?:\d{1,2}(?:\.\d{1,2})*|[a-z])$", re.IGNORECASE)


def flatten_typography(narrative: str) -> str:
    """The narrative with curly quotes, odd spaces and dashes made plain; every offset stays as it was."""
    for sign, plain in _PLAIN:
        narrative = narrative.replace(sign, plain)
    return narrative


def split_sentences(plain_text: str) -> list[tuple[int, int]]:
    """Start and end (code points, end exclusive) of every sentence of an already flattened text.

    A new line, a bullet or a full stop before white space ends a sentence; abbreviations, list numbers,
    decimal times and a form's question with the answer “No.” do not. White space around a sentence belongs to none.
    """
    ends = [mark.end() for mark in _END.finditer(plain_text) if mark[0] != "." or not _is_abbreviation(plain_text, mark.start())]
    return [span for start, end in pairwise((0, *ends, len(plain_text))) if (span := _trim(plain_text, start, end))]


def _is_abbreviation(text: str, stop: int) -> bool:
    before = text[max(0, stop - 12) : stop]
    last_word = before.rsplit(None, 1)[-1].lower().lstrip("(") if before.strip() else ""
    if last_word in _NOT_AN_END:
        return True
    may_be_number = len(last_word) == 1 or last_word[-1:].isdigit()
    return may_be_number and _LIST_NUMBER.search(before) is not None


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start] in _AROUND:
        start += 1
    while start < end and text[end - 1] in _AROUND:
        end -= 1
    return (start, end) if start < end else None
