"""Records in: CSV, XLSX and JSON Lines, one table out, and every row that was left out is listed with its reason."""

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook
from tqdm.auto import tqdm

from nearmiss_kit.errors import RecordsError
from nearmiss_kit.records.columns import RECORD_COLUMNS, REQUIRED_COLUMNS, headings_for, map_headings

READABLE = (".csv", ".xlsx", ".jsonl")
_DATE_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M")
csv.field_size_limit(10_000_000)  # characters; the library's own limit is shorter than some narratives
_LONGEST_HEADING = 40  # characters; anything longer may be a narrative in the place of a heading and is not repeated


@dataclass(frozen=True)
class Remark:
    """Something to know about a row or file: where, what, and whether the row was kept."""

    file: str
    row: int | None
    column: str
    text: str
    kept: bool

    def __str__(self) -> str:
        place = f"{self.file}, row {self.row}" if self.row else self.file
        return f"{place}: {self.text}"


@dataclass(frozen=True)
class Reading:
    """Records as read, and the remarks made while reading them."""

    records: pd.DataFrame
    remarks: tuple[Remark, ...]

    @property
    def left_out(self) -> tuple[Remark, ...]:
        """The remarks about rows and files that are not among the records."""
        return tuple(remark for remark in self.remarks if not remark.kept)


def load_records(*paths: str | Path, progress: bool = False) -> pd.DataFrame:
    """The records in files or folders, one row a record, in the order of files and rows.

    Columns are RECORD_COLUMNS, then whatever else the files hold. The narrative is never altered.
    `records.attrs["remarks"]` holds what `read_records` remarked. Raises RecordsError as read_records does.
    """
    reading = read_records(*paths, progress=progress)
    reading.records.attrs["remarks"] = reading.remarks
    return reading.records


def read_records(*paths: str | Path, progress: bool = False) -> Reading:
    """Read files or folders and say what was left out and why.

    A row is left out where its id or narrative is empty, or where its id was used before. Raises
    RecordsError where a path does not exist, a file cannot be read or is empty, where no column holds
    an id or a narrative, or where nothing is left to read. No message quotes a narrative.
    """
    remarks: list[Remark] = []
    files = list(_find_files(paths, remarks))
    tables = [
        _tidy(*_read_file(path), path, remarks) for path in tqdm(files, desc="Opening files", unit="file", disable=not progress)
    ]
    if not tables:
        raise RecordsError(f"There is nothing to read in {_list_paths(paths)}. The kit reads {', '.join(READABLE)} files.")
    records = _drop_repeated(pd.concat(tables, ignore_index=True), remarks)
    if records.empty:
        raise RecordsError(f"No row in {_list_paths(paths)} has both a reference and a narrative, so there is nothing to read.")
    return Reading(records, tuple(remarks))


def fingerprint_narrative(narrative: str) -> str:
    """Sixteen hexadecimal characters that change when the narrative changes (BLAKE2b)."""
    return hashlib.blake2b(narrative.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _list_paths(paths: Iterable[str | Path]) -> str:
    return ", ".join(str(path) for path in paths)


def _find_files(paths: Iterable[str | Path], remarks: list[Remark]) -> Iterator[Path]:
    for path in map(Path, paths):
        if path.is_dir():
            yield from _files_of(path, remarks)
        elif not path.exists():
            raise RecordsError(f"There is no file or folder {path}. Check the name, or give the folder that holds the records.")
        elif path.suffix.lower() not in READABLE:
            raise RecordsError(f"{path.name}: the kit reads {', '.join(READABLE)} files. Save it as one of these and try again.")
        else:
            yield path


def _files_of(folder: Path, remarks: list[Remark]) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_dir() or path.name.startswith((".", "~$")):
            continue
        if path.suffix.lower() in READABLE:
            yield path
        elif not path.stem.upper().startswith("README"):
            remarks.append(Remark(path.name, None, "", f"not read: the kit reads {', '.join(READABLE)} files.", kept=False))


def _read_file(path: Path) -> tuple[list[str], list[list[object]], int]:
    """Headings, rows of cells, and the row number of the first row as a spreadsheet would count it."""
    readers = {".csv": _read_csv, ".xlsx": _read_workbook, ".jsonl": _read_json_lines}
    try:
        headings, rows, first = readers[path.suffix.lower()](path)
    except (OSError, UnicodeError) as fault:
        raise RecordsError(
            f"{path.name}: the file cannot be read ({type(fault).__name__}). Save it again and try once more."
        ) from None
    if not rows:
        raise RecordsError(f"{path.name}: the file is empty. It needs a row of headings and at least one record.")
    return headings, rows, first


def _read_csv(path: Path) -> tuple[list[str], list[list[object]], int]:
    with path.open(encoding=_encoding_of(path), newline="") as file:
        try:
            headings, *rows = [row for row in csv.reader(file, strict=True) if row] or [[]]
        except csv.Error as fault:
            raise RecordsError(f"{path.name}: the rows cannot be told apart ({fault}). Open and save it as CSV again.") from None
    for number, row in enumerate(rows, start=2):
        if len(row) > len(headings):
            cells = f"{len(row)} cells, and there are {len(headings)} headings"
            raise RecordsError(f"{path.name}, row {number}: it has {cells}. Open the file, put the row right and save it again.")
        row += [""] * (len(headings) - len(row))
    return headings, rows, 2


def _encoding_of(path: Path) -> str:
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise RecordsError(f"{path.name}: the letters cannot be read. Save the file as “CSV UTF-8” and try again.")


def _read_workbook(path: Path) -> tuple[list[str], list[list[object]], int]:
    try:
        sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except CalamineError:
        raise RecordsError(
            f"{path.name}: this is not a workbook the kit can open. Save it as .xlsx without a password."
        ) from None
    return [str(cell) for cell in sheet[0]] if sheet else [], sheet[1:], 2


def _read_json_lines(path: Path) -> tuple[list[str], list[list[object]], int]:
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1):
        if line.strip():
            rows.append(_read_json_object(path, number, line))
    headings = list(dict.fromkeys(key for row in rows for key in row))
    return headings, [[row.get(key, "") for key in headings] for row in rows], 1


def _read_json_object(path: Path, number: int, line: str) -> dict[str, object]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as fault:
        raise RecordsError(
            f"{path.name}, line {number}: not valid JSON (character {fault.pos + 1}). Put one record on each line."
        ) from None
    if not isinstance(row, dict):
        raise RecordsError(f"{path.name}, line {number}: a record must stand in curly brackets, with names and values.")
    return row


def _tidy(headings: list[str], rows: list[list[object]], first: int, path: Path, remarks: list[Remark]) -> pd.DataFrame:
    mapped = map_headings(headings)
    _require_columns(path, headings, mapped)
    table = pd.DataFrame(rows, columns=[mapped.get(heading, heading) for heading in headings]).map(_to_text)
    for column in RECORD_COLUMNS:
        if column not in table:
            table[column] = ""
    table["source_file"], table["source_row"] = path.name, range(first, first + len(table))
    table["narrative_fingerprint"] = table["narrative"].map(fingerprint_narrative)
    table["event_date"] = _read_dates(table, remarks)
    others = [column for column in table.columns if column not in RECORD_COLUMNS]
    return _drop_incomplete(table[[*RECORD_COLUMNS, *others]], remarks)


def _to_text(cell: object) -> str:
    if cell is None or (isinstance(cell, float) and cell != cell):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _require_columns(path: Path, headings: list[str], mapped: dict[str, str]) -> None:
    for column in REQUIRED_COLUMNS:
        if column not in mapped.values():
            known = ", ".join(f"“{heading}”" for heading in headings_for(column)[:4])
            what = {"record_id": "a reference for each record", "narrative": "the narrative (what happened)"}[column]
            raise RecordsError(
                f"{path.name}: no column holds {what}. Its headings are {_list_headings(headings)}. "
                f"Name the right column {known} or another heading the kit knows, and try again."
            )


def _list_headings(headings: list[str]) -> str:
    shown = [f"“{heading}”" if len(heading) <= _LONGEST_HEADING else "(a long text)" for heading in headings[:12]]
    return ", ".join(shown) + (f" and {len(headings) - 12} more" if len(headings) > 12 else "")


def _read_dates(table: pd.DataFrame, remarks: list[Remark]) -> pd.Series:
    dates = [_read_date(text) for text in table["event_date"]]
    for text, date, file, row in zip(table["event_date"], dates, table["source_file"], table["source_row"], strict=True):
        if text.strip() and date is None:
            remarks.append(
                Remark(file, int(row), "event_date", "the date is not understood; the record is read without it.", kept=True)
            )
    return pd.Series(pd.to_datetime(dates), index=table.index, dtype="datetime64[s]")


def _read_date(text: str) -> pd.Timestamp | None:
    if not text.strip():
        return None
    for pattern in _DATE_FORMATS:
        try:
            return pd.Timestamp(pd.to_datetime(text.strip(), format=pattern)).normalize()
        except (ValueError, OverflowError):
            continue
    return None


def _drop_incomplete(table: pd.DataFrame, remarks: list[Remark]) -> pd.DataFrame:
    keep = pd.Series(True, index=table.index)
    for column, what in (("record_id", "it has no reference"), ("narrative", "its narrative is empty")):
        empty = keep & (table[column].str.strip() == "")
        for file, row in zip(table.loc[empty, "source_file"], table.loc[empty, "source_row"], strict=True):
            remarks.append(Remark(file, int(row), column, f"left out, because {what}.", kept=False))
        keep &= ~empty
    return table[keep]


def _drop_repeated(records: pd.DataFrame, remarks: list[Remark]) -> pd.DataFrame:
    repeated = records["record_id"].duplicated()
    for file, row in zip(records.loc[repeated, "source_file"], records.loc[repeated, "source_row"], strict=True):
        remarks.append(Remark(file, int(row), "record_id", "left out, because its reference was used before.", kept=False))
    return records[~repeated].reset_index(drop=True)
