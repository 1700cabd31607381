"""Records in: whatever people have, one table out, and every row that was left out is listed with its reason."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from tqdm.auto import tqdm

from nearmiss_kit.errors import RecordsError, raise_all
from nearmiss_kit.records.codes import decode_columns
from nearmiss_kit.records.columns import HeadingRules, fold_heading
from nearmiss_kit.records.files import read_file
from nearmiss_kit.records.mapping import read_mapping
from nearmiss_kit.records.remarks import Remark, RemarkBook
from nearmiss_kit.records.repeats import drop_repeats
from nearmiss_kit.records.sources import ARCHIVE, READABLE, Source, find_sources
from nearmiss_kit.records.tidying import fingerprint_narrative, tidy_sheet
from nearmiss_kit.records.timing import read_days_and_times

__all__ = ["Reading", "fingerprint_narrative", "load_records", "read_records"]
MOST_REASONS = 5  # named where nothing could be read


@dataclass(frozen=True)
class Reading:
    """Records as read, and the remarks made while reading them."""

    records: pd.DataFrame
    remarks: tuple[Remark, ...]

    @property
    def left_out(self) -> tuple[Remark, ...]:
        """The remarks about rows and files that are not among the records."""
        return tuple(remark for remark in self.remarks if not remark.kept)


def load_records(
    *paths: str | Path, mapping: str | Path | Mapping[str, str] | None = None, progress: bool = False
) -> pd.DataFrame:
    """The records in files, folders or archives, one row a record, in the order of files and rows.

    Columns are RECORD_COLUMNS, then whatever else the files hold. What a cell says is never altered; marks that
    programs left in cells (HTML, `_x000D_`) are taken out, and remarked. `mapping` is a mapping file, or
    {heading: column}, and goes before the kit's own table of headings. `records.attrs["remarks"]` holds what
    `read_records` remarked. Raises RecordsError as read_records does.
    """
    reading = read_records(*paths, mapping=mapping, progress=progress)
    reading.records.attrs["remarks"] = reading.remarks
    return reading.records


def read_records(*paths: str | Path, mapping: str | Path | Mapping[str, str] | None = None, progress: bool = False) -> Reading:
    """Read files, folders or archives and say what was left out and why.

    A row is left out where its reference or narrative is empty, where its reference was used before, or where
    its cells do not fit the headings. A file in a folder or archive that cannot be read is left out as a whole.
    Raises RecordsError where a path does not exist, a file named here cannot be read, no column holds a
    reference or a narrative, or nothing is left to read. No message quotes a narrative.
    """
    rules, book = HeadingRules(read_mapping(mapping)), RemarkBook()
    tables, faults, from_1904, headings = [], [], set(), set()
    with tqdm(
        find_sources(paths, book), desc="Opening files", unit="file", leave=False, delay=1, disable=not progress
    ) as sources:
        for source in sources:
            try:
                tables += _read_source(source, rules, book, from_1904, headings, progress)
            except RecordsError as fault:
                if source.named:
                    faults.append(str(fault))
                else:
                    book.note(source.name, f"not read: {str(fault).removeprefix(f'{source.name}: ')}", kept=False)
            except OSError as fault:
                faults.append(f"{source.name} cannot be opened ({fault.strerror}). Check who may read it, and try again.")
    if len(faults) == 1:
        raise RecordsError(faults[0])
    raise_all(faults, RecordsError, "Some files cannot be read yet. Please put right:")
    _say_unused(rules, headings, book)
    _require_something(paths, tables, book)
    records = pd.concat(tables, ignore_index=True)
    missing = {column: "" for column in records.columns if records[column].dtype == "str"}
    records = decode_columns(records.fillna(missing), book)
    records = drop_repeats(read_days_and_times(records, frozenset(from_1904), book), book)
    return Reading(records, book.close())


def _read_source(
    source: Source,
    rules: HeadingRules,
    book: RemarkBook,
    from_1904: set[tuple[str, str]],
    headings: set[str],
    progress: bool,
) -> list[pd.DataFrame]:
    """The tables of one file. A sheet without records is remarked where another has some, else it is the fault."""
    tables, faults = [], []
    for sheet in read_file(source, book, rules, progress=progress):
        headings.update(map(fold_heading, sheet.headings))
        try:
            table = tidy_sheet(sheet, source.name, rules, book)
        except RecordsError as fault:
            faults.append((sheet, str(fault)))
            continue
        if sheet.counted_from_1904:
            from_1904.add((source.name, sheet.name))
        tables.append((len(sheet.rows), table))
    left_out = any(remark.file == source.name and remark.row and not remark.kept for remark in book.remarks)
    if faults and not tables:
        raise RecordsError("\n".join(fault for _, fault in faults))
    if not any(rows for rows, _ in tables) and not left_out:
        raise RecordsError(f"{source.name}: there are headings and no records below them. Put the records there and try again.")
    for sheet, fault in faults:
        what = fault.partition(": ")[2]
        book.note(source.name, f"not read ({len(sheet.rows):,} rows): {what}", kept=False, sheet=sheet.name)
    return [table for _, table in tables]


def _say_unused(rules: HeadingRules, headings: set[str], book: RemarkBook) -> None:
    for heading in rules.mapping:
        if fold_heading(heading) not in headings:
            book.note("the mapping", f"no file has the heading “{heading}”.", kept=True)


def _require_something(paths: Iterable[str | Path], tables: list[pd.DataFrame], book: RemarkBook) -> None:
    if any(len(table) for table in tables):
        return
    named = ", ".join(map(str, paths))
    reasons = [str(remark) for remark in book.remarks if not remark.kept]
    more = [f"and {len(reasons) - MOST_REASONS:,} more"] if len(reasons) > MOST_REASONS else []
    opening = f"No row in {named} has both a reference and a narrative, so there is nothing to read."
    if not tables:
        opening = f"There is nothing to read in {named}. The kit reads {', '.join((*READABLE, ARCHIVE))} files."
    raise_all([*reasons[:MOST_REASONS], *more], RecordsError, opening)
    raise RecordsError(opening)
