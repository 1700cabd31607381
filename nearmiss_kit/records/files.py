"""Files opened, each by the reader for its kind, as headings and rows of text."""

from collections.abc import Iterator

from nearmiss_kit.errors import RecordsError
from nearmiss_kit.records.columns import HeadingRules
from nearmiss_kit.records.documents import read_pdf, read_plain, read_word
from nearmiss_kit.records.json_files import read_json, read_json_lines
from nearmiss_kit.records.remarks import RemarkBook
from nearmiss_kit.records.sheets import Sheet
from nearmiss_kit.records.sources import Source
from nearmiss_kit.records.text_files import read_csv
from nearmiss_kit.records.workbooks import read_workbook


def read_file(source: Source, book: RemarkBook, rules: HeadingRules, *, progress: bool = False) -> Iterator[Sheet]:
    """The sheets of a file. Raises RecordsError, with the place, where it cannot be read."""
    try:
        yield from _open_sheets(source, book, rules, progress)
    except (RecordsError, OSError):
        raise
    except Exception as fault:  # a damaged file can fail anywhere inside a library, and nobody is helped by where
        what = f"the file is damaged, has a password, or is not what its ending says ({type(fault).__name__})"
        raise RecordsError(
            f"{source.name}: {what}. Open it in the program it comes from, save it again and try again."
        ) from fault


def _open_sheets(source: Source, book: RemarkBook, rules: HeadingRules, progress: bool) -> Iterator[Sheet]:
    if source.size == 0:
        raise RecordsError(f"{source.name}: the file is empty. Save the records again, with headings in the first row.")
    match source.suffix:
        case ".csv" | ".tsv":
            return read_csv(source, book, knows=rules.knows, progress=progress)
        case ".xlsx" | ".xlsm" | ".xls":
            return read_workbook(source, book, knows=rules.knows)
        case ".jsonl":
            return read_json_lines(source, book, lambda heading: bool(rules.column_of(heading)))
        case ".json":
            return read_json(source, book, lambda heading: bool(rules.column_of(heading)))
        case ".docx":
            return read_word(source, book, rules)
        case ".pdf":
            return read_pdf(source, book, rules)
        case _:
            return read_plain(source, book, rules)
