"""Records in: CSV, XLSX and JSON Lines, one table out, and every row that was left out is listed with its reason."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from tqdm.auto import tqdm

from nearmiss_kit.errors import RecordsError, raise_all
from nearmiss_kit.records.columns import RECORD_COLUMNS, REQUIRED_COLUMNS, headings_for, map_headings
from nearmiss_kit.records.files import READABLE, Remark, Sheet, find_files, read_file, to_text

_DATE_FORMATS = (
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%d/%m/%y",
    "%d.%m.%Y",
    "%d %B %Y",
    "%d %b %Y",
    "%d-%m-%Y",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%d/%m/%Y %H:%M",
)
LONGEST_NARRATIVE = 900_000  # characters; the tokenizer stops at a million, and no record of one event is as long


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
    tables, faults = [], []
    with tqdm(find_files(paths, remarks), desc="Opening files", unit="file", leave=False, disable=not progress) as files:
        for path in files:
            try:
                tables.append(_tidy(read_file(path, remarks), path, remarks))
            except RecordsError as fault:
                faults.append(str(fault))
    if len(faults) == 1:
        raise RecordsError(faults[0])
    raise_all(faults, RecordsError, "Some files cannot be read yet. Please put right:")
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


def _tidy(sheet: Sheet, path: Path, remarks: list[Remark]) -> pd.DataFrame:
    mapped = map_headings(sheet.headings)
    _require_columns(path, sheet.headings, mapped)
    columns = _name_columns(sheet.headings, mapped)
    table = pd.DataFrame(sheet.rows, columns=columns).map(to_text)
    for column in RECORD_COLUMNS:
        if column not in table:
            table[column] = ""
    table["source_file"], table["source_row"] = path.name, sheet.numbers
    table["narrative_fingerprint"] = table["narrative"].map(fingerprint_narrative)
    table["event_date"] = _read_dates(table, remarks)
    others = [column for column in columns if column not in RECORD_COLUMNS]
    return _drop_incomplete(table[[*RECORD_COLUMNS, *others]], remarks)


def _name_columns(headings: list[str], mapped: dict[str, str]) -> list[str]:
    """The kit's column for the first heading of each kind; every other heading keeps its own name, made unlike the rest."""
    names: list[str] = []
    for heading in headings:
        name = mapped.pop(heading, "") or f"{heading} (as given)" * (heading in RECORD_COLUMNS) or heading
        alike = sum(other == name or other.startswith(f"{name} (") for other in names)
        names.append(f"{name} ({alike + 1})" if name in names else name)
    return names


def _require_columns(path: Path, headings: list[str], mapped: dict[str, str]) -> None:
    missing = [column for column in REQUIRED_COLUMNS if column not in mapped.values()]
    if missing:
        what = " and ".join(_WHAT_IT_HOLDS[column] for column in missing)
        names = "; ".join(" or ".join(f"“{heading}”" for heading in headings_for(column)[:3]) for column in missing)
        raise RecordsError(
            f"{path.name}: no column holds {what}. Of its {len(headings)} headings the kit knows {_list_known(mapped)}. "
            f"Check that the first row holds headings, name the right column {names}, and try again."
        )


_WHAT_IT_HOLDS = {"record_id": "a reference for each record", "narrative": "the narrative (what happened)"}


def _list_known(mapped: dict[str, str]) -> str:
    return ", ".join(f"“{heading}”" for heading in mapped) or "none"


def _read_dates(table: pd.DataFrame, remarks: list[Remark]) -> pd.Series:
    dates = [_read_date(text) for text in table["event_date"]]
    for text, date, file, row in zip(table["event_date"], dates, table["source_file"], table["source_row"], strict=True):
        if text.strip() and date is None:
            what = "the date is not understood, and the record is read without it. Write dates as 31/01/2026 or 2026-01-31."
            remarks.append(Remark(file, int(row), "event_date", what, kept=True))
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
    too_long = table["narrative"].str.len() > LONGEST_NARRATIVE
    for drop, column, what in (
        (table["record_id"].str.strip() == "", "record_id", "it has no reference"),
        (table["narrative"].str.strip() == "", "narrative", "its narrative is empty"),
        (too_long, "narrative", f"its narrative is longer than {LONGEST_NARRATIVE:,} characters; cut it into several records"),
    ):
        for file, row in zip(table.loc[keep & drop, "source_file"], table.loc[keep & drop, "source_row"], strict=True):
            remarks.append(Remark(file, int(row), column, f"left out, because {what}.", kept=False))
        keep &= ~drop
    return table[keep]


def _drop_repeated(records: pd.DataFrame, remarks: list[Remark]) -> pd.DataFrame:
    first: dict[str, dict] = {}
    repeated = []
    for row in records[["record_id", "source_file", "source_row", "narrative_fingerprint"]].to_dict("records"):
        before = first.setdefault(row["record_id"], row)
        repeated.append(before is not row)
        if before is not row:
            place = f"{before['source_file']}, row {before['source_row']}"
            same = row["narrative_fingerprint"] == before["narrative_fingerprint"]
            what = (
                f"left out, because it is the record of {place} once more."
                if same
                else f"left out, because its reference is used in {place} already. Give each record a reference of its own."
            )
            remarks.append(Remark(row["source_file"], int(row["source_row"]), "record_id", what, kept=False))
    return records[~pd.Series(repeated, index=records.index, dtype=bool)].reset_index(drop=True)
