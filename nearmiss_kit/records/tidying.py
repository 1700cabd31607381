"""A sheet made into records: headings mapped, cells cleaned, narratives joined, and what cannot be a record left out."""

import hashlib
import re

import pandas as pd

from nearmiss_kit.errors import RecordsError
from nearmiss_kit.records.cleaning import clean_text, find_suspects
from nearmiss_kit.records.columns import (
    COLUMN_TITLES,
    KIT_COLUMNS,
    NARRATIVE_PARTS,
    RECORD_COLUMNS,
    HeadingRules,
    fold_heading,
    headings_for,
    is_own,
    write_heading,
)
from nearmiss_kit.records.remarks import RemarkBook
from nearmiss_kit.records.sheets import Sheet, place_of

LONGEST_NARRATIVE = 900_000  # characters; the tokenizer stops at a million, and no record of one event is as long
AS_GIVEN = " (as given)"
_SEVERAL_PEOPLE = re.compile(r"\S\s*(?:[;,&+]|\band\b)\s*\S")
_ADDED_NOTE = re.compile(r"\n\W{0,3}\d{1,2}[/.]\d{1,2}[/.]\d{2,4}[ ,T@at]{1,4}\d{1,2}[:.]?\d{2}")
_REJECTED = fold_heading("rep_approved")  # Datix: a form that was sent back
_GUARDED = re.compile(r"'+[=+\-@\t\r\n]")  # how save_records keeps a cell of a CSV from being run as a formula


def tidy_sheet(sheet: Sheet, file: str, rules: HeadingRules, book: RemarkBook) -> pd.DataFrame:
    """The records of a sheet: RECORD_COLUMNS, days still as text, then its other columns. Rows left out are remarked.

    Raises RecordsError where no column holds a reference or a narrative, or there is no row.
    """
    chosen = rules.choose(sheet.headings)
    _require_columns(sheet, file, chosen)
    own = is_own(sheet.headings)
    if sheet.part == 0 and not own:
        _say_headings(sheet, file, chosen, rules, book)
    cells = [list(column) for column in zip(*sheet.rows, strict=True)] or [[] for _ in sheet.headings]
    _fill_merged(sheet, chosen, cells)
    cells = _open_guards(cells, file) if own else _clean_cells(sheet, file, cells, book)
    table = _make_table(sheet, file, chosen, cells)
    if own:
        table = _compare_fingerprints(table, file, book)
    return _drop_incomplete(table, book)


def fingerprint_narrative(narrative: str) -> str:
    """Sixteen hexadecimal characters that change when the narrative changes (BLAKE2b)."""
    return hashlib.blake2b(narrative.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


_WHAT_IT_HOLDS = {"record_id": "a reference for each record", "narrative": "the narrative (what happened)"}


def _require_columns(sheet: Sheet, file: str, chosen: list[str]) -> None:
    has_narrative = any(column in NARRATIVE_PARTS for column in chosen)
    missing = ["record_id"] * ("record_id" not in chosen) + ["narrative"] * (not has_narrative)
    if not missing:
        return
    what = " and ".join(_WHAT_IT_HOLDS[column] for column in missing)
    known = ", ".join(f"“{heading}”" for heading, column in zip(sheet.headings, chosen, strict=True) if column) or "none"
    names = "; ".join(" or ".join(f"“{heading}”" for heading in headings_for(column)[:3]) for column in missing)
    raise RecordsError(
        f"{place_of(file, sheet.name)}: no column holds {what}. Of its {len(sheet.headings)} headings the kit knows {known}. "
        f"Check that the first row holds headings, name the right column {names}, or say in a mapping which it is."
    )


def _say_headings(sheet: Sheet, file: str, chosen: list[str], rules: HeadingRules, book: RemarkBook) -> None:
    parts = [(heading, part) for heading, part in zip(sheet.headings, chosen, strict=True) if part in NARRATIVE_PARTS]
    if len(parts) > 1:
        said = ", ".join(f"“{write_heading(heading, part)}”" for heading, part in parts)
        what = f"{len(parts)} columns become one narrative, under the headings {said}."
        book.note(file, what, kept=True, sheet=sheet.name, column="narrative")
    if "person" in chosen:
        heading = sheet.headings[chosen.index("person")]
        alias = rules.find(heading)
        if alias and alias.status in ("checked", "unverified", "practice"):
            what = f"“{heading}” usually holds names. Use a code for each person, the same in every record."
            book.note(file, what, kept=True, sheet=sheet.name, column="person")


def _fill_merged(sheet: Sheet, chosen: list[str], cells: list[list[str]]) -> None:
    places = {number: place for place, number in enumerate(sheet.numbers)} if sheet.merged else {}
    for first, last, column, text in sheet.merged:
        if chosen[column] in NARRATIVE_PARTS:
            continue
        for number in range(first + 1, min(last, max(places)) + 1 if places else 0):
            if number in places and not cells[column][places[number]]:
                cells[column][places[number]] = text


def _open_guards(cells: list[list[str]], file: str) -> list[list[str]]:
    if not file.lower().endswith(".csv"):
        return cells
    return [[cell[1:] if cell[:1] == "'" and _GUARDED.match(cell) else cell for cell in column] for column in cells]


def _clean_cells(sheet: Sheet, file: str, cells: list[list[str]], book: RemarkBook) -> list[list[str]]:
    cleaned = []
    letters = not file.lower().endswith((".json", ".jsonl"))  # JSON says itself which letters it means
    for heading, column in zip(sheet.headings, cells, strict=True):
        kept = list(column)
        for place in find_suspects(column):
            kept[place], done = clean_text(column[place], letters=letters)
            for what in done:
                book.note_row(file, sheet.name, sheet.numbers[place], heading, f"in “{heading}”, {what}.")
        cleaned.append(kept)
    return cleaned


def _make_table(sheet: Sheet, file: str, chosen: list[str], cells: list[list[str]]) -> pd.DataFrame:
    own = is_own(sheet.headings)
    columns: dict[str, list[str]] = {}
    parts: list[tuple[str, list[str]]] = []
    for heading, column, texts in zip(sheet.headings, chosen, cells, strict=True):
        if column in NARRATIVE_PARTS:
            alone = column == "narrative" and sum(part in NARRATIVE_PARTS for part in chosen) == 1
            parts.append(("" if alone else write_heading(heading, column), texts))
        elif column in KIT_COLUMNS or (not column and heading in RECORD_COLUMNS):
            if not own or f"{heading}{AS_GIVEN}" not in sheet.headings:
                columns[_unlike(f"{heading}{AS_GIVEN}", columns)] = texts
        elif column or not heading.startswith("column ") or any(texts):
            columns[column or _unlike(heading, columns)] = texts
    columns["narrative"] = _join_parts(parts, len(sheet.rows))
    table = pd.DataFrame(columns, dtype="str")
    for column in RECORD_COLUMNS:
        if column not in table:
            table[column] = pd.Series("", index=table.index, dtype="str")
    table["source_file"], table["source_sheet"] = file, sheet.name
    table = table.astype({"source_file": "str", "source_sheet": "str"})
    table["source_row"] = pd.Series(sheet.numbers, dtype="int64")
    table["narrative_fingerprint"] = pd.Series(list(map(fingerprint_narrative, columns["narrative"])), dtype="str")
    others = [column for column in columns if column not in RECORD_COLUMNS]
    return table[[*RECORD_COLUMNS, *others]]


def _unlike(name: str, taken: dict[str, list[str]]) -> str:
    """A name that no other column has: Notes, Notes (2), Notes (3)."""
    number, unlike = 1, name
    while unlike in taken or unlike in RECORD_COLUMNS:
        number += 1
        unlike = f"{name} ({number})"
    return unlike


def _join_parts(parts: list[tuple[str, list[str]]], number: int) -> list[str]:
    if len(parts) == 1 and not parts[0][0]:
        return parts[0][1]
    return ["\n\n".join(f"{heading} {texts[row]}" for heading, texts in parts if texts[row].strip()) for row in range(number)]


def _compare_fingerprints(table: pd.DataFrame, file: str, book: RemarkBook) -> pd.DataFrame:
    given = f"narrative_fingerprint{AS_GIVEN}"
    if given in table:
        for row in table.loc[table[given].ne(table["narrative_fingerprint"]) & table[given].ne(""), "source_row"]:
            book.note_row(file, "", int(row), "narrative", "the narrative was changed after the kit saved it.")
    return table.drop(columns=given, errors="ignore")


def _drop_incomplete(table: pd.DataFrame, book: RemarkBook) -> pd.DataFrame:
    rejected = next((column for column in table.columns if fold_heading(column) == _REJECTED), "")
    is_rejected = table[rejected].str.strip().str.upper().str.startswith("REJECT") if rejected else False
    reasons = (
        (is_rejected, rejected, f"“{rejected}” says that the form was rejected"),
        (table["record_id"].str.strip() == "", "record_id", "it has no reference"),
        (table["narrative"].str.strip() == "", "narrative", "its narrative is empty"),
        (
            table["narrative"].str.len() > LONGEST_NARRATIVE,
            "narrative",
            f"its narrative is longer than {LONGEST_NARRATIVE:,} characters; cut it into several records",
        ),
    )
    keep = pd.Series(True, index=table.index)
    for drop, column, what in reasons:
        for row in table.loc[keep & drop, ["source_file", "source_sheet", "source_row"]].itertuples(index=False):
            book.note(
                row.source_file,
                f"left out, because {what}.",
                kept=False,
                sheet=row.source_sheet,
                row=int(row.source_row),
                column=column,
            )
        keep &= ~pd.Series(drop, index=table.index)
    kept = table[keep]
    _say_oddities(kept, book)
    return kept


def _say_oddities(table: pd.DataFrame, book: RemarkBook) -> None:
    for column, pattern, what in (
        ("person", _SEVERAL_PEOPLE, f"“{COLUMN_TITLES['person']}” seems to name several people; it is kept as one."),
        ("narrative", _ADDED_NOTE, "notes with a date of their own were added to the narrative, and are read as part of it."),
    ):
        found = [bool(pattern.search(text)) for text in table[column]]
        for row in table.loc[found, ["source_file", "source_sheet", "source_row"]].itertuples(index=False):
            book.note_row(row.source_file, row.source_sheet, int(row.source_row), column, what)
