"""Themes that stand together: how much more often than they would if they had nothing to do with each other."""

import numpy as np
import pandas as pd
from scipy.special import ndtri

from nearmiss_kit.analysis.intervals import CONFIDENCE, check_counts
from nearmiss_kit.analysis.wording import say_number

LIFT_COLUMNS = ("expected", "lift", "lift_low", "lift_high", "small", "why")
SMALL_CELL = 5  # the rule of thumb for counts, found or expected, below which normal theory is not to be trusted


def measure_lift(pairs: pd.DataFrame, *, confidence: float = CONFIDENCE) -> pd.DataFrame:
    """The table of count_pairs with how many records would hold both by chance, and the lift: found over expected.

    New columns are LIFT_COLUMNS. The interval is log-normal, its variance by the delta method for a multinomial table
    (Agresti 2013, Categorical Data Analysis, section 16.1): 1/n₁₁ − 1/n₁ − 1/n₂ + (2 lift − 1)/n. `small` marks pairs
    with fewer than SMALL_CELL records found or expected: they get no interval, and `why` says so. Lift says that two
    themes meet, never that one causes the other. Raises AnalysisError where a count is above what it is out of.
    """
    both, a, b, read = (pairs[f"records_{what}"].to_numpy("float64") for what in ("with_both", "with_a", "with_b", "read"))
    check_counts(both, np.where(read > 0, read, 1), confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = a * b / read
        lift = both / expected
        spread = np.sqrt(np.maximum(1 / both - 1 / a - 1 / b + (2 * lift - 1) / read, 0))
        factor = np.exp(ndtri((1 + confidence) / 2) * spread)
        low, high = lift / factor, lift * factor
    small = ~((both >= SMALL_CELL) & (expected >= SMALL_CELL))
    why = [_say_why(*counts) for counts in zip(both, a, b, expected, strict=True)]
    return pairs.assign(
        expected=expected, lift=np.where(a * b > 0, lift, np.nan), lift_low=np.where(small, np.nan, low),
        lift_high=np.where(small, np.nan, high), small=small, why=why,
    )  # fmt: skip


def _say_why(both: float, a: float, b: float, expected: float) -> str:
    if a == 0 or b == 0:
        return "One of the two was found in no record, so nothing can stand together."
    if both < SMALL_CELL:
        return f"Found together in {say_number(int(both), 'record')}, fewer than {SMALL_CELL}: too few to call."
    if expected < SMALL_CELL:
        return f"Chance alone would give {expected:.1f} records, fewer than {SMALL_CELL}: too few to call."
    return ""
