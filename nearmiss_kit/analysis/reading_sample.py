"""A reading sample: the records people read in full, chosen by chance, among them records the kit left unmarked."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from nearmiss_kit.analysis.themes import select_counted
from nearmiss_kit.errors import AnalysisError
from nearmiss_kit.tagging.lexicon import Lexicon

SAMPLE_COLUMNS = ("record_id", "stratum")
STRATA = ("marked", "unmarked")
# Marked records show how many proposals hold; what was missed hides among the unmarked, of which there are more.
MARKED_SHARE = 1 / 3

Theme = tuple[str, str]


def list_family(lexicon: Lexicon, *, family: str) -> list[Theme]:
    """The themes of one family in the lexicon's order, as pairs of family and code. Raises AnalysisError for another family."""
    themes = [(code.family, code.code) for code in lexicon.codes if code.family == family]
    if not themes:
        known = ", ".join(family.id for family in lexicon.families)
        raise AnalysisError(f"“{family}” is no family of this lexicon. Choose one of {known}.")
    return themes


def draw_reading_sample(
    records: pd.DataFrame, tags: pd.DataFrame, *, themes: Iterable[Theme], size: int, seed: int
) -> pd.DataFrame:
    """Choose `size` records by chance to be read in full: a third marked with one of the themes, the rest unmarked.

    `tags` are those the kit proposed, before anybody decided; `themes` are pairs of family and code. One row is one
    record to read, in the order of reading, which is by chance too: whoever stops early has still read a random sample.
    Where a stratum is too small, the other fills up. The same seed, records and tags give the same sample, in whatever
    order the records stand. Raises AnalysisError where size is below 1.
    """
    if size < 1:
        raise AnalysisError(f"A reading sample of {size} was asked for. Give the number of records people can read, 40 or more.")
    strata = list_strata(records, tags, themes=themes).sort_index()
    chance = np.random.default_rng(seed)
    drawn = [
        chance.choice(strata.index[strata == stratum].to_numpy(dtype=object), number, replace=False)
        for stratum, number in zip(STRATA, _share_out(strata, size), strict=True)
    ]
    order = chance.permutation(np.concatenate(drawn))
    return pd.DataFrame({"record_id": order, "stratum": strata[order].to_numpy()}, columns=list(SAMPLE_COLUMNS)).astype("str")


def list_strata(records: pd.DataFrame, tags: pd.DataFrame, *, themes: Iterable[Theme]) -> pd.Series:
    """For each record id, “marked” where the kit counts one of the themes in it, else “unmarked”."""
    marked = set().union(*find_marked(tags, themes).values())
    ids = records["record_id"]
    return pd.Series(np.where(ids.isin(marked), *STRATA), index=pd.Index(ids, dtype="object"))


def find_marked(tags: pd.DataFrame, themes: Iterable[Theme]) -> dict[Theme, set[str]]:
    """For each theme (family, code), the ids of the records with a counted, affirmed tag of it."""
    counted = select_counted(tags[["record_id", "family", "code", "counted", "assertion"]])
    found = {theme: set(here) for theme, here in counted.groupby(["family", "code"])["record_id"]}
    return {theme: found.get(theme, set()) for theme in themes}


def _share_out(strata: pd.Series, size: int) -> tuple[int, int]:
    marked, unmarked = ((strata == stratum).sum() for stratum in STRATA)
    from_marked = min(marked, max(round(size * MARKED_SHARE), size - unmarked))
    return from_marked, min(unmarked, size - from_marked)
