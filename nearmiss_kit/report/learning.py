"""Learning points as a page: what was learned, on which records, against which, and what the group decided."""

from dataclasses import dataclass

import pandas as pd

from nearmiss_kit.analysis.wording import say_day
from nearmiss_kit.report.pages import Page
from nearmiss_kit.report.render import render_part
from nearmiss_kit.review.contents import LearningPoint
from nearmiss_kit.review.reading import read_learning_points

LONGEST_EXCERPT = 220  # characters of a record's narrative; enough to know it again


@dataclass(frozen=True)
class PointFacts:
    """A learning point as shown: each piece for or against it is where it stands ("" for plain words) and its words."""

    statement: str
    definition: str
    decided: str
    speaks_for: tuple[tuple[str, str], ...]
    speaks_against: tuple[tuple[str, str], ...]


def show_learning_points(entries: pd.DataFrame, records: pd.DataFrame) -> Page:
    """Every learning point of the group, oldest first, with the records behind it and against it; from load_entries."""
    rows = records.drop_duplicates("record_id").set_index("record_id").to_dict("index")
    return Page(render_part("learning_points", [_make_facts(point, rows) for point in read_learning_points(entries).values()]))


def _make_facts(point: LearningPoint, rows: dict[str, dict]) -> PointFacts:
    sides = [tuple(_quote(piece, rows) for piece in pieces) for pieces in (point.evidence, point.counter_evidence)]
    return PointFacts(point.statement, point.definition, point.decided, *sides)


def _quote(piece: str, rows: dict[str, dict]) -> tuple[str, str]:
    if piece not in rows:
        return "", piece
    record = rows[piece]
    where = " · ".join(filter(None, [f"record {piece}", record["service"], say_day(record["event_date"]), record["form"]]))
    text = record["narrative"]
    return where, text if len(text) <= LONGEST_EXCERPT else f"{text[:LONGEST_EXCERPT].rsplit(' ', 1)[0]} …"
