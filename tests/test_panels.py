"""Panels: nothing is chosen until somebody chooses."""

from datetime import date, datetime

import ipywidgets as widgets
import pandas as pd
import pytest

import nearmiss_kit as nk
from nearmiss_kit.decisions.quotations import load_cleared


def test_the_browser_starts_empty_and_shows_the_sentences_of_a_chosen_theme(records, tags, lexicon, no_decisions):
    report = nk.build_report(records, tags, no_decisions, audience="internal", lexicon=lexicon, made_on=date(2026, 11, 1))
    choice, shown = nk.browse_evidence(report).children
    assert (choice.value, shown.value) == (None, "")
    choice.value = "Staffing"
    expected = [entry.record_id for entry in report.evidence if "Staffing" in entry.codes]
    assert (len(expected) > 0, [record_id for record_id in expected if f"record {record_id}" not in shown.value]) == (True, [])


def test_a_sentence_is_cleared_for_named_readers_by_one_click_with_a_reason(tmp_path, make_records, small_lexicon, no_decisions):
    records = make_records(("1", "Alder", "p", "2026-01-01", "staff", "Agency again. Nobody knew him."))
    tags = nk.tag_records(records, small_lexicon, layer="none")
    report = nk.build_report(records, tags, no_decisions, audience="internal", lexicon=small_lexicon, made_on=date(2026, 11, 1))
    path = tmp_path / "d.sqlite"
    choice, why, says, rows = nk.clear_quotations(
        report, records, path, who="quality lead", now=lambda: datetime(2026, 11, 1)
    ).children
    assert (choice.value, why.value, rows.children) == (None, "", ())
    choice.value = "Staffing"
    button = rows.children[0].children[1]
    button.click()
    assert ("Say in a few words" in says.value, button.description) == (True, "May be quoted")
    why.value = "nobody is known by it"
    button.click()
    assert (says.value, button.description, load_cleared(path)) == (
        "Cleared.", "May no longer be quoted", {("1", records["narrative_fingerprint"][0], 0, 13)},
    )  # fmt: skip
    button.click()
    assert (says.value, load_cleared(path)) == ("Taken back.", frozenset())


def read_by(reviewer, tmp_path, make_records, small_lexicon):
    records = make_records(("1", "Alder", "p", "2026-01-01", "staff", "Agency again. Nobody knew him."))
    tags = nk.tag_records(records, small_lexicon, layer="none")
    themes = nk.list_family(small_lexicon, family="pressure_source")
    sample = nk.draw_reading_sample(records, tags, themes=themes, size=1, seed=1)
    path = tmp_path / "d.sqlite"
    panel = nk.read_sample(
        path, records, tags, sample, small_lexicon, themes=themes, reviewer=reviewer, now=lambda: datetime(2026, 11, 1)
    )
    return panel, lambda who: nk.list_readings(nk.load_decisions(path), sample, records, themes=themes, reviewer=who)


def test_a_record_is_read_with_nothing_chosen_and_each_click_is_a_decision(tmp_path, make_records, small_lexicon):
    panel, read = read_by("lead", tmp_path, make_records, small_lexicon)
    _, proposed, adder, says, done = panel.children
    answers, (theme, words, add) = proposed.children[1], adder.children
    assert (answers.value, theme.value, words.value) == (None, None, "")
    add.click()
    assert "Choose a theme" in says.value
    answers.value = "rejected"
    theme.value, words.value = ("pressure_source", "communication"), "Nobody knew him."
    add.click()
    done.click()
    found = {row.code: row.present for row in read("lead").itertuples()}
    assert found == {"staffing": False, "communication": True, "behaviour": False}
    assert "All records of the sample are read" in panel.children[0].value


def test_a_second_reader_starts_afresh_whatever_the_first_decided(tmp_path, make_records, small_lexicon):
    first, read = read_by("lead", tmp_path, make_records, small_lexicon)
    first.children[1].children[1].value = "confirmed"
    first.children[-1].click()
    second, _ = read_by("second", tmp_path, make_records, small_lexicon)
    assert (len(second.children), second.children[1].children[1].value, len(read("second"))) == (5, None, 0)


def test_a_change_is_drawn_only_once_every_choice_is_made(make_records, small_lexicon):
    rows = [(str(n), "Alder", "p", f"2025-{n:02}-03", "staff", "Agency again. All calm.") for n in range(1, 13)]
    records = make_records(*rows)
    panel = nk.choose_change(records, nk.tag_records(records, small_lexicon, layer="none"), small_lexicon)
    *fields, target, rebase, shown = panel.children
    assert ([field.value for field in fields], target.value, rebase.value, shown.value) == ([None] * 5, "", (), "")
    for field, value in zip(fields, [("pressure_source", "staffing"), "months", "decrease", False], strict=False):
        field.value = value
    assert shown.value == "Still to choose: Did a peak start it."
    fields[-1].value = True
    assert "shows ordinary variation" in shown.value and "no proof that an action worked" in shown.value
    target.value = "few"
    assert shown.value == "The target is no number. Give one such as 4 or 2.5, or leave it empty."
    target.value = "4"
    assert "The target will be met every time" in shown.value
    rebase.value = (pd.Timestamp("2025-07-01"),)
    assert "The limits from 1 July 2025 rest on 6 points" in shown.value
    fields[1].value = "days"
    assert shown.value.startswith("A target and new limits are for records a month.")


def test_a_learning_point_is_kept_only_when_it_is_whole(tmp_path, make_records):
    records = make_records(*((str(n), "Alder", "p", "2026-01-01", "staff", "Agency & again.") for n in range(4)))
    path = tmp_path / "d.sqlite"
    *fields, keep, says, shown = nk.write_learning_point(path, records, who="group", now=lambda: datetime(2026, 11, 1)).children
    assert [field.value for field in fields] == [""] * 5
    for field, value in zip(fields, ["Say goodbye.", "Any leaving.", "0\n1", "3", "Ask each time."], strict=True):
        field.value = value
    keep.click()
    assert "3 different records" in says.value and nk.read_learning_points(nk.load_entries(path)) == {}
    fields[2].value = "0\n1\n2"
    keep.click()
    assert (says.value, fields[0].value) == ("Kept.", "")
    assert "Say goodbye." in shown.value and "Agency &amp; again." in shown.value


@pytest.fixture
def workshop(make_records, small_lexicon, tmp_path):
    """The panel's parts by their labels, and the folder terms are kept in."""
    sentences = ["On my tod from two. <b>Late</b>.", "Agency on the late.", "On my tod again.", "Quiet day."]
    rows = [(f"a-{n}", "Elm", "p", "2026-01-02", "Support worker", text) for n, text in enumerate(sentences)]
    records = make_records(*rows)
    tags = nk.tag_records(records, small_lexicon, layer="none")
    panel = nk.open_workshop(records, tags, small_lexicon, folder=tmp_path / "own", layer="none")
    labelled = {part.description: part for part in panel.children if getattr(part, "description", "")}
    told, trial, kept = [part for part in panel.children if isinstance(part, widgets.HTML) and not part.value][:3]
    return labelled, told, trial, kept, tmp_path / "own"


def test_the_workshop_starts_empty_and_asks_for_a_theme(workshop):
    parts, told, trial, _, own = workshop
    fields = [part.value for part in parts.values() if isinstance(part, widgets.Text | widgets.Dropdown)]
    parts["Try it"].click()
    assert (set(fields), "No theme is chosen" in told.value, 'aria-live="polite"' in told.value) == ({"", None}, True, True)
    assert (trial.value, own.exists()) == ("", False)


def test_a_trial_says_counts_first_and_escapes_the_sentences(workshop):
    parts, told, trial, _, _ = workshop
    parts["Theme"].label = "Pressure sources: Staffing"
    parts["Term"].value = "on my tod"
    parts["Try it"].click()
    assert "would stand in 3 of 4 records; now it stands in 1" in told.value
    assert trial.value.index("3 of 4") < trial.value.index("<mark>On my tod</mark> from two.")
    assert "<b>" not in trial.value.replace("<blockquote>", "")


def test_a_wrong_term_is_said_in_words_and_a_good_one_is_kept(workshop):
    parts, told, _, kept, own = workshop
    parts["Theme"].label = "Pressure sources: Staffing"
    parts["Term"].value = "(on my tod"
    parts["Try it"].click()
    assert "cannot be understood" in told.value
    words = {"Term": "on my tod", "Sub-theme": "numbers", "Example": "On my tod all night.", "Misleads when": "said in fun"}
    for label, text in words.items():
        parts[label].value = text
    parts["Keep it"].click()
    assert "Kept in" in kept.value
    assert nk.load_lexicon(own).find_code("pressure_source", "staffing").terms[-1].example == "On my tod all night."


def test_a_record_no_theme_explains_can_be_read(workshop):
    parts, _, _, _, _ = workshop
    assert [label for label, _ in parts["Record"].options] == [
        "choose a record …", "a-0, 6 words", "a-2, 4 words", "a-3, 2 words",
    ]  # fmt: skip


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


def test_the_meetings_papers_and_the_files_are_written_beside_the_store(begun, tmp_path):
    find(begun, "invite").click()
    assert "Give the day, the place and whom to talk to first" in hear(begun)
    find(begun, "meeting-day").value = date(2026, 11, 20)
    find(begun, "meeting-place").value, find(begun, "meeting-host").value = "the lounge", "keyworker"
    find(begun, "invite").click()
    find(begun, "export").click()
    made = sorted(path.name for path in (tmp_path / "reports").iterdir())
    assert made == [
        "actions_AL1.xlsx", "agenda_AL1.docx", "agenda_AL1.html", "invitation_AL1.docx", "invitation_AL1.html", "review_AL1.docx",
        "review_AL1.html",
    ]  # fmt: skip


def test_the_return_watch_is_refused_while_open_and_says_what_it_read_once_closed(begun):
    find(begun, "watch").click()
    assert "The return watch begins when a review is closed" in hear(begun)
    find(begun, "outcome").value, find(begun, "closing-reason").value = "open_links", "The rest is followed in supervision."
    find(begun, "close").click()
    find(begun, "watch").click()
    assert "No record was read since 2 November 2026, so nothing can be said." in hear(begun)
