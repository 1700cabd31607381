"""The findings of the first page: at most five sentences, each with its numbers, its trust and a sentence to quote."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nearmiss_kit.analysis.intervals import prevalence_interval
from nearmiss_kit.analysis.pairs import measure_lift
from nearmiss_kit.analysis.reading_sample import Theme
from nearmiss_kit.analysis.themes import count_named, count_pairs, count_themes
from nearmiss_kit.analysis.wording import lower_first, say_share
from nearmiss_kit.report.evidence import EvidenceBook
from nearmiss_kit.tagging.lexicon import Lexicon

MOST_FINDINGS = 5
_ABOUT = {"day": "event_date", "person": "person"}


@dataclass(frozen=True)
class Statement:
    """A sentence with its numbers, the themes it rests on by family and code, and the id of the evidence to quote."""

    text: str
    themes: tuple[Theme, ...]
    evidence: str


def state_findings(records: pd.DataFrame, lexicon: Lexicon, book: EvidenceBook) -> list[Statement]:
    """At most MOST_FINDINGS statements about the counted tags of the book.

    Never ordered by how often a word is used. Behaviour is stated together with what stood beside it.
    """
    statements = [
        *_near_misses(records, book),
        *_early_signs_first(records, book),
        *_widest_source(records, lexicon, book),
        *_behaviour_in_company(book),
        *_pair(records, lexicon, book),
    ]
    return statements[:MOST_FINDINGS]


def say_count(number: int, out_of: int, thing: str, things: str = "") -> str:
    """A count with its interval in brackets: “34 of 177 records (14% to 26%)”."""
    interval = prevalence_interval(number, out_of)
    return f"{number:,} of {out_of:,} {thing if out_of == 1 else things or thing + 's'} ({say_share(interval.low)} to {say_share(interval.high)})"


def _near_misses(records: pd.DataFrame, book: EvidenceBook) -> Iterator[Statement]:
    signals = book.tags[book.tags["family"] == "near_miss_signal"]
    with_signal = records[records["record_id"].isin(signals["record_id"])]
    people, people_read = count_named(with_signal["person"]), count_named(records["person"])
    if len(with_signal):
        text = (
            f"Words that a placement was coming close to failing stand in {say_count(len(with_signal), len(records), 'record')}"
            f"{_say_people(people, people_read)}."
        )
        yield Statement(text, _themes_of(signals), book.pick(signals, fullest=True))


def _early_signs_first(records: pd.DataFrame, book: EvidenceBook) -> Iterator[Statement]:
    tags = book.tags.assign(**{column: book.spread(records[named]) for column, named in _ABOUT.items()})
    tags = tags[tags["day"].notna() & (tags["person"] != "")]
    first_signal = tags[tags["family"] == "near_miss_signal"].groupby("person")["day"].min()
    signs = tags[tags["family"] == "early_sign"]
    before = signs[signs["day"] < first_signal.reindex(signs["person"]).to_numpy()]
    if len(before):
        counted = say_count(before["person"].nunique(), len(first_signal), "person with such words", "people with such words")
        text = (
            f"For {counted}, an early sign (refusals, broken sleep, a worried family or team, going out less) was on record "
            "before the first of them."
        )
        yield Statement(text, _themes_of(before), book.pick(before))


def _widest_source(records: pd.DataFrame, lexicon: Lexicon, book: EvidenceBook) -> Iterator[Statement]:
    themes = count_themes(records, book.tags, lexicon)
    sources = themes[(themes["family"] == "pressure_source") & (themes["code"] != "behaviour") & (themes["records_with"] > 0)]
    if len(sources):
        widest = sources.sort_values(["services", "records_with"], ascending=False, kind="stable").iloc[0]
        text = f"{widest['name']} is, beside behaviour, the pressure found most widely: {_say_services(widest)}in {say_count(widest['records_with'], widest['records_read'], 'record')}."
        tags = book.find("pressure_source", widest["code"])
        yield Statement(text, _themes_of(tags), book.pick(tags))


def _behaviour_in_company(book: EvidenceBook) -> Iterator[Statement]:
    sources = book.tags[book.tags["family"] == "pressure_source"]
    behaviour = set(sources.loc[sources["code"] == "behaviour", "record_id"])
    others = sources[(sources["code"] != "behaviour") & sources["record_id"].isin(behaviour)]
    if behaviour and len(others):
        counted = say_count(others["record_id"].nunique(), len(behaviour), "record")
        text = f"Where a record speaks of a person’s distress or behaviour, another pressure stands beside it in {counted}."
        yield Statement(text, (("pressure_source", "behaviour"), *_themes_of(others)), book.pick(others))


def _pair(records: pd.DataFrame, lexicon: Lexicon, book: EvidenceBook) -> Iterator[Statement]:
    pairs = measure_lift(count_pairs(records, book.tags, lexicon, family="pressure_source"))
    pairs = pairs[(pairs[["code_a", "code_b"]] != "behaviour").all(axis="columns") & (pairs["records_with_both"] > 0)]
    if len(pairs):
        top = pairs.sort_values("records_with_both", ascending=False, kind="stable").iloc[0]
        sources = book.tags[book.tags["family"] == "pressure_source"]
        both = set.intersection(*(set(sources.loc[sources["code"] == top[code], "record_id"]) for code in ("code_a", "code_b")))
        text = (
            f"{top['name_a']} and {lower_first(top['name_b'])} stand in one record as often as any two pressures beside "
            f"behaviour: in {say_count(top['records_with_both'], top['records_read'], 'record')}, {_say_lift(top)}."
        )
        shown = _of_both(sources[sources["record_id"].isin(both)], book, top["code_a"], top["code_b"])
        yield Statement(text, tuple(("pressure_source", top[code]) for code in ("code_a", "code_b")), book.pick(shown))


def _of_both(tags: pd.DataFrame, book: EvidenceBook, code_a: str, code_b: str) -> pd.DataFrame:
    """The tags of the second code in a sentence in which the first stands too; all of the second where there is no such sentence."""
    first, second = (tags[tags["code"] == code] for code in (code_a, code_b))
    together = second[np.isin(book.sentences[second.index], book.sentences[first.index])]
    return together if len(together) else second


def _say_lift(pair: pd.Series) -> str:
    if np.isnan(pair["lift_low"]):
        return "too few to say whether that is more than chance"
    return f"{pair['lift']:.1f} times as many as chance would give ({pair['lift_low']:.1f} to {pair['lift_high']:.1f})"


def _say_people(people: int, people_read: int) -> str:
    """“, about 13 of the 31 people” where records say whom they are about."""
    return f", concerning {people} of {'1 person' if people_read == 1 else f'{people_read} people'}" if people_read else ""


def _say_services(theme: pd.Series) -> str:
    """“at 4 of 9 services, ” where there are several to tell apart."""
    return f"at {theme['services']} of {theme['services_read']} services, " if theme["services_read"] > 1 else ""


def _themes_of(tags: pd.DataFrame) -> tuple[Theme, ...]:
    return tuple(dict.fromkeys(zip(tags["family"], tags["code"], strict=True)))
