"""Days and times as UK services write them, read without guessing: what could be read in two ways is said."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache

FIRST_YEAR, LAST_YEAR = 1950, 2100  # of any record of today's services; other years are slips or fillers
LAST_TWO_DIGIT_YEAR = 68  # 00 to 68 is 2000 to 2068, as in POSIX
_DAY_NUMBERS = range(20_000, 80_000)  # Excel's numbers for the years 1954 to 2119
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
         "sep sept september", "oct october", "nov november", "dec december"), start=1,
    )
    for name in names.split()
}  # fmt: skip
_WEEKDAY = re.compile(r"^(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?[\s,.]+(?:the\s+)?", re.IGNORECASE)
_NUMBERS = re.compile(r"(\d{1,2})[/.\-\s](\d{1,2})[/.\-\s](\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_NAMED = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s\-/.]*(?:of\s+)?([a-z]+)\.?[\s\-/.,]*(\d{4}|\d{2})", re.IGNORECASE)
_NAME_FIRST = re.compile(r"([a-z]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})", re.IGNORECASE)
_DAY_NUMBER = re.compile(r"\d{5}(?:\.\d+)?")
_ZONE = re.compile(r"\s*(?:Z|[+-]\d{2}:?\d{2})$")
_CLOCK = re.compile(
    r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?)?\s*(?P<half>[ap]\.?m?\.?)?\s*(?:h|hrs?|hours)?\.?",
    re.IGNORECASE,
)
_FOUR_DIGITS = re.compile(r"(\d{1,2})(\d{2})\s*(?P<half>[ap]\.?m\.?)?\s*(?:h|hrs?|hours)?\.?", re.IGNORECASE)
_RANGE = re.compile(r"(.+?)\s*(?:-|–|—|to|until|till)\s*(.+)", re.IGNORECASE)
_SHIFT = re.compile(
    r"\b(?:am|pm|early|earlies|late|lates|night|nights|waking|sleep|sleep-?in|day|long|twilight|shift|morning|afternoon|evening|handover|overnight|n/k|unknown|not known)\b",
    re.IGNORECASE,
)
_NIGHT = re.compile(r"\bnights?\b|\bwaking night\b|\bsleep-?in\b|\bovernight\b", re.IGNORECASE)
BEFORE_MORNING = time(8)  # a night shift's hours after midnight end before this

DAY_FIRST_WORDS = "dates like 03/04/2026 are read day first, as in the UK; nothing in this column proves it."
_WHOLE_DAY = "Write dates as 31/01/2026 or 2026-01-31."


@dataclass(frozen=True)
class Day:
    """A day as read; the clock time that stood with it; how it was read, and what to say where it was not."""

    day: date | None = None
    clock: str = ""
    order: str = ""  # day-first, month-first or either, for days written in numbers
    from_number: bool = False
    fault: str = ""


@dataclass(frozen=True)
class Clock:
    """A time as read: 22:30, or the words as given where they name no time of the clock."""

    text: str
    past_midnight: bool = False
    fault: str = ""


@lru_cache(maxsize=50_000)
def read_day(text: str, from_1904: bool = False) -> Day:
    """The day a text names, day first, or the fault in words. “either” means it could also be read month first."""
    given = _WEEKDAY.sub("", text.strip())
    if not given:
        return Day()
    if _DAY_NUMBER.fullmatch(given):
        return _read_day_number(float(given), from_1904)
    for pattern, read in ((_YEAR_FIRST, _from_year), (_COMPACT, _from_year), (_NUMBERS, _from_numbers), (_NAMED, _from_name)):
        if match := pattern.match(given):
            return _with_clock(read(match), given[match.end() :])
    if match := _NAME_FIRST.match(given):
        return _with_clock(_make_day(match[3], str(_MONTHS.get(match[1].lower(), 0)), match[2]), given[match.end() :])
    return Day(fault=f"the date is not understood, and the record is read without it. {_WHOLE_DAY}")


def _read_day_number(number: float, from_1904: bool) -> Day:
    if int(number) not in _DAY_NUMBERS:
        return Day(fault=f"the date is not understood, and the record is read without it. {_WHOLE_DAY}")
    minutes = min(round(number % 1 * 1440), 1439)
    days = int(number) + (date(1904, 1, 1) if from_1904 else date(1899, 12, 30)).toordinal()
    return Day(date.fromordinal(days), f"{minutes // 60:02}:{minutes % 60:02}" if minutes else "", from_number=True)


def _from_year(match: re.Match[str]) -> Day:
    return _make_day(match[1], match[2], match[3])


def _from_name(match: re.Match[str]) -> Day:
    return _make_day(match[3], str(_MONTHS.get(match[2].lower(), 0)), match[1])


def _from_numbers(match: re.Match[str]) -> Day:
    first, second = int(match[1]), int(match[2])
    if first <= 12 < second <= 31 and _make_day(match[3], match[1], match[2]).day:
        fault = f"the date can only be read month first, and the record is read without it. {_WHOLE_DAY}"
        return Day(order="month-first", fault=fault)
    read = _make_day(match[3], match[2], match[1])
    order = "day-first" if first > 12 else "either" if first != second else ""
    return Day(read.day, order=order, fault=read.fault)


def _make_day(year: str, month: str, day: str) -> Day:
    number = int(year)
    if len(year) == 2:
        number += 2000 if number <= LAST_TWO_DIGIT_YEAR else 1900
    try:
        made = date(number, int(month), int(day))
    except ValueError:
        return Day(fault=f"there is no such day, and the record is read without it. {_WHOLE_DAY}")
    if not FIRST_YEAR <= number <= LAST_YEAR:
        return Day(fault=f"its year cannot be right, and the record is read without it. {_WHOLE_DAY}")
    return Day(made)


def _with_clock(read: Day, rest: str) -> Day:
    rest = _ZONE.sub("", rest.strip().removeprefix("T").removeprefix("at").strip(" ,-"))
    if read.fault or not rest:
        return read
    clock = read_clock(rest)
    if clock.fault or not re.fullmatch(r"\d\d:\d\d", clock.text[:5]):
        what = f"a date and more stand in one cell, and the record is read without it. {_WHOLE_DAY}"
        return Day(read.day, rest, read.order) if _SHIFT.search(rest) else Day(fault=what)
    midnight = clock.text == "00:00" and ":" in rest  # how programs write a day without a time
    return Day(read.day, "" if midnight else clock.text, read.order, read.from_number)


@lru_cache(maxsize=50_000)
def read_clock(text: str) -> Clock:
    """The time a text names as 22:30; a span by its start. Shifts and the like stay as they are given."""
    given = text.strip()
    if not given:
        return Clock("")
    if (single := _read_single(given)) is not None:
        return Clock(f"{single:%H:%M}")
    if re.fullmatch(r"(?:12\s*)?(?:noon|midday)", given, re.IGNORECASE):
        return Clock("12:00")
    if re.fullmatch(r"0?\.\d+|0", given):
        seconds = round(float(given) * 86_400)
        return Clock(f"{seconds // 3600 % 24:02}:{seconds % 3600 // 60:02}")
    if span := _RANGE.fullmatch(given):
        start, end = _read_single(span[1]), _read_single(span[2])
        if start and end is not None:
            return Clock(f"{start:%H:%M}", past_midnight=end < start)
    if _SHIFT.search(given):
        return Clock(given)
    return Clock(given, fault="the time is not understood, and is kept as it is given. Write times as 22:30.")


def _read_single(text: str) -> time | None:
    text = text.strip()
    match = _CLOCK.fullmatch(text)
    if match and match["minute"] is None and match["half"] is None and not re.search(r"h", text, re.IGNORECASE):
        match = None  # a bare 7 may be morning or evening
    if match:
        hour, minute, half = int(match["hour"]), int(match["minute"] or 0), match["half"]
    elif match := _FOUR_DIGITS.fullmatch(text):
        hour, minute, half = int(match[1]), int(match[2]), match["half"]
    else:
        return None
    if half and hour > 12:
        half = None  # 22.30pm says the same twice
    if half:
        hour = hour % 12 + (12 if half.lower().startswith("p") else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def is_after_midnight_of_a_night(clock: str, shift: str) -> bool:
    """Whether a time before morning stands with a night shift, so that the day may be the night's first or second."""
    if not _NIGHT.search(shift) or not re.fullmatch(r"\d\d:\d\d", clock):
        return False
    return datetime.strptime(clock, "%H:%M").time() < BEFORE_MORNING
