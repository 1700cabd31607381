"""Fit how the layers' log odds and the lexicon's hits become one confidence, on narratives no layer was trained on.

These are the bank's held-out narratives, which are dense with codes, and, at a third of their weight, the sample records,
which are sparse: real records lie between. What is fitted is four weights and a bias a code.
"""

import json
from pathlib import Path

import numpy as np
from retrain import MAIN_FAMILIES, mark_targets
from sklearn.linear_model import LogisticRegression

import nearmiss_kit as nk
from nearmiss_kit.tagging.encoder import SentenceEncoder
from nearmiss_kit.tagging.learned import LearnedLayer
from nearmiss_kit.tagging.sentences import flatten_typography
from nearmiss_kit.tagging.tagger import NearMissTagger
from nearmiss_kit.tagging.word_weights import WordWeights

PROPOSAL = 0.3  # the least confidence of a proposal
SAMPLES_SHARE = 1 / 3
SAMPLE_CODES = Path(__file__).parent.parent / "tests" / "gold" / "sample_codes.jsonl"
LEAST_PRECISION = 0.62  # among counted tags of pressure sources and signals, on the held-out narratives
BIAS_SHARE, INVERSE_PENALTY = 0.5, 1.0  # how far a code's own bias may leave the common one
KINDS = ("affirmed", "mentioned")


def fit_layers(held_out: list[dict], folder: Path) -> None:
    """Write fusion.json: for each layer the fitted sums and the published threshold."""
    words, encoder = WordWeights(folder), SentenceEncoder(folder)
    samples = read_samples()
    rows, shares = held_out + samples, np.repeat([1.0, SAMPLES_SHARE], [len(held_out), len(samples)])
    texts, codes = [row["text"] for row in rows], list(words.codes)
    hits = find_hits(texts, codes)
    marks, agreed = mark_targets(rows, codes)
    weighed = {"words": [words.weigh(texts)], "encoder": [encoder.weigh(texts), words.weigh(texts)]}
    fusion = {}
    for layer, scorers in weighed.items():
        odds = np.stack(scorers, axis=-1)
        fits = {
            kind: _fit_kind(odds[:, :, number], hits, marks[:, number], agreed[:, number], shares)
            for number, kind in enumerate(KINDS)
        }
        main, own = np.array([code.split("/")[0] in MAIN_FAMILIES for code in codes]), slice(len(held_out))
        joined = LearnedLayer((encoder, words), {"proposal": 0, "counted": 0, **fits}, None).judge(odds, *hits).affirmed
        counted = choose_threshold(joined[own][:, main], marks[own, 0][:, main], agreed[own, 0][:, main], layer)
        fusion[layer] = {"proposal": PROPOSAL, "counted": counted, **fits}
    (folder / "fusion.json").write_text(json.dumps(fusion, indent=1) + "\n", encoding="utf-8", newline="\n")


def read_samples() -> list[dict]:
    """The sentences of the sample records with their readers' codes, in the form of the bank's rows."""
    records = nk.load_records(nk.shipped("sample_records")).set_index("record_id")["narrative"]
    rows = []
    for line in SAMPLE_CODES.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        text = flatten_typography(records[row["record_id"]])[row["start"] : row["end"]]
        codes = {f"{code['family']}/{code['code']}": code["assertion"] for code in row["codes"]}
        disputed = [f"{code['family']}/{code['code']}" for code in row["disputed"]]
        rows.append({"text": " ".join(text.split()), "codes": codes, "disputed": disputed})
    return rows


def find_hits(texts: list[str], codes: list[str]) -> np.ndarray:
    """The lexicon's hits, shape (2, sentences, codes): affirmed, and in another assertion."""
    tagger = NearMissTagger(nk.load_lexicon(nk.shipped("lexicons")))
    hits = np.zeros((2, len(texts), len(codes)))
    for place, text in enumerate(texts):
        for tag in tagger.read(text, voice="").tags:
            hits[int(tag.assertion != "affirmed"), place, codes.index(f"{tag.family}/{tag.code}")] = 1
    return hits


def choose_threshold(confidence: np.ndarray, marks: np.ndarray, agreed: np.ndarray, layer: str) -> float:
    """The threshold with the best F1 among those whose counted tags hold often enough."""
    best = (0.0, PROPOSAL)
    for threshold in np.arange(PROPOSAL, 0.8, 0.01):
        proposed = (confidence >= threshold) & agreed
        right, marked = (proposed & (marks > 0)).sum(), (marks[agreed] > 0).sum()
        precision, f1 = right / max(proposed.sum(), 1), 2 * right / (proposed.sum() + marked)
        if precision >= LEAST_PRECISION:
            best = max(best, (f1, threshold))
    print(f"{layer}: threshold {best[1]:.2f}, F1 {best[0]:.3f} on the held-out narratives")
    return round(float(best[1]), 2)


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
