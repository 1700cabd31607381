"""Sentences that a reviewer cleared to be quoted to named readers, keyed by words like every decision."""

from datetime import datetime
from pathlib import Path

from nearmiss_kit.decisions.entries import append_entry, load_entries, select_latest
from nearmiss_kit.errors import DecisionsError

KIND, EVERY_QUOTATION = "cleared_quotation", "quotations"
Sentence = tuple[str, str, int, int]  # record, fingerprint of its narrative, start and end of the sentence


def clear_quotation(
    path: str | Path,
    *,
    record_id: str,
    narrative_fingerprint: str,
    sentence_start: int,
    sentence_end: int,
    cleared: bool,
    who: str,
    why: str,
    decided_at: datetime,
) -> str:
    """Write in the store that a sentence may be quoted to named readers, or no longer may; return the id of the entry.

    Raises DecisionsError where nobody is named, or no reason is given for clearing it.
    """
    if cleared and not why.strip():
        raise DecisionsError("Say in a few words why this sentence may be quoted: who could be known by it, and who agreed.")
    place = {
        "record_id": record_id, "narrative_fingerprint": narrative_fingerprint,
        "sentence_start": int(sentence_start), "sentence_end": int(sentence_end),
    }  # fmt: skip
    subject = f"{record_id}:{sentence_start}:{sentence_end}:{narrative_fingerprint}"
    return append_entry(
        path, kind=KIND, review_id=EVERY_QUOTATION, subject=subject, content=place if cleared else None, who=who, why=why,
        decided_at=decided_at,
    )  # fmt: skip


def load_cleared(path: str | Path) -> frozenset[Sentence]:
    """The sentences that may be quoted to named readers; none where the store is new."""
    entries = select_latest(load_entries(path))
    return frozenset(
        (place["record_id"], place["narrative_fingerprint"], place["sentence_start"], place["sentence_end"])
        for place in entries.loc[entries["kind"] == KIND, "content"]
    )


def is_cleared(place: Sentence, cleared: frozenset[Sentence]) -> bool:
    """Whether words stand in a sentence that may be quoted, given as a Sentence of their own start and end."""
    *narrative, start, end = place
    return any([*narrative] == [*whole] and first <= start and end <= last for *whole, first, last in cleared)
