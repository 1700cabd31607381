"""What was measured about the tagger, in the one sentence that every report carries."""

import json
from pathlib import Path

MEASURED = Path(__file__).parent / "measured.json"


def say_measured() -> str:
    """The measured miss and error rates in words; the numbers come from `benchmarks/measure_tagging.py --write`."""
    facts = json.loads(MEASURED.read_text(encoding="utf-8"))
    return (
        f"Of ten passages that two readers marked in {facts['records']} invented sample records, the kit proposes about "
        f"{round(10 * facts['recall'])}; of ten it proposes, about {round(10 * facts['precision'])} hold. It misses more than "
        "it finds in some themes, so sentences without a mark must be read too, and every count here is too low."
    )
