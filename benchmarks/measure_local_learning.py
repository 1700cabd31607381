"""What learning from a service's own decisions brings for people it has not seen, and what it does where nothing can be learned.

    python benchmarks/measure_local_learning.py [--seed N]

The readers of the sample records decide as their codes say (`tests/gold/sample_codes.jsonl`), in three ways: on every
proposal; on what was missed too; and with records closed that are without a theme, as the reading panel does. It is learned from half of the people and scored on the other half, both ways
round. Then verdicts are drawn by the confidence itself, so that the shipped layer is right and every correction is an
accident. The sample records took part in fitting the confidence, so that less is left to learn in them than in others.
Prints; writes nothing.
"""

import argparse
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

import nearmiss_kit as nk
from nearmiss_kit.decisions.database import write_together
from nearmiss_kit.tagging.calibration import calibrate
from nearmiss_kit.tagging.evaluation import evaluate_tags, hear_voices, join_records
from nearmiss_kit.tagging.gold import read_gold
from nearmiss_kit.tagging.lexicon import Lexicon
from nearmiss_kit.tagging.local import LocalLearning

GOLD = Path(__file__).parent.parent / "tests" / "gold" / "sample_codes.jsonl"
PLACE = ["record_id", "family", "code", "sentence_start", "sentence_end"]
SHOWN = ["proposed", "agreed", "precision", "recall", "f1"]
WAYS = ("verdicts on proposals", "and what was missed", "and records closed")
DRAWS = 10
WHEN = datetime(2026, 1, 1)


def main() -> None:
    """Print one line for each way of reading, shipped and corrected."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--seed", type=int, default=1)
    chance = np.random.default_rng(asked.parse_args().seed)
    lexicon = nk.load_lexicon(nk.shipped("lexicons"))
    records, sentences = join_records(read_gold(GOLD), nk.load_records(nk.shipped("sample_records")))
    heard = hear_voices(sentences, records, lexicon)
    shipped = nk.tag_records(records, lexicon, progress=True)
    people = chance.permutation(sorted(set(records["person"]) - {""}))
    halves = [records[records["person"].isin(people[half::2])] for half in (0, 1)]
    read = pd.concat(halves)
    print(f"as shipped: {say_scores(shipped[shipped['record_id'].isin(read['record_id'])], heard, read, lexicon)}")
    for way in WAYS:
        verdicts = decide_as_read(shipped, heard, read, lexicon, way)
        learned = [learn(half, verdicts, lexicon) for half in halves]
        tags = pd.concat(
            nk.tag_records(half, lexicon, local=local) for half, local in zip(reversed(halves), learned, strict=True)
        )
        print(f"{way}: {say_scores(tags, heard, read, lexicon)}")
        print(f"    {say_learned(learned)}")
    by_chance = []
    for _ in range(DRAWS):
        verdicts = shipped.drop_duplicates(PLACE).dropna(subset="confidence")
        drawn = np.where(chance.random(len(verdicts)) < verdicts["confidence"], "confirmed", "rejected")
        by_chance.append(learn(records, verdicts.assign(verdict=drawn), lexicon))
    print(f"verdicts drawn by the confidence itself, {DRAWS} times, learned from all people: {say_learned(by_chance)}")


def decide_as_read(tags: pd.DataFrame, heard: pd.DataFrame, records: pd.DataFrame, lexicon: Lexicon, way: str) -> pd.DataFrame:
    """One row is one verdict of the readers."""
    coded = heard[["record_id", "sentence_start", "sentence_end", "codes", "disputed"]].to_dict("records")
    places = {
        kind: pd.DataFrame(
            [(row["record_id"], *triple, row["sentence_start"], row["sentence_end"]) for row in coded for triple in row[kind]],
            columns=["record_id", "family", "code", "assertion", "sentence_start", "sentence_end"],
        )
        for kind in ("codes", "disputed")
    }
    proposed = tags.dropna(subset="confidence").drop_duplicates([*PLACE])
    keys = [*PLACE, "assertion"]
    held = set(places["codes"][keys].itertuples(index=False, name=None))
    unsure = set(places["disputed"][PLACE].itertuples(index=False, name=None))
    known = proposed[[place not in unsure for place in proposed[PLACE].itertuples(index=False, name=None)]]
    holds = [place in held for place in known[keys].itertuples(index=False, name=None)]
    verdicts = known.assign(verdict=np.where(holds, "confirmed", "rejected"))
    if way != WAYS[0]:
        tagged = set(proposed[PLACE].itertuples(index=False, name=None))
        left = [place not in tagged for place in places["codes"][PLACE].itertuples(index=False, name=None)]
        verdicts = pd.concat([verdicts, places["codes"][left].assign(verdict="added")])
    if way == WAYS[2]:
        decided = set(verdicts[PLACE[:3]].itertuples(index=False, name=None))
        decided |= {place[:3] for place in unsure}
        closed = [
            (record_id, code.family, code.code, 0, len(narrative), "affirmed", "rejected")
            for record_id, narrative in zip(records["record_id"], records["narrative"], strict=True)
            for code in lexicon.codes
            if (record_id, code.family, code.code) not in decided
        ]
        verdicts = pd.concat([verdicts, pd.DataFrame(closed, columns=[*keys, "verdict"])])
    return verdicts[[*keys, "verdict"]]


def learn(records: pd.DataFrame, verdicts: pd.DataFrame, lexicon: Lexicon) -> LocalLearning:
    """What is learned of the verdicts about these records, in a store of its own."""
    fingerprints = dict(zip(records["record_id"], records["narrative_fingerprint"], strict=True))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "decisions.sqlite"
        with write_together(path):
            for row in verdicts[verdicts["record_id"].isin(fingerprints)].to_dict("records"):
                place = {column: row[column] for column in (*PLACE, "assertion", "verdict")}
                nk.append_decision(
                    path, **place, narrative_fingerprint=fingerprints[row["record_id"]], reviewer="reader", note="",
                    decided_at=WHEN, lexicon_version=lexicon.version,
                )  # fmt: skip
        return nk.learn_from_decisions(path, records, lexicon, learned_at=WHEN)


def say_learned(learned: list[LocalLearning]) -> str:
    """How many codes were corrected, of how many tried, and by how much at most."""
    codes = [code for local in learned for code in local.codes if code.loss_corrected is not None]
    corrected = [code for code in codes if not code.why]
    biggest = max((abs(code.bias) for code in corrected), default=0)
    gained = np.mean([code.loss_shipped - code.loss_corrected for code in corrected] or [0])
    decided = sum(code.decisions for local in learned for code in local.codes)
    return (
        f"{len(corrected)} of {len(codes)} codes corrected by {sum(len(code.words) for code in corrected)} words ({decided} "
        f"decisions; constant at most {biggest:.2f}; log loss lower by {gained:.3f})"
    )


def say_scores(tags: pd.DataFrame, heard: pd.DataFrame, records: pd.DataFrame, lexicon: Lexicon) -> str:
    """Precision, recall and calibration of the counted tags on these records."""
    here = heard[heard["record_id"].isin(records["record_id"])]
    row = evaluate_tags(tags, here, lexicon).scores.iloc[0]
    error = calibrate(tags, here)
    return " ".join(f"{name} {row[name]:.3f}" for name in SHOWN) + f" calibration error {error.error:.3f}"


if __name__ == "__main__":
    main()
