"""How often the 95 % intervals the pages show hold the truth: raw and corrected prevalence, 10,000 trials a cell."""

import itertools
from functools import cache

import numpy as np
import pandas as pd

from nearmiss_kit.analysis.corrected import Cell, find_count_bounds, find_recall_bounds
from nearmiss_kit.analysis.intervals import find_prevalence_bounds, find_wilson_bounds
from nearmiss_kit.analysis.reading_sample import MARKED_SHARE

TRIALS = 10_000
SHARES = (0.02, 0.03, 0.05, 0.08, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5)
SIZES = (40, 50, 60, 80, 100, 150, 200, 400)
READ = (40, 60, 100)
POPULATIONS = (120, 500, 3000)
# How well the kit marks: (share of true records it marks, share of others it marks); it may mark nothing, or all.
TAGGERS = ((0.0, 0.0), (0.3, 0.02), (0.5, 0.1), (0.9, 0.1), (1.0, 0.0), (0.7, 0.7))


def main() -> None:
    """Print the lowest coverage, where it is, and how wide the intervals are."""
    chance = np.random.default_rng(20260101)
    for name, find_bounds in (("plain Wilson", find_wilson_bounds), ("shown, raw", find_prevalence_bounds)):
        say(name, pd.DataFrame([cover_raw(chance, find_bounds, *cell) for cell in itertools.product(SHARES, SIZES)]))
    cells = list(itertools.product(SHARES, READ, POPULATIONS, TAGGERS, ("stratified", "simple random")))
    table = pd.DataFrame([cover_corrected(chance, *cell) for cell in cells])
    say("shown, corrected", table)
    recall = table[["share", "read", "records", "tagger", "drawn", "recall_coverage"]]
    say("shown, recall", recall.rename(columns={"recall_coverage": "coverage"}).dropna())


def say(name: str, table: pd.DataFrame) -> None:
    """One line: the lowest coverage and its cell."""
    lowest = table.loc[table["coverage"].idxmin()]
    width = f", mean width {table['width'].mean():.3f}" if "width" in table else ""
    print(
        f"{name}: lowest coverage {lowest['coverage']:.4f} of {len(table)} cells{width}; there: {lowest.drop('coverage').to_dict()}"
    )


def cover_raw(chance: np.random.Generator, find_bounds, share: float, size: int) -> dict:
    """One row: how often the interval held `share` among TRIALS samples of `size` records."""
    counts = np.arange(size + 1)
    low, high = find_bounds(counts, np.full(size + 1, size), 0.95)
    drawn = chance.binomial(size, share, TRIALS)
    covered = ((low[drawn] <= share) & (share <= high[drawn])).mean()
    return dict(share=share, read=size, coverage=covered, width=(high - low)[drawn].mean())


def cover_corrected(chance, share: float, read: int, records: int, tagger: tuple[float, float], drawn: str) -> dict:
    """One row: how often the corrected interval held the share of all records, and the recall interval the recall."""
    true = round(share * records)
    hits, false = round(true * tagger[0]), round((records - true) * tagger[1])
    marked, misses = hits + false, true - hits
    from_marked = _draw_marked(chance, marked, records, read, drawn)
    found = chance.hypergeometric(hits, marked - hits, from_marked) if marked else np.zeros(TRIALS, int)
    rest = records - marked
    missed = chance.hypergeometric(misses, rest - misses, read - from_marked) if rest else np.zeros(TRIALS, int)
    cases, trials = np.unique(np.stack([from_marked, found, missed]), axis=1, return_counts=True)
    covered = width = recall_covered = 0.0
    for (n, x, y), times in zip(cases.T.tolist(), trials, strict=True):
        low, high = bound_count((marked, n, x), (rest, read - n, y))
        covered, width = covered + times * (low <= true <= high), width + times * (high - low) / records
        if records == POPULATIONS[0] or read == READ[0]:
            low, high = bound_recall((marked, n, x), (rest, read - n, y))
            recall_covered += times * (low - 1e-8 <= hits / true <= high + 1e-8)
        else:
            recall_covered = float("nan")
    return dict(
        share=share, read=read, records=records, tagger=tagger, drawn=drawn,
        coverage=covered / TRIALS, width=width / TRIALS, recall_coverage=recall_covered / TRIALS,
    )  # fmt: skip


@cache
def bound_count(marked: tuple[int, int, int], rest: tuple[int, int, int]) -> tuple[int, int]:
    """find_count_bounds, once for every case."""
    return find_count_bounds([Cell(*marked), Cell(*rest)])


@cache
def bound_recall(marked: tuple[int, int, int], rest: tuple[int, int, int]) -> tuple[float, float]:
    """find_recall_bounds, once for every case."""
    return find_recall_bounds(Cell(*marked), [Cell(*rest)])


def _draw_marked(chance, marked: int, records: int, read: int, drawn: str) -> np.ndarray:
    if drawn == "simple random":
        return chance.hypergeometric(marked, records - marked, read, TRIALS)
    return np.full(TRIALS, min(marked, max(round(read * MARKED_SHARE), read - (records - marked))))


if __name__ == "__main__":
    main()
