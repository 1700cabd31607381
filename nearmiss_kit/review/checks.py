"""The nine checks of a review: eight ways in which near-miss learning fails, and requests nobody answered.

Each check is a pure function that says what it saw; "" means it saw nothing of the kind. They are prompts for people
and judge nobody.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd
from pydantic import RootModel

from nearmiss_kit.analysis.release import INSIDE, Readers
from nearmiss_kit.analysis.themes import select_counted
from nearmiss_kit.analysis.wording import list_words, say_number
from nearmiss_kit.decisions.entries import load_entries
from nearmiss_kit.decisions.store import load_decisions
from nearmiss_kit.decisions.verdicts import apply_decisions
from nearmiss_kit.errors import ReviewError
from nearmiss_kit.review.contents import ASKED_OF, Opening
from nearmiss_kit.review.form import Form, Strict, load_form, read_yaml
from nearmiss_kit.review.house_rules import HouseRules, find_run, select_incidents
from nearmiss_kit.review.reading import Review, read_review, read_reviews
from nearmiss_kit.review.timeline import Timeline, read_timeline
from nearmiss_kit.tagging.lexicon import Lexicon

_ABOUT_THE_PERSON = frozenset(("behaviour", "health"))
BLAME = "blame_for_control"  # the lexicon's sub-theme for words that explain distress by will
_HOME = ("compatibility", "housing")


class CheckWords(Strict):
    """What a check is called, why it matters and what to do."""

    name: str
    matters: str
    to_do: str


class _Words(RootModel[dict[str, CheckWords]]):
    pass


@dataclass(frozen=True)
class Seen:
    """Everything a check may look at: the review, its time line, the records and tags behind it, the rules and the day."""

    review: Review
    timeline: Timeline
    records: pd.DataFrame
    reviewed: pd.DataFrame
    rules: HouseRules
    today: date
    readers: Readers = INSIDE


def study_review(
    path: str | Path,
    records: pd.DataFrame,
    tags: pd.DataFrame,
    lexicon: Lexicon,
    *,
    review_id: str,
    rules: HouseRules,
    today: date,
    form: Form | None = None,
) -> Seen:
    """A review in the store at `path` with everything that is known about it, as it stands now.

    `tags` are those of tag_records; what people decided about them in the same store is applied. Raises ReviewError for
    an unknown review.
    """
    reviewed = apply_decisions(tags, load_decisions(path), records)
    review = read_review(load_entries(path), records, form or load_form(), review_id=review_id)
    timeline = read_timeline(records, reviewed, lexicon, people=review.people, review=review)
    return Seen(review, timeline, records, reviewed, rules, today)


def study_reviews(
    path: str | Path,
    records: pd.DataFrame,
    tags: pd.DataFrame,
    lexicon: Lexicon,
    *,
    rules: HouseRules,
    today: date | None = None,
    person: str = "",
) -> tuple[Seen, ...]:
    """Every review in the store at `path` with everything known about it, oldest first; with `person`, those about them.

    Reviews that were not opened are left out. `today` decides what is overdue (the machine's day where none is given).
    """
    reviewed, entries, form = apply_decisions(tags, load_decisions(path), records), load_entries(path), load_form()
    reviews = [r for r in read_reviews(entries, records, form) if person in ("", r.opening.person)]
    lines = [read_timeline(records, reviewed, lexicon, people=review.people, review=review) for review in reviews]
    known = (records, reviewed, rules, today or date.today())
    return tuple(Seen(review, line, *known) for review, line in zip(reviews, lines, strict=True))


def study_person(
    path: str | Path,
    records: pd.DataFrame,
    tags: pd.DataFrame,
    lexicon: Lexicon,
    *,
    person: str,
    rules: HouseRules,
    today: date,
    form: Form | None = None,
) -> Seen:
    """What is known about a person before anybody has opened or declined a review: the same, with an empty review.

    Nothing is stored. It is what the stop rule and the threshold are read from. Raises ReviewError for an unknown person.
    """
    mine = records[records["person"] == person]
    if mine.empty:
        raise ReviewError("No record is about this person. Choose somebody the records speak of.")
    reviewed = apply_decisions(tags, load_decisions(path), records)
    service = next(iter(mine.sort_values("event_date", kind="stable")["service"][::-1]))
    opening = Opening(person=person, service=service, housemates=(), state="not_opened", outcome="", reason="not decided yet")
    review = Review("", opening, today, None, {}, (), (), (), (), form or load_form())
    timeline = read_timeline(records, reviewed, lexicon, people=review.people, review=review)
    return Seen(review, timeline, records, reviewed, rules, today)


@dataclass(frozen=True)
class Check:
    """One check: whether it found something, what it saw, why that matters and what to do."""

    check: str
    name: str
    found: bool
    saw: str
    matters: str
    to_do: str


def check_review(seen: Seen) -> tuple[Check, ...]:
    """All nine checks, always in the same order, those that found nothing included."""
    words = _load_words()
    return tuple(
        Check(name, words[name].name, bool(saw), saw or "Not seen in what is written.", words[name].matters, words[name].to_do)
        for name, check in CHECKS.items()
        for saw in [check(seen)]
    )


@cache
def _load_words() -> Mapping[str, CheckWords]:
    return read_yaml(Path(__file__).with_name("checks.yaml"), _Words).root


def see_survival_as_success(seen: Seen) -> str:
    """A placement that stays, or a review that is closed, without anything that must change or can be shown."""
    review = seen.review
    closed = review.opening.state == "closed"
    if not closed and review.value("decision.placement") != "stay_with_changes":
        return ""
    missing = [
        *(["what must change"] if not review.value("questions.must_change") else []),
        *(["an action"] if not review.actions else []),
        *([words.rstrip(".") for words in review.list_unshown()] if closed and review.opening.outcome == "stabilised" else []),
    ]
    what = "The review is closed" if closed else "The placement is to stay"
    return f"{what}, and there is not yet {list_words(missing)}." if missing else ""


def see_incidents_without_review(seen: Seen) -> str:
    """The first run of incidents that the house rule counts, where the review opened later than the house allows."""
    limits = seen.rules.threshold
    run = find_run(select_incidents(seen.records[seen.records["person"].isin(seen.review.people)], limits), limits)
    if run.empty:
        return ""
    waited = (seen.review.opened_on - run["event_date"].iloc[-1].date()).days
    if seen.review.opening.state != "not_opened" and waited <= seen.rules.timescales.review_opens_within_days:
        return ""
    ids = list_words(run["record_id"])
    then = (
        "no review was opened"
        if seen.review.opening.state == "not_opened"
        else f"the review opened {say_number(waited, 'day')} later"
    )
    return f"{say_number(len(run), 'incident')} within {limits.within_days} days ({ids}); {then}."


def see_person_blamed(seen: Seen) -> str:
    """Only behaviour or health agreed, or blaming words, while no source in the support or the surroundings was judged."""
    review = seen.review
    judged = {source for source in review.form.list_options("sources.judged") if review.value(f"sources.judged.{source}")}
    if judged - _ABOUT_THE_PERSON:
        return ""
    agreed = review.judged("sources.judged", "agree")
    names = [review.form.list_options("sources.judged")[source].lower() for source in agreed]
    blaming = _count_blaming(seen)
    saw = [
        *([f"only {list_words(names)} {'is' if len(names) == 1 else 'are'} agreed"] if names else []),
        *([f"words that blame stand in {say_number(blaming, 'place')}"] if blaming else []),
    ]
    if not saw:
        return ""
    return f"{list_words(saw).capitalize()}, and nothing in the support or the surroundings was judged."


def _count_blaming(seen: Seen) -> int:
    tags = select_counted(seen.reviewed)
    mine = tags["record_id"].isin(seen.timeline.lines["record_id"])
    in_records = tags.loc[mine & (tags["sub_theme"] == BLAME), ["record_id", "sentence_start"]].drop_duplicates()
    words = re.compile("|".join(rf"\b{re.escape(word)}\b" for word in seen.rules.blaming_words), re.IGNORECASE)
    written = [answer.value for answer in seen.review.answers.values() if isinstance(answer.value, str)]
    return len(in_records) + sum(bool(words.search(text)) for text in written)


def see_raised_again(seen: Seen) -> str:
    """A concern in more records than the house allows before the first action (behaviour is not a concern somebody raises)."""
    mentions = seen.timeline.mentions
    concerns = mentions[mentions["day"].notna() & (mentions["code"] != "behaviour")]
    acted = seen.timeline.first_action.day
    before = concerns[concerns["day"] < pd.Timestamp(acted)] if acted else concerns
    times = before.groupby(["family", "code"])["record_id"].nunique()
    often = times[times > seen.rules.timescales.concern_raised_at_most]
    if often.empty:
        return ""
    names = seen.timeline.raised.drop_duplicates(["family", "code"]).set_index(["family", "code"])["name"]
    listed = list_words(f"{names[place].lower()} ({say_number(int(number), 'record')})" for place, number in often.items())
    return f"Before {'the first action' if acted else 'any action'}: {listed}."


def see_commissioner_told_late(seen: Seen) -> str:
    """The commissioner told later than the house allows after the first signal, or not at all."""
    timeline, limit = seen.timeline, seen.rules.timescales.commissioner_told_within_days
    if timeline.first_signal.day is None:
        return ""
    if timeline.commissioner_told.day is None:
        return f"The first signal was on {_say(timeline.first_signal.day)}; nothing says that the commissioner was told."
    if timeline.days_to_telling <= limit:
        return ""
    days, told = say_number(timeline.days_to_telling, "day"), timeline.commissioner_told.day
    warned = timeline.mentions.loc[timeline.mentions["code"] == "provider_warning", "day"].min()
    notice = " By then notice was already talked of." if warned <= pd.Timestamp(told) else ""
    return f"The commissioner was told on {_say(told)}, {days} after the first signal.{notice}"


def see_only_temporary(seen: Seen) -> str:
    """Actions, and none of them to the support model."""
    actions = seen.review.actions
    if not actions or any(action.plan.lasting == "support_model" for action in actions):
        return ""
    return f"{say_number(len(actions), 'action')}, none of them a change to the support model."


def see_no_evidence_of_change(seen: Seen) -> str:
    """Actions, and no measure that has both a before and an after."""
    if not seen.review.actions or seen.review.list_measured():
        return ""
    rows = seen.review.form.list_options("measures.before")
    before = sum(bool(seen.review.value(f"measures.before.{row}")) for row in rows)
    return f"{say_number(before, 'measure')} of {len(rows)} written down before, none after."


def see_housing_not_checked(seen: Seen) -> str:
    """Compatibility, housing or a tenancy at risk in the records or agreed, and no question of the housing step answered."""
    review = seen.review
    if any(field.startswith("housing.") for field in review.answers):
        return ""
    mentions = seen.timeline.mentions
    homely = (mentions["family"] == "pressure_source") & mentions["code"].isin(_HOME) | (mentions["code"] == "tenancy_risk")
    told = mentions.loc[homely, "record_id"].nunique()
    agreed = [source for source in review.judged("sources.judged", "agree") if source in _HOME]
    if not told and not agreed:
        return ""
    also = f", and {list_words(agreed)} agreed as a source" if agreed else ""
    read = say_number(len(seen.timeline.lines), "record")
    return f"The home, or who shares it, stands in {told} of {read}{also}; no housing check."


def see_requests_unanswered(seen: Seen) -> str:
    """Requests to funders, health or housing that wait longer than the house allows, with the days waiting."""
    limit = seen.rules.timescales.request_answered_within_days
    waiting = [
        f"{ASKED_OF[noted.content.asked_of]}, {say_number(days, 'day')}"
        for noted in seen.review.requests
        for days in [(seen.today - noted.content.asked_on).days]
        if noted.content.answered_on is None and days > limit
    ]
    return f"Still waiting for: {'; '.join(waiting)}." if waiting else ""


def _say(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


CHECKS: dict[str, Callable[[Seen], str]] = {
    "survival_as_success": see_survival_as_success,
    "incidents_without_review": see_incidents_without_review,
    "person_blamed": see_person_blamed,
    "raised_again": see_raised_again,
    "commissioner_told_late": see_commissioner_told_late,
    "only_temporary": see_only_temporary,
    "no_evidence_of_change": see_no_evidence_of_change,
    "housing_not_checked": see_housing_not_checked,
    "requests_unanswered": see_requests_unanswered,
}
