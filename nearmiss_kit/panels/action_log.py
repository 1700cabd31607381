"""The action log, what was asked of others, and who takes part."""

from typing import Any

import ipywidgets as widgets

from nearmiss_kit.panels.desk import Desk
from nearmiss_kit.panels.drawing import clear, draw, make_box, make_button, make_day, make_html, make_line, make_list, set_value
from nearmiss_kit.panels.entry_forms import ACTION, PARTICIPANT, REQUEST, EntryForm
from nearmiss_kit.review.contents import STATUSES
from nearmiss_kit.review.gate import judge_findings
from nearmiss_kit.review.reading import Action, Noted
from nearmiss_kit.review.room import add_action, add_participant, add_request, answer_request, set_action_status


class ActionRow:
    """One action, how it stands, and a line to say how it stands now."""

    def __init__(self, desk: Desk, action_id: str) -> None:
        self.desk, self.action_id = desk, action_id
        self.said = make_html(kind="nm-part")
        self.status = make_list("How does it stand?", STATUSES, key=f"status-{action_id}")
        self.on = make_day("Since when?", key=f"on-{action_id}")
        self.note = make_line("What shows it, or why?", key=f"note-{action_id}")
        store = make_button("Say how it stands", self._store, key=f"store-{action_id}")
        self.box = make_box(self.said, make_box(self.status, self.on, self.note, kind="nm-lines"), store, kind="nm-question")
        self.redraw()

    def _store(self) -> None:
        values = dict(status=self.status.value, on=self.on.value, note=self.note.value)
        common = dict(review_id=self.desk.review_id, action_id=self.action_id)
        if self.desk.write(set_action_status, **common, **values) is not None:
            for control in (self.status, self.on, self.note):
                clear(control)

    def redraw(self) -> None:
        """Show the action as it stands."""
        action = self.desk.review.find_action(self.action_id)
        set_value(self.said, draw("action", action, _name_finding(self.desk, action), action.is_overdue(self.desk.seen.today)))


def _name_finding(desk: Desk, action: Action) -> str:
    return list_findings(desk).get(action.plan.finding, action.plan.finding)


def list_findings(desk: Desk) -> dict[str, str]:
    """The findings an action can answer: {id: name}."""
    return {found.finding: found.name for found in judge_findings(desk.review)}


class ActionLog:
    """All actions, and a form for the next."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.rows: dict[str, ActionRow] = {}
        self.listed = make_box(kind="nm-listed", key="actions")
        form = EntryForm(
            desk,
            ACTION,
            title="Add an action",
            words="Add this action",
            key="action",
            store=lambda values: desk.write(add_action, review_id=desk.review_id, **values),
            lists={"findings": lambda: list_findings(desk)},
        )
        self.box = make_box(self.listed, form.box, kind="nm-part")
        desk.listen(self.redraw)
        self.redraw()

    def redraw(self) -> None:
        """Show what is new, and how the others stand."""
        for action in self.desk.review.actions:
            if action.action_id in self.rows:
                self.rows[action.action_id].redraw()
            else:
                self.rows[action.action_id] = ActionRow(self.desk, action.action_id)
        children = tuple(self.rows[action.action_id].box for action in self.desk.review.actions)
        if self.listed.children != children or not children:
            self.listed.children = children or (make_html("nothing", "No action yet."),)


class RequestRow:
    """One request, and what came back."""

    def __init__(self, desk: Desk, noted: Noted) -> None:
        self.desk, self.subject = desk, noted.subject
        self.said = make_html("request", noted.content)
        self.on = make_day("Answered on", key=f"answered-{noted.subject}")
        self.answer = make_line("What was the answer?", key=f"answer-{noted.subject}")
        store = make_button("Note the answer", self._store, key=f"note-{noted.subject}")
        self.box = make_box(self.said, make_box(self.on, self.answer, kind="nm-lines"), store, kind="nm-question")

    def _store(self) -> None:
        values = dict(answered_on=self.on.value, answer=self.answer.value)
        self.desk.write(answer_request, self.desk.review, self.subject, **values)


class NotedList:
    """Participants or requests as they are written down."""

    def __init__(self, desk: Desk, kind: str) -> None:
        self.desk, self.kind, self.shown = desk, kind, None
        self.box = make_box(kind="nm-listed", key=kind)
        desk.listen(self.redraw)
        self.redraw()

    def redraw(self) -> None:
        """Draw the list anew where something changed."""
        noted = getattr(self.desk.review, self.kind)
        if noted != self.shown:
            self.shown = noted
            self.box.children = tuple(self._show(one) for one in noted) or (make_html("nothing", "Nothing is written down yet."),)

    def _show(self, noted: Noted) -> widgets.Widget:
        if self.kind == "requests":
            return RequestRow(self.desk, noted).box
        return make_html("participant", noted.content)


def make_participants(desk: Desk) -> widgets.Widget:
    """Who takes part, each with an entry of their own."""
    return _make_list(desk, "participants", PARTICIPANT, "Add somebody who takes part", add_participant)


def make_requests(desk: Desk) -> widgets.Widget:
    """What was asked of a funder, health or housing."""
    return _make_list(desk, "requests", REQUEST, "Add something that was asked of somebody", add_request)


def _make_list(desk: Desk, kind: str, asks: tuple, title: str, call: Any) -> widgets.Widget:
    def store(values: dict[str, Any]) -> Any:
        still = dict(answered_on=None, answer="") if kind == "requests" else {}
        return desk.write(call, review_id=desk.review_id, **values, **still)

    people = {"people": lambda: {person: person for person in desk.review.opening.housemates}} if kind == "participants" else None
    form = EntryForm(desk, asks, title=title, words="Add this", key=kind, store=store, lists=people)
    return make_box(NotedList(desk, kind).box, form.box, kind="nm-part")
