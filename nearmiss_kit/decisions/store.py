"""What people decided about the kit's proposals: an append-only store, keyed by words, never by a tag.

A store holds offsets and fingerprints, never narrative text. Nothing in it is edited: who changes their
mind adds a decision, and the latest one counts.
"""

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import pandas as pd

from nearmiss_kit.errors import DecisionsError, raise_all
from nearmiss_kit.tagging.assertion import ASSERTIONS

VERDICTS = ("confirmed", "rejected", "unsure", "added")
DECISION_COLUMNS = (
    "decision_id", "record_id", "narrative_fingerprint", "family", "code", "sentence_start", "sentence_end",
    "verdict", "assertion", "reviewer", "note", "decided_at", "lexicon_version",
)  # fmt: skip
# What a decision is about: the same words in the same narrative under the same code.
PLACE = ("record_id", "narrative_fingerprint", "family", "code", "sentence_start", "sentence_end")
_BUSY_SECONDS = 30  # two people saving at once wait for each other rather than see "locked"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS decision (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    decision_id TEXT NOT NULL UNIQUE,
    record_id TEXT NOT NULL,
    narrative_fingerprint TEXT NOT NULL,
    family TEXT NOT NULL,
    code TEXT NOT NULL,
    sentence_start INTEGER NOT NULL,
    sentence_end INTEGER NOT NULL,
    verdict TEXT NOT NULL,
    assertion TEXT NOT NULL,
    reviewer TEXT NOT NULL,
    note TEXT NOT NULL,
    decided_at TEXT NOT NULL,
    lexicon_version TEXT NOT NULL
) STRICT;
CREATE TRIGGER IF NOT EXISTS decisions_are_never_edited BEFORE UPDATE ON decision
BEGIN SELECT RAISE(ABORT, 'a decision is never edited'); END;
"""


def load_decisions(path: str | Path) -> pd.DataFrame:
    """Every decision in the store at `path`, oldest first; a new, empty store where there is none.

    One row is one decision; the columns are DECISION_COLUMNS. Raises DecisionsError where the file is no store.
    """
    with _open_store(path) as store:
        rows = store.execute(f"SELECT {', '.join(DECISION_COLUMNS)} FROM decision ORDER BY sequence").fetchall()
    return pd.DataFrame(rows, columns=list(DECISION_COLUMNS)).astype({"sentence_start": "int64", "sentence_end": "int64"})


def append_decision(
    path: str | Path,
    *,
    record_id: str,
    narrative_fingerprint: str,
    family: str,
    code: str,
    sentence_start: int,
    sentence_end: int,
    verdict: str,
    assertion: str,
    reviewer: str,
    note: str,
    decided_at: datetime,
    lexicon_version: str,
) -> str:
    """Write one decision at the end of the store and return its id once it is safely on disk.

    Raises DecisionsError, with every fault, for a verdict or an assertion the kit does not know, a missing
    reviewer, or a sentence without length.
    """
    faults = []
    if verdict not in VERDICTS:
        faults.append(f"the verdict must be one of {', '.join(VERDICTS)}.")
    if assertion not in ASSERTIONS:
        faults.append(f"the assertion must be one of {', '.join(ASSERTIONS)}.")
    if not reviewer.strip():
        faults.append("somebody must have decided: give the reviewer.")
    if not 0 <= sentence_start < sentence_end:
        faults.append("the sentence must have a start and a later end.")
    raise_all(faults, DecisionsError, "This decision cannot be stored. Please put right:")
    row = (
        uuid.uuid4().hex, record_id, narrative_fingerprint, family, code, sentence_start, sentence_end,
        verdict, assertion, reviewer, note, decided_at.isoformat(timespec="seconds"), lexicon_version,
    )  # fmt: skip
    with _open_store(path) as store:
        store.execute("BEGIN IMMEDIATE")
        marks = ", ".join("?" for _ in DECISION_COLUMNS)
        store.execute(f"INSERT INTO decision ({', '.join(DECISION_COLUMNS)}) VALUES ({marks})", row)
        store.execute("COMMIT")
    return row[0]


@contextmanager
def _open_store(path: str | Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)) as store:
            store.execute("PRAGMA journal_mode=DELETE")
            store.execute("PRAGMA synchronous=FULL")
            store.executescript(_SCHEMA)
            yield store
    except sqlite3.DatabaseError as fault:
        raise DecisionsError(
            f"{Path(path).name}: this store of decisions cannot be used ({fault}). Choose another file."
        ) from None
