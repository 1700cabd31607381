"""Put freshly measured tables into the model card, between its marks; the words around them stay.

    python benchmarks/write_model_card.py FOLDER

FOLDER holds coded text of other people, as for measure_gold.py. The tables say what measure_tagging.py, measure_gold.py and,
for the unknown writers of `tests/gold`, `nearmiss evaluate` print; numbers stand in the card by layer, and by code and voice for the layer that runs by default.
"""

import re
import sys
from pathlib import Path

import pandas as pd
from measure_gold import SENTENCE_SETS, measure_set
from measure_tagging import GOLD, MEASURED_LAYERS

import nearmiss_kit as nk
from nearmiss_kit.tagging.evaluation import Evaluation, evaluate_tags, hear_voices, join_records
from nearmiss_kit.tagging.gold import read_gold
from nearmiss_kit.tagging.learned import MODEL
from nearmiss_kit.tagging.lexicon import Lexicon

CARD = MODEL / "MODEL_CARD.md"
SETS = {
    "samples": "sample records",
    "unknown_writers": "unknown writers",
    "invented_narratives": "invented narratives",
    "coroner_sentences": "coroners' sentences",
}
LAYERS = {"encoder": "encoder and words", "words": "words", "none": "lexicon alone"}
RATES = ("precision", "recall", "f1")
COUNTS = {"marked_by_readers": "marked", "proposed": "proposed", "agreed": "agreed"}


def main() -> None:
    """Measure every set, and write the tables into the card."""
    lexicon, folder = nk.load_lexicon(nk.shipped("lexicons")), Path(sys.argv[1])
    files = [GOLD.with_name("unknown_writers.jsonl"), *(folder / name for name in SENTENCE_SETS)]
    measured = {"samples": measure_samples(lexicon)}
    measured |= {path.stem: measure_set(path, lexicon, list(MEASURED_LAYERS)) for path in files}
    tables = {"overall": set_overall(measured), "code": set_apart(measured, "code"), "voice": set_apart(measured, "voice")}
    tables["calibration"] = set_calibration(measured)
    card = CARD.read_text(encoding="utf-8")
    for name, table in tables.items():
        card = re.sub(
            rf"(<!-- {name} -->\n).*?(<!-- end -->)", lambda mark, text=table: mark[1] + text + mark[2], card, flags=re.S
        )
    CARD.write_text(card, encoding="utf-8", newline="\n")


def measure_samples(lexicon: Lexicon) -> dict[str, Evaluation]:
    """One evaluation a layer, of the sample records, in all families."""
    records, sentences = join_records(read_gold(GOLD), nk.load_records(nk.shipped("sample_records")))
    heard = hear_voices(sentences, records, lexicon)
    return {layer: evaluate_tags(nk.tag_records(records, lexicon, layer=layer), heard, lexicon) for layer in MEASURED_LAYERS}


def set_overall(measured: dict[str, dict[str, Evaluation]]) -> str:
    """Micro scores of every set and layer, over sentences and whole records."""
    rows = []
    for name, layers in measured.items():
        for layer, found in layers.items():
            overall = found.scores[found.scores["name"].str.contains("micro")].to_dict("records")
            rows += [[SETS[name], row["of"], LAYERS[layer], *_say_row(row)] for row in overall]
    return _lay_out(["text", "of", "layer", *COUNTS.values(), *RATES], rows)


def set_apart(measured: dict[str, dict[str, Evaluation]], by: str) -> str:
    """Scores by code or voice, of sentences, with the layer that runs by default; each text is a column."""
    told: dict[str, dict[str, str]] = {}
    for name, layers in measured.items():
        scores = layers["encoder"].scores
        for row in scores[(scores["of"] == "sentences") & (scores["by"] == by)].to_dict("records"):
            found = f"{row['agreed']} of {row['marked_by_readers']}; {row['agreed']} of {row['proposed']}"
            told.setdefault(row["name"], {})[name] = f"{found}; {_say_rate(row, 'f1')}"
    rows = [[name, *(sets.get(one, "") for one in SETS)] for name, sets in sorted(told.items())]
    return _lay_out([by, *SETS.values()], rows)


def set_calibration(measured: dict[str, dict[str, Evaluation]]) -> str:
    """What share of proposals held, by the confidence stated, with the layer that runs by default; each text is a column."""
    told: dict[str, dict[str, str]] = {}
    for name, layers in measured.items():
        calibration = layers["encoder"].calibration
        for row in calibration.bins.to_dict("records"):
            edges = f"{row['from_confidence']:.1f}–{row['to_confidence']:.1f}"
            told.setdefault(edges, {})[name] = f"{row['share_that_held']:.2f} of {row['proposals']}"
        told.setdefault("whole: expected error", {})[name] = f"{calibration.error:.3f} over {calibration.proposals}"
        told.setdefault("whole: by chance alone", {})[name] = f"{calibration.by_chance:.3f}"
    return _lay_out(["confidence stated", *SETS.values()], [[key, *map(told[key].get, SETS)] for key in sorted(told)])


def _say_row(row: dict) -> list[str]:
    return [*(str(row[count]) for count in COUNTS), *(_say_rate(row, rate) for rate in RATES)]


def _say_rate(row: dict, rate: str) -> str:
    point, low, high = row[rate], row[f"{rate}_low"], row[f"{rate}_high"]
    if pd.isna(point):
        return "–"
    return f"{point:.2f}" if pd.isna(low) else f"{point:.2f} ({low:.2f}–{high:.2f})"


def _lay_out(headings: list[str], rows: list[list]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n" + "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines) + "\n\n"


if __name__ == "__main__":
    main()
