"""Circumstances and learning points in the report: what stands out is asked about, and nothing is ranked."""

from datetime import date, datetime
from functools import partial

import pandas as pd
import pytest

import nearmiss_kit as nk
from nearmiss_kit.report.facts import Count
from nearmiss_kit.report.groups import MOST_GROUPS, MOST_WRITTEN
from nearmiss_kit.report.render import render_report

COLUMNS = {
    "record_id": "Reference", "service": "Service", "person": "Person", "event_date": "Date", "event_time": "Time",
    "setting": "Setting", "staff_on_shift": "Staff on shift", "trigger": "Trigger", "what_helped": "What helped",
    "author": "Written by", "narrative": "Narrative",
}  # fmt: skip


@pytest.fixture
def read(tmp_path, small_lexicon, no_decisions):
    """A call with rows of records (a dict each) and further choices gives the report on them."""

    def build(rows: list[dict], **choices):
        usual = {"service": "Alder", "person": "p", "event_date": "2026-01-05", "author": "Support worker", "narrative": "Calm."}
        table = pd.DataFrame([usual | {"record_id": f"r{number:03}"} | row for number, row in enumerate(rows)])
        table.rename(columns=COLUMNS).to_csv(tmp_path / "records.csv", index=False)
        records = nk.load_records(tmp_path / "records.csv")
        tags = nk.tag_records(records, small_lexicon, layer="none")
        make = partial(nk.build_report, audience="internal", lexicon=small_lexicon, made_on=date(2026, 11, 1))
        return make(records, tags, no_decisions, **choices)

    return build


def find_group(report, kind: str):
    return {grouping.id: grouping for grouping in report.groups}[kind]


def make_nights(number: int) -> list[dict]:
    hours = ["08:00", "13:00", "18:00", "23:00"]
    return [
        {"event_time": hours[place % 4], "narrative": "Agency again." if place % 4 == 3 else "All calm."}
        for place in range(number)
    ]


def test_a_theme_that_stands_at_night_alone_is_asked_about_and_its_picture_is_drawn(read):
    group = find_group(read(make_nights(160)), "time")
    staffing = dict(group.grids[0].rows)["Staffing"]
    assert [str(count) for count in staffing] == ["0 of 40", "0 of 40", "0 of 40", "40 of 40"]
    assert group.grids[0].columns == (
        "morning (7 to 12)", "afternoon (12 to 17)", "evening (17 to 22)", "night (22 to 7)",
    )  # fmt: skip
    assert "ask why" in group.sentence and "staffing, night (22 to 7) (40 of 40, more than elsewhere)" in group.sentence
    assert group.outside == ("by-time-pressure-source",)
    page = render_report(read(make_nights(160)))
    assert page.count('alt="Pressure sources by time of day.') == 1 and 'alt="Near-miss signals by time' not in page


def test_what_differs_no_more_than_chance_is_said_to_and_out_of_how_many(read):
    rows = [{"setting": f"Home {place % 4}", "narrative": "Agency again." if place % 5 == 0 else "Calm."} for place in range(160)]
    group = find_group(read(rows), "setting")
    assert group.sentence == "None of 16 comparisons shows more than chance."
    assert (group.records, group.outside) == (Count(160, 160), ())


def test_few_records_in_a_group_are_too_few_to_compare(read):
    group = find_group(read(make_nights(20)), "time")
    assert group.sentence == "Too few to compare: no two groups have 10 records."


def test_a_column_nobody_filled_is_named_and_has_no_table(read):
    report = read([{}])
    assert [(group.id, group.records.number) for group in report.groups if group.grids] == [
        ("voice", 1), ("weekday", 1), ("month", 1),
    ]  # fmt: skip
    assert "No record says: setting, time of day, staff on shift, trigger, what helped." in render_report(report)


def test_words_that_nobody_wrote_twice_are_read_and_not_counted(read):
    rows = [{"trigger": f"the {place}th door & 5 < 6"} for place in range(MOST_WRITTEN + 6)]
    group = find_group(read(rows), "trigger")
    assert (group.grids, len(group.written), group.records) == ((), MOST_WRITTEN, Count(30, 30))
    page = render_report(read(rows))
    assert f"the first {MOST_WRITTEN} of 30, by service and day" in page and "door &amp; 5 &lt; 6" in page


def test_more_groups_than_a_page_can_hold_are_cut_and_the_page_says_so(read):
    rows = [{"event_date": f"{2024 + month // 12}-{month % 12 + 1:02}-03"} for month in range(20)]
    group = find_group(read(rows), "month")
    assert (len(group.grids[0].columns), group.grids[0].columns[-1]) == (MOST_GROUPS, "August 2025")
    assert group.note == "Of 20 groups the latest stand here, 12: 12 of 20 records."


def test_every_number_by_circumstance_leads_to_a_sentence_of_that_group(records, tags, lexicon, no_decisions):
    report = nk.build_report(records, tags, no_decisions, audience="internal", lexicon=lexicon)
    setting_of = dict(zip(records["record_id"], records["setting"], strict=True))
    said = {entry.id: setting_of[entry.record_id] for entry in report.evidence}
    grids = find_group(report, "setting").grids
    cells = [(column, count) for grid in grids for _, row in grid.rows for column, count in zip(grid.columns, row, strict=True)]
    assert sum(count.number > 0 for _, count in cells) > 50
    assert [count for column, count in cells if count.number and said[count.evidence] != column] == []


def test_a_learning_point_stands_in_the_report_with_what_speaks_for_and_against_it(tmp_path, read):
    point = dict(
        statement="We say goodbye before an agency shift ends.", definition="Any leaving of staff.",
        evidence=("r000", "r001", "elsewhere-9"), counter_evidence=("r003", "Looked at nights: none."), decided="Ask each time.",
    )  # fmt: skip
    nk.add_learning_point(tmp_path / "d.sqlite", who="group", decided_at=datetime(2026, 11, 1), **point)
    report = read([{"narrative": f"Story {place}."} for place in range(4)], entries=nk.load_entries(tmp_path / "d.sqlite"))
    (shown,) = report.points
    assert (shown.statement, shown.definition, shown.decided) == (point["statement"], point["definition"], point["decided"])
    assert shown.speaks_for == (
        ("record r000 · Alder · 5 January 2026", "Story 0."), ("record r001 · Alder · 5 January 2026", "Story 1."),
        ("record elsewhere-9", "It is not among the records read here."),
    )  # fmt: skip
    assert shown.speaks_against == (("record r003 · Alder · 5 January 2026", "Story 3."), ("", "Looked at nights: none."))
    page = render_report(report)
    assert page.index("What the group learned</h2>") < page.index(point["statement"]) < page.index("Pressure sources</h2>")
    assert "What the group learned" not in render_report(read([{}]))


CALM = "We had tea in the garden and talked about the birds. The sun was out. He wore his blue jumper. "


def say_numbers(records, lexicon, no_decisions) -> list:
    """Every sentence and number of a report but its quotations, with all layers of the tagger."""
    made = nk.build_report(records, nk.tag_records(records, lexicon), no_decisions, audience="internal", lexicon=lexicon)
    families = [[theme.name, str(theme.records), str(theme.between)] for family in made.families for theme in family.themes]
    grids = [*made.services, made.together, made.voices, made.months, *(grid for group in made.groups for grid in group.grids)]
    tables = [[grid.title, *((name, [str(count) for count in counts]) for name, counts in grid.rows)] for grid in grids]
    return [[finding.text for finding in made.findings], families, tables, [group.sentence for group in made.groups]]


def test_twice_as_long_narratives_and_a_sentence_said_ten_times_change_no_number(records, lexicon, tags, no_decisions):
    some = records[records["record_id"].isin(["AL-004", "BI-003", "CE-005", "DA-002", "EL-004", "FE-006", "GO-003", "HA-005"])]
    assert len(some) == 8
    once = say_numbers(some, lexicon, no_decisions)
    longer = some.assign(narrative=[f"{text}\n\n{CALM * (len(text) // len(CALM) + 1)}" for text in some["narrative"]])
    assert say_numbers(longer, lexicon, no_decisions) == once
    said = tags[tags["record_id"].isin(set(some["record_id"])) & tags["counted"] & (tags["assertion"] == "affirmed")].iloc[0]
    repeated = [
        text[: said["sentence_start"]] + " ".join([said["sentence"]] * 10) + text[said["sentence_end"] :]
        if record_id == said["record_id"]
        else text
        for record_id, text in zip(some["record_id"], some["narrative"], strict=True)
    ]
    assert repeated != some["narrative"].tolist()
    assert say_numbers(some.assign(narrative=repeated), lexicon, no_decisions) == once
