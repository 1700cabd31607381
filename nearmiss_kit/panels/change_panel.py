"""Choose what to look at over time, and how: no choice is made before the reader makes it."""

from typing import TYPE_CHECKING

import pandas as pd

from nearmiss_kit.analysis.days_between import chart_days_between
from nearmiss_kit.analysis.series import count_by_month, list_event_days
from nearmiss_kit.analysis.xmr import XmrChart, chart_measure
from nearmiss_kit.report.changes import show_change
from nearmiss_kit.tagging.lexicon import Lexicon

if TYPE_CHECKING:
    import ipywidgets as widgets

KINDS = {"records a month": "months", "days between one record and the next (for what is rare)": "days"}
BETTER = {"fewer is better": "decrease", "more is better": "increase", "neither": "neutral"}
SCREENS = {
    "leave out very large jumps once (as the NHS’s R package does)": True,
    "keep every jump (as the NHS’s Excel tool does)": False,
}
PEAKS = {"yes, things were at their worst": True, "no": False}


def choose_change(records: pd.DataFrame, tags: pd.DataFrame, lexicon: Lexicon) -> "widgets.VBox":
    """Five questions, none answered beforehand, and the chart once all are: theme, measure, direction, screening, peak."""
    import ipywidgets as widgets  # only needed where there is a notebook to show it

    themes = {f"{lexicon.name_of(code.family, code.code)}": (code.family, code.code) for code in lexicon.codes}
    questions = {
        "Theme": themes, "Shown as": KINDS, "Better is": BETTER, "Jumps in the limits": SCREENS, "Did a peak start it": PEAKS,
    }  # fmt: skip
    style, layout = {"description_width": "10rem"}, widgets.Layout(width="auto", max_width="46rem")
    fields = [
        widgets.Dropdown(
            options=[("choose …", None), *answers.items()], value=None, description=question, style=style, layout=layout
        )
        for question, answers in questions.items()
    ]
    shown = widgets.HTML()

    def show(_: dict) -> None:
        answers = [field.value for field in fields]
        missing = [field.description for field in fields if field.value is None]
        shown.value = f"Still to choose: {', '.join(missing)}." if missing else _draw(records, tags, fields[0].label, *answers)

    for field in fields:
        field.observe(show, names="value")
    return widgets.VBox([*fields, shown])


def _draw(
    records: pd.DataFrame,
    tags: pd.DataFrame,
    name: str,
    theme: tuple[str, str],
    kind: str,
    direction: str,
    screen: bool,
    peak: bool,
) -> str:
    if kind == "days":
        chart: XmrChart = chart_days_between(list_event_days(records, tags, themes=[theme]), screen=screen, began_at_peak=peak)
        return show_change(chart, title=f"{name}: days between", unit="days").html
    series = count_by_month(records, tags, themes=[theme])
    chart = chart_measure(series, direction=direction, screen=screen, began_at_peak=peak)
    return show_change(chart, title=f"{name}: records a month", unit="records").html
