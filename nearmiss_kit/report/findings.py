"""The findings of the first page: at most five sentences, each with its numbers and a sentence to quote."""

from collections.abc import Iterator

import pandas as pd

from nearmiss_kit.analysis.themes import count_named, count_pairs, count_themes
from nearmiss_kit.analysis.wording import lower_first
from nearmiss_kit.report.evidence import EvidenceBook
from nearmiss_kit.tagging.lexicon import Lexicon

MOST_FINDINGS = 5


def state_findings(records: pd.DataFrame, counted: pd.DataFrame, lexicon: Lexicon, book: EvidenceBook) -> list[tuple[str, str]]:
    """At most MOST_FINDINGS statements with the id of the evidence to quote beside each.

    Never ordered by how often a word is used. Behaviour is stated together with what stood beside it.
    """
    statements = [
        *_near_misses(records, counted, book),
        *_early_signs_first(records, counted, book),
        *_widest_source(records, counted, lexicon, book),
        *_behaviour_in_company(counted, book),
        *_pair(records, counted, lexicon, book),
    ]
    return statements[:MOST_FINDINGS]


def _near_misses(records: pd.DataFrame, counted: pd.DataFrame, book: EvidenceBook) -> Iterator[tuple[str, str]]:
    signals = counted[counted["family"] == "near_miss_signal"]
    with_signal = records[records["record_id"].isin(signals["record_id"])]
    people, people_read = count_named(with_signal["person"]), count_named(records["person"])
    if len(with_signal):
        text = (
            f"Words that a placement was coming close to failing stand in {len(with_signal)} of {len(records)} records, "
            f"about {people} of the {people_read} people."
        )
        yield text, book.pick(signals)


def _early_signs_first(records: pd.DataFrame, counted: pd.DataFrame, book: EvidenceBook) -> Iterator[tuple[str, str]]:
    dated = records.loc[records["event_date"].notna() & (records["person"] != ""), ["record_id", "person", "event_date"]]
    first_signal = _first_day(counted, dated, "near_miss_signal")
    signs = counted[counted["family"] == "early_sign"].merge(dated, on="record_id")
    before = signs.merge(first_signal.rename("first_signal"), on="person").query("event_date < first_signal")
    if len(before):
        text = (
            f"For {before['person'].nunique()} of the {len(first_signal)} people with such words, an early sign "
            "(refusals, broken sleep, a worried family or team, going out less) was on record before the first of them."
        )
        yield text, book.pick(before)


def _widest_source(
    records: pd.DataFrame, counted: pd.DataFrame, lexicon: Lexicon, book: EvidenceBook
) -> Iterator[tuple[str, str]]:
    themes = count_themes(records, counted, lexicon)
    sources = themes[(themes["family"] == "pressure_source") & (themes["code"] != "behaviour") & (themes["records_with"] > 0)]
    if len(sources):
        widest = sources.sort_values(["services", "records_with"], ascending=False, kind="stable").iloc[0]
        text = (
            f"{widest['name']} is, beside behaviour, the pressure found most widely: at {widest['services']} of "
            f"{widest['services_read']} services, in {widest['records_with']} of {widest['records_read']} records."
        )
        yield text, book.pick(counted[(counted["family"] == "pressure_source") & (counted["code"] == widest["code"])])


def _behaviour_in_company(counted: pd.DataFrame, book: EvidenceBook) -> Iterator[tuple[str, str]]:
    sources = counted[counted["family"] == "pressure_source"]
    behaviour = set(sources.loc[sources["code"] == "behaviour", "record_id"])
    others = sources[(sources["code"] != "behaviour") & sources["record_id"].isin(behaviour)]
    if behaviour and len(others):
        text = (
            f"Where a record speaks of a person’s distress or behaviour, another pressure stands beside it "
            f"in {others['record_id'].nunique()} of {len(behaviour)} records."
        )
        yield text, book.pick(others)


def _pair(records: pd.DataFrame, counted: pd.DataFrame, lexicon: Lexicon, book: EvidenceBook) -> Iterator[tuple[str, str]]:
    pairs = count_pairs(records, counted, lexicon, family="pressure_source")
    pairs = pairs[(pairs[["code_a", "code_b"]] != "behaviour").all(axis="columns") & (pairs["records_with_both"] > 0)]
    if len(pairs):
        top = pairs.sort_values("records_with_both", ascending=False, kind="stable").iloc[0]
        sources = counted[counted["family"] == "pressure_source"]
        both = set.intersection(*(set(sources.loc[sources["code"] == top[code], "record_id"]) for code in ("code_a", "code_b")))
        text = (
            f"{top['name_a']} and {lower_first(top['name_b'])} stand in one record as often as any two pressures beside "
            f"behaviour: in {top['records_with_both']} of {top['records_read']} records."
        )
        yield text, book.pick(sources[(sources["code"] == top["code_b"]) & sources["record_id"].isin(both)])


def _first_day(counted: pd.DataFrame, dated: pd.DataFrame, family: str) -> pd.Series:
    return counted[counted["family"] == family].merge(dated, on="record_id").groupby("person")["event_date"].min()
