"""Workbooks opened: the cells of every sheet that people see, as text, and what they do not see is remarked.

An .xlsx is read piece by piece here, so that entities, bombs and a lone cell at the far end of a sheet do no
harm, and hidden rows, merged cells and formulas are known; an old .xls is read by calamine.
"""

import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from nearmiss_kit.errors import RecordsError
from nearmiss_kit.records.archives import OLE_MARK, open_archive, read_relations, read_xml
from nearmiss_kit.records.old_workbooks import read_old_workbook
from nearmiss_kit.records.remarks import RemarkBook, list_ranges
from nearmiss_kit.records.sheets import MOST_COLUMNS, Sheet, column_letters, place_of, shape_rows
from nearmiss_kit.records.sources import Source

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384  # of any workbook
MOST_CHARACTERS = 200_000_000  # of text in one sheet; a hundred thousand long narratives
_DATE_STYLES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}  # number formats every workbook knows
_NO_LETTERS = re.compile(r'"[^"]*"|\\.|\[(?!h|m|s)[^\]]*\]|_.|\*.', re.IGNORECASE)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_CELL = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})$")

Knows = Callable[[list[str]], bool]


@dataclass
class _Grid:
    """The cells of one sheet that hold something: {row: {column: text}}, both from 1, and what else it has."""

    cells: dict[int, dict[int, str]] = field(default_factory=dict)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[str] = field(default_factory=list)
    merged: list[tuple[int, int, int]] = field(default_factory=list)
    formulas: list[int] = field(default_factory=list)
    without_result: list[int] = field(default_factory=list)
    errors: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class _Styles:
    """Which cell styles show dates, and of these which show a time of day only."""

    dates: frozenset[int]
    times: frozenset[int]


def read_workbook(source: Source, book: RemarkBook, *, knows: Knows) -> Iterator[Sheet]:
    """Every visible sheet of a workbook that holds something. Raises RecordsError where it cannot be opened."""
    with source.open_whole() as stream:
        mark = stream.read(8)
        stream.seek(0)
        if mark == OLE_MARK:
            yield from read_old_workbook(source, stream, book, knows)
        elif mark[:2] != b"PK":
            what = "this is not a workbook the kit can open"
            raise RecordsError(f"{source.name}: {what}. Open it in Excel and save it as .xlsx without a password.")
        else:
            with open_archive(stream, source.name) as archive:
                yield from _read_new_workbook(source.name, archive, book, knows)


def _read_new_workbook(name: str, archive: zipfile.ZipFile, book: RemarkBook, knows: Knows) -> Iterator[Sheet]:
    names = archive.namelist()
    part = next((path for kind, path in read_relations(archive, "", name).values() if kind == "officeDocument"), "")
    if part not in names:
        raise RecordsError(f"{name}: this is not a workbook the kit can open. Open it in Excel and save it as .xlsx.")
    _say_extras(name, names, book)
    sheets, from_1904 = _list_sheets(archive, part, name)
    relations = read_relations(archive, part, name)
    parts = {kind: path for kind, path in relations.values() if path in names}
    styles = _read_styles(archive, parts.get("styles", ""), name)
    texts = _read_texts(archive, parts.get("sharedStrings", ""), name)
    several = len(sheets) > 1
    for title, relation, hidden in sheets:
        kind, path = relations.get(relation, ("", ""))
        if kind != "worksheet" or path not in names:
            continue
        grid = _read_grid(archive, path, name, texts, styles, from_1904)
        shown = title if several else ""
        if hidden:
            what = f"not read: the sheet is hidden ({len(grid.cells):,} rows). Show it in Excel if it holds records."
            book.note(name, what, kept=False, sheet=title)
        elif grid.cells:
            _say_grid(name, shown, grid, book)
            for sheet in _lay_out(name, shown, grid, book, knows):
                yield Sheet(sheet.headings, sheet.rows, sheet.numbers, shown, sheet.part, sheet.merged, from_1904)


def _say_extras(name: str, names: list[str], book: RemarkBook) -> None:
    for sign, what in (
        ("vbaProject", "it holds macros; the kit never runs them."),
        ("/comments", "it holds comments on cells, which are not read."),
        ("threadedComments/", "it holds a conversation in comments, which is not read."),
        ("externalLinks/", "it leads to other files; the kit never follows these links."),
    ):
        if any(sign in member for member in names):
            book.note(name, what, kept=True)


def _list_sheets(archive: zipfile.ZipFile, part: str, name: str) -> tuple[list[tuple[str, str, bool]], bool]:
    sheets: list[tuple[str, str, bool]] = []
    from_1904 = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal from_1904
        if tag == "sheet":
            relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            sheets.append((attributes.get("name", ""), relation, attributes.get("state", "visible") != "visible"))
        elif tag == "workbookPr":
            from_1904 = attributes.get("date1904") in ("1", "true")

    read_xml(archive, part, name, start=start)
    return sheets, from_1904


def _read_styles(archive: zipfile.ZipFile, part: str, name: str) -> _Styles:
    formats: dict[int, str] = {}
    cells: list[int] = []
    inside = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        if tag == "numFmt":
            formats[int(attributes["numFmtId"])] = _NO_LETTERS.sub("", attributes.get("formatCode", "")).lower()
        elif tag == "cellXfs":
            inside = True
        elif tag == "xf" and inside:
            cells.append(int(attributes.get("numFmtId", 0)))

    def end(tag: str) -> None:
        nonlocal inside
        inside = inside and tag != "cellXfs"

    if part:
        read_xml(archive, part, name, start=start, end=end)

    def is_date(number: int) -> bool:
        return bool(set("dmyhs") & set(formats[number].replace("general", ""))) if number in formats else number in _DATE_STYLES

    def is_time(number: int) -> bool:
        return not set("dy") & set(formats[number]) if number in formats else number in {18, 19, 20, 21, 45, 46, 47}

    dates = [place for place, number in enumerate(cells) if is_date(number)]
    return _Styles(frozenset(dates), frozenset(place for place in dates if is_time(cells[place])))


def _read_texts(archive: zipfile.ZipFile, part: str, name: str) -> list[str]:
    texts: list[str] = []
    pieces: list[str] = []
    reading = spoken = False

    def start(tag: str, _: dict[str, str]) -> None:
        nonlocal reading, spoken
        spoken = spoken or tag == "rPh"  # how a text is spoken (Japanese) stands beside the text itself
        reading = tag == "t" and not spoken

    def end(tag: str) -> None:
        nonlocal reading, spoken
        reading = False
        if tag == "rPh":
            spoken = False
        elif tag == "si":
            texts.append(unescape("".join(pieces)))
            pieces.clear()

    if part:
        read_xml(archive, part, name, start=start, end=end, text=lambda text: pieces.append(text) if reading else None)
    return texts


def _read_grid(archive: zipfile.ZipFile, part: str, name: str, texts: list[str], styles: _Styles, from_1904: bool) -> _Grid:
    grid = _Grid()
    pieces: list[str] = []
    row = column = characters = 0
    reference = kind = style = ""
    reading = formula = has_value = spoken = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, reference, kind, style, reading, formula, has_value, spoken
        if tag == "c":
            if "r" not in attributes:
                column = (_read_place(reference, name)[1] if reference else column) + 1
            reference = attributes.get("r", "")
            kind, style = attributes.get("t", "n"), attributes.get("s", "")
            formula = has_value = False
            pieces.clear()
        elif tag == "v" or (tag == "t" and not spoken):
            reading = has_value = True
        elif tag == "f":
            formula = True
        elif tag == "rPh":
            spoken = True
        elif tag == "row":
            row, column, reference = int(attributes.get("r", row + 1)), 0, ""
            if attributes.get("hidden") in ("1", "true"):
                grid.hidden_rows.append(row)
        elif tag == "col" and attributes.get("hidden") in ("1", "true"):
            first = int(attributes.get("min", 1))
            grid.hidden_columns.append(column_letters(first - 1))
        elif tag == "mergeCell":
            _add_merged(grid, attributes.get("ref", ""), name)

    def end(tag: str) -> None:
        nonlocal row, column, reading, characters, spoken
        reading = False
        if tag == "rPh":
            spoken = False
        elif tag == "c" and (formula or pieces):  # a cell that only has a style is passed by; there may be millions
            if reference:
                row, column = _read_place(reference, name)
            if formula:
                (grid.formulas if has_value else grid.without_result).append(row)
            text = _say_cell("".join(pieces), kind, style, name) if pieces else ""
            if text:
                characters += len(text)
                if characters > MOST_CHARACTERS:
                    raise RecordsError(f"{name}: a sheet holds more than {MOST_CHARACTERS:,} characters. Divide it into files.")
                grid.cells.setdefault(row, {})[column] = text

    def _say_cell(value: str, kind: str, style: str, name: str) -> str:
        if kind == "s":
            return _look_up(texts, value, name, row)
        if kind == "n":
            number = int(style) if style.isdigit() else -1
            return say_number(value, is_date=number in styles.dates, is_time=number in styles.times, from_1904=from_1904)
        if kind == "e":
            grid.errors.append(row)
        if kind == "b":
            return "True" if value.strip() in ("1", "true") else "False"
        return value if kind in ("e", "d") else unescape(value)

    read_xml(archive, part, name, start=start, end=end, text=lambda text: pieces.append(text) if reading else None)
    return grid


def _look_up(texts: list[str], place: str, name: str, row: int) -> str:
    if not place.strip().isdigit() or int(place) >= len(texts):
        what = "a cell leads to a text that is not there"
        raise RecordsError(f"{name}, row {row}: {what}. Open the file in Excel, save it again and try again.")
    return texts[int(place)]


def _read_place(reference: str, name: str) -> tuple[int, int]:
    match = _CELL.match(reference)
    column = 0
    for letter in match[1] if match else "":
        column = column * 26 + ord(letter) - 64
    if not match or column > LAST_COLUMN or int(match[2]) > LAST_ROW:
        raise RecordsError(f"{name}: it names a cell that no workbook has. Open it in Excel, save it again and try again.")
    return int(match[2]), column


def _add_merged(grid: _Grid, reference: str, name: str) -> None:
    first, _, last = reference.partition(":")
    if last:
        (top, column), (bottom, _) = _read_place(first, name), _read_place(last, name)
        if bottom > top:
            grid.merged.append((top, bottom, column))


def say_number(value: str, *, is_date: bool, is_time: bool, from_1904: bool) -> str:
    """A number of a cell as text: whole numbers without a point, days as 2026-01-31, times as 22:30."""
    try:
        number = float(value)
    except ValueError:
        return value
    if is_date and (moment := read_day_number(number, from_1904)):
        clock = f"{moment:%H:%M}" if moment.second == 0 else f"{moment:%H:%M:%S}"
        if is_time and 0 <= number < 1:
            return clock
        return f"{moment:%Y-%m-%d}" + ("" if number.is_integer() else f" {clock}")
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def read_day_number(number: float, from_1904: bool) -> datetime | None:
    """The moment a spreadsheet's day number stands for (days since 30 December 1899, or 1 January 1904), to the second."""
    start = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30)
    try:
        moment = start + timedelta(seconds=round(number * 86_400))
    except (OverflowError, ValueError):
        return None
    return moment if number >= 0 and moment.year < 2200 else None


def unescape(text: str) -> str:
    """Text of a workbook without its escapes: `_x0009_` is a tab. Half characters stay escaped."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda mark: mark[0] if 0xD800 <= int(mark[1], 16) <= 0xDFFF else chr(int(mark[1], 16)), text)


def _say_grid(name: str, sheet: str, grid: _Grid, book: RemarkBook) -> None:
    hidden = [row for row in grid.hidden_rows if row in grid.cells]
    for rows, what in (
        (hidden, "rows are hidden in Excel, and they are read (row {}). Delete them if they do not belong."),
        (grid.formulas, "cells hold formulas; the results stored with them are read (row {})."),
        (grid.without_result, "cells hold formulas without a result, and are read as empty (row {}). Save the file in Excel."),
        (grid.errors, "cells show an error of Excel in place of a value (row {})."),
    ):
        if rows:
            book.note(name, what.format(list_ranges(rows)), kept=True, sheet=sheet)
    if grid.hidden_columns:
        letters = ", ".join(grid.hidden_columns)
        book.note(name, f"columns are hidden in Excel, and they are read (from column {letters}).", kept=True, sheet=sheet)
    if grid.merged:
        rows = [row for first, last, _ in grid.merged for row in range(first, min(last, first + 1_000) + 1)]
        what = f"cells are merged (row {list_ranges(rows)}); what they say is read for each of their rows, narratives only once."
        book.note(name, what, kept=True, sheet=sheet)


def _lay_out(name: str, title: str, grid: _Grid, book: RemarkBook, knows: Knows) -> Iterator[Sheet]:
    used = sorted({column for cells in grid.cells.values() for column in cells})
    if len(used) > MOST_COLUMNS:
        what = f"it has {len(used):,} columns; the kit reads {MOST_COLUMNS:,} at most"
        raise RecordsError(f"{place_of(name, title)}: {what}. Delete what is no part of the table.")
    merged = _spread_merged(grid, used)
    rows = ((number, [cells.get(column, "") for column in used]) for number, cells in sorted(grid.cells.items()))
    letters = [column_letters(column - 1) for column in used]
    for sheet in shape_rows(name, rows, book, knows=knows, name=title, letters=letters):
        yield Sheet(sheet.headings, sheet.rows, sheet.numbers, title, sheet.part, merged)


def _spread_merged(grid: _Grid, used: list[int]) -> tuple[tuple[int, int, int, str], ...]:
    return tuple(
        (top, bottom, used.index(column), grid.cells[top][column])
        for top, bottom, column in grid.merged
        if column in grid.cells.get(top, {})
    )
