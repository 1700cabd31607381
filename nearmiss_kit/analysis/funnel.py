"""Services side by side: which shares differ by more than chance and ordinary differences between services; no ranks."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import bdtr, bdtrc, chdtrc, ndtri

from nearmiss_kit.analysis.intervals import add_intervals, check_counts
from nearmiss_kit.analysis.wording import list_words, say_number

FUNNEL_COLUMNS = (
    "group", "records_with", "records_read", "share", "low", "high",
    "lower_95", "upper_95", "lower_998", "upper_998", "z", "position", "why",
)  # fmt: skip
FEWEST_SERVICES = 3
# Under this the limits on the arcsine scale are wide and uneven, and one record moves a share by a tenth.
FEWEST_RECORDS = 10
POSITIONS = {
    "within": "within what chance and ordinary differences explain",
    "above_95": "higher than most: ask why",
    "below_95": "lower than most: ask why",
    "above_998": "much higher than chance and ordinary differences explain: ask why",
    "below_998": "much lower than chance and ordinary differences explain: ask why",
    "too_few": "too few records to place",
}
_SURELY_APART = 0.05  # chance of so large a spread, under which services are said to differ by more than chance
_WINSORISED = 0.1  # at each end, as Spiegelhalter (2005) and FunnelPlotR have it


@dataclass(frozen=True)
class Dispersion:
    """How much more groups differ than chance: φ is 1 where chance explains all, τ² the variance between groups."""

    phi: float
    tau2: float


@dataclass(frozen=True)
class Comparison:
    """Services side by side: one row of `table` is one service, in order of name, and `sentence` says what it shows.

    `pooled`, `phi` and `tau2` are NaN where there are too few services to compare; `position` is a key of POSITIONS.
    """

    table: pd.DataFrame
    pooled: float
    phi: float
    tau2: float
    sentence: str


def compare_services(counts: pd.DataFrame) -> Comparison:
    """A funnel of shares around the pooled share, with 95 % and 99.8 % limits widened for over-dispersion.

    `counts` has one row a service, with the columns group, records_with and records_read, as one code of
    count_themes_by has. Shares are compared on the arcsine scale (standard error 1 / (2 √n)); over-dispersion is
    Spiegelhalter's additive one (2005, Statistics in Medicine 24:1185). A service with fewer than FEWEST_RECORDS
    records is “too few” and takes no part; with fewer than FEWEST_SERVICES others nothing is compared. The rows are
    in order of name, never of size. Raises AnalysisError where a count is above what it is out of.
    """
    table = counts[["group", "records_with", "records_read"]].sort_values("group", ignore_index=True)
    table = add_intervals(table, count="records_with", out_of="records_read")
    enough = (table["records_read"] >= FEWEST_RECORDS).to_numpy()
    why = np.where(enough, "", [_say_too_few(read) for read in table["records_read"]])
    table = table.assign(**dict.fromkeys(FUNNEL_COLUMNS[6:11], np.nan), position="too_few", why=why)[list(FUNNEL_COLUMNS)]
    if enough.sum() < FEWEST_SERVICES:
        nothing, sentence = float("nan"), _say_too_few_services(int(enough.sum()), len(table))
        return Comparison(table.assign(why=table["why"].where(~enough, sentence)), nothing, nothing, nothing, sentence)
    placed, pooled, dispersion = _place(table[enough])
    table = pd.concat([placed, table[~enough]]).sort_index()
    return Comparison(table, pooled, dispersion.phi, dispersion.tau2, _say_comparison(placed, pooled, dispersion))


def measure_dispersion(z: np.ndarray, errors: np.ndarray) -> Dispersion:
    """φ and τ² of Spiegelhalter's additive over-dispersion (2005, appendix A), from z scores and their standard errors.

    The z scores are winsorised, a tenth at each end (quantiles by linear interpolation); φ is the mean of their
    squares. τ² is (I φ − (I − 1)) / (Σ w − Σ w² / Σ w) with w = 1 / s² (DerSimonian and Laird 1986), and 0 where that
    is negative or chance explains the spread.
    """
    low, high = np.quantile(z, [_WINSORISED, 1 - _WINSORISED])
    phi = float((np.clip(z, low, high) ** 2).mean())
    weights, groups = 1 / np.asarray(errors, dtype=float) ** 2, len(z)
    spread = weights.sum() - (weights**2).sum() / weights.sum()
    return Dispersion(phi, max(0.0, float((groups * phi - (groups - 1)) / spread)) if spread > 0 else 0.0)


def draw_funnel(pooled: float, read: np.ndarray, *, tau2: float) -> pd.DataFrame:
    """The limits for each number of records read: one row a number, lower and upper at 95 % and 99.8 %."""
    reach = np.sqrt(_find_error(np.asarray(read, dtype=float)) ** 2 + tau2)
    centre = np.arcsin(np.sqrt(pooled))
    limits = {"records_read": read}
    for name, confidence in (("95", 0.95), ("998", 0.998)):
        z = ndtri((1 + confidence) / 2)
        limits[f"lower_{name}"] = np.sin(np.clip(centre - z * reach, 0, np.pi / 2)) ** 2
        limits[f"upper_{name}"] = np.sin(np.clip(centre + z * reach, 0, np.pi / 2)) ** 2
    return pd.DataFrame(limits)


def _place(table: pd.DataFrame) -> tuple[pd.DataFrame, float, Dispersion]:
    with_it, read = table["records_with"].to_numpy(), table["records_read"].to_numpy()
    check_counts(with_it, read, 0.95)
    pooled, errors = float(with_it.sum() / read.sum()), _find_error(read)
    apart = np.arcsin(np.sqrt(with_it / read)) - np.arcsin(np.sqrt(pooled))
    dispersion = measure_dispersion(apart / errors, errors)
    z = apart / np.sqrt(errors**2 + dispersion.tau2)
    limits = draw_funnel(pooled, read, tau2=dispersion.tau2).drop(columns="records_read").set_index(table.index)
    tails = np.where(z > 0, np.where(with_it > 0, bdtrc(with_it - 1, read, pooled), 1.0), bdtr(with_it, read, pooled))
    return table.assign(**limits, z=z, position=[*map(_find_position, z, tails)]), pooled, dispersion


def _find_error(read: np.ndarray) -> np.ndarray:
    return 1 / (2 * np.sqrt(read))


def _find_position(z: float, tail: float) -> str:
    """Outside only where the exact binomial chance of so few or so many is small too: near 0 the arcsine scale alone cries wolf."""
    side = "above" if z > 0 else "below"
    for name, confidence in (("998", 0.998), ("95", 0.95)):
        if abs(z) > ndtri((1 + confidence) / 2) and tail < (1 - confidence) / 2:
            return f"{side}_{name}"
    return "within"


def _say_too_few(read: int) -> str:
    return f"{say_number(int(read), 'record')} read, and a place among services needs {FEWEST_RECORDS}."


def _say_too_few_services(enough: int, services: int) -> str:
    return (
        f"Too few services to compare: {enough} of {services} with {FEWEST_RECORDS} or more records, and a comparison needs "
        f"{FEWEST_SERVICES}. Read their records side by side instead."
    )


def _say_comparison(placed: pd.DataFrame, pooled: float, dispersion: Dispersion) -> str:
    apart = placed.loc[placed["position"] != "within", "group"].tolist()
    whom = f"Ask why in {list_words(apart)}." if apart else "No service stands out."
    if dispersion.tau2 > 0 and not _is_surely_apart(placed, pooled):
        rest = (
            f"{'The others' if apart else 'They'} may differ no more than chance makes them; the limits leave room all the same."
        )
    elif dispersion.tau2 > 0:
        rest = f"Services differ more than chance alone explains (φ {dispersion.phi:.2f}), and the limits allow for it."
    else:
        rest = f"{'The others' if apart else 'They'} differ no more than chance makes them."
    return f"{say_number(len(placed), 'service')} around {pooled:.0%}. {whom} {rest}"


def _is_surely_apart(placed: pd.DataFrame, pooled: float) -> bool:
    """Pearson's chi-square (1900) on the counts themselves: near 0 the arcsine scale alone cries wolf, as it does for one service."""
    with_it, read = placed["records_with"], placed["records_read"]
    spread = pooled * (1 - pooled)
    squares = ((with_it - read * pooled) ** 2 / read).sum() / spread if spread else 0.0
    return bool(chdtrc(len(placed) - 1, squares) < _SURELY_APART)
