"""The files of a review: its report, the agenda of the meeting, and the action log for a spreadsheet."""

from datetime import date
from pathlib import Path

from nearmiss_kit.report.review_page import write_agenda, write_invitation, write_review_report
from nearmiss_kit.review.actions import list_actions, write_actions
from nearmiss_kit.review.checks import Seen
from nearmiss_kit.review.summary import build_agenda, build_invitation, build_review_facts

KINDS_OF_FILE = (".html", ".docx")


def write_files(seen: Seen, folder: Path) -> list[Path]:
    """Write the report, the agenda and the action log of a review into a folder; the report comes first.

    Report and agenda are written as a page and as a Word document: pages sent by mail are often held back.
    """
    name = _name_file(seen)
    actions = list_actions((seen.review,), today=seen.today)
    report, agenda = build_review_facts(seen), build_agenda(seen.review)
    return [
        *(write_review_report(report, folder / f"review_{name}{kind}") for kind in KINDS_OF_FILE),
        *(write_agenda(agenda, folder / f"agenda_{name}{kind}") for kind in KINDS_OF_FILE),
        write_actions(actions, folder / f"actions_{name}.xlsx"),
    ]


def write_meeting_invitation(seen: Seen, folder: Path, *, meeting_on: date, place: str, host: str) -> list[Path]:
    """Write the easy-read draft of the invitation for the person's communication supporter, as a page and, beside it, for Word."""
    invitation = build_invitation(seen.review, meeting_on=meeting_on, place=place, host=host)
    return [write_invitation(invitation, folder / f"invitation_{_name_file(seen)}{kind}") for kind in KINDS_OF_FILE]


def _name_file(seen: Seen) -> str:
    return "".join(sign if sign.isalnum() else "_" for sign in seen.review.opening.person)
