"""Reports for named readers: who they are and on what ground stands on the page, and only cleared words of people."""

import re
from dataclasses import replace
from datetime import date, datetime
from html import escape

import pandas as pd
import pytest

import nearmiss_kit as nk
from nearmiss_kit.errors import DecisionsError, RecordsError, ReportError
from nearmiss_kit.report.kind_pages import render_board_summary, render_easy_read, render_evidence_pack, render_you_said
from nearmiss_kit.report.render import render_report
from nearmiss_kit.report.review_page import render_review_report

DAY = date(2026, 11, 23)
CLEAN = "Agency on both shifts. No handover again. He hit out at the door."
NAMED = "Agency on both shifts. Rang mum, Sharon Whittaker, on 07700 900123."


def make_records(*narratives: str) -> pd.DataFrame:
    ids = [f"r{number}" for number in range(1, len(narratives) + 1)]
    return pd.DataFrame(
        {
            "record_id": ids, "person": "P1", "service": "Alder", "setting": "", "event_date": pd.Timestamp("2026-03-01"),
            "event_time": "", "form": "Shift log", "author": "support worker", "narrative": narratives,
            "narrative_fingerprint": [f"f{number}" for number in ids],
        }
    )  # fmt: skip


def release_to_commissioner(store=None, **changed) -> nk.Release:
    known = dict(
        recipients="Quality team of the commissioning body", lawful_basis="UK GDPR article 6(1)(e)", released_by="quality lead"
    )
    return nk.Release(**known | {"store": store} | changed)


def clear(store, tag: dict, cleared: bool = True) -> None:
    nk.clear_quotation(
        store, record_id=tag["record_id"], narrative_fingerprint=f"f{tag['record_id']}", sentence_start=tag["sentence_start"],
        sentence_end=tag["sentence_end"], cleared=cleared, who="quality lead", why="says nothing of who it was", decided_at=datetime(2026, 11, 23),
    )  # fmt: skip


def build(records, lexicon, release: nk.Release, audience: str = "named"):
    tags = nk.tag_records(records, lexicon, layer="none")
    return nk.build_report(
        records, tags, nk.load_decisions(":memory:"), audience=audience, lexicon=lexicon, release=release, made_on=DAY
    )


def test_a_report_for_nobody_in_particular_is_refused_with_all_that_is_missing(small_lexicon) -> None:
    with pytest.raises(ReportError) as refused:
        build(make_records(CLEAN), small_lexicon, nk.Release())
    assert str(refused.value) == "\n".join(
        [
            "A named report cannot be made yet. Please:",
            "  say who may read it (--recipients): a commissioner, an inspector, the person.",
            "  say on what lawful basis they may (--lawful-basis).",
            "  say who settled that, by role (--released-by).",
        ]
    )


def test_recipients_and_lawful_basis_stand_on_the_page(small_lexicon) -> None:
    html = render_report(build(make_records(CLEAN), small_lexicon, release_to_commissioner()))
    assert "For named readers only: Quality team of the commissioning body." in html
    assert "Lawful basis: UK GDPR article 6(1)(e). Released by: quality lead." in html
    assert "Internal." not in html


def test_counts_are_true_and_words_nobody_cleared_are_withheld(small_lexicon) -> None:
    named = build(make_records(CLEAN), small_lexicon, release_to_commissioner())
    internal = build(make_records(CLEAN), small_lexicon, nk.Release(), audience="internal")
    assert [theme.records.number for family in named.families for theme in family.themes] == [
        theme.records.number for family in internal.families for theme in family.themes
    ]
    assert {entry.withheld for entry in named.evidence} == {True}
    html = render_report(named)
    for words in ("Agency on both", "hit out at"):
        assert words not in html and words in render_report(internal).replace("<mark>", "").replace("</mark>", "")


def test_a_cleared_sentence_is_quoted_before_any_other_and_can_be_taken_back(small_lexicon, tmp_path) -> None:
    store, records = tmp_path / "store.sqlite", make_records(CLEAN)
    tags = nk.tag_records(records, small_lexicon, layer="none")
    second = tags[tags["sentence"] == "No handover again."].iloc[0].to_dict()
    clear(store, second)
    report = build(records, small_lexicon, release_to_commissioner(store))
    assert [entry.before + entry.quote + entry.after for entry in report.evidence if not entry.withheld] == ["No handover again."]
    staffing = next(theme for family in report.families for theme in family.themes if theme.code == "staffing")
    assert not next(entry for entry in report.evidence if entry.id == staffing.records.evidence).withheld
    clear(store, second, cleared=False)
    assert all(entry.withheld for entry in build(records, small_lexicon, release_to_commissioner(store)).evidence)


def test_a_sentence_that_changed_since_it_was_cleared_is_withheld_again(small_lexicon, tmp_path) -> None:
    store, records = tmp_path / "store.sqlite", make_records(CLEAN)
    tags = nk.tag_records(records, small_lexicon, layer="none")
    clear(store, tags[tags["sentence"] == "No handover again."].iloc[0].to_dict())
    changed = records.assign(narrative_fingerprint="another")
    assert all(entry.withheld for entry in build(changed, small_lexicon, release_to_commissioner(store)).evidence)


def test_nothing_is_cleared_without_a_reason(tmp_path) -> None:
    with pytest.raises(DecisionsError, match="Say in a few words why"):
        nk.clear_quotation(
            tmp_path / "store.sqlite", record_id="r1", narrative_fingerprint="f", sentence_start=0, sentence_end=5, cleared=True,
            who="quality lead", why=" ", decided_at=datetime(2026, 11, 23),
        )  # fmt: skip


@pytest.mark.parametrize("audience", ["named", "published"])
def test_records_in_which_somebody_is_named_do_not_leave_the_house(audience: str, small_lexicon, tmp_path) -> None:
    with pytest.raises(RecordsError) as refused:
        build(make_records(NAMED), small_lexicon, release_to_commissioner(), audience)
    assert "Sharon" not in str(refused.value) and "r1" in str(refused.value)
    store = tmp_path / "store.sqlite"
    said = dict(why="The mother asked to be named.", who="quality lead", decided_at=datetime(2026, 11, 23))
    nk.clear_identifiers(store, make_records(NAMED), **said)
    limits = build(make_records(NAMED), small_lexicon, release_to_commissioner(store), audience).limits
    assert any("The mother asked to be named." in limit for limit in limits)


def test_a_review_in_which_somebody_wrote_a_name_does_not_leave_the_house(examples) -> None:
    seen = next(iter(examples.values()))
    field, answer = next((field, answer) for field, answer in seen.review.answers.items() if isinstance(answer.value, str))
    written = replace(seen.review, answers={**seen.review.answers, field: replace(answer, value="Said to Sharon Whittaker.")})
    with pytest.raises(ReportError, match="may say who somebody is: a name") as refused:
        nk.release_review(replace(seen, review=written), release=release_to_commissioner())
    assert "Sharon" not in str(refused.value)


def test_an_internal_report_needs_no_release(small_lexicon) -> None:
    assert build(make_records(NAMED), small_lexicon, nk.Release(), audience="internal").readers.audience == "internal"


def test_a_review_for_named_readers_withholds_words_of_records_and_keeps_those_said_for_it(examples) -> None:
    seen = next(iter(examples.values()))
    facts = nk.build_review_facts(seen)
    released = nk.build_review_facts(nk.release_review(seen, release=release_to_commissioner()))
    pieces = [piece for finding in released.findings for piece in (*finding.speaks_for, *finding.speaks_against)]
    assert {piece.words for piece in pieces if piece.from_record} == {""}
    assert [piece.words for piece in pieces if not piece.from_record] == [
        piece.words
        for finding in facts.findings
        for piece in (*finding.speaks_for, *finding.speaks_against)
        if not piece.from_record
    ]
    html = render_review_report(released)
    assert "For named readers only" in html and "Internal." not in html


def test_a_cleared_quotation_of_a_review_is_shown(examples, tmp_path) -> None:
    seen, store = next(iter(examples.values())), tmp_path / "store.sqlite"
    facts = nk.build_review_facts(seen)
    piece = next(piece for finding in facts.findings for piece in finding.speaks_for if piece.place and piece.words)
    record_id, fingerprint, start, end = piece.place
    nk.clear_quotation(
        store, record_id=record_id, narrative_fingerprint=fingerprint, sentence_start=max(0, start - 1), sentence_end=end, cleared=True,
        who="quality lead", why="the person agreed", decided_at=datetime(2026, 11, 23),
    )  # fmt: skip
    released = nk.build_review_facts(nk.release_review(seen, release=release_to_commissioner(store)))
    shown = {
        piece.words
        for finding in released.findings
        for piece in (*finding.speaks_for, *finding.speaks_against)
        if piece.from_record
    }
    assert shown == {"", piece.words}


@pytest.mark.parametrize("kind", ["review", "board", "evidence pack", "easy read", "you said"])
def test_no_kind_of_report_for_named_readers_quotes_a_record_that_nobody_cleared(
    kind: str, examples, records, tags, lexicon
) -> None:
    release = release_to_commissioner()
    known = dict(audience="named", lexicon=lexicon, release=release, made_on=DAY)
    seen = [nk.release_review(one, release=release) for one in examples.values()]
    reviews = [one.review for one in seen]
    report = nk.build_report(records, tags, nk.load_decisions(":memory:"), reviews=reviews, **known)
    html = {
        "review": lambda: render_review_report(nk.build_review_facts(seen[0])),
        "board": lambda: render_board_summary(nk.build_board_summary(report, reviews)),
        "evidence pack": lambda: render_evidence_pack(nk.build_evidence_pack(report, reviews)),
        "easy read": lambda: render_easy_read(nk.build_easy_read(seen[0])),
        "you said": lambda: render_you_said(nk.build_you_said(seen)),
    }[kind]()
    assert "Quality team of the commissioning body" in html
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))
    sentences = [tag for tag in set(tags["sentence"]) if len(tag) > 60]
    written = {
        text
        for one in examples.values()
        for answer in one.review.answers.values()
        for text in [answer.value]
        if isinstance(text, str)
    }
    assert [text for text in sentences if escape(text) in words and not any(text in answer for answer in written)] == []


def test_a_finding_whose_words_are_withheld_stands_as_it_did(examples) -> None:
    seen = next(iter(examples.values()))
    facts, released = (nk.build_review_facts(one) for one in (seen, nk.release_review(seen, release=release_to_commissioner())))
    assert [(f.name, f.status) for f in released.findings] == [(f.name, f.status) for f in facts.findings]
    assert (released.first_page, released.open_links) == (facts.first_page, facts.open_links)


def test_why_sentences_are_not_quoted_is_said_once_above_the_findings(small_lexicon) -> None:
    report = build(make_records(CLEAN), small_lexicon, release_to_commissioner())
    first = render_report(report).partition('<section class="limits"')[0]
    number = len(report.findings)
    assert number > 1
    assert f"{number} of {number} sentences behind the findings are not quoted: nobody has cleared them" in first
    assert (first.count("nobody has cleared"), first.count("find it in the evidence")) == (1, number)
