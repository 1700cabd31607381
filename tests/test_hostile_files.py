"""Files as they should not be: each gives the right records or a plain message, and no row is lost without a word."""

import csv
import io

import pandas as pd
import pytest
from hostile_files import GOOD, Hostile, list_hostile_files, pack, row, text_cell, workbook
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import nearmiss_kit as nk
from nearmiss_kit.records.columns import RECORD_COLUMNS
from nearmiss_kit.records.reading import read_records

letters = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
narratives = st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40).filter(str.strip)
unhurried = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


HOSTILE = list_hostile_files()
SMALL_AND_GOOD = [file for file in HOSTILE if file.records and len(file.data) < 20_000]


@pytest.mark.parametrize("file", HOSTILE, ids=lambda file: file.name)
def test_a_hostile_file_ends_in_the_right_records_or_a_plain_message(tmp_path, file: Hostile):
    (tmp_path / file.name).write_bytes(file.data)
    try:
        reading = read_records(tmp_path / file.name)
        came = (len(reading.records), len(reading.left_out))
        said = "\n".join(map(str, reading.remarks))
    except nk.RecordsError as refusal:
        came, said = (0, 0), str(refusal)
    assert (came, file.words in said, "Traceback" in said) == ((file.records, file.left_out), True, False), said
    assert sorted(path.name for path in tmp_path.rglob("*")) == [file.name]


def test_one_bad_file_in_a_folder_is_left_out_and_the_others_are_read(tmp_path):
    (tmp_path / "a.csv").write_text(GOOD, encoding="utf-8")
    (tmp_path / "b.xlsx").write_bytes(b"PK nonsense")
    reading = read_records(tmp_path)
    assert (len(reading.records), [remark.file for remark in reading.left_out]) == (2, ["b.xlsx"])


def test_days_of_a_workbook_that_counts_from_1904_are_the_same_days(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(workbook(row(2, "1", "Fine", day="44594"), dated='date1904="1"'))
    assert nk.load_records(tmp_path / "a.xlsx")["event_date"][0] == pd.Timestamp("2026-02-03")


def test_a_day_number_without_a_date_style_is_read_by_the_calendar_of_its_workbook(tmp_path):
    line = f'<row r="2">{text_cell("A2", "1")}<c r="B2"><v>44594</v></c>{text_cell("C2", "Fine")}</row>'
    (tmp_path / "a.xlsx").write_bytes(workbook(line, dated='date1904="1"'))
    assert nk.load_records(tmp_path / "a.xlsx")["event_date"][0] == pd.Timestamp("2026-02-03")


def test_merged_cells_hold_for_each_of_their_rows(tmp_path):
    lines = row(2, "1", "Fine") + f'<row r="3">{text_cell("A3", "2")}{text_cell("C3", "Words")}</row>'
    (tmp_path / "a.xlsx").write_bytes(workbook(lines, after='<mergeCells><mergeCell ref="B2:B3"/></mergeCells>'))
    assert list(nk.load_records(tmp_path / "a.xlsx")["event_date"]) == [pd.Timestamp("2026-02-03")] * 2


@unhurried
@given(
    st.binary(max_size=400),
    st.sampled_from([".csv", ".tsv", ".json", ".jsonl", ".xlsx", ".xls", ".docx", ".txt", ".zip", ".pdf"]),
)
def test_no_bytes_under_any_ending_make_the_kit_stumble(tmp_path, data, ending):
    path = tmp_path / f"a{ending}"
    path.write_bytes(data)
    try:
        read_records(path)
    except nk.RecordsError as refusal:
        assert "a" + ending in str(refusal)


@unhurried
@given(st.data())
def test_no_spoilt_byte_of_a_good_file_makes_the_kit_stumble(tmp_path, data):
    good = data.draw(st.sampled_from(SMALL_AND_GOOD))
    spoilt = bytearray(good.data)
    for place in data.draw(st.lists(st.integers(0, len(spoilt) - 1), max_size=4)):
        spoilt[place] = data.draw(st.integers(0, 255))
    path = tmp_path / good.name
    path.write_bytes(bytes(spoilt))
    try:
        read_records(path)
    except nk.RecordsError as refusal:
        assert good.name in str(refusal)


@unhurried
@given(st.lists(st.tuples(letters, letters, letters), min_size=1, max_size=8))
def test_every_row_of_a_table_is_loaded_or_listed(tmp_path, rows):
    stream = io.StringIO(newline="")
    csv.writer(stream, quoting=csv.QUOTE_ALL).writerows([("Reference", "Weather", "Narrative"), *rows])
    path = tmp_path / "a.csv"
    path.write_bytes(stream.getvalue().encode("utf-8"))
    filled = sum(any(map(str.strip, cells)) for cells in rows)
    try:
        reading = read_records(path)
    except nk.RecordsError as refusal:
        assert "nothing to read" in str(refusal) or "no records below" in str(refusal)
    else:
        assert len(reading.records) + len(reading.left_out) == filled


@unhurried
@given(st.lists(narratives, min_size=1, max_size=4), st.sampled_from([".csv", ".jsonl", ".xlsx"]), letters)
def test_narratives_that_are_saved_and_loaded_again_are_the_same_to_the_code_point(tmp_path, texts, ending, weather):
    plain = pd.DataFrame({"record_id": [str(number) for number in range(len(texts))], "narrative": texts, "Weather": weather})
    first = nk.save_records(
        plain.reindex(columns=[*RECORD_COLUMNS, "Weather"]).astype({"event_date": "datetime64[s]"}), tmp_path / f"a{ending}"
    )
    loaded = nk.load_records(first)
    again = nk.load_records(nk.save_records(loaded, tmp_path / f"b{ending}"))
    assert (list(loaded["narrative"]), list(again["narrative"]), list(again["Weather"])) == (texts, texts, [weather] * len(texts))
    assert list(again.columns) == list(loaded.columns)


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".xlsx"])
def test_the_samples_come_back_from_every_kind_of_file_as_they_were(tmp_path, records, ending):
    again = nk.load_records(nk.save_records(records, tmp_path / f"a{ending}"))
    columns = [column for column in RECORD_COLUMNS if not column.startswith("source_")]
    pd.testing.assert_frame_equal(again[columns], records[columns])


def test_no_cell_of_a_saved_csv_is_run_as_a_formula(tmp_path, make_records):
    path = nk.save_records(make_records(("1", "=A1", "+p", "", "staff", "'=1+1")), tmp_path / "a.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        cells = next(iter(list(csv.reader(file))[1:]))
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))] == []
    assert nk.load_records(path)[["service", "person", "narrative"]].values.tolist() == [["=A1", "+p", "'=1+1"]]


def test_a_narrative_that_was_changed_after_saving_is_said(tmp_path, make_records):
    path = nk.save_records(make_records(("1", "A", "p", "", "staff", "Fine")), tmp_path / "a.jsonl")
    path.write_text(path.read_text(encoding="utf-8").replace("Fine", "Words"), encoding="utf-8")
    assert "changed after the kit saved it" in str(read_records(path).remarks[-1])


def test_an_archive_that_is_given_twice_is_read_once(tmp_path):
    (tmp_path / "a.zip").write_bytes(pack({"a.csv": GOOD}))
    assert len(nk.load_records(tmp_path / "a.zip", tmp_path)) == 2
