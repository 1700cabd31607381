"""The screen for identifiers: what it finds, what it leaves alone, pseudonyms, and groups of one person."""

import csv
import json
import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.gb import nhs

import nearmiss_kit as nk
from nearmiss_kit.records.identifiers import Identifier, find_identifiers
from nearmiss_kit.records.small_groups import SmallGroup

GOLD = Path(__file__).parent / "gold"
SEPARATORS = (
    "", " ", "  ", "-", ".", "/", "_", ",", "\t", "\n", "\r\n", " - ", " / ", ". ", "|", "\u00a0", "\u2009", "\u202f", "\u200b", "\u2010", "\u2011",
    "\u2013", "\u2014", "\u2212",
)  # fmt: skip
BEFORE = st.sampled_from(
    [
        "", "NHS no:", "NHSno", "Ref ", "(", "his case number is ", "phone ", "room ", "on 3/5/26 ", "She was born ", "1. ", "2) ", "1 ",
        "flat 12, ", "14:30 ", "03/05/2026 ", "DOB 03.04.1981 / ", "07700 900123 ", "at 2230hrs: ", "Ward 7\n", "A&E no. 447126, NHS ",
    ]
)  # fmt: skip
BEHIND = st.sampled_from(
    [
        "",
        ".",
        ")",
        " was on the wristband",
        " and 07700 900123",
        "\nMum rang.",
        " 3/5/26",
        ", room 4",
        " (2)",
        " 14:30",
        " / 1981",
    ]
)
USUAL = ((3, 3, 4), (10,), (1,) * 10, (5, 5), (3, 7), (6, 4))
SHAPES = (*USUAL, (2, 2, 2, 2, 2), (4, 3, 3), (4, 4, 2), (4, 6), (7, 3), (2, 8))


def found_in(text: str) -> list[tuple[str, str]]:
    return [(kind, text[start:end]) for start, end, kind, _ in find_identifiers(text)]


@st.composite
def valid_numbers(draw: st.DrawFn) -> str:
    """Ten digits whose last is the right check digit; one in eleven openings has none."""
    opening = draw(
        st.text("0123456789", min_size=9, max_size=9).filter(lambda text: any(nhs.is_valid(text + d) for d in "0123456789"))
    )
    return next(opening + digit for digit in "0123456789" if nhs.is_valid(opening + digit))


def set_out(digits: str, shape: tuple[int, ...], separator: str) -> str:
    parts, place = [], 0
    for length in shape:
        parts.append(digits[place : place + length])
        place += length
    return separator.join(parts)


@settings(max_examples=500)
@given(valid_numbers(), st.sampled_from(USUAL), st.sampled_from(SEPARATORS), BEFORE, BEHIND)
def test_a_valid_nhs_number_is_found_in_every_usual_layout_whatever_stands_around_it(number, shape, separator, before, behind):
    written = set_out(number, shape, separator)
    assert any(covers(item, len(before), written) for item in find_identifiers(before + written + behind))


@settings(max_examples=300)
@given(valid_numbers(), st.sampled_from(SHAPES), st.sampled_from(SEPARATORS), st.sampled_from(["", "NHS no: ", "NHS number is "]))
def test_a_valid_nhs_number_is_found_in_any_layout_where_it_stands_alone_or_is_called_so(number, shape, separator, before):
    written = set_out(number, shape, separator)
    looks_like_a_list_or_date = shape not in USUAL and re.search(r",|\d{2}.\d{2}.(19|20)\d\d", written)
    assert (not before and looks_like_a_list_or_date) or ("an NHS number", written) in found_in(before + written)


@settings(max_examples=500)
@given(valid_numbers(), st.integers(1, 9), st.sampled_from(USUAL), st.sampled_from(SEPARATORS), BEFORE, BEHIND)
def test_ten_digits_with_a_wrong_check_digit_are_never_reported_as_anything(number, step, shape, separator, before, behind):
    written = set_out(number[:9] + str((int(number[9]) + step) % 10), shape, separator)
    text, start, end = before + written + behind, len(before), len(before) + len(written)
    hits = [item for item in find_identifiers(text) if item[0] < end and start < item[1]]
    # Single digits beside another single digit can be cut in two places, and the other cut may be a valid number.
    assert [item for item in hits if not is_another_cut(text, item, start, end)] == []


def covers(item: tuple, start: int, written: str) -> bool:
    return item[2] == "an NHS number" and item[0] < start + len(written) and start < item[1]


def is_another_cut(text: str, item: tuple, start: int, end: int) -> bool:
    digits = "".join(filter(str.isdecimal, text[item[0] : item[1]]))
    return item[2] == "an NHS number" and item[:2] != (start, end) and nhs.is_valid(digits)


@given(st.text())
def test_findings_are_in_order_apart_and_inside_any_text(text):
    places = [place for start, end, *_ in find_identifiers(text) for place in (start, end)]
    assert (places == sorted(places), all(0 <= place <= len(text) for place in places)) == (True, True)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Write to a.person@example.org please", [("an e-mail address", "a.person@example.org")]),
        ("He moved to AB12 3CD in the spring", [("a postcode", "AB12 3CD")]),
        ("NINO QQ 12 34 56 C", [("a National Insurance number", "QQ 12 34 56 C")]),
        ("Ring 07700 900123 or (0191) 498 0123", [("a telephone number", "07700 900123"), ("a telephone number", "(0191) 498 0123")]),
        ("Her mobile: +44 7700 900456", [("a telephone number", "+44 7700 900456")]),
        ("See www.example.org/page", [("a web address", "www.example.org/page")]),
        ("DOB 03/04/1981", [("a date of birth", "03/04/1981")]),
        ("He lives at 12 Cotton Mill Lane", [("an address", "12 Cotton Mill Lane")]),
        ("van BD51 SMR outside", [("a vehicle plate", "BD51 SMR")]),
        ("tenancy ref TN-20931", [("a case, tenancy or account number", "TN-20931")]),
        ("a bed at Larch House", [("the name of a house, unit or place of work", "Larch House")]),
        ("the waking night worker on 3 May slept", [("a role and a shift that may point at one worker", "the waking night worker on 3 May")]),
        ("told KB it was late", [("initials used as a name", "KB")]),
        ("Mr T said no", [("initials used as a name", "Mr T")]),
        ("I said to Sharon it was late", [("a name", "Sharon")]),
        ("told sharon it was late", [("a name", "sharon")]),
        ("Thanks, Grace", [("a name", "Grace")]),
        ("Will said he would stay", [("a name", "Will")]),
        ("the new keyworker is called Vasilka", [("a name", "Vasilka")]),
        ("Left word with Siobhán again", [("a name", "Siobhán")]),
        ("cc L. Quistgaard", [("a name", "L. Quistgaard")]),
        ("Per K Quistgaard, no change", [("a name", "K Quistgaard")]),
        ("Nurse Oyelaran rang", [("a name", "Nurse Oyelaran")]),
        ("The plumber (Zeb) came late", [("a name", "Zeb")]),
        ("Read by Vasilka Trotmere, chair.", [("a name", "Vasilka Trotmere")]),
        ("Micheala and Jonothan drove", [("a name", "Micheala"), ("a name", "Jonothan")]),
        ("We call him Tufty here", [("a name", "Tufty")]),
        ("Hope has folded her blanket", [("a name", "Hope")]),
        ("Bram O'Shaughnessy left", [("a name", "Bram O'Shaughnessy")]),
        ("Resident D.T. fell", [("initials used as a name", "D.T.")]),
        ("Born on the ninth of May nineteen sixty-two.", [("a date of birth", "ninth of May nineteen sixty-two")]),
        ("crime no 44000/31207/24", [("a case, tenancy or account number", "44000/31207/24")]),
        ("She lives at 31 Harbottle now", [("an address", "31 Harbottle")]),
        ("his car, KAZ 4417, outside", [("a vehicle plate", "KAZ 4417")]),
        ("Rm 14 has no bell", [("a room or flat number", "Rm 14")]),
        ("the man at number 17 complained", [("a room or flat number", "number 17")]),
        ("She came from The Old Vicarage in June", [("the name of a house, unit or place of work", "The Old Vicarage")]),
        ("Puffin Ward sent him home", [("the name of a house, unit or place of work", "Puffin Ward")]),
        ("the night senior on Tuesday forgot", [("a role and a shift that may point at one worker", "the night senior on Tuesday")]),
        ("the carer on lates forgot", [("a role and a shift that may point at one worker", "the carer on lates")]),
        ("the bank carer on duty on Thursday forgot", [("a role and a shift that may point at one worker", "the bank carer on duty on Thursday")]),
        ("Here: Ann Lee, Q Sowerthwaite, T. Garrowby and W Ozolins.",
         [("a name", "Ann Lee"), ("a name", "Q Sowerthwaite"), ("a name", "T. Garrowby"), ("a name", "W Ozolins")]),
        ("checked by k thornbury 0630", [("a name", "k thornbury")]),
        ("rang auntie joy about it", [("a name", "joy")]),
        ("asked ray to wait", [("a name", "ray")]),
        ("K'Von hid the keys", [("a name", "K'Von")]),
        ("Staff SW fell asleep, then DP went home.", [("initials used as a name", "SW"), ("initials used as a name", "DP")]),
        ("VN spilled soup", [("initials used as a name", "VN")]),
        ("KO on nights", [("initials used as a name", "KO")]),
        ("Sunday's sleep-in never came", [("a role and a shift that may point at one worker", "Sunday's sleep-in")]),
    ],
)  # fmt: skip
def test_the_screen_finds(text, found):
    assert found_in(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "Up at 0130, 0300 and 0445, slept 2 hrs, meds 0700.",
        "Will ring the GP in May. Hope it helps. Mark on her arm.",
        "Oliver McGowan training is due; Makaton signs were used.",
        "J slept well and B had toast.",
        "Rose early, said grace, and sat with Mum until dawn.",
        "Told [name 1] that [support worker 2] had rung [telephone number 3] from [room 4].",
        "Incidents on 03/05/2026 at 22.30: 3, 4, 5.",
        "The staff on nights were short, and the senior on shift rang the manager on Monday.",
        "Positive Behaviour Support plan and Code of Practice read by the NHS Foundation Trust.",
        "Bill paid, and he was number 1 on the list at number 3 of the quiz.",
        "The Kia Sportage and the Ford Transit would not start.",
        "Got from Grantham to Pickering was slow; Aston Villa was on.",
        "nan will ring and gran may come; she signed a dols form.",
        "CT took over an hour; ED refused, LA asked for costings.",
        "Section B, Part C, D Grade.",
        "Staff at Rowan and at Hawthorn; the move from Oak to Elm. Mr X is settled.",
        "In the car for 20 MINS, then driving 40 miles.",
    ],
)
def test_the_screen_leaves_alone(text):
    assert found_in(text) == []


@pytest.mark.parametrize(
    ("name", "names", "others", "alarms"),
    [
        ("identifiers_developed_on", 0.95, 0.98, 0.02),
        ("identifiers_first_sight", 0.95, 0.98, 0.02),
        ("identifiers_second_sight", 0.95, 0.95, 0.02),
        ("identifiers_third_sight", 0.95, 0.95, 0.03),
        ("identifiers_fourth_sight", 0.98, 0.95, 0.02),
        ("identifiers_fifth_sight", 0.95, 0.90, 0.02),
    ],
)
def test_the_screen_keeps_what_it_reached_on_the_marked_sentences(name, names, others, alarms):
    rows = [json.loads(line) for line in (GOLD / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    hits = {True: [], False: []}
    for row in rows:
        places = [item[:2] for item in find_identifiers(row["text"])]
        for span in row["spans"]:
            hits[span["kind"] == "a name"].append(any(start < span["end"] and span["start"] < end for start, end in places))
    clean = [row["text"] for row in rows if not row["spans"]]
    wrong = [text for text in clean if find_identifiers(text)]
    reached = (
        sum(hits[True]) / len(hits[True]) >= names,
        sum(hits[False]) / len(hits[False]) >= others,
        len(wrong) / len(clean) <= alarms,
    )
    assert reached == (True, True, True)


def test_nothing_in_the_samples_names_anybody(records):
    assert nk.list_unresolved(records) == []


def test_every_column_of_people_is_screened_and_the_service_keeps_its_name(make_records):
    records = make_records(("1", "Larch House", "Grace", "", "Will", "All calm."))
    assert [(item.column, item.kind, item.direct) for item in nk.screen_identifiers(records)] == [
        ("person", "a name", True),
        ("author", "a name", True),
    ]


@pytest.mark.parametrize("code", ["SU-0012", "P-0001", "P0000123", "su 44871", "Person 10442"])
def test_a_number_of_a_person_alone_in_its_cell_is_a_pseudonym(code, make_records):
    records = make_records(("1", "A", code, "", f"{code}; S/20417", "Case no TN-20931 is open."))
    assert {item.column for item in nk.screen_identifiers(records)} == {"narrative"}


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("SU-0012 Imran", "a name"),
        ("999 000 0018", "an NHS number"),
        ("P 9990000018", "an NHS number"),
        ("SU-0012, born 03/04/1981", "a date of birth"),
        ("QQ 12 34 56 C", "a National Insurance number"),
        ("SU-0012, case no 20417", "a case, tenancy or account number"),
        ("LAS-2291774", "a case, tenancy or account number"),
    ],
)
def test_what_names_or_numbers_somebody_is_found_in_a_column_of_people(cell, kind, make_records):
    found = nk.screen_identifiers(make_records(("1", "A", cell, "", "staff", "All calm.")))
    assert kind in {item.kind for item in found if item.column == "person"}


def test_a_cleared_finding_is_no_longer_unresolved(make_records):
    records = make_records(("1", "A", "p", "", "staff", "Sharon rang Imran from room 4."))
    first, second = nk.list_unresolved(records)
    assert (first, nk.list_unresolved(records, cleared=[first])) == (
        Identifier("1", "narrative", "a name", 0, 6, "certain", True),
        [second],
    )


@pytest.fixture
def named(make_records) -> pd.DataFrame:
    return make_records(
        ("1", "A", "p", "", "staff", "Sharon Okoro (senior) rang 07700 900123. Sharon was cross."),
        ("2", "A", "p", "", "staff", "Told Sharon and Mrs Patel. Her dad is on 07700-900-123."),
    )


def test_pseudonyms_are_the_same_in_every_record_and_staff_become_roles(named, tmp_path):
    key = tmp_path / "apart" / "key.csv"
    done = nk.pseudonymise_records(named, nk.list_unresolved(named), key=key)
    assert list(done["narrative"]) == [
        "[senior 1] (senior) rang [telephone number 1]. [senior 1] was cross.",
        "Told [senior 1] and [name 1]. Her dad is on [telephone number 1].",
    ]
    with key.open(encoding="utf-8", newline="") as file:
        assert {(row["pseudonym"], row["text"]) for row in csv.DictReader(file)} == {
            ("[senior 1]", "sharon okoro"), ("[senior 1]", "sharon"), ("[name 1]", "patel"), ("[telephone number 1]", "07700900123"),
        }  # fmt: skip


def test_pseudonyms_twice_change_nothing_more_and_a_later_batch_keeps_the_key(named, make_records, tmp_path):
    key = tmp_path / "apart" / "key.csv"
    once = nk.pseudonymise_records(named, nk.screen_identifiers(named), key=key)
    twice = nk.pseudonymise_records(once, nk.screen_identifiers(once), key=key)
    later = make_records(("9", "A", "p", "", "staff", "Mrs Patel and Imran rang."))
    done = nk.pseudonymise_records(later, nk.screen_identifiers(later), key=key)
    assert (list(twice["narrative"]), done["narrative"][0]) == (list(once["narrative"]), "[name 1] and [name 2] rang.")
    assert list(once["narrative_fingerprint"]) != list(named["narrative_fingerprint"])


def test_the_key_is_refused_among_the_records_and_outputs(named, tmp_path):
    findings = nk.screen_identifiers(named)
    for key, apart_from in ((tmp_path / "key.csv", ()), (tmp_path / "out" / "key.csv", (tmp_path / "out",))):
        with pytest.raises(nk.RecordsError, match="Keep it in another folder"):
            nk.pseudonymise_records(named, findings, key=key, apart_from=apart_from)
        assert not key.exists()


def test_a_file_that_is_no_key_is_refused_and_left_as_it_is(named, tmp_path):
    key = tmp_path / "apart" / "list.csv"
    key.parent.mkdir()
    key.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(nk.RecordsError, match=r"list\.csv is no key the kit can read"):
        nk.pseudonymise_records(named, nk.screen_identifiers(named), key=key)
    assert key.read_text(encoding="utf-8") == "a,b\n1,2\n"


def test_a_service_event_and_month_that_fit_one_person_are_listed():
    records = pd.DataFrame(
        {
            "record_id": list("123456"),
            "service": ["A", "A", "A", "A", "B", "B"],
            "form": ["Incident", "Incident", "Incident", "Visit", "Visit", "Visit"],
            "event_date": pd.to_datetime(["2026-01-03", "2026-01-09", "2026-02-01", "2026-02-01", "2026-02-05", None]),
            "person": ["A1", "A2", "A1", "", "B1", "B1"],
        }
    )
    assert nk.list_small_groups(records) == [
        SmallGroup("A", "Incident", "2026-02", 1),
        SmallGroup("A", "Visit", "2026-02", 1),
        SmallGroup("B", "Visit", "", 1),
        SmallGroup("B", "Visit", "2026-02", 1),
    ]
    assert nk.list_small_groups(records[["record_id"]]) == []


def test_the_notebook_page_shows_the_passage_and_says_what_was_looked_for(make_records):
    page = nk.show_records(make_records(("1", "A", "p", "", "staff", "I told Sharon <3 in room 4."))).html
    assert (
        "<mark>Sharon</mark> &lt;3" in page,
        "<mark>room 4</mark>" in page,
        "does not make records anonymous" in page,
    ) == (
        True,
        True,
        True,
    )


def test_a_name_in_a_reference_or_the_name_of_a_file_is_found_and_two_references_stay_apart(make_records, tmp_path):
    records = make_records(
        ("Sharon_Okoro_fall_1", "A", "p", "", "staff", "All calm."), ("sharon okoro_fall_1", "A", "p", "", "staff", "Calm."),
        ("INC-20417", "A", "p", "", "staff", "Calm."),
    ).assign(source_file=["mar_26/Sharon Okoro.docx", "log_april.docx", "Incidents Alder.xlsx"])  # fmt: skip
    findings = nk.list_unresolved(records)
    done = nk.pseudonymise_records(records, findings, key=tmp_path / "apart" / "key.csv")
    assert (list(done["record_id"]), list(done["source_file"])) == (
        ["[name 1]_fall_1", "[name 1]_fall_1 (2)", "INC-20417"],
        ["mar_26/[name 1].docx", "log_april.docx", "Incidents Alder.xlsx"],
    )


def test_small_groups_are_said_in_one_sentence_for_each_service(make_records):
    rows = [
        ("1", "A", "p1", "", "staff", "Calm."),
        ("2", "A", "p2", "", "staff", "Calm."),
        ("3", "B", "p3", "", "staff", "Calm."),
    ]
    assert nk.say_small_groups(make_records(*rows)) == ["B: 1 of 1 records are the only person’s of that type and month."]
    many = [(str(number), f"S{number}", "p", "", "staff", "Calm.") for number in range(15)]
    said = nk.say_small_groups(make_records(*many))
    assert (len(said), said[-1]) == (13, "3 other services: 3 of 3 records are the only person’s of that type and month.")
