"""The facts of a single review for its report, for the agenda of its meeting, and for an easy-read invitation."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from nearmiss_kit.analysis.release import Readers
from nearmiss_kit.analysis.wording import list_words, say_day
from nearmiss_kit.review.checks import Check, Seen, check_review
from nearmiss_kit.review.contents import OUTCOMES, STATES
from nearmiss_kit.review.form import NOT_LOOKED_AT
from nearmiss_kit.review.gate import NOT_EVIDENCED, Finding, judge_findings
from nearmiss_kit.review.reading import Action, Noted, Review
from nearmiss_kit.review.timeline import Timeline

LONGEST_EASY_SENTENCE = 15  # words; the usual easy-read limit


@dataclass(frozen=True)
class AnswerLine:
    """One question as the report shows it: the answer in words, or “not looked at”."""

    ask: str
    row: str
    answer: str
    who: str
    when: str


@dataclass(frozen=True)
class SectionFacts:
    """A step of the review with its answers, and how many of its questions were looked at."""

    id: str
    name: str
    lines: tuple[AnswerLine, ...]
    looked_at: int


@dataclass(frozen=True)
class ReviewFacts:
    """Everything a report of one review says. `first_page` are the sentences that must stand on its first page."""

    title: str
    person: str
    service: str
    state: str
    opened: str
    closed: str
    first_page: tuple[str, ...]
    nearly_failed: str
    why: str
    must_change: str
    own_words: str
    missing_voices: tuple[str, ...]
    findings: tuple[Finding, ...]
    open_links: tuple[str, ...]
    checks: tuple[Check, ...]
    timeline: Timeline
    actions: tuple[Action, ...]
    overdue: tuple[Action, ...]
    requests: tuple[Noted, ...]
    participants: tuple[Noted, ...]
    measures: tuple[tuple[str, str, str], ...]
    sections: tuple[SectionFacts, ...]
    form_version: str
    rules_version: str
    rules_say: str
    made_on: str
    readers: Readers


def build_review_facts(seen: Seen) -> ReviewFacts:
    """The facts of one review: the first page first, then findings with their evidence, checks, actions and every answer."""
    review = seen.review
    findings, checks = judge_findings(review), check_review(seen)
    opening = review.opening
    state = STATES[opening.state] + (f": {OUTCOMES[opening.outcome]}" if opening.outcome else "")
    return ReviewFacts(
        title=f"Near-miss review: {list_words(review.people)}, {opening.service}",
        person=opening.person,
        service=opening.service,
        state=state,
        opened=_say(review.opened_on),
        closed=_say(review.closed_on) if review.closed_on else "",
        first_page=tuple(list_first_page(review, findings)),
        nearly_failed=review.value("questions.nearly_failed"),
        why=review.value("questions.why"),
        must_change=review.value("questions.must_change"),
        own_words=review.value("voices.own_words"),
        missing_voices=list_missing_voices(review),
        findings=findings,
        open_links=tuple(list_open_links(review, findings, today=seen.today)),
        checks=checks,
        timeline=seen.timeline,
        actions=review.actions,
        overdue=tuple(action for action in review.actions if action.is_overdue(seen.today)),
        requests=review.requests,
        participants=review.participants,
        measures=_list_measures(review),
        sections=_list_sections(review),
        form_version=review.form.version,
        rules_version=seen.rules.version,
        rules_say=seen.rules.says,
        made_on=_say(seen.today),
        readers=seen.readers,
    )


def list_first_page(review: Review, findings: tuple[Finding, ...]) -> list[str]:
    """What a reader must know before anything else; nothing where nothing is missing."""
    lasting = any(action.plan.lasting == "support_model" for action in review.actions)
    unevidenced = [finding for finding in findings if finding.status == NOT_EVIDENCED]
    duties = [duty for duty in review.chosen("stop.duties") if duty != "none" and not review.value(f"stop.done.{duty}")]
    warnings = {
        "Nobody wrote down whether something here has to go elsewhere first.": not review.chosen("stop.duties"),
        "Something here has to go elsewhere first, and what was done is not written down.": bool(duties),
        "The person’s own voice is not in this review.": not review.has_persons_voice(),
        "No outcome measure has both a before and an after.": not review.list_measured(),
        "There is no action yet.": not review.actions,
        "All actions are temporary; none changes the support model.": bool(review.actions) and not lasting,
        f"{len(unevidenced)} of {len(findings)} findings are {NOT_EVIDENCED}.": bool(unevidenced),
    }
    return [words for words, applies in warnings.items() if applies]


def list_missing_voices(review: Review) -> tuple[str, ...]:
    """The voices of the form that are not in this review, by name."""
    heard = {*review.chosen("voices.heard")} - (set() if review.has_persons_voice() else {"person"})
    heard |= {"person"} if review.has_persons_voice() else set()
    return tuple(name for voice, name in review.form.list_options("voices.heard").items() if voice not in heard)


def list_open_links(review: Review, findings: tuple[Finding, ...], *, today: date) -> list[str]:
    """Where the line from signal to source to action to outcome is broken or still open, in sentences."""
    answered = {action.plan.finding for action in review.actions}
    links = [
        f"{f.name}: {f.status}. {f.says}".strip() for f in findings if f.status in (NOT_EVIDENCED, "not confirmed", "not sure")
    ]
    links += [f"{f.name} is agreed, and no action answers it." for f in findings if _is_unanswered_source(f, answered)]
    for action in review.actions:
        if action.status in ("planned", "started"):
            late = "; overdue" if action.is_overdue(today) else ""
            links.append(f"Not done: {action.plan.what} ({action.plan.owner}, due {_say(action.plan.due)}{late}).")
    for noted in review.requests:
        if noted.content.answered_on is None:
            links.append(f"No answer yet: {noted.content.what} (asked {_say(noted.content.asked_on)}).")
    unmeasured = [name for row, name in review.form.list_options("measures.before").items() if _has_no_after(review, row)]
    return [*links, *([f"Measured before and not since: {list_words(unmeasured)}."] if unmeasured else [])]


def _is_unanswered_source(finding: Finding, answered: set[str]) -> bool:
    return finding.finding.startswith("sources.judged.") and finding.status == "evidenced" and finding.finding not in answered


def _has_no_after(review: Review, row: str) -> bool:
    return bool(review.value(f"measures.before.{row}")) and not review.value(f"measures.after.{row}")


def _list_measures(review: Review) -> tuple[tuple[str, str, str], ...]:
    rows = review.form.list_options("measures.before").items()
    both = [(name, review.value(f"measures.before.{row}"), review.value(f"measures.after.{row}")) for row, name in rows]
    return tuple((name, before or NOT_LOOKED_AT, after or NOT_LOOKED_AT) for name, before, after in both if before or after)


def _list_sections(review: Review) -> tuple[SectionFacts, ...]:
    made = []
    for section in review.form.sections:
        fields = [field for field in review.form.fields if field.id.split(".")[0] == section.id]
        lines = tuple(_say_answer(review, field.id) for field in fields)
        made.append(SectionFacts(section.id, section.name, lines, sum(line.answer != NOT_LOOKED_AT for line in lines)))
    return tuple(made)


def _say_answer(review: Review, field_id: str) -> AnswerLine:
    field = review.form.find_field(field_id)
    if field.kind == "actions" and review.actions:
        return AnswerLine(field.ask, field.row, f"{len(review.actions)} in the action log", "", "")
    if field_id not in review.answers:
        return AnswerLine(field.ask, field.row, NOT_LOOKED_AT, "", "")
    answer, names = review.answers[field_id], {option.id: option.name for option in field.options}
    words = list_words(names[value] for value in answer.value) if field.kind == "many" else answer.value
    words = names[answer.value] if field.kind == "choice" else words
    return AnswerLine(field.ask, field.row, words, answer.who, answer.when)


def _say(day: date) -> str:
    return say_day(pd.Timestamp(day))


@dataclass(frozen=True)
class AgendaItem:
    """One item of the meeting: what to talk about, and what the review holds on it so far."""

    item: str
    known: tuple[str, ...]


@dataclass(frozen=True)
class Agenda:
    """The agenda of a review meeting, printed before it: who was asked (roles), and the items in order."""

    title: str
    asked: tuple[str, ...]
    not_asked: tuple[str, ...]
    items: tuple[AgendaItem, ...]


def build_agenda(review: Review) -> Agenda:
    """The agenda of the meeting: the stop rule first, the person second, then what is found, open and to be decided."""
    findings = judge_findings(review)
    asked = review.form.list_options("taking_part.asked")
    yes = review.judged("taking_part.asked", "yes")
    return Agenda(
        title=f"Near-miss review meeting: {list_words(review.people)}, {review.opening.service}",
        asked=tuple(asked[row] for row in yes) + tuple(noted.content.role for noted in review.participants),
        not_asked=tuple(name for row, name in asked.items() if row not in yes),
        items=(
            AgendaItem("Is anybody in danger, or must something go elsewhere first?", _known(review, "stop.duties")),
            AgendaItem("What the person says or shows, before anybody else speaks", _known(review, "voices.own_words")),
            AgendaItem("What nearly failed", _known(review, "questions.nearly_failed")),
            AgendaItem(
                "Where the pressure came from: the words for and against", tuple(f"{f.name}: {f.status}" for f in findings)
            ),
            AgendaItem("What must change before the same pressure returns", _known(review, "questions.must_change")),
            AgendaItem("Who does what by when, and how we shall know", tuple(action.plan.what for action in review.actions)),
            AgendaItem("Who was not here, and how they will be heard", list_missing_voices(review)),
        ),
    )


def _known(review: Review, field_id: str) -> tuple[str, ...]:
    line = _say_answer(review, field_id)
    return () if line.answer == NOT_LOOKED_AT else (line.answer,)


@dataclass(frozen=True)
class EasyLine:
    """One idea of an easy-read page: what the picture on the left shows, and the words on the right."""

    picture: str
    words: str


# The wordless way to answer that goes with every easy-read page.
ANSWERS = (
    EasyLine("thumb up, green card", "Yes"),
    EasyLine("thumb down, red card", "No"),
    EasyLine("flat hand, yellow card", "Not sure"),
    EasyLine("hand held up", "Stop"),
    EasyLine("an empty card", "Something else"),
)


@dataclass(frozen=True)
class Invitation:
    """A draft for whoever supports the person's communication: to be changed for this person before anybody reads it.

    `answers` is the wordless way to answer: cards to point at, look at, or hand over.
    """

    note: str
    lines: tuple[EasyLine, ...]
    answers: tuple[EasyLine, ...]


def build_invitation(review: Review, *, meeting_on: date, place: str, host: str) -> Invitation:
    """An easy-read invitation to the review meeting; `host` is the role of the person to talk to, `place` a room they know."""
    return Invitation(
        note=(
            f"A draft for the person who supports {review.opening.person} to communicate. Change the words, use their own "
            "pictures, and go through it with them. Saying no, or nothing, is an answer too."
        ),
        lines=(
            EasyLine("the person’s home", "Some things at home were hard."),
            EasyLine("people talking", "We want to make it better."),
            EasyLine("people round a table", "There is a meeting about it."),
            EasyLine("a calendar", f"It is on {_say(meeting_on)}."),
            EasyLine("a room the person knows", f"It is in {place}."),
            EasyLine("the person speaking", "We want to know what you think."),
            EasyLine("somebody the person likes", "You can bring somebody."),
            EasyLine("the person showing a picture", "You can tell us, or show us."),
            EasyLine("a door", "You can come for some of it. You can leave."),
            EasyLine("a hand saying stop", "You can say no. Nobody will be cross."),
            EasyLine("a friendly face", f"You can ask the {host}."),
        ),
        answers=ANSWERS,
    )
