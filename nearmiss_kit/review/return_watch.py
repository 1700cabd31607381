"""The return watch: after a review is closed, do newer records show the same pressures and signals coming back?"""

from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from nearmiss_kit.analysis.themes import select_counted
from nearmiss_kit.analysis.wording import say_day
from nearmiss_kit.decisions.entries import CODED_QUESTIONS
from nearmiss_kit.errors import ReviewError
from nearmiss_kit.review.house_rules import HouseRules
from nearmiss_kit.review.reading import Review
from nearmiss_kit.tagging.lexicon import Lexicon


@dataclass(frozen=True)
class Sighting:
    """One sentence after closure that speaks of what the review found: its record, day and words."""

    record_id: str
    when: str
    sentence: str


@dataclass(frozen=True)
class Returning:
    """One pressure, signal or early sign of the review, and where it stands again; no sighting where it does not."""

    family: str
    code: str
    name: str
    sightings: tuple[Sighting, ...]


@dataclass(frozen=True)
class ReturnWatch:
    """What came back after closure. `says` is the answer in a sentence; `read` counts the records it stands on."""

    says: str
    read: int
    returning: tuple[Returning, ...]


def watch_return(
    records: pd.DataFrame, reviewed: pd.DataFrame, lexicon: Lexicon, review: Review, *, rules: HouseRules
) -> ReturnWatch:
    """Whether what a closed review found is in records of the people written after its closing day, with quotes.

    `reviewed` are the tags as people left them (apply_decisions). Records count for `return_watch_days` after closure.
    Raises ReviewError where the review is not closed.
    """
    if review.closed_on is None:
        raise ReviewError("The return watch begins when a review is closed; this one is still open.")
    closed = pd.Timestamp(review.closed_on)
    until = closed + timedelta(days=rules.timescales.return_watch_days)
    newer = records[records["person"].isin(review.people) & (records["event_date"] > closed) & (records["event_date"] <= until)]
    tags = (
        select_counted(reviewed)
        .merge(newer[["record_id", "event_date"]], on="record_id")
        .sort_values("event_date", kind="stable")
    )
    returning = tuple(_look_for(family, code, tags, lexicon) for family, code in list_found_codes(review))
    back = [seen.name.lower() for seen in returning if seen.sightings]
    return ReturnWatch(_say(back, len(newer), review), len(newer), returning)


def list_found_codes(review: Review) -> list[tuple[str, str]]:
    """The family and code of everything the review found: signals and early signs chosen, sources agreed."""
    return [
        (family, code)
        for question, family in CODED_QUESTIONS.items()
        for code in (review.judged(question, "agree") if question == "sources.judged" else review.chosen(question))
    ]


def _look_for(family: str, code: str, tags: pd.DataFrame, lexicon: Lexicon) -> Returning:
    here = tags[(tags["family"] == family) & (tags["code"] == code)].drop_duplicates(["record_id", "sentence_start"])
    sightings = tuple(Sighting(tag["record_id"], say_day(tag["event_date"]), tag["sentence"]) for tag in here.to_dict("records"))
    return Returning(family, code, lexicon.name_of(family, code), sightings)


def _say(back: list[str], read: int, review: Review) -> str:
    since = f"since {say_day(pd.Timestamp(review.closed_on))}"
    if not read:
        return f"No record was read {since}, so nothing can be said."
    if not back:
        return f"In {read} records {since} the kit proposes none of it. Read them: it misses much."
    return f"In {read} records {since} there is again: {', '.join(back)}. Read the sentences before you conclude anything."
