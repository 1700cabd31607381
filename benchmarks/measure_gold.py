"""How near the tags come to readers on coded text that stands outside the project, with and without each layer.

    python benchmarks/measure_gold.py FOLDER [--layer NAME ...]

FOLDER holds invented_narratives.jsonl and coroner_sentences.jsonl (coded sentences) and coroner_concerns.jsonl (whole
concerns, coded for staffing and communication). Scored are pressure sources and near-miss signals. Prints; writes nothing.
"""

import argparse
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd

import nearmiss_kit as nk
from nearmiss_kit.tagging.evaluation import Evaluation, evaluate_tags, hear_voices, join_records
from nearmiss_kit.tagging.evaluation_text import say_evaluation
from nearmiss_kit.tagging.gold import Gold, read_gold
from nearmiss_kit.tagging.learned import LAYERS
from nearmiss_kit.tagging.lexicon import Lexicon

MAIN_FAMILIES = ("pressure_source", "near_miss_signal")
SENTENCE_SETS = ("invented_narratives.jsonl", "coroner_sentences.jsonl")
CONCERNS = "coroner_concerns.jsonl"
CONCERN_CODES = ("staffing", "communication")
# What a search for the obvious words finds; every hit counts.
NAIVE = {
    "staffing": re.compile(r"\b(staff|staffing|understaff\w*|shortages?|agency|rota|handovers?)\b", re.IGNORECASE),
    "communication": re.compile(r"\b(communicat\w*|inform(?:ed|ing|ation)?|told|shared|liais\w*)\b", re.IGNORECASE),
}


def main() -> None:
    """Print every score by set: first all sets together with each layer, then each set in full."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("folder", type=Path)
    asked.add_argument("--layer", action="append", choices=LAYERS, help="default: every layer there is")
    given = asked.parse_args()
    layers, lexicon = given.layer or [layer for layer in LAYERS if layer != "best"], nk.load_lexicon(nk.shipped("lexicons"))
    measured = {name: measure_set(given.folder / name, lexicon, layers) for name in SENTENCE_SETS}
    for name, found in measured.items():
        print(f"== {name}, pressure sources and near-miss signals\n\n{say_evaluation(found)}\n")
    print(f"== {CONCERNS}, whole concerns\n")
    print(measure_concerns(given.folder / CONCERNS, lexicon, layers).round(3).to_string(index=False))
    print("\n== All sets, micro over sentences\n")
    print(pd.concat([sum_up(name, found) for name, found in measured.items()]).round(3).to_string(index=False))


def measure_set(path: Path, lexicon: Lexicon, layers: list[str]) -> dict[str, Evaluation]:
    """One evaluation a layer, of a file that brings its own text."""
    records, sentences = join_records(read_gold(path), None)
    heard = hear_voices(sentences, records, lexicon)
    return {
        layer: evaluate_tags(nk.tag_records(records, lexicon, layer=layer, progress=True), heard, lexicon, families=MAIN_FAMILIES)
        for layer in layers
    }


def sum_up(name: str, measured: dict[str, Evaluation]) -> pd.DataFrame:
    """The first line of each layer's scores: micro, over sentences."""
    rows = pd.concat([one.scores.head(1) for one in measured.values()], ignore_index=True)
    rates = [column for column in rows if column.startswith(("precision", "recall", "f1"))]
    return (
        rows[["marked_by_readers", "proposed", "agreed", *rates]]
        .assign(set=name, layer=list(measured))
        .set_index(["set", "layer"])
        .reset_index()
    )


def measure_concerns(path: Path, lexicon: Lexicon, layers: list[str]) -> pd.DataFrame:
    """Staffing and communication of whole concerns, by layer and by a search for the obvious words; one row is one of these.

    A concern carries a code where any affirmed, counted tag does.
    """
    gold, texts = read_concerns(path)
    found = {layer: nk.tag_records(gold.records, lexicon, layer=layer, progress=True) for layer in layers}
    found["(naive match)"] = match_naively(gold.records, texts)
    tables = []
    for layer, tags in found.items():
        tags = tags[(tags["family"] == "pressure_source") & tags["code"].isin(CONCERN_CODES)]
        scores = evaluate_tags(tags, gold.sentences, lexicon, families=("pressure_source",)).scores
        scores = scores[(scores["of"] == "records") & (scores["by"] == "code")]
        tables.append(scores.drop(columns=["of", "by", "undefined"]).assign(layer=layer))
    return pd.concat(tables).set_index(["name", "layer"]).sort_index(kind="stable").reset_index()


def read_concerns(path: Path) -> tuple[Gold, list[str]]:
    """Every concern as one record with one coded passage, all of its text."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
    texts = [row["text"] for row in rows]
    records = pd.DataFrame({"record_id": [row["id"] for row in rows], "narrative": texts, "author": ""})
    sentences = pd.DataFrame(
        {
            "record_id": records["record_id"],
            "sentence_start": 0,
            "sentence_end": [len(text) for text in texts],
            "codes": [[("pressure_source", code, "affirmed") for code in row["pressure_sources"]] for row in rows],
            "disputed": [[] for _ in rows],
        }
    )
    return Gold(path.name, sentences, records), texts


def match_naively(records: pd.DataFrame, texts: list[str]) -> pd.DataFrame:
    """The obvious words as tags, so that they are scored the same way."""
    rows = [
        (record, "pressure_source", code, match.start())
        for record, text in zip(records["record_id"], texts, strict=True)
        for code, pattern in NAIVE.items()
        if (match := pattern.search(text))
    ]
    tags = pd.DataFrame(rows, columns=["record_id", "family", "code", "start"])
    return tags.assign(
        assertion="affirmed", counted=True, confidence=np.nan, source="naive", sentence_start=0, sentence_end=0, sentence=""
    )


if __name__ == "__main__":
    main()
