"""Days, months and lists as people say them."""

from collections.abc import Iterable
from datetime import date

import pandas as pd


def say_day(day: date) -> str:
    """A day as people write it: 14 March 2026; “no date” where there is none."""
    return "no date" if pd.isna(day) else f"{day.day} {day:%B %Y}"


def say_month(month: str) -> str:
    """“2026-03” as March 2026."""
    return pd.Period(month, "M").strftime("%B %Y")


def list_words(words: Iterable[str]) -> str:
    """Words as a list in a sentence: “a, b and c”. Raises ValueError where there are none."""
    *first, last = list(words)
    return f"{', '.join(first)} and {last}" if first else last


def say_number(number: int, thing: str) -> str:
    """A number of things: “1 record”, “2,310 records”, “1 service”."""
    return f"{number:,} {thing if number == 1 else thing + 's'}"


def lower_first(name: str) -> str:
    """A name inside a sentence: “Increased restriction” as “increased restriction”, but “PBS changes” as it is."""
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def say_share(share: float) -> str:
    """A share as people say it: 12%; “under 1%” and “over 99%” where rounding would say none or all."""
    if 0 < share < 0.005:
        return "under 1%"
    if 0.995 <= share < 1:
        return "over 99%"
    return f"{share:.0%}"
