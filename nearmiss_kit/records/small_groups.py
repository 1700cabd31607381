"""A warning where a service, a kind of event and a month fit one person only, whatever names were taken out."""

from collections import Counter
from dataclasses import dataclass

import pandas as pd

MOST_SERVICES = 12  # named one by one; where there are more, the table says it better


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


def say_small_groups(records: pd.DataFrame) -> list[str]:
    """One sentence for each service with such records, the one with most first; `list_small_groups` is the table behind it.

    Where no service is named, and behind MOST_SERVICES, one sentence stands for all that are left.
    """
    alone = Counter()
    for group in list_small_groups(records):
        alone[group.service] += group.records
    in_all = Counter(_read_column(records, "service"))
    said = alone.most_common(MOST_SERVICES)
    sentences = [_say_service(service or "where no service is named", number, in_all[service]) for service, number in said]
    left = [service for service, _ in alone.most_common()[MOST_SERVICES:]]
    if left:
        where = f"{len(left)} other services"
        sentences.append(_say_service(where, sum(alone[service] for service in left), sum(in_all[service] for service in left)))
    return sentences


def _say_service(where: str, number: int, total: int) -> str:
    return f"{where}: {number:,} of {total:,} records are the only person’s of that type and month."


def _read_column(records: pd.DataFrame, column: str) -> pd.Series:
    if column not in records:
        return pd.Series([""] * len(records))
    return records[column].astype("object").where(records[column].notna(), "").astype(str).str.strip().reset_index(drop=True)


def _read_months(records: pd.DataFrame) -> pd.Series:
    if "event_date" not in records:
        return pd.Series([""] * len(records))
    return pd.to_datetime(records["event_date"], errors="coerce").dt.strftime("%Y-%m").fillna("").reset_index(drop=True)
