"""Clear sentences to be quoted to named readers: choose a theme, say why, one click a sentence."""

from collections.abc import Callable
from datetime import datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from nearmiss_kit.decisions.quotations import clear_quotation, is_cleared, load_cleared
from nearmiss_kit.errors import DecisionsError
from nearmiss_kit.panels.evidence_browser import list_themes
from nearmiss_kit.report.facts import Evidence, Report
from nearmiss_kit.report.render import render_part

if TYPE_CHECKING:
    import ipywidgets as widgets

MAY, MAY_NOT = "May be quoted", "May no longer be quoted"


def clear_quotations(
    report: Report, records: pd.DataFrame, path: str | Path, *, who: str, now: Callable[[], datetime] = datetime.now
) -> "widgets.VBox":
    """The sentences of an internal report, theme by theme, each with a button that clears it for named readers.

    `who` is the role that clears; the store at `path` remembers. Nothing is cleared until somebody says why.
    """
    import ipywidgets as widgets  # only needed where there is a notebook to show it

    prints = dict(zip(records["record_id"], records["narrative_fingerprint"], strict=True))
    layout = widgets.Layout(width="auto", max_width="46rem")
    choice = list_themes(report)
    why = widgets.Text(
        description="Why they may", placeholder="who could be known by it, and who agreed", layout=layout,
        style={"description_width": "8rem"},
    )  # fmt: skip
    says, rows = widgets.HTML(), widgets.VBox()

    def make_row(entry: Evidence) -> "widgets.VBox":
        place = (entry.record_id, prints[entry.record_id], entry.sentence_start, entry.sentence_end)
        button = widgets.Button(layout=widgets.Layout(width="14rem"))

        def name_button() -> None:
            button.description = MAY_NOT if is_cleared(place, load_cleared(path)) else MAY

        def turn(_: "widgets.Button") -> None:
            wanted = button.description == MAY
            record_id, fingerprint, start, end = place
            try:
                clear_quotation(
                    path, record_id=record_id, narrative_fingerprint=fingerprint, sentence_start=start, sentence_end=end,
                    cleared=wanted, who=who, why=why.value, decided_at=now(),
                )  # fmt: skip
                says.value = "Cleared." if wanted else "Taken back."
            except DecisionsError as fault:
                says.value = escape(str(fault))
            name_button()

        name_button()
        button.on_click(turn)
        return widgets.VBox([widgets.HTML(render_part("evidence", entry)), button])

    def show_chosen(change: dict) -> None:
        rows.children = tuple(make_row(entry) for entry in report.evidence if change["new"] in entry.codes)

    choice.observe(show_chosen, names="value")
    return widgets.VBox([choice, why, says, rows])
