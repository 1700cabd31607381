"""Panels: nothing is chosen until somebody chooses."""

from datetime import date

import ipywidgets as widgets
import pytest

import nearmiss_kit as nk


def test_the_browser_starts_empty_and_shows_the_sentences_of_a_chosen_theme(records, tags, lexicon, no_decisions):
    report = nk.build_report(records, tags, no_decisions, audience="internal", lexicon=lexicon, made_on=date(2026, 11, 1))
    choice, shown = nk.browse_evidence(report).children
    assert (choice.value, shown.value) == (None, "")
    choice.value = "Staffing"
    expected = [entry.record_id for entry in report.evidence if "Staffing" in entry.codes]
    assert (len(expected) > 0, [record_id for record_id in expected if f"record {record_id}" not in shown.value]) == (True, [])


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
