"""Agreement between readers: published worked examples, and cases in which a number would mean nothing."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nearmiss_kit.analysis.agreement import MEASURES, list_disagreements, measure_agreement
from nearmiss_kit.errors import AnalysisError

# Krippendorff (2011, Computing Krippendorff's Alpha-Reliability), example C: four observers, twelve units, some missing.
# The same ratings are cac.raw4raters of Gwet's R package irrCAC 1.0, whose documentation prints the other measures.
FOUR_OBSERVERS = ("123321412...", "1233224125.3", ".3332342251.", "12332441251.")


def spread(*readers: str) -> pd.DataFrame:
    """One string a reader, one character a unit, a full stop where the reader did not code it."""
    return pd.DataFrame({f"reader {n}": [None if mark == "." else mark for mark in marks] for n, marks in enumerate(readers)})


def cross(table: list[list[int]]) -> pd.DataFrame:
    """Two readers from a table: rows are the first reader's categories, columns the second's."""
    pairs = [(str(a), str(b)) for a, row in enumerate(table) for b, times in enumerate(row) for _ in range(times)]
    return pd.DataFrame(pairs, columns=["first", "second"])


def find(codings: pd.DataFrame, *names: str) -> list[float]:
    agreement = measure_agreement(codings, seed=1, resamples=50)
    return [agreement.find(name).value for name in names]


def test_alpha_is_the_one_krippendorff_printed_with_missing_codes():
    assert find(spread(*FOUR_OBSERVERS), "alpha") == [pytest.approx(0.743, abs=5e-4)]


def test_raw_agreement_ac1_and_alpha_of_four_readers_are_those_gwet_printed():
    assert find(spread(*FOUR_OBSERVERS), "raw", "ac1", "alpha") == [
        pytest.approx(0.8181818, abs=1e-7), pytest.approx(0.77544, abs=5e-6), pytest.approx(0.74342, abs=5e-6),
    ]  # fmt: skip


def test_alpha_of_two_observers_is_the_one_krippendorff_printed():
    """Krippendorff (2011), example A: two observers, ten binary units, alpha .095; and example B, nominal, .692."""
    assert find(spread("0100000010", "1110010000"), "alpha") == [pytest.approx(0.095, abs=5e-4)]
    assert find(spread("aabbdcccedda", "babbbccceddd"), "alpha") == [pytest.approx(0.692, abs=5e-4)]


def test_alpha_of_three_coders_is_the_one_in_krippendorffs_textbook_example():
    """Three coders, fifteen units, many missing: .691 (as in the documentation of fast-krippendorff)."""
    coders = (".....34121133.3", "1.213343.......", "..21344.21133.4")
    assert find(spread(*coders), "alpha") == [pytest.approx(0.691, abs=5e-4)]


def test_two_readers_measures_are_those_gwet_printed_to_seven_digits():
    """irrCAC 1.0, cont3x3abstractors: kappa, AC1, Brennan–Prediger (PABAK for more than two categories) and alpha."""
    table = cross([[13, 0, 0], [0, 20, 7], [0, 4, 56]])
    assert find(table, "raw", "kappa", "ac1", "pabak", "alpha") == pytest.approx(
        [0.89, 0.7964094, 0.8493305, 0.835, 0.7972585], abs=1e-7
    )


def test_six_readers_measures_are_those_gwet_printed_to_seven_digits():
    """irrCAC 1.0, distrib.6raters (the diagnoses of Fleiss 1971)."""
    given_to = ["dddddd", "bbbeee", "bcccce", "eeeeee", "bbbddd", "aacccc", "ccccee", "aacccd", "aadddd", "eeeeee", "addddd",
                "abdddd", "bbbccc", "addddd", "bbddde"]  # fmt: skip
    codings = pd.DataFrame([list(unit) for unit in given_to])
    assert find(codings, "raw", "ac1", "alpha") == pytest.approx([0.5511111, 0.4448007, 0.4204384], abs=1e-7)


def test_kappa_is_the_one_cohen_printed():
    """Cohen (1960), table 2: 200 cases, agreement .70, kappa .492; by hand (.70 - .41) / .59."""
    assert find(cross([[88, 14, 18], [10, 40, 10], [2, 6, 12]]), "raw", "kappa") == pytest.approx([0.7, 0.29 / 0.59], abs=1e-9)


def test_a_rare_code_brings_kappa_down_and_ac1_and_pabak_beside_it_show_why():
    """Gwet (2008), the table of 125 subjects: 118 and 0 agreed, 5 and 2 not; kappa -.0234, AC1 .9408, by hand PABAK .888."""
    agreement = measure_agreement(cross([[118, 5], [2, 0]]), seed=1, resamples=50)
    shown = [agreement.find(name).value for name in ("raw", "kappa", "ac1", "pabak")]
    assert shown == pytest.approx([0.944, -0.0234, 0.9408, 0.888], abs=5e-5)
    assert agreement.prevalence == pytest.approx({"0": 0.972, "1": 0.028})


def test_the_bootstrap_interval_is_the_same_for_the_same_seed_and_near_the_standard_error_gwet_printed():
    """irrCAC prints .0589 for kappa of the three-by-three table: 1.96 of it each way is .681 to .912."""
    table = cross([[13, 0, 0], [0, 20, 7], [0, 4, 56]])
    first, again = (measure_agreement(table, seed=4).find("kappa") for _ in range(2))
    assert first == again
    assert (first.low, first.high) == pytest.approx((0.681, 0.912), abs=0.02)


@pytest.mark.parametrize("name", list(MEASURES)[1:])
def test_where_only_one_category_was_used_a_sentence_says_why_there_is_no_number(name):
    coefficient = measure_agreement(spread("0000", "0000"), seed=1).find(name)
    assert (coefficient.value, coefficient.low, "only one category was used" in coefficient.why) == (None, None, True)
    assert measure_agreement(spread("0000", "0000"), seed=1).find("raw").value == 1


@pytest.mark.parametrize(
    ("codings", "reason"),
    [
        (spread("0101"), "Only one person has read"),
        (spread("01..", "..10"), "No unit was read by two people"),
        (spread("01..", "1..0"), "Only one unit was read by two people"),
    ],
)
def test_one_reader_no_overlap_and_one_unit_say_why_there_is_no_number(codings, reason):
    assert measure_agreement(codings, seed=1).find("alpha").why.startswith(reason)


def test_kappa_and_pabak_of_three_readers_point_to_the_measures_that_hold():
    agreement = measure_agreement(spread("0101", "0110", "0101"), seed=1)
    assert [agreement.find(name).why.split(". ")[1] for name in ("kappa", "pabak")] == ["Read AC1 and alpha."] * 2


def test_too_little_variety_gives_a_number_without_an_interval_and_says_why():
    coefficient = measure_agreement(spread("0001", "0001"), seed=1).find("kappa")
    assert (coefficient.value, coefficient.low) == (1.0, None)
    assert coefficient.why == "Too few units differ for an interval: resampled, too many of them are all alike."


def test_nothing_coded_is_refused():
    with pytest.raises(AnalysisError, match="No unit has been coded"):
        measure_agreement(spread("...", "..."), seed=1)


def test_disagreements_are_listed_in_order_and_an_uncoded_unit_is_none():
    assert list_disagreements(spread("01.1", "00.0")).index.tolist() == [1, 3]


@given(st.lists(st.tuples(*[st.sampled_from(["a", "b", "c", None])] * 3), min_size=1, max_size=12))
def test_whatever_readers_code_a_measure_is_a_number_at_most_one_or_a_sentence(units):
    if all(mark is None for unit in units for mark in unit):
        return
    for coefficient in measure_agreement(pd.DataFrame(units), seed=1, resamples=20).coefficients:
        assert (coefficient.value is None and coefficient.why != "") or (
            np.isfinite(coefficient.value) and coefficient.value <= 1
        )
