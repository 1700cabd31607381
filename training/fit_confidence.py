"""Fit how the layers' log odds and the lexicon's hits become one confidence, on narratives of writers no layer was trained on.

These are the bank's held-out files, which are dense with codes, and, at a third of their weight, the sample records,
which are sparse: real records lie between. What is fitted is four weights and a bias a code.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from retrain import MAIN_FAMILIES, mark_targets
from sklearn.linear_model import LogisticRegression

import nearmiss_kit as nk
from nearmiss_kit.tagging.calibration import measure_distance, place_in_bins
from nearmiss_kit.tagging.context import take_from_context
from nearmiss_kit.tagging.encoder import SentenceEncoder
from nearmiss_kit.tagging.learned import LearnedLayer
from nearmiss_kit.tagging.proposals import list_in_context
from nearmiss_kit.tagging.tagger import NearMissTagger
from nearmiss_kit.tagging.word_weights import WordWeights

PROPOSAL = 0.3  # the least confidence of a proposal
MOST = 1.5  # log odds; a scorer that is surer than that is on unknown writers right no more often
SAMPLES_SHARE = 1 / 3
SAMPLE_CODES = Path(__file__).parent.parent / "tests" / "gold" / "sample_codes.jsonl"
LEAST_PRECISION = 0.60  # among counted tags of pressure sources and signals, on writers unknown to layers and fit
BIAS_SHARE, INVERSE_PENALTY = 0.5, 1.0  # how far a code's own bias may leave the common one
KINDS = ("affirmed", "mentioned")


def fit_layers(held_out: list[dict], folder: Path) -> None:
    """Write fusion.json: for each layer the fitted sums and the published threshold. Prints how it does on unknown writers."""
    words, encoder = WordWeights(folder), SentenceEncoder(folder)
    tagger = NearMissTagger(nk.load_lexicon(nk.shipped("lexicons")))
    rows, codes = held_out + read_samples(tagger), list(words.codes)
    in_context = [row["in_context"] for row in rows]
    files = np.array([row.get("file", "") for row in rows])
    shares = np.where(files == "", SAMPLES_SHARE, 1.0)
    main = np.array([code.split("/")[0] in MAIN_FAMILIES for code in codes])
    hits, (marks, agreed) = find_hits([row["text"] for row in rows], codes, tagger), mark_targets(rows, codes)
    weighed = {"words": (words,), "encoder": (encoder, words)}
    fusion = {}
    for layer, scorers in weighed.items():
        table = Table(np.stack([scorer.weigh(in_context) for scorer in scorers], axis=-1), hits, marks, agreed)
        counted = choose_threshold(table, scorers, files, shares, main)
        fusion[layer] = {"proposal": PROPOSAL, "counted": counted, "most": MOST, **table.fit(shares)}
    (folder / "fusion.json").write_text(json.dumps(fusion, indent=1) + "\n", encoding="utf-8", newline="\n")


@dataclass(frozen=True)
class Table:
    """Sentences as the layers weigh them: log odds (sentences, codes, 2, scorers), hits, marks, and whether readers agreed."""

    odds: np.ndarray
    hits: np.ndarray
    marks: np.ndarray
    agreed: np.ndarray

    def fit(self, shares: np.ndarray) -> dict:
        """The fitted sum of both kinds; sentences with the share 0 take no part."""
        rows = shares > 0
        given = np.minimum(self.odds[rows], MOST), self.hits[:, rows], self.marks[rows], self.agreed[rows]
        return {
            kind: _fit_kind(given[0][:, :, number], given[1], given[2][:, number], given[3][:, number], shares[rows])
            for number, kind in enumerate(KINDS)
        }

    def judge(self, fit: dict, scorers: tuple, rows: np.ndarray, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Confidence of the affirmed codes that readers agree on, and whether they marked them; of some rows and codes."""
        layer = LearnedLayer(scorers, {"proposal": 0, "counted": 0, "most": MOST, **fit}, None)
        confidence = layer.judge(self.odds[rows], *self.hits[:, rows]).affirmed[:, codes]
        agreed = self.agreed[rows, 0][:, codes]
        return confidence[agreed], self.marks[rows, 0][:, codes][agreed] > 0


def choose_threshold(table: Table, scorers: tuple, files: np.ndarray, shares: np.ndarray, main: np.ndarray) -> float:
    """The lowest threshold at which enough counted tags hold on unknown writers, so that as few as can be are missed.

    Each held-out file is judged by a sum that was fitted without it. Prints scores and calibration error of all together.
    """
    judged = []
    for name in sorted(set(files) - {""}):
        judged.append(table.judge(table.fit(np.where(files == name, 0.0, shares)), scorers, files == name, main))
    confidence, marked = (np.concatenate(column) for column in zip(*judged, strict=True))
    thresholds = np.arange(PROPOSAL, 0.8, 0.01).round(2)
    counted = next(threshold for threshold in thresholds if share_right(confidence >= threshold, marked) >= LEAST_PRECISION)
    sure = confidence >= PROPOSAL
    error = measure_distance(place_in_bins(confidence[sure]), confidence[sure], marked[sure])
    names = " and ".join(scorer.name for scorer in scorers)
    print(f"{names}, on writers unknown to layers and fit, {marked.sum()} marked; calibration error")
    print(f"  {error:.3f} over {sure.sum()} proposals, {say_rates(sure, marked)}")
    print(f"  counted from {counted}: {say_rates(confidence >= counted, marked)}")
    return float(counted)


def share_right(proposed: np.ndarray, marked: np.ndarray) -> float:
    """The precision of what is proposed."""
    return (proposed & marked).sum() / max(proposed.sum(), 1)


def say_rates(proposed: np.ndarray, marked: np.ndarray) -> str:
    """Precision, recall and F1 in words."""
    right = (proposed & marked).sum()
    recall, f1 = right / max(marked.sum(), 1), 2 * right / (proposed.sum() + marked.sum())
    return f"precision {share_right(proposed, marked):.3f}, recall {recall:.3f}, F1 {f1:.3f}"


def read_samples(tagger: NearMissTagger) -> list[dict]:
    """The sentences of the sample records with their readers' codes, in the form of the bank's rows."""
    records = nk.load_records(nk.shipped("sample_records")).set_index("record_id")["narrative"]
    read = {record: tagger.read(narrative, voice="") for record, narrative in records.items()}
    stands = {
        (record, start): text
        for record, one in read.items()
        for (start, _), text in zip(one.sentences, list_in_context(one), strict=True)
    }
    rows = []
    for line in SAMPLE_CODES.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        in_context = stands[row["record_id"], row["start"]]
        codes = {f"{code['family']}/{code['code']}": code["assertion"] for code in row["codes"]}
        disputed = [f"{code['family']}/{code['code']}" for code in row["disputed"]]
        text = take_from_context(in_context)[1]
        rows.append({"text": text, "in_context": in_context, "codes": codes, "disputed": disputed})
    return rows


def find_hits(texts: list[str], codes: list[str], tagger: NearMissTagger) -> np.ndarray:
    """The lexicon's hits, shape (2, sentences, codes): affirmed, and in another assertion."""
    hits = np.zeros((2, len(texts), len(codes)))
    for place, text in enumerate(texts):
        for tag in tagger.read(text, voice="").tags:
            hits[int(tag.assertion != "affirmed"), place, codes.index(f"{tag.family}/{tag.code}")] = 1
    return hits


def _fit_kind(odds: np.ndarray, hits: np.ndarray, marks: np.ndarray, agreed: np.ndarray, shares: np.ndarray) -> dict:
    sentences, codes, scorers = odds.shape
    own = np.tile(np.eye(codes) * BIAS_SHARE, (sentences, 1))
    hit, other_hit = hits[0].ravel(), hits[1].ravel()
    table = np.column_stack([odds.reshape(-1, scorers), hit, other_hit, hit * odds[:, :, 0].ravel(), own])
    chosen = agreed.ravel()
    model = LogisticRegression(C=INVERSE_PENALTY, max_iter=3000)
    model.fit(table[chosen], marks.ravel()[chosen] > 0, np.repeat(shares, codes)[chosen])
    weights = model.coef_[0]
    bias = model.intercept_[0] + BIAS_SHARE * weights[scorers + 3 :]
    names = ("hit", "other_hit", "hit_and_first")
    return {
        "scorers": weights[:scorers].round(4).tolist(),
        **{name: round(float(weights[scorers + place]), 4) for place, name in enumerate(names)},
        "bias": bias.round(4).tolist(),
    }
