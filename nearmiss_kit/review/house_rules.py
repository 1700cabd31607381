"""House rules: when a review opens, and how long things may wait. Editable defaults, never the law."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

import pandas as pd

from nearmiss_kit.analysis.themes import select_counted
from nearmiss_kit.review.form import Strict, read_yaml
from nearmiss_kit.tagging.lexicon import Lexicon

SIGNALS = "near_miss_signal"


class Threshold(Strict):
    """When a review opens: on one hard signal, on so many softer ones, or on so many incidents within so many days."""

    hard: tuple[str, ...]
    softer: tuple[str, ...]
    softer_needed: int
    incidents_needed: int
    within_days: int
    incident_forms: tuple[str, ...]


class Timescales(Strict):
    """How long things may wait in this house, in days; `concern_raised_at_most` in times."""

    review_opens_within_days: int
    commissioner_told_within_days: int
    request_answered_within_days: int
    concern_raised_at_most: int
    look_again_after_days: int
    return_watch_days: int


class HouseRules(Strict):
    """The rules of one house. `says` stands wherever one of them is shown."""

    version: str
    says: str
    threshold: Threshold
    timescales: Timescales
    blaming_words: tuple[str, ...]
    stop_words: tuple[str, ...]


@dataclass(frozen=True)
class Reason:
    """One reason to open a review: `weight` is hard, softer or incidents; the quote is from the record."""

    weight: str
    name: str
    record_id: str
    day: pd.Timestamp
    quote: str


@dataclass(frozen=True)
class Proposal:
    """Whether the house rule proposes to open a review, and every reason found, oldest first. People decide."""

    opens: bool
    rule: str
    reasons: tuple[Reason, ...]


def load_house_rules(path: str | Path | None = None) -> HouseRules:
    """The house rules at `path`, or the kit's defaults. Raises ReviewError with file and line for every fault."""
    return _load_own_rules() if path is None else read_yaml(path, HouseRules)


@cache
def _load_own_rules() -> HouseRules:
    return read_yaml(Path(__file__).with_name("house_rules.yaml"), HouseRules)


def propose_review(
    records: pd.DataFrame, reviewed: pd.DataFrame, lexicon: Lexicon, *, people: tuple[str, ...], rules: HouseRules
) -> Proposal:
    """Whether the records about `people` reach the house's threshold for a review.

    `reviewed` are the tags as people left them (apply_decisions). Softer signals count where different ones stand in
    records within `within_days` of one another.
    """
    mine = records[records["person"].isin(people) & records["event_date"].notna()]
    found = select_counted(reviewed)
    signals = found[found["family"] == SIGNALS].merge(mine[["record_id", "event_date"]], on="record_id")
    signals = signals.assign(precise=signals["code"] + "/" + signals["sub_theme"]).sort_values("event_date", kind="stable")
    limits = rules.threshold
    is_hard = signals["code"].isin(limits.hard) | signals["precise"].isin(limits.hard)
    hard = _list_reasons(signals[is_hard], "hard", lexicon)
    softer = _list_reasons(signals[~is_hard & signals["code"].isin(limits.softer)], "softer", lexicon)
    incidents = _list_incidents(mine, limits)
    window = timedelta(days=limits.within_days)
    enough = (
        bool(hard),
        any(len({b.name for b in softer if a.day <= b.day <= a.day + window}) >= limits.softer_needed for a in softer),
        bool(incidents),
    )
    rule = (
        f"{rules.says}: one hard signal, {limits.softer_needed} softer ones within {limits.within_days} days, "
        f"or {limits.incidents_needed} incidents within {limits.within_days} days."
    )
    reasons = sorted((*hard, *softer, *incidents), key=lambda reason: reason.day)
    return Proposal(any(enough), rule, tuple(reasons))


def _list_reasons(signals: pd.DataFrame, weight: str, lexicon: Lexicon) -> list[Reason]:
    once = signals.drop_duplicates(["record_id", "code"])
    return [
        Reason(weight, lexicon.name_of(SIGNALS, row["code"]), row["record_id"], row["event_date"], row["sentence"])
        for row in once.to_dict("records")
    ]


def _list_incidents(mine: pd.DataFrame, limits: Threshold) -> list[Reason]:
    """The incidents of the first run of `incidents_needed` within `within_days`, each with the type of record as its name."""
    run = find_run(select_incidents(mine, limits), limits)
    return [Reason("incidents", row["form"], row["record_id"], row["event_date"], "") for row in run.to_dict("records")]


def select_incidents(records: pd.DataFrame, limits: Threshold) -> pd.DataFrame:
    """The records that are incidents by their type of record, oldest first; those without a date are left out."""
    forms = records["form"].str.lower()
    are = [any(word in form for word in limits.incident_forms) for form in forms]
    return records[pd.Series(are, index=records.index, dtype=bool) & records["event_date"].notna()].sort_values(
        "event_date", kind="stable"
    )


def find_run(incidents: pd.DataFrame, limits: Threshold) -> pd.DataFrame:
    """The first `incidents_needed` incidents that fall within `within_days`; no row where there is no such run."""
    days = list(incidents["event_date"])
    for first in range(len(days) - limits.incidents_needed + 1):
        last = first + limits.incidents_needed
        if (days[last - 1] - days[first]).days <= limits.within_days:
            return incidents.iloc[first:last]
    return incidents.iloc[:0]
