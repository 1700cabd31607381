"""The desk of one review: which person and store, who sits at it, what is known, and what the last click did. No widgets."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from nearmiss_kit.decisions.entries import CODED_QUESTIONS, load_entries, undo_entry
from nearmiss_kit.decisions.store import append_decision, load_decisions, undo_decision
from nearmiss_kit.errors import NearMissError
from nearmiss_kit.review.checks import Seen, study_person, study_review
from nearmiss_kit.review.form import Form, load_form
from nearmiss_kit.review.house_rules import HouseRules, Proposal, propose_review
from nearmiss_kit.review.reading import Review, list_reviews
from nearmiss_kit.review.room import answer_field, quote_record, withdraw_answer
from nearmiss_kit.tagging.lexicon import Lexicon

JUDGEMENTS = {"agree": "agree", "not_this": "not this", "not_sure": "not sure"}
_VERDICTS = {"not_this": "rejected", "not_sure": "unsure"}


class Desk:
    """What the panel knows. `write` makes one call, studies the review anew, and tells everybody who listens.

    `says` is what the last click did, in words; `seen` is the review with everything known about it.
    """

    def __init__(
        self,
        records: pd.DataFrame,
        tags: pd.DataFrame,
        lexicon: Lexicon,
        *,
        store: str | Path,
        rules: HouseRules,
        form: Form | None = None,
        now: Callable[[], datetime],
    ) -> None:
        self.records, self.tags, self.lexicon = records, tags, lexicon
        self.path, self.rules, self.form, self.now = Path(store), rules, form or load_form(), now
        self.who, self.says, self.refused = "", "", False
        self.review_id, self.seen = "", None
        self._listeners: list[Callable[[], None]] = []

    def listen(self, redraw: Callable[[], None]) -> None:
        """Call `redraw` after every click."""
        self._listeners.append(redraw)

    def take_up(self, person: str) -> Seen:
        """Sit down to a person: the review that was last begun about them, or none yet."""
        self._listeners = self._listeners[:1]  # the status line stays; the parts of another person's page do not
        found = list_reviews(load_entries(self.path))
        mine = found[found["person"] == person]
        self.review_id = "" if mine.empty else mine.iloc[-1]["review_id"]
        self.person = person
        self.study()
        return self.seen

    def study(self) -> None:
        """Read everything anew, as it stands in the store now."""
        common = dict(rules=self.rules, today=self.now().date(), form=self.form)
        about = (self.path, self.records, self.tags, self.lexicon)
        if self.review_id:
            self.seen = study_review(*about, review_id=self.review_id, **common)
        else:
            self.seen = study_person(*about, person=self.person, **common)

    @property
    def review(self) -> Review:
        """The review as it stands."""
        return self.seen.review

    def propose(self) -> Proposal:
        """Whether the house rule proposes a review of this person."""
        people = self.review.people
        return propose_review(self.records, self.seen.reviewed, self.lexicon, people=people, rules=self.rules)

    def write(self, call: Callable[..., Any], *arguments: Any, **values: Any) -> Any:
        """One call of the review room, for whoever sits here, now. Its result; None where it was refused (`says` tells why)."""
        return self.try_to(lambda: call(self.path, *arguments, **values, who=self.who, decided_at=self.now()))

    def try_to(self, call: Callable[[], Any]) -> Any:
        """One call, then everything studied anew. Its result; None where it was refused."""
        try:
            made = call()
            self.study()
        except NearMissError as refusal:
            self.say(str(refusal), refused=True)
            return None
        self.say(f"saved at {self.now():%H:%M}")
        return made

    def say(self, words: str, *, refused: bool = False) -> None:
        """Say something to everybody who listens, without writing anything."""
        self.says, self.refused = words, refused
        for redraw in tuple(self._listeners):
            redraw()

    def answer(self, field: str, value: Any) -> None:
        """Answer a field, or take the answer back where `value` is empty. Nothing where it stands so already."""
        now = self.review.value(field)
        if value == now or (not value and not now):
            return
        if value:
            kept = list(value) if isinstance(value, tuple) else value
            self.write(answer_field, review_id=self.review_id, field=field, value=kept, form=self.form)
        else:
            self.write(withdraw_answer, review_id=self.review_id, field=field)

    def read_judgement(self, row: dict[str, Any], finding: str) -> str:
        """What was judged about a proposed sentence: agree, not_this, not_sure or ""."""
        if self._find_quoted(row, finding):
            return "agree"
        verdict = self._find_decision(row, finding).get("verdict", "")
        return next((judgement for judgement, kept in _VERDICTS.items() if kept == verdict), "")

    def judge(self, row: dict[str, Any], finding: str, judgement: str) -> None:
        """Judge a proposed sentence (a row of propose_evidence): agree puts it beside the finding."""
        if self.read_judgement(row, finding):
            self.say("This sentence is judged already. Take that back first.", refused=True)
        elif judgement == "agree":
            place = dict(side=row["side"], record=self.find_record(row["record_id"]), start=row["start"], end=row["end"])
            self.write(quote_record, review_id=self.review_id, finding=finding, **place)
        else:
            question, _, code = finding.rpartition(".")
            words = dict(family=CODED_QUESTIONS[question], code=code, assertion=row["assertion"], note="")
            place = dict(sentence_start=row["start"], sentence_end=row["end"], verdict=_VERDICTS[judgement])
            self._decide(append_decision, **self._name(row["record_id"]), **words, **place, lexicon_version=self.lexicon.version)

    def take_back(self, row: dict[str, Any], finding: str) -> None:
        """Take back what was judged about a proposed sentence."""
        quoted, decision = self._find_quoted(row, finding), self._find_decision(row, finding)
        if quoted:
            self.take_back_entry(quoted)
        elif decision:
            self._decide(undo_decision, decision["decision_id"])
        else:
            self.say("Nothing is judged here yet.", refused=True)

    def take_back_entry(self, entry_id: str) -> None:
        """Take back a quotation, or words said at the review."""
        self.write(undo_entry, entry_id)

    def find_record(self, record_id: str) -> dict[str, Any]:
        """The record of that id, as a row."""
        return self.records[self.records["record_id"] == record_id].iloc[0].to_dict()

    def _name(self, record_id: str) -> dict[str, Any]:
        return {name: self.find_record(record_id)[name] for name in ("record_id", "narrative_fingerprint")}

    def _decide(self, call: Callable[..., Any], *arguments: Any, **values: Any) -> None:
        self.try_to(lambda: call(self.path, *arguments, **values, reviewer=self.who, decided_at=self.now()))

    def _find_quoted(self, row: dict[str, Any], finding: str) -> str:
        return next(
            (
                piece.entry_id
                for piece in self.review.evidence
                if (piece.finding, piece.record_id, piece.words) == (finding, row["record_id"], row["sentence"])
            ),
            "",
        )

    def _find_decision(self, row: dict[str, Any], finding: str) -> dict[str, Any]:
        question, _, code = finding.rpartition(".")
        about = dict(family=CODED_QUESTIONS.get(question, ""), code=code, sentence_start=row["start"], sentence_end=row["end"])
        if not self._is_known(row, about):
            return {}
        decisions = load_decisions(self.path)
        for column, value in (self._name(row["record_id"]) | about).items():
            decisions = decisions[decisions[column] == value]
        return decisions.iloc[-1].to_dict() if len(decisions) and decisions.iloc[-1]["verdict"] != "undone" else {}

    def _is_known(self, row: dict[str, Any], about: dict[str, Any]) -> bool:
        tags = self.seen.reviewed
        here = tags[(tags["record_id"] == row["record_id"]) & (tags["sentence_start"] == about["sentence_start"])]
        return bool(((here["code"] == about["code"]) & (here["family"] == about["family"]) & (here["verdict"] != "")).any())
