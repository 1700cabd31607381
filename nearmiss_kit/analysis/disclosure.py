"""Disclosure control: what a published table may show of a count, so that nobody behind it can be worked out.

Small numbers are hidden, every other one is rounded, and whatever is said of several cells is computed from what they show.
The rules are those of NHS England’s hospital statistics, of OpenSAFELY and of the Office for National Statistics; the kit
rounds under all of them, because exact totals of two reports could be subtracted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nearmiss_kit.decisions.publications import Place, Publication, Shown

ROUNDED_TO = 5


@dataclass(frozen=True)
class Rule:
    """A small-number rule: the smallest number that is shown, whether none is, and the rule in words."""

    name: str
    smallest_shown: int
    shows_none: bool
    words: str


RULES = {
    "nhs": Rule(
        "NHS hospital statistics", 8, True,
        "Numbers from 1 to 7 are hidden (*), and every other number is rounded to the nearest 5.",
    ),
    "opensafely": Rule(
        "OpenSAFELY", 8, False,
        "Numbers of 7 or less, none among them, are hidden (*), and every other number is rounded to the nearest 5.",
    ),
    "ons": Rule(
        "Office for National Statistics, sensitive matters", 5, True,
        "Numbers from 1 to 4 are hidden (*), and every other number is rounded to the nearest 5.",
    ),
}  # fmt: skip


def disclose_count(number: int, people: int, rule: Rule) -> int | None:
    """What may be shown of a count of records about so many people: a rounded number, or None where it is hidden.

    Hidden is what comes from few records or from few people: ten records about one person are one person’s story.
    """
    if number == 0:
        return 0 if rule.shows_none else None
    return None if min(number, people) < rule.smallest_shown else round_count(number)


def round_count(number: int) -> int:
    """A count to the nearest ROUNDED_TO."""
    return ROUNDED_TO * ((number + ROUNDED_TO // 2) // ROUNDED_TO)


def protect_cells(
    cells: Mapping[Place, frozenset[str]], person_of: Mapping[str, str], rule: Rule, earlier: Iterable[Publication]
) -> dict[Place, Shown]:
    """What each cell shows, given the ids of the records counted in it and what earlier reports have shown.

    `person_of` gives the person of each record, "" where it is not known. A number that was shown before stands until so
    many records and people have come or gone that the difference could itself be shown. What a hidden cell holds changes
    nothing but that cell.
    """
    earlier = list(earlier)
    return {place: _protect(place, members, person_of, rule, earlier) for place, members in cells.items()}


def _protect(
    place: Place, members: frozenset[str], person_of: Mapping[str, str], rule: Rule, earlier: list[Publication]
) -> Shown:
    number = disclose_count(len(members), _count_people(members, person_of), rule)
    if not number:
        return Shown(number, members)
    before = [publication.cells[place] for publication in reversed(earlier) if place in publication.cells]
    near = [shown for shown in before if shown.number and _is_small(shown.records ^ members, person_of, rule)]
    return min(near, key=lambda shown: len(shown.records ^ members), default=Shown(number, members))


def _is_small(changed: frozenset[str], person_of: Mapping[str, str], rule: Rule) -> bool:
    return min(len(changed), _count_people(changed, person_of)) < rule.smallest_shown


def _count_people(records: frozenset[str], person_of: Mapping[str, str]) -> int:
    """People behind records; a record about nobody known counts as somebody of its own."""
    return len({person_of.get(record_id) or record_id for record_id in records})
