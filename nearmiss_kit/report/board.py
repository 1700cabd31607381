"""The board summary: one sheet of A4, what cannot be concluded first, and what only the board can decide."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from nearmiss_kit.analysis.release import Readers
from nearmiss_kit.analysis.wording import list_words, say_number
from nearmiss_kit.report.facts import Count, Evidence, Report
from nearmiss_kit.report.kinds import check_kind
from nearmiss_kit.review.gate import judge_findings
from nearmiss_kit.review.reading import Action, Noted, Review

# What fits on one sheet, with the longest words in every place (a test prints it).
MOST_CHANGES = 3
MOST_ASKS = 4
LONGEST_QUOTE, LONGEST_CHANGE, LONGEST_EXAMPLE, LONGEST_NAME = 95, 68, 52, 36  # characters


@dataclass(frozen=True)
class BoardFinding:
    """One finding with its numbers, and the sentence it is shown by ("" where none may be shown)."""

    text: str
    quote: str
    where: str


@dataclass(frozen=True)
class Ask:
    """One decision asked of the board: what, how many out of how many, and the one that has waited longest."""

    ask: str
    count: Count
    things: str
    example: str


@dataclass(frozen=True)
class BoardSummary:
    """Everything a board summary says, in the order of the page. `asks_left` are decisions that did not fit."""

    title: str
    readers: Readers
    made_on: date
    read: str
    cannot: tuple[str, ...]
    findings: tuple[BoardFinding, ...]
    changed: tuple[str, ...]
    asks: tuple[Ask, ...]
    asks_left: int
    trust: tuple[str, ...]


def build_board_summary(report: Report, reviews: Iterable[Review] = ()) -> BoardSummary:
    """The facts of a board summary from a report's facts and from reviews (read_reviews).

    Words of people are cut to what fits on one sheet, with “…” where something is left out.
    """
    check_kind("board", report.readers.audience)
    reviews = tuple(reviews)
    asks = tuple(_list_asks(reviews, report.made_on))
    return BoardSummary(
        title=f"{report.title}: summary for the board",
        readers=report.readers,
        made_on=report.made_on,
        read=_say_read(report, reviews),
        cannot=report.limits,
        findings=tuple(_make_finding(finding.text, finding.evidence) for finding in report.findings),
        changed=tuple(_list_changes(reviews)),
        asks=asks[:MOST_ASKS],
        asks_left=len(asks[MOST_ASKS:]),
        trust=_say_trust(report),
    )


def _say_read(report: Report, reviews: tuple[Review, ...]) -> str:
    scope = report.scope
    named = sum(name != "not stated" for name, _ in scope.services)
    text = say_number(scope.records, "record") + (f" from {say_number(named, 'service')}" if named else "")
    text += f", {scope.first_day} to {scope.last_day}" if scope.undated < scope.records else ", without dates"
    left = f"; {say_number(len(scope.left_out), 'row or file')} left out" if scope.left_out else ""
    closed = sum(review.opening.state == "closed" for review in reviews)
    reviewed = f"{say_number(len(reviews), 'review')}, {closed} of {len(reviews)} closed" if reviews else "No review was given"
    return f"{text}{left}. {reviewed}."


def _make_finding(text: str, evidence: Evidence | None) -> BoardFinding:
    if evidence is None or not evidence.quote:
        return BoardFinding(text, "", "")
    where = " · ".join(filter(None, (_cut(evidence.service, LONGEST_NAME), evidence.voice)))
    return BoardFinding(text, _cut_round(evidence), where)


def _cut_round(evidence: Evidence) -> str:
    """The sentence, or as much of it round the passage as fits."""
    sentence = evidence.before + evidence.quote + evidence.after
    if len(sentence) <= LONGEST_QUOTE:
        return sentence
    start = max(0, min(len(evidence.before) - LONGEST_QUOTE // 3, len(sentence) - LONGEST_QUOTE))
    return ("… " if start else "") + _cut(sentence[start:], LONGEST_QUOTE)


def _cut(words: str, longest: int) -> str:
    """The first words of a text up to so many characters, with “…” where something is left out."""
    return words if len(words) <= longest else f"{words[:longest].rpartition(' ')[0] or words[:longest]} …"


def _list_changes(reviews: tuple[Review, ...]) -> Iterator[str]:
    if not reviews:
        return
    measured = [review for review in reviews if review.list_measured()]
    has = "has" if 1 in (len(measured), len(reviews)) else "have"
    yield (
        f"{_say_done([action for review in reviews for action in review.actions])} "
        f"{len(measured)} of {say_number(len(reviews), 'review')} {has} a measure with a before and an after."
    )
    for review in measured[:MOST_CHANGES]:
        yield _say_change(review)


def _say_done(actions: list[Action]) -> str:
    done = [action for action in actions if action.status == "done"]
    if not actions:
        return "No action is planned yet."
    text = f"{len(done)} of {say_number(len(actions), 'action')} {'is' if 1 in (len(done), len(actions)) else 'are'} done"
    lasting = sum(action.plan.lasting == "support_model" for action in done)
    return (
        f"{text}; {lasting} of these {len(done)} {'changes' if lasting == 1 else 'change'} the support model."
        if done
        else f"{text}."
    )


def _say_change(review: Review) -> str:
    row = review.list_measured()[0]
    before, after = (_cut(review.value(f"measures.{when}.{row}").rstrip("."), LONGEST_CHANGE) for when in ("before", "after"))
    name = review.form.list_options("measures.before")[row]
    return f"{_cut(_name(review), LONGEST_NAME)}, {name.lower()}: before, “{before}”; now, “{after}”."


def _list_asks(reviews: tuple[Review, ...], today: date) -> Iterator[Ask]:
    """Decisions that a review cannot take by itself, those about safety first."""
    actions = [(review, action) for review in reviews for action in review.actions]
    requests = [(review, noted) for review in reviews for noted in review.requests]
    yield from _ask_for_duties(reviews)
    yield from _ask(
        "Have the restrictions reviewed whose review date has passed, and set a day for each to end",
        [pair for pair in actions if _is_unwatched(pair[1], today)],
        [pair for pair in actions if pair[1].plan.restricts_anyone],
        "restrictions",
        today,
    )
    yield from _ask_for_requests(requests, today)
    late = [pair for pair in actions if pair[1].is_overdue(today)]
    yield from _ask("Say who finishes what is overdue, and by when", late, actions, "actions", today)
    short = [pair for pair in actions if pair[1].plan.lasting == "temporary" and pair[1].status != "stopped"]
    yield from _ask(
        "Decide which temporary measures become part of the support, and are paid for", short, actions, "actions", today
    )
    yield from _ask_for_sources(reviews)
    yield from _ask_for_placements(reviews)


def _ask(
    ask: str, found: list[tuple[Review, Action]], every: list[tuple[Review, Action]], things: str, today: date
) -> Iterator[Ask]:
    if found:
        review, action = min(found, key=lambda pair: pair[1].plan.due)
        late = f", {say_number((today - action.plan.due).days, 'day')} overdue" if action.is_overdue(today) else ""
        example = f"“{_cut(action.plan.what, LONGEST_EXAMPLE)}” ({_cut(_name(review), LONGEST_NAME)}{late})"
        yield Ask(ask, Count(len(found), len(every)), _name_things(things, len(every)), example)


def _name_things(things: str, number: int) -> str:
    return things if number != 1 else "duty" if things == "duties" else things.removesuffix("s")


def _is_unwatched(action: Action, today: date) -> bool:
    day = action.plan.restriction_review
    return action.plan.restricts_anyone and action.status != "stopped" and day is not None and day < today


def _ask_for_duties(reviews: tuple[Review, ...]) -> Iterator[Ask]:
    open_duties = [
        (review, duty)
        for review in reviews
        for duty in review.chosen("stop.duties")
        if duty != "none" and not review.value(f"stop.done.{duty}")
    ]
    if open_duties:
        every = sum(duty != "none" for review in reviews for duty in review.chosen("stop.duties"))
        review, duty = open_duties[0]
        name = review.form.list_options("stop.done")[duty]
        example = f"{name} ({_cut(_name(review), LONGEST_NAME)})"
        yield Ask(
            "Make sure today that what had to go elsewhere has gone",
            Count(len(open_duties), every),
            _name_things("duties", every),
            example,
        )


def _ask_for_requests(requests: list[tuple[Review, Noted]], today: date) -> Iterator[Ask]:
    waiting = [(review, noted.content) for review, noted in requests if noted.content.answered_on is None]
    if waiting:
        review, asked = min(waiting, key=lambda pair: pair[1].asked_on)
        days = say_number((today - asked.asked_on).days, "day")
        example = f"“{_cut(asked.what, LONGEST_EXAMPLE)}” ({_cut(_name(review), LONGEST_NAME)}, asked {days} ago)"
        yield Ask(
            "Take up with funders, health and housing what they have not answered",
            Count(len(waiting), len(requests)),
            _name_things("requests", len(requests)),
            example,
        )


def _ask_for_sources(reviews: tuple[Review, ...]) -> Iterator[Ask]:
    sources = [
        (review, finding)
        for review in reviews
        for finding in judge_findings(review)
        if finding.finding.startswith("sources.judged.") and finding.status == "evidenced"
    ]
    bare = [(review, finding) for review, finding in sources if finding.finding not in {a.plan.finding for a in review.actions}]
    if bare:
        review, finding = bare[0]
        example = f"{finding.name} ({_cut(_name(review), LONGEST_NAME)})"
        yield Ask(
            "Give an owner to each pressure that no action answers",
            Count(len(bare), len(sources)),
            _name_things("pressures", len(sources)),
            example,
        )


def _ask_for_placements(reviews: tuple[Review, ...]) -> Iterator[Ask]:
    undecided = [review for review in reviews if review.value("decision.placement") in ("", "open")]
    if undecided:
        example = _cut(_name(undecided[0]), LONGEST_NAME)
        count = Count(len(undecided), len(reviews))
        yield Ask("Set a day by which it is decided: stay, change or move", count, _name_things("reviews", len(reviews)), example)


def _say_trust(report: Report) -> tuple[str, ...]:
    made = report.provenance
    trusted = dict.fromkeys(f"Of the findings: {finding.trust}" for finding in report.findings)
    return (
        *(list(trusted)[:2]),
        f"Read by Near-Miss Learning Kit {made.kit_version}, lexicon {made.lexicon}. Every number leads to its sentence in the learning review.",
    )


def _name(review: Review) -> str:
    return ", ".join(filter(None, (list_words(review.people), review.opening.service)))
