"""Decisions: appended, never edited, keyed by words, and stronger than any proposal."""

import sqlite3
from datetime import datetime
from pathlib import Path

import pytest

import nearmiss_kit as nk
from nearmiss_kit.decisions.store import DECISION_COLUMNS

WHEN = datetime(2026, 11, 1, 10, 30)


def decide(path: Path, record, sentence: tuple[int, int], **changes) -> str:
    decision = dict(
        record_id=record["record_id"],
        narrative_fingerprint=record["narrative_fingerprint"],
        family="pressure_source",
        code="staffing",
        sentence_start=sentence[0],
        sentence_end=sentence[1],
        verdict="confirmed",
        assertion="affirmed",
        reviewer="quality lead",
        note="",
        decided_at=WHEN,
        lexicon_version="1",
    )
    return nk.append_decision(path, **(decision | changes))


@pytest.fixture
def one_record(make_records):
    return make_records(("1", "A", "p", "2026-01-01", "staff", "Agency again. Quiet night."))


def test_a_store_that_is_not_there_is_made_and_is_empty(tmp_path):
    decisions = nk.load_decisions(tmp_path / "my_reviews.sqlite")
    assert (tuple(decisions.columns), len(decisions), (tmp_path / "my_reviews.sqlite").exists()) == (DECISION_COLUMNS, 0, True)


def test_a_decision_is_stored_with_who_when_and_why(tmp_path, one_record):
    path = tmp_path / "d.sqlite"
    decision_id = decide(path, one_record.iloc[0], (0, 13), note="two of three shifts")
    (row,) = nk.load_decisions(path).to_dict("records")
    assert row == {
        "decision_id": decision_id,
        "record_id": "1",
        "narrative_fingerprint": one_record["narrative_fingerprint"][0],
        "family": "pressure_source",
        "code": "staffing",
        "sentence_start": 0,
        "sentence_end": 13,
        "verdict": "confirmed",
        "assertion": "affirmed",
        "reviewer": "quality lead",
        "note": "two of three shifts",
        "decided_at": "2026-11-01T10:30:00",
        "lexicon_version": "1",
    }


def test_a_decision_is_never_edited(tmp_path, one_record):
    path = tmp_path / "d.sqlite"
    decide(path, one_record.iloc[0], (0, 13))
    with sqlite3.connect(path) as store, pytest.raises(sqlite3.IntegrityError, match="never edited"):
        store.execute("UPDATE decision SET verdict = 'rejected'")
    store.close()


def test_the_store_holds_no_narrative(tmp_path, one_record):
    path = tmp_path / "d.sqlite"
    decide(path, one_record.iloc[0], (0, 13))
    assert b"Agency again" not in path.read_bytes()


def test_a_rejected_tag_stays_in_the_table_and_enters_no_count(tmp_path, one_record, small_lexicon):
    path = tmp_path / "d.sqlite"
    decide(path, one_record.iloc[0], (0, 13), verdict="rejected")
    tags = nk.tag_records(one_record, small_lexicon, layer="none")
    reviewed = nk.apply_decisions(tags, nk.load_decisions(path), one_record)
    assert reviewed[["code", "verdict", "counted"]].to_dict("records") == [
        {"code": "staffing", "verdict": "rejected", "counted": False}
    ]


def test_the_latest_decision_counts_and_may_correct_the_assertion(tmp_path, one_record, small_lexicon):
    path = tmp_path / "d.sqlite"
    decide(path, one_record.iloc[0], (0, 13), verdict="rejected")
    decide(path, one_record.iloc[0], (0, 13), verdict="confirmed", assertion="historical")
    reviewed = nk.apply_decisions(nk.tag_records(one_record, small_lexicon, layer="none"), nk.load_decisions(path), one_record)
    assert reviewed[["verdict", "counted", "assertion"]].to_dict("records") == [
        {"verdict": "confirmed", "counted": True, "assertion": "historical"}
    ]


def test_a_passage_a_person_added_is_counted(tmp_path, one_record, small_lexicon):
    path = tmp_path / "d.sqlite"
    decide(path, one_record.iloc[0], (14, 26), verdict="added", family="early_sign", code="sleep_disruption")
    reviewed = nk.apply_decisions(nk.tag_records(one_record, small_lexicon, layer="none"), nk.load_decisions(path), one_record)
    assert reviewed[["code", "source", "quote", "counted"]].to_dict("records") == [
        {"code": "staffing", "source": "lexicon", "quote": "Agency", "counted": True},
        {"code": "sleep_disruption", "source": "reader", "quote": "Quiet night.", "counted": True},
    ]


def test_a_confirmed_passage_counts_though_a_new_lexicon_finds_it_no_longer(tmp_path, one_record, small_lexicon):
    path = tmp_path / "d.sqlite"
    decide(path, one_record.iloc[0], (0, 13), code="compatibility")
    reviewed = nk.apply_decisions(nk.tag_records(one_record, small_lexicon, layer="none"), nk.load_decisions(path), one_record)
    assert reviewed[["code", "source", "verdict", "counted"]].to_dict("records") == [
        {"code": "staffing", "source": "lexicon", "verdict": "", "counted": True},
        {"code": "compatibility", "source": "reader", "verdict": "confirmed", "counted": True},
    ]


def test_a_decision_survives_a_new_lexicon_and_lapses_with_its_words(tmp_path, one_record, small_lexicon, make_records):
    path = tmp_path / "d.sqlite"
    decide(path, one_record.iloc[0], (0, 13))
    changed = make_records(("1", "A", "p", "2026-01-01", "staff", "Agency again? Quiet night."))
    for records, verdict in ((one_record, "confirmed"), (changed, "")):
        reviewed = nk.apply_decisions(nk.tag_records(records, small_lexicon, layer="none"), nk.load_decisions(path), records)
        assert list(reviewed["verdict"]) == [verdict]


def test_a_decision_nobody_made_is_refused_with_every_fault(tmp_path, one_record):
    with pytest.raises(nk.DecisionsError) as refusal:
        decide(tmp_path / "d.sqlite", one_record.iloc[0], (5, 5), verdict="yes", assertion="true", reviewer=" ")
    assert len(str(refusal.value).splitlines()) == 5


def test_a_file_that_is_no_store_is_refused(tmp_path):
    path = tmp_path / "d.sqlite"
    path.write_text("not a database, but long enough to be taken for one" * 20, encoding="utf-8")
    with pytest.raises(nk.DecisionsError, match=r"d\.sqlite: this store of decisions cannot be used"):
        nk.load_decisions(path)
