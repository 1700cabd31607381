"""What a published report says: facts that no longer hold what it must not show."""

from dataclasses import dataclass
from datetime import date

from nearmiss_kit.analysis.release import Readers
from nearmiss_kit.report.facts import Between

HIDDEN = "*"
ANYBODY = Readers("published")


def say_shown(number: int | None) -> str:
    """A published number as it stands on the page: “175”, or “*”."""
    return HIDDEN if number is None else f"{number:,}"


@dataclass(frozen=True)
class PublishedCount:
    """A rounded number of records out of a rounded number read; None is hidden, and both are where one is.

    `at_least` says that some of what it adds up is hidden, so that the number is the least it can be.
    """

    number: int | None
    out_of: int | None
    at_least: bool = False
    between: Between | None = None

    def __str__(self) -> str:
        if self.number is None:
            return HIDDEN
        return f"{self.number:,}{' or more' if self.at_least else ''} of {say_shown(self.out_of)}"


@dataclass(frozen=True)
class PublishedTheme:
    """One code: its count over all services, and at each service where these stand side by side."""

    code: str
    name: str
    definition: str
    records: PublishedCount
    by_service: tuple[PublishedCount, ...]

    @property
    def between(self) -> Between | None:
        """How far the truth may lie, for the picture of shares."""
        return self.records.between

    checked = None  # what a group's own reading found rests on small numbers, and is left out


@dataclass(frozen=True)
class PublishedFamily:
    """The themes of one family in the lexicon's order; `title` says what the picture shows, `alt` the same with numbers."""

    id: str
    name: str
    question: str
    title: str
    alt: str
    themes: tuple[PublishedTheme, ...]


@dataclass(frozen=True)
class PublishedReport:
    """A cross-service learning review for anybody: rounded numbers, no words of people, nothing about one record.

    `records` and `people` are how many were read, rounded, None where hidden. One of `services` is (name, records read);
    there are none where services do not stand side by side. One of `findings` is (statement, trust).
    """

    title: str
    made_on: date
    records: int | None
    people: int | None
    years: str
    services: tuple[tuple[str, int | None], ...]
    rule: str
    first: str
    limits: tuple[str, ...]
    findings: tuple[tuple[str, str], ...]
    families: tuple[PublishedFamily, ...]
    kit_version: str
    lexicon: str
    pipeline: str
    readers: Readers = ANYBODY
