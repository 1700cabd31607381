"""Services, pairs and voices as facts: what differs by more than chance, what stands together, who is not heard."""

import numpy as np
import pandas as pd

from nearmiss_kit.analysis.funnel import POSITIONS, compare_services, draw_funnel
from nearmiss_kit.analysis.pairs import measure_lift
from nearmiss_kit.analysis.themes import count_pairs
from nearmiss_kit.analysis.wording import list_words, lower_first, say_number
from nearmiss_kit.report.evidence import NOTHING, EvidenceBook
from nearmiss_kit.report.facts import Between, Count, Funnel, Grid, Pair, Place
from nearmiss_kit.tagging.lexicon import Family, Lexicon
from nearmiss_kit.tagging.voice import VOICE_NAMES, VOICES

_NAMED = tuple(voice for voice in VOICES if voice != "other")
_LINE_POINTS = 60  # numbers of records at which a funnel's lines are drawn
_LINES = ["records_read", "lower_95", "upper_95", "lower_998", "upper_998"]
_MANY_PAIRS = 3  # pairs that are named in a sentence; the others stand in the table


def compare_family(family: Family, cells: pd.DataFrame, book: EvidenceBook, services: pd.Series) -> tuple[Funnel, ...]:
    """One funnel for each theme of a family; `cells` is count_themes_by service, `services` the service of each tag of the book."""
    funnels = []
    for (code, name), here in cells[cells["family"] == family.id].groupby(["code", "name"], sort=False):
        comparison = compare_services(here)
        mine = book.find(family.id, code)
        by_service = mine.groupby(services[mine.index]).groups
        rows = comparison.table.to_dict("records")
        places = tuple(_make_place(row, by_service, book) for row in rows)
        out = [place.service for place in places if place.stands_out]
        funnels.append(
            Funnel(
                id=f"funnel-{family.id}-{code}".replace("_", "-"),
                theme=name,
                sentence=comparison.sentence,
                alt=_say_alt(name, comparison.sentence, places, out),
                pooled=comparison.pooled,
                places=places,
                limits=_draw_limits(comparison.pooled, comparison.tau2, comparison.table["records_read"]),
            )
        )
    return tuple(funnels)


def lay_out_pairs(records: pd.DataFrame, lexicon: Lexicon, book: EvidenceBook) -> tuple[tuple[Pair, ...], str]:
    """The pressure sources that meet in a record with their lift, and what it shows in a sentence."""
    table = measure_lift(count_pairs(records, book.tags, lexicon, family="pressure_source"))
    pairs = []
    for row in table[table["records_with_both"] > 0].to_dict("records"):
        lift = None if np.isnan(row["lift_low"]) else Between(row["lift"], row["lift_low"], row["lift_high"])
        count = Count(row["records_with_both"], row["records_read"])
        pairs.append(Pair(row["name_a"], row["name_b"], count, row["expected"], lift, row["small"], row["why"]))
    return tuple(pairs), _say_lifts(pairs)


def lay_out_voices(lexicon: Lexicon, book: EvidenceBook, families: tuple[str, ...]) -> Grid:
    """For each theme that was found, the records in which each voice speaks of it."""
    rows = []
    for code in lexicon.codes:
        tags = book.find(code.family, code.code)
        if code.family in families and len(tags):
            rows.append((code.name, _count_voices(tags, book)))
    missing = [name for name, counts in rows if not counts[0].number]
    title = f"The person’s own words are missing from {len(missing)} of {say_number(len(rows), 'theme')}"
    return _make_grid("voices", title, _list_missing(missing), "Theme", rows)


def lay_out_voices_by_service(book: EvidenceBook, services: pd.Series) -> Grid:
    """At each service, the records with any theme in which each voice speaks."""
    named = services[services.str.strip() != ""]
    rows = [(service, _count_voices(tags, book)) for service, tags in book.tags.loc[named.index].groupby(named)]
    missing = [name for name, counts in rows if not counts[0].number]
    title = _say_silent(len(missing), len(rows))
    return _make_grid("voices-by-service", title, _list_missing(missing), "Service", rows)


def _say_silent(silent: int, services: int) -> str:
    if not services:
        return "No theme stands at a named service, so nothing can be said of voices there"
    if not silent:
        return "At every service something stands in the person’s own words"
    return f"At {silent} of {say_number(services, 'service')} nothing marked stands in the person’s own words"


def _count_voices(tags: pd.DataFrame, book: EvidenceBook) -> tuple[Count, ...]:
    read = tags["record_id"].nunique()
    voiced = [tags[tags["voice"] == voice] for voice in _NAMED]
    return tuple(Count(here["record_id"].nunique(), read, book.pick(here)) for here in voiced)


def _make_grid(grid_id: str, title: str, missing: str, heading: str, rows: list) -> Grid:
    names = tuple(VOICE_NAMES[voice] for voice in _NAMED)
    alt = f"{title}{missing}. The numbers for every voice stand in the table below."
    return Grid(
        grid_id,
        title,
        alt,
        heading,
        _NAMED,
        names,
        tuple(rows),
        counts=f"in which each voice speaks, out of those with {'the' if heading == 'Theme' else 'any'} theme",
    )


def _list_missing(missing: list[str]) -> str:
    return f": {list_words(missing)}" if missing else ""


def _make_place(row: dict, by_service: dict[str, pd.Index], book: EvidenceBook) -> Place:
    tags = by_service.get(row["group"], NOTHING)
    between = None if np.isnan(row["low"]) else Between(row["share"], row["low"], row["high"])
    position = POSITIONS[row["position"]]
    count = Count(row["records_with"], row["records_read"], book.pick(tags))
    return Place(row["group"], count, between, position, row["position"] not in ("within", "too_few"))


def _draw_limits(pooled: float, tau2: float, read: pd.Series) -> tuple[tuple[float, ...], ...]:
    if np.isnan(pooled):
        return ()
    numbers = np.unique(np.linspace(max(1, read.min() * 0.8), read.max() * 1.1, _LINE_POINTS))
    return tuple(draw_funnel(pooled, numbers, tau2=tau2)[_LINES].itertuples(index=False, name=None))


def _say_alt(name: str, sentence: str, places: tuple[Place, ...], out: list[str]) -> str:
    shown = [place for place in places if not out or place.stands_out]
    said = "; ".join(f"{place.service} {place.records}" for place in shown[:12])
    more = f"; and {len(shown) - 12} more" if len(shown) > 12 else ""
    return f"{name} at each service. {sentence} {said}{more}."


def _say_lifts(pairs: list[Pair]) -> str:
    more = [pair for pair in pairs if pair.lift and pair.lift.low > 1]
    small = sum(pair.small for pair in pairs)
    rest = f" {small} of {say_number(len(pairs), 'pair')} are too rare to call." if small else ""
    if not more:
        return f"No two pressures are sure to meet more often than chance would have it.{rest}"
    said = list_words(f"{pair.name_a.lower()} with {lower_first(pair.name_b)}" for pair in more[:_MANY_PAIRS])
    others = f", and {len(more) - _MANY_PAIRS} more" if len(more) > _MANY_PAIRS else ""
    return f"{len(more)} of {say_number(len(pairs), 'pair')} {'meets' if len(more) == 1 else 'meet'} more often than chance would have it: {said}{others}.{rest}"
