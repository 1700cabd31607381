"""What a reading of a sample shows: the record to read, how far the tags can be trusted, and where two readers differ."""

from collections.abc import Iterable

import pandas as pd

from nearmiss_kit.analysis.agreement import MEASURES, list_disagreements, measure_agreement
from nearmiss_kit.analysis.reading_sample import Theme
from nearmiss_kit.analysis.readings import list_readings
from nearmiss_kit.analysis.themes import select_counted
from nearmiss_kit.report.pages import Page
from nearmiss_kit.report.render import render_part
from nearmiss_kit.report.trust import list_checked
from nearmiss_kit.tagging.lexicon import Lexicon


def list_passages(tags: pd.DataFrame, record: dict, themes: Iterable[Theme]) -> list[dict]:
    """The sentences in which a theme is counted in one record, each once a theme, in the order of the record."""
    here = select_counted(tags[tags["record_id"] == record["record_id"]])
    here = here.drop_duplicates(["family", "code", "sentence_start"]).sort_values("sentence_start", kind="stable")
    wanted = set(themes)
    return [
        {
            "theme": (tag["family"], tag["code"]),
            "sentence": tag["sentence"],
            "start": tag["sentence_start"],
            "end": tag["sentence_end"],
        }
        for tag in here.to_dict("records")
        if (tag["family"], tag["code"]) in wanted
    ]


def list_read(
    decisions: pd.DataFrame, sample: pd.DataFrame, records: pd.DataFrame, *, themes: Iterable[Theme], reviewer: str
) -> set[str]:
    """The records of the sample on which a reader has decided for every theme."""
    themes = list(themes)
    readings = list_readings(decisions, sample, records, themes=themes, reviewer=reviewer)
    counts = readings.groupby("record_id")["code"].count()
    return set(counts[counts == len(themes)].index)


def show_reading(record: dict, sample: pd.DataFrame) -> str:
    """One record to read in full, as HTML; whether the kit marked it is not said."""
    number = int((sample["record_id"] == record["record_id"]).to_numpy().argmax()) + 1
    return render_part("reading", record, number, len(sample))


def show_trust(corrected: pd.DataFrame, lexicon: Lexicon) -> Page:
    """For each theme the raw share, the share after reading, and what the tags missed or held; from correct_prevalence."""
    checked = list_checked(corrected)
    rows = [
        (lexicon.name_of(row["family"], row["code"]), row, checked.get((row["family"], row["code"])))
        for row in corrected.to_dict("records")
    ]
    return Page(render_part("trust", rows))


def show_agreement(codings: pd.DataFrame, lexicon: Lexicon, *, seed: int) -> Page:
    """How far readers agree, each measure with its interval or the reason there is none, and what to talk through first.

    `codings` is the table of pair_readings; `seed` is that of measure_agreement.
    """
    if codings.empty:
        return Page(render_part("no_agreement", list(codings.columns)))
    apart = [
        (record_id, lexicon.name_of(family, code), ["not read" if pd.isna(cell) else cell for cell in cells])
        for (record_id, family, code), *cells in list_disagreements(codings).itertuples(name=None)
    ]
    return Page(render_part("agreement", measure_agreement(codings, seed=seed), MEASURES, list(codings.columns), apart))
