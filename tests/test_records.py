"""Records in: what is read, what is left out and said, and what is refused."""

import json
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nearmiss_kit as nk
from nearmiss_kit.records.columns import RECORD_COLUMNS, HeadingRules
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
