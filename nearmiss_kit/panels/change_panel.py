"""Choose what to look at over time, and how: no choice is made before the reader makes it."""

import math
from typing import TYPE_CHECKING

import pandas as pd

from nearmiss_kit.analysis.days_between import chart_days_between
from nearmiss_kit.analysis.series import count_by_month, list_event_days
from nearmiss_kit.analysis.wording import say_month
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
    """Five questions, none answered beforehand, and the chart once all are: theme, measure, direction, screening, peak.

    A target, and months from which new limits start, may be added for records a month; both begin empty.
    """
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
    target = widgets.Text(description="Target, if any", placeholder="a number of records a month", style=style, layout=layout)
    rebase = widgets.SelectMultiple(
        options=_list_months(records), value=(), rows=4, description="New limits from", style=style, layout=layout
    )
    shown = widgets.HTML()

    def show(_: dict) -> None:
        answers = [field.value for field in fields]
        missing = [field.description for field in fields if field.value is None]
        if missing:
            shown.value = f"Still to choose: {', '.join(missing)}."
            return
        aim = pd.to_numeric(target.value.strip() or "0", errors="coerce")
        if not math.isfinite(aim):
            shown.value = "The target is no number. Give one such as 4 or 2.5, or leave it empty."
            return
        shown.value = _draw(
            records, tags, fields[0].label, *answers, target=float(aim) if target.value.strip() else None, rebase=rebase.value
        )

    for field in (*fields, target, rebase):
        field.observe(show, names="value")
    return widgets.VBox([*fields, target, rebase, shown])


def _list_months(records: pd.DataFrame) -> list[tuple[str, pd.Timestamp]]:
    months = records["event_date"].dropna().dt.to_period("M")
    every = pd.period_range(months.min(), months.max(), freq="M") if len(months) else []
    return [(say_month(str(month)), month.to_timestamp()) for month in every]


def _draw(
    records: pd.DataFrame,
    tags: pd.DataFrame,
    name: str,
    theme: tuple[str, str],
    kind: str,
    direction: str,
    screen: bool,
    peak: bool,
    *,
    target: float | None,
    rebase: tuple[pd.Timestamp, ...],
) -> str:
    if kind == "days" and (target is not None or rebase):
        return "A target and new limits are for records a month. Clear them, or choose records a month."
    if kind == "days":
        chart: XmrChart = chart_days_between(list_event_days(records, tags, themes=[theme]), screen=screen, began_at_peak=peak)
        return show_change(chart, title=f"{name}: days between", unit="days").html
    series = count_by_month(records, tags, themes=[theme])
    chart = chart_measure(series, direction=direction, screen=screen, rebase=rebase, target=target, began_at_peak=peak)
    return show_change(chart, title=f"{name}: records a month", unit="records", target=target).html
