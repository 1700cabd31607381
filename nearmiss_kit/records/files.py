"""Files opened: CSV, XLSX and JSON Lines as headings and rows of cells, each with its number as a spreadsheet counts it."""

import codecs
import csv
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from nearmiss_kit.errors import RecordsError
from nearmiss_kit.records.columns import map_headings

READABLE = (".csv", ".xlsx", ".jsonl")
csv.field_size_limit(10_000_000)  # characters; the library's own limit is shorter than some narratives


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


def find_files(paths: Iterable[str | Path], remarks: list[Remark]) -> list[Path]:
    """The readable files in files and folders, each once; what is not readable in a folder is remarked."""
    found: dict[Path, Path] = {}  # a file that is given twice is read once
    for path in map(Path, paths):
        try:
            for file in _list_files(path, remarks):
                found.setdefault(file.resolve(), file)
        except OSError as fault:
            raise RecordsError(f"{path} cannot be opened ({fault.strerror}). Check who may read it, and try again.") from None
    return list(found.values())


def _list_files(path: Path, remarks: list[Remark]) -> list[Path]:
    if path.is_dir():
        return _list_folder(path, remarks)
    if not path.exists():
        raise RecordsError(f"There is no file or folder {path}. Check the name, or give the folder that holds the records.")
    if path.suffix.lower() not in READABLE:
        raise RecordsError(f"{path.name}: the kit reads {', '.join(READABLE)} files. Save it as one of these and try again.")
    return [path]


def _list_folder(folder: Path, remarks: list[Remark]) -> list[Path]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith((".", "~$"))]
    for path in files:
        if path.suffix.lower() not in READABLE and not path.stem.upper().startswith("README"):
            remarks.append(Remark(path.name, None, "", f"not read: the kit reads {', '.join(READABLE)} files.", kept=False))
    return [path for path in files if path.suffix.lower() in READABLE]


@dataclass(frozen=True)
class Sheet:
    """A file as read: its headings, its rows of cells, and the number of each row as a spreadsheet counts it."""

    headings: list[str]
    rows: list[list[object]]
    numbers: list[int]


def read_file(path: Path, remarks: list[Remark]) -> Sheet:
    """A file as headings and rows. Raises RecordsError where it cannot be read, or holds no headings or no record."""
    try:
        if path.suffix.lower() == ".csv":
            sheet = _read_csv(path)
        elif path.suffix.lower() == ".xlsx":
            sheet = _read_workbook(path, remarks)
        else:
            sheet = _read_json_lines(path)
    except UnicodeError:
        raise RecordsError(f"{path.name}: this is not text the kit can read. Save the file as UTF-8 and try again.") from None
    except OSError as fault:
        raise RecordsError(
            f"{path.name}: the file cannot be read ({fault.strerror}). Check who may read it, and try again."
        ) from None
    if not sheet.headings:
        raise RecordsError(f"{path.name}: the file is empty. It needs a row of headings and at least one record.")
    if not sheet.rows:
        raise RecordsError(f"{path.name}: there are headings and no records below them. Put one record on each row.")
    return sheet


def _read_csv(path: Path) -> Sheet:
    headings: list[str] = []
    rows, numbers = [], []
    with path.open(encoding=_encoding_of(path), newline="") as file:
        try:
            for number, row in enumerate(csv.reader(file, strict=True), start=1):
                if any(map(str.strip, row)):
                    rows.append(row)
                    numbers.append(number)
        except csv.Error as fault:
            raise RecordsError(f"{path.name}: the rows cannot be told apart ({fault}). Open and save it as CSV again.") from None
    if rows:
        headings, *rows = rows
        numbers = numbers[1:]
    if len(headings) == 1 and ";" in headings[0]:
        raise RecordsError(f"{path.name}: the columns are parted by “;”. Save it as “CSV UTF-8 (comma delimited)” or as .xlsx.")
    for number, row in zip(numbers, rows, strict=True):
        if len(row) > len(headings):
            cells = f"{len(row)} cells, and there are {len(headings)} headings"
            raise RecordsError(f"{path.name}, row {number}: it has {cells}. Open the file, put the row right and save it again.")
        row += [""] * (len(headings) - len(row))
    return Sheet(headings, rows, numbers)


def _encoding_of(path: Path) -> str:
    data = path.read_bytes()
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise RecordsError(f"{path.name}: the letters cannot be read. Save the file as “CSV UTF-8” and try again.")


def _read_workbook(path: Path, remarks: list[Remark]) -> Sheet:
    try:
        book = CalamineWorkbook.from_path(path)
        others = book.sheet_names[1:]
        cells = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except CalamineError:
        raise RecordsError(
            f"{path.name}: this is not a workbook the kit can open. Save it as .xlsx without a password."
        ) from None
    if others:
        remarks.append(Remark(path.name, None, "", f"only the first of its {len(others) + 1} sheets is read.", kept=True))
    if not any(map(to_text, cells[0] if cells else [])):
        raise RecordsError(
            f"{path.name}: the first sheet is empty. Move the records there, with their headings in the first row."
        )
    filled = [(number, row) for number, row in enumerate(cells[1:], start=2) if any(map(to_text, row))]
    return Sheet([to_text(cell) for cell in cells[0]], [row for _, row in filled], [number for number, _ in filled])


def _read_json_lines(path: Path) -> Sheet:
    rows, numbers = [], []
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").split("\n"), start=1):
        if line.strip():
            rows.append(_read_json_object(path, number, line))
            numbers.append(number)
    headings = list(dict.fromkeys(key for row in rows for key in row))
    return Sheet(headings, [[row.get(key, "") for key in headings] for row in rows], numbers)


def _read_json_object(path: Path, number: int, line: str) -> dict[str, object]:
    try:
        row = json.loads(line)
        json.dumps(row, ensure_ascii=False).encode("utf-8")
    except json.JSONDecodeError as fault:
        what = f"not valid JSON (character {fault.pos + 1}). Put one record on each line"
        raise RecordsError(f"{path.name}, line {number}: {what}.") from None
    except UnicodeEncodeError:
        raise RecordsError(
            f"{path.name}, line {number}: it holds half a character. Save the file as UTF-8 and try again."
        ) from None
    if not isinstance(row, dict):
        raise RecordsError(f"{path.name}, line {number}: a record must stand in curly brackets, with names and values.")
    nested = next((key for key, value in row.items() if isinstance(value, (dict, list))), None)
    if nested is not None and map_headings([nested]):
        raise RecordsError(f"{path.name}, line {number}: “{nested}” holds several values. Give it one text.")
    return row


def to_text(cell: object) -> str:
    """A cell as text: a whole number without its point, nothing for an empty cell."""
    if cell is None or (isinstance(cell, float) and cell != cell):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
