"""Panels: nothing is chosen until somebody chooses."""

from datetime import date

import nearmiss_kit as nk


def test_the_browser_starts_empty_and_shows_the_sentences_of_a_chosen_theme(records, tags, lexicon, no_decisions):
    report = nk.build_report(records, tags, no_decisions, audience="internal", lexicon=lexicon, made_on=date(2026, 11, 1))
    choice, shown = nk.browse_evidence(report).children
    assert (choice.value, shown.value) == (None, "")
    choice.value = "Staffing"
    expected = [entry.record_id for entry in report.evidence if "Staffing" in entry.codes]
    assert (len(expected) > 0, [record_id for record_id in expected if f"record {record_id}" not in shown.value]) == (True, [])
