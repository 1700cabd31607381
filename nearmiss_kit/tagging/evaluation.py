"""How near the tags come to readers: precision, recall and F1 with intervals, and every mistake."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nearmiss_kit.errors import RecordsError
from nearmiss_kit.tagging.calibration import DRAWS, SEED, Calibration, calibrate
from nearmiss_kit.tagging.gold import Gold
from nearmiss_kit.tagging.lexicon import Lexicon
from nearmiss_kit.tagging.pairing import (
    PAIR,
    keep_families,
    pair_assertions,
    pair_codes,
    pair_records,
    place_tags,
    spread_codes,
    take_first,
)
from nearmiss_kit.tagging.voice import VoiceReader

# The learned layers tags can be made with; "none" is the lexicon alone.
SCORE_COLUMNS = ("family", "code", "marked_by_readers", "proposed", "agreed", "precision", "recall", "f1")
RATES = ("precision", "recall", "f1")
# One row is one score: `of` sentences or records, `by` what they were told apart, `name` which of it.
INTERVAL_COLUMNS = (
    "of", "by", "name", "marked_by_readers", "proposed", "agreed", "precision", "precision_low", "precision_high",
    "recall", "recall_low", "recall_high", "f1", "f1_low", "f1_high", "undefined",
)  # fmt: skip
MISTAKE_COLUMNS = (
    "record_id", "line", "voice", "family", "code", "mistake", "readers_say", "kit_says", "cue", "term", "source",
    "confidence", "sentence",
)  # fmt: skip
MISSED, NOT_MARKED, OTHERWISE = "missed", "not marked by readers", "said otherwise"
COVERED = 0.95  # the share of draws between the ends of an interval
FEWEST_FOR_INTERVAL = 5  # records; drawing again from fewer says too little about others


@dataclass(frozen=True)
class Evaluation:
    """What was measured of one table of tags.

    `scores` has INTERVAL_COLUMNS. `confusion` counts, for codes that kit and readers both found in a sentence, which
    assertion readers gave (rows) and the kit gave (columns). `families` are those scored, `left_out` those that readers
    marked nowhere, `unknown` codes that readers marked and the lexicon does not have: nobody can propose them.
    """

    records: int
    sentences: int
    disputed: int
    families: tuple[str, ...]
    left_out: tuple[str, ...]
    unknown: tuple[str, ...]
    scores: pd.DataFrame
    confusion: pd.DataFrame
    calibration: Calibration


def score_tags(tags: pd.DataFrame, gold: pd.DataFrame) -> pd.DataFrame:
    """Precision, recall and F1 by code, of sentences with at least one affirmed, counted tag.

    `gold` is the table of `load_gold`. One row is one code that was marked or proposed; a row with code "" sums its family,
    and one with family "" all. A tag belongs to the coded sentence in which it starts; a disputed code of a sentence counts
    neither way. A rate with nothing to divide by is NaN.
    """
    pairs = pair_codes(tags, gold)
    rows = [("", "", *_sum_pairs(pairs))]
    for family, in_family in pairs.groupby("family"):
        rows.append((family, "", *_sum_pairs(in_family)))
        rows += [(family, code, *_sum_pairs(here)) for code, here in in_family.groupby("code")]
    return pd.DataFrame(rows, columns=list(SCORE_COLUMNS))


def evaluate_tags(
    tags: pd.DataFrame,
    gold: pd.DataFrame,
    lexicon: Lexicon,
    *,
    families: Sequence[str] = (),
    seed: int = SEED,
    draws: int = DRAWS,
) -> Evaluation:
    """Everything `nearmiss evaluate` says of tags, against sentences that readers coded.

    A score counts pairs of a sentence (or a record) and a code: marked where readers call it affirmed, proposed where a
    counted tag is affirmed. "micro" sums all pairs; "macro" is the mean over codes that readers marked. Intervals are
    percentiles of `draws` bootstrap samples of whole records (Efron 1979), so that sentences of one narrative stay together.
    `families` limits what is scored; without it, families that readers marked nowhere are left out.
    """
    marked = spread_codes(gold, "codes")["family"].unique().tolist()
    chosen = tuple(families) or tuple(family.id for family in lexicon.families if family.id in marked)
    known = {(code.family, code.code) for code in lexicon.codes}
    gold, tags = keep_families(gold, chosen), tags[tags["family"].isin(chosen)]
    codes = spread_codes(gold, "codes")
    return Evaluation(
        records=gold["record_id"].nunique(),
        sentences=len(gold),
        disputed=len(spread_codes(gold, "disputed")[PAIR].drop_duplicates()),
        families=chosen,
        left_out=tuple(family.id for family in lexicon.families if family.id not in chosen),
        unknown=tuple(sorted({f"{row.family}/{row.code}" for row in codes.itertuples()} - {"/".join(key) for key in known})),
        scores=_score_all(tags, gold, np.random.default_rng(seed), draws),
        confusion=_cross_assertions(pair_assertions(tags, gold)),
        calibration=calibrate(tags, gold),
    )


def hear_voices(gold: pd.DataFrame, records: pd.DataFrame, lexicon: Lexicon) -> pd.DataFrame:
    """The coded sentences with a voice each: as coded, else the voice of the record's author ("other" where none is known)."""
    reader = VoiceReader(lexicon.voices)
    heard = {author: reader.read(author) for author in records["author"].unique()}
    of_record = dict(zip(records["record_id"], records["author"].map(heard), strict=True))
    voices = [voice or of_record[record] for voice, record in zip(gold["voice"], gold["record_id"], strict=True)]
    return gold.assign(voice=voices)


def join_records(gold: Gold, records: pd.DataFrame | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The coded records and the coded sentences with their voices still to be heard.

    `records` are those a file without text belongs to. Raises RecordsError where they are missing, not needed, or do not
    hold what was coded.
    """
    if gold.records is not None and records is not None:
        raise RecordsError(f"{gold.name} holds its own text, so no records are needed beside it. Leave --records out.")
    if gold.records is not None:
        return gold.records, gold.sentences
    if records is None:
        raise RecordsError(f"{gold.name} holds places in records, not their text. Say with --records where the records are.")
    lengths = dict(zip(records["record_id"], records["narrative"].str.len(), strict=True))
    coded = zip(gold.sentences["record_id"], gold.sentences["sentence_end"], gold.sentences["line"], strict=True)
    lost = [line for record, end, line in coded if end > lengths.get(record, -1)]
    if lost:
        raise RecordsError(
            f"{gold.name}: {len(lost)} of {len(gold.sentences)} coded sentences are not in the records given (the first stands "
            f"in line {lost[0]}). Give --records the very records that were coded."
        )
    return records[records["record_id"].isin(gold.sentences["record_id"])], gold.sentences


def list_mistakes(tags: pd.DataFrame, gold: pd.DataFrame, records: pd.DataFrame, *, families: Sequence[str]) -> pd.DataFrame:
    """Every mistake with its sentence: one row is one code of one sentence that was missed, not marked, or said otherwise.

    Columns are MISTAKE_COLUMNS, `line` the line in the coded file. This table alone holds words of the records. `gold` must
    have gone through `hear_voices`; `families` are those that were scored.
    """
    gold, tags = keep_families(gold, families), tags[tags["family"].isin(families)]
    pairs = pair_codes(tags, gold)
    said = take_first(spread_codes(gold, "codes"), "assertion")
    wrong = pairs[pairs["marked"] != pairs["proposed"]].merge(said, on=PAIR, how="left")
    wrong = wrong.rename(columns={"assertion": "readers_say"})
    found = place_tags(tags[tags["counted"]], gold).rename(columns={"assertion": "kit_says"})
    found = take_first(found, "kit_says")[[*PAIR, "kit_says", "cue", "term", "source", "confidence"]]
    wrong = wrong.merge(found, on=PAIR, how="left")
    wrong = wrong.merge(
        gold[["record_id", "sentence_start", "sentence_end", "voice", "line"]], on=["record_id", "sentence_start"]
    )
    narratives = dict(zip(records["record_id"], records["narrative"], strict=True))
    places = zip(wrong["record_id"], wrong["sentence_start"], wrong["sentence_end"], strict=True)
    wrong["sentence"] = [narratives[record][start:end] for record, start, end in places]
    otherwise = wrong["readers_say"].notna() & wrong["kit_says"].notna()
    wrong["mistake"] = np.where(otherwise, OTHERWISE, np.where(wrong["marked"], MISSED, NOT_MARKED))
    texts = [column for column in MISTAKE_COLUMNS if column not in ("line", "confidence")]
    wrong[texts] = wrong[texts].fillna("").astype("str")
    return wrong.sort_values(["line", "family", "code"], ignore_index=True)[list(MISTAKE_COLUMNS)]


def _score_all(tags: pd.DataFrame, gold: pd.DataFrame, chance: np.random.Generator, draws: int) -> pd.DataFrame:
    units = pd.Index(gold["record_id"].unique())
    weights = chance.multinomial(len(units), np.full(len(units), 1 / len(units)), size=draws).astype(np.float32)
    pairs, whole = pair_codes(tags, gold), pair_records(tags, gold)
    voices = gold[["record_id", "sentence_start", "voice"]] if "voice" in gold else None
    tables = []
    for of, table in (("sentences", pairs), ("records", whole)):
        named = table.assign(all="micro", code=table["family"] + "/" + table["code"])
        tables.append(_score_by(named, "all", units, weights, of))
        tables.append(_score_macro(named, units, weights, of))
        tables += [_score_by(named, by, units, weights, of) for by in ("family", "code")]
    if voices is not None:
        heard = pairs.merge(voices, on=["record_id", "sentence_start"])
        tables.append(_score_by(heard, "voice", units, weights, "sentences"))
    for source in sorted(tags["source"].unique()):
        alone = pair_codes(tags[tags["source"] == source], gold).assign(source=source)
        tables.append(_score_by(alone, "source", units, weights, "sentences"))
    tables.append(_score_assertions(pair_assertions(tags, gold), units, weights))
    return pd.concat([table for table in tables if len(table)], ignore_index=True)


def _score_assertions(pairs: pd.DataFrame, units: pd.Index, weights: np.ndarray) -> pd.DataFrame:
    columns = (("readers_say", "marked"), ("kit_says", "proposed"))
    sides = [pairs[PAIR].assign(assertion=pairs[column], side=side) for column, side in columns]
    both = pd.concat(sides).groupby([*PAIR, "assertion"])["side"].agg(set).reset_index()
    told = both.assign(**{side: [side in sides for sides in both["side"]] for _, side in columns})
    return _score_by(told, "assertion", units, weights, "sentences")


def _score_by(pairs: pd.DataFrame, by: str, units: pd.Index, weights: np.ndarray, of: str) -> pd.DataFrame:
    names, counts = _count(pairs, by, units)
    drawn = _rate(np.tensordot(weights, counts, axes=1))
    rows = []
    for place, name in enumerate(names):
        total, behind = counts[:, place].sum(axis=0), int(counts[:, place].any(axis=1).sum())
        rates = _with_ends(_rate(total), drawn[:, place], behind)
        rows.append((of, by, name, *map(int, total), *rates, _say_why(total, behind, rates)))
    return pd.DataFrame(rows, columns=list(INTERVAL_COLUMNS))


def _score_macro(pairs: pd.DataFrame, units: pd.Index, weights: np.ndarray, of: str) -> pd.DataFrame:
    _, counts = _count(pairs, "code", units)
    counts = counts[:, counts[:, :, 0].any(axis=0)]  # codes that readers marked
    total, behind = counts.sum(axis=(0, 1)), int(counts.any(axis=(1, 2)).sum())
    drawn = _mean(_rate(np.tensordot(weights, counts, axes=1)), 1)
    rates = _with_ends(_mean(_rate(counts.sum(axis=0)), 0), drawn, behind)
    row = (of, "all", "macro", *map(int, total), *rates, _say_why(total, behind, rates))
    return pd.DataFrame([row], columns=list(INTERVAL_COLUMNS))


def _count(pairs: pd.DataFrame, by: str, units: pd.Index) -> tuple[list[str], np.ndarray]:
    """Marked, proposed and agreed, of shape (records, names, 3)."""
    places, names = pd.factorize(pairs[by], sort=True)
    counts = np.zeros((len(units), len(names), 3), dtype=np.float32)
    told = np.column_stack([pairs["marked"], pairs["proposed"], pairs["marked"] & pairs["proposed"]])
    np.add.at(counts, (units.get_indexer(pairs["record_id"]), places), told.astype(np.float32).reshape(-1, 3))
    return list(names), counts


def _rate(counts: np.ndarray) -> np.ndarray:
    """Precision, recall and F1 along the last axis, of marked, proposed and agreed; NaN where nothing can be divided by."""
    marked, proposed, agreed = (counts[..., place].astype(np.float64) for place in range(3))
    pairs = ((agreed, proposed), (agreed, marked), (2 * agreed, marked + proposed))
    return np.stack([np.divide(top, bottom, out=np.full_like(top, np.nan), where=bottom > 0) for top, bottom in pairs], axis=-1)


def _mean(rates: np.ndarray, axis: int) -> np.ndarray:
    known = ~np.isnan(rates)
    number, total = known.sum(axis=axis), np.where(known, rates, 0).sum(axis=axis)
    return np.divide(total, number, out=np.full_like(total, np.nan), where=number > 0)


def _with_ends(rates: np.ndarray, drawn: np.ndarray, behind: int) -> list[float]:
    """Each rate with the low and high end of its interval; draws in which a rate is undefined are passed over.

    Where all draws are alike (everything held, or nothing did) there is no interval: chance did not show its width.
    """
    row = []
    for place, rate in enumerate(rates):
        values = drawn[:, place][~np.isnan(drawn[:, place])]
        known = behind >= FEWEST_FOR_INTERVAL and len(values) and not np.isnan(rate)
        ends = np.quantile(values, [(1 - COVERED) / 2, (1 + COVERED) / 2]) if known else (np.nan, np.nan)
        row += [float(rate), *(map(float, ends) if ends[0] < ends[1] else (np.nan, np.nan))]
    return row


def _say_why(total: np.ndarray, behind: int, rates: Sequence[float]) -> str:
    """Why a rate or its interval is missing, in words; "" where none is."""
    marked, proposed, _ = total
    alike = any(not np.isnan(rate) and np.isnan(low) for rate, low in zip(rates[::3], rates[1::3], strict=True))
    reasons = [
        "readers marked nothing: no recall" if not marked else "",
        "nothing was proposed: no precision" if not proposed else "",
        f"fewer than {FEWEST_FOR_INTERVAL} records: no interval" if behind < FEWEST_FOR_INTERVAL else "",
        "all draws alike: no interval" if alike and behind >= FEWEST_FOR_INTERVAL else "",
    ]
    return "; ".join(reason for reason in reasons if reason)


def _sum_pairs(pairs: pd.DataFrame) -> tuple[int, int, int, float, float, float]:
    counts = np.array([pairs["marked"].sum(), pairs["proposed"].sum(), (pairs["marked"] & pairs["proposed"]).sum()])
    return (*map(int, counts), *map(float, _rate(counts)))


def _cross_assertions(pairs: pd.DataFrame) -> pd.DataFrame:
    crossed = pairs.groupby(["readers_say", "kit_says"]).size().reset_index(name="sentences")
    return crossed.astype({"readers_say": "str", "kit_says": "str", "sentences": "int64"})
