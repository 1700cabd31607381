"""Facts first: everything a report says, in one frozen structure; what draws and writes it reads nothing else."""

from dataclasses import dataclass
from datetime import date

AUDIENCES = ("internal", "named", "published")


@dataclass(frozen=True)
class Count:
    """A number of records with what it is out of, and the evidence it leads to ("" where the number is 0)."""

    number: int
    out_of: int
    evidence: str = ""

    def __str__(self) -> str:
        return f"{self.number} of {self.out_of}"


@dataclass(frozen=True)
class Evidence:
    """One sentence as shown to people: where it stands, whose words, and the codes proposed or confirmed for it.

    `before`, `quote` and `after` together are the sentence; `quote` is the passage for which it was picked. `proposed`,
    `confirmed` and `added` are the names of the codes the sentence counts for.
    """

    id: str
    record_id: str
    service: str
    when: str
    form: str
    voice: str
    before: str
    quote: str
    after: str
    proposed: tuple[str, ...]
    confirmed: tuple[str, ...]
    added: tuple[str, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code the sentence counts for, however it came to it."""
        return (*self.proposed, *self.confirmed, *self.added)


@dataclass(frozen=True)
class Finding:
    """One statement in a sentence, its counts in words, and the evidence to quote."""

    text: str
    evidence: Evidence


@dataclass(frozen=True)
class Theme:
    """One code in the records read: its count of records, people and services."""

    code: str
    name: str
    definition: str
    records: Count
    people: Count
    services: Count


@dataclass(frozen=True)
class FamilyOfThemes:
    """The themes of one family in reading order, with the question the family answers."""

    id: str
    name: str
    question: str
    themes: tuple[Theme, ...]


@dataclass(frozen=True)
class Grid:
    """A table of counts, and what its picture shows: the title states it, `alt` says it with numbers."""

    id: str
    title: str
    alt: str
    row_heading: str
    column_ids: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Count | None, ...]], ...]


@dataclass(frozen=True)
class Scope:
    """What was read: how much, from whom, over which time, and what was left out and why."""

    records: int
    services: tuple[tuple[str, Count], ...]
    voices: tuple[tuple[str, Count], ...]
    forms: tuple[tuple[str, Count], ...]
    people: int
    first_day: str
    last_day: str
    undated: int
    remarks_known: bool
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class Provenance:
    """What made the report: versions, layers that ran, and how many proposals people decided."""

    kit_version: str
    lexicon: str
    pipeline: str
    decided: str


@dataclass(frozen=True)
class Report:
    """A cross-service learning review."""

    title: str
    audience: str
    made_on: date
    scope: Scope
    limits: tuple[str, ...]
    findings: tuple[Finding, ...]
    families: tuple[FamilyOfThemes, ...]
    services: tuple[Grid, ...]
    together: Grid
    months: Grid
    evidence: tuple[Evidence, ...]
    provenance: Provenance
