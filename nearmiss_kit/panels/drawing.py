"""How the panels draw: pieces of HTML from one escaped template, and controls that carry their label."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import ipywidgets as widgets
from jinja2 import Environment, PackageLoader, StrictUndefined

from nearmiss_kit.report.render import read_style

FOLDER = Path(__file__).parent
CHOOSE = "choose …"


def draw(macro: str, *arguments: object) -> str:
    """A macro of parts.html.j2 as HTML; everything in it is escaped."""
    parts = _environment().get_template("parts.html.j2").module
    return str(getattr(parts, macro)(*arguments)).strip()


@cache
def _environment() -> Environment:
    return Environment(loader=PackageLoader("nearmiss_kit.panels", "."), autoescape=True, undefined=StrictUndefined)


def make_html(macro: str = "", *arguments: object, kind: str = "") -> widgets.HTML:
    """A piece of HTML as a widget; `kind` is its class."""
    made = widgets.HTML(draw(macro, *arguments) if macro else "")
    made.add_class(kind) if kind else None
    return made


def make_box(*children: widgets.Widget, kind: str, key: str = "") -> widgets.VBox:
    """Controls below one another. `key` names the place, so that the browser finds it again after a redraw."""
    made = widgets.VBox(list(children))
    made.add_class(kind)
    return give_key(made, key) if key else made


def make_row(*children: widgets.Widget) -> widgets.HBox:
    """Controls beside one another."""
    made = widgets.HBox(list(children))
    made.add_class("nm-row")
    return made


def make_button(words: str, press: Callable[[], None], *, key: str, kind: str = "nm-button") -> widgets.Button:
    """A button that does one thing."""
    made = widgets.Button(description=words)
    made.add_class(kind)
    made.on_click(lambda _: press())
    return give_key(made, key)


def give_key(widget: Any, key: str) -> Any:
    """The widget, with a class by which the browser gives the focus back to it."""
    widget.add_class("nm-key-" + "".join(sign if sign.isalnum() else "-" for sign in key))
    return widget


def make_line(label: str, *, long: bool = False, value: str = "", key: str = "") -> widgets.Text:
    """A box for words with its label above; it is read when somebody leaves it."""
    made = (widgets.Textarea if long else widgets.Text)(value=value, description=label, continuous_update=False)
    made.add_class("nm-line")
    return give_key(made, key or label)


def make_day(label: str, *, key: str = "") -> widgets.DatePicker:
    """A box for a day, empty."""
    made = widgets.DatePicker(description=label, value=None)
    made.add_class("nm-line")
    return give_key(made, key or label)


def make_list(label: str, options: Mapping[Any, str], *, key: str = "") -> widgets.Dropdown:
    """A list to choose one thing from ({value: name}); nothing is chosen."""
    made = widgets.Dropdown(options=list_choices(options), index=0, description=label)  # the first choice is none
    made.add_class("nm-line")
    return give_key(made, key or label)


def list_choices(options: Mapping[Any, str]) -> list[tuple[str, Any]]:
    """What a list offers: first nothing."""
    return [(CHOOSE, None), *((name, value) for value, name in options.items())]


def clear(control: Any) -> None:
    """Make a control empty again."""
    if isinstance(control, widgets.Dropdown):
        control.index = 0
    else:
        control.value = None if isinstance(control, widgets.DatePicker) else ""


def set_class(widget: widgets.DOMWidget, name: str, wanted: bool) -> None:
    """Give a widget a class, or take it away."""
    if (name in widget._dom_classes) != wanted:
        (widget.add_class if wanted else widget.remove_class)(name)


def set_value(widget: Any, value: Any) -> None:
    """Set a value where it differs, so that only what changed is drawn."""
    if widget.value != value:
        widget.value = value


def make_dress() -> widgets.Box:
    """The look of the panel, and the script that looks after focus, shortcuts and screen readers."""
    look = widgets.HTML(f"<style>{read_style('style.css')}{(FOLDER / 'panel.css').read_text(encoding='utf-8')}</style>")
    script = f"<script>{(FOLDER / 'panel.js').read_text(encoding='utf-8')}</script>"
    content = {"output_type": "display_data", "data": {"text/html": script}, "metadata": {}}
    made = widgets.Box([look, widgets.Output(outputs=(content,))])
    made.add_class("nm-dress")
    return made


class Section:
    """A part that opens and closes; what is in it is made when it is first opened."""

    def __init__(
        self, words: Callable[[], str], make: Callable[[], widgets.Widget], *, key: str, level: str = "nm-section"
    ) -> None:
        self.words, self._make, self.open = words, make, False
        self.toggle = make_button("", self.turn, key=key, kind="nm-toggle")
        self.inside = make_box(kind="nm-inside")
        self.box = make_box(self.toggle, kind=level, key=f"{key}-box")
        self.redraw()

    def turn(self) -> None:
        """Open it, or close it."""
        self.open = not self.open
        if self.open and not self.inside.children:
            self.inside.children = (self._make(),)
        self.box.children = (self.toggle, self.inside) if self.open else (self.toggle,)
        self.redraw()

    def redraw(self) -> None:
        """Say on the button what it opens, and whether it is open."""
        words = f"{'Close' if self.open else 'Open'}: {self.words()}"
        if self.toggle.description != words:
            self.toggle.description = words
        set_class(self.toggle, "nm-open", self.open)
