"""Circumstances as facts: where, when, by whom and beside what each theme is written down; nothing is ranked."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from nearmiss_kit.analysis.funnel import FEWEST_RECORDS
from nearmiss_kit.analysis.groups import (
    compare_groups,
    list_alike,
    list_staffing,
    list_times_of_day,
    list_voices,
    list_weekdays,
)
from nearmiss_kit.analysis.themes import count_themes_by, list_months
from nearmiss_kit.analysis.wording import list_words, lower_first, say_day, say_month, say_number
from nearmiss_kit.report.evidence import NOTHING, EvidenceBook
from nearmiss_kit.report.facts import Count, Grid, Grouping
from nearmiss_kit.tagging.lexicon import Family, Lexicon

MOST_GROUPS = 12  # columns a page can hold; with more, those with most records read stand there, or the latest months
MOST_WRITTEN = 24  # sentences people read in one go; the page says how many there are
_MANY_NAMED = 3  # comparisons that are named in a sentence; the others stand in the table
_FAR = ("more", "fewer")
_KINDS: dict[str, tuple[str, Callable[[pd.DataFrame, Lexicon], pd.Series]]] = {
    "voice": ("Whose words", list_voices),
    "setting": ("Setting", lambda records, _: list_alike(records["setting"])),
    "time": ("Time of day", lambda records, _: list_times_of_day(records)),
    "weekday": ("Weekday", lambda records, _: list_weekdays(records)),
    "month": ("Month", lambda records, _: list_months(records)),
    "staffing": ("Staff on shift", lambda records, _: list_staffing(records)),
    "trigger": ("Trigger", lambda records, _: list_alike(records["trigger"])),
    "helped": ("What helped", lambda records, _: list_alike(records["what_helped"])),
}
_WRITTEN = {"trigger": "trigger", "helped": "what_helped", "staffing": "staff_on_shift"}  # shown in people's own words too
_READ = ("setting", "event_time", *_WRITTEN.values())  # columns that a table somebody made by hand may lack
_NOTES = {"staffing": "The patterns are read from the words by the kit; see the words below."}


def lay_out_groups(
    records: pd.DataFrame, lexicon: Lexicon, book: EvidenceBook, families: tuple[str, ...]
) -> tuple[Grouping, ...]:
    """Each way to group the records, with one grid a family; those whose column is empty say so and have no grid."""
    wanted = [family for family in lexicon.families if family.id in families]
    records = records.assign(**{column: "" for column in _READ if column not in records})
    return tuple(_lay_out(kind, make(records, lexicon), records, lexicon, book, wanted) for kind, (_, make) in _KINDS.items())


def _lay_out(
    kind: str, groups: pd.Series, records: pd.DataFrame, lexicon: Lexicon, book: EvidenceBook, families: list[Family]
) -> Grouping:
    name, column = _KINDS[kind][0], _WRITTEN.get(kind)
    said = int((records[column].str.strip() != "").sum()) if column else int((groups != "").sum())
    written = _list_written(records, column) if column else ()
    shown, left = _choose_groups(kind, groups)
    if shown.eq("").all():
        return Grouping(kind, name, Count(said, len(records)), _say_unlike(said), (), (), written, "")
    cells = count_themes_by(records, book.tags, lexicon, shown)
    cells = compare_groups(cells[cells["family"].isin([family.id for family in families])])
    places = book.tags.groupby(["family", "code", book.spread(shown)], observed=True).indices
    grids = tuple(_make_grid(kind, name, family, cells[cells["family"] == family.id], places, book) for family in families)
    far = set(cells.loc[cells["position"].isin(_FAR), "family"])
    outside = [grid.id for grid, family in zip(grids, families, strict=True) if family.id in far]
    note = " ".join(filter(None, [_NOTES.get(kind, ""), left]))
    return Grouping(kind, name, Count(said, len(records)), _say_far(cells, kind), grids, tuple(outside), written, note)


def _choose_groups(kind: str, groups: pd.Series) -> tuple[pd.Series, str]:
    """The groups a page can hold, the others as "", and a sentence on what was left out."""
    numbers = groups[groups != ""].astype("str").value_counts().sort_index().sort_values(ascending=False, kind="stable")
    if len(numbers) <= MOST_GROUPS:
        return groups, ""
    kept = sorted(numbers.index)[-MOST_GROUPS:] if kind == "month" else list(numbers.index[:MOST_GROUPS])
    which = "the latest" if kind == "month" else "those with most records"
    left = f"Of {len(numbers)} groups {which} stand here, {MOST_GROUPS}: {numbers[kept].sum():,} of {numbers.sum():,} records."
    return groups.where(groups.isin(kept), ""), left


def _make_grid(
    kind: str, name: str, family: Family, cells: pd.DataFrame, places: dict[tuple, np.ndarray], book: EvidenceBook
) -> Grid:
    groups, rows = tuple(dict.fromkeys(cells["group"])), []
    for (code, theme), here in cells.groupby(["code", "name"], sort=False):
        found = (places.get((family.id, code, group), NOTHING) for group in groups)
        counts = zip(here["records_with"], here["records_read"], map(book.pick, map(pd.Index, found)), strict=True)
        rows.append((theme, tuple(Count(int(with_it), int(read), evidence) for with_it, read, evidence in counts)))
    title = f"{family.name} by {lower_first(name)}. {_say_far(cells, kind)}"
    alt = f"{title} Each theme in the records of each group; the numbers stand in the table below."
    titles = tuple(_name_group(kind, group) for group in groups)
    grid_id = f"by-{kind}-{family.id.replace('_', '-')}"
    return Grid(grid_id, title.removesuffix("."), alt, family.name, groups, titles, tuple(rows))


def _name_group(kind: str, group: str) -> str:
    return say_month(group) if kind == "month" else group


def _say_far(cells: pd.DataFrame, kind: str) -> str:
    """Where a theme stands in more or fewer records of a group than chance explains, out of how many comparisons."""
    looked = int((cells["position"] != "too_few").sum())
    if not looked:
        return f"Too few to compare: no two groups have {FEWEST_RECORDS} records."
    far = cells[cells["position"].isin(_FAR)].sort_values("chance", kind="stable").to_dict("records")
    if not far:
        return f"None of {say_number(looked, 'comparison')} shows more than chance."
    others = f", and {len(far) - _MANY_NAMED} more" if len(far) > _MANY_NAMED else ""
    named = list_words(_name_far(row, kind) for row in far[:_MANY_NAMED])
    return f"{len(far)} of {say_number(looked, 'comparison')} {'shows' if len(far) == 1 else 'show'} more than chance; ask why: {named}{others}."


def _name_far(row: dict, kind: str) -> str:
    count = f"{row['records_with']} of {row['records_read']}, {row['position']} than elsewhere"
    return f"{row['name'].lower()}, {_name_group(kind, row['group'])} ({count})"


def _say_unlike(said: int) -> str:
    return f"{say_number(said, 'record')} say it, none like two others: nothing to count. Read the words." if said else ""


def _list_written(records: pd.DataFrame, column: str) -> tuple[tuple[str, str], ...]:
    """The first words of a column as they stand, by service and day, each with where it stands."""
    rows = records[records[column].str.strip() != ""].sort_values(["service", "event_date", "record_id"]).head(MOST_WRITTEN)
    wanted = ["record_id", "service", "event_date", column]
    return tuple(
        (" · ".join(filter(None, [service, say_day(day), f"record {record_id}"])), words)
        for record_id, service, day, words in rows[wanted].itertuples(index=False, name=None)
    )
