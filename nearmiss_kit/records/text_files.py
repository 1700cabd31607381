"""Text opened: which letters a file is written in, and CSV and TSV as rows of cells."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator

from tqdm.auto import tqdm

from nearmiss_kit.errors import RecordsError
from nearmiss_kit.records.remarks import RemarkBook, list_ranges
from nearmiss_kit.records.sheets import Row, Sheet, shape_rows
from nearmiss_kit.records.sources import Source

csv.field_size_limit(10_000_000)  # characters; the library's own limit is shorter than some narratives
_FIRST_LOOK = 65_536  # bytes read to tell what a file is
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MARKS = {
    b"PK\x03\x04": "a workbook, a Word file or an archive",
    b"\xd0\xcf\x11\xe0": "an old Office file, or one with a password",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "an archive",
    b"7z\xbc\xaf": "an archive",
    b"MZ": "a program",
    b"\x7fELF": "a program",
    b"{\\rtf": "rich text (RTF); save it as .docx",
}
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\v\f\r\x1a") + b"\x7f"
_MOST_CONTROLS = 0.02  # of the first look; text has none, a damaged export a few
_OLD_WINDOWS = "nearmiss_old_windows"
_DELIMITERS = (",", ";", "\t", "|")
_SAID = {"\t": "tabs"}


def _read_old_windows(fault: UnicodeError) -> tuple[str, int]:
    """Bytes that are no UTF-8 are read as old Windows letters (cp1252), which is what they nearly always are."""
    if not isinstance(fault, UnicodeDecodeError):
        raise fault
    return fault.object[fault.start : fault.end].decode("cp1252"), fault.end


codecs.register_error(_OLD_WINDOWS, _read_old_windows)


def read_text(source: Source, book: RemarkBook) -> str:
    """The whole text of a small file."""
    with open_text(source, book) as file:
        return file.read()


def open_text(source: Source, book: RemarkBook) -> io.TextIOWrapper:
    """The file as text, its line ends as they are. Remarks where old letters, or several kinds of letters, were met.

    Raises RecordsError where the file is no text or its letters cannot be read.
    """
    with source.open() as stream:
        head = stream.read(_FIRST_LOOK)
    encoding = next((name for mark, name in _BOMS if head.startswith(mark)), "") or _guess_wide(head)
    if not encoding:
        _refuse_other_files(source, head)
        encoding = "utf-8"
    faults = _find_faults(source, encoding)
    if faults and encoding.startswith("utf-8"):
        what = "letters of old Windows (cp1252) are read as such. Look whether £, “ ” and ’ are right"
        book.note(source.name, f"{what} (line {list_ranges(faults)}).", kept=True)
    elif faults:
        raise RecordsError(f"{source.name}: the letters cannot be read. Save the file as “CSV UTF-8” and try again.")
    errors = _OLD_WINDOWS if faults else "strict"
    return io.TextIOWrapper(source.open(), encoding=encoding, errors=errors, newline="")


def _guess_wide(head: bytes) -> str:
    """UTF-16 without a mark at its start: every other byte is nothing."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = max(len(head) // 2, 1)
    if odd > 0.6 * half and even < 0.1 * half:
        return "utf-16-le"
    return "utf-16-be" if even > 0.6 * half and odd < 0.1 * half else ""


def _refuse_other_files(source: Source, head: bytes) -> None:
    kind = next((kind for mark, kind in _MARKS.items() if head.startswith(mark)), "")
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if kind or controls > _MOST_CONTROLS * len(head) + 2:
        raise RecordsError(f"{source.name}: this is no text; it looks like {kind or 'a file of a program'}. Check its ending.")


def _find_faults(source: Source, encoding: str) -> list[int]:
    """The numbers of the lines that are not written in the encoding; the whole file is looked through, a piece at a time."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with source.open() as stream:
            while piece := stream.read(1 << 20):
                decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return _list_faulty_lines(source) if encoding.startswith("utf-8") else [1]
    return []


def _list_faulty_lines(source: Source) -> list[int]:
    numbers = []
    with source.open() as stream:
        for number, line in enumerate(stream, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                numbers.append(number)
                _require_old_windows(source, number, line)
    return numbers


def _require_old_windows(source: Source, number: int, line: bytes) -> None:
    try:
        line.decode("utf-8", _OLD_WINDOWS)
    except UnicodeDecodeError:
        raise RecordsError(
            f"{source.name}, line {number}: the letters cannot be read. Save the file as “CSV UTF-8” and try again."
        ) from None


def read_csv(source: Source, book: RemarkBook, *, knows: Callable[[list[str]], bool], progress: bool = False) -> Iterator[Sheet]:
    """CSV or TSV as sheets. Commas, semicolons, tabs and bars are told apart by the headings they give."""
    with open_text(source, book) as file:
        sample = file.read(_FIRST_LOOK)
        file.seek(0)
        skipped = _skip_separator_line(file, sample)
        delimiter = _tell_delimiter(source, sample.split("\n", skipped)[-1], knows)
        if delimiter != "," and not (delimiter == "\t" and source.suffix == ".tsv"):
            book.note(source.name, f"the columns are parted by {_SAID.get(delimiter, f'“{delimiter}”')}.", kept=True)
        rows = _number_rows(source, file, delimiter, skipped)
        with tqdm(desc=f"Reading {source.name}", unit=" rows", leave=False, delay=1, disable=not progress) as bar:
            for sheet in shape_rows(source.name, rows, book, knows=knows):
                bar.update(len(sheet.rows))
                yield sheet


def _skip_separator_line(file: io.TextIOWrapper, sample: str) -> int:
    """Excel's own first line `sep=;` is no row of the table."""
    if sample[:4].lower() != "sep=":
        return 0
    file.readline()
    return 1


def _tell_delimiter(source: Source, sample: str, knows: Callable[[list[str]], bool]) -> str:
    def rank(delimiter: str) -> tuple[bool, int, bool]:
        try:
            rows = [row for row, _ in zip(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter), range(20))]  # noqa: B905
        except csv.Error:
            rows = []
        return any(map(knows, rows)), len(rows[0]) if rows else 0, delimiter == "\t" and source.suffix == ".tsv"

    return max(_DELIMITERS, key=rank)


def _number_rows(source: Source, file: io.TextIOWrapper, delimiter: str, skipped: int) -> Iterator[Row]:
    reader = csv.reader(file, strict=True, delimiter=delimiter)
    number, line, blank = skipped, skipped + 1, False
    try:
        for number, row in enumerate(reader, start=skipped + 1):
            if row or not blank:  # one blank row parts two tables; more say nothing new
                yield number, row
            blank = not row
            line = reader.line_num + skipped + 1
    except csv.Error as fault:
        where = f"{source.name}, row {number + 1} (line {line} of the file)"
        # The rows above are not kept: an earlier mark may have swallowed rows and closed at the wrong place, and then one
        # person's words would stand in another's record. Only somebody who sees the file can tell.
        cure = "A quotation mark inside a cell is written twice, and one that opens a cell also closes it"
        raise RecordsError(f"{where}: the rows cannot be told apart ({fault}). {cure}. Put it right and try again.") from None
