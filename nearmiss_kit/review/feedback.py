"""“You said, we did”: back to those who reported, voice by voice, what was done, what was not and why, and what is open."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from nearmiss_kit.analysis.release import Readers
from nearmiss_kit.analysis.themes import select_counted
from nearmiss_kit.analysis.wording import say_day
from nearmiss_kit.decisions.entries import CODED_QUESTIONS
from nearmiss_kit.errors import ReviewError
from nearmiss_kit.review import reading
from nearmiss_kit.review.checks import Seen
from nearmiss_kit.review.contents import ASKED_OF, STATUSES, LearningPoint
from nearmiss_kit.review.gate import NOT_EVIDENCED, Finding, judge_findings
from nearmiss_kit.review.reading import Action, Review
from nearmiss_kit.tagging.voice import VOICE_NAMES

SOURCES = "sources.judged"
MOST_QUOTES = 2  # for one concern; the count says how many records there are
OWN_WORDS = "voices.own_words"
_OF_ONE_PERSON = ("person", "family")  # what they say is about one person, and must not reach a housemate, or their family
_TO = {
    "person": "To the person",
    "staff": "To staff",
    "family": "To the family",
    "clinical": "To clinicians",
    "commissioner": "To the commissioner",
}
_IN_CONFIDENCE = "supervision"  # what a worker says there is counted, and its words are not handed round
_NOT_JUDGED = "not judged"
_JUDGED = {
    "evidenced": "The review found it to be so.",
    NOT_EVIDENCED: "The review names it; no words stand behind it yet.",
    "not confirmed": "The review has not confirmed it.",
    "not this": "The review looked at it and did not find that the pressure came from it.",
    "not sure": "The review could not say.",
    _NOT_JUDGED: "Software marked it in your words; nobody has judged it in the review.",
}


@dataclass(frozen=True)
class Step:
    """One thing done or planned: what, by whom (a role), how it stands, and what shows it or why it was stopped."""

    what: str
    owner: str
    due: str
    status: str
    is_open: bool
    overdue: bool
    note: str


@dataclass(frozen=True)
class Concern:
    """Something a voice raised: in how many of that voice's records, its words, how the review judged it, and what was done.

    `quotes` are the first of them as (words, where they stand). `judged` and `why` say what the review made of it, and why.
    """

    name: str
    number: int
    out_of: int
    quotes: tuple[tuple[str, str], ...]
    judged: str
    why: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Heard:
    """One voice in one review: what reviewers wrote down of it, and each concern it raised. It is given to that voice alone."""

    to: str
    told: str
    records: int
    concerns: tuple[Concern, ...]

    @property
    def answered(self) -> tuple[Concern, ...]:
        """The concerns that an action answers."""
        return tuple(concern for concern in self.concerns if concern.steps)

    @property
    def unanswered(self) -> tuple[Concern, ...]:
        """The concerns that no action answers by itself."""
        return tuple(concern for concern in self.concerns if not concern.steps)


@dataclass(frozen=True)
class ReviewSheet:
    """One review as told back: who was heard and who was not, and what is open for everybody."""

    where: str
    opened: str
    closed: str
    heard: tuple[Heard, ...]
    not_heard: tuple[str, ...]
    actions: int
    done: int
    open_steps: tuple[Step, ...]
    stopped: tuple[Step, ...]
    requests: tuple[tuple[str, str, str], ...]
    must_change: str


@dataclass(frozen=True)
class YouSaid:
    """A sheet back to those who reported. One of `learned` is (what was learned, what the group decided, records behind it)."""

    title: str
    note: str
    reviews: tuple[ReviewSheet, ...]
    learned: tuple[tuple[str, str, int], ...]
    made_on: date
    readers: Readers


def build_you_said(seen: Iterable[Seen], points: Mapping[str, LearningPoint] | None = None) -> YouSaid:
    """The facts of a sheet from reviews (study_reviews) and from learning points (read_learning_points).

    People stand in it as voices and roles. A quotation stands with the voice it belongs to and nowhere else. Raises
    ReviewError where there is no review.
    """
    seen = tuple(seen)
    if not seen:
        raise ReviewError("There is no review to tell people about. Open one, or name another store.")
    return YouSaid(
        title="You said, we did",
        note=(
            "Each part is for those who said it, and for nobody else: what staff wrote does not go to a family, nor the other "
            "way round. Read it for names before you hand it on; people write them in notes. The person hears first."
        ),
        reviews=tuple(_tell_review(one) for one in seen),
        learned=tuple((point.statement, point.decided, len(set(point.evidence))) for point in (points or {}).values()),
        made_on=max(one.today for one in seen),
        readers=seen[0].readers,
    )


def _tell_review(seen: Seen) -> ReviewSheet:
    review = seen.review
    heard = {voice: _hear(voice, seen) for voice in _TO}
    steps = [_make_step(action, seen.today) for action in review.actions]
    return ReviewSheet(
        where=review.opening.service or "a service that is not stated",
        opened=_say(review.opened_on),
        closed=_say(review.closed_on) if review.closed_on else "",
        heard=tuple(part for part in (*heard.values(), *_hear_housemates(seen)) if part.told or part.concerns),
        not_heard=tuple(VOICE_NAMES[voice] for voice, part in heard.items() if not (part.told or part.concerns)),
        actions=len(steps),
        done=sum(action.status == "done" for action in review.actions),
        open_steps=tuple(step for step in steps if step.is_open),
        stopped=tuple(_make_step(action, seen.today) for action in review.actions if action.status == "stopped"),
        requests=tuple(_list_requests(review)),
        must_change=review.value("questions.must_change"),
    )


def _hear(voice: str, seen: Seen) -> Heard:
    review, told = seen.review, seen.review.form.list_options("voices.told")
    people = (review.opening.person,) if voice in _OF_ONE_PERSON else (*review.people, "")
    asked = OWN_WORDS if voice == "person" else f"voices.told.{voice}" if voice in told else ""
    return _gather(_TO[voice], voice, people, review.value(asked) if asked else "", seen)


def _hear_housemates(seen: Seen) -> Iterator[Heard]:
    for person in seen.review.opening.housemates:
        for voice, to in (("person", "To a housemate"), ("family", "To a housemate’s family")):
            yield _gather(to, voice, (person,), "", seen)


def _gather(to: str, voice: str, people: tuple[str, ...], told: str, seen: Seen) -> Heard:
    lines = seen.timeline.lines
    mine = lines[(lines["voice"] == VOICE_NAMES[voice]) & lines["person"].isin(people)]
    says = voice == "person" and people == (seen.review.opening.person,)
    return Heard(to, told, len(mine), tuple(_list_concerns(set(mine["record_id"]), seen, says=says)))


def _list_concerns(records: set[str], seen: Seen, *, says: bool) -> Iterator[Concern]:
    """What reviewers quoted from these records, then pressures that only software marked in them.

    `says` adds what the person said or showed at the review.
    """
    judged = {finding.finding: finding for finding in judge_findings(seen.review)}
    shown = set()
    for name, finding in judged.items():
        pieces = [piece for piece in (*finding.speaks_for, *finding.speaks_against) if _is_of(piece, records, says)]
        if pieces and name.rpartition(".")[0] in CODED_QUESTIONS:
            shown.add(name)
            quotes = [(piece.words, _say_source(piece)) for piece in pieces if _IN_CONFIDENCE not in piece.source.lower()]
            yield _make_concern(finding, quotes, records, seen)
    for code, row in _list_raised(records, seen).items():
        name = f"{SOURCES}.{code}"
        if name not in shown:
            finding = judged.get(name) or Finding(name, row, _NOT_JUDGED, "", (), ())
            yield _make_concern(finding, _quote_marked(code, records, seen), records, seen)


def _is_of(piece: reading.Evidence, records: set[str], says: bool) -> bool:
    """Whether these are words of one of the records, or of the person at the review."""
    said = says and not piece.from_record and piece.voice == "person"
    return bool(piece.words) and (said or (piece.from_record and piece.record_id in records))


def _list_raised(records: set[str], seen: Seen) -> dict[str, str]:
    """The pressure sources marked in these records, by code, with their names, in the form's order."""
    mentions = seen.timeline.mentions
    here = set(mentions.loc[mentions["record_id"].isin(records) & (mentions["family"] == "pressure_source"), "code"])
    return {code: name for code, name in seen.review.form.list_options(SOURCES).items() if code in here}


def _quote_marked(code: str, records: set[str], seen: Seen) -> list[tuple[str, str]]:
    tags, forms = select_counted(seen.reviewed), seen.records.set_index("record_id")["form"].str.lower()
    told = {record_id for record_id in records if _IN_CONFIDENCE not in forms[record_id]}
    mine = tags[tags["record_id"].isin(told) & (tags["family"] == "pressure_source") & (tags["code"] == code)]
    mine = mine[mine["sentence"] != ""]  # withheld where nobody cleared it
    first = mine.sort_values(["record_id", "start"], kind="stable").head(1).to_dict("records")
    return [(tag["sentence"], f"record {tag['record_id']}; marked by software") for tag in first]


def _make_concern(finding: Finding, quotes: list[tuple[str, str]], records: set[str], seen: Seen) -> Concern:
    review = seen.review
    question, _, code = finding.finding.rpartition(".")
    raised = seen.timeline.mentions
    mine = raised[(raised["family"] == CODED_QUESTIONS[question]) & (raised["code"] == code) & raised["record_id"].isin(records)]
    answer = review.answers.get(finding.finding)
    return Concern(
        name=finding.name,
        number=mine["record_id"].nunique(),
        out_of=len(records),
        quotes=tuple(quotes[:MOST_QUOTES]),
        judged=_JUDGED[finding.status],
        why=answer.why if answer else "",
        steps=tuple(_make_step(action, seen.today) for action in review.actions if action.plan.finding == finding.finding),
    )


def _make_step(action: Action, today: date) -> Step:
    return Step(
        what=action.plan.what,
        owner=action.plan.owner,
        due=_say(action.plan.due),
        status=STATUSES[action.status].split(",")[0],
        is_open=action.status in ("planned", "started"),
        overdue=action.is_overdue(today),
        note=action.history[-1][0].note if action.history else "",
    )


def _list_requests(review: Review) -> Iterator[tuple[str, str, str]]:
    for noted in review.requests:
        asked = noted.content
        answer = f"{_say(asked.answered_on)}: {asked.answer}" if asked.answered_on else ""
        yield asked.what, f"asked of {ASKED_OF[asked.asked_of]} on {_say(asked.asked_on)}", answer


def _say_source(piece: reading.Evidence) -> str:
    form = piece.source.partition(",")[0] if piece.from_record else "said or shown at the review"
    return f"{form}, record {piece.record_id}" if piece.from_record else form


def _say(day: date) -> str:
    return say_day(pd.Timestamp(day))
