"""What changed: series with what they are out of, findings and warnings in words, measures before and after."""

import pandas as pd
import pytest

import nearmiss_kit as nk

STAFFING = [("pressure_source", "staffing")]


def test_a_month_without_records_has_no_value_and_one_without_the_theme_has_none_of_them(make_records, small_lexicon):
    records = make_records(
        ("1", "Alder", "p", "2026-01-05", "staff", "Agency."),
        ("2", "Alder", "p", "2026-01-09", "staff", "Agency, agency, agency."),
        ("3", "Alder", "p", "2026-03-01", "staff", "All calm."),
        ("4", "Alder", "p", "", "staff", "Agency."),
    )
    tags = nk.tag_records(records, small_lexicon, layer="none")
    series = nk.count_by_month(records, tags, themes=STAFFING)
    assert series.assign(date=series["date"].astype(str)).fillna(-1).to_numpy().tolist() == [
        ["2026-01-01", 2, 2], ["2026-02-01", -1, 0], ["2026-03-01", 0, 1],
    ]  # fmt: skip
    days = nk.list_event_days(records, tags, themes=STAFFING)
    assert days.astype(str).tolist() == ["2026-01-05", "2026-01-09"]


def test_records_without_dates_cannot_be_shown_over_time(make_records, small_lexicon):
    records = make_records(("1", "Alder", "p", "", "staff", "Agency."))
    tags = nk.tag_records(records, small_lexicon, layer="none")
    with pytest.raises(nk.AnalysisError, match="No record has a date"):
        nk.count_by_month(records, tags, themes=STAFFING)


def make_series(*values):
    return pd.DataFrame({"date": pd.date_range("2025-01-01", periods=len(values), freq="MS"), "value": values})


def test_a_chart_says_its_finding_its_icons_and_its_warnings_and_its_picture_can_be_heard():
    chart = nk.chart_measure(make_series(*[5, 6] * 7, 30), direction="decrease", screen=True, target=4, began_at_peak=True)
    page = nk.show_change(chart, title="Incidents", unit="incidents a month", target=4).html
    said = ("Variation: A change for the worse", "Target: The target will be missed every time", "no proof that an action worked")
    assert [words for words in said if words not in page] == []
    assert 'alt="Incidents. The latest point, 1 March 2026, shows a change for the worse' in page
    assert "incidents a month: from 5 to 30, latest 30 (1 March 2026); mean 7.1, limits" in page


def test_few_points_are_dots_with_no_limits():
    page = nk.show_change(nk.chart_measure(make_series(1, 2, 3), direction="decrease", screen=False), title="T", unit="u").html
    assert "Too few points to call: 3 of the 12" in page and "mean" not in page.split("<details>")[0].split("</style>")[1]


def test_measures_stand_before_and_after_and_those_nobody_asked_about_are_named(tmp_path, records):
    nk.write_examples(tmp_path / "r.sqlite", records)
    form = nk.load_form()
    page = nk.show_measures(nk.read_reviews(nk.load_entries(tmp_path / "r.sqlite"), records, form), form).html
    assert "<td>AL1, Alder</td><td>Nine in the six weeks up to the review.</td><td>Three in the six weeks" in page
    assert (
        "not looked at yet" in page
        and "In no review: Near misses, Complaints, Restrictions, Refusals, Safeguarding alerts." in page
    )
    assert page.index("Counted") < page.index("Trust") and "In no review: Emotional wellbeing." in page
