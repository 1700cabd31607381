"""Days between events: the chart for what is rare, where counts a month are mostly 0."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from nearmiss_kit.analysis.wording import say_number
from nearmiss_kit.analysis.xmr import FEWEST_POINTS, XmrChart, chart_measure

# Nelson (1994, Journal of Quality Technology 26:239): times between events, to this power, are near enough normal.
_POWER = 1 / 3.6
_LINES = ["value", "mean", "lower_limit", "upper_limit", "near_lower", "near_upper"]


def list_days_between(dates: Iterable[pd.Timestamp]) -> pd.DataFrame:
    """The days from each event to the next: one row is an event after the first, with its `date` and the days as `value`.

    Events without a date are left out; two events on one day are one.
    """
    days = pd.Series(pd.to_datetime(list(dates))).dropna().dt.normalize().drop_duplicates().sort_values(ignore_index=True)
    return pd.DataFrame({"date": days[1:], "value": days.diff().dt.days[1:].astype("float64")}).reset_index(drop=True)


def chart_days_between(dates: Iterable[pd.Timestamp], *, screen: bool, began_at_peak: bool = False) -> XmrChart:
    """A t chart of the days between events, longer being better (Nelson 1994): its `points` are in days.

    Limits and rules are those of an XmR chart of days to the power 1/3.6, turned back into days; a lower limit below
    0 is 0. With fewer than FEWEST_POINTS gaps between events the kind is “dots”, as in chart_measure.
    """
    gaps = list_days_between(dates)
    chart = chart_measure(
        gaps.assign(value=gaps["value"] ** _POWER), direction="increase", screen=screen, began_at_peak=began_at_peak
    )
    points = chart.points.assign(**{line: _turn_back(chart.points[line]) for line in _LINES}).assign(value=gaps["value"])
    return replace(chart, points=points, sentence=_say_gaps(gaps) if chart.kind == "dots" else chart.sentence)


def _turn_back(line: pd.Series) -> np.ndarray:
    return np.maximum(line.to_numpy(dtype=float), 0) ** (1 / _POWER)


def _say_gaps(gaps: pd.DataFrame) -> str:
    return (
        f"Too few events to call: {say_number(len(gaps), 'gap')} between events, and limits need {FEWEST_POINTS}. "
        "The dots show what happened, no more."
    )
