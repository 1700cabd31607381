"""A sheet: headings and rows of text, found in whatever grid of cells a file holds."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice

from nearmiss_kit.errors import RecordsError
from nearmiss_kit.records.remarks import RemarkBook, list_ranges

ROWS_AT_ONCE = 50_000  # rows held as single texts before they are packed into a table
ROWS_ABOVE_HEADINGS = 20  # a title, a date of export, a logo; headings stand no deeper
MOST_COLUMNS = 1_000  # the widest export we know has 300

Row = tuple[int, list[str]]


@dataclass(frozen=True)
class Sheet:
    """Rows under headings: each row a list of texts, each with its number as a spreadsheet counts it.

    A long file comes as several sheets with the same headings; `part` counts them from 0. `merged` holds
    (first row, last row, column, text) of cells merged downwards; `counted_from_1904` how day numbers are meant.
    """

    headings: list[str]
    rows: list[list[str]]
    numbers: list[int]
    name: str = ""
    part: int = 0
    merged: tuple[tuple[int, int, int, str], ...] = field(default=())
    counted_from_1904: bool = False


def shape_rows(
    file: str,
    rows: Iterable[Row],
    book: RemarkBook,
    *,
    knows: Callable[[list[str]], bool],
    name: str = "",
    letters: list[str] | None = None,
) -> Iterator[Sheet]:
    """Sheets out of numbered rows: finds the headings, fills short rows, leaves out rows that do not fit.

    `knows` says whether a row is made of headings that can be read. `letters` names the columns where the
    file itself does (a workbook); a column without a heading is named after its letters.
    """
    filled = ((number, row) for number, row in rows if any(map(str.strip, row)))
    first = list(islice(filled, ROWS_ABOVE_HEADINGS))
    if not first:
        raise RecordsError(f"{place_of(file, name)}: the {'sheet' if name else 'file'} is empty. Put headings and records there.")
    place = next((place for place, (_, row) in enumerate(first) if knows(row)), 0)
    if place:
        above = list_ranges([number for number, _ in first[:place]])
        book.note(file, f"row {above} stands above the headings and is no record.", kept=True, sheet=name)
    headings = _name_blanks(first[place][1], letters)
    if len(headings) > MOST_COLUMNS:
        raise RecordsError(f"{place_of(file, name)}: it has {len(headings):,} columns; the kit reads {MOST_COLUMNS:,} at most.")
    fitting = _fit(file, len(headings), chain(first[place + 1 :], filled), book, name)
    part = 0
    while taken := list(islice(fitting, ROWS_AT_ONCE)):
        yield Sheet(headings, [row for _, row in taken], [number for number, _ in taken], name=name, part=part)
        part += 1
    if not part:
        yield Sheet(headings, [], [], name=name)


def _name_blanks(headings: list[str], letters: list[str] | None) -> list[str]:
    letters = letters or [column_letters(place) for place in range(len(headings))]
    return [heading.strip() or f"column {letter}" for heading, letter in zip(headings, letters, strict=True)]


def _fit(file: str, width: int, rows: Iterable[Row], book: RemarkBook, name: str) -> Iterator[Row]:
    for number, row in rows:
        if len(row) > width:
            row = row[:width] + _trim(row[width:])
        if len(row) > width:
            cells = f"it has {len(row)} cells, and there are {width} headings"
            cure = "Put cells that hold a comma in quotation marks, or save the file as .xlsx"
            book.note(file, f"left out, because {cells}. {cure}.", kept=False, sheet=name, row=number)
            continue
        if len(row) < width:
            book.note_row(file, name, number, "", "the row has fewer cells than there are headings; the last are read as empty.")
            row = row + [""] * (width - len(row))
        yield number, row


def _trim(cells: list[str]) -> list[str]:
    last = max((place for place, cell in enumerate(cells, start=1) if cell.strip()), default=0)
    return cells[:last]


def place_of(file: str, name: str) -> str:
    return f"{file}, sheet “{name}”" if name else file


def column_letters(place: int) -> str:
    """The letters of a column as a spreadsheet shows them: 0 is A, 26 is AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
