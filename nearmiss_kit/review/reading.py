"""A review as it stands: everything written in it, the latest of each, with the words behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from nearmiss_kit.decisions.entries import select_latest
from nearmiss_kit.decisions.quotations import Sentence
from nearmiss_kit.errors import ReviewError
from nearmiss_kit.review.contents import (
    ActionPlan,
    LearningPoint,
    Opening,
    Participant,
    RecordQuote,
    Request,
    ReviewWords,
    StatusChange,
    Written,
)
from nearmiss_kit.review.form import Form

REVIEW_COLUMNS = ("review_id", "person", "service", "housemates", "state", "outcome", "reason", "opened_on", "who", "written_on")
_MODELS = {"participant": Participant, "request": Request}


@dataclass(frozen=True)
class Answer:
    """One answer: its field, what was answered, by whom (a role), why and when."""

    field: str
    value: str | tuple[str, ...]
    who: str
    why: str
    when: str


@dataclass(frozen=True)
class Evidence:
    """Words for or against a finding. `words` is "" where the record has changed or is not there; `says` tells which.

    `place` is where words of a record stand, None for words of the review. Where they are `withheld` they stand in the
    record, and these readers may not see them.
    """

    entry_id: str
    finding: str
    side: str
    words: str
    source: str
    says: str
    from_record: bool
    record_id: str
    voice: str
    place: Sentence | None = None
    withheld: bool = False


@dataclass(frozen=True)
class Noted:
    """A participant or a request: its id, what was written, by whom and when."""

    subject: str
    content: Written
    who: str
    when: str


@dataclass(frozen=True)
class Action:
    """An action with everything that was said about how it stands, oldest first."""

    action_id: str
    plan: ActionPlan
    history: tuple[tuple[StatusChange, str], ...]
    added_on: date

    @property
    def status(self) -> str:
        """How it stands now; planned where nobody said anything yet."""
        return self.history[-1][0].status if self.history else "planned"

    def is_overdue(self, today: date) -> bool:
        """Whether its due day has passed and it is neither done nor stopped."""
        return self.status in ("planned", "started") and self.plan.due < today


@dataclass(frozen=True)
class Review:
    """One review as it stands. `answers` is by field; fields without an answer were not looked at."""

    review_id: str
    opening: Opening
    opened_on: date
    closed_on: date | None
    answers: Mapping[str, Answer]
    evidence: tuple[Evidence, ...]
    participants: tuple[Noted, ...]
    requests: tuple[Noted, ...]
    actions: tuple[Action, ...]
    form: Form

    @property
    def people(self) -> tuple[str, ...]:
        """The person and the housemates it affects."""
        return (self.opening.person, *self.opening.housemates)

    def value(self, field: str) -> Any:
        """The answer to a field; "" where it was not looked at."""
        return self.answers[field].value if field in self.answers else ""

    def chosen(self, field: str) -> tuple[str, ...]:
        """The ids chosen in a field of several; none where it was not looked at."""
        return self.value(field) or ()

    def judged(self, question: str, answer: str) -> tuple[str, ...]:
        """The rows of a question that were answered so, in the form's order."""
        return tuple(row for row in self.form.list_options(question) if self.value(f"{question}.{row}") == answer)

    def list_first_pass(self) -> dict[str, bool]:
        """The questions of the first pass, and whether each has been answered."""
        return {question: self._is_answered(question) for question in self.form.first_pass}

    def _is_answered(self, question: str) -> bool:
        if question == "steps.first_action":
            return bool(self.actions)
        return any(field == question or field.startswith(f"{question}.") for field in self.answers)

    def list_measured(self) -> tuple[str, ...]:
        """The measures that have a before and an after."""
        rows = self.form.list_options("measures.before")
        return tuple(row for row in rows if self.value(f"measures.before.{row}") and self.value(f"measures.after.{row}"))

    def has_persons_voice(self) -> bool:
        """Whether the person's own words are in it: heard and written down, said at the review, or quoted from a record."""
        heard = "person" in self.chosen("voices.heard") and bool(self.value("voices.own_words"))
        return heard or any(piece.voice == "person" and (piece.words or piece.withheld) for piece in self.evidence)

    def list_unshown(self) -> list[str]:
        """What is missing before this placement can be called stable: nothing where it can be shown."""
        lasting = [action for action in self.actions if action.plan.lasting == "support_model" and action.status == "done"]
        missing = {
            "a measure as it was before and as it is now.": not self.list_measured(),
            "a change to the support model that is done.": not lasting,
            "what the person says or shows about it.": not self.has_persons_voice(),
        }
        return [words for words, is_missing in missing.items() if is_missing]

    def find(self, kind: str, subject: str) -> Noted:
        """The participant or request of that id. Raises ReviewError where there is none."""
        for noted in (*self.participants, *self.requests):
            if noted.subject == subject:
                return noted
        raise ReviewError(f"This review has no {kind} of that id.")

    def find_action(self, action_id: str) -> Action:
        """The action of that id. Raises ReviewError where there is none."""
        for action in self.actions:
            if action.action_id == action_id:
                return action
        raise ReviewError("This review has no action of that id.")


def list_reviews(entries: pd.DataFrame) -> pd.DataFrame:
    """Every review in a store, oldest first: one row is one review; the columns are REVIEW_COLUMNS.

    `state` is open, not_opened or closed; `who` and `written_on` belong to the latest change of state.
    """
    latest = select_latest(entries)
    latest = latest[latest["kind"] == "review"]
    first = entries[entries["kind"] == "review"].drop_duplicates("review_id").set_index("review_id")["decided_at"]
    rows = [
        row["content"]
        | dict(
            review_id=row["review_id"], opened_on=first[row["review_id"]][:10], who=row["who"], written_on=row["decided_at"][:10]
        )
        for row in latest.to_dict("records")
    ]
    return pd.DataFrame(rows, columns=list(REVIEW_COLUMNS))


def read_review(entries: pd.DataFrame, records: pd.DataFrame, form: Form, *, review_id: str) -> Review:
    """One review as it stands. `entries` is load_entries; quotations are read from `records`.

    A quotation whose record changed since, or is not there, has no words and says so. Raises ReviewError for an unknown id.
    """
    mine = entries[entries["review_id"] == review_id]
    latest = select_latest(mine)
    openings = latest[latest["kind"] == "review"]
    if openings.empty:
        raise ReviewError("There is no review of that id in this store.")
    opening = Opening.model_validate(openings.iloc[0]["content"])
    written = date.fromisoformat(openings.iloc[0]["decided_at"][:10])
    kept = latest.to_dict("records")
    by_id = records.drop_duplicates("record_id").set_index("record_id").to_dict("index")
    return Review(
        review_id=review_id,
        opening=opening,
        opened_on=date.fromisoformat(mine[mine["kind"] == "review"].iloc[0]["decided_at"][:10]),
        closed_on=written if opening.state == "closed" else None,
        answers={row["subject"]: _read_answer(row) for row in kept if row["kind"] == "answer"},
        evidence=tuple(_read_evidence(row, by_id) for row in kept if row["kind"] == "evidence"),
        participants=_read_noted(kept, "participant"),
        requests=_read_noted(kept, "request"),
        actions=tuple(_read_action(row, mine) for row in kept if row["kind"] == "action"),
        form=form,
    )


def read_reviews(entries: pd.DataFrame, records: pd.DataFrame, form: Form) -> tuple[Review, ...]:
    """Every review in a store as it stands, oldest first, those that were not opened left out."""
    reviews = list_reviews(entries)
    opened = reviews.loc[reviews["state"] != "not_opened", "review_id"]
    return tuple(read_review(entries, records, form, review_id=review_id) for review_id in opened)


def read_learning_points(entries: pd.DataFrame) -> dict[str, LearningPoint]:
    """The learning points in a store by their id, as they stand now."""
    latest = select_latest(entries[entries["kind"] == "learning_point"])
    return {row["subject"]: LearningPoint.model_validate(row["content"]) for row in latest.to_dict("records")}


def _read_answer(row: dict[str, Any]) -> Answer:
    value = row["content"]["value"]
    return Answer(row["subject"], tuple(value) if isinstance(value, list) else value, row["who"], row["why"], row["decided_at"])


def _read_noted(kept: list[dict[str, Any]], kind: str) -> tuple[Noted, ...]:
    return tuple(
        Noted(row["subject"], _MODELS[kind].model_validate(row["content"]), row["who"], row["decided_at"])
        for row in kept
        if row["kind"] == kind
    )


def _read_action(row: dict[str, Any], mine: pd.DataFrame) -> Action:
    about = mine[mine["subject"] == row["subject"]]
    first = about[about["kind"] == "action"].iloc[0]["decided_at"]
    history: list[tuple[StatusChange, str]] = []
    for said in about[about["kind"] == "action_status"].to_dict("records"):
        if said["content"] is None:  # taken back: as if nobody had said anything yet
            history.clear()
        else:
            history.append((StatusChange.model_validate(said["content"]), said["who"]))
    return Action(row["subject"], ActionPlan.model_validate(row["content"]), tuple(history), date.fromisoformat(first[:10]))


def _read_evidence(row: dict[str, Any], by_id: Mapping[str, Any]) -> Evidence:
    content = row["content"]
    if "record_id" in content:
        return _read_quote(row["entry_id"], RecordQuote.model_validate(content), by_id.get(content["record_id"]))
    said = ReviewWords.model_validate(content)
    source = f"said or shown at the review by {said.said_by}, {_say_date(said.said_on)}; checked back: {said.checked_back}"
    voice = "person" if said.said_by.lower() in ("the person", "person") else ""
    return Evidence(row["entry_id"], said.finding, said.side, said.words, source, "", False, "", voice)


def _read_quote(entry_id: str, place: RecordQuote, record: Mapping[str, Any] | None) -> Evidence:
    words, says = "", ""
    if record is None:
        says = "the record it was quoted from is not among these records"
    elif record["narrative_fingerprint"] != place.narrative_fingerprint:
        says = "the record has changed since it was quoted; read it again"
    else:
        words = record["narrative"][place.start : place.end]
    source = f"{record['form']}, {record['author']}" if record else ""
    is_own = bool(record) and ("own words" in record["form"].lower() or record["author"].lower().startswith("the person"))
    stands = (place.record_id, place.narrative_fingerprint, place.start, place.end)
    voice = "person" if is_own else ""
    return Evidence(entry_id, place.finding, place.side, words, source, says, True, place.record_id, voice, stands)


def _say_date(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
