"""What changed: a measure over time with its finding in words, and the measures of reviews before and after."""

from collections.abc import Iterable

import pandas as pd

from nearmiss_kit.analysis.wording import say_day
from nearmiss_kit.analysis.xmr import ASSURANCES, RULES, XmrChart
from nearmiss_kit.report.pages import Page
from nearmiss_kit.report.render import render_part
from nearmiss_kit.review.form import Form
from nearmiss_kit.review.reading import Review

# The icons of the NHS “Making Data Count”, in words.
VARIATION_WORDS = {
    "common_cause": "Ordinary variation: the figures go up and down as they always do.",
    "improvement": "A change for the better: more than ordinary variation.",
    "concern": "A change for the worse: more than ordinary variation.",
    "higher": "Higher than ordinary variation; whether that is good was not said.",
    "lower": "Lower than ordinary variation; whether that is good was not said.",
    "": "Too few points to say whether anything changed.",
}
NO_TARGET = "No target was given, or it cannot be judged yet."
QUALITATIVE = ("trust", "staff_confidence", "wellbeing", "settled")  # asked in words; all other measures are counted


def show_change(chart: XmrChart, *, title: str, unit: str, target: float | None = None) -> Page:
    """A measure over time: its finding, the two icons in words, the picture, every warning, and the numbers below.

    `chart` is what chart_measure or chart_days_between found, `title` names the measure and `unit` its values; `target`
    is the one the chart was made with.
    """
    from nearmiss_kit.report.charts import draw_points  # seaborn takes seconds to import

    picture = draw_points(chart, unit=unit, target=target) if chart.points["value"].notna().any() else ""
    words = {"variation": VARIATION_WORDS[chart.variation], "assurance": ASSURANCES.get(chart.assurance, NO_TARGET)}
    return Page(render_part("change", chart, title, unit, picture, _say_alt(chart, title, unit), words, _list_rows(chart)))


def show_measures(reviews: Iterable[Review], form: Form) -> Page:
    """The measures of every review as they were before and as they are after: the counted ones, then those in words.

    `form` is that of load_form. A measure nobody wrote down in any review is named, so that its absence is seen.
    """
    reviews, names = tuple(reviews), form.list_options("measures.before")
    parts = []
    for heading, wanted in (("Counted", False), ("In words", True)):
        rows = [(name, _read_measure(reviews, row)) for row, name in names.items() if (row in QUALITATIVE) == wanted]
        parts.append((heading, [row for row in rows if row[1]], [name for name, found in rows if not found]))
    return Page(render_part("measures", parts, len(reviews)))


def _read_measure(reviews: tuple[Review, ...], row: str) -> list[tuple[str, str, str]]:
    found = [(review, *(review.value(f"measures.{when}.{row}") for when in ("before", "after"))) for review in reviews]
    return [
        (f"{review.opening.person}, {review.opening.service}", before, after)
        for review, before, after in found
        if before or after
    ]


def _say_alt(chart: XmrChart, title: str, unit: str) -> str:
    known = chart.points[chart.points["value"].notna()]
    if known.empty:
        return f"{title}. {chart.sentence}"
    low, high, last = known["value"].min(), known["value"].max(), known.iloc[-1]
    numbers = f"{unit}: from {low:g} to {high:g}, latest {last['value']:g} ({say_day(last['date'])})"
    limits = (
        f"; mean {last['mean']:.1f}, limits {last['lower_limit']:.1f} to {last['upper_limit']:.1f}" if chart.kind == "xmr" else ""
    )
    return f"{title}. {chart.sentence} {numbers}{limits}. Every number stands in the table below."


def _list_rows(chart: XmrChart) -> list[dict]:
    return [
        {
            "day": say_day(row["date"]),
            "value": "none" if pd.isna(row["value"]) else f"{row['value']:g}",
            "limits": "none"
            if pd.isna(row["mean"])
            else f"{row['mean']:.1f} ({row['lower_limit']:.1f} to {row['upper_limit']:.1f})",
            "rule": RULES.get(row["rule"], ""),
        }
        for row in chart.points.to_dict("records")
    ]
