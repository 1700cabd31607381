"""The day and time of every record, read from what was written, with a remark wherever it could mean something else."""

from collections import defaultdict

import pandas as pd

from nearmiss_kit.records.dates import DAY_FIRST_WORDS, Clock, Day, is_after_midnight_of_a_night, read_clock, read_day
from nearmiss_kit.records.remarks import RemarkBook

AMBIGUOUS = (
    "the day and the month could be the other way round, as in other dates of this column, and the record is read without "
    "its date. Write dates as 31/01/2026 or 2026-01-31."
)
PAST_MIDNIGHT = "the time goes past midnight; the record stands on the day it began."
NIGHT_DAY = "a time after midnight on a night shift: the date may be that of the evening before. It is kept as it is given."
DAY_NUMBER = "the date is one of Excel's day numbers, and is read as a day."
AS_GIVEN = {column: f"{column} (as given)" for column in ("event_date", "event_time")}


def read_days_and_times(records: pd.DataFrame, from_1904: frozenset[tuple[str, str]], book: RemarkBook) -> pd.DataFrame:
    """The records with `event_date` as a day, where it was understood, and `event_time` as 22:30 or the words given.

    What was given and is not in these columns stands in “event_date (as given)” and “event_time (as given)”.
    `from_1904` names the (file, sheet) whose day numbers count from 1904.
    """
    places = list(zip(records["source_file"], records["source_sheet"], strict=True))
    given = records["event_date"].tolist()
    days = [read_day(text, place in from_1904) for text, place in zip(given, places, strict=True)]
    days = _settle_order(days, places, records["source_row"].tolist(), book)
    clocks, spans = _read_clocks(records, days, places, book)
    timed = records.copy(deep=False)
    moments = [pd.Timestamp(day.day) if day.day else pd.NaT for day in days]
    timed["event_date"] = pd.Series(pd.to_datetime(moments), index=records.index, dtype="datetime64[s]")
    timed["event_time"] = pd.Series(clocks, index=records.index, dtype="str")
    lost = ["" if day.day else text.strip() for day, text in zip(days, given, strict=True)]
    for column, texts in (("event_date", lost), ("event_time", spans)):
        if any(texts):
            name = AS_GIVEN[column]
            before = timed[name].tolist() if name in timed else [""] * len(timed)
            joined = [text or old for text, old in zip(texts, before, strict=True)]
            timed[name] = pd.Series(joined, index=records.index, dtype="str")
    return timed


def _settle_order(days: list[Day], places: list[tuple[str, str]], rows: list[int], book: RemarkBook) -> list[Day]:
    """Days in numbers read day first, unless other dates of the same column can only be month first: then not at all."""
    orders: dict[tuple[str, str], set[str]] = defaultdict(set)
    for day, place in zip(days, places, strict=True):
        orders[place].add(day.order)
    settled = []
    for day, (file, sheet), row in zip(days, places, rows, strict=True):
        if day.order == "either" and "month-first" in orders[file, sheet]:
            day = Day(order=day.order, fault=AMBIGUOUS)
        if day.fault:
            book.note_row(file, sheet, row, "event_date", day.fault)
        elif day.from_number:
            book.note_row(file, sheet, row, "event_date", DAY_NUMBER)
        elif day.order == "either" and "day-first" not in orders[file, sheet]:
            book.note_row(file, sheet, row, "event_date", DAY_FIRST_WORDS)
        settled.append(day)
    return settled


def _read_clocks(
    records: pd.DataFrame, days: list[Day], places: list[tuple[str, str]], book: RemarkBook
) -> tuple[list[str], list[str]]:
    clocks, spans = [], []
    columns = (records[column].tolist() for column in ("event_time", "form", "source_row"))
    for day, (file, sheet), given, form, row in zip(days, places, *columns, strict=True):
        clock = read_clock(given) if given.strip() else Clock(day.clock)
        if clock.fault:
            book.note_row(file, sheet, row, "event_time", clock.fault)
        if clock.past_midnight:
            book.note_row(file, sheet, row, "event_time", PAST_MIDNIGHT)
        elif is_after_midnight_of_a_night(clock.text, f"{given} {form}"):
            book.note_row(file, sheet, row, "event_time", NIGHT_DAY)
        clocks.append(clock.text)
        is_span = bool(given.strip()) and clock.text != given.strip() and any(sign in given for sign in "-–—to")
        spans.append(given.strip() if is_span else "")
    return clocks, spans
