"""Themes over time: how many records a month hold them, and the days on which they stand, for charts of what changed."""

from collections.abc import Iterable

import pandas as pd

from nearmiss_kit.analysis.reading_sample import Theme, find_marked
from nearmiss_kit.errors import AnalysisError


def count_by_month(records: pd.DataFrame, tags: pd.DataFrame, *, themes: Iterable[Theme]) -> pd.DataFrame:
    """Records with at least one of the themes, month by month: `date` is the first of the month, `value` the count.

    `records_read` says out of how many. A month in which no record was read has no value, which is not the same as 0.
    Raises AnalysisError where no record has a date.
    """
    dated = _list_dated(records)
    months = dated["event_date"].dt.to_period("M")
    found = dated["record_id"].isin(set().union(*find_marked(tags, themes).values()))
    every = pd.period_range(months.min(), months.max(), freq="M")
    read = months.value_counts().reindex(every, fill_value=0)
    value = found.groupby(months).sum().reindex(every).astype("float64")
    return pd.DataFrame({"date": every.to_timestamp(), "value": value.to_numpy(), "records_read": read.to_numpy()})


def list_event_days(records: pd.DataFrame, tags: pd.DataFrame, *, themes: Iterable[Theme]) -> pd.Series:
    """The days of the records with at least one of the themes, in order, for chart_days_between; undated ones left out."""
    found = records["record_id"].isin(set().union(*find_marked(tags, themes).values()))
    return records.loc[found, "event_date"].dropna().sort_values(ignore_index=True)


def _list_dated(records: pd.DataFrame) -> pd.DataFrame:
    dated = records[records["event_date"].notna()]
    if dated.empty:
        raise AnalysisError("No record has a date, so nothing can be shown over time. Give the records a column of dates.")
    return dated
