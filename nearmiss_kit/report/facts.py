"""Facts first: everything a report says, in one frozen structure; what draws and writes it reads nothing else."""

from dataclasses import dataclass
from datetime import date

from nearmiss_kit.analysis.release import Readers
from nearmiss_kit.analysis.wording import say_share


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

    `before`, `quote` and `after` together are the sentence, from `sentence_start` to `sentence_end` of the narrative; `quote` is the passage for which it was picked. `proposed`,
    `confirmed` and `added` are the names of the codes the sentence counts for. Where it is `withheld`, nobody has cleared
    it for the report's readers, and its words are not here.
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
    sentence_start: int
    sentence_end: int
    withheld: bool = False

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code the sentence counts for, however it came to it."""
        return (*self.proposed, *self.confirmed, *self.added)


@dataclass(frozen=True)
class Between:
    """A share and how far the truth may lie from it: both ends of its 95 % interval."""

    share: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{say_share(self.low)} to {say_share(self.high)}"


@dataclass(frozen=True)
class Finding:
    """One statement in a sentence with its numbers, how far it can be trusted, and the evidence to quote."""

    text: str
    trust: str
    evidence: Evidence


@dataclass(frozen=True)
class Checked:
    """What people who read a sample found of a theme: its share of all records, what was missed, what was held.

    A part is None where the reading does not say; `why` says why, "" where nothing is missing. `read` is out of the
    records of the sample that were read for the theme.
    """

    read: int
    corrected: Between | None
    missed: Between | None
    held: Between | None
    why: str


@dataclass(frozen=True)
class Theme:
    """One code in the records read: its count of records, people and services.

    `between` is the interval of its share of records (None where no record was read), `checked` what the group's own
    reading says (None where nobody has read for it).
    """

    code: str
    name: str
    definition: str
    records: Count
    people: Count
    services: Count
    between: Between | None
    checked: Checked | None


@dataclass(frozen=True)
class FamilyOfThemes:
    """The themes of one family in reading order, with the question the family answers.

    `title` says what the picture of its shares shows, `alt` the same with the numbers.
    """

    id: str
    name: str
    question: str
    title: str
    alt: str
    themes: tuple[Theme, ...]


@dataclass(frozen=True)
class Pair:
    """Two themes that stand in one record: in how many, how many chance would give, and how many times as many (lift).

    `small` marks pairs too rare to call; they have no interval, and `why` says so.
    """

    name_a: str
    name_b: str
    records: Count
    expected: float
    lift: Between | None
    small: bool
    why: str


@dataclass(frozen=True)
class Place:
    """One service in a comparison: its count, its interval, and where it stands in words."""

    service: str
    records: Count
    between: Between | None
    position: str
    stands_out: bool


@dataclass(frozen=True)
class Funnel:
    """One theme at the services side by side, in order of name, with limits for each number of records read.

    One of `limits` is (records read, lower and upper at 95 %, lower and upper at 99.8 %); there are none where there are
    too few services to compare. `sentence` says what it shows.
    """

    id: str
    theme: str
    sentence: str
    alt: str
    pooled: float
    places: tuple[Place, ...]
    limits: tuple[tuple[float, float, float, float, float], ...]


@dataclass(frozen=True)
class Side:
    """One person's story in short, to stand beside others: what came first, which pressures, and what held.

    `days_between` counts from the first early sign to the first near-miss signal, None where that cannot be said.
    """

    person: str
    service: str
    records: int
    first_early_sign: str
    first_signal: str
    days_between: int | None
    pressures: tuple[str, ...]
    signal: Evidence
    held: Evidence | None


@dataclass(frozen=True)
class HeldAction:
    """Something done after a near miss: what it was, what shows it, and how the review ended."""

    person: str
    service: str
    what: str
    kind: str
    shown_by: str
    ended: str


@dataclass(frozen=True)
class SideBySide:
    """Near misses side by side, for few of them too: the stories, the pressures they share, and what held afterwards.

    One of `shared` is (pressure, people whose story holds it); `people` is how many stories there are in all.
    """

    people: int
    stories: tuple[Side, ...]
    shared: tuple[tuple[str, tuple[str, ...]], ...]
    actions: tuple[HeldAction, ...]
    reviews: int


@dataclass(frozen=True)
class Grid:
    """A table of counts, and what its picture shows: the title states it, `alt` says it with numbers.

    `counts` says after “records” which ones are counted, and out of which.
    """

    id: str
    title: str
    alt: str
    row_heading: str
    column_ids: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Count | None, ...]], ...]
    counts: str = "with the theme, out of the records read there"


@dataclass(frozen=True)
class Grouping:
    """One way to group the records (by setting, by time of day …): how many say it, what that shows, one grid a family.

    There is no grid where the records say nothing, or nothing alike; `outside` are the ids of those with a place that
    stands out. One of `written` is (where it stands, the words as people wrote them): the first of `records`. `note` says
    what was left out, or read by the kit.
    """

    id: str
    name: str
    records: Count
    sentence: str
    grids: tuple[Grid, ...]
    outside: tuple[str, ...]
    written: tuple[tuple[str, str], ...]
    note: str


@dataclass(frozen=True)
class PointFacts:
    """A learning point as shown: each piece for or against it is where it stands ("" for plain words) and its words."""

    statement: str
    definition: str
    decided: str
    speaks_for: tuple[tuple[str, str], ...]
    speaks_against: tuple[tuple[str, str], ...]


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
    """A cross-service learning review. `first` is what must be read before any finding; `funnels` stand by family id.

    `readers` says who may read it.
    """

    title: str
    readers: Readers
    made_on: date
    scope: Scope
    first: str
    limits: tuple[str, ...]
    findings: tuple[Finding, ...]
    families: tuple[FamilyOfThemes, ...]
    services: tuple[Grid, ...]
    funnels: tuple[tuple[str, tuple[Funnel, ...]], ...]
    together: Grid
    pairs: tuple[Pair, ...]
    pairs_say: str
    voices: Grid
    voices_by_service: Grid
    side_by_side: SideBySide
    months: Grid
    groups: tuple[Grouping, ...]
    points: tuple[PointFacts, ...]
    evidence: tuple[Evidence, ...]
    provenance: Provenance
