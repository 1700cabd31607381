"""Small forms with a button: everything in one goes into the store with one call."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import ipywidgets as widgets

from nearmiss_kit.panels.desk import Desk
from nearmiss_kit.panels.drawing import clear, list_choices, make_box, make_button, make_day, make_html, make_line, make_list
from nearmiss_kit.review.contents import ASKED_OF, LASTING, SIDES

YES_NO = {True: "yes", False: "no"}
AGREED = {"yes": "yes", "no": "no", "not_asked": "not asked yet", "chose_not": "asked, and chose not to answer"}
Ask = tuple[str, str, Any]  # the name of the value, its label, and str, date, or what can be chosen

ACTION: tuple[Ask, ...] = (
    ("what", "What is done?", str),
    ("owner", "Who does it (a role)?", str),
    ("due", "By when?", date),
    ("finding", "Which finding does it answer?", "findings"),
    ("lasting", "Is it a temporary fix, or does it change the support model?", LASTING),
    ("know_by", "How shall we know that it worked?", str),
    ("restricts_anyone", "Does it restrict anyone, housemates included?", YES_NO),
    ("less_restrictive", "If it does: which less restrictive ways were thought of?", str),
    ("legal_basis", "If it does: what is the legal basis?", str),
    ("restriction_review", "If it does: when is it looked at again?", date),
    ("plan_to_end", "If it does: how will it end?", str),
)
PARTICIPANT: tuple[Ask, ...] = (
    ("role", "Who (a role, no name)?", str),
    ("about", "Which housemate, where it is one?", "people"),
    ("asked_on", "Asked on", date),
    ("agreed", "Did they agree?", AGREED),
    ("basis", "On what basis (consent, or which best-interests decision)?", str),
    ("communication", "Which support with communication?", str),
    ("advocate", "Who is their advocate?", str),
)
REQUEST: tuple[Ask, ...] = (
    ("asked_of", "Who was asked?", ASKED_OF),
    ("what", "What was asked for?", str),
    ("asked_on", "Asked on", date),
)
WORDS_SAID: tuple[Ask, ...] = (
    ("words", "Words said, or what was shown", str),
    ("said_by", "By whom (a role; “the person” where it was the person)?", str),
    ("said_on", "When?", date),
    ("checked_back", "How and with whom was it checked back?", str),
    ("about", "Whom is it about?", "people"),
    ("side", "Does it speak for or against?", SIDES),
)


class EntryForm:
    """A form that starts empty, and is empty again once it is stored."""

    def __init__(
        self,
        desk: Desk,
        asks: tuple[Ask, ...],
        *,
        title: str,
        words: str,
        key: str,
        store: Callable[[dict[str, Any]], Any],
        lists: Mapping[str, Callable[[], Mapping[Any, str]]] | None = None,
    ) -> None:
        self.desk, self.asks, self.store, self.lists = desk, asks, store, lists or {}
        self.controls = {name: self._make(label, kind, f"{key}-{name}") for name, label, kind in asks}
        self.button = make_button(words, self._press, key=f"{key}-store")
        self.box = make_box(
            make_html("ask", title, True, kind="nm-ask"),
            make_box(*self.controls.values(), kind="nm-lines"),
            self.button,
            kind="nm-group",
        )
        if self.lists:
            desk.listen(self.redraw)

    def _make(self, label: str, kind: Any, key: str) -> widgets.Widget:
        if kind is str:
            return make_line(label, key=key)
        if kind is date:
            return make_day(label, key=key)
        return make_list(label, self.lists[kind]() if isinstance(kind, str) else kind, key=key)

    def _press(self) -> None:
        # A list in which “nobody” may stand gives "" where nothing is chosen; the room says what it misses.
        values = {name: self._read(name, kind) for name, _, kind in self.asks}
        if self.store(values) is not None:
            for control in self.controls.values():
                clear(control)

    def _read(self, name: str, kind: Any) -> Any:
        value = self.controls[name].value
        return "" if value is None and isinstance(kind, str) else value

    def redraw(self) -> None:
        """Offer in the lists what there is now; what was chosen stays chosen."""
        for name, _, kind in self.asks:
            if isinstance(kind, str):
                self._offer(self.controls[name], list_choices(self.lists[kind]()))

    @staticmethod
    def _offer(control: widgets.Dropdown, choices: list[tuple[str, Any]]) -> None:
        if list(control.options) != choices:
            value = control.value
            control.options = choices
            control.index = next((place for place, (_, choice) in enumerate(choices) if choice == value), 0)
