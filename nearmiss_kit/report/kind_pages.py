"""The pages of the other kinds of report: board summary, evidence pack, easy-read draft, and “you said, we did”."""

from pathlib import Path

from nearmiss_kit.analysis.wording import say_day
from nearmiss_kit.report.board import BoardSummary
from nearmiss_kit.report.evidence_pack import EvidencePack, say_spoken
from nearmiss_kit.report.render import render_page, write_page
from nearmiss_kit.report.review_page import list_cards
from nearmiss_kit.review.feedback import YouSaid
from nearmiss_kit.review.outcome import EasyRead

_PACK_CONTENTS = (
    ("findings", "Findings of reviews, and their words"),
    ("answers", "What reviews answered"),
    ("actions", "Actions"),
    ("requests", "Asked of funders, health and housing"),
    ("evidence", "Sentences of the records"),
)


def write_board_summary(summary: BoardSummary, path: str | Path) -> Path:
    """Write a board summary (build_board_summary) to `path` (.html); it prints on one sheet. Raises ReportError where it cannot."""
    return write_page(render_board_summary(summary), path)


def render_board_summary(summary: BoardSummary) -> str:
    """The board summary as one HTML page. The same facts give the same bytes."""
    return render_page("board_summary.html.j2", title=summary.title, board=summary, made_on=say_day(summary.made_on), contents=())


def write_evidence_pack(pack: EvidencePack, path: str | Path) -> Path:
    """Write an evidence pack (build_evidence_pack) to `path` (.html). Raises ReportError where it cannot."""
    return write_page(render_evidence_pack(pack), path)


def render_evidence_pack(pack: EvidencePack) -> str:
    """The evidence pack as one HTML page. The same facts give the same bytes."""
    frameworks = [
        (f"{part.framework.id}-part-{number}", f"{name}: {part.framework.name}")
        for part in pack.parts
        for number, (name, _) in enumerate(part.questions, 1)
    ]
    return render_page(
        "evidence_pack.html.j2",
        title=pack.title,
        pack=pack,
        spoken=[say_spoken(part) for part in pack.parts],
        topics={topic.id for topic in pack.findings},
        done=sum(action.status == "done" for action in pack.actions),
        overdue=sum(action.overdue for action in pack.actions),
        made_on=say_day(pack.made_on),
        contents=[*frameworks, *_PACK_CONTENTS],
    )


def write_easy_read(easy: EasyRead, path: str | Path) -> Path:
    """Write the easy-read draft of an outcome (build_easy_read) to `path` (.html), to be printed.

    Large type, one idea a line, room for a picture beside each, cards to answer without words, and last, for the supporter,
    what to change. Raises ReportError where it cannot be written.
    """
    return write_page(render_easy_read(easy), path)


def render_easy_read(easy: EasyRead) -> str:
    """The easy-read draft as one HTML page. The same facts give the same bytes."""
    return render_page("easy_read.html.j2", title=easy.title, easy=easy, shapes=list_cards(easy.answers), contents=())


def write_you_said(sheet: YouSaid, path: str | Path) -> Path:
    """Write the sheet “you said, we did” (build_you_said) to `path` (.html). Raises ReportError where it cannot."""
    return write_page(render_you_said(sheet), path)


def render_you_said(sheet: YouSaid) -> str:
    """The sheet “you said, we did” as one HTML page. The same facts give the same bytes."""
    return render_page("you_said.html.j2", title=sheet.title, sheet=sheet, made_on=say_day(sheet.made_on), contents=())
