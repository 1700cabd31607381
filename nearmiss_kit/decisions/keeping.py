"""Keeping a store well: is it whole, is it in a safe place, a copy to read elsewhere, and erasing a person."""

import csv
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath
from typing import Any

from nearmiss_kit.decisions.database import APPEND_ONLY, GUARDS, open_store, open_to_erase, require_store
from nearmiss_kit.decisions.entries import ENTRY_COLUMNS, ENTRY_KINDS
from nearmiss_kit.decisions.learning import delete_local_learning, read_local_learning
from nearmiss_kit.decisions.store import DECISION_COLUMNS, VERDICTS
from nearmiss_kit.errors import DecisionsError, NearMissError
from nearmiss_kit.records.saving import defuse_cell
from nearmiss_kit.tagging.assertion import ASSERTIONS

EXPORTS = (".jsonl", ".csv")
TAKEN_OUT = "[taken out]"  # stands where a person was named in what somebody else’s review says
_SYNCED = ("onedrive", "dropbox", "google drive", "googledrive", "icloud", "box sync", "nextcloud", "cloudstorage", "sharepoint")
_NETWORK = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "fuse.sshfs", "davfs", "fuse.davfs")
_MOUNTS = Path("/proc/self/mounts")


@dataclass(frozen=True)
class StoreCheck:
    """How a store stands: what it holds, what is wrong with it, and what to beware of.

    `corrected` is for how many themes a local correction is kept, None where nothing was learned from the decisions.
    """

    decisions: int
    entries: int
    reviews: int
    corrected: int | None
    faults: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Erasure:
    """What was erased: rows removed, rows of other people’s reviews in which words were taken out, and where.

    `unlearned` says whether something had been learned from the decisions, in the store or a copy, which is gone too.
    """

    decisions: int
    entries: int
    reworded: int
    unlearned: bool
    stores: tuple[str, ...]
    look_at: tuple[str, ...]


def check_store(path: str | Path) -> StoreCheck:
    """Read a whole store and say whether it is sound. Raises DecisionsError where there is none, or it cannot be opened."""
    require_store(path)
    with open_store(path) as store:
        faults = [*_check_file(store), *_check_rows(store), *_check_gaps(store)]
        decisions, entries = (_count(store, table) for table in APPEND_ONLY)
        reviews = store.execute("SELECT COUNT(DISTINCT review_id) FROM entry WHERE kind != 'clearance'").fetchone()[0]
        corrected = None
        try:
            if (local := read_local_learning(store)) is not None:
                corrected = len(local.corrected)
        except DecisionsError as fault:
            faults.append(str(fault))
    warning = warn_of_folder(path)
    return StoreCheck(decisions, entries, reviews, corrected, tuple(faults), (warning,) if warning else ())


def _count(store: sqlite3.Connection, table: str) -> int:
    return store.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]


def _check_file(store: sqlite3.Connection) -> Iterator[str]:
    for (found,) in store.execute("PRAGMA integrity_check"):
        if found != "ok":
            yield f"the file is damaged ({found})."
    guards = {name for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    if len(guards) < len(GUARDS):
        yield "the guards that keep decisions from being edited are missing."


def _check_rows(store: sqlite3.Connection) -> Iterator[str]:
    known = {"verdict": VERDICTS, "assertion": ASSERTIONS}
    for column, values in known.items():
        strange = {value for (value,) in store.execute(f"SELECT DISTINCT {column} FROM decision")} - set(values)
        if strange:
            yield f"{len(strange)} kinds of {column} are not known to this kit."
    strange = {kind for (kind,) in store.execute("SELECT DISTINCT kind FROM entry")} - set(ENTRY_KINDS)
    if strange:
        yield f"{len(strange)} kinds of entry are not known to this kit."


def _check_gaps(store: sqlite3.Connection) -> Iterator[str]:
    """Rows are numbered without gaps, so a gap that no erasure explains is a row that was lost or removed."""
    for table, column in (("decision", "decisions"), ("entry", "entries")):
        given = store.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
        erased = store.execute(f"SELECT COALESCE(SUM({column}), 0) FROM erasure").fetchone()[0]
        lost = (given[0] if given else 0) - _count(store, table) - erased
        if lost:
            yield f"{lost} of the {column} once stored are gone, and no erasure explains it."


def warn_of_folder(path: str | Path) -> str:
    """A warning where a store stands in a synced or network folder, in which two writers can damage it; else ""."""
    place = Path(path).expanduser().resolve()
    advice = "Keep it on this computer’s own disk, and copy it elsewhere when nobody is working."
    if any(word in part.lower() for part in place.parts for word in _SYNCED):
        return f"{place.name} is in a folder that is synced; the sync can damage it or bring an old copy back. {advice}"
    if is_network_folder(place, _MOUNTS.read_text(encoding="utf-8") if _MOUNTS.exists() else ""):
        return f"{place.name} is in a network folder, where two people saving at once can damage it. {advice}"
    return ""


def is_network_folder(place: PurePath, mounts: str) -> bool:
    """Whether a place is on a network: a Windows share, or below a mount of a network kind in a list like /proc/mounts."""
    if str(place).startswith(("\\\\", "//")):
        return True
    listed = [line.split()[1:3] for line in mounts.splitlines() if len(line.split()) > 2]
    above = [(len(where), kind) for where, kind in listed if place.is_relative_to(where.replace("\\040", " "))]
    return max(above, default=(0, ""))[1] in _NETWORK


def export_store(path: str | Path, out: str | Path) -> Path:
    """Write everything in a store to `out`, one row a decision or entry in the order of writing within each.

    What was learned from the decisions is left out: it is derived from them, says nothing to a reader, and would outlive an
    erasure there. `.jsonl` holds every value as it is; in `.csv` a text that a spreadsheet would run as a formula gets an apostrophe
    before it. Raises DecisionsError where there is no store, or NearMissError where `out` cannot be written.
    """
    require_store(path)
    out = Path(out)
    if out.suffix.lower() not in EXPORTS:
        raise NearMissError(f"{out.name}: a store is exported as {' or '.join(EXPORTS)}. Give a name with one of these endings.")
    with open_store(path) as store:
        rows = list(_list_rows(store))
    try:
        _write_lines(rows, out) if out.suffix.lower() == ".jsonl" else write_table(rows, out)
    except OSError as fault:
        raise NearMissError(f"{out}: the export cannot be written there ({fault.strerror}). Choose another folder.") from None
    return out


def _list_rows(store: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    for table, columns in (("decision", DECISION_COLUMNS), ("entry", ENTRY_COLUMNS)):
        for row in store.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY sequence"):
            values = dict(zip(columns, row, strict=True))
            yield {"table": table} | values | ({"content": json.loads(values["content"])} if table == "entry" else {})


def _write_lines(rows: list[dict[str, Any]], out: Path) -> None:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    out.write_text(text, encoding="utf-8", newline="\n")


def write_table(rows: list[dict[str, Any]], out: Path) -> None:
    """Write rows as CSV for a spreadsheet: no live formula, lists and blocks as JSON."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows({column: _lay_out(value) for column, value in row.items()} for row in rows)


def _lay_out(value: Any) -> Any:
    if isinstance(value, dict | list | tuple):
        value = json.dumps(value, ensure_ascii=False)
    return defuse_cell(value) if isinstance(value, str) else value


def erase_person(
    path: str | Path, *, person: str, record_ids: Iterable[str], other_words: Iterable[str] = (), erased_at: datetime
) -> Erasure:
    """Take a person out of a store and out of its copies beside it; what stays is how many rows went, and when.

    Removed are decisions about `record_ids`, every review of `person`, and what other reviews quote from these records
    or heard from the person; so is what was learned from the decisions of everybody, to be learned anew. Where other text names `person`, or one of `other_words` (an initial is too common to be
    one), the words are taken out. The freed pages and the journal are overwritten. Copies whose names begin like the
    store’s are erased too; exports of that name are listed in `look_at`, for they are yours to delete.
    """
    require_store(path)
    with open_store(path):  # refuses a file that is no store before anything is touched
        ids = frozenset(record_ids)
    words = "|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in (person, *other_words, *sorted(ids)) if word.strip())
    names = re.compile(words, re.IGNORECASE)
    beside = [file for file in sorted(Path(path).resolve().parent.iterdir()) if _belongs_to(file, Path(path).resolve())]
    stores = [file for file in beside if _is_store(file)]
    counts = [_erase_from(store, person, ids, names, erased_at) for store in stores]
    own, unlearned = counts[stores.index(Path(path).resolve())][:3], any(count[3] for count in counts)
    look_at = tuple(file.name for file in beside if file not in stores and file.exists())
    return Erasure(*own, unlearned, stores=tuple(file.name for file in stores), look_at=look_at)


def _belongs_to(file: Path, store: Path) -> bool:
    return file.is_file() and file.name.startswith(store.name.split(".")[0]) and not file.name.endswith("-journal")


def _is_store(file: Path) -> bool:
    with file.open("rb") as opened:
        if opened.read(15) != b"SQLite format 3":
            return False
    with closing(sqlite3.connect(file)) as store:
        return store.execute("SELECT COUNT(*) FROM sqlite_master WHERE name = 'decision'").fetchone()[0] == 1


def _erase_from(
    path: Path, person: str, ids: frozenset[str], names: re.Pattern[str], erased_at: datetime
) -> tuple[int, int, int, bool]:
    with open_to_erase(path) as store:
        return *_erase_rows(store, person, ids, names, erased_at), delete_local_learning(store)


def _erase_rows(
    store: sqlite3.Connection, person: str, ids: frozenset[str], names: re.Pattern[str], erased_at: datetime
) -> tuple[int, int, int]:
    for (guard,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        store.execute(f"DROP TRIGGER {guard}")
    decisions = _delete(store, "decision", (row[0] for row in _rows(store, "record_id", "decision") if row[1] in ids))
    entries = _delete(store, "entry", _find_theirs(store, person, ids))
    reworded = _reword(store, "decision", ("note", "reviewer"), names) + _reword(store, "entry", ("content", "why", "who"), names)
    store.execute(
        "INSERT INTO erasure (erased_at, decisions, entries) VALUES (?, ?, ?)",
        (erased_at.isoformat(timespec="seconds"), decisions, entries),
    )
    for guard in GUARDS:
        store.execute(guard)
    return decisions, entries, reworded


def _rows(store: sqlite3.Connection, columns: str, table: str) -> list[tuple]:
    return store.execute(f"SELECT sequence, {columns} FROM {table}").fetchall()


def _delete(store: sqlite3.Connection, table: str, sequences: Iterable[int]) -> int:
    rows = [(sequence,) for sequence in sequences]
    store.executemany(f"DELETE FROM {table} WHERE sequence = ?", rows)
    return len(rows)


def _find_theirs(store: sqlite3.Connection, person: str, ids: frozenset[str]) -> list[int]:
    rows = [(sequence, review, json.loads(content)) for sequence, review, content in _rows(store, "review_id, content", "entry")]
    theirs = {review for _, review, content in rows if isinstance(content, dict) and content.get("person") == person}
    return [sequence for sequence, review, content in rows if review in theirs or _speaks_from(content, person, ids)]


def _speaks_from(content: Any, person: str, ids: frozenset[str]) -> bool:
    """Whether an entry of somebody else’s review is about this person alone, or quotes their records or words."""
    if not isinstance(content, dict):
        return False
    return content.get("record_id") in ids or person in (content.get("said_by"), content.get("about"))


def _reword(store: sqlite3.Connection, table: str, columns: tuple[str, ...], names: re.Pattern[str]) -> int:
    changed = 0
    for sequence, *texts in _rows(store, ", ".join(columns), table):
        clean = [_take_out(text, names, as_json=column == "content") for column, text in zip(columns, texts, strict=True)]
        if clean != texts:
            sets = ", ".join(f"{column} = ?" for column in columns)
            store.execute(f"UPDATE {table} SET {sets} WHERE sequence = ?", (*clean, sequence))
            changed += 1
    return changed


def _take_out(text: str, names: re.Pattern[str], *, as_json: bool) -> str:
    if not as_json:
        return names.sub(TAKEN_OUT, text)
    content = json.loads(text)
    clean = _take_out_of(content, names)
    return text if clean == content else json.dumps(clean, ensure_ascii=False)


def _take_out_of(content: Any, names: re.Pattern[str]) -> Any:
    if isinstance(content, str):
        return names.sub(TAKEN_OUT, content)
    if isinstance(content, list):
        return [_take_out_of(item, names) for item in content]
    if isinstance(content, dict):
        return {key: _take_out_of(value, names) for key, value in content.items()}
    return content
