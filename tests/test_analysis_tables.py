"""Theme tables: families, pairs with lift, groups and voices; longer or repeated words change none of them."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nearmiss_kit as nk
from nearmiss_kit.analysis.funnel import compare_services
from nearmiss_kit.analysis.groups import (
    STAFFING_PATTERNS,
    compare_groups,
    list_alike,
    list_staffing,
    list_times_of_day,
    list_voices,
    list_weekdays,
)
from nearmiss_kit.analysis.intervals import exact_interval
from nearmiss_kit.analysis.pairs import measure_lift
from nearmiss_kit.analysis.themes import add_theme_intervals, count_families
from nearmiss_kit.analysis.voices import count_voices

ROWS = (
    ("1", "Alder", "AL1", "2026-01-05", "Support worker", "Agency again, agency all week. He hit out."),
    ("2", "Alder", "AL1", "2026-02-06", "Support worker", "No agency today."),
    ("3", "Birch", "BI1", "2026-02-07", "Mother", "Agency. He hit out. Notice was served."),
    ("4", "Birch", "", "", "Support worker", "All calm."),
)


def test_a_family_counts_records_with_any_of_its_codes_once(make_records, small_lexicon):
    records = make_records(*ROWS)
    families = count_families(records, nk.tag_records(records, small_lexicon, layer="none"), small_lexicon)
    assert families.drop(columns="name").to_dict("records") == [
        dict(family="pressure_source", records_with=2, records_read=4, people=2, people_read=2, services=2, services_read=2),
        dict(family="near_miss_signal", records_with=1, records_read=4, people=1, people_read=2, services=1, services_read=2),
        dict(family="early_sign", records_with=0, records_read=4, people=0, people_read=2, services=0, services_read=2),
    ]


def test_themes_get_intervals_of_records_and_of_people(make_records, small_lexicon):
    records = make_records(*ROWS)
    themes = add_theme_intervals(nk.count_themes(records, nk.tag_records(records, small_lexicon, layer="none"), small_lexicon))
    row = themes.set_index("code").loc["staffing"]
    records_interval, people_interval = exact_interval(2, 4), exact_interval(2, 2)
    assert row[["records_share", "records_low", "records_high", "people_share", "people_low", "people_high"]].tolist() == [
        0.5, records_interval.low, records_interval.high, 1.0, people_interval.low, 1.0,
    ]  # fmt: skip


def test_codes_of_two_families_are_paired_one_by_one(make_records, small_lexicon):
    records = make_records(*ROWS)
    tags = nk.tag_records(records, small_lexicon, layer="none")
    pairs = nk.count_pairs(records, tags, small_lexicon, family="pressure_source", with_family="near_miss_signal")
    assert pairs[["code_a", "code_b", "records_with_both", "records_with_a", "records_with_b"]].to_dict("records") == [
        dict(code_a="behaviour", code_b="provider_warning", records_with_both=1, records_with_a=2, records_with_b=1),
        dict(code_a="staffing", code_b="provider_warning", records_with_both=1, records_with_a=2, records_with_b=1),
        dict(code_a="communication", code_b="provider_warning", records_with_both=0, records_with_a=0, records_with_b=1),
    ]


def pair(both: int, a: int, b: int, read: int) -> pd.DataFrame:
    columns = ["records_with_both", "records_with_a", "records_with_b", "records_read"]
    return measure_lift(pd.DataFrame([(both, a, b, read)], columns=columns)).iloc[0]


def test_lift_is_found_over_expected_with_a_log_normal_interval_by_hand():
    """30 of 200 hold both, 50 one, 60 the other: 15 expected, lift 2, variance 1/30 - 1/50 - 1/60 + 3/200 = .0116667."""
    row = pair(30, 50, 60, 200)
    factor = np.exp(1.959963984540054 * np.sqrt(7 / 600))
    assert row[["expected", "lift", "lift_low", "lift_high"]].tolist() == pytest.approx([15, 2, 2 / factor, 2 * factor], abs=1e-9)
    assert (row["small"], row["why"]) == (False, "")


def test_the_interval_of_lift_covers_in_simulation():
    chance, shares = np.random.default_rng(2), np.array([0.12, 0.13, 0.18, 0.57])
    drawn = chance.multinomial(300, shares, 2000)
    columns = ["records_with_both", "records_with_a", "records_with_b", "records_read"]
    table = pd.DataFrame(
        np.c_[drawn[:, 0], drawn[:, 0] + drawn[:, 1], drawn[:, 0] + drawn[:, 2], drawn.sum(axis=1)], columns=columns
    )
    rows, truth = measure_lift(table), 0.12 / (0.25 * 0.30)
    assert ((rows["lift_low"] <= truth) & (truth <= rows["lift_high"])).mean() == pytest.approx(0.95, abs=0.015)


@pytest.mark.parametrize(
    ("counts", "reason"),
    [((0, 0, 5, 40), "One of the two was found in no record"), ((3, 9, 9, 40), "Found together in 3 records"),
     ((6, 6, 6, 40), "Chance alone would give 0.9 records")],
)  # fmt: skip
def test_small_cells_are_marked_and_say_why_they_have_no_interval(counts, reason):
    row = pair(*counts)
    assert (row["small"], np.isnan(row["lift_low"]), row["why"].startswith(reason)) == (True, True, True)


@pytest.mark.parametrize(
    ("time", "part"),
    [("20:15", "evening (17 to 22)"), ("05:38", "night (22 to 7)"), ("2205", "night (22 to 7)"), ("7.00", "morning (7 to 12)"),
     ("8pm", "evening (17 to 22)"), ("12.30 am", "night (22 to 7)"), ("12:30 p.m.", "afternoon (12 to 17)"),
     ("16:59:59", "afternoon (12 to 17)"), ("", ""), ("late", ""), ("8", ""), ("25:00", ""), ("13pm", "")],
)  # fmt: skip
def test_the_part_of_the_day_is_read_from_the_time(time, part):
    assert list_times_of_day(pd.DataFrame({"event_time": [time]})).tolist() == [part]


@pytest.mark.parametrize(
    ("written", "pattern"),
    [
        ("1", "one person alone"), ("lone visit", "one person alone"), ("1 waking night for six flats", "one person alone"),
        ("one agency", "one person alone"), ("3 regular", "two or more, none called agency, bank or new"),
        ("1 waking, 1 sleep-in", "two or more, none called agency, bank or new"),
        ("senior, 1 new starter (2nd week)", "two or more, some agency, bank or new"),
        ("2 HCA, agency RN", "two or more, some agency, bank or new"), ("2 till 18.30, then 1", "not clear"), ("0", "not clear"),
        (" ", ""),
    ],
)  # fmt: skip
def test_a_staffing_pattern_is_read_from_what_was_written(written, pattern):
    assert list_staffing(pd.DataFrame({"staff_on_shift": [written]})).tolist() == [pattern]


@given(st.lists(st.text(max_size=30), min_size=1))
def test_whatever_is_written_about_staff_has_one_of_the_patterns_or_none(written):
    found = list_staffing(pd.DataFrame({"staff_on_shift": written}, dtype="str"))
    assert set(found) <= {"", *STAFFING_PATTERNS}


def test_what_three_records_write_alike_is_a_group_and_less_is_none():
    written = pd.Series(["Door  bell.", "door bell", "Door bell", "kettle", "Kettle", "", " ", "Bus"], dtype="str")
    assert list_alike(written).tolist() == ["Door bell"] * 3 + [""] * 5


def make_cells(*counts: tuple[int, int]) -> pd.DataFrame:
    rows = [("f", "c", "C", f"g{number}", with_it, read) for number, (with_it, read) in enumerate(counts)]
    return pd.DataFrame(rows, columns=["family", "code", "name", "group", "records_with", "records_read"])


def test_groups_are_compared_with_all_others_by_fishers_exact_test():
    compared = compare_groups(make_cells((8, 10), (2, 20)))
    # Twice the smaller tail of the hypergeometric: sum over k = 8..10 of C(10, k) C(20, 10 - k) / C(30, 10).
    tail = sum(math.comb(10, k) * math.comb(20, 10 - k) for k in (8, 9, 10)) / math.comb(30, 10)
    np.testing.assert_allclose(compared["chance"], [2 * tail] * 2, rtol=1e-9)
    assert compared["position"].tolist() == ["more", "fewer"]


def test_a_group_of_nine_is_too_few_to_compare_and_so_are_nine_others():
    assert compare_groups(make_cells((9, 9), (1, 20)))["position"].tolist() == ["too_few", "too_few"]


def test_among_many_comparisons_chance_alone_seldom_makes_even_one_stand_out():
    chance = np.random.default_rng(1)
    alarms = 0
    for _ in range(300):
        read = chance.integers(10, 60, size=7)
        tables = [make_cells(*zip(chance.binomial(read, p), read, strict=True)) for p in (0.05, 0.1, 0.2, 0.4)]
        cells = pd.concat([table.assign(code=str(n)) for n, table in enumerate(tables)], ignore_index=True)
        alarms += bool(compare_groups(cells)["position"].isin(["more", "fewer"]).any())
    assert alarms / 300 < 0.05


def test_weekdays_stand_in_their_own_order_and_undated_records_are_left_out(make_records, small_lexicon):
    records = make_records(*ROWS)
    cells = nk.count_themes_by(
        records, nk.tag_records(records, small_lexicon, layer="none"), small_lexicon, list_weekdays(records)
    )
    assert cells.loc[cells["code"] == "staffing", ["group", "records_with", "records_read"]].to_dict("records") == [
        dict(group="Monday", records_with=1, records_read=1),
        dict(group="Friday", records_with=0, records_read=1),
        dict(group="Saturday", records_with=1, records_read=1),
    ]


def test_voices_stand_in_order_with_the_person_first(make_records, small_lexicon):
    records = make_records(*ROWS)
    cells = nk.count_themes_by(
        records, nk.tag_records(records, small_lexicon, layer="none"), small_lexicon, list_voices(records, small_lexicon)
    )
    assert cells.loc[cells["code"] == "staffing", ["group", "records_read"]].to_dict("records") == [
        dict(group="staff", records_read=3), dict(group="family", records_read=1),
    ]  # fmt: skip


def test_a_theme_says_whose_voice_is_missing_at_each_service_and_at_all(make_records, small_lexicon):
    records = make_records(*ROWS)
    voices = count_voices(records, nk.tag_records(records, small_lexicon, layer="none"), small_lexicon)
    heard = voices[(voices["code"] == "staffing") & ~voices["missing"]]
    assert heard[["service", "voice", "records_voiced", "records_with"]].to_dict("records") == [
        dict(service="", voice="staff", records_voiced=1, records_with=2),
        dict(service="", voice="family", records_voiced=1, records_with=2),
        dict(service="Alder", voice="staff", records_voiced=1, records_with=1),
        dict(service="Birch", voice="family", records_voiced=1, records_with=1),
    ]
    missing = voices[(voices["code"] == "staffing") & (voices["service"] == "Alder") & voices["missing"]]
    assert missing["voice"].tolist() == ["person", "family", "clinical", "commissioner"]


def find_everything(records: pd.DataFrame, lexicon) -> list[pd.DataFrame]:
    tags = nk.tag_records(records, lexicon)
    cells = nk.count_themes_by(records, tags, lexicon, records["service"])
    staffing = cells[cells["code"] == "staffing"]
    return [
        add_theme_intervals(nk.count_themes(records, tags, lexicon)),
        add_theme_intervals(count_families(records, tags, lexicon)),
        cells,
        measure_lift(nk.count_pairs(records, tags, lexicon, family="pressure_source")),
        count_voices(records, tags, lexicon),
        compare_services(staffing).table,
    ]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.sampled_from(["Agency again.", "He hit out.", "No agency.", "Notice was served.", "Calm."]), min_size=1, max_size=12
    )
)
def test_neither_longer_records_nor_a_sentence_said_ten_times_changes_a_finding(small_lexicon, sentences):
    columns = ["record_id", "service", "person", "author", "narrative"]
    rows = [(str(n), f"S{n % 3}", f"P{n % 4}", "Support worker", sentence) for n, sentence in enumerate(sentences)]
    once = pd.DataFrame(rows, columns=columns, dtype="str")
    for other in (
        once.assign(narrative=once["narrative"] + " He had his tea and a bath and we talked about the garden for a while."),
        once.assign(narrative=once["narrative"].where(once.index != 0, " ".join([sentences[0]] * 10))),
    ):
        for before, after in zip(find_everything(once, small_lexicon), find_everything(other, small_lexicon), strict=True):
            pd.testing.assert_frame_equal(before, after)
