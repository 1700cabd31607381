"""Rows of numbers of different length, one behind the other in one array."""

from collections.abc import Sequence
from functools import cached_property
from itertools import chain

import numpy as np


class Rows:
    """Rows of numbers: all numbers in order, and how many each row has."""

    def __init__(self, numbers: np.ndarray, sizes: np.ndarray) -> None:
        self.numbers, self.sizes = numbers, sizes

    @classmethod
    def of(cls, rows: Sequence[Sequence[int]]) -> "Rows":
        """These rows."""
        sizes = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
        return cls(np.fromiter(chain.from_iterable(rows), dtype=np.int64, count=sizes.sum()), sizes)

    def __len__(self) -> int:
        return len(self.sizes)

    @cached_property
    def starts(self) -> np.ndarray:
        """Where each row starts among all numbers."""
        return np.cumsum(self.sizes) - self.sizes

    def row(self, place: int) -> tuple[int, ...]:
        """One row."""
        start = self.starts[place]
        return tuple(self.numbers[start : start + self.sizes[place]].tolist())

    def part(self, start: int, end: int) -> "Rows":
        """The rows from one place to another, exclusive."""
        sizes = self.sizes[start:end]
        first = self.starts[start]
        return Rows(self.numbers[first : first + sizes.sum()], sizes)

    def take(self, places: np.ndarray) -> "Rows":
        """The rows at these places, in their order."""
        sizes = self.sizes[places]
        shifts = np.repeat(self.starts[places] - np.cumsum(sizes) + sizes, sizes)
        return Rows(self.numbers[shifts + np.arange(len(shifts))], sizes)

    def pick(self, places: np.ndarray, column: int) -> np.ndarray:
        """The number in a column of each of the rows at these places."""
        return self.numbers[self.starts[places] + column]
