"""A first screen for identifiers that should have been removed before anybody analyses the records."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd
from stdnum.gb import nhs

# What is looked for, in the words of the message. Names of people are not looked for yet, and the screen says so.
LOOKED_FOR = ("NHS numbers", "e-mail addresses", "postcodes", "telephone numbers", "web addresses")
_PATTERNS = {
    "an e-mail address": re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"),
    "a postcode": re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b", re.IGNORECASE),
    "a telephone number": re.compile(r"(?<!\d)(?:\+44 ?\d{4}|0\d{4}|\(0\d{3,4}\)|0\d{3}|0\d{2})[ -]?\d{3,4}[ -]?\d{3,4}(?!\d)"),
    "a web address": re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE),
}
_OUR_COLUMNS = ("source_file", "narrative_fingerprint")
_TEN_DIGITS = re.compile(r"(?<!\d)\d{3}[\s.\-/]?\d{3}[\s.\-/]?\d{4}(?!\d)")


@dataclass(frozen=True)
class Identifier:
    """One passage that may identify somebody: the record, its column, its kind, and its place in code points."""

    record_id: str
    column: str
    kind: str
    start: int
    end: int


def screen_identifiers(records: pd.DataFrame) -> list[Identifier]:
    """Every passage in any column of text that looks like a direct identifier, in the order of the records.

    Looks for LOOKED_FOR and nothing else: a clean result does not make the records anonymous.
    """
    columns = [column for column in records.select_dtypes("str").columns if column not in _OUR_COLUMNS]
    return [
        Identifier(row["record_id"], column, kind, start, end)
        for row in records[columns].to_dict("records")
        for column in columns
        for kind, start, end in _find_identifiers(row[column])
    ]


def _find_identifiers(narrative: str) -> Iterator[tuple[str, int, int]]:
    for match in _TEN_DIGITS.finditer(narrative):
        if nhs.is_valid(re.sub(r"\D", "", match.group())):
            yield "an NHS number", match.start(), match.end()
    for kind, pattern in _PATTERNS.items():
        for match in pattern.finditer(narrative):
            yield kind, match.start(), match.end()
