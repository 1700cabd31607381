"""The review room: one click, one call, one entry on disk. Nothing is edited, and everything says who and when."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from nearmiss_kit.decisions.entries import append_entry
from nearmiss_kit.errors import ReviewError, raise_all
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
    make_content,
)
from nearmiss_kit.review.form import Form, check_answer, load_form
from nearmiss_kit.review.reading import Review

LEARNING = "learning"  # learning points belong to the group's work, not to one review


def open_review(
    path: str | Path, *, person: str, service: str, housemates: Sequence[str], reason: str, who: str, decided_at: datetime
) -> str:
    """Open a review of one person's placement and return its id. `housemates` are the people it affects as well."""
    values = dict(person=person, service=service, housemates=housemates, state="open", outcome="", reason=reason)
    return _begin(path, values, who, decided_at)


def decline_review(path: str | Path, *, person: str, service: str, reason: str, who: str, decided_at: datetime) -> str:
    """Keep the decision not to open a review, with its reason, and return its id."""
    values = dict(person=person, service=service, housemates=(), state="not_opened", outcome="", reason=reason)
    return _begin(path, values, who, decided_at)


def _begin(path: str | Path, values: Mapping[str, Any], who: str, decided_at: datetime) -> str:
    review_id = uuid.uuid4().hex
    _write(path, "review", review_id, "review", make_content(Opening, values), who, "", decided_at)
    return review_id


def _write(
    path: str | Path, kind: str, review_id: str, subject: str, content: Written, who: str, why: str, decided_at: datetime
) -> str:
    dumped = content.model_dump(mode="json")
    written = dict(kind=kind, review_id=review_id, subject=subject, content=dumped, who=who, why=why)
    return append_entry(path, **written, decided_at=decided_at)


def close_review(path: str | Path, review: Review, *, outcome: str, reason: str, who: str, decided_at: datetime) -> str:
    """Close a review and return the id of the entry. Raises ReviewError where the outcome cannot be shown.

    “stabilised” asks for more than a placement that survived: a measure before and after, a change to the support model
    that is done, and the person's own words.
    """
    if outcome == "stabilised":
        raise_all(review.list_unshown(), ReviewError, "A placement that survived is not yet one that works. Still missing:")
    return _change_state(path, review, state="closed", outcome=outcome, reason=reason, who=who, decided_at=decided_at)


def reopen_review(path: str | Path, review: Review, *, reason: str, who: str, decided_at: datetime) -> str:
    """Open a closed or declined review again and return the id of the entry."""
    return _change_state(path, review, state="open", outcome="", reason=reason, who=who, decided_at=decided_at)


def _change_state(
    path: str | Path, review: Review, *, state: str, outcome: str, reason: str, who: str, decided_at: datetime
) -> str:
    values = review.opening.model_dump() | dict(state=state, outcome=outcome, reason=reason)
    return _write(path, "review", review.review_id, "review", make_content(Opening, values), who, "", decided_at)


def answer_field(
    path: str | Path,
    *,
    review_id: str,
    field: str,
    value: str | Sequence[str],
    who: str,
    decided_at: datetime,
    why: str = "",
    form: Form | None = None,
) -> str:
    """Answer one question of the form and return the id of the entry. Raises ReviewError where the answer does not fit.

    `value` is the id of an option, a list of ids, words, or a day as 2026-01-31, as the question asks.
    """
    value = value if isinstance(value, str) else list(value)
    check_answer(form or load_form(), field, value)
    written = dict(kind="answer", review_id=review_id, subject=field, content={"value": value}, who=who, why=why)
    return append_entry(path, **written, decided_at=decided_at)


def withdraw_answer(path: str | Path, *, review_id: str, field: str, who: str, decided_at: datetime) -> str:
    """Take the answer to a question back, so that it stands as not looked at, and return the id of the entry."""
    written = dict(kind="answer", review_id=review_id, subject=field, content=None, who=who, why="taken back")
    return append_entry(path, **written, decided_at=decided_at)


def quote_record(
    path: str | Path,
    *,
    review_id: str,
    finding: str,
    side: str,
    record: Mapping[str, Any],
    start: int,
    end: int,
    who: str,
    decided_at: datetime,
    why: str = "",
) -> str:
    """Put words of a record beside a finding and return the id of the entry.

    `finding` is the id of a field, with .option behind it where several can be chosen (`signals.seen.staff_refusal`);
    `record` is a row of the records table; `start` and `end` count its narrative's characters. The store keeps the place.
    """
    if end > len(record["narrative"]):
        raise ReviewError("The quotation ends behind the end of the record.")
    place = dict(record_id=record["record_id"], narrative_fingerprint=record["narrative_fingerprint"], start=start, end=end)
    content = make_content(RecordQuote, dict(finding=finding, side=side) | place)
    return _write(path, "evidence", review_id, uuid.uuid4().hex, content, who, why, decided_at)


def quote_words(
    path: str | Path,
    *,
    review_id: str,
    finding: str,
    side: str,
    words: str,
    said_by: str,
    said_on: date,
    checked_back: str,
    who: str,
    decided_at: datetime,
    about: str = "",
    why: str = "",
) -> str:
    """Put words said, or something shown, at the review beside a finding and return the id of the entry.

    `said_by` is a role; `checked_back` says with whom and how the words were checked back.
    """
    values = dict(
        finding=finding, side=side, words=words, said_by=said_by, said_on=said_on, checked_back=checked_back, about=about
    )
    return _write(path, "evidence", review_id, uuid.uuid4().hex, make_content(ReviewWords, values), who, why, decided_at)


def add_participant(path: str | Path, *, review_id: str, who: str, decided_at: datetime, **participant: Any) -> str:
    """Add somebody who takes part (the fields of Participant) and return the id of the entry."""
    content = make_content(Participant, participant)
    return _write(path, "participant", review_id, uuid.uuid4().hex, content, who, "", decided_at)


def add_request(path: str | Path, *, review_id: str, who: str, decided_at: datetime, **request: Any) -> str:
    """Add something asked of a funder, health or housing (the fields of Request) and return its request id."""
    request_id = uuid.uuid4().hex
    _write(path, "request", review_id, request_id, make_content(Request, request), who, "", decided_at)
    return request_id


def answer_request(
    path: str | Path, review: Review, request_id: str, *, answered_on: date, answer: str, who: str, decided_at: datetime
) -> str:
    """Note what came back to a request and return the id of the entry."""
    values = review.find("request", request_id).content.model_dump() | dict(answered_on=answered_on, answer=answer)
    return _write(path, "request", review.review_id, request_id, make_content(Request, values), who, "", decided_at)


def add_action(path: str | Path, *, review_id: str, who: str, decided_at: datetime, **plan: Any) -> str:
    """Add an action (the fields of ActionPlan) and return its action id."""
    action_id = uuid.uuid4().hex
    _write(path, "action", review_id, action_id, make_content(ActionPlan, plan), who, "", decided_at)
    return action_id


def change_action(
    path: str | Path, review: Review, action_id: str, *, who: str, why: str, decided_at: datetime, **plan: Any
) -> str:
    """Change an action, for example its due day, saying why; return the id of the entry. What stood before is kept."""
    values = review.find_action(action_id).plan.model_dump() | plan
    return _write(path, "action", review.review_id, action_id, make_content(ActionPlan, values), who, why, decided_at)


def set_action_status(
    path: str | Path, *, review_id: str, action_id: str, status: str, on: date, note: str, who: str, decided_at: datetime
) -> str:
    """Say how an action stands from a day and return the id of the entry. A done or stopped action needs a note."""
    content = make_content(StatusChange, dict(status=status, on=on, note=note))
    return _write(path, "action_status", review_id, action_id, content, who, "", decided_at)


def add_learning_point(path: str | Path, *, who: str, decided_at: datetime, point_id: str = "", **point: Any) -> str:
    """Add a learning point (the fields of LearningPoint), or with `point_id` word one anew; return its id."""
    point_id = point_id or uuid.uuid4().hex
    _write(path, "learning_point", LEARNING, point_id, make_content(LearningPoint, point), who, "", decided_at)
    return point_id
