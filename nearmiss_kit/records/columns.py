"""The columns of the records table, and the headings under which other systems keep them."""

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

# Declared once, in reading order. All other columns of a file survive behind these.
RECORD_COLUMNS = (
    "record_id", "person", "service", "setting", "event_date", "event_time", "form", "author", "narrative",
    "staff_on_shift", "trigger", "what_helped", "source_file", "source_sheet", "source_row", "narrative_fingerprint",
)  # fmt: skip
# What only the kit fills; a file's column of that name keeps it, marked “(as given)”.
KIT_COLUMNS = ("source_file", "source_sheet", "source_row", "narrative_fingerprint")
# What may stand as “Date: …” at the top of a document.
FORM_COLUMNS = ("record_id", "person", "service", "setting", "event_date", "event_time", "form", "author")
# How a heading reads to people, wherever the kit shows one.
COLUMN_TITLES = {
    "record_id": "Reference",
    "person": "Person",
    "service": "Service",
    "setting": "Setting",
    "event_date": "Date",
    "event_time": "Time",
    "form": "Type of record",
    "author": "Written by",
    "narrative": "What happened",
    "staff_on_shift": "Staff on shift",
    "trigger": "Trigger",
    "what_helped": "What helped",
}
# The parts of a narrative that systems keep in columns of their own, and the heading each gets inside it.
NARRATIVE_PARTS = {
    "narrative": "What happened",
    "background": "Background",
    "antecedent": "Antecedent",
    "behaviour": "Behaviour",
    "consequence": "Consequence",
    "allegation": "Allegation",
    "immediate_action": "Action taken",
    "findings": "Findings",
    "contributing_factors": "Contributing factors",
    "went_well": "What went well",
    "outcome": "Outcome",
    "manager_review": "Manager’s review",
    "risks": "Risks",
    "planned_action": "Further action",
    "learning": "Lessons",
}
# Parts whose heading sets the assertion, and the headings the lexicon knows for them besides the title above.
_SETTING_HEADINGS = {
    "background": ("history", "past history", "social history", "previous placements", "relevant history"),
    "allegation": ("what is the allegation", "nature of allegation", "alleged incident"),
    "risks": ("risk", "triggers", "known triggers", "risk assessment", "what could go wrong"),
    "planned_action": (
        "actions", "agreed actions", "action plan", "to do", "for next time", "plan", "next steps",
        "recommendations", "recommended action", "recommended actions",
    ),
    "learning": ("lessons learned", "lessons learnt", "learning", "what could we do differently", "what would help"),
}  # fmt: skip
_READABLE_HEADING = re.compile(r"[A-Z][A-Za-z /'()]{1,40}[:?.]?")
_IN_BRACKETS = re.compile(r"\s*[(\[](?!as given|other rows|\d+[)\]])[^()\[\]]*[)\]]\s*\*?$")
OTHER = "other"  # in a mapping: kept as a column of its own

Known = Callable[[str], bool]


def fold_heading(heading: str) -> str:
    """A heading without case, punctuation and spacing, so that “Record ID:” and “record_id” are the same."""
    return re.sub(r"[\W_]+", "", heading).casefold()


@dataclass(frozen=True)
class Alias:
    """One heading some system uses: the kit's column for it, the system, and how well we know it (own, checked, …)."""

    heading: str
    column: str
    system: str
    status: str
    rank: int


@dataclass(frozen=True)
class HeadingRules:
    """How headings are read: the alias table, and before it what somebody confirmed in a mapping {heading: column}."""

    mapping: Mapping[str, str] = field(default_factory=dict)

    def find(self, heading: str) -> Alias | None:
        """What is known about a heading, with or without what it says in brackets."""
        confirmed = {fold_heading(given): column for given, column in self.mapping.items()}
        for form in (heading, _IN_BRACKETS.sub("", heading)):
            folded = fold_heading(form)
            if folded in confirmed:
                return Alias(heading, confirmed[folded], "your mapping", "confirmed", -2)
            if folded in _read_aliases():
                return _read_aliases()[folded]
        return None

    def column_of(self, heading: str) -> str:
        """The kit's column or the part of a narrative a heading stands for; nothing for all others."""
        alias = self.find(heading)
        return alias.column if alias and alias.column != OTHER else ""

    def choose(self, headings: list[str]) -> list[str]:
        """For each heading its column, each column once; parts of a narrative as often as they stand there.

        Where two headings fit one column, the one that stands first in the alias table is taken. A file that
        the kit wrote is read by its own headings alone.
        """
        if is_own(headings):
            return [*RECORD_COLUMNS, *("" for _ in headings[len(RECORD_COLUMNS) :])]
        found = [self.find(heading) for heading in headings]
        best: dict[str, int] = {}
        for place, alias in enumerate(found):
            if alias and alias.column not in NARRATIVE_PARTS:
                before = best.get(alias.column)
                if before is None or alias.rank < found[before].rank:
                    best[alias.column] = place
        return [
            alias.column
            if alias and alias.column != OTHER and (alias.column in NARRATIVE_PARTS or best[alias.column] == place)
            else ""
            for place, alias in enumerate(found)
        ]

    def knows(self, headings: list[str]) -> bool:
        """Whether a row of headings holds a reference and a narrative, or a part of one."""
        chosen = self.choose(headings)
        return "record_id" in chosen and self._holds_narrative(chosen)

    def holds_records(self, headings: list[str]) -> bool:
        """Whether the first row of a table in a document makes it a table of records: two known headings, one a narrative's."""
        chosen = [column for column in self.choose(headings) if column]
        return len(headings) > 2 and len(chosen) > 1 and self._holds_narrative(chosen)

    def _holds_narrative(self, chosen: list[str]) -> bool:
        return any(column in NARRATIVE_PARTS for column in chosen)


def is_own(headings: list[str]) -> bool:
    """Whether the headings are those of a file that the kit itself wrote."""
    return tuple(headings[: len(RECORD_COLUMNS)]) == RECORD_COLUMNS


def write_heading(heading: str, part: str) -> str:
    """The heading a part gets inside a narrative: as it was given, where that reads well and sets the same assertion."""
    given = heading.strip()[:1].upper() + heading.strip()[1:]
    title = NARRATIVE_PARTS[part]
    keeps_meaning = part not in _SETTING_HEADINGS or fold_heading(given) in {
        fold_heading(other) for other in (title, *_SETTING_HEADINGS[part])
    }
    written = given if keeps_meaning and _READABLE_HEADING.fullmatch(given) else title
    return written if written.endswith("?") else f"{written.rstrip(':.')}:"


def headings_for(column: str) -> list[str]:
    """The headings the alias table knows for a column, as written there."""
    return [alias.heading for alias in _read_aliases().values() if alias.column == column and alias.rank >= 0]


@cache
def _read_aliases() -> dict[str, Alias]:
    known = {fold_heading(column): Alias(column, column, "Near-Miss Learning Kit", "own", -1) for column in COLUMN_TITLES}
    with (Path(__file__).parent / "column_aliases.csv").open(encoding="utf-8", newline="") as file:
        for rank, row in enumerate(csv.DictReader(file)):
            alias = Alias(row["heading"], row["column"], row["system"], row["status"], rank)
            known.setdefault(fold_heading(row["heading"]), alias)
    return known
