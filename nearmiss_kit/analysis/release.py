"""What somebody must have settled before a report leaves the house: for whom, on what ground, by which rule."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from nearmiss_kit.analysis.disclosure import RULES
from nearmiss_kit.errors import ReportError, raise_all
from nearmiss_kit.records.identifiers import list_unresolved, refuse_unresolved

AUDIENCES = ("internal", "named", "published")


@dataclass(frozen=True)
class Release:
    """For whom a report is, and what was settled for it.

    `recipients` and `lawful_basis` are for `named`, and printed on it; `rule` (nhs, opensafely or ons) is for
    `published`. `store` holds the quotations people cleared and remembers what was published. `kept_because` is the
    reason why passages that may identify somebody stay in the records, and stands on the report; `released_by` says who
    settled this, by role.
    """

    recipients: str = ""
    lawful_basis: str = ""
    released_by: str = ""
    kept_because: str = ""
    rule: str = "nhs"
    store: Path | None = None


INTERNAL = Release()


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


def screen_again(records: pd.DataFrame, release: Release) -> str:
    """The sentence on identifiers that people looked at and kept, "" where none was found or nothing leaves the house.

    `records` are those behind the report, or any table with a record_id and text. Raises RecordsError where direct
    identifiers stand in them and nobody has said why they may.
    """
    kept = list_unresolved(records) if release.kept_because.strip() else ()
    return refuse_unresolved(records, cleared=kept, reason=release.kept_because)
