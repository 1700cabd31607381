"""Clearing: an export that leaves the service is refused while somebody is named, unless a reviewer said why, and when."""

from datetime import date, datetime

import pandas as pd
import pytest

import nearmiss_kit as nk
from nearmiss_kit.decisions.clearing import Clearance

WHEN = datetime(2026, 3, 2, 9, 30)


@pytest.fixture
def named(make_records) -> pd.DataFrame:
    return make_records(
        ("1", "A", "p", "", "staff", "Sharon rang Imran."),
        ("2", "A", "p", "", "staff", "All calm."),
        ("3", "A", "p", "", "staff", "Her dad is on 07700 900123."),
    )


@pytest.fixture
def store(tmp_path):
    return tmp_path / "reviews.sqlite"


def clear(store, records, **changed) -> int:
    return nk.clear_identifiers(
        store, records, **({"why": "Names of actors in a film.", "who": "the quality lead", "decided_at": WHEN} | changed)
    )


def test_an_export_is_refused_while_somebody_is_named_and_no_passage_is_quoted(named):
    words = r"^2 of 3 records may still say who somebody is: a name \(2 times\), a telephone number \(1 times\)\. Records: 1, 3\."
    with pytest.raises(nk.RecordsError, match=words) as refused:
        nk.refuse_unresolved(named)
    assert ("Sharon" in str(refused.value), "nearmiss clear" in str(refused.value)) == (False, True)
    assert nk.refuse_unresolved(named.iloc[[1]]) == ()


def test_what_a_reviewer_cleared_may_go_out_with_the_reason_the_role_and_the_day(named, store):
    counts = clear(store, named, record_ids=["1"]), clear(store, named, why="A helpline.", decided_at=datetime(2026, 3, 4))
    assert (counts, nk.refuse_unresolved(named, decisions=store)) == (
        (2, 1),
        (
            Clearance(2, 1, "the quality lead", "Names of actors in a film.", date(2026, 3, 2)),
            Clearance(1, 1, "the quality lead", "A helpline.", date(2026, 3, 4)),
        ),
    )
    assert nk.refuse_unresolved(named, decisions=store)[0].sentence == (
        "2 passages that may name somebody were looked at and kept in 1 record on 2 March 2026 by the quality lead: "
        "Names of actors in a film."
    )


def test_records_nobody_looked_at_are_still_refused(named, store):
    clear(store, named, record_ids=["1"])
    with pytest.raises(nk.RecordsError, match=r"^1 of 3 records .* Records: 3\."):
        nk.refuse_unresolved(named, decisions=store)


@pytest.mark.parametrize("change", [{"narrative": "Sharon rang Imran. More."}, {"author": "Priya"}])
def test_a_clearance_lapses_where_a_word_of_the_record_changed(named, store, change):
    one = named.iloc[[0]]
    clear(store, one)
    with pytest.raises(nk.RecordsError, match=r"^1 of 1 records"):
        nk.refuse_unresolved(one.assign(**change), decisions=store)


def test_a_clearance_can_be_taken_back(named, store):
    clear(store, named)
    for entry in nk.load_entries(store)["entry_id"]:
        nk.undo_entry(store, entry, who="the quality lead", decided_at=WHEN)
    with pytest.raises(nk.RecordsError, match=r"^2 of 3 records"):
        nk.refuse_unresolved(named, decisions=store)


def test_the_store_holds_places_and_no_words_and_counts_no_review_more(named, store):
    clear(store, named)
    assert (b"Sharon" in store.read_bytes(), b"07700" in store.read_bytes(), nk.check_store(store).reviews) == (False, False, 0)
    assert nk.check_store(store).faults == ()


def test_erasing_a_person_takes_their_clearances_out(named, store):
    clear(store, named)
    done = nk.erase_person(store, person="p", record_ids=["1"], erased_at=WHEN)
    assert (done.entries, [content["record_id"] for content in nk.load_entries(store)["content"]]) == (1, ["3"])


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"why": " "}, "the reason is missing"),
        ({"who": ""}, "say who, by role"),
        ({"why": "Sharon agreed."}, "seems to name somebody"),
        ({"who": "Mrs Okoro"}, "seems to name somebody"),
        ({"record_ids": ["9"]}, "1 of the records to be cleared are not among these"),
    ],
)
def test_nothing_is_cleared_without_a_reason_and_a_role_that_may_be_printed(named, store, changed, words):
    with pytest.raises(nk.DecisionsError, match=words):
        clear(store, named, **changed)
    assert not store.exists() or len(nk.load_entries(store)) == 0
