"""Old workbooks (.xls) opened: checked first, then read by calamine, which sees neither hidden rows nor comments."""

import struct
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from typing import BinaryIO

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from nearmiss_kit.errors import RecordsError
from nearmiss_kit.records.compound import list_streams
from nearmiss_kit.records.remarks import RemarkBook
from nearmiss_kit.records.sheets import Row, Sheet, column_letters, shape_rows
from nearmiss_kit.records.sources import Source

MOST_OLD_BYTES = 50_000_000  # of an .xls, which cannot be read piece by piece
MOST_OLD_CELLS = 2_000_000  # between the first and the last of an .xls, whether they are filled or not
_OLD_CELLS = {0x0006, 0x00BD, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E}  # kinds of entries (BIFF8)
_OLD_START, _OLD_PASSWORD = 0x0809, 0x002F


def read_old_workbook(source: Source, stream: BinaryIO, book: RemarkBook, knows: Callable[[list[str]], bool]) -> Iterator[Sheet]:
    """Every visible sheet of an .xls, after a check that calamine will come to an end. Raises RecordsError where it cannot be opened."""
    name = source.name
    if source.size > MOST_OLD_BYTES:
        raise RecordsError(f"{name}: it is too large for an old workbook. Open it in Excel and save it as .xlsx.")
    _check_old_workbook(name, stream.read())
    stream.seek(0)
    try:
        with CalamineWorkbook.from_filelike(stream) as workbook:
            metadata = [sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
            grids = [(sheet, list(_list_old_rows(workbook, sheet.name))) for sheet in metadata]
    except PasswordError:
        raise RecordsError(f"{name}: it has a password. Open it in Excel, take the password out and save it again.") from None
    except (CalamineError, OSError):
        cure = "Open it in Excel and save it as .xlsx without a password"
        raise RecordsError(f"{name}: this is not a workbook the kit can open; it may have a password. {cure}.") from None
    except BaseException as fault:
        if type(fault).__name__ != "PanicException":  # what a fault inside calamine is called
            raise
        raise RecordsError(f"{name}: the file is damaged. Open it in Excel and save it as .xlsx.") from None
    book.note(name, "in an old workbook the kit cannot see hidden rows or comments. Saved as .xlsx it can.", kept=True)
    for sheet, rows in grids:
        shown = sheet.name if len(grids) > 1 else ""
        if sheet.visible != SheetVisibleEnum.Visible:
            book.note(name, f"not read: the sheet is hidden ({len(rows):,} rows).", kept=False, sheet=sheet.name)
        elif rows:
            yield from shape_rows(name, rows, book, knows=knows, name=shown, letters=_letters_of(rows))


def _check_old_workbook(name: str, data: bytes) -> None:
    """Refuse what would keep calamine busy for ever: circles, a password, cells far beyond the table."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise RecordsError(f"{name}: it has a password. Open it in Excel, take the password out and save it again.")
    streams = list_streams(data, name)
    cells = streams.get("Workbook", streams.get("Book"))
    if cells is None:
        raise RecordsError(f"{name}: this is not a workbook the kit can open. Open it in Excel and save it as .xlsx.")
    last_row = last_column = place = 0
    while place + 8 <= len(cells):
        kind, length, row, column = struct.unpack_from("<HHHH", cells, place)
        place += 4 + length
        if kind == _OLD_START:
            last_row = last_column = 0
        elif kind == _OLD_PASSWORD:
            raise RecordsError(f"{name}: it has a password. Open it in Excel, take the password out and save it again.")
        elif kind in _OLD_CELLS:
            last_row, last_column = max(last_row, row + 1), max(last_column, column + 1)
        if last_row * last_column > MOST_OLD_CELLS:
            what = "cells stand far beyond the table, which is slow to read in an old workbook"
            raise RecordsError(f"{name}: {what}. Open it in Excel and save it as .xlsx.")


def _list_old_rows(workbook: CalamineWorkbook, name: str) -> Iterator[Row]:
    sheet = workbook.get_sheet_by_name(name)
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if any(cell != "" for cell in row):
            yield number, [say_value(cell) for cell in row]


def _letters_of(rows: list[Row]) -> list[str]:
    return [column_letters(place) for place in range(max(len(row) for _, row in rows))]


def say_value(cell: object) -> str:
    """A cell that calamine read, as text: the same words as from an .xlsx."""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d}" + (f" {cell:%H:%M}" if cell.time() != time() else "")
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return f"{cell:%Y-%m-%d}" if isinstance(cell, date) else str(cell)
