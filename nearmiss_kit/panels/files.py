"""The files of a review: its report, the agenda of the meeting, and the action log for a spreadsheet."""

from pathlib import Path

from nearmiss_kit.report.review_page import write_agenda, write_review_report
from nearmiss_kit.review.actions import list_actions, write_actions
from nearmiss_kit.review.checks import Seen
from nearmiss_kit.review.summary import build_agenda, build_review_facts


def write_files(seen: Seen, folder: Path) -> list[Path]:
    """Write the report, the agenda and the action log of a review into a folder; the report comes first."""
    name = "".join(sign if sign.isalnum() else "_" for sign in seen.review.opening.person)
    actions = list_actions((seen.review,), today=seen.today)
    return [
        write_review_report(build_review_facts(seen), folder / f"review_{name}.html"),
        write_agenda(build_agenda(seen.review), folder / f"agenda_{name}.html"),
        write_actions(actions, folder / f"actions_{name}.xlsx"),
    ]
