"""How far a confidence can be believed: what the kit said beside how often it held."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from nearmiss_kit.tagging.pairing import PAIR, drop_disputed, place_tags, spread_codes

CALIBRATION_COLUMNS = ("from_confidence", "to_confidence", "proposals", "mean_confidence", "share_that_held")
LEAST_CONFIDENCE, BINS = 0.3, 10  # of a proposal; of equal width from 0 to 1
SEED, DRAWS = 7, 2000


@dataclass(frozen=True)
class Calibration:
    """How far confidence can be believed: `bins` is one row a tenth of confidence; `error` is NaN where `undefined` says why.

    `by_chance` is the error to expect of so many proposals if each held just as often as its confidence says.
    """

    error: float
    by_chance: float
    proposals: int
    bins: pd.DataFrame
    undefined: str


def calibrate(tags: pd.DataFrame, gold: pd.DataFrame) -> Calibration:
    """Expected calibration error over proposals only (Guo et al. 2017), in BINS bins of equal width.

    A proposal is a code of a sentence with an affirmed tag of confidence LEAST_CONFIDENCE or more, counted or not; it holds
    where readers marked the code affirmed. The error is the mean distance, weighted by proposals, between the confidence
    stated in a bin and the share that held there. The same error of DRAWS draws, in which each proposal holds with just its
    confidence, has the mean `by_chance` (consistency resampling, Bröcker and Smith 2007).
    """
    sure = tags[(tags["assertion"] == "affirmed") & (tags["confidence"] >= LEAST_CONFIDENCE)]
    placed = place_tags(sure, gold).groupby(PAIR, as_index=False)["confidence"].max()
    marked = spread_codes(gold, "codes")
    marked = marked[marked["assertion"] == "affirmed"][PAIR].drop_duplicates()
    held = drop_disputed(placed.merge(marked, on=PAIR, how="left", indicator="who"), gold)
    if held.empty:
        why = f"no proposal carries a confidence of {LEAST_CONFIDENCE} or more"
        ran = tags["confidence"].notna().any()
        why += "." if ran else ", because the learned layer did not run."
        return Calibration(float("nan"), float("nan"), 0, pd.DataFrame(columns=list(CALIBRATION_COLUMNS)), why)
    stated, holds, chance = held["confidence"].to_numpy(), held["who"].to_numpy() == "both", np.random.default_rng(SEED)
    place = place_in_bins(stated)
    bins = (
        held.assign(held=holds)
        .groupby(place)
        .agg(proposals=("held", "size"), mean_confidence=("confidence", "mean"), share_that_held=("held", "mean"))
    )
    drawn = [measure_distance(place, stated, chance.random(len(stated)) < stated) for _ in range(DRAWS)]
    bins = bins.assign(from_confidence=bins.index / BINS, to_confidence=(bins.index + 1) / BINS)
    bins = bins[list(CALIBRATION_COLUMNS)].reset_index(drop=True)
    return Calibration(measure_distance(place, stated, holds), float(np.mean(drawn)), len(held), bins, "")


def place_in_bins(stated: np.ndarray) -> np.ndarray:
    """The number of the bin of each confidence, from 0."""
    return np.minimum((stated * BINS).astype(int), BINS - 1)


def measure_distance(place: np.ndarray, stated: np.ndarray, held: np.ndarray) -> float:
    """The calibration error of confidences in these bins, given which proposals held."""
    return float(np.abs(np.bincount(place, stated - held)).sum() / len(stated))
