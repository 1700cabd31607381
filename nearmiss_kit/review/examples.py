"""The three worked reviews that come with the kit, written into a store through the same calls as any click."""

from collections.abc import Mapping
from datetime import datetime, time
from pathlib import Path
from typing import Any

import pandas as pd

from nearmiss_kit.decisions.database import write_together
from nearmiss_kit.decisions.entries import load_entries
from nearmiss_kit.errors import ReviewError
from nearmiss_kit.review.form import load_form
from nearmiss_kit.review.reading import read_review
from nearmiss_kit.review.room import (
    add_action,
    add_participant,
    add_request,
    answer_field,
    close_review,
    open_review,
    quote_record,
    quote_words,
    set_action_status,
)
from nearmiss_kit.tagging.yaml_text import YamlText

EXAMPLES = ("alder", "birch", "cedar")
_FOLDER = Path(__file__).with_name("examples")
_NOON = time(12)


def write_examples(path: str | Path, records: pd.DataFrame) -> dict[str, str]:
    """Write the worked reviews of the sample records into the store at `path`; returns the review id of each example.

    All three are written in one go: waiting for the disk after each of their 317 entries took ten seconds.
    Raises ReviewError where `records` are not the sample records, because a quotation is then not in them.
    """
    by_id = records.set_index("record_id", drop=False).to_dict("index")
    with write_together(path):
        return {name: _write_example(path, read_example(name), by_id, records) for name in EXAMPLES}


def read_example(name: str) -> dict[str, Any]:
    """One worked review as its file holds it."""
    return YamlText((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8")).data


def find_quote(record: Mapping[str, Any] | None, record_id: str, quote: str) -> tuple[int, int]:
    """Where a quotation stands in a record, word for word. Raises ReviewError where it does not."""
    start = record["narrative"].find(quote) if record else -1
    if start < 0:
        raise ReviewError(f"A quotation is not in record {record_id} word for word. Write examples over the sample records only.")
    return start, start + len(quote)


def _write_example(path: str | Path, told: Mapping[str, Any], by_id: Mapping[str, Any], records: pd.DataFrame) -> str:
    who, opened = told["who"], _at(told["opened_on"])
    review_id = open_review(
        path,
        person=told["person"],
        service=told["service"],
        housemates=told["housemates"],
        reason=told["reason"],
        who=who,
        decided_at=opened,
    )
    common = dict(review_id=review_id, who=who)
    for answer in told["answers"]:
        words = dict(field=answer["field"], value=answer["value"], why=answer.get("why", ""))
        answer_field(path, **common, **words, decided_at=_at(answer["on"]))
    last = max(_at(answer["on"]) for answer in told["answers"])
    for piece in told["evidence"]:
        _write_evidence(path, piece, by_id, common | dict(decided_at=last))
    for participant in told["participants"]:
        add_participant(path, **common, decided_at=opened, **participant)
    for request in told["requests"]:
        add_request(path, **common, decided_at=_at(request.pop("on")), **request)
    for action in told["actions"]:
        _write_action(path, action, common)
    if "closed" in told:
        review = read_review(load_entries(path), records, load_form(), review_id=review_id)
        closed = told["closed"]
        close_review(path, review, outcome=closed["outcome"], reason=closed["reason"], who=who, decided_at=_at(closed["on"]))
    return review_id


def _write_evidence(path: str | Path, piece: dict[str, Any], by_id: Mapping[str, Any], common: dict[str, Any]) -> None:
    if "words" in piece:
        quote_words(path, **common, **piece)
        return
    record = by_id.get(piece["record"])
    start, end = find_quote(record, piece["record"], piece["quote"])
    quote_record(path, **common, finding=piece["finding"], side=piece["side"], record=record, start=start, end=end)


def _write_action(path: str | Path, action: dict[str, Any], common: dict[str, Any]) -> None:
    history, added = action.pop("history"), _at(action.pop("on"))
    action_id = add_action(path, **common, decided_at=added, **action)
    for said in history:
        set_action_status(path, **common, action_id=action_id, decided_at=_at(said["on"]), **said)


def _at(day: str) -> datetime:
    return datetime.combine(datetime.fromisoformat(day), _NOON)
