"""What people wrote in a review: one row is one click, appended and never edited; the latest one counts."""

import json
import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from nearmiss_kit.decisions.database import open_store, write_to
from nearmiss_kit.errors import DecisionsError, raise_all

# What an entry can be. `subject` names the thing it is about: a field of the form, or the id of an action.
ENTRY_KINDS = (
    "review", "answer", "evidence", "participant", "request", "action", "action_status", "learning_point", "clearance",
    "cleared_quotation", "publication",
)  # fmt: skip
ENTRY_COLUMNS = ("entry_id", "kind", "review_id", "subject", "content", "who", "why", "decided_at")
# The questions of a review whose options are codes, each with its family: a finding is the question, a dot, and the code.
CODED_QUESTIONS = {"signals.seen": "near_miss_signal", "signals.early": "early_sign", "sources.judged": "pressure_source"}
SUBJECT = ["kind", "review_id", "subject"]
TEXT = "str"


def append_entry(
    path: str | Path,
    *,
    kind: str,
    review_id: str,
    subject: str,
    content: Any,
    who: str,
    why: str,
    decided_at: datetime,
) -> str:
    """Write one entry at the end of the store and return its id once it is safely on disk.

    `content` is anything JSON can hold; None takes what stood there back. Raises DecisionsError, with every fault, for
    an unknown kind or where nobody is named.
    """
    check_entry(kind=kind, review_id=review_id, who=who)
    row = (
        uuid.uuid4().hex, kind, review_id, subject, json.dumps(content, ensure_ascii=False), who, why,
        decided_at.isoformat(timespec="seconds"),
    )  # fmt: skip
    with open_store(path) as store, write_to(store):
        marks = ", ".join("?" for _ in ENTRY_COLUMNS)
        store.execute(f"INSERT INTO entry ({', '.join(ENTRY_COLUMNS)}) VALUES ({marks})", row)
    return row[0]


def check_entry(*, kind: str, review_id: str, who: str) -> None:
    """Refuse an entry of an unknown kind, outside any review, or by nobody, with a DecisionsError of every fault."""
    faults = []
    if kind not in ENTRY_KINDS:
        faults.append(f"an entry is one of {', '.join(ENTRY_KINDS)}.")
    if not review_id.strip():
        faults.append("it belongs to no review: give the review.")
    if not who.strip():
        faults.append("somebody must have written it: say who, by role.")
    raise_all(faults, DecisionsError, "This cannot be stored. Please put right:")


def load_entries(path: str | Path) -> pd.DataFrame:
    """Every entry in the store, oldest first; a new, empty store where there is none.

    One row is one entry; the columns are ENTRY_COLUMNS, and `content` is what was written (None where it was taken back).
    """
    with open_store(path) as store:
        rows = store.execute(f"SELECT {', '.join(ENTRY_COLUMNS)} FROM entry ORDER BY sequence").fetchall()
    entries = pd.DataFrame(rows, columns=list(ENTRY_COLUMNS), dtype=TEXT)
    return entries.assign(content=pd.Series([json.loads(text) for text in entries["content"]], dtype="object"))


def select_latest(entries: pd.DataFrame) -> pd.DataFrame:
    """The entries that count: the latest about each subject, without those that were taken back; in order of first writing."""
    latest = entries.drop_duplicates(SUBJECT, keep="last")
    first = entries.drop_duplicates(SUBJECT)[SUBJECT]
    ordered = first.merge(latest, on=SUBJECT, how="left")[list(ENTRY_COLUMNS)]
    stands = pd.Series([content is not None for content in ordered["content"]], index=ordered.index, dtype="bool")
    return ordered[stands].reset_index(drop=True)


def undo_entry(path: str | Path, entry_id: str, *, who: str, decided_at: datetime) -> str:
    """Take an entry back by a new one, and return the id of the new one: what stood there before counts again.

    Raises DecisionsError where there is no such entry, or a later one stands.
    """
    entries = load_entries(path)
    if entry_id not in set(entries["entry_id"]):
        raise DecisionsError("There is no such entry in this store, so nothing was taken back.")
    undone = entries[entries["entry_id"] == entry_id].iloc[0]
    *before, last = entries[(entries[SUBJECT] == undone[SUBJECT]).all(axis="columns")].to_dict("records")
    if last["entry_id"] != entry_id:
        raise DecisionsError("A later entry stands in its place. Take that one back first.")
    return append_entry(
        path,
        kind=undone["kind"],
        review_id=undone["review_id"],
        subject=undone["subject"],
        content=before[-1]["content"] if before else None,
        who=who,
        why=f"takes back entry {entry_id}",
        decided_at=decided_at,
    )
