"""Agreement between readers: how far two or more people who read the same passages coded them alike."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nearmiss_kit.analysis.intervals import CONFIDENCE, check_counts
from nearmiss_kit.analysis.wording import say_number
from nearmiss_kit.errors import AnalysisError

MEASURES = {
    "raw": "raw agreement",
    "kappa": "Cohen’s kappa",
    "pabak": "PABAK",
    "ac1": "Gwet’s AC1",
    "alpha": "Krippendorff’s alpha",
}
# Fewer resamples than this with a value, and an interval would speak of the lucky ones only.
LEAST_DEFINED = 0.9
_SAME = 1e-12


@dataclass(frozen=True)
class Coefficient:
    """One measure of agreement with its interval, or the sentence that says why there is none."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    why: str


@dataclass(frozen=True)
class Agreement:
    """What readers agree on: the measures, the units they rest on, and how common each category is."""

    units: int
    read_twice: int
    readers: int
    prevalence: dict[str, float]
    coefficients: tuple[Coefficient, ...]

    def find(self, name: str) -> Coefficient:
        """The measure of this name: one of MEASURES. Raises KeyError where there is none."""
        return {coefficient.name: coefficient for coefficient in self.coefficients}[name]


@dataclass(frozen=True)
class _Counts:
    """Sums over units, one row a resample: everything the five measures need."""

    agreeing: np.ndarray  # (resamples,) share of agreeing pairs of readers, summed over units read twice
    read_twice: np.ndarray  # (resamples,) units that two or more readers coded
    shares: np.ndarray  # (resamples, categories) share of readers for each category, summed over units read at all
    read: np.ndarray  # (resamples,) units read at all
    coincidences: np.ndarray  # (resamples, categories) pairs within a unit that agree, over readers less one (Krippendorff)
    values: np.ndarray  # (resamples, categories) codings in units read twice
    table: np.ndarray  # (resamples, categories, categories) first reader by second; zeros unless there are two readers


def measure_agreement(codings: pd.DataFrame, *, seed: int, resamples: int = 2000, confidence: float = CONFIDENCE) -> Agreement:
    """Raw agreement, Cohen's κ (1960), PABAK (Byrt, Bishop and Carlin 1993), Gwet's AC1 (2008) and Krippendorff's α (2011).

    One row of `codings` is one unit (a record or a passage), one column one reader; a cell is the category given, and
    missing (None, NaN) where the reader did not code the unit. Categories have no order. Where there are more than two
    categories PABAK is Bennett's S (1954); κ and PABAK need exactly two readers. Intervals are percentile bootstrap
    (Efron and Tibshirani 1993), resampling units with `seed`. A measure that is undefined says why. Raises
    AnalysisError where no unit has been coded.
    """
    check_counts(0, 1, confidence)
    numbers, categories = _number_categories(codings)
    units = _list_units(numbers, len(categories))
    chance = np.random.default_rng(seed)
    here, again = _sum_units(units, np.ones((1, len(codings)))), _sum_units(units, _resample(chance, len(codings), resamples))
    coefficients = tuple(_make_coefficient(name, here, again, codings.shape[1], confidence) for name in MEASURES)
    shares = here.shares[0] / here.read[0]
    prevalence = {str(category): float(share) for category, share in zip(categories, shares, strict=True)}
    return Agreement(len(codings), int(here.read_twice[0]), codings.shape[1], prevalence, coefficients)


def list_disagreements(codings: pd.DataFrame) -> pd.DataFrame:
    """The units on which readers do not agree, to talk through: the rows of `codings` with more than one category.

    Rows keep their order; what one reader left uncoded is no disagreement.
    """
    return codings[codings.nunique(axis=1, dropna=True) > 1]


def _number_categories(codings: pd.DataFrame) -> tuple[np.ndarray, list]:
    cells = codings.to_numpy(dtype=object).ravel()
    coded = ~pd.isna(cells)
    if not coded.any():
        raise AnalysisError(
            "No unit has been coded, so there is nothing to agree on. Let two people read the same records first."
        )
    categories = sorted(set(cells[coded]), key=str)
    place = {category: number for number, category in enumerate(categories)}
    numbers = np.array([place[cell] if known else -1 for cell, known in zip(cells, coded, strict=True)])
    return numbers.reshape(codings.shape), categories


def _list_units(numbers: np.ndarray, categories: int) -> dict[str, np.ndarray]:
    """What each unit adds to the sums of _Counts: one row a unit."""
    given = (numbers[:, :, None] == np.arange(categories)).sum(axis=1).astype(float)
    readers = given.sum(axis=1)
    twice = readers > 1
    pairs = np.where(twice, readers * (readers - 1), 1)[:, None]
    alike = given * (given - 1) / pairs
    table = np.zeros((len(numbers), categories, categories))
    if numbers.shape[1] == 2:
        both = (numbers >= 0).all(axis=1)
        table[np.flatnonzero(both), numbers[both, 0], numbers[both, 1]] = 1
    return {
        "agreeing": alike.sum(axis=1),
        "read_twice": twice.astype(float),
        "shares": given / np.where(readers > 0, readers, 1)[:, None],
        "read": (readers > 0).astype(float),
        "coincidences": alike * readers[:, None],
        "values": given * twice[:, None],
        "table": table,
    }


def _sum_units(units: dict[str, np.ndarray], times: np.ndarray) -> _Counts:
    return _Counts(**{what: np.tensordot(times, values, axes=1) for what, values in units.items()})


def _resample(chance: np.random.Generator, units: int, resamples: int) -> np.ndarray:
    return chance.multinomial(units, np.full(units, 1 / units), size=resamples).astype(float)


def _make_coefficient(name: str, here: _Counts, again: _Counts, readers: int, confidence: float) -> Coefficient:
    why = _say_undefined(name, here, readers)
    if why:
        return Coefficient(name, None, None, None, why)
    with np.errstate(divide="ignore", invalid="ignore"):
        value, others = float(_FORMULAS[name](here)[0]), _FORMULAS[name](again)
    defined = others[np.isfinite(others)]
    if len(defined) < LEAST_DEFINED * len(others):
        return Coefficient(
            name, value, None, None, "Too few units differ for an interval: resampled, too many of them are all alike."
        )
    low, high = np.quantile(defined, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Coefficient(name, value, float(low), float(high), "")


def _say_undefined(name: str, here: _Counts, readers: int) -> str:
    twice, title = int(here.read_twice[0]), MEASURES[name]
    if readers < 2:
        return f"Only one person has read, so {title} has nobody to compare with. Ask somebody for a second reading."
    if name in ("kappa", "pabak") and readers > 2:
        return f"{title[:1].upper()}{title[1:]} is for two readers and here are {readers}. Read AC1 and alpha."
    if twice == 0:
        return f"No unit was read by two people, so {title} cannot be found. Let a second person read the same records."
    if name != "raw" and _count_categories(name, here) < 2:
        return (
            f"In {say_number(twice, 'unit')} read twice only one category was used, so chance alone would give full agreement "
            f"and {title} says nothing. Raw agreement says all there is."
        )
    if name != "raw" and twice == 1:
        return f"Only one unit was read by two people, too few for {title}. Let a second person read more of the same records."
    return ""


def _count_categories(name: str, here: _Counts) -> int:
    """How many categories were used in what the measure rests on."""
    table = here.table[0]
    used = {"kappa": table.sum(axis=0) + table.sum(axis=1), "alpha": here.values[0]}.get(name, here.shares[0])
    return int((used > 0).sum())


def _find_raw(counts: _Counts) -> np.ndarray:
    return counts.agreeing / counts.read_twice


def _find_kappa(counts: _Counts) -> np.ndarray:
    table = counts.table / counts.table.sum(axis=(1, 2), keepdims=True)
    by_chance = (table.sum(axis=1) * table.sum(axis=2)).sum(axis=1)
    return _correct_for_chance(np.trace(table, axis1=1, axis2=2), by_chance)


def _find_pabak(counts: _Counts) -> np.ndarray:
    return _correct_for_chance(_find_raw(counts), np.full(len(counts.read), 1 / counts.shares.shape[1]))


def _find_ac1(counts: _Counts) -> np.ndarray:
    shares, categories = counts.shares / counts.read[:, None], counts.shares.shape[1]
    by_chance = (shares * (1 - shares)).sum(axis=1) / (categories - 1)
    return _correct_for_chance(_find_raw(counts), by_chance)


def _find_alpha(counts: _Counts) -> np.ndarray:
    n = counts.values.sum(axis=1)
    by_chance = (counts.values * (counts.values - 1)).sum(axis=1) / (n * (n - 1))
    return _correct_for_chance(counts.coincidences.sum(axis=1) / n, by_chance)


def _correct_for_chance(agreed: np.ndarray, by_chance: np.ndarray) -> np.ndarray:
    left = 1 - by_chance
    return np.where(left > _SAME, (agreed - by_chance) / np.where(left > _SAME, left, 1), np.nan)


_FORMULAS: dict[str, Callable[[_Counts], np.ndarray]] = {
    "raw": _find_raw,
    "kappa": _find_kappa,
    "pabak": _find_pabak,
    "ac1": _find_ac1,
    "alpha": _find_alpha,
}
