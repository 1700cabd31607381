"""New language: log-odds by hand, records not mentions, nothing the lexicon knows, and records no code explains."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest

import nearmiss_kit as nk
from nearmiss_kit.analysis.new_language import (
    FEWEST_RECORDS,
    find_new_language,
    list_sides,
    list_unexplained,
    weigh_phrases,
)
from nearmiss_kit.errors import AnalysisError


@pytest.fixture
def told(make_records, small_lexicon):
    """Sixty records; the first twenty are about agency staff, and say in most of them that the rota fell over."""
    rows = []
    for n in range(60):
        about = (
            "Agency again. The rota fell over, nobody on." if n < 20 and n % 4 else "Agency." if n < 20 else "Went to the park."
        )
        rows.append((f"R{n:02}", "Alder", f"AL{n % 5}", "", "Support worker", f"{about} Had tea."))
    records = make_records(*rows)
    return records, nk.tag_records(records, small_lexicon, layer="none")


def test_log_odds_are_those_of_monroe_colaresi_and_quinn_by_hand():
    """3 of 20 inside and 1 of 180 outside: 4 of 200 in all, so that alpha is 100 × .02 = 2."""
    row = weigh_phrases(Counter({("rota", "fell"): 3}), Counter({("rota", "fell"): 1}), 20, 180).iloc[0]
    log_odds, error = np.log(5 / 115) - np.log(3 / 277), np.sqrt(1 / 5 + 1 / 3)
    assert row[["log_odds", "z", "log_odds_low"]].tolist() == pytest.approx(
        [log_odds, log_odds / error, log_odds - 1.96 * error], abs=1e-9
    )


def test_phrases_that_mark_out_a_theme_are_offered_with_sentences_and_without_what_the_lexicon_tags(told, small_lexicon):
    records, tags = told
    inside = records["record_id"] < "R20"
    offered = find_new_language(records, tags, small_lexicon, inside, most=10)
    first = offered.iloc[0]
    assert offered["phrase"].tolist() == ["nobody on", "rota fell over", "the rota fell"]
    assert (first["records_inside"], first["inside_read"], first["records_outside"], first["people_inside"]) == (15, 20, 0, 5)
    assert (first["example_records"], first["example_sentences"][0]) == (("R01", "R02"), "The rota fell over, nobody on.")


def test_a_record_counts_once_however_often_it_says_a_thing(told, small_lexicon):
    records, _ = told
    inside = records["record_id"] < "R20"
    often = records.assign(
        narrative=records["narrative"].where(records["record_id"] != "R01", " ".join([records["narrative"][1]] * 10))
    )
    first, again = (
        find_new_language(those, nk.tag_records(those, small_lexicon, layer="none"), small_lexicon, inside, most=10)
        for those in (records, often)
    )
    pd.testing.assert_frame_equal(first, again)


def test_language_about_one_person_is_not_offered(told, small_lexicon):
    records, tags = told
    inside = records["record_id"] < "R20"
    one = find_new_language(records.assign(person="AL1"), tags, small_lexicon, inside, most=10)
    unnamed = find_new_language(records.assign(person=""), tags, small_lexicon, inside, most=10)
    assert (len(one), len(unnamed) > 0) == (0, True)


@pytest.mark.parametrize("everything", [True, False])
def test_nothing_inside_or_nothing_outside_is_refused(told, small_lexicon, everything):
    records, tags = told
    with pytest.raises(AnalysisError, match="none are inside, or all"):
        find_new_language(records, tags, small_lexicon, pd.Series([everything] * len(records)), most=5)


def test_nothing_to_offer_is_an_empty_table(make_records, small_lexicon):
    records = make_records(("1", "A", "P", "", "", "All calm."), ("2", "A", "Q", "", "", "Agency."))
    tags = nk.tag_records(records, small_lexicon, layer="none")
    assert len(find_new_language(records, tags, small_lexicon, pd.Series([True, False]), most=5)) == 0


def test_records_no_code_explains_are_listed_with_their_length(make_records, small_lexicon):
    records = make_records(
        ("1", "A", "P", "", "staff", "Agency again."), ("2", "A", "P", "", "staff", "No agency today."), ("3", "A", "P", "", "staff", "Calm.")
    )  # fmt: skip
    listed = list_unexplained(records, nk.tag_records(records, small_lexicon, layer="none"))
    assert listed[["record_id", "words"]].to_dict("records") == [dict(record_id="2", words=3), dict(record_id="3", words=1)]


def test_the_sides_that_can_be_compared_are_named_and_neither_tiny_nor_whole(records, tags, lexicon):
    sides = list_sides(records, tags, lexicon)
    sizes = [int(side.sum()) for side in sides.values()]
    unexplained = list_unexplained(records, tags)
    assert int(sides["records no theme explains"].sum()) == len(unexplained)
    assert sorted({name.split(":")[0] for name in sides}) == ["records no theme explains", "service", "theme", "time"]
    assert (min(sizes) >= FEWEST_RECORDS, max(sizes) < len(records)) == (True, True)
