"""The columns of the records table, and the headings under which other systems keep them."""

import csv
import re
from functools import cache
from pathlib import Path

# Declared once, in reading order. All other columns of a file survive behind these.
RECORD_COLUMNS = (
    "record_id", "person", "service", "setting", "event_date", "event_time", "form", "author", "narrative",
    "staff_on_shift", "trigger", "what_helped", "source_file", "source_row", "narrative_fingerprint",
)  # fmt: skip
REQUIRED_COLUMNS = ("record_id", "narrative")
# How a heading reads to people, wherever the kit shows one.
COLUMN_TITLES = {
    "record_id": "Reference",
    "person": "Person",
    "service": "Service",
    "setting": "Setting",
    "event_date": "Date",
    "event_time": "Time",
    "form": "Type of record",
    "author": "Written by",
    "narrative": "What happened",
    "staff_on_shift": "Staff on shift",
    "trigger": "Trigger",
    "what_helped": "What helped",
}


def fold_heading(heading: str) -> str:
    """A heading without case, punctuation and spacing, so that “Record ID:” and “record_id” are the same."""
    return re.sub(r"[\W_]+", " ", heading).strip().lower()


def map_headings(headings: list[str]) -> dict[str, str]:
    """The kit's column for each heading it knows: {heading: column}, at most one heading a column.

    Where two headings fit one column, the one that stands first in the alias table is taken.
    """
    aliases = _read_aliases()
    rank = {heading: aliases[fold_heading(heading)] for heading in headings if fold_heading(heading) in aliases}
    mapped: dict[str, str] = {}
    for heading, (_, column) in sorted(rank.items(), key=lambda item: item[1][0]):
        if column not in mapped.values():
            mapped[heading] = column
    return mapped


def headings_for(column: str) -> list[str]:
    """The headings the alias table knows for a column, as written there."""
    return [row["heading"] for row in _alias_rows() if row["column"] == column]


@cache
def _alias_rows() -> list[dict[str, str]]:
    with (Path(__file__).parent / "column_aliases.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _read_aliases() -> dict[str, tuple[int, str]]:
    known = {fold_heading(column): (-1, column) for column in COLUMN_TITLES}
    for place, row in enumerate(_alias_rows()):
        known.setdefault(fold_heading(row["heading"]), (place, row["column"]))
    return known
