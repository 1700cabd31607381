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
_END = re.compile(
    r"""(?<=\S)(?P<stop>[.!?]+["')\]]*)(?=\s)   # a full stop before white space
        (?!(?<=\?)[ ]+(?i:no|none|nil|n/a)[ ]*(?:[.,;\n]|$))     # but not between a form's question and its "No."
      | [ ]*\n\s*                          # a new line
      | [ ]+[•▪●·][ ]+                     # a bullet inside a line
    """,
    re.VERBOSE,
)
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
        if mark["stop"] and _is_abbreviation(plain_text, mark):
            continue
        _add_trimmed(spans, plain_text, start, mark.end())
        start = mark.end()
    _add_trimmed(spans, plain_text, start, len(plain_text))
    return spans


def _is_abbreviation(text: str, mark: re.Match[str]) -> bool:
    if mark["stop"] != ".":
        return False
    before = text[max(0, mark.start() - 12) : mark.start()]
    last_word = before.split()[-1].lower().lstrip("(") if before.split() else ""
    return last_word in _NOT_AN_END or _LIST_NUMBER.search(before) is not None


def _add_trimmed(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    sentence = text[start:end]
    stripped = sentence.strip(" \n•▪●·*")
    if stripped:
        offset = start + sentence.index(stripped[0] if len(stripped) == 1 else stripped)
        spans.append((offset, offset + len(stripped)))
