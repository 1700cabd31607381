"""The learned layer at its best: a small sentence encoder, fine-tuned on the sentence bank, run by onnxruntime."""

import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from nearmiss_kit.tagging.context import take_from_context
from nearmiss_kit.tagging.word_pieces import WordPieces

LONGEST = 96  # word pieces; a longer sentence is read to here
# A shorter sentence is read with the end of the one before it: that many pieces of it at most, and all together to here.
_MOST_BEFORE, _LONGEST_TOGETHER, _FEWEST_BEFORE = 24, 28, 3


class SentenceEncoder:
    """Weighs sentences for every code: (affirmed, mentioned) as log odds, before they are made confidences."""

    name = "sentence encoder"

    def __init__(self, folder: Path) -> None:
        from onnxruntime import InferenceSession, SessionOptions

        card = json.loads((folder / "encoder.json").read_text(encoding="utf-8"))
        self.version: str = card["version"]
        self.codes: tuple[str, ...] = tuple(card["codes"])
        self._pieces = WordPieces(folder / "word_pieces.txt")
        options = SessionOptions()
        options.log_severity_level = 3  # its warnings are about graphics cards
        options.intra_op_num_threads = 1  # sentences run side by side instead
        self._session = InferenceSession(str(folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"])

    def weigh(self, sentences: Sequence[str]) -> np.ndarray:
        """Log odds, shape (sentences, codes, 2), of sentences each of which may stand behind the one before it (`context`).

        Every sentence runs alone: 8-bit arithmetic takes its scale from all that runs together, and a sentence's weights
        must not depend on its neighbours.
        """
        numbered = [number_in_context(self._pieces, sentence) for sentence in sentences]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            odds = list(pool.map(self._run, numbered))
        return np.stack(odds) if odds else np.empty((0, len(self.codes), 2), dtype=np.float32)

    def _run(self, pieces: list[int]) -> np.ndarray:
        (odds,) = self._session.run(None, {"pieces": np.array([pieces], dtype=np.int64)})
        return odds.reshape(2, len(self.codes)).T


def number_in_context(pieces: WordPieces, text: str) -> list[int]:
    """A sentence as piece numbers; before it, between marks of its own, what there is room for of the sentence before."""
    before, sentence = take_from_context(text)
    start, *own = pieces.number(sentence, longest=LONGEST)
    room = min(_MOST_BEFORE, _LONGEST_TOGETHER - len(own) - 2)
    if not before or room < _FEWEST_BEFORE:
        return [start, *own]
    *said, end = pieces.number(before, longest=len(before) + 2)[1:]
    return [start, *said[-room:], end, *own]
