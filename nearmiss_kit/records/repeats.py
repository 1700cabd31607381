"""One record once: rows that repeat a reference are left out, and what only they say about the record is kept."""

from collections import defaultdict
from pathlib import PurePosixPath

import pandas as pd

from nearmiss_kit.records.columns import KIT_COLUMNS
from nearmiss_kit.records.remarks import RemarkBook

OTHER_ROWS = " (other rows)"
_SAME_EVENT = ("record_id", "narrative", *KIT_COLUMNS)  # what is not compared between rows of one record


def drop_repeats(records: pd.DataFrame, book: RemarkBook) -> pd.DataFrame:
    """The records with each reference once.

    Systems write a row for each person involved: of rows with the same narrative the first stands, and what
    differs in the others is kept in columns marked “(other rows)”. Of a narrative and the same with notes
    added the fuller stands. A different narrative under a used reference is left out, to be put right.
    """
    records = _tell_files_apart(records, book)
    repeated = records[records["record_id"].duplicated(keep=False)]
    dropped: list[int] = []
    others: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    rows = repeated.to_dict("index")
    for places in repeated.groupby("record_id", sort=False).groups.values():
        kept, left, held = _choose_row({place: rows[place] for place in places}, book)
        dropped += left
        for place in held:
            _keep_differences(rows, kept, place, others)
    once = records.copy(deep=False)
    for column, texts in others.items():
        name = f"{column}{OTHER_ROWS}"
        values = once[name].tolist() if name in once else [""] * len(once)
        for place, found in texts.items():
            values[place] = "; ".join(dict.fromkeys(filter(None, [values[place], *found])))
        once[name] = pd.Series(values, index=once.index, dtype="str")
    return once.drop(index=dropped).reset_index(drop=True)


def _tell_files_apart(records: pd.DataFrame, book: RemarkBook) -> pd.DataFrame:
    """Files of one name in several folders, each a record of its own: the folder goes before the name in their references."""
    twice = records["record_id"].duplicated(keep=False) & ~records.duplicated(["record_id", "narrative_fingerprint"], keep=False)
    paths = {place: PurePosixPath(records.at[place, "source_file"]) for place in records.index[twice]}
    named = {place: str(path.with_suffix("")) for place, path in paths.items() if records.at[place, "record_id"] == path.stem}
    if not named:
        return records
    for place in named:
        what = "other files have the same name; its folder stands before it in the reference."
        book.note(str(paths[place]), what, kept=True, column="record_id")
    return records.assign(record_id=pd.Series(named).reindex(records.index).fillna(records["record_id"]).astype("str"))


def _choose_row(rows: dict[int, dict], book: RemarkBook) -> tuple[int, list[int], list[int]]:
    """The row that stands, those left out, and which of these tell of the same event."""
    first, *later = rows
    kept, left, held = first, [], []
    for place in later:
        new, old = rows[place], rows[kept]
        same = new["narrative_fingerprint"] == old["narrative_fingerprint"]
        if not same and new["narrative"].startswith(old["narrative"].rstrip()):
            _say(book, old, f"left out, because {_where(new)} is the same record with notes added.")
            left.append(kept)
            held.append(kept)
            kept = place
            continue
        if same:
            what = f"left out, because it is the record of {_where(old)} once more. What else it says is kept there."
        elif old["narrative"].startswith(new["narrative"].rstrip()):
            what = f"left out, because {_where(old)} is the same record with notes added."
        else:
            what = f"left out, because its reference is used in {_where(old)} already. Give each record a reference of its own."
        _say(book, new, what)
        left.append(place)
        if same or old["narrative"].startswith(new["narrative"].rstrip()):
            held.append(place)
    return kept, left, held


def _keep_differences(rows: dict[int, dict], kept: int, place: int, others: dict[str, dict[int, list[str]]]) -> None:
    for column, new in rows[place].items():
        if column in _SAME_EVENT or column.endswith(OTHER_ROWS):
            continue
        if new != rows[kept][column] and not pd.isna(new) and str(new).strip():
            others[column][kept].append(f"{new:%Y-%m-%d}" if column == "event_date" else str(new))


def _where(row: dict) -> str:
    sheet = f", sheet “{row['source_sheet']}”" if row["source_sheet"] else ""
    return f"{row['source_file']}{sheet}, row {row['source_row']}"


def _say(book: RemarkBook, row: dict, what: str) -> None:
    book.note(row["source_file"], what, kept=False, sheet=row["source_sheet"], row=int(row["source_row"]), column="record_id")
