"""Where sentences end in care records: at full stops, but also at new lines and bullets."""

import re

# Length-preserving, so that offsets in the plain text are offsets in the narrative.
_PLAIN = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "“": '"',
        "”": '"',
        "‐": "-",
        "‑": "-",
        "–": "-",
        "\u00a0": " ",
        "\u2009": " ",
        "\u202f": " ",
        "\t": " ",
        "\r": "\n",
    }
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
_AROUND = " \n•▪●·*"  # signs before and behind a sentence that belong to none
_LIST_NUMBER = re.compile(r"(?:^|\n|[.!?]\s)[ ]*[(]?(?:\d{1,2}(?:\.\d{1,2})*|[a-z])$", re.IGNORECASE)


def flatten_typography(narrative: str) -> str:
    """The narrative with curly quotes, odd spaces and dashes made plain; every offset stays as it was."""
    return narrative.replace("\r\n", " \n").translate(_PLAIN)


def split_sentences(plain_text: str) -> list[tuple[int, int]]:
    """Start and end (code points, end exclusive) of every sentence of an already flattened text.

    A new line, a bullet or a full stop before white space ends a sentence; abbreviations, list numbers,
    decimal times and a form's question with the answer “No.” do not. White space around a sentence belongs to none.
    """
    spans, start = [], 0
    for mark in _END.finditer(plain_text):
        if mark[0] == "." and _is_abbreviation(plain_text[max(0, mark.start() - 12) : mark.start()]):
            continue
        _add_trimmed(spans, plain_text, start, mark.end())
        start = mark.end()
    _add_trimmed(spans, plain_text, start, len(plain_text))
    return spans


def _is_abbreviation(before: str) -> bool:
    words = before.split()
    last_word = words[-1].lower().lstrip("(") if words else ""
    if last_word in _NOT_AN_END:
        return True
    may_be_number = len(last_word) == 1 or last_word[-1:].isdigit()
    return may_be_number and _LIST_NUMBER.search(before) is not None


def _add_trimmed(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    opened = text[start:end].lstrip(_AROUND)
    if opened:
        offset = end - len(opened)
        spans.append((offset, offset + len(opened.rstrip(_AROUND))))
