"""What published reports have shown: remembered in the store, so that the next one cannot be subtracted from the last."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nearmiss_kit.decisions.entries import append_entry, load_entries

KIND, EVERY_PUBLICATION = "publication", "published reports"
Place = tuple[str, str, str]  # service ("" where they stand together), family and code ("" and "" for the records read)


@dataclass(frozen=True)
class Shown:
    """One published number (None where it was hidden) and the ids of the records it was counted from."""

    number: int | None
    records: frozenset[str]


@dataclass(frozen=True)
class Publication:
    """One published report as remembered: its rule, whether services stood side by side, and every number it showed."""

    rule: str
    by_service: bool
    cells: dict[Place, Shown]

    @property
    def records(self) -> frozenset[str]:
        """Every record the report was made from."""
        return frozenset().union(*(shown.records for (_, family, _), shown in self.cells.items() if not family))


def remember_publication(path: str | Path, publication: Publication, *, who: str, decided_at: datetime) -> None:
    """Write at the end of the store what a published report shows. Each record's id is written once."""
    ids = sorted(publication.records)
    numbers = {record_id: number for number, record_id in enumerate(ids)}
    cells = [
        [*place, shown.number, sorted(numbers[record_id] for record_id in shown.records)]
        for place, shown in publication.cells.items()
    ]
    content = {"rule": publication.rule, "by_service": publication.by_service, "records": ids, "cells": cells}
    append_entry(
        path, kind=KIND, review_id=EVERY_PUBLICATION, subject=decided_at.isoformat(), content=content, who=who, why="",
        decided_at=decided_at,
    )  # fmt: skip


def load_publications(path: str | Path) -> list[Publication]:
    """Every published report the store remembers, oldest first; none where the store is new."""
    entries = load_entries(path)
    return [_read(content) for content in entries.loc[entries["kind"] == KIND, "content"] if content]


def _read(content: dict) -> Publication:
    ids = content["records"]
    cells = {
        (service, family, code): Shown(number, frozenset(ids[place] for place in members))
        for service, family, code, number, members in content["cells"]
    }
    return Publication(content["rule"], content["by_service"], cells)
