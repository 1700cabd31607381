"""Reports: facts first, one file, no outside address, every number out of something and led to a sentence."""

import base64
import re
from datetime import date, datetime
from functools import partial

import pandas as pd
import pytest
from pages import Elements

import nearmiss_kit as nk
from nearmiss_kit.report.facts import Count, Grid
from nearmiss_kit.report.render import draw_grid, render_report

MADE_ON = date(2026, 11, 1)


@pytest.fixture(scope="module")
def report(records, tags, lexicon):
    return nk.build_report(records, tags, nk.load_decisions(":memory:"), audience="internal", lexicon=lexicon, made_on=MADE_ON)


@pytest.fixture(scope="module")
def page(report) -> str:
    return render_report(report)


def counts_of(report) -> list:
    families = [
        count for family in report.families for theme in family.themes for count in (theme.records, theme.people, theme.services)
    ]
    grids = [
        count for grid in (*report.services, report.together, report.months) for _, row in grid.rows for count in row if count
    ]
    tallies = [count for tally in (report.scope.services, report.scope.voices, report.scope.forms) for _, count in tally]
    return [*families, *grids, *tallies]


def test_every_number_says_what_it_is_out_of_and_leads_to_a_sentence(report):
    evidence = {entry.id: entry for entry in report.evidence}
    themed = counts_of(report)
    assert all(0 <= count.number <= count.out_of and count.out_of > 0 for count in themed)
    assert [count for count in themed if count.number and count.evidence not in evidence] == []


def test_every_piece_of_evidence_is_a_sentence_of_its_record(report, records):
    narratives = dict(zip(records["record_id"], records["narrative"], strict=True))
    assert [e.id for e in report.evidence if e.before + e.quote + e.after not in narratives[e.record_id]] == []


def test_every_cell_of_the_page_that_counts_reads_as_so_many_of_so_many(page):
    cells = [cell.strip() for cell in Elements(page).cells if cell.strip()]
    assert [cell for cell in cells if not re.fullmatch(r"\d+ of \d+", cell)] == []


def test_every_link_leads_to_a_place_in_the_page(page):
    elements = Elements(page).elements
    ids = {attributes["id"] for _, attributes in elements if "id" in attributes}
    links = [attributes["href"] for tag, attributes in elements if tag == "a"]
    assert (len(links) > 100, [link for link in links if link[0] != "#" or link[1:] not in ids]) == (True, [])


def test_no_id_stands_twice(page):
    ids = [attributes["id"] for _, attributes in Elements(page).elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_the_page_has_no_outside_address_no_script_and_a_strict_policy(page):
    assert re.findall(r"(?:https?:)?//[\w.]+", re.sub(r"data:image/svg\+xml;base64,[\w+/=]+", "", page)) == []
    elements = Elements(page).elements
    assert [tag for tag, _ in elements if tag in ("script", "link", "iframe", "object", "form")] == []
    policies = [
        attributes["content"] for tag, attributes in elements if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policies == ["default-src 'none'; img-src data:; style-src 'unsafe-inline'"]


def test_the_page_can_be_read_by_a_screen_reader(page):
    elements = Elements(page).elements
    assert [attributes.get("lang") for tag, attributes in elements if tag == "html"] == ["en-GB"]
    assert sum(tag == "h1" for tag, _ in elements) == 1
    assert [attributes for tag, attributes in elements if tag == "img" and len(attributes.get("alt", "")) < 40] == []
    assert [attributes for tag, attributes in elements if tag == "th" and attributes.get("scope") not in ("row", "col")] == []


def test_no_raw_name_of_a_column_or_code_is_shown(page):
    shown = re.sub(r"<style>.*?</style>|<[^>]*>", " ", page, flags=re.DOTALL)
    assert re.findall(r"\b[a-z]+_[a-z_]+\b", shown) == []


def test_that_themes_are_only_proposed_is_said_before_the_first_finding_and_the_limits_before_the_themes(report, page):
    order = [report.first[:30], report.findings[0].text[:30], 'id="limits"', 'id="stories"', 'id="pressure-source"']
    assert sorted(order, key=page.index) == order


def test_every_finding_has_its_interval_and_says_how_many_such_passages_are_missed(report):
    assert [f.text for f in report.findings if not re.search(r"\d+ of \d+ [^()]+ \(.*\d+% to .*\d+%\)", f.text)] == []
    assert {f.trust for f in report.findings} == {
        "about 7 of 10 such passages are missed, about 5 of 10 proposals hold (on 177 invented records; no sample was read here)."
    }


def test_at_most_five_findings_each_with_numbers_and_a_quotation(report):
    assert 3 <= len(report.findings) <= 5
    assert [f.text for f in report.findings if not re.search(r"\d+ of (?:the )?\d+", f.text) or not f.evidence.quote] == []


def test_themes_keep_the_order_of_the_lexicon_whatever_their_size(report, lexicon):
    shown = [theme.code for family in report.families for theme in family.themes]
    assert shown == [code.code for code in lexicon.codes]


def test_the_same_facts_give_the_same_bytes(records, tags, lexicon, page):
    again = nk.build_report(records, tags, nk.load_decisions(":memory:"), audience="internal", lexicon=lexicon, made_on=MADE_ON)
    assert render_report(again) == page


def test_a_hostile_narrative_is_shown_as_it_was_written_and_does_nothing(make_records, small_lexicon, no_decisions):
    nasty = "<script>alert(1)</script> agency <img src=x onerror=alert(1)> {{ 7*7 }} $x$"
    records = make_records(
        ("<b>1</b>", "<i>A</i>", "p", "2026-01-01", "staff", nasty), ("2", "B", "q", "2026-02-01", "staff", "hit out")
    )
    tags = nk.tag_records(records, small_lexicon, layer="none")
    page = render_report(
        nk.build_report(records, tags, no_decisions, audience="internal", lexicon=small_lexicon, made_on=MADE_ON)
    )
    assert "<script>" not in page and "<img src=x" not in page and "<b>1</b>" not in page and "{{ 7*7 }}" in page


def test_people_who_were_not_heard_are_named(make_records, small_lexicon, no_decisions):
    records = make_records(
        ("1", "Alder", "p", "2026-01-01", "staff", "Agency."),
        ("2", "Birch", "q", "2026-01-01", "The person", "They had agency. He hit out."),
    )
    tags = nk.tag_records(records, small_lexicon, layer="none")
    report = nk.build_report(records, tags, no_decisions, audience="internal", lexicon=small_lexicon, made_on=MADE_ON)
    assert "1 of 2 records is in people’s own words. None is from Alder." in report.limits


def test_records_without_any_tag_still_make_a_report(make_records, small_lexicon, no_decisions):
    records = make_records(("1", "Alder", "p", "2026-01-01", "staff", "All calm."))
    tags = nk.tag_records(records, small_lexicon, layer="none")
    report = nk.build_report(records, tags, no_decisions, audience="internal", lexicon=small_lexicon, made_on=MADE_ON)
    assert (report.findings, report.evidence) == ((), ())
    assert "Nothing stands out" in render_report(report)


def test_the_two_columns_that_are_needed_are_enough_for_a_report(tmp_path, small_lexicon, no_decisions):
    (tmp_path / "a.csv").write_text("Reference,Narrative\n1,Agency again. Notice was served.\n", encoding="utf-8")
    records = nk.load_records(tmp_path / "a.csv")
    tags = nk.tag_records(records, small_lexicon, layer="none")
    page = render_report(
        nk.build_report(records, tags, no_decisions, audience="internal", lexicon=small_lexicon, made_on=MADE_ON)
    )
    assert ("learning review · 1 record · made on" in page, "1 of 1 has no date" in page) == (True, True)


def test_what_people_confirmed_is_told_from_what_is_only_proposed(tmp_path, make_records, small_lexicon):
    records = make_records(("1", "Alder", "p", "2026-01-01", "staff", "He hit out, agency again."))
    tags = nk.tag_records(records, small_lexicon, layer="none")
    place = dict(record_id="1", narrative_fingerprint=records["narrative_fingerprint"][0], sentence_start=0, sentence_end=25)
    who = dict(reviewer="lead", note="", decided_at=datetime(2026, 11, 1), lexicon_version="1")
    verdict = dict(family="pressure_source", code="staffing", verdict="confirmed", assertion="affirmed")
    nk.append_decision(tmp_path / "d.sqlite", **place, **who, **verdict)
    decisions = nk.load_decisions(tmp_path / "d.sqlite")
    report = nk.build_report(records, tags, decisions, audience="internal", lexicon=small_lexicon, made_on=MADE_ON)
    assert [(entry.proposed, entry.confirmed, entry.added) for entry in report.evidence] == [(("Behaviour",), ("Staffing",), ())]
    assert "People have decided on 1 of 2 proposals." in report.limits[0]


def test_an_edited_lexicon_is_said_not_to_have_been_measured(make_records, small_lexicon, no_decisions):
    records = make_records(("1", "Alder", "p", "2026-01-01", "staff", "Agency."))
    tags = nk.tag_records(records, small_lexicon, layer="none")
    report = nk.build_report(records, tags, no_decisions, audience="internal", lexicon=small_lexicon, made_on=MADE_ON)
    assert "has not been measured" in report.limits[1]


@pytest.mark.parametrize("audience", ["named", "everybody"])
def test_an_audience_that_cannot_be_served_safely_is_refused(records, tags, lexicon, no_decisions, audience):
    with pytest.raises(nk.ReportError, match=audience):
        nk.build_report(records, tags, no_decisions, audience=audience, lexicon=lexicon)


def test_a_report_is_written_where_it_is_asked_for_and_in_no_other_form(tmp_path, report):
    path = nk.write_report(report, tmp_path / "new folder" / "review.html")
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    with pytest.raises(nk.ReportError, match=r"review\.doc: a report is written as a page, a Word document or a PDF"):
        nk.write_report(report, tmp_path / "review.doc")


def test_what_people_found_in_a_sample_stands_beside_the_finding_and_the_share(make_records, small_lexicon, no_decisions):
    rows = [(str(n), "Alder", "p", "2026-01-01", "staff", "Agency again." if n < 4 else "All calm.") for n in range(8)]
    records = make_records(*rows)
    tags = nk.tag_records(records, small_lexicon, layer="none")
    themes = [("pressure_source", "staffing")]
    sample = nk.draw_reading_sample(records, tags, themes=themes, size=8, seed=1)
    there = sample["record_id"].isin(["0", "1", "2", "7"]).astype(object)
    readings = sample[["record_id"]].assign(family="pressure_source", code="staffing", present=there)
    corrected = nk.correct_prevalence(records, tags, sample, readings, themes=themes)
    report = nk.build_report(
        records, tags, no_decisions, audience="internal", lexicon=small_lexicon, corrected=corrected, made_on=MADE_ON
    )
    assert [finding.trust for finding in report.findings] == [
        "in your reading, of the records with it, 25% had no mark (25% to 25%). Of those it marked, 75% held (75% to 75%)."
    ]
    assert "<td>50% (50% to 50%)</td><td>25% (25% to 25%)</td><td>75% (75% to 75%)</td>" in render_report(report)


def test_one_service_is_too_few_to_compare_and_the_page_still_tells_stories(make_records, small_lexicon, no_decisions):
    records = make_records(
        ("1", "Alder", "p", "2026-01-01", "staff", "She didn't sleep. Agency again."),
        ("2", "Alder", "p", "2026-01-11", "staff", "They gave notice."),
        ("3", "Alder", "q", "2026-02-01", "staff", "Agency. Notice was served."),
    )
    tags = nk.tag_records(records, small_lexicon, layer="none")
    report = nk.build_report(records, tags, no_decisions, audience="internal", lexicon=small_lexicon, made_on=MADE_ON)
    side = report.side_by_side
    assert [(s.person, s.records, s.days_between, s.pressures) for s in side.stories] == [
        ("p", 2, 10, ("Staffing",)),
        ("q", 1, None, ("Staffing",)),
    ]
    assert side.shared == (("Staffing", ("p", "q")),)
    sentences = {funnel.sentence[:39] for _, funnels in report.funnels for funnel in funnels}
    assert (sentences, {funnel.limits for _, funnels in report.funnels for funnel in funnels}) == (
        {"Too few services to compare: 0 of 1 wit"},
        {()},
    )


def test_tags_of_records_that_are_not_read_enter_no_number(records, tags, lexicon, no_decisions):
    some = records.head(30)
    build = partial(nk.build_report, some, decisions=no_decisions, audience="internal", lexicon=lexicon, made_on=MADE_ON)
    theirs = build(tags=tags[tags["record_id"].isin(set(some["record_id"]))])
    everything = build(tags=tags)
    parts = ("findings", "families", "services", "funnels", "together", "pairs", "voices", "months", "evidence")
    assert [part for part in parts if str(getattr(everything, part)) != str(getattr(theirs, part))] == []


@pytest.mark.parametrize(("services", "worded"), [(3, True), (60, False)])
def test_a_large_grid_is_shade_alone_and_its_numbers_stand_in_the_table(services, worded):
    names = tuple(f"Service {number}" for number in range(services))
    rows = tuple((f"Theme {number}", (Count(1, 7, "e1"),) * services) for number in range(5))
    picture = base64.b64decode(draw_grid(Grid("g", "Title", "Alt", "Theme", names, names, rows)).partition(",")[2])
    assert ((b"<!-- 1 of 7 -->" in picture), b"<!-- Theme 1 -->" in picture) == (worded, True)


def test_a_sentence_that_a_term_marked_is_quoted_before_one_the_learned_layer_found_alone(
    make_records, small_lexicon, no_decisions
):
    records = make_records(
        ("1", "Alder", "P1", "2026-01-02", "P1, own words", "Nobody said. Agency again on both of the late shifts.")
    )
    tags = nk.tag_records(records, small_lexicon, layer="none")
    term = tags[(tags["code"] == "staffing") & (tags["sentence"].str.startswith("Agency"))].iloc[[0]]
    alone = term.assign(
        source="learned", confidence=0.99, sentence="Nobody said.", sentence_start=0, sentence_end=12, start=0, end=12
    )
    made = nk.build_report(
        records, pd.concat([alone, term.assign(confidence=0.1)]), no_decisions, audience="internal", lexicon=small_lexicon
    )
    (entry,) = made.evidence
    assert entry.before + entry.quote + entry.after == "Agency again on both of the late shifts."


def test_a_sentence_that_blames_is_quoted_only_where_there_is_no_other(make_records, small_lexicon, no_decisions):
    records = make_records(
        ("1", "Alder", "P1", "2026-01-02", "staff", "Agency again, he does it to annoy us all. Agency again all week long.")
    )
    tags = nk.tag_records(records, small_lexicon, layer="none")
    staffing = tags[tags["code"] == "staffing"]
    blaming = staffing.iloc[[0]].assign(sub_theme="blame_for_control")
    made = nk.build_report(records, pd.concat([blaming, staffing]), no_decisions, audience="internal", lexicon=small_lexicon)
    assert [entry.after for entry in made.evidence] == [" again all week long."]


def test_records_without_people_services_or_dates_are_not_counted_as_none(tmp_path, small_lexicon, no_decisions):
    (tmp_path / "a.csv").write_text("Reference,Narrative\n1,Agency again. Notice was served.\n", encoding="utf-8")
    records = nk.load_records(tmp_path / "a.csv")
    tags = nk.tag_records(records, small_lexicon, layer="none")
    made = nk.build_report(records, tags, no_decisions, audience="internal", lexicon=small_lexicon, made_on=MADE_ON)
    text = Elements(render_report(made)).text
    assert (
        re.findall(r"\b0 of (?:the )?0\b|no date to|\b0 people|\b0 months|\b0 services|1 records|records are in people", text)
        == []
    )
    assert [
        said for said in ("no people are counted", "No record has a date", "no record names its service") if said not in text
    ] == []
    board = nk.build_board_summary(made)
    assert board.read == "1 record, without dates. No review was given."


def test_what_is_true_of_every_finding_is_said_once(page, report):
    assert (page.count(report.findings[0].trust), len({finding.trust for finding in report.findings})) == (1, 1)
