"""Records out again, so that loading them gives the same narratives to the last character, and no cell is a live formula."""

import csv
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

import pandas as pd

from nearmiss_kit.errors import RecordsError
from nearmiss_kit.records.columns import RECORD_COLUMNS
from nearmiss_kit.records.sheets import column_letters

SAVED_AS = (".csv", ".jsonl", ".xlsx")
LONGEST_CELL = 32_767  # characters in a cell of a workbook
_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")  # how a cell begins that a spreadsheet would run
# What XML cannot hold, or would change; and what only looks like an escape.
_ESCAPED = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Records" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


def save_records(records: pd.DataFrame, path: str | Path) -> Path:
    """Write records as .csv, .jsonl or .xlsx, by suffix, and return the path. Loading it gives the same narratives.

    In CSV a cell that a spreadsheet would run (= + - @) gets an apostrophe in front, which loading takes off.
    Raises RecordsError for another suffix, or for a narrative that is too long for a cell of a workbook.
    """
    path = Path(path)
    if path.suffix.lower() not in SAVED_AS:
        raise RecordsError(f"{path.name}: records are saved as {', '.join(SAVED_AS)}. Give it one of these endings.")
    columns = [*RECORD_COLUMNS, *(column for column in records.columns if column not in RECORD_COLUMNS)]
    write = {".csv": _write_csv, ".jsonl": _write_json_lines, ".xlsx": _write_workbook}[path.suffix.lower()]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, columns, _list_rows(records, columns))
    except OSError as fault:
        raise RecordsError(f"{path}: the records cannot be written there ({fault.strerror}). Choose another folder.") from None
    return path


def _list_rows(records: pd.DataFrame, columns: list[str]) -> Iterator[list[str]]:
    shown = records.reindex(columns=columns)
    shown["event_date"] = shown["event_date"].dt.strftime("%Y-%m-%d")
    for row in shown.itertuples(index=False, name=None):
        yield ["" if pd.isna(cell) else str(cell) for cell in row]


def _write_csv(path: Path, columns: list[str], rows: Iterator[list[str]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(columns)
        writer.writerows([defuse_cell(cell) for cell in row] for row in rows)


def _write_json_lines(path: Path, columns: list[str], rows: Iterator[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False) + "\n" for row in rows)


def _write_workbook(path: Path, columns: list[str], rows: Iterator[list[str]]) -> None:
    lines = [_write_row(1, columns), *(_write_row(number, row) for number, row in enumerate(rows, start=2))]
    opening = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, xml in _PARTS.items():
            archive.writestr(part, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{xml}')
        archive.writestr("xl/worksheets/sheet1.xml", f"{opening}{''.join(lines)}</sheetData></worksheet>")


def _write_row(number: int, row: list[str]) -> str:
    too_long = [cell for cell in row if len(cell) > LONGEST_CELL]
    if too_long:
        what = f"row {number} holds {len(too_long[0]):,} characters in one cell, and a workbook takes {LONGEST_CELL:,}"
        raise RecordsError(f"The records cannot be saved as a workbook: {what}. Save them as .csv or .jsonl.")
    cells = [
        f'<c r="{column_letters(place)}{number}" t="inlineStr"><is><t xml:space="preserve">{_escape(cell)}</t></is></c>'
        for place, cell in enumerate(row)
        if cell
    ]
    return f'<row r="{number}">{"".join(cells)}</row>'


def _escape(text: str) -> str:
    return escape(_ESCAPED.sub(lambda found: f"_x{ord(found[0]):04X}_", text))


def defuse_cell(text: str) -> str:
    """A text that a spreadsheet would run as a formula with an apostrophe before it, which keeps it text; any other as it is."""
    return f"'{text}" if _FORMULA.match(text) else text
