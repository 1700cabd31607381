"""Intervals for a share of records: how far the truth may lie from what was counted."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import betaincinv, ndtri

from nearmiss_kit.errors import AnalysisError

CONFIDENCE = 0.95  # what every page of the kit shows
# From here on, on both sides of the count, Wilson's interval covers at least .937 for shares of .02 to .5 and 40 or more
# records (benchmarks/measure_intervals.py); with fewer it dips to .916.
WILSON_HOLDS_FROM = 30


@dataclass(frozen=True)
class Interval:
    """A share with the interval around it, and by whose method it was found."""

    share: float
    low: float
    high: float
    confidence: float
    method: str


def wilson_interval(records_with: int, records_read: int, *, confidence: float = CONFIDENCE) -> Interval:
    """Wilson's score interval for `records_with` out of `records_read` (Wilson 1927; Newcombe 1998, method 3).

    Raises AnalysisError as check_counts does.
    """
    return _make_interval(records_with, records_read, confidence, find_wilson_bounds, "Wilson")


def exact_interval(records_with: int, records_read: int, *, confidence: float = CONFIDENCE) -> Interval:
    """The exact interval of Clopper and Pearson (1934): it never covers less than `confidence`.

    Raises AnalysisError as check_counts does.
    """
    return _make_interval(records_with, records_read, confidence, find_exact_bounds, "Clopper–Pearson")


def jeffreys_interval(records_with: int, records_read: int, *, confidence: float = CONFIDENCE) -> Interval:
    """Jeffreys' interval, closed at 0 and 1 where the count is (Brown, Cai and DasGupta 2001, section 4.1.2).

    Right on average and too narrow for rare themes, so that no page shows it. Raises AnalysisError as check_counts does.
    """
    return _make_interval(records_with, records_read, confidence, find_jeffreys_bounds, "Jeffreys")


def prevalence_interval(records_with: int, records_read: int, *, confidence: float = CONFIDENCE) -> Interval:
    """The interval the pages show: Wilson's where it holds, else the exact one of Clopper and Pearson.

    Wilson's holds from WILSON_HOLDS_FROM records with the theme and as many without. Raises AnalysisError as
    check_counts does.
    """
    method = "Wilson" if _wilson_holds(records_with, records_read) else "Clopper–Pearson"
    return _make_interval(records_with, records_read, confidence, find_prevalence_bounds, method)


def difference_interval(first: tuple[int, int], second: tuple[int, int], *, confidence: float = CONFIDENCE) -> Interval:
    """The difference of two independent shares, first minus second, each given as (records with, records read).

    Newcombe's hybrid score interval (1998, Statistics in Medicine 17:873, method 10). Raises AnalysisError as
    check_counts does.
    """
    one, two = (wilson_interval(*counts, confidence=confidence) for counts in (first, second))
    difference = one.share - two.share
    below = np.hypot(one.share - one.low, two.high - two.share)
    above = np.hypot(one.high - one.share, two.share - two.low)
    return Interval(difference, float(difference - below), float(difference + above), confidence, "Newcombe")


def add_intervals(
    table: pd.DataFrame, *, count: str, out_of: str, prefix: str = "", confidence: float = CONFIDENCE
) -> pd.DataFrame:
    """The table with the columns share, low and high (each after `prefix`): column `count` out of column `out_of`.

    The interval is that of prevalence_interval; a row out of 0 gets none. Raises AnalysisError as check_counts does.
    """
    with_it, read = table[count].to_numpy("int64"), table[out_of].to_numpy("int64")
    some = read > 0
    check_counts(with_it[some], read[some], confidence)
    share, low, high = (np.full(len(table), np.nan) for _ in range(3))
    share[some] = with_it[some] / read[some]
    low[some], high[some] = find_prevalence_bounds(with_it[some], read[some], confidence)
    return table.assign(**{f"{prefix}share": share, f"{prefix}low": low, f"{prefix}high": high})


def check_counts(with_it: np.ndarray, read: np.ndarray, confidence: float) -> None:
    """Refuse counts and a confidence that cannot be, with an AnalysisError: 0 read, more found than read, 120 %."""
    if not 0 < confidence < 1:
        raise AnalysisError(f"A confidence of {confidence} was asked for. Give one between 0 and 1, as 0.95.")
    if (np.asarray(read) < 1).any():
        raise AnalysisError("A share out of 0 records was asked for, and there is none. Read at least one record first.")
    if (np.asarray(with_it) < 0).any() or (np.asarray(with_it) > np.asarray(read)).any():
        raise AnalysisError(
            "A count is below 0 or above what it is out of. Count records, not mentions, out of the records that were read."
        )


def find_wilson_bounds(with_it: np.ndarray, read: np.ndarray, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    """Low and high of Wilson's interval, for arrays of counts."""
    z, share = ndtri(0.5 + confidence / 2), with_it / read
    centre = (share + z**2 / (2 * read)) / (1 + z**2 / read)
    half = z * np.sqrt(share * (1 - share) / read + (z / (2 * read)) ** 2) / (1 + z**2 / read)
    return np.where(with_it == 0, 0.0, centre - half), np.where(with_it == read, 1.0, centre + half)


def find_exact_bounds(with_it: np.ndarray, read: np.ndarray, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    """Low and high of the Clopper–Pearson interval, for arrays of counts."""
    return _find_beta_bounds(with_it, read, confidence, (0, 1), (1, 0))


def find_jeffreys_bounds(with_it: np.ndarray, read: np.ndarray, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    """Low and high of Jeffreys' interval, for arrays of counts."""
    return _find_beta_bounds(with_it, read, confidence, (0.5, 0.5), (0.5, 0.5))


def find_prevalence_bounds(with_it: np.ndarray, read: np.ndarray, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    """Low and high of the interval the pages show, for arrays of counts."""
    holds = _wilson_holds(with_it, read)
    wilson, exact = find_wilson_bounds(with_it, read, confidence), find_exact_bounds(with_it, read, confidence)
    return np.where(holds, wilson[0], exact[0]), np.where(holds, wilson[1], exact[1])


def _find_beta_bounds(with_it, read, confidence, low_prior, high_prior) -> tuple[np.ndarray, np.ndarray]:
    tail, without = (1 - confidence) / 2, np.subtract(read, with_it)
    inner = np.asarray(with_it) > 0, np.asarray(without) > 0
    low = betaincinv(np.where(inner[0], with_it, 1) + low_prior[0], without + low_prior[1], tail)
    high = betaincinv(with_it + np.float64(high_prior[0]), np.where(inner[1], without, 1) + high_prior[1], 1 - tail)
    return np.where(inner[0], low, 0.0), np.where(inner[1], high, 1.0)


def _wilson_holds(with_it: np.ndarray, read: np.ndarray) -> np.ndarray:
    return np.minimum(with_it, np.subtract(read, with_it)) >= WILSON_HOLDS_FROM


def _make_interval(records_with: int, records_read: int, confidence: float, find_bounds, method: str) -> Interval:
    check_counts(records_with, records_read, confidence)
    low, high = find_bounds(records_with, records_read, confidence)
    return Interval(records_with / records_read, float(low), float(high), confidence, method)
