"""Write a learning point: what it says, what it means, the records for and against it, and what was decided."""

import re
from collections.abc import Callable
from datetime import datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from nearmiss_kit.decisions.entries import load_entries
from nearmiss_kit.errors import ReviewError
from nearmiss_kit.report.learning import show_learning_points
from nearmiss_kit.review.room import add_learning_point

if TYPE_CHECKING:
    import ipywidgets as widgets

FIELDS = {
    "statement": ("We learned", "one sentence a team could act on"),
    "definition": ("We mean by it", "what counts, and what does not"),
    "evidence": ("Records for it", "three or more references, one a line"),
    "counter_evidence": ("Against it", "references, one a line; or where you looked and found none"),
    "decided": ("We decided", "who does what differently, from when"),
}
_LISTS = ("evidence", "counter_evidence")


def write_learning_point(
    path: str | Path, records: pd.DataFrame, *, who: str, now: Callable[[], datetime] = datetime.now
) -> "widgets.VBox":
    """Five empty fields and a button; what is missing is said, and what is kept stands below. `who` is the group's role."""
    import ipywidgets as widgets  # only needed where there is a notebook to show it

    style, layout = {"description_width": "8rem"}, widgets.Layout(width="auto", max_width="46rem")
    fields = {
        name: widgets.Textarea(description=label, placeholder=hint, rows=3 if name in _LISTS else 2, style=style, layout=layout)
        for name, (label, hint) in FIELDS.items()
    }
    keep, says = widgets.Button(description="Keep it"), widgets.HTML()
    shown = widgets.HTML(show_learning_points(load_entries(path), records).html)

    def store(_: "widgets.Button") -> None:
        point = {name: _list_lines(field.value) if name in _LISTS else field.value for name, field in fields.items()}
        strange = sorted(set(point["evidence"]) - set(records["record_id"]))
        if strange:
            says.value = f"{len(strange)} of the references for it are not among these records. Give them as they stand there."
            return
        try:
            add_learning_point(path, who=who, decided_at=now(), **point)
        except ReviewError as fault:
            says.value = escape(str(fault))
            return
        says.value, shown.value = "Kept.", show_learning_points(load_entries(path), records).html
        for field in fields.values():
            field.value = ""

    keep.on_click(store)
    return widgets.VBox([*fields.values(), keep, says, shown])


def _list_lines(text: str) -> list[str]:
    return [line.strip() for line in re.split(r"\n", text) if line.strip()]
