"""How near the tags come to two readers, on the sample records, which they coded. `--write` keeps the rates for reports.

The rates kept are those of the first of LAYERS, which is what reports run with.
"""

import json
import sys
from pathlib import Path

import nearmiss_kit as nk
from nearmiss_kit.tagging.evaluation import LAYERS, Evaluation, evaluate_tags, hear_voices, join_records, tag_with_layer
from nearmiss_kit.tagging.evaluation_text import say_evaluation
from nearmiss_kit.tagging.gold import read_gold
from nearmiss_kit.tagging.lexicon import Lexicon
from nearmiss_kit.tagging.measured import MEASURED

GOLD = Path(__file__).parent.parent / "tests" / "gold" / "sample_codes.jsonl"


def main() -> None:
    """Print every score of every layer, side by side."""
    lexicon = nk.load_lexicon(nk.shipped("lexicons"))
    records, sentences = join_records(read_gold(GOLD), nk.load_records(nk.shipped("sample_records")))
    heard = hear_voices(sentences, records, lexicon)
    measured = {layer: evaluate_tags(tag_with_layer(records, lexicon, layer, progress=True), heard, lexicon) for layer in LAYERS}
    if "--write" in sys.argv:
        keep_rates(measured[LAYERS[0]], lexicon)
    print(say_evaluation(measured))


def keep_rates(measured: Evaluation, lexicon: Lexicon) -> None:
    """Write the rates that every report states."""
    overall = measured.scores.iloc[0]
    facts = {
        "lexicon": lexicon.version,
        "records": measured.records,
        "sentences": measured.sentences,
        "precision": round(float(overall["precision"]), 3),
        "recall": round(float(overall["recall"]), 3),
    }
    MEASURED.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
