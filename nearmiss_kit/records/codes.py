"""The codes of LFPSE (Learn from patient safety events, NHS England) in words: its harm codes run backwards, 1 is the worst."""

import csv
from functools import cache
from pathlib import Path

import pandas as pd

from nearmiss_kit.records.columns import fold_heading
from nearmiss_kit.records.remarks import RemarkBook

IN_WORDS = " (in words)"


def decode_columns(table: pd.DataFrame, book: RemarkBook) -> pd.DataFrame:
    """The table with a column in words beside every column of LFPSE codes; the codes themselves stay as they are.

    A column is taken for codes only where every cell that is filled holds a number; a code the list does not
    know is remarked and left without words.
    """
    decoded = table.copy(deep=False)
    for column in table.columns:
        meanings = _read_codes().get(fold_heading(column), {})
        codes = table[column].astype(str).str.strip()
        filled = codes[codes != ""]
        if not meanings or filled.empty or not filled.str.fullmatch(r"\d{1,2}").all():
            continue
        decoded[f"{column}{IN_WORDS}"] = codes.map(lambda code, meanings=meanings: meanings.get(code, "")).astype("str")
        _say_codes(table, column, filled, meanings, book)
    return decoded


def _say_codes(table: pd.DataFrame, column: str, filled: pd.Series, meanings: dict[str, str], book: RemarkBook) -> None:
    for file in table.loc[filled.index, "source_file"].unique():
        book.note(
            file, f"“{column}” holds LFPSE codes (1 is {meanings['1']}, say); “{column}{IN_WORDS}” gives them in words."
            if "1" in meanings else f"“{column}” holds LFPSE codes; “{column}{IN_WORDS}” gives them in words.",
            kept=True, column=column,
        )  # fmt: skip
    for place in filled.index[~filled.isin(meanings)]:
        row = table.loc[place]
        what = f"the code in “{column}” is none of LFPSE's; it is kept without words."
        book.note_row(row["source_file"], row["source_sheet"], int(row["source_row"]), column, what)


@cache
def _read_codes() -> dict[str, dict[str, str]]:
    known: dict[str, dict[str, str]] = {}
    with (Path(__file__).parent / "lfpse_codes.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            known.setdefault(fold_heading(row["heading"]), {})[row["code"]] = row["meaning"]
    return known
