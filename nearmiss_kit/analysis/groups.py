"""Groups of records for count_themes_by: whose voice wrote them, at what time of day, on which weekday."""

import re
from collections.abc import Iterable

import pandas as pd

from nearmiss_kit.tagging.lexicon import Lexicon
from nearmiss_kit.tagging.voice import VOICE_NAMES, VoiceReader

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# From this hour on; what is before the first belongs to the last.
TIMES_OF_DAY = {"morning (7 to 12)": 7, "afternoon (12 to 17)": 12, "evening (17 to 22)": 17, "night (22 to 7)": 22}
_CLOCK = re.compile(r"(\d{1,2})(?:[:.]?([0-5]\d))?(?:[:.][0-5]\d)?\s*(?:([ap])\.?m\.?)?", re.IGNORECASE)


def list_voices(records: pd.DataFrame, lexicon: Lexicon) -> pd.Series:
    """The voice of each record's author, as people read it and in their order: the person's own words first."""
    reader = VoiceReader(lexicon.voices)
    voices = {author: reader.read(author) for author in records["author"].unique()}
    return _order(records["author"].map(voices).map(VOICE_NAMES), VOICE_NAMES.values())


def list_times_of_day(records: pd.DataFrame) -> pd.Series:
    """The part of the day of each record as TIMES_OF_DAY names it; "" where it has no time that reads as one."""
    hours = {text: _read_hour(text) for text in records["event_time"].unique()}
    parts = {text: "" if hour is None else _find_part(hour) for text, hour in hours.items()}
    return _order(records["event_time"].map(parts), TIMES_OF_DAY)


def list_weekdays(records: pd.DataFrame) -> pd.Series:
    """The weekday of each record, Monday first; "" where it has no date."""
    return _order(records["event_date"].dt.day_name().fillna(""), WEEKDAYS)


def _order(names: pd.Series, order: Iterable[str]) -> pd.Series:
    return pd.Series(pd.Categorical(names, categories=["", *order]), index=names.index)


def _read_hour(text: str) -> int | None:
    """The hour of “20:15”, “2015”, “8.15 pm” or “8pm”; a bare number is no time."""
    clock = _CLOCK.fullmatch(text.strip())
    if clock is None or not (clock[2] or clock[3]) or int(clock[1]) > (12 if clock[3] else 23):
        return None
    if clock[3] is None:
        return int(clock[1])
    return int(clock[1]) % 12 + (12 if clock[3].lower() == "p" else 0)


def _find_part(hour: int) -> str:
    begun = [name for name, start in TIMES_OF_DAY.items() if start <= hour]
    return begun[-1] if begun else list(TIMES_OF_DAY)[-1]
