"""The screen for identifiers: passages that may say who somebody is, found before anybody analyses the records."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd
from tqdm.auto import tqdm

from nearmiss_kit.records import passages
from nearmiss_kit.records.formats import find_formats
from nearmiss_kit.records.initials import INITIALS
from nearmiss_kit.records.names import find_names
from nearmiss_kit.records.passages import CERTAIN, LIKELY, POSSIBLE, Passage

# What is looked for, in the words of the message: what names somebody, and what may point at somebody.
LOOKED_FOR = (
    "names", "NHS and National Insurance numbers", "dates of birth", "addresses and postcodes", "telephone numbers",
    "e-mail and web addresses", "vehicle plates", "case, tenancy and account numbers", "initials", "room, house and work place names",
    "a worker's role with the shift or its day",
)  # fmt: skip
CANNOT_FIND = (
    "It cannot find a name that is also an ordinary word unless the words around it show a person, a rare name in an unclear place, "
    "a nickname, a person known by what happened, or anything in pictures. A clean result does not make records anonymous."
)
SURENESS = (CERTAIN, LIKELY, POSSIBLE)
_INDIRECT = frozenset({INITIALS, passages.ROOM, passages.HOUSE, passages.SHIFT})
_CODES = frozenset({passages.REFERENCE, passages.PLATE, passages.WEB})  # how references and names of files look
_OUR_COLUMNS = frozenset({"narrative_fingerprint"})
_CODE_COLUMNS = frozenset(
    {"record_id", "source_file", "source_sheet"}
)  # references of the records themselves; a file may be named after a person
_PLACE_COLUMNS = frozenset({"service", "setting", "form"})  # the kit needs the service by its name
_PEOPLE_COLUMNS = frozenset({"person", "author", "staff_on_shift"})
_CODE_OF_PERSON = r"(?:[A-Z]{1,2}|CLIENT|PER|PERSON|RES|RESIDENT|STAFF|STF|SUP|SVU|TEN|TENANT|USER|WORKER)[-_/. ]{0,2}\d{1,7}"
_ONLY_CODES = re.compile(rf"\s*{_CODE_OF_PERSON}(?:\s*[,;/&+]\s*{_CODE_OF_PERSON})*\s*", re.I)  # “SU-0012”, “S-014; S-022”
PSEUDONYM = re.compile(r"\[(?:NHS |National Insurance )?[a-z][a-z, -]* \d{1,6}\]")  # as pseudonyms.py writes them
_SHORT = 120  # characters; shorter cells repeat from row to row, and are screened once


@dataclass(frozen=True)
class Identifier:
    """One passage that may identify somebody: its record, column, kind and place in code points, and how sure that is.

    `sure` is one of SURENESS. `direct` says whether the passage names or numbers a person, or only points at one.
    """

    record_id: str
    column: str
    kind: str
    start: int
    end: int
    sure: str
    direct: bool


def screen_identifiers(records: pd.DataFrame, *, progress: bool = False) -> list[Identifier]:
    """Every passage in any column of text that looks like an identifier, in the order of the records.

    Looks for LOOKED_FOR and nothing else, and CANNOT_FIND says what it must miss: a clean result does
    not make the records anonymous. Single letters are taken for pseudonyms and left alone, and so are
    numbers of service users and staff (“SU-0012”) where they fill a cell of a column of people.
    """
    columns = [column for column in records.select_dtypes("str").columns if column not in _OUR_COLUMNS]
    rows = records[[*dict.fromkeys(["record_id", *columns])]].to_dict("records")
    return [
        Identifier(str(row["record_id"]), column, kind, start, end, sure, is_direct(kind))
        for row in tqdm(rows, desc="Screening records", unit=" records", leave=False, delay=1, disable=not progress)
        for column in columns
        if isinstance(row[column], str)
        for start, end, kind, sure in _finder_for(row[column])(row[column], column)
    ]


def list_unresolved(records: pd.DataFrame, *, cleared: Collection[Identifier] = ()) -> list[Identifier]:
    """The direct identifiers that still stand in the records, but for those a reviewer looked at and cleared."""
    return [found for found in screen_identifiers(records) if found.direct and found not in cleared]


def is_direct(kind: str) -> bool:
    """Whether a passage of this kind names or numbers a person, or only points at one."""
    return kind not in _INDIRECT


def find_identifiers(text: str, column: str = "narrative") -> list[Passage]:
    """Start, end, kind and sureness of each passage in one text, in order and without overlaps; a surer kind wins."""
    candidates = list(find_formats(text))
    if column in _CODE_COLUMNS:
        candidates = [found for found in candidates if found[2] not in _CODES and found[2] not in _INDIRECT]
        candidates += [found for found in find_names(text.replace("_", " ")) if found[2] not in _INDIRECT]
    elif column in _PLACE_COLUMNS:
        candidates = [found for found in candidates if found[2] not in (passages.HOUSE, passages.ROOM)]
    if column not in _CODE_COLUMNS | _PLACE_COLUMNS:
        candidates += find_names(text, holds_people=column in _PEOPLE_COLUMNS)
    if column == "person":
        candidates = [found for found in candidates if found[2] != INITIALS]
    if column in _PEOPLE_COLUMNS and _ONLY_CODES.fullmatch(text):
        candidates = [found for found in candidates if found[2] != passages.REFERENCE]  # the service's own pseudonyms
    return _drop_overlaps(candidates, [match.span() for match in PSEUDONYM.finditer(text)] if "[" in text else [])


def _drop_overlaps(candidates: list[Passage], pseudonyms: list[tuple[int, int]]) -> list[Passage]:
    kept: list[Passage] = []
    for found in candidates:
        if all(found[1] <= other[0] or other[1] <= found[0] for other in (*kept, *pseudonyms)):
            kept.append(found)
    return sorted(kept)


@lru_cache(maxsize=50_000)
def _find_in_short_text(text: str, column: str) -> list[Passage]:
    return find_identifiers(text, column)


def _finder_for(text: str) -> Callable[[str, str], list[Passage]]:
    return _find_in_short_text if len(text) < _SHORT else find_identifiers
