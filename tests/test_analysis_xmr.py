"""What changed: XmR charts by the rules of “Making Data Count”, worked by hand and against a slow reading of the rules."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nearmiss_kit.analysis.days_between import chart_days_between, list_days_between
from nearmiss_kit.analysis.xmr import (
    REGRESSION_TO_THE_MEAN,
    chart_measure,
    choose_chart,
    find_limits,
    label_series,
)
from nearmiss_kit.errors import AnalysisError

CALM = [10, 12, 11, 13] * 3


def months(*values: float) -> pd.DataFrame:
    return pd.DataFrame({"date": pd.date_range("2024-01-01", periods=len(values), freq="MS"), "value": values})


def label(*values: float, screen: bool = False, direction: str = "neutral", **choices) -> list[str]:
    return label_series(months(*values), direction=direction, screen=screen, **choices)["rule"].tolist()


def test_limits_are_two_point_six_six_moving_ranges_from_the_mean_and_screened_once():
    """By hand: the moving ranges sum to 38 over 12; without the last, 17, to 21 over 11; the mean is 168 / 13."""
    points = label_series(months(*CALM, 30), direction="neutral", screen=True)
    reach = 2.66 * 21 / 11
    lines = ["mean", "lower_limit", "upper_limit", "near_lower", "near_upper"]
    assert points[lines].iloc[0].tolist() == pytest.approx(
        [168 / 13, 168 / 13 - reach, 168 / 13 + reach, 168 / 13 - 2 * reach / 3, 168 / 13 + 2 * reach / 3], abs=1e-12
    )
    assert find_limits(np.array([*CALM, 30.0]), screen=False) == pytest.approx((168 / 13, 2.66 * 38 / 12), abs=1e-12)


def test_each_rule_marks_its_points_and_only_those():
    assert label(*CALM, 30)[-1] == "outside_limits"
    assert label(*[5, 9, 5, 9, 5, 9], *[4, 5, 6, 7, 8, 9, 10]) == ["", "", "", "", "", "", *["trend"] * 7]
    assert label(*[3, 7, 3, 7, 3, 7, 3], *[9, 10, 9, 10, 9, 10, 9], *[3, 7, 3, 7, 3])[7:14] == ["shift"] * 7


def test_a_point_on_the_mean_breaks_a_shift_and_six_points_are_none():
    def around(middle):
        return label(*[2, 8, 2, 8, 2], *[6, 7, 6], middle, *[6, 7, 6], *[2, 6, 2])

    assert (around(5).count("shift"), around(5.5).count("shift")) == (0, 7)  # the mean is 5
    assert "shift" not in label(*[7, 3] * 4, *[9, 10, 9, 10, 9, 10], *[3, 7] * 4)


def test_of_three_points_near_a_limit_only_the_close_ones_are_marked():
    values = [*[10, 11] * 6, 12.8, 12, 12.8]
    points = label_series(months(*values), direction="neutral", screen=False)
    close = points["value"] > points["near_upper"]
    assert (points["value"] <= points["upper_limit"]).all()
    assert points["rule"].tolist() == ["two_of_three" if near else "" for near in close]
    assert close.sum() == 2


def slow_rules(values: list[float], mean: float, reach: float) -> list[str]:
    """The rules as the reference page says them, by trying every window for every point."""
    side = [0 if abs(v - mean) < 1e-12 * max(abs(v), abs(mean)) else 1 if v > mean else -1 for v in values]
    outside = [abs(v - mean) > reach + 1e-9 for v in values]
    close = [not o and abs(v - mean) > 2 / 3 * reach + 1e-9 for v, o in zip(values, outside, strict=True)]

    def windows(length, point):
        starts = range(max(0, point - length + 1), min(point, len(values) - length) + 1)
        return [range(start, start + length) for start in starts]

    def name(point):
        if outside[point]:
            return "outside_limits"
        for window in windows(7, point):
            steps = [values[i + 1] - values[i] for i in window[:-1]]
            if all(step > 0 for step in steps) or all(step < 0 for step in steps):
                return "trend"
        for window in windows(3, point):
            if close[point] and sum(close[i] for i in window) >= 2 and abs(sum(side[i] for i in window)) == 3:
                return "two_of_three"
        for window in windows(7, point):
            if abs(sum(side[i] for i in window)) == 7:
                return "shift"
        return ""

    return [name(point) for point in range(len(values))]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.floats(0, 50).map(lambda v: round(v, 3)), min_size=3, max_size=40))
def test_every_label_is_the_one_that_a_slow_reading_of_the_rules_gives(values):
    mean, reach = find_limits(np.array(values), screen=False)
    assert label(*values) == slow_rules(values, mean, reach)


def test_better_and_worse_follow_the_direction():
    meanings = {
        direction: label_series(months(*CALM, 30), direction=direction, screen=True)["meaning"].iloc[-1]
        for direction in ("increase", "decrease", "neutral")
    }
    assert meanings == {"increase": "improvement", "decrease": "concern", "neutral": "higher"}


def test_new_limits_start_at_the_date_and_runs_do_not_cross_it():
    low, high = [3, 7] * 6, [13, 17] * 6
    rebased = label_series(months(*low, *high), direction="neutral", screen=False, rebase=[pd.Timestamp("2025-01-01")])
    assert rebased.groupby("part")["mean"].first().tolist() == [5, 15]
    assert (set(rebased["rule"]), "shift" in label(*low, *high)) == ({""}, True)


def test_limits_fixed_after_twelve_points_stay_as_they_are():
    points = label_series(months(*CALM, 30, 40), direction="neutral", screen=False, fix_after=12)
    assert points[["mean", "upper_limit"]].iloc[-1].tolist() == pytest.approx([11.5, 11.5 + 2.66 * 21 / 11], abs=1e-12)


@pytest.mark.parametrize(
    ("target", "direction", "assurance"),
    [(30, "increase", "consistently_fail"), (30, "decrease", "consistently_pass"), (2, "increase", "consistently_pass"),
     (2, "decrease", "consistently_fail"), (12, "increase", "inconsistent"), (12, "neutral", ""), (None, "increase", "")],
)  # fmt: skip
def test_assurance_compares_the_target_with_the_last_limits(target, direction, assurance):
    chart = chart_measure(months(*CALM, 11), direction=direction, screen=True, target=target)
    assert chart.assurance == assurance


@pytest.mark.parametrize("value", [0, 7, 0.1, 1 / 3])
def test_a_constant_series_has_limits_and_no_special_point(value):
    points = label_series(months(*[value] * 20), direction="neutral", screen=True)
    assert (points["upper_limit"].tolist(), set(points["rule"])) == (pytest.approx([value] * 20), {""})


@pytest.mark.parametrize("place", [0, 7, 14])
def test_fourteen_zeros_and_one_event_flag_the_event_alone(place):
    values = [0.0] * 15
    values[place] = 1
    chart = chart_measure(months(*values), direction="decrease", screen=True)
    assert chart.points["rule"].tolist() == ["outside_limits" if value else "" for value in values]
    assert (chart.points["upper_limit"] > chart.points["mean"]).all()
    assert "The days between one event and the next say more than this chart." in " ".join(chart.warnings)


def test_a_missing_value_is_in_no_rule_and_no_moving_range_and_runs_go_on_over_it():
    values = [5, 9, 5, 9, 5, 9, 4, 5, 6, np.nan, 7, 8, 9, 10]
    assert label(*values) == ["", "", "", "", "", "", "trend", "trend", "trend", "", "trend", "trend", "trend", "trend"]
    assert find_limits(np.array([1.0, 3.0, np.nan, 9.0, 10.0]), screen=False) == pytest.approx((5.75, 2.66 * 1.5))


def test_a_rebase_date_that_is_no_points_is_refused_by_name():
    with pytest.raises(AnalysisError, match="New limits cannot start on 14 March 2024"):
        label(*CALM, rebase=[pd.Timestamp("2024-03-14")])


@pytest.mark.parametrize(("points", "warned"), [(12, True), (13, False)])
def test_fewer_than_thirteen_points_are_called_rough(points, warned):
    chart = chart_measure(months(*[*CALM, 11][:points]), direction="neutral", screen=True)
    assert any("fewer than 13" in warning for warning in chart.warnings) is warned


def test_under_twelve_points_there_are_dots_and_no_limits():
    chart = chart_measure(months(*CALM[:11]), direction="decrease", screen=True, target=3, began_at_peak=True)
    assert (chart.kind, chart.points["upper_limit"].isna().all(), set(chart.points["rule"]), chart.assurance) == (
        "dots", True, {""}, "",
    )  # fmt: skip
    assert chart.sentence == "Too few points to call: 11 of the 12 that limits need. The dots show what happened, no more."
    assert chart.warnings == (REGRESSION_TO_THE_MEAN,)


@pytest.mark.parametrize("values", [[], [5.0], [np.nan, np.nan]])
def test_next_to_nothing_never_crashes(values):
    assert chart_measure(months(*values), direction="decrease", screen=True).kind == "dots"


def test_a_chart_says_its_finding_in_words():
    chart = chart_measure(months(*CALM, 30), direction="decrease", screen=True, target=5)
    assert chart.sentence == (
        "The latest point, 1 January 2025, shows a change for the worse (a single point outside the limits). "
        "Of 13 points, 1 stands out. The target will be missed every time unless something changes."
    )


@pytest.mark.parametrize(
    "choices", [dict(direction="up"), dict(direction="neutral", fix_after=5)], ids=["direction", "fix_after"]
)
def test_a_choice_that_means_nothing_is_refused(choices):
    with pytest.raises(AnalysisError):
        label_series(months(*CALM), screen=True, **choices)


def test_two_points_on_one_day_are_refused():
    with pytest.raises(AnalysisError, match="two points have the same"):
        label_series(pd.concat([months(1, 2)] * 2), direction="neutral", screen=True)


@pytest.mark.parametrize(
    ("values", "chart"), [(CALM, "xmr"), (CALM[:11], "dots"), ([0] * 9 + [1] * 6, "days_between"), ([0, 1] * 8, "xmr")]
)
def test_the_chart_is_chosen_by_what_the_points_can_bear(values, chart):
    assert choose_chart(values) == chart


def test_days_between_events_leave_out_undated_ones_and_count_a_day_once():
    dates = [pd.Timestamp(day) for day in ("2026-01-05", "2026-01-01", "NaT", "2026-01-05 18:00", "2026-03-05")]
    assert list_days_between(dates).to_dict("records") == [
        dict(date=pd.Timestamp("2026-01-05"), value=4.0), dict(date=pd.Timestamp("2026-03-05"), value=59.0),
    ]  # fmt: skip


def test_a_t_chart_has_the_limits_of_the_transformed_days_turned_back():
    """By hand, Nelson (1994): gaps of 20 and 40 days in turn, to the power 1/3.6."""
    gaps = [20, 40] * 8
    dates = pd.Timestamp("2020-01-01") + pd.to_timedelta(np.cumsum([0, *gaps]), unit="D")
    points = chart_days_between(dates, screen=True).points
    short, long = 20 ** (1 / 3.6), 40 ** (1 / 3.6)
    middle, reach = (short + long) / 2, 2.66 * (long - short)
    assert points["value"].tolist() == gaps
    assert points[["mean", "lower_limit", "upper_limit"]].iloc[0].tolist() == pytest.approx(
        [middle**3.6, (middle - reach) ** 3.6, (middle + reach) ** 3.6], abs=1e-9
    )


def test_a_long_quiet_time_stands_out_as_better():
    dates = pd.Timestamp("2020-01-01") + pd.to_timedelta(np.cumsum([0, *[20, 30] * 8, 900]), unit="D")
    last = chart_days_between(dates, screen=True).points.iloc[-1]
    assert (last["rule"], last["meaning"]) == ("outside_limits", "improvement")


@pytest.mark.parametrize("events", [0, 1, 12])
def test_too_few_events_are_shown_as_dots(events):
    chart = chart_days_between(pd.date_range("2026-01-01", periods=events), screen=True)
    gaps = max(events - 1, 0)
    assert (chart.kind, len(chart.points), chart.sentence.startswith("Too few events to call")) == ("dots", gaps, True)
