"""The files of a review: its report, and the action log for a spreadsheet."""

from pathlib import Path

from nearmiss_kit.panels.drawing import draw
from nearmiss_kit.review.actions import list_actions, write_actions
from nearmiss_kit.review.checks import Seen
from nearmiss_kit.review.summary import ReviewFacts, build_review_facts


def write_files(seen: Seen, folder: Path) -> list[Path]:
    """Write the report and the action log of a review into a folder; the report comes first."""
    name = "".join(sign if sign.isalnum() else "_" for sign in seen.review.opening.person)
    actions = list_actions((seen.review,), today=seen.today)
    return [
        write_review_report(build_review_facts(seen), folder / f"review_{name}.html"),
        write_actions(actions, folder / f"actions_{name}.xlsx"),
    ]


def write_review_report(facts: ReviewFacts, path: Path) -> Path:
    """The answers of a review as a plain page, until the report room writes them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(draw("report", facts), encoding="utf-8")
    return path
