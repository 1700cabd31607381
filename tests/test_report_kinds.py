"""The other kinds of report: each says what its facts say, what it cannot say first, and nothing to the wrong people."""

import re
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from click.testing import CliRunner
from pages import POLICY, Elements

import nearmiss_kit as nk
from nearmiss_kit.cli import main
from nearmiss_kit.report.board import MOST_ASKS
from nearmiss_kit.report.framework_files import FOLDER, REQUESTS, SHIPPED
from nearmiss_kit.report.kind_pages import render_board_summary, render_easy_read, render_evidence_pack, render_you_said
from nearmiss_kit.report.kinds import FOR_ANYBODY, KINDS, check_kind
from nearmiss_kit.review.outcome import list_own_words, load_outcome_words

MADE_ON = date(2026, 6, 10)
SAMPLES = str(nk.shipped("sample_records"))


@pytest.fixture(scope="module")
def reviews(examples):
    return [seen.review for seen in examples.values()]


@pytest.fixture(scope="module")
def report(records, tags, lexicon, reviews):
    known = dict(audience="internal", lexicon=lexicon, reviews=reviews, made_on=MADE_ON)
    return nk.build_report(records, tags, nk.load_decisions(":memory:"), **known)


@pytest.fixture(scope="module")
def pages(report, reviews, examples) -> dict[str, str]:
    return {
        "board": render_board_summary(nk.build_board_summary(report, reviews)),
        "evidence-pack": render_evidence_pack(nk.build_evidence_pack(report, reviews)),
        "easy-read": render_easy_read(nk.build_easy_read(examples["alder"])),
        "you-said-we-did": render_you_said(nk.build_you_said(examples.values())),
    }


@pytest.mark.parametrize("kind", ["board", "evidence-pack", "easy-read", "you-said-we-did"])
def test_every_kind_is_safe_whole_and_readable_by_ear(kind, pages):
    page = Elements(pages[kind])
    assert [a["content"] for _, a in page.elements if a.get("http-equiv") == "Content-Security-Policy"] == [POLICY]
    assert [tag for tag, _ in page.elements if tag in ("script", "link", "iframe", "object", "form", "img")] == []
    assert (len(page.ids) - len(set(page.ids)), page.lost_links) == (0, [])
    assert [tag for tag, _ in page.elements].count("h1") == 1
    assert [a for tag, a in page.elements if tag == "th" and a.get("scope") not in ("row", "col")] == []


def test_the_same_facts_give_the_same_bytes(report, reviews, examples, pages):
    assert pages == {
        "board": render_board_summary(nk.build_board_summary(replace(report), reviews)),
        "evidence-pack": render_evidence_pack(nk.build_evidence_pack(replace(report), reviews)),
        "easy-read": render_easy_read(nk.build_easy_read(examples["alder"])),
        "you-said-we-did": render_you_said(nk.build_you_said(list(examples.values()))),
    }


def test_a_board_reads_first_what_cannot_be_concluded_and_last_how_far_to_trust_it(pages):
    places = [pages["board"].index(f'id="{name}"') for name in ("limits", "findings", "changed", "decisions", "trust")]
    assert all(first < second for first, second in pairwise(places))


def test_a_board_sees_every_number_with_what_it_is_out_of_and_at_most_so_many_questions(report, reviews):
    board = nk.build_board_summary(report, reviews)
    assert (len(board.findings) <= 5, len(board.asks) <= MOST_ASKS, board.cannot) == (True, True, report.limits)
    assert [
        finding.text for finding in board.findings if not re.search(r"\d of (?:the )?\d", finding.text) or not finding.quote
    ] == []
    assert [ask for ask in board.asks if not 0 < ask.count.number <= ask.count.out_of] == []
    assert board.changed[0].startswith("13 of 23 actions are done; 12 of these 13 change the support model.")


def test_a_board_summary_is_never_published(records, tags, lexicon):
    published = nk.build_report(records, tags, nk.load_decisions(":memory:"), audience="published", lexicon=lexicon)
    with pytest.raises(nk.ReportError, match="cannot be published"):
        nk.build_board_summary(published)


def test_a_board_summary_without_a_sentence_that_may_be_shown_has_no_quotation(report):
    bare = replace(report, findings=tuple(replace(finding, evidence=None) for finding in report.findings))
    assert {finding.quote for finding in nk.build_board_summary(bare).findings} == {""}


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_that_tells_one_persons_story_is_never_published(kind):
    if kind not in FOR_ANYBODY:
        with pytest.raises(nk.ReportError, match="cannot be published"):
            check_kind(kind, "published")
    else:
        check_kind(kind, "published")


def test_the_frameworks_have_all_statements_and_name_only_what_the_kit_knows(lexicon):
    themes = {f"{code.family}/{code.code}" for code in lexicon.codes}
    fields = {field.id for field in nk.load_form().fields} | {REQUESTS}
    frameworks = nk.load_frameworks()
    assert [[len(q.statements) for q in framework.questions] for framework in frameworks] == [[8, 6, 5, 7, 8], [7, 4, 3, 4, 6]]
    for framework in frameworks:
        used = {code for statement in framework.statements for code in statement.codes}
        assert (themes - used, used - themes) == (set(), set())
        assert {field for statement in framework.statements for field in statement.asked} - fields == set()
        assert [statement.name for statement in framework.statements if len(statement.why) < 30] == []


def test_the_draft_is_called_a_draft_and_every_framework_prints_its_version(pages):
    for framework in nk.load_frameworks():
        assert framework.version in pages["evidence-pack"] and framework.status in pages["evidence-pack"]
    assert "24 draft key lines" in pages["evidence-pack"]


def test_a_statement_shows_evidence_actions_or_plainly_that_nothing_speaks_to_it(report, reviews, pages):
    pack = nk.build_evidence_pack(report, reviews)
    statements = [statement for part in pack.parts for statement in part.statements]
    silent = [statement for statement in statements if not statement.is_spoken_to]
    assert (len(statements), pages["evidence-pack"].count("Nothing in these records speaks to this.")) == (58, len(silent))
    lines = [line for s in statements for line in (*s.strain, *s.done, *s.found, *s.answered)]
    assert [line for line in lines if not 0 <= line.count.number <= line.count.out_of or not line.count.evidence] == []
    staffing = next(statement for statement in statements if statement.name == "Safe staffing")
    assert {action.topic for action in staffing.actions} == {"sources-judged-staffing"}


def test_no_statement_is_rated_and_no_compliance_is_claimed(pages):
    shown = re.sub(r"<style>.*?</style>|<[^>]*>", " ", pages["evidence-pack"], flags=re.DOTALL).lower()
    shown = shown.replace("claims no compliance and gives no rating, score or judgement", "")
    assert re.findall(r"\b(?:complian\w*|rat(?:ed|ings?)|scores?|outstanding|inadequate|requires improvement)\b", shown) == []


def test_a_pack_without_reviews_says_so(report):
    assert "No review of a near miss was given" in render_evidence_pack(nk.build_evidence_pack(report))


def test_a_faulty_framework_is_refused_with_its_file_and_line(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text((FOLDER / SHIPPED[0]).read_text(encoding="utf-8").replace("mapping:", "maping:"), encoding="utf-8")
    with pytest.raises(nk.ReportError, match=r"mine\.yaml, line \d+: “maping” is not known here"):
        nk.load_framework(path)


def test_every_ready_made_sentence_is_plain_enough_for_its_own_check():
    words = load_outcome_words()
    lists = (words.began, words.heard, words.not_heard, words.nothing_found, words.no_actions, words.waiting, words.next)
    lines = [line for lines in lists for line in lines] + [words.restricts]
    lines += [line for ready in (words.found, words.status, words.home, words.ended) for line in ready.values()]
    assert (len(lines), nk.check_easy_read([line.words for line in lines])) == (35, ())


def test_the_check_says_what_to_change():
    hard = "The service manager will implement a PBS plan: M attends (if he wants to) every single week from the first of May."
    (found,) = nk.check_easy_read(["You can say no.", hard])
    assert (found.line, found.changes) == (
        2,
        (
            "A sentence has 22 words; make it 15 or fewer.",
            "Leave out a colon and brackets; say it in a sentence.",
            "“service manager”: use their name, and a photo.",
            "“implement”: do, start.",
            "“he”: you, where it is about the person; a name, where it is somebody else.",
            "“M” stands for somebody: use their name.",
            "“PBS” is short for something: write it out, or leave it out.",
        ),
    )


def test_no_housemates_words_are_told_as_the_persons_own(examples):
    seen = examples["birch"]
    about = dict(zip(seen.records["narrative"], seen.records["person"], strict=True))
    own = list_own_words(seen)
    whose = {person for words in own for narrative, person in about.items() if words in narrative}
    assert (len(own) > 0, whose) == (True, {"BI1"})


def test_a_draft_says_when_the_person_was_not_heard(examples):
    seen = examples["alder"]
    unheard = replace(seen, review=replace(seen.review, answers={}, evidence=()))
    (said,) = [part for part in nk.build_easy_read(unheard).parts if part.heading == "What you said"]
    assert [line.words for line in said.lines] == ["We have not heard from you yet.", "We are sorry about that."]


def test_people_get_only_their_own_words_back(examples, records):
    forms = records.set_index("record_id")
    for name, seen in examples.items():
        (sheet,) = nk.build_you_said([seen]).reviews
        for part in sheet.heard:
            quoted = [re.search(r"record ([\w-]+)", where) for concern in part.concerns for _, where in concern.quotes]
            rows = forms.loc[[found[1] for found in quoted if found]]
            if part.to == "To the person":
                assert (name, set(rows["person"]) - {seen.review.opening.person}) == (name, set())
            if part.to == "To staff":
                assert (name, [form for form in rows["form"] if "supervision" in form.lower()]) == (name, [])
        voices = [part.to for part in sheet.heard]
        assert len(voices) >= 3


def test_what_is_not_done_is_told_too(examples):
    (sheet,) = nk.build_you_said([examples["alder"]]).reviews
    assert (sheet.done, sheet.actions, [step.overdue for step in sheet.open_steps]) == (5, 8, [True, True, False])
    assert [answer for _, _, answer in sheet.requests] == [""]


def test_a_sheet_without_a_review_is_refused():
    with pytest.raises(nk.ReviewError, match="no review to tell people about"):
        nk.build_you_said([])


@pytest.fixture(scope="module")
def store(tmp_path_factory, records):
    path = tmp_path_factory.mktemp("cli") / "reviews.sqlite"
    nk.write_examples(path, records)
    return str(path)


@pytest.mark.parametrize("kind", KINDS)
def test_the_command_writes_every_kind(kind, store, tmp_path):
    out = tmp_path / "page.html"
    person = ["--person", "AL1"] if kind in ("review", "easy-read") else []
    known = ["--audience", "internal", "--kind", kind, "--decisions", store, "--layer", "none", *person]
    result = CliRunner().invoke(main, ["report", SAMPLES, "--out", str(out), *known])
    assert (result.exit_code, out.exists()) == (0, True), result.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--kind", "easy-read", "--audience", "published"], "cannot be published"),
        (["--kind", "easy-read", "--audience", "internal"], "Give --decisions the store"),
        (["--kind", "board", "--audience", "internal", "--person", "AL1"], "Leave --person out."),
    ],
)
def test_the_command_refuses_what_cannot_be_made(arguments, words, tmp_path):
    result = CliRunner().invoke(main, ["report", SAMPLES, "--out", str(tmp_path / "page.html"), *arguments])
    assert (result.exit_code, words in result.output) == (2, True)
