"""The questions of the form as controls: each starts empty, and each change is one answer."""

from datetime import date
from typing import Any

import ipywidgets as widgets

from nearmiss_kit.panels.desk import Desk
from nearmiss_kit.panels.drawing import (
    draw,
    give_key,
    make_box,
    make_button,
    make_day,
    make_html,
    make_line,
    make_row,
    set_class,
    set_value,
)
from nearmiss_kit.review.form import NOT_LOOKED_AT, Field


class FieldControl:
    """One field with its control and what stands there: “not looked at”, or who answered when."""

    def __init__(self, desk: Desk, field: Field, *, label: str, heading: bool) -> None:
        self.desk, self.field = desk, field
        self.state = make_html(kind="nm-state")
        self.heard = ""
        ask = (make_html("ask", label, heading, kind="nm-ask"),) if field.kind not in ("text", "date") else ()
        control = {"choice": self._make_choice, "many": self._make_many, "text": self._make_text, "date": self._make_day}
        made = control[field.kind](label)
        self.box = make_box(*ask, made, self.state, kind="nm-question", key=f"q-{field.id}")
        desk.listen(self.redraw)
        self.redraw()

    def _make_choice(self, label: str) -> widgets.Widget:
        self.buttons = {
            option.id: make_button(option.name, self._press(option.id), key=f"{self.field.id}-{option.id}", kind="nm-option")
            for option in self.field.options
        }
        return make_row(*self.buttons.values())

    def _press(self, option: str) -> Any:
        return lambda: self.desk.answer(self.field.id, "" if self.desk.review.value(self.field.id) == option else option)

    def _make_many(self, label: str) -> widgets.Widget:
        self.ticks = {}
        for option in self.field.options:
            tick = widgets.Checkbox(value=False, description=option.name, indent=False)
            tick.observe(self._tick, names="value")
            self.ticks[option.id] = give_key(tick, f"{self.field.id}-{option.id}")
        return make_box(*self.ticks.values(), kind="nm-ticks")

    def _tick(self, _: Any) -> None:
        ticked = tuple(option for option, tick in self.ticks.items() if tick.value)
        if ticked != self.desk.review.chosen(self.field.id):
            self.desk.answer(self.field.id, ticked)

    def _make_text(self, label: str) -> widgets.Widget:
        self.text = make_line(label, long=not self.field.row, key=self.field.id)
        self.text.observe(lambda change: self.desk.answer(self.field.id, change["new"].strip()), names="value")
        return self.text

    def _make_day(self, label: str) -> widgets.Widget:
        self.day = make_day(label, key=self.field.id)
        self.day.observe(lambda change: self.desk.answer(self.field.id, str(change["new"] or "")), names="value")
        return self.day

    def redraw(self) -> None:
        """Show what stands in the store."""
        answer = self.desk.review.answers.get(self.field.id)
        value = answer.value if answer else ""
        self._show_state(value, answer)
        if self.field.kind == "choice":
            for option, button in self.buttons.items():
                set_class(button, "nm-chosen", option == value)
        elif self.field.kind == "many":
            for option, tick in self.ticks.items():
                set_value(tick, option in value)
        elif value != self.heard:  # words somebody is writing are left alone
            set_value(self.text if self.field.kind == "text" else self.day, value if self.field.kind == "text" else _read(value))
        self.heard = value

    def _show_state(self, value: Any, answer: Any) -> None:
        names = {option.id: option.name for option in self.field.options}
        said = names.get(value, "") if self.field.kind == "choice" else ""
        words = f"{answer.who}, {answer.when[:10]} {answer.when[11:16]}" if answer else NOT_LOOKED_AT
        set_value(self.state, draw("state", said, words, answer is not None))


def _read(value: str) -> date | None:
    return date.fromisoformat(value) if value else None


class QuestionControl:
    """One question: a single control, or its rows below a common heading."""

    def __init__(self, desk: Desk, question: str, *, beside: Any = None) -> None:
        fields = [f for f in desk.form.fields if f.id == question or (f.row and f.id.rpartition(".")[0] == question)]
        if len(fields) == 1 and not fields[0].row:
            self.box = FieldControl(desk, fields[0], label=fields[0].ask, heading=True).box
            return
        rows = []
        for field in fields:
            made = FieldControl(desk, field, label=field.row, heading=False).box
            rows.append(make_box(made, beside(field.id), kind="nm-pair") if beside else made)
        kind = "nm-lines" if fields[0].kind == "text" else "nm-rows"
        self.box = make_box(make_html("ask", fields[0].ask, True, kind="nm-ask"), make_box(*rows, kind=kind), kind="nm-group")
