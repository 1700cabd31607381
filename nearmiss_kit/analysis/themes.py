"""Themes: in how many records a code is evidenced, out of how many were read; never how often it is mentioned."""

import pandas as pd

from nearmiss_kit.tagging.lexicon import Lexicon

THEME_COLUMNS = (
    "family", "code", "name", "records_with", "records_read", "people", "people_read", "services", "services_read",
)  # fmt: skip
CELL_COLUMNS = ("family", "code", "name", "group", "records_with", "records_read")
PAIR_COLUMNS = ("code_a", "name_a", "code_b", "name_b", "records_with_both", "records_with_a", "records_with_b", "records_read")


def select_counted(tags: pd.DataFrame) -> pd.DataFrame:
    """The tags that enter counts: affirmed, counted, and not rejected by anybody."""
    return tags[tags["counted"] & (tags["assertion"] == "affirmed")]


def count_themes(records: pd.DataFrame, tags: pd.DataFrame, lexicon: Lexicon) -> pd.DataFrame:
    """For every code of the lexicon, the records with at least one counted, affirmed tag.

    One row is one code, in the lexicon's order (never ordered by size); codes without evidence stay, with 0.
    `people` and `services` count those the records are about; `records_read`, `people_read` and `services_read` say
    out of how many.
    """
    found = _found(records, tags)
    people_read, services_read = count_named(records["person"]), count_named(records["service"])
    rows = []
    for code in lexicon.codes:
        here = found[(found["family"] == code.family) & (found["code"] == code.code)]
        with_theme = records[records["record_id"].isin(here["record_id"])]
        rows.append(
            (
                code.family,
                code.code,
                code.name,
                len(with_theme),
                len(records),
                count_named(with_theme["person"]),
                people_read,
                count_named(with_theme["service"]),
                services_read,
            )
        )
    return pd.DataFrame(rows, columns=list(THEME_COLUMNS))


def count_themes_by(records: pd.DataFrame, tags: pd.DataFrame, lexicon: Lexicon, groups: pd.Series) -> pd.DataFrame:
    """The same counts within groups of records.

    `groups` gives the group of each record (one value a record, in the order of `records`; "" leaves a record out).
    One row is one code in one group, codes in the lexicon's order, groups in order of name.
    """
    grouped = records.assign(group=groups.to_numpy())
    grouped = grouped[grouped["group"] != ""]
    read = grouped.groupby("group")["record_id"].count()
    found = _found(records, tags).merge(grouped[["record_id", "group"]], on="record_id")
    with_theme = found.groupby(["family", "code", "group"])["record_id"].nunique()
    rows = [
        (code.family, code.code, code.name, group, int(with_theme.get((code.family, code.code, group), 0)), int(read[group]))
        for code in lexicon.codes
        for group in sorted(read.index)
    ]
    return pd.DataFrame(rows, columns=list(CELL_COLUMNS))


def count_pairs(records: pd.DataFrame, tags: pd.DataFrame, lexicon: Lexicon, *, family: str) -> pd.DataFrame:
    """For every two codes of a family, the records that evidence both.

    One row is one pair, in the lexicon's order; pairs that never meet stay, with 0.
    """
    found = _found(records, tags)
    holds = {
        code.code: set(found.loc[(found["family"] == family) & (found["code"] == code.code), "record_id"])
        for code in lexicon.codes
        if code.family == family
    }
    names = {code.code: code.name for code in lexicon.codes if code.family == family}
    codes = list(holds)
    rows = [
        (a, names[a], b, names[b], len(holds[a] & holds[b]), len(holds[a]), len(holds[b]), len(records))
        for place, a in enumerate(codes)
        for b in codes[place + 1 :]
    ]
    return pd.DataFrame(rows, columns=list(PAIR_COLUMNS))


def list_months(records: pd.DataFrame) -> pd.Series:
    """The month of each record as “2026-03”, "" where it has no date."""
    return records["event_date"].dt.strftime("%Y-%m").fillna("")


def _found(records: pd.DataFrame, tags: pd.DataFrame) -> pd.DataFrame:
    counted = select_counted(tags)
    known = counted[counted["record_id"].isin(records["record_id"])]
    return known[["record_id", "family", "code"]].drop_duplicates()


def count_named(values: pd.Series) -> int:
    """How many different names stand in a column, empty ones left out."""
    return int(values[values.str.strip() != ""].nunique())
