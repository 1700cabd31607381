"""Groups of records for count_themes_by: whose voice wrote them, when, with which staff, and what is written alike."""

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy.stats import hypergeom

from nearmiss_kit.analysis.funnel import FEWEST_RECORDS
from nearmiss_kit.tagging.lexicon import Lexicon
from nearmiss_kit.tagging.voice import VOICE_NAMES, VoiceReader

COMPARED_COLUMNS = ("chance", "position")
ERROR = 0.05  # the chance of even one false alarm among all comparisons of a table
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# From this hour on; what is before the first belongs to the last.
TIMES_OF_DAY = {"morning (7 to 12)": 7, "afternoon (12 to 17)": 12, "evening (17 to 22)": 17, "night (22 to 7)": 22}
ALONE, WITH_OTHERS, TOGETHER, UNCLEAR = STAFFING_PATTERNS = (
    "one person alone", "two or more, some agency, bank or new", "two or more, none called agency, bank or new", "not clear",
)  # fmt: skip
FEWEST_ALIKE = 3  # records that write the same; fewer are no group, and stand among the words as written
_ASIDE = re.compile(r"\([^)]*\)|\bfor \w+(?: \w+)?|\b\d{1,2}[.:]\d\d\b")  # remarks, how many people they support, clock times
_NUMBERS = {word: number for number, word in enumerate(("one", "two", "three", "four", "five", "six", "seven", "eight"), 1)}
_NUMBER = re.compile(rf"\b(\d{{1,2}}|{'|'.join(_NUMBERS)})\b")
_LONE = re.compile(r"\b(?:lone|alone|single[- ]handed|on (?:my|his|her|their) own)\b")
_OTHERS = re.compile(
    r"\b(?:agency|bank|relief|temp|temps|temporary|induction|shadow\w*|new (?:starters?|staff|workers?|carers?))\b"
)
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


def list_staffing(records: pd.DataFrame) -> pd.Series:
    """The staffing pattern of each record as its words give it, one of STAFFING_PATTERNS; "" where nothing is written."""
    patterns = {text: _find_pattern(text.casefold()) for text in records["staff_on_shift"].unique()}
    return _order(records["staff_on_shift"].map(patterns), STAFFING_PATTERNS)


def list_alike(values: pd.Series) -> pd.Series:
    """What is written, where FEWEST_ALIKE records or more write it alike, in the commonest spelling; "" everywhere else.

    Case, spaces and a full stop at the end make no difference.
    """
    folded = values.str.casefold().str.split().str.join(" ").str.rstrip(" .")
    spelt = values.str.strip().groupby(folded).agg(lambda here: here.mode().iloc[0])
    numbers = folded.map(folded.value_counts())
    return (
        folded.map(spelt)
        .map(lambda words: " ".join(words.split()).rstrip(" ."))
        .where((folded != "") & (numbers >= FEWEST_ALIKE), "")
    )


def compare_groups(cells: pd.DataFrame, *, error: float = ERROR) -> pd.DataFrame:
    """The table of count_themes_by with how each group stands to all others together: COMPARED_COLUMNS are new.

    `chance` is Fisher's exact test (1935), twice the smaller tail; `position` is “more” or “fewer” where Holm's method
    (1979, Scandinavian Journal of Statistics 6:65) holds the chance of even one false alarm among all rows to `error`,
    else “within”; “too_few” where the group or the others have fewer than FEWEST_RECORDS records. Records of one person
    are alike, which the test does not know: look whose records they are.
    """
    themes = cells.groupby(["family", "code"], sort=False)
    found, read = cells["records_with"].to_numpy(), cells["records_read"].to_numpy()
    all_found, all_read = (themes[column].transform("sum").to_numpy() for column in ("records_with", "records_read"))
    fewer, more = hypergeom.cdf(found, all_read, all_found, read), hypergeom.sf(found - 1, all_read, all_found, read)
    chance, enough = np.minimum(1, 2 * np.minimum(fewer, more)), np.minimum(read, all_read - read) >= FEWEST_RECORDS
    position = np.where(enough, "within", "too_few").astype(object)
    position[np.flatnonzero(enough)[_pass_holm(chance[enough], error)]] = "far"
    return cells.assign(chance=chance, position=np.where(position == "far", np.where(more < fewer, "more", "fewer"), position))


def _pass_holm(chances: np.ndarray, error: float) -> np.ndarray:
    """Which of the chances stay under `error` after Holm's correction, as a mask."""
    order = np.argsort(chances, kind="stable")
    passed = np.logical_and.accumulate(chances[order] * np.arange(len(chances), 0, -1) <= error)
    return np.isin(np.arange(len(chances)), order[passed])


def _find_pattern(text: str) -> str:
    if not text.strip():
        return ""
    parts = [part for part in re.split(r",|\+|&|;|\band\b", _ASIDE.sub(" ", text)) if part.strip()]
    staff = sum(_count_staff(part) for part in parts)
    if re.search(r"\bthen\b", text) or not staff:
        return UNCLEAR
    if _LONE.search(text) or staff == 1:
        return ALONE
    return WITH_OTHERS if _OTHERS.search(text) else TOGETHER


def _count_staff(part: str) -> int:
    """The first number in “2 regular”; a part without one (“senior”) is one person."""
    found = _NUMBER.search(part)
    return 1 if found is None else _NUMBERS.get(found[0]) or int(found[0])


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
