"""What more coded sentences would bring: word weights trained on a quarter, half, three quarters and all of the bank.

    python benchmarks/learning_curve.py

Shares are drawn by whole narratives (a lone sentence is one of its own) with a fixed seed, each share within the next. The
threshold is the one with the best F1 on the narratives kept back from training, never on the samples that are scored. Prints
F1 on the sample records that two readers coded; takes half an hour or more and writes nothing.
Shares of your own stand behind the command: `python benchmarks/learning_curve.py 0.1 0.2`.
"""

import random
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from scipy.special import expit

import nearmiss_kit as nk
from nearmiss_kit.tagging.sentences import flatten_typography

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "training"))
import retrain  # noqa: E402  a script beside the package, not part of it

GOLD = ROOT / "tests" / "gold" / "sample_codes.jsonl"
SHARES = (0.25, 0.5, 0.75, 1.0)
SEED = 7
THRESHOLDS = np.geomspace(0.01, 0.9, 60)


def main() -> None:
    """Print one line a share: what it was trained on, the threshold, and precision, recall and F1 on the samples."""
    trained, held_out = retrain.split_bank(retrain.read_bank())
    codes = [f"{code.family}/{code.code}" for code in nk.load_lexicon(nk.shipped("lexicons")).codes]
    samples, lines = read_samples(), []
    for share in [float(share) for share in sys.argv[1:]] or SHARES:
        rows = draw_share(trained, share)
        words = train(rows, codes)
        scored = [find_confidences(words, kind, codes) for kind in (held_out, samples)]
        for name, families in (("all", None), ("sources and signals", retrain.MAIN_FAMILIES)):
            chosen = np.array([families is None or code.split("/")[0] in families for code in codes])
            kept_back, sample = (tuple(table[:, chosen] for table in found) for found in scored)
            threshold = max(THRESHOLDS, key=lambda limit: rate(*kept_back, limit)[2])
            lines.append((share, len(rows), name, threshold, *rate(*sample, threshold)))
    columns = ["share", "sentences", "families", "threshold", "precision", "recall", "f1"]
    print(pd.DataFrame(lines, columns=columns).round(3).to_string(index=False))


def draw_share(rows: list[dict], share: float) -> list[dict]:
    """The rows of the first narratives of one fixed shuffle."""
    groups = sorted({row.get("narrative") or row["id"] for row in rows})
    random.Random(SEED).shuffle(groups)
    kept = set(groups[: round(share * len(groups))])
    return [row for row in rows if (row.get("narrative") or row["id"]) in kept]


def train(rows: list[dict], codes: list[str]) -> retrain.WordWeights:
    """Word weights as the kit ships them, kept in a folder that goes away; of the codes that stand in the rows."""
    marks, agreed = retrain.mark_targets(rows, codes)
    standing = ((marks > 0) & agreed).any(axis=0).all(axis=0)
    with TemporaryDirectory() as folder:
        retrain.MODEL = Path(folder)  # where training writes; the shipped model stays as it is
        retrain.train_words(rows, [code for code, stands in zip(codes, standing, strict=True) if stands])
        return retrain.WordWeights(Path(folder))


def read_samples() -> list[dict]:
    """The coded sentences of the samples, in the form of the bank."""
    records = nk.load_records(nk.shipped("sample_records"))
    narratives = dict(zip(records["record_id"], records["narrative"], strict=True))
    return [
        {
            "text": " ".join(flatten_typography(narratives[row.record_id])[row.sentence_start : row.sentence_end].split()),
            "codes": dict(sorted(((f"{f}/{c}", how) for f, c, how in row.codes), key=lambda item: item[1] == "affirmed")),
            "disputed": [f"{f}/{c}" for f, c, _ in row.disputed],
        }
        for row in nk.load_gold(GOLD).itertuples()
    ]


def find_confidences(words: retrain.WordWeights, rows: list[dict], codes: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Confidence, marks and agreement of readers, each of shape (sentences, codes); affirmed only."""
    marks, agreed = retrain.mark_targets(rows, codes)
    odds = words.weigh([row["text"] for row in rows])[:, :, 0].astype(np.float64)
    confidence = np.zeros(marks[:, 0].shape)  # of a code that stood nowhere in training
    confidence[:, [codes.index(code) for code in words.codes]] = expit(odds)
    return confidence, marks[:, 0] > 0, agreed[:, 0]


def rate(confidence: np.ndarray, marks: np.ndarray, agreed: np.ndarray, threshold: float) -> tuple[float, float, float]:
    """Micro precision, recall and F1 at a threshold, where readers agreed."""
    proposed, marked = (confidence >= threshold) & agreed, marks & agreed
    right = (proposed & marked).sum()
    return right / max(proposed.sum(), 1), right / max(marked.sum(), 1), 2 * right / max(proposed.sum() + marked.sum(), 1)


if __name__ == "__main__":
    main()
