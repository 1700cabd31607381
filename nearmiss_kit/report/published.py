"""From tables to a published report: every number is protected first, and everything else is made from what is shown.

One table of numbers is published, each theme at each service, or in all records together where a service is small. Months,
pairs, voices and stories would be further tables of the same people, which could be solved against it.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from importlib.metadata import version

import pandas as pd

from nearmiss_kit.analysis.disclosure import RULES, Rule, disclose_count, protect_cells
from nearmiss_kit.analysis.intervals import prevalence_interval
from nearmiss_kit.analysis.release import Release
from nearmiss_kit.analysis.themes import count_named
from nearmiss_kit.analysis.wording import list_words, lower_first
from nearmiss_kit.decisions.clearing import Clearance
from nearmiss_kit.decisions.publications import Place, Publication, Shown, load_publications, remember_publication
from nearmiss_kit.report.facts import Between
from nearmiss_kit.report.published_facts import PublishedCount, PublishedFamily, PublishedReport, PublishedTheme, say_shown
from nearmiss_kit.report.trust import list_common, say_common
from nearmiss_kit.tagging.lexicon import Family, Lexicon
from nearmiss_kit.tagging.measured import say_measured, say_miss_rate

UNNAMED = "not said"  # who released a report
TOGETHER = ""  # the one service of a table in which services do not stand side by side


def build_published(
    records: pd.DataFrame,
    counted: pd.DataFrame,
    lexicon: Lexicon,
    *,
    release: Release,
    kept: tuple[Clearance, ...],
    own_words: pd.Series,
    decided: bool,
    layer: str,
    pipeline: str,
    title: str,
    made_on: date,
) -> PublishedReport:
    """The facts of a published report; `counted` is select_counted's, `own_words` marks the records in the person's voice.

    Services stand side by side where each has enough records and people to be shown, or where they did in an earlier
    report of the same records. What it shows is remembered in the store of `release`, where there is one, before it is
    returned.
    """
    rule = RULES[release.rule]
    earlier = load_publications(release.store) if release.store else []
    by_service = _may_stand_apart(records, rule, earlier)
    person_of = dict(zip(records["record_id"], records["person"].str.strip(), strict=True))
    cells = protect_cells(_gather_cells(records, counted, lexicon, by_service), person_of, rule, earlier)
    if release.store:
        remember_publication(
            release.store, Publication(release.rule, by_service, cells), who=release.released_by or UNNAMED,
            decided_at=datetime.combine(made_on, time()),
        )  # fmt: skip
    read = {service: shown.number for (service, family, _), shown in cells.items() if not family}
    families = tuple(_lay_out_family(family, lexicon, cells, read) for family in lexicon.families)
    return PublishedReport(
        title=title,
        made_on=made_on,
        records=_add_up(read.values()),
        people=disclose_count(people := count_named(records["person"]), people, rule),
        years=_say_years(records["event_date"]),
        services=tuple(read.items()) if by_service else (),
        rule=f"{rule.words} The same is done where a number comes from so few people. (Rule: {rule.name}.)",
        first=_say_first(decided),
        limits=_state_limits(records, own_words, rule, lexicon, layer, kept, remembered=bool(release.store)),
        findings=tuple(_state_findings(families, say_miss_rate(lexicon, layer))),
        families=families,
        kit_version=version("nearmiss-kit"),
        lexicon=f"{lexicon.name}, {lexicon.version}",
        pipeline=pipeline,
    )


def _may_stand_apart(records: pd.DataFrame, rule: Rule, earlier: list[Publication]) -> bool:
    ids = set(records["record_id"])
    before = [publication for publication in earlier if publication.records & ids]
    if before:
        return before[-1].by_service
    people = records["person"].where(records["person"].str.strip() != "", records["record_id"])
    least = pd.DataFrame({"records": records["record_id"], "people": people}).groupby(_name_services(records)).nunique()
    return len(least) > 1 and bool((least >= rule.smallest_shown).all(axis=None))


def _name_services(records: pd.DataFrame) -> pd.Series:
    return records["service"].where(records["service"].str.strip() != "", "not stated")


def _gather_cells(
    records: pd.DataFrame, counted: pd.DataFrame, lexicon: Lexicon, by_service: bool
) -> dict[Place, frozenset[str]]:
    """The ids of the records behind every number: of those read at each service, and of those with each theme there."""
    service = _name_services(records) if by_service else pd.Series(TOGETHER, index=records.index)
    ids = records["record_id"].groupby(service).agg(frozenset).to_dict() if len(records) else {TOGETHER: frozenset()}
    holds = {key: set(found) for key, found in counted["record_id"].groupby([counted["family"], counted["code"]])}
    cells = {(name, "", ""): members for name, members in ids.items()}
    for code in lexicon.codes:
        having = holds.get((code.family, code.code), set())
        cells |= {(name, code.family, code.code): members & having for name, members in ids.items()}
    return cells


def _lay_out_family(
    family: Family, lexicon: Lexicon, cells: Mapping[Place, Shown], read: Mapping[str, int | None]
) -> PublishedFamily:
    themes = []
    for code in lexicon.codes:
        if code.family == family.id:
            shown = {service: cells[service, code.family, code.code].number for service in read}
            apart = tuple(_pair(shown[service], read[service]) for service in read)
            themes.append(
                PublishedTheme(code.code, code.name, code.definition, _sum_up(shown, read), apart if len(read) > 1 else ())
            )
    said = "; ".join(f"{theme.name} {theme.records} ({theme.between})" for theme in themes if theme.between)
    title = say_common(themes, none="No theme that can be shown")
    return PublishedFamily(family.id, family.name, family.question, title, f"{title}. {said}.", tuple(themes))


def _pair(number: int | None, read: int | None) -> PublishedCount:
    return PublishedCount(None, None) if number is None or read is None else PublishedCount(min(number, read), read)


def _sum_up(shown: Mapping[str, int | None], read: Mapping[str, int | None]) -> PublishedCount:
    """All services together, from what is shown of each and from nothing else."""
    number, out_of = _add_up(shown.values()), _add_up(read.values())
    partly = None in shown.values() or None in read.values()
    if number is None or not out_of or (partly and not number):
        return PublishedCount(None, None)
    number = min(number, out_of)
    if partly:
        return PublishedCount(number, out_of, at_least=True)
    interval = prevalence_interval(number, out_of)
    return PublishedCount(number, out_of, between=Between(interval.share, interval.low, interval.high))


def _add_up(shown: Iterable[int | None]) -> int | None:
    """The sum of the numbers shown; None where none is."""
    numbers = [number for number in shown if number is not None]
    return sum(numbers) if numbers else None


def _state_findings(families: Iterable[PublishedFamily], trust: str) -> Iterator[tuple[str, str]]:
    for family in families:
        if common := list_common(family.themes):
            said = list_words(f"{lower_first(theme.name)} in about {theme.records} records ({theme.between})" for theme in common)
            yield f"{family.name}: {said}.", trust


def _say_years(days: pd.Series) -> str:
    years = sorted(set(days.dropna().dt.year))
    if not years:
        return "without dates"
    return f"of {years[0]}" if years[0] == years[-1] else f"from {years[0]} to {years[-1]}"


def _say_first(decided: bool) -> str:
    people = "People have decided on some of the proposals." if decided else "Nobody has decided on any of the proposals yet."
    return f"Themes were proposed by software: they show where to read, not what is so. {people}"


def _state_limits(
    records: pd.DataFrame,
    own_words: pd.Series,
    rule: Rule,
    lexicon: Lexicon,
    layer: str,
    kept: tuple[Clearance, ...],
    *,
    remembered: bool,
) -> tuple[str, ...]:
    people = records.loc[own_words, "person"].replace("", None)
    own = disclose_count(int(own_words.sum()), int(people.nunique() + people.isna().sum()), rule)
    return (
        f"{rule.words} The same is done where a number comes from so few people. A * therefore says neither none nor many. "
        "Totals are added up from the numbers shown.",
        "No words from the records are quoted, and no month, pair of themes or voice is counted: beside the numbers shown, "
        "these could say who is meant.",
        say_measured(lexicon, layer),
        f"Of the records read, those in people’s own words are {say_shown(own)}.",
        "A theme in more records of one service does not mean that service does worse: services write different records, and "
        "more of them. A record is a piece of writing, not an event, and themes in one record need not cause each other.",
        *(f"Words that may identify somebody stand in the records, and none of them here. Why they stay: {why}"
          for why in dict.fromkeys(one.why for one in kept)),
        *([] if remembered else ["No store was given, so nobody can be sure that these numbers, set against an earlier "
        "report of the same records, give nothing away."]),
    )  # fmt: skip
