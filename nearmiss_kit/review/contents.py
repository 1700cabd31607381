"""What can be written down in a review, each checked before it is stored: every list of choices stands here once."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, model_validator

from nearmiss_kit.errors import ReviewError, raise_all

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Content = TypeVar("Content", bound="Written")
SIDES = {"for": "speaks for it", "against": "speaks against it"}
LASTING = {"temporary": "a temporary fix", "support_model": "a change to the support model"}
STATUSES = {"planned": "planned", "started": "started", "done": "done", "stopped": "stopped, with the reason"}
STATES = {"open": "open", "not_opened": "not opened", "closed": "closed"}
OUTCOMES = {
    "stabilised": "the placement works, and it can be shown",
    "moved": "the person moved in their own time",
    "open_links": "the review is finished; open links are followed elsewhere",
    "broke_down": "the placement broke down after all",
}
ASKED_OF = {
    "funder": "a funder",
    "health": "health services",
    "housing": "a landlord or housing office",
    "other": "somebody else",
}

FEWEST_RECORDS_BEHIND = 3  # fewer records are one writer's or one person's story, not yet a theme


class Written(BaseModel):
    """Something written down in a review; nothing in it has a default that is a judgement."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Opening(Written):
    """That a review is open, not opened or closed, about whom, and why. `housemates` are those it affects."""

    person: Words
    service: str
    housemates: tuple[Words, ...]
    state: Literal["open", "not_opened", "closed"]
    outcome: Literal["stabilised", "moved", "open_links", "broke_down", ""]
    reason: Words


class RecordQuote(Written):
    """Words of a record that speak for or against a finding: where they stand, never the words themselves."""

    finding: Words
    side: Literal["for", "against"]
    record_id: Words
    narrative_fingerprint: Words
    start: int
    end: int

    @model_validator(mode="after")
    def _check(self) -> "RecordQuote":
        if not 0 <= self.start < self.end:
            raise ValueError("the quotation must have a start and a later end")
        return self


class ReviewWords(Written):
    """Words said, or something shown, at the review: by whom (role), when, and with whom it was checked back.

    `about` is the code of the person it is about, or "" for nobody in particular. Equal in weight to records.
    """

    finding: Words
    side: Literal["for", "against"]
    words: Words
    said_by: Words
    said_on: date
    checked_back: Words
    about: str


class Participant(Written):
    """Somebody who takes part, by role: asked when, agreed or not, on what basis, and the support they need.

    `about` is the code of a housemate, who has an entry of their own; "" for everybody else.
    """

    role: Words
    about: str
    asked_on: date | None
    agreed: Literal["yes", "no", "not_asked", "chose_not"]
    basis: str
    communication: str
    advocate: str


class Request(Written):
    """Something asked of a funder, health or housing, and what came back; `answered_on` is None while it waits."""

    asked_of: Literal["funder", "health", "housing", "other"]
    what: Words
    asked_on: date
    answered_on: date | None
    answer: str


class ActionPlan(Written):
    """An action: who (a role) does what by when, which finding it answers, and how we shall know that it worked.

    Every action says whether it restricts anyone, housemates included; if it does, what less restrictive ways were
    thought of, the legal basis, when it is looked at again, and how it will end.
    """

    what: Words
    owner: Words
    due: date
    finding: Words
    lasting: Literal["temporary", "support_model"]
    know_by: Words
    restricts_anyone: bool
    less_restrictive: str = ""
    legal_basis: str = ""
    restriction_review: date | None = None
    plan_to_end: str = ""

    @model_validator(mode="after")
    def _check(self) -> "ActionPlan":
        asked = (self.less_restrictive, self.legal_basis, self.restriction_review, self.plan_to_end)
        if self.restricts_anyone and not all(asked):
            raise ValueError(
                "an action that restricts somebody needs the less restrictive ways thought of, the legal basis, "
                "a day to look at it again, and a plan to end it"
            )
        return self


class StatusChange(Written):
    """How an action stands from this day."""

    status: Literal["planned", "started", "done", "stopped"]
    on: date
    note: str

    @model_validator(mode="after")
    def _check(self) -> "StatusChange":
        if self.status in ("done", "stopped") and not self.note.strip():
            raise ValueError("an action that is done or stopped needs a note: what shows it, or why it was stopped")
        return self


class LearningPoint(Written):
    """A statement learned, what its words mean, the records for and against it, and what the group decided.

    `evidence` are the references of FEWEST_RECORDS_BEHIND records or more; `counter_evidence` are references of records
    that speak against it, or words that say where it was looked for and not found.
    """

    statement: Words
    definition: Words
    evidence: tuple[Words, ...]
    counter_evidence: tuple[Words, ...]
    decided: Words

    @model_validator(mode="after")
    def _check(self) -> "LearningPoint":
        if len(set(self.evidence)) < FEWEST_RECORDS_BEHIND:
            raise ValueError(
                f"a learning point stands on {FEWEST_RECORDS_BEHIND} different records or more; with fewer it is a story"
            )
        if not self.counter_evidence:
            raise ValueError("a learning point needs what speaks against it, or where that was looked for and not found")
        if set(self.evidence) & set(self.counter_evidence):
            raise ValueError("the same record stands for and against the learning point; say in words what it shows")
        return self


def make_content(model: type[Content], values: Mapping[str, Any]) -> Content:
    """The values checked as one thing that can be written down. Raises ReviewError with every fault; quotes no words."""
    try:
        return model.model_validate(dict(values))
    except ValidationError as refusal:
        faults = [f"{_say_place(fault)}{_say_fault(fault)}." for fault in refusal.errors()]
    raise_all(faults, ReviewError, "This cannot be stored yet. Please put right:")
    raise AssertionError  # a refusal always has a fault


def _say_place(fault: Mapping[str, Any]) -> str:
    return f"“{str(fault['loc'][0]).replace('_', ' ')}” " if fault["loc"] else ""


def _say_fault(fault: Mapping[str, Any]) -> str:
    words = {"missing": "is missing", "string_too_short": "is empty", "extra_forbidden": "is not known here"}
    if fault["type"] == "literal_error":
        return f"must be one of {fault['ctx']['expected']}".replace("'", "")
    if fault["type"].startswith("date"):
        return "must be a day, written as 2026-01-31"
    if fault["type"].startswith("bool"):
        return "must be yes or no"
    return words.get(fault["type"], fault["msg"].removeprefix("Value error, "))
