"""How far a finding can be trusted: what the group's own reading found, or what was measured on other records."""

from collections.abc import Iterable
from typing import TypeVar

import pandas as pd

from nearmiss_kit.analysis.reading_sample import Theme
from nearmiss_kit.analysis.wording import list_words, lower_first, say_share
from nearmiss_kit.report.facts import Between, Checked
from nearmiss_kit.tagging.lexicon import Lexicon
from nearmiss_kit.tagging.measured import say_miss_rate

SURELY_COMMON = 0.1  # a theme is called common where even the low end of its interval reaches one record in ten
T = TypeVar("T")  # a theme of an internal or of a published report


def list_checked(corrected: pd.DataFrame | None) -> dict[Theme, Checked]:
    """What the table of correct_prevalence says of each theme somebody has read for, by family and code."""
    if corrected is None:
        return {}
    return {(row["family"], row["code"]): _read_row(row) for row in corrected.to_dict("records") if row["sample_read"]}


def say_trust(themes: Iterable[Theme], checked: dict[Theme, Checked], lexicon: Lexicon, layer: str) -> str:
    """A few words on how many such passages are missed: from the group's own reading where all `themes` were read for."""
    themes = list(themes)
    missed = {theme: checked[theme].missed for theme in themes if theme in checked and checked[theme].missed}
    if len(missed) < len(themes) or not themes:
        return say_miss_rate(lexicon, layer)
    if len(missed) == 1:
        ((theme, share),) = missed.items()
        held = checked[theme].held
        holds = f" Of those it marked, {say_share(held.share)} held ({held})." if held else ""
        return f"in your reading, of the records with it, {say_share(share.share)} had no mark ({share}).{holds}"
    worst = max(missed.items(), key=lambda item: item[1].share)
    return (
        f"in your reading, of the records with these {len(missed)} themes, {say_share(min(share.share for share in missed.values()))} "
        f"to {say_share(worst[1].share)} had no mark; most of all for {lexicon.name_of(*worst[0]).lower()} ({worst[1]})."
    )


def list_common(themes: Iterable[T]) -> list[T]:
    """The themes that are surely common: the low end of their interval (`between`) reaches SURELY_COMMON."""
    return [theme for theme in themes if theme.between and theme.between.low >= SURELY_COMMON]


def say_common(themes: Iterable[T], *, none: str) -> str:
    """Which of the themes are surely common; `none` begins the sentence where no theme is."""
    names = [theme.name for theme in list_common(themes)]
    if not names:
        return f"{none} is marked in one record in ten or more, once chance is allowed for"
    said = list_words([names[0], *map(lower_first, names[1:])])
    return (
        f"{said} {'is' if len(names) == 1 else 'are each'} marked in one record in ten or more, even when chance is allowed for"
    )


def _read_row(row: dict) -> Checked:
    corrected, missed, held = (_make_between(row, name) for name in ("corrected", "missed", "precision"))
    return Checked(int(row["sample_read"]), corrected, missed, held, row["why"])


def _make_between(row: dict, name: str) -> Between | None:
    share, low, high = row[name], row[f"{name}_low"], row[f"{name}_high"]
    return None if pd.isna(share) else Between(share, low, high)
