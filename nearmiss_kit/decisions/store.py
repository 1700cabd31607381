"""What people decided about the kit's proposals: an append-only store, keyed by words, never by a tag.

A store holds offsets and fingerprints, never narrative text. Nothing in it is edited: who changes their
mind adds a decision, and the latest one counts.
"""

import uuid
from datetime import datetime
from pathlib import Path

import pandas as pd

from nearmiss_kit.decisions.database import open_store, write_to
from nearmiss_kit.errors import DecisionsError, raise_all
from nearmiss_kit.tagging.assertion import ASSERTIONS

VERDICTS = ("confirmed", "rejected", "unsure", "added", "undone")  # undone: as if nobody had decided
DECISION_COLUMNS = (
    "decision_id", "record_id", "narrative_fingerprint", "family", "code", "sentence_start", "sentence_end",
    "verdict", "assertion", "reviewer", "note", "decided_at", "lexicon_version",
)  # fmt: skip
# What a decision is about: the same words in the same narrative under the same code.
PLACE = ("record_id", "narrative_fingerprint", "family", "code", "sentence_start", "sentence_end")


def load_decisions(path: str | Path) -> pd.DataFrame:
    """Every decision in the store at `path`, oldest first; a new, empty store where there is none.

    One row is one decision; the columns are DECISION_COLUMNS. Raises DecisionsError where the file is no store.
    """
    with open_store(path) as store:
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
    with open_store(path) as store, write_to(store):
        marks = ", ".join("?" for _ in DECISION_COLUMNS)
        store.execute(f"INSERT INTO decision ({', '.join(DECISION_COLUMNS)}) VALUES ({marks})", row)
    return row[0]


def undo_decision(path: str | Path, decision_id: str, *, reviewer: str, decided_at: datetime) -> str:
    """Take a decision back by a new one, and return the id of the new one.

    What was decided about the same words before it counts again; where nobody had decided, the new verdict is
    “undone” and the proposal stands as if nobody had looked. Raises DecisionsError where there is no such decision, or a later one stands.
    """
    decisions = load_decisions(path)
    if decision_id not in set(decisions["decision_id"]):
        raise DecisionsError("There is no such decision in this store, so nothing was taken back.")
    undone = decisions[decisions["decision_id"] == decision_id].iloc[0]
    *before, last = decisions[(decisions[list(PLACE)] == undone[list(PLACE)]).all(axis="columns")].to_dict("records")
    if last["decision_id"] != decision_id:
        raise DecisionsError("A later decision stands about the same words. Take that one back first.")
    again = before[-1] if before else last | {"verdict": "undone"}
    kept = {column: again[column] for column in DECISION_COLUMNS if column not in ("decision_id", "note")}
    note = f"takes back decision {decision_id}"
    return append_decision(path, **(kept | {"note": note, "reviewer": reviewer, "decided_at": decided_at}))
