"""Decisions: appended, never edited, keyed by words, and stronger than any proposal."""

import csv
import importlib.util
import io
import json
import os
import shutil
import sqlite3
import sys
import tempfile
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import nearmiss_kit as nk
from nearmiss_kit.cli import main
from nearmiss_kit.decisions.entries import select_latest
from nearmiss_kit.decisions.keeping import is_network_folder
from nearmiss_kit.decisions.store import DECISION_COLUMNS

WHEN = datetime(2026, 11, 1, 10, 30)
_SPEC = importlib.util.spec_from_file_location("measure_store", Path(__file__).parent.parent / "benchmarks" / "measure_store.py")
trials = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(trials)
# As the kit made its first stores: without a version number, and without entries.
FIRST_VERSION = """
CREATE TABLE decision (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, decision_id TEXT NOT NULL UNIQUE, record_id TEXT NOT NULL,
    narrative_fingerprint TEXT NOT NULL, family TEXT NOT NULL, code TEXT NOT NULL, sentence_start INTEGER NOT NULL,
    sentence_end INTEGER NOT NULL, verdict TEXT NOT NULL, assertion TEXT NOT NULL, reviewer TEXT NOT NULL,
    note TEXT NOT NULL, decided_at TEXT NOT NULL, lexicon_version TEXT NOT NULL
) STRICT;
CREATE TRIGGER decisions_are_never_edited BEFORE UPDATE ON decision
BEGIN SELECT RAISE(ABORT, 'a decision is never edited'); END;
"""


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


def write(path: Path, content="yes", **changes) -> str:
    entry = dict(kind="answer", review_id="r1", subject="why", content=content, who="quality lead", why="", decided_at=WHEN)
    return nk.append_entry(path, **(entry | changes))


def test_undo_is_a_new_decision_and_the_one_before_counts_again(tmp_path, one_record, small_lexicon):
    path = tmp_path / "d.sqlite"
    for verdict in ("rejected", "confirmed"):
        last = decide(path, one_record.iloc[0], (0, 13), verdict=verdict)
    first_undo = nk.undo_decision(path, last, reviewer="quality lead", decided_at=WHEN)
    stored = nk.load_decisions(path)
    assert (list(stored["verdict"]), stored["note"].iloc[2]) == (
        ["rejected", "confirmed", "rejected"],
        f"takes back decision {last}",
    )
    with pytest.raises(nk.DecisionsError, match="later decision stands"):
        nk.undo_decision(path, last, reviewer="quality lead", decided_at=WHEN)
    assert first_undo == stored["decision_id"].iloc[2]


def test_a_first_decision_that_is_undone_leaves_the_proposal_as_it_was(tmp_path, one_record, small_lexicon):
    path = tmp_path / "d.sqlite"
    only = decide(path, one_record.iloc[0], (0, 13), verdict="rejected")
    nk.undo_decision(path, only, reviewer="quality lead", decided_at=WHEN)
    reviewed = nk.apply_decisions(nk.tag_records(one_record, small_lexicon, layer="none"), nk.load_decisions(path), one_record)
    assert reviewed[["verdict", "counted"]].to_dict("records") == [{"verdict": "", "counted": True}]


def test_every_decision_stays_in_place_when_the_lexicon_changes(tmp_path, records, lexicon, tags, no_decisions):
    """Half the terms go, and the decisions of a whole reading still say what they said about the same words."""
    path = tmp_path / "d.sqlite"
    chosen = tags.drop_duplicates(["record_id", "family", "code", "sentence_start"]).iloc[::40].head(30)
    by_id = records.set_index("record_id")
    for place, tag in enumerate(chosen.to_dict("records")):
        record = {"record_id": tag["record_id"], "narrative_fingerprint": by_id["narrative_fingerprint"][tag["record_id"]]}
        where = (tag["sentence_start"], tag["sentence_end"])
        verdict = ("confirmed", "rejected", "unsure")[place % 3]
        decide(path, record, where, family=tag["family"], code=tag["code"], verdict=verdict)
    fewer = replace(
        lexicon,
        version="2",
        codes=tuple(c.model_copy(update={"terms": c.terms[::2] or c.terms}) for c in lexicon.codes),
        _parsed={},
    )
    decided = nk.load_decisions(path)
    place = ["record_id", "family", "code", "sentence_start", "sentence_end", "verdict"]
    wanted = set(decided.loc[decided["verdict"] == "confirmed", place].itertuples(index=False, name=None))
    retagged = nk.tag_records(records, fewer)
    reviewed = nk.apply_decisions(retagged, decided, records)
    kept = set(reviewed.loc[reviewed["verdict"] == "confirmed", place].itertuples(index=False, name=None))
    refused = reviewed[reviewed["verdict"].isin(["rejected", "unsure"])]
    assert (len(retagged) < len(tags), kept, bool(refused["counted"].any())) == (True, wanted, False)


def test_a_record_that_changed_since_it_was_judged_is_noticed(tmp_path, one_record, make_records):
    path = tmp_path / "d.sqlite"
    decide(path, one_record.iloc[0], (0, 13))
    decisions = nk.load_decisions(path)
    changed = make_records(("1", "A", "p", "2026-01-01", "staff", "Agency again? Quiet night."))
    other = make_records(("2", "A", "p", "2026-01-01", "staff", "Agency again."))
    assert [list(nk.list_lapsed(decisions, now)["lapsed"]) for now in (one_record, changed, other)] == [
        [],
        ["changed"],
        ["missing"],
    ]


@given(
    content=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8")), st.lists, max_leaves=5
    )
)
@settings(max_examples=25, deadline=None)
def test_what_is_written_in_a_review_is_read_back_as_it_was(content):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "d.sqlite"
        write(path, content)
        assert nk.load_entries(path)["content"].iloc[0] == content


def test_the_latest_entry_counts_and_undo_brings_back_the_one_before(tmp_path):
    path = tmp_path / "d.sqlite"
    write(path, "first")
    last = write(path, "second")
    nk.undo_entry(path, last, who="quality lead", decided_at=WHEN)
    entries = nk.load_entries(path)
    assert (list(entries["content"]), list(select_latest(entries)["content"])) == (["first", "second", "first"], ["first"])


def test_an_only_entry_that_is_undone_is_not_there(tmp_path):
    path = tmp_path / "d.sqlite"
    nk.undo_entry(path, write(path), who="quality lead", decided_at=WHEN)
    assert (len(nk.load_entries(path)), len(select_latest(nk.load_entries(path)))) == (2, 0)


def test_an_entry_of_no_kind_no_review_and_nobody_is_refused_with_every_fault(tmp_path):
    with pytest.raises(nk.DecisionsError) as refusal:
        write(tmp_path / "d.sqlite", kind="score", review_id="", who="")
    assert len(str(refusal.value).splitlines()) == 4


@pytest.mark.parametrize("act", ["UPDATE entry SET who = 'x'", "DELETE FROM entry", "DELETE FROM decision"])
def test_nothing_is_edited_or_removed_behind_the_kits_back(tmp_path, one_record, act):
    path = tmp_path / "d.sqlite"
    write(path)
    decide(path, one_record.iloc[0], (0, 13))
    with closing(sqlite3.connect(path)) as store, pytest.raises(sqlite3.IntegrityError, match="never"):
        store.execute(act)


def test_a_store_of_the_first_version_opens_with_its_decisions(tmp_path, one_record):
    path = tmp_path / "old.sqlite"
    with closing(sqlite3.connect(path)) as store:
        store.executescript(FIRST_VERSION)
        store.execute(
            "INSERT INTO decision VALUES (1,'a','1','f','pressure_source','staffing',0,5,'confirmed','affirmed','me','','2026-01-01','1')"
        )
        store.commit()
    assert (list(nk.load_decisions(path)["decision_id"]), len(nk.load_entries(path)), nk.check_store(path).faults) == (
        ["a"],
        0,
        (),
    )


def test_a_store_of_a_newer_kit_and_a_database_of_something_else_are_refused(tmp_path):
    for name, statement in (("new.sqlite", "PRAGMA user_version=99"), ("other.sqlite", "CREATE TABLE music (song)")):
        with closing(sqlite3.connect(tmp_path / name)) as store:
            store.execute(statement)
            store.commit()
    with pytest.raises(nk.DecisionsError, match="newer kit"):
        nk.load_decisions(tmp_path / "new.sqlite")
    with pytest.raises(nk.DecisionsError, match="something else"):
        nk.load_decisions(tmp_path / "other.sqlite")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and kill -9")
def test_nothing_acknowledged_is_lost_when_the_writer_is_killed(tmp_path):
    acknowledged, lost, faults = trials.kill_writers(tmp_path, 25, seed=1)
    assert (acknowledged > 10, lost, faults) == (True, 0, 0)


def test_two_writers_at_once_lose_nothing_and_never_see_locked(tmp_path):
    assert trials.write_at_once(tmp_path, 60) == (120, [])


@pytest.mark.skipif(sys.platform != "linux", reason="needs prlimit")
def test_a_full_disk_is_said_plainly_and_loses_nothing_acknowledged(tmp_path):
    acknowledged, stored, said = trials.fill_disk(tmp_path)
    assert (acknowledged == stored > 0, "this was not stored. Everything stored before is safe." in said) == (True, True)


def test_a_damaged_or_thinned_store_is_found_out(tmp_path, one_record):
    whole, thinned = tmp_path / "whole.sqlite", tmp_path / "thinned.sqlite"
    for path in (whole, thinned):
        for _ in range(3):
            decide(path, one_record.iloc[0], (0, 13))
    with closing(sqlite3.connect(thinned)) as store:
        store.execute("DROP TRIGGER decision_is_never_removed")
        store.execute("DELETE FROM decision WHERE sequence = 2")
        store.commit()
    assert [nk.check_store(path).faults for path in (whole, thinned)] == [
        (),
        (
            "the guards that keep decisions from being edited are missing.",
            "1 of the decisions once stored are gone, and no erasure explains it.",
        ),
    ]


def test_an_export_holds_everything_and_no_live_formula(tmp_path, one_record):
    path = tmp_path / "d.sqlite"
    decide(path, one_record.iloc[0], (0, 13), note="=1+1")
    write(path, {"value": "@SUM(A1)"}, why="-2")
    lines = [json.loads(line) for line in nk.export_store(path, tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()]
    cells = list(csv.DictReader(io.StringIO(nk.export_store(path, tmp_path / "a.csv").read_text(encoding="utf-8-sig"))))
    assert [(line["table"], line.get("note", line.get("why"))) for line in lines] == [("decision", "=1+1"), ("entry", "-2")]
    assert [(cell["note"], cell["why"], cell["content"]) for cell in cells] == [
        ("'=1+1", "", ""),
        ("", "'-2", '{"value": "@SUM(A1)"}'),
    ]


def test_an_erased_person_is_nowhere_in_the_folder_and_only_a_count_is_kept(tmp_path, one_record):
    path = tmp_path / "d.sqlite"
    decide(path, one_record.iloc[0], (0, 13), note="Zebra said so")
    decide(path, {"record_id": "9", "narrative_fingerprint": "f"}, (0, 3), note="not about AL1")
    write(path, {"person": "AL1", "state": "open"}, kind="review", subject="review")
    write(path, {"value": "Zebra again"})
    write(path, {"said_by": "AL1", "words": "Zebra said"}, review_id="r2", kind="evidence")
    write(path, {"value": "AL1 and another; see 1"}, review_id="r2")
    write(path, {"value": "somebody else"}, review_id="r3")
    shutil.copy(path, tmp_path / "d.backup.sqlite")
    done = nk.erase_person(path, person="AL1", record_ids=["1"], other_words=["Zebra"], erased_at=WHEN)
    left = b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.name != "records.csv")
    assert (done.decisions, done.entries, done.reworded, done.stores) == (1, 3, 2, ("d.backup.sqlite", "d.sqlite"))
    assert [word in left for word in (b"Zebra", b"AL1", b"Zebra again", b"somebody else")] == [False, False, False, True]
    assert (list(nk.load_entries(path)["review_id"]), nk.check_store(path).faults) == (["r2", "r3"], ())
    with closing(sqlite3.connect(path)) as store:
        assert store.execute("SELECT erased_at, decisions, entries FROM erasure").fetchall() == [("2026-11-01T10:30:00", 1, 3)]


def test_synced_and_network_folders_are_warned_of_and_an_own_disk_is_not(tmp_path):
    mounts = "/dev/sda1 / ext4 rw 0 0\nserver:/x /mnt/team nfs4 rw 0 0\n"
    assert (
        "synced" in nk.warn_of_folder(tmp_path / "OneDrive - Trust" / "d.sqlite"),
        nk.warn_of_folder(tmp_path / "d.sqlite"),
        is_network_folder(PurePosixPath("/mnt/team/a/d.sqlite"), mounts),
        is_network_folder(PurePosixPath("/mnt/other/d.sqlite"), mounts),
        is_network_folder(PureWindowsPath(r"\\server\share\d.sqlite"), mounts),
    ) == (True, "", True, False, True)


def test_the_store_commands_check_export_and_erase(tmp_path, one_record):
    path, records = tmp_path / "d.sqlite", str(tmp_path / "records.csv")
    decide(path, one_record.iloc[0], (0, 13))
    run = partial(CliRunner().invoke, main)
    assert run(["store", "check", str(path), "--records", records]).exit_code == 0
    assert run(["store", "export", str(path), "--out", str(tmp_path / "d.csv")]).exit_code == 0
    asked = ["store", "erase", str(path), "--person", "p", "--records", records]
    assert (run(asked).exit_code, len(nk.load_decisions(path))) == (1, 1)
    done = run([*asked, "--yes"])
    assert (done.exit_code, len(nk.load_decisions(path)), "d.csv lies beside the store" in done.output) == (0, 0, True)
