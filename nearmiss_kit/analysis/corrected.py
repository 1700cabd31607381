"""Corrected prevalence: what the themes come to once people have read a sample, what was missed included."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import betaln, gammaln

from nearmiss_kit.analysis.intervals import CONFIDENCE
from nearmiss_kit.analysis.reading_sample import Theme, find_marked, list_strata
from nearmiss_kit.errors import AnalysisError

READING_COLUMNS = ("record_id", "family", "code", "present")
CORRECTED_COLUMNS = (
    "family", "code", "records_with", "records_read", "share",
    "sample_read", "sample_with", "sample_unsure", "corrected", "corrected_low", "corrected_high",
    "precision", "precision_low", "precision_high", "recall", "recall_low", "recall_high",
    "missed", "missed_low", "missed_high", "why",
)  # fmt: skip
_NONE = float("nan")
_LOWER, _UPPER = (0, 1), (1, 0)  # the two priors that give the exact bounds
_BISECTIONS = 34  # to nine digits and a bit
_TIE = 1e-9  # a number exactly on the bound stays inside, whatever the last bits of a sum are


@dataclass(frozen=True)
class Cell:
    """Records of one kind: how many there are, how many were read, in how many of these the theme was found, or unsure."""

    size: int
    read: int
    found: int
    unsure: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.found + self.unsure <= self.read <= self.size or min(self.found, self.unsure) < 0:
            raise AnalysisError("More records were found than read, or more read than there are. Count each record once.")


def correct_prevalence(
    records: pd.DataFrame, tags: pd.DataFrame, sample: pd.DataFrame, readings: pd.DataFrame, *,
    themes: Iterable[Theme], confidence: float = CONFIDENCE,
) -> pd.DataFrame:  # fmt: skip
    """What each theme comes to in all records, judged by the people who read a sample of draw_reading_sample.

    `tags` and `themes` are those the sample was drawn with. One row of `readings` is one record read for one theme:
    `present` is True, False, or missing where the reader was unsure; sampled records without a row were not read.
    One row of the result is one theme. `share` is the raw share; `corrected` the share after reading, `precision` how
    many marked records hold, `recall` how many records with the theme are marked, `missed` is one minus recall; each
    with low and high as find_count_bounds and find_recall_bounds find them. `why` says in a sentence why a number is
    missing. Raises AnalysisError where the sample was drawn with other tags, records or themes.
    """
    themes = list(themes)
    strata, marked = list_strata(records, tags, themes=themes), find_marked(tags, themes)
    _check_sample(sample, strata)
    rows = []
    for theme in themes:
        kinds = strata.to_numpy().copy()  # “theme”, “marked” (with another theme) and “unmarked”
        kinds[strata.index.get_indexer(list(marked[theme]))] = "theme"
        answers = _find_answers(sample, readings, theme)
        kinds_read = kinds[strata.index.get_indexer(answers["record_id"])]
        cells = [_count_cell(kinds == kind, answers["present"][kinds_read == kind]) for kind in ("theme", "marked", "unmarked")]
        rows.append((*theme, *_correct(cells[0], cells[1:], confidence)))
    return pd.DataFrame(rows, columns=list(CORRECTED_COLUMNS))


def find_count_bounds(cells: Iterable[Cell], *, confidence: float = CONFIDENCE) -> tuple[int, int]:
    """The lowest and highest number of records with the theme, read or not, that the reading leaves possible.

    Within a cell the records read are a random sample without replacement. The confidence distributions of the cells
    are beta-binomial, with the priors (0, 1) and (1, 0) that give the exact hypergeometric bounds, and are summed by
    convolution: the melded interval of Fay, Proschan and Brittain (2015, Biometrics 71:146), here for counts. With
    one cell it is the exact finite-population interval; with every record read it is the count itself. An unsure
    reading counts against the low bound and towards the high one.
    """
    cells = list(cells)
    tail = (1 - confidence) / 2
    low, high = np.cumsum(_sum_cells(cells, _LOWER)), np.cumsum(_sum_cells(cells, _UPPER))
    return int(np.searchsorted(low, tail - _TIE)), int(np.searchsorted(high, 1 - tail + _TIE))


def find_recall_bounds(marked: Cell, others: Iterable[Cell], *, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The lowest and highest share of records with the theme that are marked, by the method of find_count_bounds."""
    others, tail = list(others), (1 - confidence) / 2
    low = _find_ratio(_sum_cells([marked], _LOWER), _sum_cells(others, _UPPER), tail, none_missed=0)
    high = _find_ratio(_sum_cells([marked], _UPPER), _sum_cells(others, _LOWER), 1 - tail, none_missed=1)
    return low, high


def _correct(marked: Cell, others: list[Cell], confidence: float) -> tuple:
    cells = [marked, *others]
    size = sum(cell.size for cell in cells)
    found = _estimate(cells)
    recall = _estimate_recall(marked, others, confidence)
    counts = (marked.size, size, marked.size / size, *(sum(getattr(cell, what) for cell in cells) for what in _READ))
    corrected, precision = _estimate_share(cells, confidence), _estimate_share([marked], confidence)
    missed = (1 - recall[0], 1 - recall[2], 1 - recall[1])
    return (*counts, *corrected, *precision, *recall, *missed, _say_why(marked, others, found))


_READ = ("read", "found", "unsure")


def _estimate_share(cells: list[Cell], confidence: float) -> tuple[float, float, float]:
    size = sum(cell.size for cell in cells)
    if not size:
        return (_NONE,) * 3
    low, high = find_count_bounds(cells, confidence=confidence)
    return _estimate(cells) / size, low / size, high / size


def _estimate_recall(marked: Cell, others: list[Cell], confidence: float) -> tuple[float, float, float]:
    found = _estimate([marked, *others])
    if found == 0:
        return (_NONE,) * 3
    return _estimate([marked]) / found, *find_recall_bounds(marked, others, confidence=confidence)


def _say_why(marked: Cell, others: list[Cell], found: float) -> str:
    sure = [cell.read - cell.unsure for cell in (marked, *others)]
    reasons = []
    if not marked.size:
        reasons.append("No record is marked with this theme, so no marked record can hold or fail.")
    elif not sure[0]:
        reasons.append(f"None of the {marked.size} marked records was read with a clear answer, so it is unknown how many hold.")
    if any(cell.size and not clear for cell, clear in zip(others, sure[1:], strict=True)):
        reasons.append("Some kinds of unmarked records were not read with a clear answer, so only the bounds can be given.")
    if found == 0:
        reasons.append("Nobody found this theme in the records read, so no share of it can be called missed.")
    return " ".join(reasons)


def _estimate(cells: list[Cell]) -> float:
    """The expected number of records with the theme; NaN where a cell has records and none with a clear answer."""
    total = 0.0
    for cell in cells:
        clear = cell.read - cell.unsure
        total += cell.size * cell.found / clear if clear else _NONE if cell.size else 0
    return total


def _sum_cells(cells: list[Cell], prior: tuple[int, int]) -> np.ndarray:
    """The chance of each number of records with the theme, 0 to all, in the cells together."""
    from scipy.signal import fftconvolve  # only here: it takes longer to import than the rest of the kit

    total = np.ones(1)
    for cell in cells:
        total = np.clip(fftconvolve(total, _spread_count(cell, prior)), 0, None)
    return total / total.sum()


def _spread_count(cell: Cell, prior: tuple[int, int]) -> np.ndarray:
    found = cell.found + (cell.unsure if prior == _UPPER else 0)
    a, b, unread = found + prior[0], cell.read - found + prior[1], cell.size - cell.read
    chances = np.zeros(cell.size + 1)
    if unread == 0 or a == 0:
        chances[found] = 1
    elif b == 0:
        chances[found + unread] = 1
    else:
        k = np.arange(unread + 1)
        ways = gammaln(unread + 1) - gammaln(k + 1) - gammaln(unread - k + 1)
        chances[found : found + unread + 1] = np.exp(ways + betaln(k + a, unread - k + b) - betaln(a, b))
    return chances


def _find_ratio(hits: np.ndarray, misses: np.ndarray, tail: float, *, none_missed: int) -> float:
    """The quantile of hits / (hits + misses); where both are 0 the ratio is `none_missed`."""
    at_least = np.append(np.cumsum(misses[::-1])[::-1], 0)
    (numbers,) = np.nonzero(hits > 1e-13)
    low, high = 0.0, 1.0
    for _ in range(_BISECTIONS):
        ratio = (low + high) / 2
        needed = np.minimum(np.ceil(numbers * (1 - ratio) / ratio - 1e-9), len(misses)).astype(int)
        needed[numbers == 0] = none_missed
        below = float(hits[numbers] @ at_least[needed])
        low, high = (low, ratio) if below >= tail else (ratio, high)
    return round((low + high) / 2, 9)


def _check_sample(sample: pd.DataFrame, strata: pd.Series) -> None:
    known = strata.reindex(sample["record_id"])
    if sample["record_id"].duplicated().any() or (known.to_numpy() != sample["stratum"].to_numpy()).any():
        raise AnalysisError(
            "The reading sample was drawn with other records, tags or themes. Give those it was drawn with, or draw a new one."
        )


def _find_answers(sample: pd.DataFrame, readings: pd.DataFrame, theme: Theme) -> pd.DataFrame:
    here = readings[(readings["family"] == theme[0]) & (readings["code"] == theme[1])]
    if here["record_id"].duplicated().any() or not here["record_id"].isin(sample["record_id"]).all():
        raise AnalysisError(
            f"{theme[0]}/{theme[1]}: a record was read twice, or was not in the sample. Give one row for each sampled record."
        )
    return here


def _count_cell(inside: np.ndarray, answers: pd.Series) -> Cell:
    unsure = answers.isna()
    return Cell(int(inside.sum()), len(answers), int(answers[~unsure].astype(bool).sum()), int(unsure.sum()))
