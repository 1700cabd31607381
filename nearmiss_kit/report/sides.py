"""Near misses side by side: worth reading with six a year, where every comparison of numbers says “too few”."""

from collections.abc import Iterable

import pandas as pd

from nearmiss_kit.analysis.wording import say_day
from nearmiss_kit.report.evidence import EvidenceBook
from nearmiss_kit.report.facts import HeldAction, Side, SideBySide
from nearmiss_kit.review.contents import LASTING, OUTCOMES, STATES
from nearmiss_kit.review.reading import Action, Review
from nearmiss_kit.tagging.lexicon import Lexicon

MOST_STORIES = 24  # more cannot be taken in side by side; the page says how many there are
_ABOUT = ("person", "service", "event_date")


def lay_side_by_side(records: pd.DataFrame, lexicon: Lexicon, book: EvidenceBook, reviews: Iterable[Review]) -> SideBySide:
    """The stories of people with a near-miss signal, the pressures two or more of them share, and what was done that held.

    Stories stand by service and person; where there are more than MOST_STORIES the first of them are shown.
    """
    tags = book.tags.assign(**{column: book.spread(records[column]) for column in _ABOUT})
    tags = tags[tags["person"].str.strip() != ""]
    signals = tags[tags["family"] == "near_miss_signal"]
    people = signals[["service", "person"]].drop_duplicates("person").sort_values(["service", "person"])["person"].tolist()
    shown = people[:MOST_STORIES]
    numbers = records["person"].value_counts()
    mine = dict(tuple(tags[tags["person"].isin(shown)].groupby("person")))
    stories = tuple(_make_side(person, int(numbers[person]), mine[person], lexicon, book) for person in shown)
    reviews = tuple(reviews)
    held = tuple(_make_held(review, action) for review in reviews for action in review.actions if action.status == "done")
    return SideBySide(len(people), stories, _share_pressures(stories), held, len(reviews))


def _make_side(person: str, number: int, tags: pd.DataFrame, lexicon: Lexicon, book: EvidenceBook) -> Side:
    sign, signal = (tags.loc[tags["family"] == family, "event_date"].min() for family in ("early_sign", "near_miss_signal"))
    held = book.pick(tags[tags["family"] == "protective_factor"])
    found = set(tags.loc[tags["family"] == "pressure_source", "code"])
    return Side(
        person=person,
        service=", ".join(sorted(set(tags["service"]) - {""})),
        records=number,
        first_early_sign=say_day(sign) if (tags["family"] == "early_sign").any() else "none proposed",
        first_signal=say_day(signal),
        days_between=(signal - sign).days if sign < signal else None,
        pressures=tuple(code.name for code in lexicon.codes if code.family == "pressure_source" and code.code in found),
        signal=book.quote(book.pick(tags[tags["family"] == "near_miss_signal"], fullest=True)),
        held=book.quote(held) if held else None,
    )


def _share_pressures(stories: tuple[Side, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    names = dict.fromkeys(name for story in stories for name in story.pressures)
    people = {name: tuple(story.person for story in stories if name in story.pressures) for name in sorted(names)}
    return tuple((name, who) for name, who in people.items() if len(who) > 1)


def _make_held(review: Review, action: Action) -> HeldAction:
    opening = review.opening
    return HeldAction(
        person=opening.person,
        service=opening.service,
        what=action.plan.what,
        kind=LASTING[action.plan.lasting],
        shown_by=action.history[-1][0].note,
        ended=OUTCOMES[opening.outcome] if opening.outcome else f"the review is {STATES[opening.state]}",
    )
