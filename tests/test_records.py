"""Records in: what is read, what is left out and said, and what is refused."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nearmiss_kit as nk
from nearmiss_kit.records.cleaning import clean_text, find_suspects
from nearmiss_kit.records.columns import RECORD_COLUMNS, HeadingRules
from nearmiss_kit.records.dates import Clock, read_clock, read_day
from nearmiss_kit.records.reading import fingerprint_narrative, read_records


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_the_samples_are_at_least_160_records_of_at_least_8_services_over_18_months(records):
    days = records["event_date"]
    months = (days.max().year - days.min().year) * 12 + days.max().month - days.min().month + 1
    assert (len(records) >= 160, records["service"].nunique() >= 8, months) == (True, True, 18)


def test_the_samples_hold_every_form_and_voice(records):
    assert set(records["form"]) == {
        "Shift log", "Handover", "Night log", "ABC chart", "Incident form", "Family email", "Commissioner note", "Clinician letter",
        "Housing visit", "Complaint", "Team meeting minutes", "Supervision note", "Keyworker summary", "Advocate note", "Own words",
        "Review minutes",
    }  # fmt: skip


def test_no_two_sample_records_open_alike(records):
    openings = records["narrative"].str.split().str[:6].str.join(" ").str.lower()
    assert list(openings[openings.duplicated()]) == []


def test_a_csv_is_read_under_the_headings_people_use_and_keeps_its_other_columns(tmp_path):
    path = write(tmp_path / "a.csv", "ID,Date of incident,Narrative,Weather\n7,03/02/2026,All calm.,rain\n")
    row = nk.load_records(path).iloc[0]
    assert row[["record_id", "event_date", "narrative", "Weather", "source_file", "source_row"]].to_dict() == {
        "record_id": "7",
        "event_date": pd.Timestamp("2026-02-03"),
        "narrative": "All calm.",
        "Weather": "rain",
        "source_file": "a.csv",
        "source_row": 2,
    }


def test_a_workbook_and_json_lines_give_the_same_records(tmp_path):
    rows = [{"Reference": "1", "Date": "2026-02-03", "What happened": "Line one\nline two"}]
    pd.DataFrame(rows).to_excel(tmp_path / "a.xlsx", index=False)
    write(tmp_path / "b.jsonl", json.dumps(rows[0]))
    columns = ["record_id", "event_date", "narrative", "narrative_fingerprint"]
    from_workbook, from_json = (nk.load_records(tmp_path / name)[columns].to_dict("records") for name in ("a.xlsx", "b.jsonl"))
    assert from_workbook == from_json


def test_every_row_that_is_left_out_is_listed_with_its_place_and_reason(tmp_path):
    path = write(tmp_path / "a.csv", "Reference,Narrative\n1,Fine\n,Words\n3,\n1,Again\n")
    reading = read_records(path)
    assert list(reading.records["record_id"]) == ["1"]
    assert list(map(str, reading.left_out)) == [
        "a.csv, row 3: left out, because it has no reference.",
        "a.csv, row 4: left out, because its narrative is empty.",
        "a.csv, row 5: left out, because its reference is used in a.csv, row 2 already. Give each record a reference of its own.",
    ]


def test_a_date_that_is_not_understood_is_said_and_the_record_kept(tmp_path):
    reading = read_records(write(tmp_path / "a.csv", "Reference,Date,Narrative\n1,last Tuesday,Fine\n"))
    assert (len(reading.records), list(map(str, reading.remarks)), reading.left_out) == (
        1,
        ["a.csv, row 2: the date is not understood, and the record is read without it. Write dates as 31/01/2026 or 2026-01-31."],
        (),
    )


def test_a_folder_is_read_whole_and_says_which_files_were_not_read(tmp_path):
    write(tmp_path / "a.csv", "Reference,Narrative\n1,Fine\n")
    write(tmp_path / "rota.one", "something")
    write(tmp_path / "README.md", "about the folder")
    write(tmp_path / "broken.json", "{")
    reading = read_records(tmp_path)
    assert (len(reading.records), list(map(str, reading.left_out))) == (
        1,
        [
            "rota.one: not read: the kit reads .csv, .tsv, .xlsx, .xlsm, .xls, .json, .jsonl, .docx, .txt, .md, .pdf, .zip files.",
            "broken.json: not read: it is not valid JSON (character 2). Save it again from the program it comes from.",
        ],
    )


def test_old_windows_letters_are_read_as_they_were_meant(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("Reference,Narrative\n1,He said “no” – it cost £5\n".encode("cp1252"))
    assert nk.load_records(path)["narrative"][0] == "He said “no” – it cost £5"


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.csv", "", "a.csv: the file is empty."),
        ("a.csv", "Reference,Narrative\n", "a.csv: there are headings and no records below them."),
        (
            "a.csv",
            "Reference,Comments made\n1,x\n",
            "a.csv: no column holds the narrative (what happened). Of its 2 headings the kit knows “Reference”.",
        ),
        ("a.csv", "Narrative\nx\n", "a.csv: no column holds a reference for each record."),
        ("a.csv", 'Reference,Narrative\n1,"x\n', "a.csv, row 2 (line 2 of the file): the rows cannot be told apart"),
        ("a.csv", "Reference,Narrative\n1,x,y,z\n", "a.csv, row 2: left out, because it has 4 cells, and there are 2 headings."),
        ("a.jsonl", '{"Reference": 1,\n', "a.jsonl, row 1: left out, because it is not valid JSON (character 17)."),
        ("a.jsonl", "[1, 2]\n", "a.jsonl, row 1: left out, because it is no record: a record must stand in curly brackets"),
        ("a.xlsx", "not a workbook", "a.xlsx: this is not a workbook the kit can open."),
        (
            "a.jsonl",
            '{"Reference": "1", "Narrative": {"a": "b"}}\n',
            "a.jsonl, row 1: left out, because it is not clear: “Narrative” holds several values.",
        ),
        (
            "a.jsonl",
            '{"Reference": "1", "Narrative": "\\ud800"}\n',
            "a.jsonl, row 1: left out, because it is damaged: it holds half a character.",
        ),
        ("a.doc", "x", "a.doc: the kit reads .csv, .tsv,"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_place_and_the_cure(tmp_path, name, text, words):
    with pytest.raises(nk.RecordsError) as refusal:
        nk.load_records(write(tmp_path / name, text))
    assert words in str(refusal.value)


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path):
    with pytest.raises(nk.RecordsError, match=r"There is no file or folder .*nowhere\.csv\. Check the name"):
        nk.load_records(tmp_path / "nowhere.csv")


def test_a_narrative_in_the_place_of_a_heading_is_never_quoted(tmp_path):
    narrative = "He sat in the garden all afternoon and nobody came to ask him in"
    with pytest.raises(nk.RecordsError) as refusal:
        nk.load_records(write(tmp_path / "a.csv", f"Reference,{narrative}\n1,x\n"))
    assert narrative not in str(refusal.value)


def test_headings_that_are_alike_all_survive(tmp_path):
    path = write(tmp_path / "a.csv", "id,narrative,Weather,Weather,source_row\n1,one,two,three,four\n")
    row = nk.load_records(path).iloc[0]
    assert list(row[["record_id", "Weather", "Weather (2)", "source_row (as given)", "source_row"]]) == [
        "1",
        "two",
        "three",
        "four",
        2,
    ]


def test_rows_are_numbered_as_a_spreadsheet_counts_them(tmp_path):
    path = write(tmp_path / "a.csv", "Reference,Narrative\n\n1,Fine\n\n,Words\n")
    assert list(map(str, read_records(path).remarks)) == ["a.csv, row 5: left out, because it has no reference."]


def test_every_sheet_that_people_see_is_read_and_the_others_are_said(tmp_path):
    with pd.ExcelWriter(tmp_path / "a.xlsx") as book:
        pd.DataFrame([{"Reference": "1", "Narrative": "Fine"}]).to_excel(book, sheet_name="May", index=False)
        pd.DataFrame([{"Reference": "2", "Narrative": "Words"}]).to_excel(book, sheet_name="June", index=False)
        pd.DataFrame([{"Code": "7"}]).to_excel(book, sheet_name="Codes", index=False)
        pd.DataFrame([{"Reference": "3", "Narrative": "Old"}]).to_excel(book, sheet_name="Old", index=False)
        book.sheets["Old"].sheet_state = "hidden"
    reading = read_records(tmp_path / "a.xlsx")
    assert reading.records[["record_id", "source_sheet", "source_row"]].values.tolist() == [["1", "May", 2], ["2", "June", 2]]
    assert [str(remark).split(". ")[0] for remark in reading.left_out] == [
        "a.xlsx, sheet “Old”: not read: the sheet is hidden (2 rows)",
        "a.xlsx, sheet “Codes”: not read (1 rows): no column holds a reference for each record and the narrative (what happened)",
    ]


def test_the_same_record_once_more_is_told_from_another_with_its_reference(tmp_path):
    path = write(tmp_path / "a.csv", "Reference,Narrative\n1,Fine\n1,Fine\n")
    assert "it is the record of a.csv, row 2 once more" in str(read_records(path, path).remarks[0])


def test_one_heading_is_taken_for_a_column_and_parts_of_a_narrative_are_all_taken():
    headings = ["Record reference", "Reference", "Notes", "Narrative", "Weather"]
    assert HeadingRules().choose(headings) == ["", "record_id", "narrative", "narrative", ""]


def test_declared_columns_come_first_and_in_order(records):
    assert tuple(records.columns[: len(RECORD_COLUMNS)]) == RECORD_COLUMNS


@settings(deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), min_size=1).filter(str.strip))
def test_a_narrative_survives_json_lines_to_the_code_point(tmp_path_factory, narrative):
    path = tmp_path_factory.mktemp("round") / "a.jsonl"
    write(path, json.dumps({"Reference": "1", "Narrative": narrative}) + "\n")
    row = nk.load_records(path).iloc[0]
    assert (row["narrative"], row["narrative_fingerprint"]) == (narrative, fingerprint_narrative(narrative))


@pytest.mark.parametrize(
    ("text", "day", "clock"),
    [
        ("03/04/2026", "2026-04-03", ""),
        ("3.4.26", "2026-04-03", ""),
        ("3/2/70", "1970-02-03", ""),
        ("2026-02-03T22:30:00Z", "2026-02-03", "22:30"),
        ("Tues 3rd Feb 2026", "2026-02-03", ""),
        ("3rd of February 26 at 1430", "2026-02-03", "14:30"),
        ("Feb 3, 2026", "2026-02-03", ""),
        ("46056", "2026-02-03", ""),
        ("46056.9375", "2026-02-03", "22:30"),
    ],
)
def test_a_day_is_read_as_uk_services_write_it(text, day, clock):
    read = read_day(text)
    assert (str(read.day), read.clock, read.fault) == (day, clock, "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("31/02/2026", "there is no such day"),
        ("05/13/2026", "the date can only be read month first"),
        ("1/1/1899", "its year cannot be right"),
        ("yesterday", "the date is not understood"),
        ("12", "the date is not understood"),
    ],
)
def test_an_impossible_day_is_said_and_not_guessed(text, said):
    read = read_day(text)
    assert (read.day, read.fault.startswith(said)) == (None, True)


@pytest.mark.parametrize(
    ("text", "clock", "past_midnight"),
    [
        ("2230hrs", "22:30", False),
        ("22.30", "22:30", False),
        ("10.30pm", "22:30", False),
        ("12am", "00:00", False),
        ("am shift", "am shift", False),
        ("Late", "Late", False),
        ("1400 to 2200", "14:00", False),
        ("2200-0700", "22:00", True),
    ],
)
def test_a_time_is_read_as_uk_services_write_it(text, clock, past_midnight):
    assert read_clock(text) == Clock(clock, past_midnight)


def test_days_that_could_be_read_both_ways_are_said_and_beside_month_first_days_not_read(tmp_path):
    both = "Reference,Date,Narrative\n1,03/04/2026,Fine\n2,{},Fine\n"
    either, american = (
        read_records(write(tmp_path / name, both.format(day))) for name, day in (("a.csv", "05/06/2026"), ("b.csv", "05/13/2026"))
    )
    assert list(either.records["event_date"]) == [pd.Timestamp("2026-04-03"), pd.Timestamp("2026-06-05")]
    assert "nothing in this column proves it" in str(either.remarks[0])
    assert list(american.records["event_date"].isna()) == [True, True]
    assert list(american.records["event_date (as given)"]) == ["03/04/2026", "05/13/2026"]


def test_a_night_over_midnight_keeps_its_day_and_what_was_given(tmp_path):
    path = write(
        tmp_path / "a.csv",
        "Reference,Date,Time,Form,Narrative\n1,03/02/2026,2200-0700,Night log,a\n2,04/02/2026,0130,Night log,b\n",
    )
    reading = read_records(path)
    assert reading.records[["event_date", "event_time", "event_time (as given)"]].values.tolist() == [
        [pd.Timestamp("2026-02-03"), "22:00", "2200-0700"],
        [pd.Timestamp("2026-02-04"), "01:30", ""],
    ]
    said = " ".join(map(str, reading.remarks))
    assert ("row 2: the time goes past midnight" in said, "row 3: a time after midnight on a night shift" in said) == (True, True)


def test_harm_codes_of_lfpse_run_backwards_and_are_given_in_words(tmp_path):
    reading = read_records(write(tmp_path / "a.csv", "Reference,PhysicalHarm,Narrative\n1,5,a\n2,1,b\n3,9,c\n"))
    assert list(reading.records["PhysicalHarm"]) == ["5", "1", "9"]
    assert list(reading.records["PhysicalHarm (in words)"]) == ["none", "fatal", ""]
    assert "row 4: the code in “PhysicalHarm” is none of LFPSE's" in " ".join(map(str, reading.remarks))


def test_a_mapping_is_saved_used_again_and_goes_before_the_kits_own(tmp_path):
    path = write(tmp_path / "a.csv", "No,Comments made,Narrative\n7,All calm.,Rain\n")
    proposed = nk.propose_mapping(path, change={"No": "record_id", "Comments made": "narrative", "Narrative": "other"})
    saved = nk.save_mapping(proposed, tmp_path / "mine.yaml")
    row = nk.load_records(path, mapping=saved).iloc[0]
    assert row[["record_id", "narrative"]].to_dict() == {"record_id": "7", "narrative": "All calm."}
    assert "Rain" in set(row)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Comments: story\n", "“Comments” is to be read as “story”, and the kit has no such column"),
        ("- a\n- b\n", "a mapping has a line for each heading"),
        ("{", "this is no mapping the kit can read"),
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused_by_name(tmp_path, text, words):
    records = write(tmp_path / "a.csv", "Reference,Narrative\n1,Fine\n")
    with pytest.raises(nk.RecordsError, match=f"(?s)mine.yaml.*{words}") as refusal:
        nk.load_records(records, mapping=write(tmp_path / "mine.yaml", text))
    assert "Traceback" not in str(refusal.value)


def test_the_heading_of_a_joined_column_sets_the_assertion(tmp_path, lexicon):
    words = "Agency staff on both shifts and no handover."
    path = write(tmp_path / "a.csv", f"Reference,Description,Background,Lessons\n1,{words},{words},{words}\n")
    records = nk.load_records(path)
    tags = nk.tag_records(records, lexicon, layer="none")
    assert list(dict.fromkeys(zip(tags["assertion"], tags["cue"], strict=True))) == [
        ("affirmed", ""),
        ("historical", "under the heading “Background”"),
        ("hypothetical", "under the heading “Lessons”"),
    ]
    assert list(records["narrative"]) == [f"Description: {words}\n\nBackground: {words}\n\nLessons: {words}"]


def test_several_choices_in_one_cell_are_parted_by_semicolons(tmp_path):
    reading = read_records(write(tmp_path / "a.csv", "Reference,Factors,Narrative\n1,Noise;#4;#Crowding,Fine\n"))
    assert list(reading.records["Factors"]) == ["Noise; Crowding"]
    assert "the marks between choices" in str(reading.remarks[-1])


def test_web_marks_and_line_ends_of_excel_are_taken_out_and_smaller_than_is_left(tmp_path):
    path = write(tmp_path / "a.csv", 'Reference,Narrative\n1,"<p>One &amp; <b>two</b></p>_x000D_\nThree"\n2,a < b and c > d\n')
    assert list(nk.load_records(path)["narrative"]) == ["One & two\n\nThree", "a < b and c > d"]


@given(st.lists(st.text(alphabet="a<&p>_x00D;#â€Â\x00\x91é", max_size=8), max_size=6))
def test_a_column_looked_at_as_one_text_misses_no_cell_that_would_be_cleaned(column):
    changed = {place for place, cell in enumerate(column) if clean_text(cell, letters=True)[0] != cell}
    assert changed <= set(find_suspects(column))


def test_a_pdf_is_one_record_and_a_scanned_one_is_refused(tmp_path):
    pytest.importorskip("pypdf", reason="PDF files are an extra: pip install pypdf")
    (tmp_path / "visit.pdf").write_bytes(make_pdf(b"BT /F1 12 Tf 50 700 Td (All calm at tea.) Tj ET"))
    assert list(nk.load_records(tmp_path / "visit.pdf")["narrative"].str.strip()) == ["All calm at tea."]
    (tmp_path / "scan.pdf").write_bytes(make_pdf(b""))
    with pytest.raises(nk.RecordsError, match=r"scan\.pdf"):
        nk.load_records(tmp_path / "scan.pdf")


def make_pdf(stream: bytes) -> bytes:
    """One page, by the letter of the format."""
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    data, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(data))
        data += b"%d 0 obj%s endobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 6\n0000000000 65535 f \n%strailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (table, len(data))
    return data + end


cells = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=10)


@settings(deadline=None, max_examples=30)
@given(rows=st.lists(st.tuples(st.sampled_from(["1", "2", "3", "", " "]), cells, cells), min_size=1, max_size=8))
def test_what_is_loaded_and_left_out_are_all_rows_and_no_cell_is_changed(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("rows") / "a.csv"
    given_rows = [row for row in rows if any(map(str.strip, row))]
    pd.DataFrame(rows, columns=["Reference", "Weather", "Narrative"]).to_csv(path, index=False)
    try:
        reading = read_records(path)
    except nk.RecordsError:
        assert not any(reference.strip() and narrative.strip() for reference, _, narrative in rows)
        return
    assert len(reading.records) + len(reading.left_out) == len(given_rows)
    said = {int(row) for remark in reading.remarks for row in re.findall(r"\d+", str(remark))}
    for place, weather, narrative in zip(*(reading.records[c] for c in ("source_row", "Weather", "narrative")), strict=True):
        assert (weather, narrative) == rows[place - 2][1:] or place in said


def test_files_of_one_name_in_several_folders_are_records_of_their_own_and_a_copy_is_left_out(tmp_path):
    for folder, words in (
        ("may", "A calm day."),
        ("june", "She ran to the road."),
        ("july", "Slept badly."),
        ("copy", "Slept badly."),
    ):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "incident.txt").write_text(words, encoding="utf-8")
    reading = read_records(tmp_path)
    assert sorted(zip(reading.records["record_id"], reading.records["narrative"], strict=True)) == [
        ("incident", "Slept badly."),
        ("june/incident", "She ran to the road."),
        ("may/incident", "A calm day."),
    ]
    assert [remark.file for remark in reading.left_out] == ["july/incident.txt"]
