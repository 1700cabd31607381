"""Intervals and corrected prevalence: published examples, brute force, and chance with a seed."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, hypergeom

import nearmiss_kit as nk
from nearmiss_kit.analysis.corrected import Cell, correct_prevalence, find_count_bounds, find_recall_bounds
from nearmiss_kit.analysis.intervals import (
    add_intervals,
    difference_interval,
    exact_interval,
    jeffreys_interval,
    prevalence_interval,
    wilson_interval,
)
from nearmiss_kit.analysis.reading_sample import draw_reading_sample, list_strata
from nearmiss_kit.errors import AnalysisError

STAFFING = ("pressure_source", "staffing")
BEHAVIOUR = ("pressure_source", "behaviour")


def bounds(interval, digits=4):
    return (round(interval.low, digits), round(interval.high, digits))


@pytest.mark.parametrize(
    ("with_it", "read", "wilson", "exact"),
    [
        (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
        (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
        (0, 20, (0.0, 0.1611), (0.0, 0.1684)),
        (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
    ],
)
def test_wilson_and_exact_intervals_are_those_newcombe_printed(with_it, read, wilson, exact):
    """Newcombe (1998, Statistics in Medicine 17:857), table I, methods 3 and 5."""
    assert (bounds(wilson_interval(with_it, read)), bounds(exact_interval(with_it, read))) == (wilson, exact)


@given(st.integers(1, 500).flatmap(lambda read: st.tuples(st.integers(0, read), st.just(read))))
def test_wilson_and_exact_intervals_agree_with_scipy_to_nine_digits(counts):
    theirs = {method: binomtest(*counts).proportion_ci(0.95, method) for method in ("wilson", "exact")}
    ours = {"wilson": wilson_interval(*counts), "exact": exact_interval(*counts)}
    for method, interval in ours.items():
        assert (interval.low, interval.high) == pytest.approx(tuple(theirs[method]), abs=1e-9)


def test_the_jeffreys_interval_is_the_one_brown_cai_and_dasgupta_printed():
    """Brown, Cai and DasGupta (2001, Statistical Science 16:101), table 5: n = 7, x = 1 and x = 2, and the closed end at 0."""
    shown = [bounds(jeffreys_interval(found, 7), 3) for found in (0, 1, 2)]
    assert shown == [(0.0, 0.292), (0.016, 0.501), (0.065, 0.648)]


def test_the_interval_of_a_difference_is_the_one_newcombe_printed():
    """Newcombe (1998, Statistics in Medicine 17:873), table II, example (a), method 10: 56/70 and 48/80."""
    interval = difference_interval((56, 70), (48, 80))
    assert (round(interval.share, 4), *bounds(interval)) == (0.2, 0.0524, 0.3339)


def test_the_pages_show_wilson_where_it_holds_and_the_exact_interval_elsewhere():
    shown = [prevalence_interval(29, 100), prevalence_interval(30, 100), prevalence_interval(71, 100)]
    assert shown == [exact_interval(29, 100), wilson_interval(30, 100), exact_interval(71, 100)]


@pytest.mark.parametrize(("with_it", "read", "confidence"), [(5, 3, 0.95), (-1, 3, 0.95), (0, 0, 0.95), (1, 3, 1.2), (1, 3, 0)])
def test_counts_that_cannot_be_are_refused(with_it, read, confidence):
    with pytest.raises(AnalysisError):
        prevalence_interval(with_it, read, confidence=confidence)


def test_a_table_gets_intervals_and_a_row_out_of_nothing_gets_none():
    table = pd.DataFrame({"records_with": [2, 0], "records_read": [40, 0]})
    wide = add_intervals(table, count="records_with", out_of="records_read", prefix="records_")
    expected = exact_interval(2, 40)
    assert wide.iloc[0].tolist() == [2, 40, expected.share, expected.low, expected.high]
    assert (wide.iloc[1, 2:].isna().all(), list(table)) == (True, ["records_with", "records_read"])


def invert_hypergeometric(size, read, found):
    """The exact bounds by trying every number of records with the theme."""
    possible = [
        total
        for total in range(size + 1)
        if hypergeom.sf(found - 1, size, total, read) > 0.025 - 1e-9 and hypergeom.cdf(found, size, total, read) > 0.025 - 1e-9
    ]
    return min(possible), max(possible)


@settings(deadline=None)
@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n))).flatmap(
    lambda pair: st.tuples(st.just(pair[0]), st.just(pair[1]), st.integers(0, pair[1]))))  # fmt: skip
def test_with_one_kind_of_record_the_corrected_count_is_the_exact_finite_population_interval(counts):
    assert find_count_bounds([Cell(*counts)]) == invert_hypergeometric(*counts)


@given(st.lists(st.integers(0, 30).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))), min_size=1, max_size=4))
def test_when_every_record_was_read_the_corrected_count_is_the_truth(cells):
    truth = sum(found for _, found in cells)
    assert find_count_bounds([Cell(size, size, found) for size, found in cells]) == (truth, truth)


def test_when_nothing_was_read_nothing_is_known():
    assert (find_count_bounds([Cell(10, 0, 0), Cell(90, 0, 0)]), find_recall_bounds(Cell(10, 0, 0), [Cell(90, 0, 0)])) == (
        (0, 100),
        (0.0, 1.0),
    )


def test_an_unsure_reading_widens_both_ways():
    assert find_count_bounds([Cell(10, 10, 4, unsure=2)]) == (4, 6)


def test_recall_bounds_agree_with_drawing_from_the_same_distributions():
    low, high = find_recall_bounds(Cell(50, 20, 15), [Cell(450, 60, 4)])
    chance = np.random.default_rng(5)

    def draw(size, read, found, a, b):
        return found + chance.binomial(size - read, chance.beta(found + a, read - found + b, 200_000))

    lower, upper = draw(50, 20, 15, 0, 1), draw(450, 60, 4, 1, 0)
    assert low == pytest.approx(np.quantile(lower / (lower + upper), 0.025), abs=0.004)
    lower, upper = draw(50, 20, 15, 1, 0), draw(450, 60, 4, 0, 1)
    assert high == pytest.approx(np.quantile(lower / (lower + upper), 0.975), abs=0.004)


@pytest.fixture
def many(make_records, small_lexicon):
    """Two hundred records, every fifth about agency staff, and their tags."""
    rows = [(f"R{n:03}", "Alder", "AL1", "", "staff", "Agency again." if n % 5 == 0 else "All calm.") for n in range(200)]
    records = make_records(*rows)
    return records, nk.tag_records(records, small_lexicon, layer="none")


def test_a_reading_sample_holds_unmarked_records_and_is_the_same_for_the_same_seed(many):
    records, tags = many
    sample = draw_reading_sample(records, tags, themes=[STAFFING], size=60, seed=11)
    turned = draw_reading_sample(records.iloc[::-1], tags.iloc[::-1], themes=[STAFFING], size=60, seed=11)
    other = draw_reading_sample(records, tags, themes=[STAFFING], size=60, seed=12)
    pd.testing.assert_frame_equal(sample, turned)
    assert sample["stratum"].value_counts().to_dict() == {"unmarked": 40, "marked": 20}
    assert (set(other["record_id"]) == set(sample["record_id"]), sample["record_id"].is_unique) == (False, True)


@pytest.mark.parametrize(("size", "expected"), [(1000, (40, 160)), (190, (40, 150)), (1, (0, 1))])
def test_a_small_stratum_is_read_whole_and_the_other_fills_up(many, size, expected):
    sample = draw_reading_sample(*many, themes=[STAFFING], size=size, seed=1)
    assert tuple((sample["stratum"] == stratum).sum() for stratum in ("marked", "unmarked")) == expected


def test_a_reading_sample_of_nothing_is_refused(many):
    with pytest.raises(AnalysisError, match="40 or more"):
        draw_reading_sample(*many, themes=[STAFFING], size=0, seed=1)


def read_all(sample, present, theme=STAFFING):
    return pd.DataFrame(
        {"record_id": sample["record_id"], "family": theme[0], "code": theme[1], "present": [present(r) for r in sample["record_id"]]}
    )  # fmt: skip


def test_prevalence_is_corrected_for_what_was_missed_and_what_does_not_hold(many):
    records, tags = many
    sample = draw_reading_sample(records, tags, themes=[STAFFING], size=200, seed=3)
    readings = read_all(sample, lambda record: int(record[1:]) % 10 in (0, 1))  # 20 of the 40 marked hold, 20 were missed
    row = correct_prevalence(records, tags, sample, readings, themes=[STAFFING]).iloc[0].to_dict()
    assert {key: row[key] for key in ("records_with", "records_read", "share", "sample_read", "sample_with", "why")} == dict(
        records_with=40, records_read=200, share=0.2, sample_read=200, sample_with=40, why=""
    )
    assert [row[key] for key in ("corrected", "corrected_low", "corrected_high", "precision", "precision_low")] == [
        0.2, 0.2, 0.2, 0.5, 0.5,
    ]  # fmt: skip
    assert [row[key] for key in ("recall", "recall_low", "missed", "missed_high")] == pytest.approx([0.5] * 4, abs=1e-9)


def test_a_theme_marked_nowhere_says_why_it_has_no_precision(many):
    records, tags = many
    sample = draw_reading_sample(records, tags, themes=[BEHAVIOUR], size=50, seed=3)
    row = correct_prevalence(records, tags, sample, read_all(sample, lambda _: False, BEHAVIOUR), themes=[BEHAVIOUR]).iloc[0]
    assert (row["corrected"], row["corrected_low"], np.isnan(row["precision"]), np.isnan(row["recall"])) == (0, 0, True, True)
    assert row["why"] == (
        "No record is marked with this theme, so no marked record can hold or fail. "
        "Nobody found this theme in the records read, so no share of it can be called missed."
    )


def test_several_themes_share_one_sample_and_each_keeps_its_own_strata(many):
    records, tags = many
    themes = [STAFFING, BEHAVIOUR]
    sample = draw_reading_sample(records, tags, themes=themes, size=60, seed=3)
    readings = pd.concat([read_all(sample, lambda r: int(r[1:]) % 5 == 0), read_all(sample, lambda r: False, BEHAVIOUR)])
    table = correct_prevalence(records, tags, sample, readings, themes=themes)
    assert table[["code", "records_with", "sample_read", "sample_with", "corrected"]].to_dict("records") == [
        dict(code="staffing", records_with=40, sample_read=60, sample_with=20, corrected=0.2),
        dict(code="behaviour", records_with=0, sample_read=60, sample_with=0, corrected=0.0),
    ]


def test_a_sample_drawn_for_other_themes_is_refused(many):
    records, tags = many
    sample = draw_reading_sample(records, tags, themes=[STAFFING], size=60, seed=3)
    with pytest.raises(AnalysisError, match="draw a new one"):
        correct_prevalence(records, tags, sample, read_all(sample, lambda _: True), themes=[BEHAVIOUR])


def test_a_record_read_twice_is_refused(many):
    records, tags = many
    sample = draw_reading_sample(records, tags, themes=[STAFFING], size=60, seed=3)
    twice = pd.concat([read_all(sample, lambda _: True)] * 2)
    with pytest.raises(AnalysisError, match="read twice"):
        correct_prevalence(records, tags, sample, twice, themes=[STAFFING])


def test_the_shown_interval_of_corrected_prevalence_covers_a_rare_theme_in_a_small_sample(many):
    """A fast look; benchmarks/measure_intervals.py tries many more."""
    chance, size, truth, inside = np.random.default_rng(8), 1000, 20, 0
    for _ in range(300):
        hits = chance.binomial(truth, 0.4)
        in_marked = chance.hypergeometric(hits, 20, 13) if hits else 0
        in_rest = chance.hypergeometric(truth - hits, size - hits - 20 - (truth - hits), 27) if truth - hits else 0
        low, high = find_count_bounds([Cell(hits + 20, 13, in_marked), Cell(size - hits - 20, 27, in_rest)])
        inside += low <= truth <= high
    assert inside >= 0.95 * 300


def test_strata_follow_what_is_counted_and_affirmed(make_records, small_lexicon):
    records = make_records(
        ("1", "A", "P", "", "staff", "Agency again."), ("2", "A", "P", "", "staff", "No agency today."), ("3", "A", "P", "", "staff", "Calm.")
    )  # fmt: skip
    strata = list_strata(records, nk.tag_records(records, small_lexicon, layer="none"), themes=[STAFFING])
    assert strata.to_dict() == {"1": "marked", "2": "unmarked", "3": "unmarked"}
