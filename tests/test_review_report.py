"""The report of one near miss stands alone on its first page, and leads from signal to source to action to outcome."""

import re
from dataclasses import replace
from datetime import date, datetime

import pytest
from pages import POLICY, Elements

import nearmiss_kit as nk
from nearmiss_kit.report.review_page import lay_out_lines, render_review_report
from nearmiss_kit.review.examples import EXAMPLES

BY = dict(who="quality lead", decided_at=datetime(2026, 4, 14, 12))
PLAN = dict(
    what="Borrow a worker", owner="manager", due=date(2026, 5, 1), finding="sources.judged.staffing", know_by="the rota",
    lasting="temporary", restricts_anyone=False,
)  # fmt: skip


@pytest.fixture(scope="module")
def facts(examples) -> dict:
    return {name: nk.build_review_facts(seen) for name, seen in examples.items()}


@pytest.fixture(scope="module")
def pages(tmp_path_factory, examples, facts) -> dict[str, str]:
    """Every kind of page about a review, by name."""
    folder, review = tmp_path_factory.mktemp("pages"), examples["alder"].review
    meeting = dict(meeting_on=date(2026, 6, 20), place="the lounge", host="keyworker")
    written = [nk.write_review_report(facts[name], folder / f"{name}.html") for name in EXAMPLES]
    written += [nk.write_agenda(nk.build_agenda(review), folder / "agenda.html")]
    written += [nk.write_invitation(nk.build_invitation(review, **meeting), folder / "invitation.html")]
    return {path.stem: path.read_text(encoding="utf-8") for path in written}


@pytest.fixture
def bare(tmp_path, make_records, small_lexicon):
    """The facts of a review with one temporary action and nothing else."""
    path, records = tmp_path / "r.sqlite", make_records(("1", "Alder", "AL1", "2026-01-01", "staff", "Agency again."))
    review_id = nk.open_review(path, person="AL1", service="Alder", housemates=[], reason="asked for", **BY)
    nk.add_action(path, review_id=review_id, **PLAN, **BY)
    tags = nk.tag_records(records, small_lexicon, layer="none")
    known = dict(review_id=review_id, rules=nk.load_house_rules(), today=date(2026, 6, 1))
    return nk.build_review_facts(nk.study_review(path, records, tags, small_lexicon, **known))


def test_what_a_review_cannot_conclude_stands_first_and_before_the_first_page_ends(bare):
    page = render_review_report(bare)
    first = page[page.index('class="first-page"') : page.index("<nav")]
    for warning in (
        "The person’s own voice is not in this review.",
        "No outcome measure has both a before and an after.",
        "All actions are temporary; none changes the support model.",
    ):
        assert 0 < first.index(warning) < first.index("In short") < first.index("1 of 1 overdue; 0 of 1 change the support model")


def test_a_review_in_which_nothing_was_written_yet_makes_a_page(bare):
    page = render_review_report(replace(bare, actions=(), overdue=(), first_page=("There is no action yet.",)))
    assert ("No signal or early sign is written down." in page, Elements(page).lost_links) == (True, [])


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_finding_leads_to_its_evidence_and_back_and_every_action_to_its_finding(name, facts, pages):
    elements, lines = Elements(pages[name]), lay_out_lines(facts[name])
    links = [attributes["href"] for tag, attributes in elements.elements if tag == "a"]
    there = [line for line in lines if line.pieces and f"#{line.pieces[0].id}" not in links]
    back = [line for line in lines if links.count(f"#{line.id}") < 1 + len(line.steps)]
    actions = [step for line in lines for step in line.steps if f"#{step.id}" not in links]
    assert (len(lines) >= 8, there, back, actions) == (True, [], [], [])


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_quotation_action_and_answer_of_a_review_stands_in_its_report(name, facts, pages):
    shown = Elements(pages[name]).text
    words = [piece.words for line in facts[name].findings for piece in (*line.speaks_for, *line.speaks_against)]
    words += [action.plan.what for action in facts[name].actions] + list(facts[name].open_links)
    words += [line.answer for section in facts[name].sections for line in section.lines]
    assert [piece for piece in words if piece not in shown] == []


PAGES = (*EXAMPLES, "agenda", "invitation")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_about_a_review_is_safe_whole_and_readable_by_ear(name, pages):
    page = Elements(pages[name])
    policies = [a["content"] for _, a in page.elements if a.get("http-equiv") == "Content-Security-Policy"]
    assert policies == [POLICY]
    assert [tag for tag, _ in page.elements if tag in ("script", "link", "iframe", "object", "form", "img")] == []
    assert (len(page.ids) - len(set(page.ids)), page.lost_links) == (0, [])
    assert [tag for tag, _ in page.elements].count("h1") == 1
    assert {"header", "main", "footer"} <= {tag for tag, _ in page.elements}
    assert [a for tag, a in page.elements if tag == "th" and a.get("scope") not in ("row", "col")] == []
    assert (
        re.findall(r"https?:|\b[a-z]+_[a-z_]+\b", re.sub(r"<style>.*?</style>|<[^>]*>", " ", pages[name], flags=re.DOTALL)) == []
    )


def test_the_same_review_gives_the_same_bytes(facts):
    assert render_review_report(facts["birch"]) == render_review_report(replace(facts["birch"]))


def test_an_invitation_has_room_for_a_picture_beside_each_idea_and_cards_that_need_no_words(examples, pages):
    invitation = nk.build_invitation(examples["alder"].review, meeting_on=date(2026, 6, 20), place="the lounge", host="keyworker")
    shape = [(tag, name) for tag, name, _ in Elements(pages["invitation"]).shape]
    drawn = [name for tag, name in shape if tag == "li" and name.startswith("card")]
    assert shape.count(("div", "picture")) == len(invitation.lines)
    assert drawn == ["card tick", "card cross", "card wave", "card stop", "card "]


def test_a_page_about_a_review_is_written_in_no_other_form(tmp_path, bare):
    with pytest.raises(nk.ReportError, match=r"review\.doc: a report is written as a page, a Word document or a PDF"):
        nk.write_review_report(bare, tmp_path / "review.doc")
