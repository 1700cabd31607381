"""How near the tags come to two readers, on the sample records, which they coded. `--write` keeps the rates for reports.

The rates are kept for every layer, and a report states those of the layer that ran.
"""

import json
import sys
from pathlib import Path

import nearmiss_kit as nk
from nearmiss_kit.tagging.evaluation import Evaluation, evaluate_tags, hear_voices, join_records
from nearmiss_kit.tagging.evaluation_text import say_evaluation
from nearmiss_kit.tagging.gold import read_gold
from nearmiss_kit.tagging.lexicon import Lexicon
from nearmiss_kit.tagging.measured import MEASURED, name_layer

MEASURED_LAYERS = ("encoder", "words", "none")
GOLD = Path(__file__).parent.parent / "tests" / "gold" / "sample_codes.jsonl"


def main() -> None:
    """Print every score of every layer, side by side."""
    lexicon = nk.load_lexicon(nk.shipped("lexicons"))
    records, sentences = join_records(read_gold(GOLD), nk.load_records(nk.shipped("sample_records")))
    heard = hear_voices(sentences, records, lexicon)
    tags = {layer: nk.tag_records(records, lexicon, layer=layer, progress=True) for layer in MEASURED_LAYERS}
    measured = {layer: evaluate_tags(found, heard, lexicon) for layer, found in tags.items()}
    if "--write" in sys.argv:
        keep_rates({name_layer(tags[layer]): measured[layer] for layer in MEASURED_LAYERS}, lexicon)
    print(say_evaluation(measured))


def keep_rates(measured: dict[str, Evaluation], lexicon: Lexicon) -> None:
    """Write the rates that every report states."""
    (first, *_), rates = measured.values(), {}
    for layer, found in measured.items():
        overall = found.scores.iloc[0]
        rates[layer] = {name: round(float(overall[name]), 3) for name in ("precision", "recall")}
    facts = {"lexicon": lexicon.version, "records": first.records, "sentences": first.sentences, "layers": rates}
    MEASURED.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
