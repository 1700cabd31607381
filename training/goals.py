"""What sentences are to be read as when an encoder learns from them: by readers, and by teachers."""

from dataclasses import dataclass

import numpy as np
from retrain import mark_targets


@dataclass(frozen=True)
class Goals:
    """Sentences, how likely each code is for each, and how much that counts: both of shape (sentences, 2, codes)."""

    texts: list[str]
    likely: np.ndarray
    shares: np.ndarray


def follow_readers(rows: list[dict], codes: list[str]) -> Goals:
    """The readers' codes; one on which they differ counts nothing."""
    marks, agreed = mark_targets(rows, codes)
    return Goals([row["text"] for row in rows], marks, agreed.astype(np.float32))


def follow_both(rows: list[dict], variants: list[str], said: np.ndarray, share: float, codes: list[str]) -> Goals:
    """Of sentences in the bank by a share what teachers say, and for the rest the readers' codes; of variants what teachers say.

    `said` is how likely the teachers call each code, shape (rows and variants, 2, codes).
    """
    readers, of_rows, of_variants = follow_readers(rows, codes), said[: len(rows)], said[len(rows) :]
    by_readers = (1 - share) * readers.shares
    shares = by_readers + share
    likely = (by_readers * readers.likely + share * of_rows) / shares
    whole = np.ones_like(of_variants)
    return Goals([*readers.texts, *variants], np.concatenate([likely, of_variants]), np.concatenate([shares, whole]))
