"""What was measured about the tagger, in the one sentence that every report carries."""

import json
from pathlib import Path

import pandas as pd

from nearmiss_kit.tagging.lexicon import Lexicon
from nearmiss_kit.tagging.local import LOCAL_MARK
from nearmiss_kit.tagging.tags import LEARNED

MEASURED = Path(__file__).parent / "measured.json"
LEXICON_ALONE = "lexicon alone"
_LOCALLY = "This was measured without the correction that the kit learned from readers’ own decisions"


def name_layer(tags: pd.DataFrame) -> str:
    """Which learned layer made these tags, with its version, or that the lexicon ran alone."""
    learned = tags[tags["source"] == LEARNED]
    if learned.empty:
        return LEXICON_ALONE if tags["confidence"].isna().all() else "learned layer"
    return f"{learned.iloc[0]['lexicon']}, {learned.iloc[0]['lexicon_version']}"


def say_measured(lexicon: Lexicon, layer: str) -> str:
    """The measured miss and error rates in words; the numbers come from `benchmarks/measure_tagging.py --write`.

    `layer` is what `name_layer` says of the tags. A lexicon or layer that changed since is said not to have been measured.
    """
    rates = _read_rates(lexicon, layer)
    if rates is None:
        return (
            "How many passages this lexicon misses, and how many of its proposals hold, has not been measured. Sentences without "
            "a mark must be read too: a count here may be too low or too high."
        )
    return (
        f"Of ten passages that two readers marked in {rates['records']} invented sample records, the kit proposes about "
        f"{round(10 * rates['recall'])}; of ten it proposes, about {round(10 * rates['precision'])} hold. Sentences without a mark "
        f"must be read too: a count here may be too low or too high.{f' {_LOCALLY}.' if is_local(layer) else ''}"
    )


def say_miss_rate(lexicon: Lexicon, layer: str) -> str:
    """The same rates in a few words, to stand beside a finding."""
    rates = _read_rates(lexicon, layer)
    if rates is None:
        return "how many such passages are missed has not been measured, and no sample was read here."
    return (
        f"about {10 - round(10 * rates['recall'])} of 10 such passages are missed, about {round(10 * rates['precision'])} of 10 "
        f"proposals hold (on {rates['records']} invented records; no sample was read here)."
        f"{f' {_LOCALLY}.' if is_local(layer) else ''}"
    )


def is_local(layer: str) -> bool:
    """Whether a correction that was learned from decisions ran, by what `name_layer` says."""
    return LOCAL_MARK in layer


def _read_rates(lexicon: Lexicon, layer: str) -> dict[str, float] | None:
    facts, layer = json.loads(MEASURED.read_text(encoding="utf-8")), layer.split(LOCAL_MARK)[0]
    known = facts["lexicon"] == lexicon.version and layer in facts["layers"]
    return facts["layers"][layer] | {"records": facts["records"]} if known else None
