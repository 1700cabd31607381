"""Readings: decisions of one or two readers as answers about the records of a sample."""

from datetime import datetime

import pandas as pd
import pytest

import nearmiss_kit as nk
from nearmiss_kit.analysis.agreement import list_disagreements, measure_agreement
from nearmiss_kit.analysis.readings import list_readings, pair_readings

STAFFING, BEHAVIOUR = ("pressure_source", "staffing"), ("pressure_source", "behaviour")
THEMES = [STAFFING, BEHAVIOUR]


@pytest.fixture
def read(tmp_path, make_records):
    """Three records in a sample, and a call that stores one decision about one of them."""
    records = make_records(*((str(n), "Alder", "p", "2026-01-01", "staff", "Agency again. He hit out.") for n in (1, 2, 3)))
    sample = pd.DataFrame({"record_id": ["1", "2", "3"], "stratum": "marked"})
    path = tmp_path / "d.sqlite"
    prints = dict(zip(records["record_id"], records["narrative_fingerprint"], strict=True))

    def decide(record_id, theme, verdict, *, reviewer="lead", place=(0, 13), assertion="affirmed", fingerprint=""):
        nk.append_decision(
            path, record_id=record_id, narrative_fingerprint=fingerprint or prints[record_id], family=theme[0], code=theme[1],
            sentence_start=place[0], sentence_end=place[1], verdict=verdict, assertion=assertion, reviewer=reviewer, note="",
            decided_at=datetime(2026, 11, 1), lexicon_version="1",
        )  # fmt: skip

    return records, sample, path, decide


def answers(read, reviewer="lead"):
    records, sample, path, _ = read
    table = list_readings(nk.load_decisions(path), sample, records, themes=THEMES, reviewer=reviewer)
    return {(row.record_id, row.code): row.present for row in table.itertuples()}


def test_one_sentence_that_holds_is_enough_and_unsure_is_not_a_no(read):
    *_, decide = read
    decide("1", STAFFING, "rejected")
    decide("1", STAFFING, "added", place=(14, 25))
    decide("2", STAFFING, "rejected")
    decide("2", STAFFING, "unsure", place=(14, 25))
    decide("3", BEHAVIOUR, "rejected", place=(0, 25))
    assert answers(read) == {("1", "staffing"): True, ("2", "staffing"): None, ("3", "behaviour"): False}


def test_what_is_confirmed_as_not_affirmed_is_not_there(read):
    *_, decide = read
    decide("1", STAFFING, "confirmed", assertion="negated")
    assert answers(read) == {("1", "staffing"): False}


def test_changed_words_other_readers_other_themes_and_undone_verdicts_are_left_aside(read):
    *_, decide = read
    decide("1", STAFFING, "confirmed", fingerprint="another")
    decide("2", STAFFING, "confirmed", reviewer="second")
    decide("3", ("early_sign", "sleep_disruption"), "confirmed")
    decide("3", STAFFING, "confirmed")
    decide("3", STAFFING, "undone")
    assert answers(read) == {}


def test_two_readers_stand_side_by_side_and_their_disagreements_can_be_listed(read):
    records, sample, path, decide = read
    for record_id, first, second in (("1", "confirmed", "confirmed"), ("2", "confirmed", "rejected"), ("3", "rejected", "")):
        decide(record_id, STAFFING, first)
        if second:
            decide(record_id, STAFFING, second, reviewer="second")
    codings = pair_readings(nk.load_decisions(path), sample, records, themes=THEMES, readers=("lead", "second"))
    assert list_disagreements(codings).reset_index().to_numpy().tolist() == [["2", *STAFFING, "there", "not there"]]
    agreement = measure_agreement(codings, seed=1)
    assert (agreement.units, agreement.read_twice, agreement.find("raw").value) == (3, 2, 0.5)


def test_one_reader_is_no_agreement(read):
    records, sample, path, _ = read
    with pytest.raises(nk.AnalysisError, match="two readers"):
        pair_readings(nk.load_decisions(path), sample, records, themes=THEMES, readers=("lead", "lead"))
