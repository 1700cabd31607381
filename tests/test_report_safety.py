"""Whatever people wrote, a report shows it and does nothing with it: the same page as with harmless words of that length."""

import csv
import json
import re
from dataclasses import replace
from datetime import date

import openpyxl
import pandas as pd
import pytest
from hostile_kinds import tell_board, tell_easy, tell_pack, tell_said
from hostile_words import list_hostile_words
from pages import Elements

import nearmiss_kit as nk
from nearmiss_kit.analysis.release import INSIDE
from nearmiss_kit.report.facts import Count, Evidence, Finding
from nearmiss_kit.report.kind_pages import render_board_summary, render_easy_read, render_evidence_pack, render_you_said
from nearmiss_kit.report.render import draw_unseen, render_report
from nearmiss_kit.report.review_page import render_review_report
from nearmiss_kit.review import gate, reading
from nearmiss_kit.review.checks import Check
from nearmiss_kit.review.contents import ActionPlan, Participant, Request, StatusChange
from nearmiss_kit.review.summary import AnswerLine, ReviewFacts, SectionFacts
from nearmiss_kit.review.timeline import LINE_COLUMNS, RAISED_COLUMNS, Milestone, Timeline

HOSTILE = list_hostile_words()
HARMLESS = ["x" * len(words) for words in HOSTILE]
WHOLE = [words for words in HOSTILE if not re.search("[\ud800-\udfff]", words)]  # half characters cannot be in any file
DAY = date(2026, 11, 1)
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")  # a spreadsheet may read what begins so as a formula


@pytest.fixture(scope="module")
def plain(tmp_path_factory, small_lexicon):
    """A learning review of one record, whose words the tests change."""
    path = tmp_path_factory.mktemp("plain") / "records.csv"
    path.write_text("Reference,Service,Date,Narrative\n1,Alder,2026-01-01,Agency again.\n", encoding="utf-8")
    records = nk.load_records(path)
    tags, known = nk.tag_records(records, small_lexicon, layer="none"), dict(audience="internal", made_on=DAY)
    return nk.build_report(records, tags, nk.load_decisions(":memory:"), lexicon=small_lexicon, **known)


def put_into_review(plain, all_words: list[str]):
    """The learning review with each of these words as a sentence, a reference, a service, a finding and a row left out."""
    evidence = tuple(
        Evidence(f"e{place}", words, words, words, words, words, words, words, words, (words,), (words,), (words,), 0, len(words))
        for place, words in enumerate(all_words, 1)
    )
    scope = replace(
        plain.scope, left_out=tuple(all_words), services=tuple((words, Count(1, 1, "e1")) for words in all_words),
    )  # fmt: skip
    findings = tuple(Finding(piece.before, piece.before, piece) for piece in evidence)
    return replace(plain, title=all_words[0], evidence=evidence, scope=scope, findings=findings, limits=tuple(all_words))


def tell_review(all_words: list[str]) -> ReviewFacts:
    """The facts of a review in which each of these words stands wherever people write."""
    names = [f"sources.judged.{place}" for place in range(len(all_words))]
    spoken = [reading.Evidence("", name, "for", w, w, w, True, w, "") for name, w in zip(names, all_words, strict=True)]
    actions = tuple(_act(name, words) for name, words in zip(names, all_words, strict=True))
    lines = [(words, words, pd.Timestamp(DAY), words, words, words, (words,), (words,), (words,)) for words in all_words]
    raised = [("f", "c", words, words, 1, pd.Timestamp(DAY), pd.Timestamp(DAY)) for words in all_words]
    stone = Milestone(DAY, all_words[0])
    return ReviewFacts(
        title=all_words[0], person=all_words[0], service=all_words[0], state=all_words[0], opened="", closed="",
        first_page=tuple(all_words), nearly_failed=all_words[0], why=all_words[1], must_change=all_words[2],
        own_words=all_words[3], missing_voices=tuple(all_words),
        findings=tuple(gate.Finding(n, w, "evidenced", w, (s,), (s,)) for n, w, s in zip(names, all_words, spoken, strict=True)),
        open_links=tuple(all_words),
        checks=tuple(Check(words, words, True, words, words, words) for words in all_words),
        timeline=Timeline(
            pd.DataFrame(lines, columns=list(LINE_COLUMNS), dtype="object"),
            pd.DataFrame(raised, columns=list(RAISED_COLUMNS), dtype="object"),
            pd.DataFrame(), stone, stone, stone, stone,
        ),
        actions=actions, overdue=(),
        requests=tuple(
            reading.Noted("", Request.model_construct(asked_of="other", what=w, asked_on=DAY, answered_on=DAY, answer=w), w, w)
            for w in all_words
        ),
        participants=tuple(
            reading.Noted("", Participant.model_construct(
                role=w, about=w, asked_on=DAY, agreed="yes", basis=w, communication=w, advocate=w), w, w)
            for w in all_words
        ),
        measures=tuple((words, words, words) for words in all_words),
        sections=(SectionFacts("s", all_words[0], tuple(AnswerLine(w, w, w, w, w) for w in all_words), len(all_words)),),
        form_version=all_words[0], rules_version=all_words[1], rules_say=all_words[2], made_on="1 November 2026", readers=INSIDE,
    )  # fmt: skip


def _act(name: str, words: str) -> reading.Action:
    plan = ActionPlan.model_construct(
        what=words, owner=words, due=DAY, finding=name, lasting="temporary", know_by=words, restricts_anyone=True,
        less_restrictive=words, legal_basis=words, restriction_review=DAY, plan_to_end=words,
    )  # fmt: skip
    return reading.Action("a", plan, ((StatusChange.model_construct(status="done", on=DAY, note=words), words),), DAY)


# Each kind of report with the same words wherever people write; the first argument is the fixture `plain`.
MAKERS = {
    "learning": lambda plain, words: render_report(put_into_review(plain, words)),
    "review": lambda _, words: render_review_report(tell_review(words)),
    "board": lambda _, words: render_board_summary(tell_board(words)),
    "evidence pack": lambda _, words: render_evidence_pack(tell_pack(words)),
    "easy read": lambda _, words: render_easy_read(tell_easy(words)),
    "you said": lambda _, words: render_you_said(tell_said(words)),
}
KINDS = tuple(MAKERS)


@pytest.fixture(scope="module")
def pages(plain) -> dict[str, tuple[str, str]]:
    """Each kind of report twice: with hostile words, and with harmless words of the same length."""
    return {kind: tuple(make(plain, words) for words in (HOSTILE, HARMLESS)) for kind, make in MAKERS.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_words_make_the_same_page_as_harmless_ones(kind, pages):
    hostile, harmless = map(Elements, pages[kind])
    assert len(HOSTILE) >= 150
    assert hostile.shape == harmless.shape
    assert [tag for tag, _ in hostile.elements if tag == "script"] == []


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_words_are_shown_as_they_were_written(kind, pages):
    shown = Elements(pages[kind][0]).text
    drawable = [
        words for words in HOSTILE if not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", words) and draw_unseen(words) == words
    ]
    assert (len(drawable) > 125, [words for words in HOSTILE if draw_unseen(words) not in shown]) == (True, [])


def test_a_character_that_html_cannot_hold_is_shown_by_a_picture_or_its_number():
    written = "a\x00b\x1b[31m\x7f\x85\ud800\ufffe\U0010ffff\r\nc\rd\te"
    assert draw_unseen(written) == "a␀b␛[31m␡⟨U+0085⟩⟨U+D800⟩⟨U+FFFE⟩⟨U+10FFFF⟩\nc\nd\te"


def test_the_files_of_a_hundred_and_fifty_hostile_narratives_make_a_safe_report(tmp_path, small_lexicon, no_decisions):
    lines = [
        {
            "Reference": str(place),
            "Service": "Alder",
            "Date": f"{2000 + place // 12}-{place % 12 + 1:02}-01",
            "Narrative": f"{words} agency",
        }
        for place, words in enumerate(HOSTILE)
    ]
    (tmp_path / "r.jsonl").write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    records = nk.load_records(tmp_path / "r.jsonl")
    tags = nk.tag_records(records, small_lexicon, layer="none")
    report = nk.build_report(records, tags, no_decisions, audience="internal", lexicon=small_lexicon, made_on=DAY)
    page = Elements(render_report(report))
    narratives = dict(zip(records["record_id"], records["narrative"], strict=True))
    assert (len(records), len(report.evidence) > 150) == (len(WHOLE), True)
    assert [e.id for e in report.evidence if e.before + e.quote + e.after not in narratives[e.record_id]] == []
    assert {tag for tag, _ in page.elements} & {"script", "iframe", "object", "embed", "form", "video", "link", "b"} == set()
    assert [name for _, attributes in page.elements for name in attributes if name.startswith("on")] == []
    with nk.write_tags(tags, tmp_path / "tags.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [cell for row in csv.reader(file) for cell in row if cell.startswith(STARTS)] == []


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_no_hostile_word_is_a_live_formula_in_a_table_of_actions(tmp_path, ending):
    columns = ("action_id", "what", "owner")
    actions = pd.DataFrame([(words, words, words) for words in WHOLE], columns=columns)
    path = nk.write_actions(actions, tmp_path / f"actions{ending}")
    if ending == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for row in list(csv.reader(file))[1:] for cell in row]
        assert (len(cells) > 450, [cell for cell in cells if cell.startswith(STARTS)]) == (True, [])
    else:
        cells = [cell for row in openpyxl.load_workbook(path).active.iter_rows(min_row=2) for cell in row]
        assert (len(cells) > 450, [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink]) == (
            True,
            [],
        )
        assert [cell.coordinate for cell in cells if cell.data_type == "s" and not cell.quotePrefix] == []
