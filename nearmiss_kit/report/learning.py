"""Learning points as a page: what was learned, on which records, against which, and what the group decided."""

import pandas as pd

from nearmiss_kit.analysis.wording import say_day
from nearmiss_kit.report.facts import PointFacts
from nearmiss_kit.report.pages import Page
from nearmiss_kit.report.render import render_part
from nearmiss_kit.review.contents import LearningPoint
from nearmiss_kit.review.reading import read_learning_points

NOT_READ = "It is not among the records read here."
LONGEST_EXCERPT = 220  # characters of a record's narrative; enough to know it again


def show_learning_points(entries: pd.DataFrame, records: pd.DataFrame) -> Page:
    """Every learning point of the group, oldest first, with the records behind it and against it; from load_entries."""
    return Page(render_part("learning_points", gather_learning_points(entries, records)))


def gather_learning_points(entries: pd.DataFrame, records: pd.DataFrame) -> tuple[PointFacts, ...]:
    """The learning points of load_entries, oldest first, with the words of the records they name."""
    points = list(read_learning_points(entries).values())
    named = sorted({piece for point in points for piece in (*point.evidence, *point.counter_evidence)})
    known = records[records["record_id"].isin(named)].drop_duplicates("record_id")
    rows = {row["record_id"]: row for row in known.to_dict("records")}
    return tuple(_make_facts(point, rows) for point in points)


def _make_facts(point: LearningPoint, rows: dict[str, dict]) -> PointFacts:
    return PointFacts(
        point.statement,
        point.definition,
        point.decided,
        tuple(_quote(piece, rows) or (f"record {piece}", NOT_READ) for piece in point.evidence),
        tuple(_quote(piece, rows) or ("", piece) for piece in point.counter_evidence),
    )


def _quote(piece: str, rows: dict[str, dict]) -> tuple[str, str] | None:
    if piece not in rows:
        return None
    record = rows[piece]
    where = " · ".join(filter(None, [f"record {piece}", record["service"], say_day(record["event_date"]), record["form"]]))
    text = record["narrative"]
    return where, text if len(text) <= LONGEST_EXCERPT else f"{text[:LONGEST_EXCERPT].rsplit(' ', 1)[0]} …"
