"""How near the tags come to readers: precision, recall and F1 of sentences, against coded records."""

import json
from pathlib import Path

import pandas as pd

from nearmiss_kit.errors import RecordsError

SCORE_COLUMNS = ("family", "code", "marked_by_readers", "proposed", "agreed", "precision", "recall", "f1")
_KEY = ["record_id", "sentence_start", "family", "code"]


def load_gold(path: str | Path) -> pd.DataFrame:
    """Sentences that readers coded: one row is one sentence.

    Columns are record_id, sentence_start, sentence_end (code points), codes and disputed; the last two hold lists of
    (family, code, assertion). `disputed` are codes on which the readers did not agree: they are left out of scores.
    Raises RecordsError where a line is not in this form.
    """
    rows = []
    for number, line in enumerate(Path(path).read_text(encoding="utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
            rows.append((row["record_id"], row["start"], row["end"], _triples(row["codes"]), _triples(row["disputed"])))
        except (ValueError, KeyError, TypeError):
            raise RecordsError(
                f"{Path(path).name}, line {number}: not a coded sentence (record_id, start, end, codes, disputed)."
            ) from None
    return pd.DataFrame(rows, columns=["record_id", "sentence_start", "sentence_end", "codes", "disputed"])


def score_tags(tags: pd.DataFrame, gold: pd.DataFrame) -> pd.DataFrame:
    """Precision, recall and F1 by code, of sentences with at least one affirmed, counted tag.

    One row is one code that was marked or proposed; a row with code "" sums its family, and one with family "" all.
    A tag belongs to the coded sentence in which it starts; a disputed code of a sentence counts neither way.
    """
    marked, disputed = _spread(gold, "codes"), _spread(gold, "disputed")
    marked = marked[marked["assertion"] == "affirmed"][_KEY].drop_duplicates()
    proposed = _place(tags[tags["counted"] & (tags["assertion"] == "affirmed")], gold)
    both = marked.merge(proposed, on=_KEY, how="outer", indicator="who")
    both = both.merge(disputed[_KEY].drop_duplicates(), on=_KEY, how="left", indicator="disputed")
    both = both[both["disputed"] == "left_only"]
    rows = [("", "", *_score(both))]
    for family, in_family in both.groupby("family"):
        rows.append((family, "", *_score(in_family)))
        rows += [(family, code, *_score(here)) for code, here in in_family.groupby("code")]
    return pd.DataFrame(rows, columns=list(SCORE_COLUMNS))


def _score(both: pd.DataFrame) -> tuple[int, int, int, float, float, float]:
    agreed = int((both["who"] == "both").sum())
    marked = agreed + int((both["who"] == "left_only").sum())
    proposed = agreed + int((both["who"] == "right_only").sum())
    nothing = float("nan")
    precision = agreed / proposed if proposed else nothing
    recall = agreed / marked if marked else nothing
    f1 = 2 * agreed / (marked + proposed) if marked + proposed else nothing
    return marked, proposed, agreed, precision, recall, f1


def _place(tags: pd.DataFrame, gold: pd.DataFrame) -> pd.DataFrame:
    pairs = tags[["record_id", "start", "family", "code"]].merge(
        gold[["record_id", "sentence_start", "sentence_end"]], on="record_id"
    )
    inside = pairs[(pairs["sentence_start"] <= pairs["start"]) & (pairs["start"] < pairs["sentence_end"])]
    return inside[_KEY].drop_duplicates()


def _spread(gold: pd.DataFrame, column: str) -> pd.DataFrame:
    rows = [
        (record_id, start, *triple)
        for record_id, start, triples in zip(gold["record_id"], gold["sentence_start"], gold[column], strict=True)
        for triple in triples
    ]
    return pd.DataFrame(rows, columns=[*_KEY, "assertion"])


def _triples(codes: list[dict]) -> list[tuple[str, str, str]]:
    return [(code["family"], code["code"], code["assertion"]) for code in codes]
