"""Panels: nothing is chosen until somebody chooses."""

from datetime import date, datetime

import pytest

import nearmiss_kit as nk


def test_the_browser_starts_empty_and_shows_the_sentences_of_a_chosen_theme(records, tags, lexicon, no_decisions):
    report = nk.build_report(records, tags, no_decisions, audience="internal", lexicon=lexicon, made_on=date(2026, 11, 1))
    choice, shown = nk.browse_evidence(report).children
    assert (choice.value, shown.value) == (None, "")
    choice.value = "Staffing"
    expected = [entry.record_id for entry in report.evidence if "Staffing" in entry.codes]
    assert (len(expected) > 0, [record_id for record_id in expected if f"record {record_id}" not in shown.value]) == (True, [])


def walk(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from walk(child)


def find(panel, key):
    """The control of that key; there is exactly one."""
    (found,) = [widget for widget in walk(panel) if f"nm-key-{key}" in getattr(widget, "_dom_classes", ())]
    return found


def hear(panel):
    return next(widget.value for widget in walk(panel) if "nm-status" in widget._dom_classes)


@pytest.fixture
def panel(records, tags, lexicon, tmp_path):
    return nk.run_review(records, tags, store=tmp_path / "mine.sqlite", lexicon=lexicon, now=lambda: datetime(2026, 11, 2, 14, 3))


@pytest.fixture
def begun(panel):
    """A review of AL1 that a chair has just opened."""
    find(panel, "who").value, find(panel, "person").value = "chair", "AL1"
    find(panel, "start").click()
    find(panel, "stop-duties-none").value, find(panel, "reason").value = True, "Notice was talked of."
    find(panel, "open").click()
    return panel


def read(tmp_path, records):
    entries = nk.load_entries(tmp_path / "mine.sqlite")
    return nk.read_review(entries, records, nk.load_form(), review_id=nk.list_reviews(entries).iloc[0]["review_id"])


def test_nothing_is_chosen_and_nothing_stored_until_somebody_opens_a_review(panel, tmp_path):
    find(panel, "who").value, find(panel, "person").value = "chair", "AL1"
    find(panel, "start").click()
    find(panel, "open").click()
    assert ("Answer the stop rule first" in hear(panel), len(nk.load_entries(tmp_path / "mine.sqlite"))) == (True, 0)


def test_a_declined_review_is_kept_with_its_reason(panel, tmp_path):
    find(panel, "who").value, find(panel, "person").value = "chair", "AL1"
    find(panel, "start").click()
    find(panel, "stop-duties-none").value, find(panel, "reason").value = True, "It was a move the person chose."
    find(panel, "decline").click()
    kept = nk.list_reviews(nk.load_entries(tmp_path / "mine.sqlite")).iloc[0]
    assert (kept["state"], kept["reason"]) == ("not_opened", "It was a move the person chose.")


def test_every_answer_is_one_entry_and_says_when_it_was_saved(begun, records, tmp_path):
    before = len(nk.load_entries(tmp_path / "mine.sqlite"))
    find(begun, "sources-judged-staffing-agree").click()
    review = read(tmp_path, records)
    now = len(nk.load_entries(tmp_path / "mine.sqlite"))
    assert (now - before, review.value("sources.judged.staffing"), "saved at 14:03" in hear(begun)) == (1, "agree", True)


def test_an_answer_that_is_pressed_again_is_taken_back(begun, records, tmp_path):
    find(begun, "sources-judged-staffing-agree").click()
    find(begun, "sources-judged-staffing-agree").click()
    assert read(tmp_path, records).value("sources.judged.staffing") == ""


def test_an_answer_that_cannot_be_stored_is_said_in_plain_words_and_unticked(begun, records, tmp_path):
    find(begun, "stop-duties-police").value = True
    assert ("cannot be answered with none of these" in hear(begun), read(tmp_path, records).value("stop.duties")) == (
        True,
        ("none",),
    )
    assert find(begun, "stop-duties-police").value is False


def test_the_first_pass_stands_in_order_with_at_most_twelve_questions(begun):
    firsts = [c for w in walk(begun) for c in w._dom_classes if c.startswith("nm-key-first-")]
    assert firsts == [f"nm-key-first-{q.replace('.', '-').replace('_', '-')}" for q in nk.load_form().first_pass]
    assert len(firsts) == 12
