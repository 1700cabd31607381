"""What somebody must have settled before a report leaves the house: for whom, on what ground, by which rule."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from nearmiss_kit.analysis.disclosure import RULES
from nearmiss_kit.decisions.clearing import Clearance, refuse_unresolved
from nearmiss_kit.decisions.quotations import Sentence, load_cleared
from nearmiss_kit.errors import ReportError, raise_all

AUDIENCES = ("internal", "named", "published")


@dataclass(frozen=True)
class Release:
    """For whom a report is, and what was settled for it.

    `recipients` and `lawful_basis` are for `named`, and printed on it; `rule` (nhs, opensafely or ons) is for
    `published`. `store` holds the quotations and identifiers people cleared, and remembers what was published;
    `released_by` says who settled this, by role.
    """

    recipients: str = ""
    lawful_basis: str = ""
    released_by: str = ""
    rule: str = "nhs"
    store: Path | None = None

    @property
    def cleared(self) -> frozenset[Sentence]:
        """The sentences that may be quoted to named readers; none where there is no store."""
        return load_cleared(self.store) if self.store else frozenset()

    def name_readers(self, audience: str, kept: tuple[Clearance, ...]) -> "Readers":
        """What is printed about the readers of a report for this audience."""
        return Readers(audience, self.recipients, self.lawful_basis, self.released_by, tuple(f"{one.sentence}." for one in kept))


@dataclass(frozen=True)
class Readers:
    """Who may read a report, as it is printed on it; `kept` are the identifiers that stay in the records, with the reason."""

    audience: str = "internal"
    recipients: str = ""
    lawful_basis: str = ""
    released_by: str = ""
    kept: tuple[str, ...] = ()


INTERNAL, INSIDE = Release(), Readers()  # nothing settled, and those who may read the records themselves


def check_release(audience: str, release: Release) -> None:
    """Refuse an audience that is unknown, or a release that lacks what its audience needs, with a ReportError of every fault."""
    if audience not in AUDIENCES:
        raise ReportError(f"The audience must be one of {', '.join(AUDIENCES)}; “{audience}” is none of them.")
    faults = []
    if audience == "named":
        asked = (
            (release.recipients, "say who may read it (--recipients): a commissioner, an inspector, the person."),
            (release.lawful_basis, "say on what lawful basis they may (--lawful-basis)."),
            (release.released_by, "say who settled that, by role (--released-by)."),
        )
        faults += [words for given, words in asked if not given.strip()]
    if audience == "published" and release.rule not in RULES:
        faults.append(f"the small-number rule is one of {', '.join(RULES)}; “{release.rule}” is none of them.")
    raise_all(faults, ReportError, f"A {audience} report cannot be made yet. Please:")


def screen_again(records: pd.DataFrame, release: Release) -> tuple[Clearance, ...]:
    """The identifiers that a reviewer looked at and kept in the records, with the reason, to be said on what leaves.

    Raises RecordsError where direct identifiers stand in the records and nobody has said in the store why they may.
    """
    return refuse_unresolved(records, decisions=release.store)
