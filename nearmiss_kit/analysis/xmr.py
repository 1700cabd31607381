"""XmR charts by the rules of the NHS “Making Data Count”: which points are more than ordinary variation."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nearmiss_kit.analysis.wording import say_day, say_number
from nearmiss_kit.errors import AnalysisError

XMR_COLUMNS = (
    "date", "value", "part", "mean", "lower_limit", "upper_limit", "near_lower", "near_upper", "rule", "meaning",
)  # fmt: skip
DIRECTIONS = ("increase", "decrease", "neutral")
# In the order in which one rule's label goes before another's.
RULES = {
    "outside_limits": "a single point outside the limits",
    "trend": "seven points rising or falling in a row",
    "two_of_three": "two of three points close to a limit",
    "shift": "seven points in a row on one side of the mean",
}
MEANINGS = {
    "common_cause": "ordinary variation",
    "improvement": "a change for the better",
    "concern": "a change for the worse",
    "higher": "higher than ordinary variation",
    "lower": "lower than ordinary variation",
}
COLOURS = {
    "common_cause": "#a6a6a6",
    "improvement": "#00b0f0",
    "concern": "#e46c0a",
    "higher": "#490092",
    "lower": "#490092",
    "target": "#de1b1b",
}
ASSURANCES = {
    "consistently_pass": "The target will be met every time unless something changes.",
    "consistently_fail": "The target will be missed every time unless something changes.",
    "inconsistent": "The target will sometimes be met and sometimes missed, by chance alone.",
}
FEWEST_POINTS = 12  # below this limits are not defensible: the page plots the dots alone
SHORT_PART = 13  # with fewer points in a part the reference warns that the limits are rough
FEWEST_FIXED = 12
_TO_LIMIT = 2.66  # mean moving range to limit (3 / 1.128)
_NEAR = 2 / 3
_SCREEN = 3.267  # moving ranges this many times their mean are left out, once
_RUN = 7
_ROUNDING = 1e-12
REGRESSION_TO_THE_MEAN = (
    "The review began because things were at their worst. After a peak, figures fall back by themselves, whatever was done: "
    "a better figure next to a peak is no proof that an action worked."
)


@dataclass(frozen=True)
class XmrChart:
    """A chart's points, what it says in words, and what must be said beside it.

    `kind` is “xmr”, or “dots” where there are too few points for limits. One row of `points` is one point; `rule` is a
    key of RULES or "", `meaning` a key of MEANINGS.
    """

    kind: str
    points: pd.DataFrame
    variation: str
    assurance: str
    sentence: str
    warnings: tuple[str, ...]


def chart_measure(
    series: pd.DataFrame, *, direction: str, screen: bool, rebase: Iterable[pd.Timestamp] = (), target: float | None = None,
    fix_after: int | None = None, began_at_peak: bool = False,
) -> XmrChart:  # fmt: skip
    """The chart of a measure over time: XmR with its finding in words, or dots where there are too few points for limits.

    Columns and choices are those of label_series; `target` is what was aimed at, and `began_at_peak` says that a peak
    started the review. With fewer than FEWEST_POINTS the kind is “dots” and the sentence says so. Raises AnalysisError
    as label_series does.
    """
    points = label_series(series, direction=direction, screen=screen, rebase=rebase, fix_after=fix_after)
    known = points[points["value"].notna()]
    if len(known) < FEWEST_POINTS:
        return _make_dots(points, len(known), began_at_peak)
    assurance = _find_assurance(points.iloc[-1], target, direction)
    warnings = tuple(_list_warnings(points, began_at_peak))
    return XmrChart("xmr", points, known["meaning"].iloc[-1], assurance, _say_finding(known, assurance), warnings)


def label_series(
    series: pd.DataFrame, *, direction: str, screen: bool, rebase: Iterable[pd.Timestamp] = (), fix_after: int | None = None
) -> pd.DataFrame:
    """Limits and rules for the columns `date` and `value`, one row a point in time, in order of date: XMR_COLUMNS.

    `direction` says what improvement is: “increase”, “decrease” or “neutral”. With `screen` moving ranges of 3.267 times
    their mean are left out once before the limits are found, as the R package NHSRplotthedots does and the NHS Excel
    tool does not. Each date in `rebase` starts new limits and new runs; `fix_after` finds them from the first points of
    a part only (12 or more). A point without a value stays and is in no rule; runs go on over it, and no moving range
    is taken across it. Raises AnalysisError for another direction, two points on one date, or a rebase date that is no
    point's.
    """
    points, rebase = _order_points(series), [pd.Timestamp(date) for date in rebase]
    _check_choices(points, direction, rebase, fix_after)
    points["part"] = points["date"].isin(rebase).cumsum()
    parts = [_label_part(part, screen, fix_after) for _, part in points.groupby("part", sort=False)]
    points = pd.concat(parts) if parts else points.reindex(columns=list(XMR_COLUMNS))
    return points.assign(meaning=_find_meanings(points, direction))[list(XMR_COLUMNS)]


def choose_chart(values: Iterable[float]) -> str:
    """“dots” for fewer than FEWEST_POINTS values, “days_between” where most of them are 0, else “xmr”."""
    known = pd.Series(list(values), dtype="float64").dropna()
    if len(known) < FEWEST_POINTS:
        return "dots"
    return "days_between" if (known == 0).mean() > 1 / 2 else "xmr"


def find_limits(values: np.ndarray, *, screen: bool) -> tuple[float, float]:
    """The mean, and the distance from it to the limits: 2.66 mean moving ranges, screened once where `screen`.

    A moving range stands between two values next to each other; where one is missing there is none. Where screening
    would leave nothing but zeros (a rare event among zeros) the ranges are not screened, for limits without width
    would flag every point.
    """
    ranges = np.abs(np.diff(values))
    ranges = ranges[~np.isnan(ranges)]
    kept = ranges[ranges < _SCREEN * ranges.mean()] if screen and len(ranges) else ranges
    if not kept.any():
        kept = ranges
    return float(np.nanmean(values)), _TO_LIMIT * float(kept.mean()) if len(kept) else float("nan")


def label_points(part: pd.DataFrame, *, only_outside: bool = False) -> np.ndarray:
    """For each point of one part, with its limits, the first rule of RULES that it is in, or "".

    `only_outside` leaves the rules about runs aside: where nearly every value is the same, all of them lie on one side
    of the mean whatever happens.
    """
    labels = np.full(len(part), "", dtype=object)
    known = part[part["value"].notna()]
    values = known["value"].to_numpy()
    side = find_side(values, known["mean"])
    outside = (find_side(values, known["upper_limit"]) > 0) | (find_side(values, known["lower_limit"]) < 0)
    close = ~outside & ((find_side(values, known["near_upper"]) > 0) | (find_side(values, known["near_lower"]) < 0))
    found = {
        "outside_limits": outside,
        "trend": _mark_runs(np.sign(np.diff(values)), _RUN - 1, extra=1),
        "two_of_three": close & _mark_close(close, side),
        "shift": _mark_runs(side, _RUN, extra=0),
    }
    rules = ("outside_limits",) if only_outside else tuple(RULES)
    labels[part["value"].notna().to_numpy()] = np.select([found[rule] for rule in rules], rules, "")
    return labels


def find_side(values: np.ndarray, line: np.ndarray) -> np.ndarray:
    """1 above the line, -1 below, 0 on it or where there is no line; what only rounding parts counts as on it."""
    apart = np.asarray(values, dtype=float) - np.asarray(line, dtype=float)
    scale = np.maximum(np.abs(values), np.abs(line))
    return np.nan_to_num(np.where(np.abs(apart) <= _ROUNDING * scale, 0.0, np.sign(apart)))


def _mark_runs(signs: np.ndarray, length: int, *, extra: int) -> np.ndarray:
    """Points in a window of `length` equal signs, none of them 0; `extra` points belong to the last sign."""
    marked = np.zeros(len(signs) + extra, dtype=bool)
    for start in range(len(signs) - length + 1):
        if abs(signs[start : start + length].sum()) == length:
            marked[start : start + length + extra] = True
    return marked


def _mark_close(close: np.ndarray, side: np.ndarray) -> np.ndarray:
    """Points in a window of three on one side of the mean, two or more of them close to a limit."""
    marked = np.zeros(len(close), dtype=bool)
    for start in range(len(close) - 2):
        window = slice(start, start + 3)
        if close[window].sum() >= 2 and abs(side[window].sum()) == 3:
            marked[window] = True
    return marked


def _order_points(series: pd.DataFrame) -> pd.DataFrame:
    points = series[["date", "value"]].assign(date=pd.to_datetime(series["date"]), value=series["value"].astype("float64"))
    return points.sort_values("date", kind="stable", ignore_index=True)


def _check_choices(points: pd.DataFrame, direction: str, rebase: list[pd.Timestamp], fix_after: int | None) -> None:
    if direction not in DIRECTIONS:
        raise AnalysisError(f"“{direction}” is no direction. Say which is better: {', '.join(DIRECTIONS)}.")
    if points["date"].isna().any() or points["date"].duplicated().any():
        raise AnalysisError("A point has no date, or two points have the same. Give one value for each day, week or month.")
    strange = [say_day(date) for date in rebase if date not in set(points["date"])]
    if strange:
        raise AnalysisError(
            f"New limits cannot start on {', '.join(strange)}: no point has that date. Choose the date of a point."
        )
    if fix_after is not None and fix_after < FEWEST_FIXED:
        raise AnalysisError(f"Limits were to be found from {fix_after} points. They need {FEWEST_FIXED} or more.")


def _label_part(part: pd.DataFrame, screen: bool, fix_after: int | None) -> pd.DataFrame:
    values = part["value"].to_numpy()[:fix_after]
    mean, reach = find_limits(values, screen=screen) if (~np.isnan(values)).any() else (np.nan, np.nan)
    limits = dict(
        lower_limit=mean - reach, upper_limit=mean + reach, near_lower=mean - _NEAR * reach, near_upper=mean + _NEAR * reach
    )
    part = part.assign(mean=mean, **limits)
    return part.assign(rule=label_points(part, only_outside=screen and _screens_to_nothing(values)))


def _screens_to_nothing(values: np.ndarray) -> bool:
    """Whether values vary, and screening would nevertheless leave no moving range but zeros."""
    ranges = np.abs(np.diff(values))
    ranges = ranges[~np.isnan(ranges)]
    return bool(ranges.any()) and not ranges[ranges < _SCREEN * ranges.mean()].any()


def _find_meanings(points: pd.DataFrame, direction: str) -> np.ndarray:
    side = find_side(points["value"], points["mean"])
    if direction == "neutral":
        special = np.where(side > 0, "higher", "lower")
    else:
        special = np.where(side == (1 if direction == "increase" else -1), "improvement", "concern")
    return np.where(points["rule"] == "", "common_cause", special)


def _find_assurance(last: pd.Series, target: float | None, direction: str) -> str:
    if target is None or direction == "neutral" or np.isnan(last["upper_limit"]):
        return ""
    if target > last["upper_limit"]:
        return "consistently_fail" if direction == "increase" else "consistently_pass"
    if target < last["lower_limit"]:
        return "consistently_pass" if direction == "increase" else "consistently_fail"
    return "inconsistent"


def _make_dots(points: pd.DataFrame, known: int, began_at_peak: bool) -> XmrChart:
    limits = dict.fromkeys(("mean", "lower_limit", "upper_limit", "near_lower", "near_upper"), np.nan)
    sentence = f"Too few points to call: {known} of the {FEWEST_POINTS} that limits need. The dots show what happened, no more."
    warnings = (REGRESSION_TO_THE_MEAN,) if began_at_peak else ()
    return XmrChart("dots", points.assign(**limits, rule="", meaning="common_cause"), "", "", sentence, warnings)


def _list_warnings(points: pd.DataFrame, began_at_peak: bool) -> Iterable[str]:
    for _, part in points.groupby("part", sort=False):
        known = int(part["value"].notna().sum())
        if known < SHORT_PART:
            start = say_day(part["date"].iloc[0])
            yield f"The limits from {start} rest on {say_number(known, 'point')}, fewer than {SHORT_PART}: take them as rough."
        if known and part["upper_limit"].iloc[0] == part["lower_limit"].iloc[0]:
            yield f"From {say_day(part['date'].iloc[0])} every value is the same, so that the limits have no width."
    if choose_chart(points["value"]) == "days_between":
        yield "Most values are 0. The days between one event and the next say more than this chart."
    missing = int(points["value"].isna().sum())
    if missing:
        yield f"{missing} of {say_number(len(points), 'point')} have no value. They are in no rule and in no limit."
    if began_at_peak:
        yield REGRESSION_TO_THE_MEAN


def _say_finding(known: pd.DataFrame, assurance: str) -> str:
    last, special = known.iloc[-1], int((known["rule"] != "").sum())
    rule = f" ({RULES[last['rule']]})" if last["rule"] else ""
    latest = f"The latest point, {say_day(last['date'])}, shows {MEANINGS[last['meaning']]}{rule}."
    whole = f"Of {say_number(len(known), 'point')}, {special or 'none'} {'stands' if special < 2 else 'stand'} out."
    return " ".join(filter(None, [latest, whole, ASSURANCES.get(assurance, "")]))
