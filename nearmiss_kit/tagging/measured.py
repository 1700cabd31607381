"""What was measured about the tagger, in the one sentence that every report carries."""

import json
from pathlib import Path

from nearmiss_kit.tagging.lexicon import Lexicon

MEASURED = Path(__file__).parent / "measured.json"


def say_measured(lexicon: Lexicon) -> str:
    """The measured miss and error rates in words; the numbers come from `benchmarks/measure_tagging.py --write`.

    A lexicon that was edited since is said not to have been measured.
    """
    facts = json.loads(MEASURED.read_text(encoding="utf-8"))
    if facts["lexicon"] != lexicon.version:
        return (
            "How many passages this lexicon misses, and how many of its proposals hold, has not been measured. Sentences without "
            "a mark must be read too: a count here may be too low or too high."
        )
    return (
        f"Of ten passages that two readers marked in {facts['records']} invented sample records, the kit proposes about "
        f"{round(10 * facts['recall'])}; of ten it proposes, about {round(10 * facts['precision'])} hold. Sentences without a mark "
        "must be read too: a count here may be too low or too high."
    )
