"""How far a finding can be trusted: what the group's own reading found, or what was measured on other records."""

from collections.abc import Iterable

import pandas as pd

from nearmiss_kit.analysis.reading_sample import Theme
from nearmiss_kit.analysis.wording import say_share
from nearmiss_kit.report.facts import Between, Checked
from nearmiss_kit.tagging.lexicon import Lexicon
from nearmiss_kit.tagging.measured import say_miss_rate


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


def _read_row(row: dict) -> Checked:
    corrected, missed, held = (_make_between(row, name) for name in ("corrected", "missed", "precision"))
    return Checked(int(row["sample_read"]), corrected, missed, held, row["why"])


def _make_between(row: dict, name: str) -> Between | None:
    share, low, high = row[name], row[f"{name}_low"], row[f"{name}_high"]
    return None if pd.isna(share) else Between(share, low, high)
