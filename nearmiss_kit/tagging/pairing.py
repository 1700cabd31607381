"""Kit and readers side by side: codes of a sentence that readers marked, the kit proposed, or both."""

from collections.abc import Iterable

import pandas as pd

PAIR = ["record_id", "sentence_start", "family", "code"]


def pair_codes(tags: pd.DataFrame, gold: pd.DataFrame) -> pd.DataFrame:
    """Sentences and codes that readers marked, the kit proposed, or both: one row is one code of one sentence.

    Columns are record_id, sentence_start, family, code, marked and proposed; disputed codes are left out.
    """
    marked = spread_codes(gold, "codes")
    marked = marked[marked["assertion"] == "affirmed"][PAIR].drop_duplicates()
    proposed = place_tags(tags[tags["counted"] & (tags["assertion"] == "affirmed")], gold)[PAIR].drop_duplicates()
    both = marked.merge(proposed, on=PAIR, how="outer", indicator="who")
    both = drop_disputed(both, gold)
    return both[PAIR].assign(marked=both["who"] != "right_only", proposed=both["who"] != "left_only")


def pair_records(tags: pd.DataFrame, gold: pd.DataFrame) -> pd.DataFrame:
    """The same for whole records: one row is one code of one record, and `sentence_start` is 0 throughout.

    A code that readers disputed in one sentence of a record and marked in none counts neither way.
    """
    pairs = pair_codes(tags, gold).groupby(["record_id", "family", "code"], as_index=False)[["marked", "proposed"]].any()
    disputed = spread_codes(gold, "disputed")[["record_id", "family", "code"]].drop_duplicates()
    pairs = pairs.merge(disputed, how="left", indicator="who")
    open_question = (pairs["who"] == "both") & ~pairs["marked"]
    return pairs[~open_question].drop(columns="who").assign(sentence_start=0)


def pair_assertions(tags: pd.DataFrame, gold: pd.DataFrame) -> pd.DataFrame:
    """Codes that kit and readers both found in a sentence, in whatever assertion: one row is one code of one sentence.

    `readers_say` and `kit_says` are the assertions; where there are several, affirmed goes before the others.
    """
    marked = spread_codes(gold, "codes").rename(columns={"assertion": "readers_say"})
    found = place_tags(tags[tags["counted"]], gold)[[*PAIR, "assertion"]].rename(columns={"assertion": "kit_says"})
    pairs = take_first(marked, "readers_say").merge(take_first(found, "kit_says"), on=PAIR)
    return drop_disputed(pairs, gold)[[*PAIR, "readers_say", "kit_says"]].sort_values(PAIR, ignore_index=True)


def keep_families(gold: pd.DataFrame, families: Iterable[str]) -> pd.DataFrame:
    """The coded sentences with the codes of these families only; every sentence stays."""
    kept = set(families)
    trimmed = {
        column: [[triple for triple in triples if triple[0] in kept] for triples in gold[column]]
        for column in ("codes", "disputed")
    }
    return gold.assign(**trimmed)


def take_first(table: pd.DataFrame, assertion: str) -> pd.DataFrame:
    """One row a code of a sentence: the affirmed one where there is one, else the first."""
    order = (table[assertion] != "affirmed").rename("other")
    return table.assign(other=order).sort_values("other", kind="stable").drop_duplicates(PAIR).drop(columns="other")


def drop_disputed(pairs: pd.DataFrame, gold: pd.DataFrame) -> pd.DataFrame:
    """The pairs that no reader disputed."""
    disputed = spread_codes(gold, "disputed")[PAIR].drop_duplicates()
    told = pairs.merge(disputed, on=PAIR, how="left", indicator="disputed")
    return told[told["disputed"] == "left_only"].drop(columns="disputed")


def place_tags(tags: pd.DataFrame, gold: pd.DataFrame) -> pd.DataFrame:
    """The tags that start in a coded sentence, `sentence_start` being that sentence's."""
    coded = gold[["record_id", "sentence_start", "sentence_end"]].astype({"record_id": "str"}).sort_values("sentence_start")
    placed = pd.merge_asof(
        tags.drop(columns=["sentence_start", "sentence_end", "sentence"]).sort_values("start", kind="stable"),
        coded, left_on="start", right_on="sentence_start", by="record_id",
    )  # fmt: skip
    placed = placed[placed["start"] < placed["sentence_end"]]
    return placed.astype({"sentence_start": "int64"})


def spread_codes(gold: pd.DataFrame, column: str) -> pd.DataFrame:
    """What stands in `codes` or `disputed` as a table: one row is one code of one sentence, with its assertion."""
    rows = [
        (record_id, start, *triple)
        for record_id, start, triples in zip(gold["record_id"], gold["sentence_start"], gold[column], strict=True)
        for triple in triples
    ]
    spread = pd.DataFrame(rows, columns=[*PAIR, "assertion"])
    return spread.astype({**dict.fromkeys(spread.columns, "str"), "sentence_start": "int64"})
