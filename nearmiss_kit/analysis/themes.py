"""Themes: in how many records a code is evidenced, out of how many were read; never how often it is mentioned."""

import itertools

import pandas as pd

from nearmiss_kit.analysis.intervals import add_intervals
from nearmiss_kit.tagging.lexicon import Lexicon

THEME_COLUMNS = (
    "family", "code", "name", "records_with", "records_read", "people", "people_read", "services", "services_read",
)  # fmt: skip
FAMILY_COLUMNS = tuple(column for column in THEME_COLUMNS if column != "code")
CELL_COLUMNS = ("family", "code", "name", "group", "records_with", "records_read")
PAIR_COLUMNS = ("code_a", "name_a", "code_b", "name_b", "records_with_both", "records_with_a", "records_with_b", "records_read")
_NARROW = ["record_id", "person", "service"]  # all that counts need; taking narratives along costs seconds
_NOTHING = (0, 0, 0)


def select_counted(tags: pd.DataFrame) -> pd.DataFrame:
    """The tags that enter counts: affirmed, counted, and not rejected by anybody."""
    return tags[tags["counted"] & (tags["assertion"] == "affirmed")]


def count_themes(records: pd.DataFrame, tags: pd.DataFrame, lexicon: Lexicon) -> pd.DataFrame:
    """For every code of the lexicon, the records with at least one counted, affirmed tag.

    One row is one code, in the lexicon's order (never ordered by size); codes without evidence stay, with 0.
    `people` and `services` count those the records are about; `records_read`, `people_read` and `services_read` say
    out of how many.
    """
    counts = _count_named_by(_found(records, tags), records, ["family", "code"])
    read = (len(records), count_named(records["person"]), count_named(records["service"]))
    rows = [
        (code.family, code.code, code.name, *_interleave(counts.get((code.family, code.code), _NOTHING), read))
        for code in lexicon.codes
    ]
    return pd.DataFrame(rows, columns=list(THEME_COLUMNS))


def count_families(records: pd.DataFrame, tags: pd.DataFrame, lexicon: Lexicon) -> pd.DataFrame:
    """For every family of the lexicon, the records with at least one counted, affirmed tag of any of its codes.

    One row is one family, in the lexicon's order, with the counts of count_themes.
    """
    counts = _count_named_by(_found(records, tags), records, ["family"])
    read = (len(records), count_named(records["person"]), count_named(records["service"]))
    rows = [(family.id, family.name, *_interleave(counts.get((family.id,), _NOTHING), read)) for family in lexicon.families]
    return pd.DataFrame(rows, columns=list(FAMILY_COLUMNS))


def add_theme_intervals(themes: pd.DataFrame) -> pd.DataFrame:
    """The table of count_themes or count_families with the share of records and of people, each with its interval.

    New columns are records_share, records_low, records_high, and the same for people (prevalence_interval; NaN out of
    0). Records of one person are alike, so that the interval of records is narrower than it should be where few people
    are behind them: read both. Services get no interval: those that are there are all there are.
    """
    themes = add_intervals(themes, count="records_with", out_of="records_read", prefix="records_")
    return add_intervals(themes, count="people", out_of="people_read", prefix="people_")


def count_themes_by(records: pd.DataFrame, tags: pd.DataFrame, lexicon: Lexicon, groups: pd.Series) -> pd.DataFrame:
    """The same counts within groups of records.

    `groups` gives the group of each record (one value a record, in the order of `records`; "" leaves a record out).
    One row is one code in one group, codes in the lexicon's order, groups in order of name, or in their own order where
    they are categories (as weekdays are).
    """
    grouped = records.assign(group=groups.to_numpy())
    grouped = grouped[grouped["group"] != ""]
    read = grouped.groupby("group")["record_id"].count()
    named = groups.cat.categories if isinstance(groups.dtype, pd.CategoricalDtype) else sorted(read.index)
    order = [group for group in named if group in read.index]
    found = _join(_found(records, tags), grouped[["record_id", "group"]])
    with_theme = found.groupby(["family", "code", "group"])["record_id"].nunique()
    rows = [
        (code.family, code.code, code.name, group, int(with_theme.get((code.family, code.code, group), 0)), int(read[group]))
        for code in lexicon.codes
        for group in order
    ]
    return pd.DataFrame(rows, columns=list(CELL_COLUMNS))


def count_pairs(
    records: pd.DataFrame, tags: pd.DataFrame, lexicon: Lexicon, *, family: str, with_family: str | None = None
) -> pd.DataFrame:
    """For every two codes of a family, or every code of one with every code of another, the records that evidence both.

    One row is one pair, in the lexicon's order; pairs that never meet stay, with 0.
    """
    found = _found(records, tags)
    holds = {key: set(here["record_id"]) for key, here in found.groupby(["family", "code"])}
    codes = [code for code in lexicon.codes if code.family == family]
    others = [code for code in lexicon.codes if code.family == with_family]
    rows = []
    for a, b in itertools.product(codes, others) if with_family else itertools.combinations(codes, 2):
        with_a, with_b = (holds.get((code.family, code.code), set()) for code in (a, b))
        rows.append((a.code, a.name, b.code, b.name, len(with_a & with_b), len(with_a), len(with_b), len(records)))
    return pd.DataFrame(rows, columns=list(PAIR_COLUMNS))


def list_months(records: pd.DataFrame) -> pd.Series:
    """The month of each record as “2026-03”, "" where it has no date."""
    return records["event_date"].dt.strftime("%Y-%m").fillna("")


def _found(records: pd.DataFrame, tags: pd.DataFrame) -> pd.DataFrame:
    counted = select_counted(tags[["record_id", "family", "code", "counted", "assertion"]])
    found = counted[["record_id", "family", "code"]].astype("category")  # text is slow to compare, a category is a number
    return found[found["record_id"].isin(records["record_id"])].drop_duplicates()


def _join(found: pd.DataFrame, about: pd.DataFrame) -> pd.DataFrame:
    """What was found with what stands of its record in `about`."""
    ids = found["record_id"].dtype
    codes = ids.categories.get_indexer(about["record_id"])
    known = about[codes >= 0].assign(record_id=pd.Categorical.from_codes(codes[codes >= 0], dtype=ids))
    return found.merge(known, on="record_id")


def _count_named_by(found: pd.DataFrame, records: pd.DataFrame, by: list[str]) -> dict[tuple, tuple[int, ...]]:
    """For each group of `by`, how many records, named people and named services it was found in."""
    about = records[_NARROW].apply(lambda column: column.where(column.str.strip() != ""))
    counts = _join(found, about).groupby(by)[_NARROW].nunique()
    return dict(
        zip(
            (key if isinstance(key, tuple) else (key,) for key in counts.index),
            counts.itertuples(index=False, name=None),
            strict=True,
        )
    )


def _interleave(counts: tuple[int, ...], read: tuple[int, ...]) -> list[int]:
    return [number for pair in zip(counts, read, strict=True) for number in pair]


def count_named(values: pd.Series) -> int:
    """How many different names stand in a column, empty ones left out."""
    return int(values[values.str.strip() != ""].nunique())
