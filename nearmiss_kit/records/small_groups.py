"""A warning where a service, a kind of event and a month fit one person only, whatever names were taken out."""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class SmallGroup:
    """One combination of service, type of record and month that one person fits, with its number of records.

    A part is empty where the records do not hold it.
    """

    service: str
    form: str
    month: str
    records: int


def list_small_groups(records: pd.DataFrame) -> list[SmallGroup]:
    """Combinations of service, type of record and month that fit one person, in their order; none where no such column is filled.

    People are told apart by the `person` column; where it is empty, each record counts as a person. Somebody who knows the
    service can tell who is meant, so such records are not safe to publish however they are worded.
    """
    table = pd.DataFrame(
        {
            "service": _read_column(records, "service"),
            "form": _read_column(records, "form"),
            "month": _read_months(records),
            "person": _read_column(records, "person"),
        }
    )
    if not (table[["service", "form", "month"]] != "").any(axis=None):
        return []
    unnamed = table["person"] == ""
    table.loc[unnamed, "person"] = [f"record {place}" for place in table.index[unnamed]]
    groups = table.groupby(["service", "form", "month"])["person"].agg(["nunique", "size"]).reset_index()
    return [
        SmallGroup(row.service, row.form, row.month, row.size)
        for row in groups[groups["nunique"] == 1].astype({"size": int}).itertuples()
    ]


def _read_column(records: pd.DataFrame, column: str) -> pd.Series:
    if column not in records:
        return pd.Series([""] * len(records))
    return records[column].astype("object").where(records[column].notna(), "").astype(str).str.strip().reset_index(drop=True)


def _read_months(records: pd.DataFrame) -> pd.Series:
    if "event_date" not in records:
        return pd.Series([""] * len(records))
    return pd.to_datetime(records["event_date"], errors="coerce").dt.strftime("%Y-%m").fillna("").reset_index(drop=True)
