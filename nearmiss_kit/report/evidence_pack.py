"""The evidence pack for commissioners and inspectors: findings and actions set against the statements of a framework.

It shows what records and reviews say on each statement, or plainly that nothing does. It rates nothing and claims nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from nearmiss_kit.analysis.release import Readers
from nearmiss_kit.analysis.wording import list_words, lower_first, say_day, say_number
from nearmiss_kit.decisions.entries import CODED_QUESTIONS
from nearmiss_kit.report.facts import Count, Evidence, Report, Theme
from nearmiss_kit.report.framework_files import REQUESTS, Framework, FrameworkStatement, load_frameworks
from nearmiss_kit.report.kinds import check_kind
from nearmiss_kit.review import reading
from nearmiss_kit.review.contents import ASKED_OF, LASTING, STATUSES
from nearmiss_kit.review.form import Field
from nearmiss_kit.review.gate import Finding, judge_findings
from nearmiss_kit.review.reading import Action, Noted, Review

STRAIN = ("pressure_source", "near_miss_signal", "early_sign")  # the other families tell what was done, or helped
KINDS_OF_FINDING = {"signals.seen": "Near-miss signal", "signals.early": "Early sign", "sources.judged": "Pressure source"}
_QUESTION_OF = {family: question for question, family in CODED_QUESTIONS.items()}


@dataclass(frozen=True)
class Line:
    """One thing that speaks to a statement: its name, and in how many things (records, reviews); the count leads to its words.

    `says` are the answers to a question with a choice, each with how many reviews gave it; "" for anything else.
    """

    name: str
    count: Count
    things: str
    says: str = ""


@dataclass(frozen=True)
class Said:
    """One finding or answer of one review: which review, how it stands or what was answered, and the words for and against it."""

    review: str
    words: str
    speaks_for: tuple[reading.Evidence, ...] = ()
    speaks_against: tuple[reading.Evidence, ...] = ()


@dataclass(frozen=True)
class Topic:
    """A finding or a question with what each review says on it; `id` is its place in the page.

    `number` counts the reviews in which a finding is evidenced, or a question answered.
    """

    id: str
    name: str
    said: tuple[Said, ...]
    number: int
    says: str = ""


@dataclass(frozen=True)
class PackAction:
    """One action: its place in the page, the finding it answers ("" where none), and how it stands."""

    id: str
    topic: str
    review: str
    what: str
    owner: str
    due: str
    status: str
    overdue: bool
    lasting: str
    shown_by: str


@dataclass(frozen=True)
class PackRequest:
    """Something asked of a funder, health or housing, and what came back ("" while it waits)."""

    review: str
    what: str
    asked_of: str
    asked_on: str
    answer: str


@dataclass(frozen=True)
class Statement:
    """One statement with everything that speaks to it; `unmarked` are the themes that were looked for and not marked."""

    id: str
    name: str
    why: str
    looked_for: bool
    strain: tuple[Line, ...]
    done: tuple[Line, ...]
    found: tuple[Line, ...]
    answered: tuple[Line, ...]
    actions: tuple[PackAction, ...]
    unmarked: tuple[str, ...]

    @property
    def is_spoken_to(self) -> bool:
        """Whether anything in the records or reviews speaks to it."""
        return bool(self.strain or self.done or self.found or self.answered or self.actions)


@dataclass(frozen=True)
class Part:
    """A framework as shown: its statements by key question."""

    framework: Framework
    questions: tuple[tuple[str, tuple[Statement, ...]], ...]

    @property
    def statements(self) -> tuple[Statement, ...]:
        """All statements in the regulator's order."""
        return tuple(statement for _, statements in self.questions for statement in statements)


@dataclass(frozen=True)
class EvidencePack:
    """Everything an evidence pack says. `cannot` is what must be read first; `evidence` are sentences of the records.

    `speaks_to` leads from each place in the page back to its statements: (framework, ((place, name), …)).
    """

    title: str
    readers: Readers
    made_on: date
    read: str
    cannot: tuple[str, ...]
    parts: tuple[Part, ...]
    findings: tuple[Topic, ...]
    answers: tuple[Topic, ...]
    actions: tuple[PackAction, ...]
    requests: tuple[PackRequest, ...]
    evidence: tuple[Evidence, ...]
    speaks_to: Mapping[str, tuple[tuple[str, tuple[tuple[str, str], ...]], ...]]
    made_by: str


def build_evidence_pack(
    report: Report, reviews: Iterable[Review] = (), *, frameworks: Iterable[Framework] | None = None
) -> EvidencePack:
    """The facts of an evidence pack from a report's facts and from reviews (read_reviews).

    `frameworks` are those of load_frameworks unless you give your own (load_framework). Raises ReportError for the audience
    “published”: a pack tells of single people to somebody who is entitled to know.
    """
    check_kind("evidence-pack", report.readers.audience)
    reviews, frameworks = tuple(reviews), load_frameworks() if frameworks is None else tuple(frameworks)
    findings, answers = _list_findings(reviews), _list_answers(reviews, frameworks)
    actions, requests = _list_actions(reviews, report.made_on), _list_requests(reviews)
    book = _Book(report, reviews, {t.id: t for t in (*findings, *answers)}, actions, requests)
    parts = tuple(_lay_out(framework, book) for framework in frameworks)
    reached = {line.count.evidence for part in parts for s in part.statements for line in (*s.strain, *s.done)}
    return EvidencePack(
        title="Evidence from near-miss learning",
        readers=report.readers,
        made_on=report.made_on,
        read=_say_read(report, reviews),
        cannot=(*_state_limits(), *report.limits),
        parts=parts,
        findings=findings,
        answers=answers,
        actions=actions,
        requests=requests,
        evidence=tuple(entry for entry in report.evidence if entry.id in reached),
        speaks_to=_lead_back(parts),
        made_by=(
            f"Near-Miss Learning Kit {report.provenance.kit_version}. Lexicon: {report.provenance.lexicon}. "
            f"Text was read with {report.provenance.pipeline}."
        ),
    )


@dataclass(frozen=True)
class _Book:
    """What a statement may draw on, by the place it stands in the page."""

    report: Report
    reviews: tuple[Review, ...]
    topics: Mapping[str, Topic]
    actions: tuple[PackAction, ...]
    requests: tuple[PackRequest, ...]

    @property
    def themes(self) -> dict[str, Theme]:
        return {f"{family.id}/{theme.code}": theme for family in self.report.families for theme in family.themes}


def _state_limits() -> tuple[str, ...]:
    return (
        "This pack claims no compliance and gives no rating, score or judgement on any statement. It shows where records and "
        "reviews say something, and where they say nothing.",
        "The names of the statements are the regulator’s. Which themes, findings and questions are set against them is the kit’s "
        "own choice, with its reason beside it; no regulator has agreed to it.",
        "That nothing speaks to a statement does not mean that nothing was done: it may not be written down, or not be "
        "recognised. That much speaks to it does not mean that a service does badly, or well.",
        "It replaces no notification and no other duty to tell.",
    )


def _say_read(report: Report, reviews: tuple[Review, ...]) -> str:
    scope = report.scope
    text = f"{say_number(scope.records, 'record')} from {scope.first_day} to {scope.last_day}"
    closed = sum(review.opening.state == "closed" for review in reviews)
    reviewed = f" and {say_number(len(reviews), 'review')} of near misses, {closed} of {len(reviews)} closed" if reviews else ""
    return f"{text}{reviewed} were read." if reviewed else f"{text} were read. No review of a near miss was given."


def _list_findings(reviews: tuple[Review, ...]) -> tuple[Topic, ...]:
    found: dict[str, tuple[str, list[Said], int]] = {}
    for review in reviews:
        for finding in judge_findings(review):
            question = finding.finding.rpartition(".")[0]
            if question in KINDS_OF_FINDING:
                name, said, evidenced = found.get(finding.finding, (f"{KINDS_OF_FINDING[question]}: {finding.name}", [], 0))
                entry = Said(_name(review), _say_standing(finding), finding.speaks_for, finding.speaks_against)
                found[finding.finding] = (name, [*said, entry], evidenced + (finding.status == "evidenced"))
    in_order = sorted(found, key=lambda finding: list(KINDS_OF_FINDING).index(finding.rpartition(".")[0]))
    return tuple(Topic(_place(key), found[key][0], tuple(found[key][1]), found[key][2]) for key in in_order)


def _say_standing(finding: Finding) -> str:
    return f"{finding.status}. {finding.says}".strip()


def _list_answers(reviews: tuple[Review, ...], frameworks: tuple[Framework, ...]) -> tuple[Topic, ...]:
    wanted = {field for framework in frameworks for s in framework.statements for field in s.asked} - {REQUESTS}
    topics = []
    for field in reviews[0].form.fields if reviews else ():
        said = tuple(Said(_name(review), _say_answer(review, field.id)) for review in reviews if review.value(field.id))
        if field.id in wanted and said:
            name = f"{field.ask} {field.row}".strip()
            topics.append(Topic(_place(field.id), name, said, len(said), _say_tally(field, reviews)))
    return tuple(topics)


def _say_tally(field: Field, reviews: tuple[Review, ...]) -> str:
    """“yes in 2, no in 1” for a question with a choice."""
    given = [review.value(field.id) for review in reviews]
    tally = [(option.name, given.count(option.id)) for option in field.options if field.kind == "choice"]
    return ", ".join(f"{name} in {number}" for name, number in tally if number)


def _say_answer(review: Review, field_id: str) -> str:
    field, answer = review.form.find_field(field_id), review.answers[field_id]
    names = {option.id: option.name for option in field.options}
    if isinstance(answer.value, tuple):
        words = list_words(names[value] for value in answer.value)
    else:
        words = names.get(answer.value, answer.value) if field.kind == "choice" else answer.value
    return f"{words}. {answer.why}" if answer.why else words


def _list_actions(reviews: tuple[Review, ...], today: date) -> tuple[PackAction, ...]:
    every = [(review, action) for review in reviews for action in review.actions]
    return tuple(_make_action(f"a{number}", review, action, today) for number, (review, action) in enumerate(every, 1))


def _make_action(place: str, review: Review, action: Action, today: date) -> PackAction:
    plan = action.plan
    return PackAction(
        id=place,
        topic=_place(plan.finding),
        review=_name(review),
        what=plan.what,
        owner=plan.owner,
        due=_say(plan.due),
        status=STATUSES[action.status],
        overdue=action.is_overdue(today),
        lasting=LASTING[plan.lasting],
        shown_by=action.history[-1][0].note if action.history else "",
    )


def _list_requests(reviews: tuple[Review, ...]) -> tuple[PackRequest, ...]:
    return tuple(_make_request(_name(review), noted) for review in reviews for noted in review.requests)


def _make_request(review: str, noted: Noted) -> PackRequest:
    asked = noted.content
    answer = f"{_say(asked.answered_on)}: {asked.answer}" if asked.answered_on else ""
    return PackRequest(review, asked.what, ASKED_OF[asked.asked_of], _say(asked.asked_on), answer)


def _lay_out(framework: Framework, book: _Book) -> Part:
    number, questions = 0, []
    for question in framework.questions:
        statements = []
        for statement in question.statements:
            number += 1
            statements.append(_answer_statement(f"{framework.id}-{number}", statement, book))
        questions.append((question.name, tuple(statements)))
    return Part(framework, tuple(questions))


def _answer_statement(place: str, statement: FrameworkStatement, book: _Book) -> Statement:
    themes = [(code.split("/")[0], book.themes[code]) for code in statement.codes if code in book.themes]
    marked = [(family, theme) for family, theme in themes if theme.records.number != 0]
    topics = [_place(f"{_QUESTION_OF[family]}.{code}") for family, code in _split(statement.codes) if family in _QUESTION_OF]
    return Statement(
        id=place,
        name=statement.name,
        why=statement.why,
        looked_for=bool(statement.codes or statement.asked),
        strain=tuple(Line(theme.name, theme.records, "records") for family, theme in marked if family in STRAIN),
        done=tuple(Line(theme.name, theme.records, "records") for family, theme in marked if family not in STRAIN),
        found=tuple(_count_topic(book.topics[topic], book) for topic in topics if topic in book.topics),
        answered=_list_answered(statement, book),
        actions=tuple(action for action in book.actions if action.topic in topics),
        unmarked=tuple(theme.name for _, theme in themes if theme.records.number == 0),
    )


def _split(codes: Iterable[str]) -> list[list[str]]:
    return [code.split("/") for code in codes]


def _count_topic(topic: Topic, book: _Book) -> Line:
    return Line(topic.name, Count(topic.number, len(book.reviews), topic.id), "reviews", topic.says)


def _list_answered(statement: FrameworkStatement, book: _Book) -> tuple[Line, ...]:
    lines = [_count_topic(book.topics[_place(f)], book) for f in statement.asked if _place(f) in book.topics]
    if REQUESTS in statement.asked and book.requests:
        waiting = sum(not request.answer for request in book.requests)
        asked = Count(waiting, len(book.requests), REQUESTS)
        lines.append(Line("Asked of funders, health and housing, and without an answer", asked, "requests"))
    return tuple(lines)


def _lead_back(parts: tuple[Part, ...]) -> dict[str, tuple[tuple[str, tuple[tuple[str, str], ...]], ...]]:
    """For each place in the page the statements that lead to it: (framework, ((place, name), …))."""
    back: dict[str, dict[str, list[tuple[str, str]]]] = {}
    for part in parts:
        for statement in part.statements:
            lines = (*statement.strain, *statement.done, *statement.found, *statement.answered)
            for place in dict.fromkeys(line.count.evidence for line in lines):
                back.setdefault(place, {}).setdefault(part.framework.name, []).append((statement.id, statement.name))
    return {place: tuple((name, tuple(there)) for name, there in found.items()) for place, found in back.items()}


def say_spoken(part: Part) -> str:
    """How many statements something speaks to, out of how many, and the names of those to which nothing does."""
    silent = [statement.name for statement in part.statements if not statement.is_spoken_to]
    text = f"Something in these records or reviews speaks to {len(part.statements) - len(silent)} of {len(part.statements)}."
    return f"{text} Nothing speaks to {list_words([silent[0], *map(lower_first, silent[1:])])}." if silent else text


def _place(field: str) -> str:
    return field.replace(".", "-").replace("_", "-")


def _name(review: Review) -> str:
    return ", ".join(filter(None, (list_words(review.people), review.opening.service)))


def _say(day: date) -> str:
    return say_day(pd.Timestamp(day))
