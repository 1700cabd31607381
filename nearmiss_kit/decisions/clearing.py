"""What may name somebody and stays all the same: refused in an export until a reviewer has said why, and when."""

import uuid
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pandas as pd

from nearmiss_kit.decisions.database import write_together
from nearmiss_kit.decisions.entries import append_entry, load_entries, select_latest
from nearmiss_kit.errors import DecisionsError, RecordsError, raise_all
from nearmiss_kit.records.identifiers import Identifier, find_identifiers, is_direct, list_unresolved
from nearmiss_kit.records.reading import fingerprint_narrative

CLEARANCE = "clearance"
OF_RECORDS = "records"  # stands where other entries name their review: a clearance belongs to the records
MOST_NAMED = 10  # records named in a refusal; nearmiss check lists all


@dataclass(frozen=True)
class Clearance:
    """Why passages that may name somebody stay: how many, in how many records, who said so, why, and on which day."""

    passages: int
    records: int
    who: str
    why: str
    cleared_on: date

    @property
    def sentence(self) -> str:
        """What an export prints about it."""
        what = (
            "1 passage that may name somebody was"
            if self.passages == 1
            else f"{self.passages:,} passages that may name somebody were"
        )
        where = "1 record" if self.records == 1 else f"{self.records:,} records"
        day = f"{self.cleared_on.day} {self.cleared_on:%B %Y}"
        return f"{what} looked at and kept in {where} on {day} by {self.who}: {self.why}"


def clear_identifiers(
    path: str | Path,
    records: pd.DataFrame,
    *,
    why: str,
    who: str,
    decided_at: datetime,
    record_ids: Collection[str] | None = None,
) -> int:
    """Write to the store that the direct identifiers in these records may stay, and return how many passages that is.

    `record_ids` names the records that were looked at; all of them where it is None. One entry is one record, with the
    places and a fingerprint of the whole record and none of its words: where a word of it changes, the clearance lapses.
    `undo_entry` takes one back. Raises DecisionsError where no reason or reviewer is given, where either names somebody
    (both are printed on exports), or where a record is not among these.
    """
    _check_reviewer(records, why=why, who=who, record_ids=record_ids)
    cleared = _read_clearances(path, records)
    found = _group_by_record(item for item in list_unresolved(records) if _place(item) not in cleared)
    chosen = {record: passages for record, passages in found.items() if record_ids is None or record in record_ids}
    fingerprints = _fingerprint_records(records, chosen)
    with write_together(path):
        for record, passages in chosen.items():
            places = [[item.column, item.start, item.end] for item in passages]
            content = {"record_id": record, "fingerprint": fingerprints[record], "places": places}
            append_entry(
                path, kind=CLEARANCE, review_id=OF_RECORDS, subject=uuid.uuid4().hex, content=content,
                who=who.strip(), why=why.strip(), decided_at=decided_at,
            )  # fmt: skip
    return sum(map(len, chosen.values()))


def refuse_unresolved(records: pd.DataFrame, *, decisions: str | Path | None = None) -> tuple[Clearance, ...]:
    """Refuse records in which direct identifiers stand that nobody cleared; to be called before any export that leaves the service.

    `decisions` is the store in which `clear_identifiers` wrote. Returns one Clearance for each reason, day and reviewer,
    whose `sentence` goes on the export; none where nothing was found. Raises RecordsError, which names records and never quotes.
    """
    found = list_unresolved(records)
    cleared = _read_clearances(decisions, records) if decisions and found else {}
    if left := [item for item in found if _place(item) not in cleared]:
        raise RecordsError(_say_left(left, len(records)))
    reasons: dict[tuple[str, str, date], list[Identifier]] = {}
    for item in found:
        reasons.setdefault(cleared[_place(item)], []).append(item)
    return tuple(Clearance(len(items), len(_group_by_record(items)), who, why, day) for (who, why, day), items in reasons.items())


def _check_reviewer(records: pd.DataFrame, *, why: str, who: str, record_ids: Collection[str] | None) -> None:
    faults = [] if why.strip() else ["the reason is missing: say why these passages may stay, for a reader of the export."]
    faults += [] if who.strip() else ["somebody must have looked: say who, by role."]
    if any(is_direct(kind) for text in (why, who) for _, _, kind, _ in find_identifiers(text)):
        faults.append("the reason or the reviewer seems to name somebody, and both are printed: use roles.")
    unknown = set(record_ids or ()) - set(records["record_id"])
    if unknown:
        faults.append(f"{len(unknown)} of the records to be cleared are not among these: check their references.")
    raise_all(faults, DecisionsError, "This cannot be cleared. Please put right:")


def _read_clearances(path: str | Path, records: pd.DataFrame) -> dict[tuple[str, str, int, int], tuple[str, str, date]]:
    """{place: (who, why, day)} of every clearance of a record that still reads as it did."""
    entries = load_entries(path)
    rows = select_latest(entries[entries["kind"] == CLEARANCE]).to_dict("records")
    fingerprints = _fingerprint_records(records, {row["content"]["record_id"] for row in rows})
    return {
        (row["content"]["record_id"], *place): (row["who"], row["why"], datetime.fromisoformat(row["decided_at"]).date())
        for row in rows
        if row["content"]["fingerprint"] == fingerprints.get(row["content"]["record_id"])
        for place in row["content"]["places"]
    }


def _fingerprint_records(records: pd.DataFrame, ids: Collection[str]) -> dict[str, str]:
    """A fingerprint of all that a record says, by reference: of one short cell alone it could be guessed what it holds."""
    columns = [column for column in records.select_dtypes("str").columns if column != "source_file"]
    rows = records.loc[records["record_id"].isin(ids), columns].to_dict("records")
    return {
        str(row["record_id"]): fingerprint_narrative("\x1f".join(f"{name}\x1e{cell}" for name, cell in row.items()))
        for row in rows
    }


def _place(item: Identifier) -> tuple[str, str, int, int]:
    return item.record_id, item.column, item.start, item.end


def _group_by_record(found: Iterable[Identifier]) -> dict[str, list[Identifier]]:
    groups: dict[str, list[Identifier]] = {}
    for item in found:
        groups.setdefault(item.record_id, []).append(item)
    return groups


def _say_left(left: list[Identifier], total: int) -> str:
    ids = list(_group_by_record(left))
    kinds = ", ".join(f"{kind} ({number:,} times)" for kind, number in Counter(item.kind for item in left).most_common())
    named = ", ".join(ids[:MOST_NAMED]) + (f" and {len(ids) - MOST_NAMED:,} more" if len(ids) > MOST_NAMED else "")
    return (
        f"{len(ids):,} of {total:,} records may still say who somebody is: {kinds}. Records: {named}. Put pseudonyms in "
        "their place (nearmiss pseudonymise), or look at each passage and say why it may stay (nearmiss clear)."
    )
