"""Readings: what the decisions of one reader, or of two, say about the records of a reading sample."""

from collections.abc import Iterable

import pandas as pd

from nearmiss_kit.analysis.corrected import READING_COLUMNS
from nearmiss_kit.analysis.reading_sample import Theme
from nearmiss_kit.decisions.store import PLACE
from nearmiss_kit.errors import AnalysisError

ANSWERS = {True: "there", False: "not there", None: "unsure"}
_THERE = ("confirmed", "added")


def list_readings(
    decisions: pd.DataFrame, sample: pd.DataFrame, records: pd.DataFrame, *, themes: Iterable[Theme], reviewer: str
) -> pd.DataFrame:
    """What one reader found in the records of a reading sample: one row is one record read for one theme.

    `present` is True where the reader confirmed or added the theme anywhere in the record and affirmed it, None where
    they were only unsure, and False where they rejected it, in a sentence or for the whole record. Decisions about words
    that have changed since are left aside, and so is everything by other readers. A record the reader decided nothing
    about is not there. The result goes to correct_prevalence.
    """
    mine = decisions[(decisions["reviewer"] == reviewer) & decisions["record_id"].isin(sample["record_id"])]
    mine = mine.merge(records[["record_id", "narrative_fingerprint"]], on=["record_id", "narrative_fingerprint"])
    mine = mine.drop_duplicates(list(PLACE), keep="last")
    mine = mine[mine["verdict"] != "undone"]
    wanted, rows = set(themes), []
    for (record_id, family, code), here in mine.groupby(["record_id", "family", "code"], sort=False):
        if (family, code) in wanted:
            rows.append((record_id, family, code, _answer(here)))
    return pd.DataFrame(rows, columns=list(READING_COLUMNS)).astype({"present": "object"})


def pair_readings(
    decisions: pd.DataFrame, sample: pd.DataFrame, records: pd.DataFrame, *, themes: Iterable[Theme], readers: Iterable[str]
) -> pd.DataFrame:
    """What several readers found, side by side, for measure_agreement and list_disagreements.

    One row is one record of the sample and one theme that somebody read for (the index: record_id, family, code); one
    column is one reader, a cell “there”, “not there”, “unsure”, or missing where that reader has not read it. Raises
    AnalysisError where fewer than two different readers are given.
    """
    readers, themes = list(dict.fromkeys(readers)), list(themes)
    if len(readers) < 2:
        raise AnalysisError("Agreement needs two readers who read apart. Give both of their roles as they stand in the store.")
    place = ["record_id", "family", "code"]
    columns = {}
    for reader in readers:
        readings = list_readings(decisions, sample, records, themes=themes, reviewer=reader)
        columns[reader] = readings.set_index(place)["present"].map(lambda present: ANSWERS[present])
    return pd.DataFrame(columns, dtype="object").sort_index()


def _answer(decided: pd.DataFrame) -> bool | None:
    held = decided["verdict"].isin(_THERE) & (decided["assertion"] == "affirmed")
    if held.any():
        return True
    return None if (decided["verdict"] == "unsure").any() else False
