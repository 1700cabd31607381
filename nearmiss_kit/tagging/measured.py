"""What was measured about the tagger, in the one sentence that every report carries."""

import json
from pathlib import Path

import pandas as pd

from nearmiss_kit.tagging.lexicon import Lexicon
from nearmiss_kit.tagging.tags import LEARNED

MEASURED = Path(__file__).parent / "measured.json"
LEXICON_ALONE = "lexicon alone"


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
    facts = json.loads(MEASURED.read_text(encoding="utf-8"))
    rates = facts["layers"].get(layer)
    if facts["lexicon"] != lexicon.version or rates is None:
        return (
            "How many passages this lexicon misses, and how many of its proposals hold, has not been measured. Sentences without "
            "a mark must be read too: a count here may be too low or too high."
        )
    return (
        f"Of ten passages that two readers marked in {facts['records']} invented sample records, the kit proposes about "
        f"{round(10 * rates['recall'])}; of ten it proposes, about {round(10 * rates['precision'])} hold. Sentences without a mark "
        "must be read too: a count here may be too low or too high."
    )
