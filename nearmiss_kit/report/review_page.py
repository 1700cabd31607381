"""The report of one near miss, and what is printed before its meeting: each one self-contained HTML page."""

from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from nearmiss_kit.analysis.wording import list_words, lower_first, say_day, say_number
from nearmiss_kit.report.render import render_page
from nearmiss_kit.report.writing import write_page
from nearmiss_kit.review.contents import ASKED_OF, LASTING, STATUSES
from nearmiss_kit.review.form import NOT_LOOKED_AT
from nearmiss_kit.review.gate import Finding
from nearmiss_kit.review.reading import Action, Evidence
from nearmiss_kit.review.summary import Agenda, EasyLine, Invitation, ReviewFacts
from nearmiss_kit.review.timeline import Milestone

# What a finding is, by the question of the form under which it stands.
_KINDS = {
    "signals.seen": "Near-miss signal",
    "signals.early": "Early sign",
    "questions.nearly_failed": "One of the three questions",
    "sources.judged": "Pressure source",
}
_AGREED = {"yes": "takes part", "no": "said no", "not_asked": "was not asked", "chose_not": "chose not to"}
_SHAPES = {"Yes": "tick", "No": "cross", "Not sure": "wave", "Stop": "stop"}  # what an answer card shows without words


@dataclass(frozen=True)
class Piece:
    """One piece of evidence and its place in the page."""

    id: str
    evidence: Evidence


@dataclass(frozen=True)
class Step:
    """One action, its place in the page, and where the finding it answers stands ("" where it answers none)."""

    id: str
    action: Action
    finding_id: str
    finding_name: str
    overdue: bool


@dataclass(frozen=True)
class Line:
    """One finding with all that hangs on it: the words for and against, the actions that answer it."""

    id: str
    kind: str
    finding: Finding
    speaks_for: tuple[Piece, ...]
    speaks_against: tuple[Piece, ...]
    steps: tuple[Step, ...]

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The words for it, then those against it."""
        return (*self.speaks_for, *self.speaks_against)

    @property
    def needs_action(self) -> bool:
        """Whether an action ought to answer it: a pressure source that is evidenced. Signals are answered through sources."""
        return self.finding.finding.startswith("sources.judged.") and self.finding.status == "evidenced"


def write_review_report(facts: ReviewFacts, path: str | Path) -> Path:
    """Write the report of one review to `path` (.html, .docx or .pdf): of build_review_facts.

    Raises ReportError where it cannot be written there.
    """
    return write_page(render_review_report(facts), path)


def write_agenda(agenda: Agenda, path: str | Path) -> Path:
    """Write the agenda of a review meeting (build_agenda) to `path` (.html, .docx or .pdf). Raises ReportError where it cannot."""
    return write_page(render_page("agenda.html.j2", title=agenda.title, agenda=agenda, contents=()), path)


def write_invitation(invitation: Invitation, path: str | Path) -> Path:
    """Write the easy-read draft of an invitation (build_invitation) to `path` (.html, .docx or .pdf), to be printed.

    Large type, one idea a line, room for a picture beside each, and cards to answer without words. Raises ReportError
    where it cannot be written.
    """
    title, shapes = "A meeting about my home", list_cards(invitation.answers)
    return write_page(render_page("invitation.html.j2", title=title, invitation=invitation, shapes=shapes, contents=()), path)


def list_cards(answers: tuple[EasyLine, ...]) -> list[tuple[EasyLine, str]]:
    """Each answer card with the shape it shows without words."""
    return [(answer, _SHAPES.get(answer.words, "")) for answer in answers]


def render_review_report(facts: ReviewFacts) -> str:
    """The report of one review as one HTML page. The same facts give the same bytes."""
    lines = lay_out_lines(facts)
    return render_page(
        "review_report.html.j2",
        facts=facts,
        title=facts.title,
        limits=list_limits(facts),
        sight=tuple(say_sight(facts)),
        lines=lines,
        steps=_place_steps(facts),
        milestones=_list_milestones(facts),
        records=[row | {"when": say_day(row["day"])} for row in facts.timeline.lines.to_dict("records")],
        raised=[
            row | {"first": say_day(row["first_day"]), "last": say_day(row["last_day"])}
            for row in facts.timeline.raised.to_dict("records")
        ],
        people=[(noted.content, _AGREED[noted.content.agreed]) for noted in facts.participants],
        requests=[(noted.content, ASKED_OF[noted.content.asked_of]) for noted in facts.requests],
        not_looked_at=NOT_LOOKED_AT,
        lasting=LASTING,
        statuses=STATUSES,
        say=_say,
        kit_version=version("nearmiss-kit"),
        contents=_CONTENTS,
    )


_CONTENTS = (
    ("limits", "What this review cannot conclude"),
    ("short", "In short"),
    ("sight", "The line of sight"),
    ("open", "Where the line is open"),
    ("evidence", "The words behind each finding"),
    ("actions", "Actions"),
    ("outcomes", "What changed"),
    ("checks", "Nine checks"),
    ("timeline", "The time line"),
    ("people", "Who took part"),
    ("answers", "Every question"),
)


def list_limits(facts: ReviewFacts) -> tuple[str, ...]:
    """What the review cannot conclude, apart from what its own first page says."""
    asked = sum(len(section.lines) for section in facts.sections)
    looked_at = sum(section.looked_at for section in facts.sections)
    read = say_number(len(facts.timeline.lines), "record")
    limits = [
        f"{looked_at} of {asked} questions were looked at. The others say “{NOT_LOOKED_AT}”: nothing follows from that.",
        f"The time line stands on {read}. Its signals, signs and sources are people’s quotations and what software proposed "
        "from the words; it misses some. What nobody wrote down is not in it.",
        "That one thing came before another does not show that it caused it. People judged the sources; they may be wrong.",
    ]
    if facts.missing_voices:
        limits.insert(0, f"Not heard: {list_words(lower_first(name) for name in facts.missing_voices)}.")
    return (*limits, *facts.readers.kept)


def say_sight(facts: ReviewFacts) -> list[tuple[str, str]]:
    """The line of sight in four sentences: signal, source, action, outcome; each number with what it is out of."""
    seen = [finding for finding in facts.findings if _kind_of(finding) in ("Near-miss signal", "Early sign")]
    sources = [finding for finding in facts.findings if _kind_of(finding) == "Pressure source"]
    done = sum(action.status == "done" for action in facts.actions)
    lasting = sum(action.plan.lasting == "support_model" for action in facts.actions)
    both = sum(NOT_LOOKED_AT not in (before, after) for _, before, after in facts.measures)
    number = len(facts.actions)
    return [
        ("Signal", f"{_say_names(seen)} {_count_evidenced(seen)}" if seen else "No signal or early sign is written down."),
        ("Source", f"{_say_names([f for f in sources if f.status == 'evidenced'])} {_count_evidenced(sources)}"
         if sources else "No source of the pressure was judged."),
        ("Action", f"{done} of {say_number(number, 'action')} {'is' if done == 1 else 'are'} done, {len(facts.overdue)} of "
         f"{number} overdue; {lasting} of {number} change the support model." if number else "There is no action yet."),
        ("Outcome", f"{both} of {say_number(len(facts.measures), 'measure')} written down have a before and an after."
         if facts.measures else "Nothing was measured."),
    ]  # fmt: skip


def _say_names(findings: list[Finding]) -> str:
    if not findings:
        return "None is evidenced."
    first, *others = [finding.name for finding in findings]
    return f"{list_words([first, *map(lower_first, others)])}."


def _count_evidenced(findings: list[Finding]) -> str:
    evidenced = sum(finding.status == "evidenced" for finding in findings)
    return f"{evidenced} of {len(findings)} stand on words of the records or of the review."


def lay_out_lines(facts: ReviewFacts) -> tuple[Line, ...]:
    """Every finding in the form's order, with the places of its evidence and actions in the page."""
    steps, number, lines = _place_steps(facts), 0, []
    for place, finding in enumerate(facts.findings, 1):
        sides = []
        for side in (finding.speaks_for, finding.speaks_against):
            sides.append(tuple(Piece(f"e{number + count}", piece) for count, piece in enumerate(side, 1)))
            number += len(side)
        answers = tuple(step for step in steps if step.action.plan.finding == finding.finding)
        lines.append(Line(f"f{place}", _kind_of(finding), finding, *sides, answers))
    return tuple(lines)


def _place_steps(facts: ReviewFacts) -> tuple[Step, ...]:
    places = {finding.finding: (f"f{place}", finding.name) for place, finding in enumerate(facts.findings, 1)}
    return tuple(
        Step(f"a{place}", action, *places.get(action.plan.finding, ("", "")), overdue=action in facts.overdue)
        for place, action in enumerate(facts.actions, 1)
    )


def _kind_of(finding: Finding) -> str:
    return next(kind for question, kind in _KINDS.items() if finding.finding.startswith(question))


def _list_milestones(facts: ReviewFacts) -> list[tuple[str, str]]:
    line = facts.timeline
    stones = [
        ("First early sign", line.first_sign, None),
        ("First near-miss signal", line.first_signal, None),
        ("First action", line.first_action, line.days_to_action),
        ("Commissioner told", line.commissioner_told, line.days_to_telling),
    ]
    return [(name, _say_milestone(stone, days)) for name, stone, days in stones]


def _say_milestone(stone: Milestone, days: int | None) -> str:
    if stone.day is None:
        return "nothing says so"
    source = stone.says if stone.says == "this review" else f"record {stone.says}"
    after = f", {say_number(days, 'day')} after the first of these" if days is not None and days >= 0 else ""
    return f"{_say(stone.day)}{after} ({source})"


def _say(day: date | None) -> str:
    return "no day" if day is None else say_day(pd.Timestamp(day))
