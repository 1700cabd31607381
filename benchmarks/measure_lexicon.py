"""What the lexicon finds alone, by how sure a term has to be before it counts.

    python benchmarks/measure_lexicon.py [FILE.jsonl ...]

Without a file it reads the narratives of the sentence bank, on which `holds_in_ten` was set, so that those rates flatter. A
file of other people's coded sentences (`nearmiss evaluate` says in what form) does not. One row is one line: terms that
hold in fewer of ten passages do not count. Scored are pressure sources and near-miss signals, by sentence, with intervals
from whole narratives drawn again. Prints; writes nothing.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import pandas as pd

import nearmiss_kit as nk
from nearmiss_kit.tagging.evaluation import evaluate_tags, hear_voices, join_records
from nearmiss_kit.tagging.gold import read_gold
from nearmiss_kit.tagging.lexicon import COUNTS_ALONE, Code, Lexicon

MAIN_FAMILIES = ("pressure_source", "near_miss_signal")
LINES = range(3, 9)  # from 8 on only terms without a number count
SHOWN = ["proposed", "agreed", "precision", "precision_low", "precision_high", "recall", "recall_low", "recall_high"]


def main() -> None:
    """Print one table a file."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("file", nargs="*", type=Path)
    files = asked.parse_args().file or sorted((nk.shipped("lexicons") / "sentence_bank").glob("narratives_*.jsonl"))
    lexicon = nk.load_lexicon(nk.shipped("lexicons"))
    for path in files:
        print(f"== {path.name}\n\n{measure_file(path, lexicon).round(3).to_string(index=False)}\n")


def measure_file(path: Path, lexicon: Lexicon) -> pd.DataFrame:
    """One row is one line, the published one marked."""
    records, sentences = join_records(read_gold(path), None)
    heard = hear_voices(sentences, records, lexicon)
    rows = []
    for line in LINES:
        tags = nk.tag_records(records, draw_line(lexicon, line), layer="none")
        scores = evaluate_tags(tags, heard, lexicon, families=MAIN_FAMILIES).scores.head(1)[SHOWN]
        rows.append(scores.assign(holds_in_ten=f"{line}{' *' if line == COUNTS_ALONE else ''}"))
    return pd.concat(rows)[["holds_in_ten", *SHOWN]]


def draw_line(lexicon: Lexicon, line: int) -> Lexicon:
    """The lexicon in which terms count from that line on."""
    return replace(lexicon, codes=tuple(_draw(code, line) for code in lexicon.codes))


def _draw(code: Code, line: int) -> Code:
    terms = (
        term if term.holds_in_ten is None else term.model_copy(update={"holds_in_ten": 10 if term.holds_in_ten >= line else 0})
        for term in code.terms
    )
    return code.model_copy(update={"terms": tuple(terms)})


if __name__ == "__main__":
    main()
