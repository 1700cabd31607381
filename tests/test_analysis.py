"""Analysis: counts are of records, always with what they are out of."""

import pandas as pd

import nearmiss_kit as nk

ROWS = (
    ("1", "Alder", "AL1", "2026-01-05", "staff", "Agency again, agency all week. He hit out."),
    ("2", "Alder", "AL1", "2026-02-06", "staff", "No agency today."),
    ("3", "Birch", "BI1", "2026-02-07", "staff", "Agency. He hit out. Notice was served."),
    ("4", "Birch", "", "", "staff", "All calm."),
)


def test_a_theme_counts_records_people_and_services_and_never_mentions(make_records, small_lexicon):
    records = make_records(*ROWS)
    themes = nk.count_themes(records, nk.tag_records(records, small_lexicon, layer="none"), small_lexicon)
    assert themes.drop(columns=["family", "name"]).to_dict("records") == [
        dict(code="behaviour", records_with=2, records_read=4, people=2, people_read=2, services=2, services_read=2),
        dict(code="staffing", records_with=2, records_read=4, people=2, people_read=2, services=2, services_read=2),
        dict(code="communication", records_with=0, records_read=4, people=0, people_read=2, services=0, services_read=2),
        dict(code="provider_warning", records_with=1, records_read=4, people=1, people_read=2, services=1, services_read=2),
        dict(code="sleep_disruption", records_with=0, records_read=4, people=0, people_read=2, services=0, services_read=2),
    ]


def test_a_group_counts_out_of_the_records_read_there(make_records, small_lexicon):
    records = make_records(*ROWS)
    cells = nk.count_themes_by(records, nk.tag_records(records, small_lexicon, layer="none"), small_lexicon, records["service"])
    staffing = cells[cells["code"] == "staffing"]
    assert staffing[["group", "records_with", "records_read"]].to_dict("records") == [
        dict(group="Alder", records_with=1, records_read=2),
        dict(group="Birch", records_with=1, records_read=2),
    ]


def test_a_pair_counts_records_that_hold_both(make_records, small_lexicon):
    records = make_records(*ROWS)
    pairs = nk.count_pairs(records, nk.tag_records(records, small_lexicon, layer="none"), small_lexicon, family="pressure_source")
    assert pairs[["code_a", "code_b", "records_with_both", "records_read"]].to_dict("records") == [
        dict(code_a="behaviour", code_b="staffing", records_with_both=2, records_read=4),
        dict(code_a="behaviour", code_b="communication", records_with_both=0, records_read=4),
        dict(code_a="staffing", code_b="communication", records_with_both=0, records_read=4),
    ]


def test_saying_a_thing_ten_times_changes_no_count(make_records, small_lexicon):
    once = make_records(*ROWS)
    often = once.assign(narrative=once["narrative"].map(lambda text: " ".join([text] * 10)))
    counts = [
        nk.count_themes(records, nk.tag_records(records, small_lexicon, layer="none"), small_lexicon) for records in (once, often)
    ]
    pd.testing.assert_frame_equal(*counts)
