"""Tags as people left them: the latest decision about a sentence and code decides what counts."""

import pandas as pd

from nearmiss_kit.decisions.store import PLACE
from nearmiss_kit.tagging.tags import TAG_COLUMNS

REVIEWED_COLUMNS = (*TAG_COLUMNS, "verdict")
_SENTENCE = ["record_id", "family", "code", "sentence_start", "sentence_end"]
_COUNTED = ("confirmed", "added")  # the verdicts that make a passage count


def apply_decisions(tags: pd.DataFrame, decisions: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """The tags with what people decided about their sentence.

    One row is one tag, or one passage that a person added, or confirmed before the lexicon changed. A new column
    `verdict` holds the latest verdict ("" where nobody decided); a corrected assertion replaces the proposed one;
    rejected and unsure tags are no longer counted, and confirmed and added ones are. A decision about words that have
    since changed (another fingerprint) is left aside.
    """
    latest = list_standing(decisions, records)
    if latest.empty:
        return tags.assign(verdict="")[list(REVIEWED_COLUMNS)].reset_index(drop=True)
    reviewed = tags.merge(latest[[*_SENTENCE, "verdict", "assertion"]], on=_SENTENCE, how="left", suffixes=("", "_decided"))
    decided = reviewed["verdict"].notna()
    reviewed.loc[decided, "assertion"] = reviewed.loc[decided, "assertion_decided"]
    reviewed.loc[decided, "counted"] = reviewed.loc[decided, "verdict"].isin(_COUNTED)
    reviewed["verdict"] = reviewed["verdict"].fillna("")
    reviewed = reviewed[list(REVIEWED_COLUMNS)]
    untagged = _list_untagged(tags, latest, records)
    return pd.concat([reviewed, untagged], ignore_index=True) if len(untagged) else reviewed


def list_standing(decisions: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """The latest decision about each place whose words are as they were judged, without those that were taken back."""
    return list_latest(
        decisions.merge(records[["record_id", "narrative_fingerprint"]], on=["record_id", "narrative_fingerprint"])
    )


def list_latest(decisions: pd.DataFrame) -> pd.DataFrame:
    """The latest decision about each place, without those that were taken back."""
    latest = decisions.drop_duplicates(list(PLACE), keep="last")
    return latest[latest["verdict"] != "undone"]


def list_lapsed(decisions: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """The latest decisions whose words are no longer there as they were judged, to be looked at again.

    One row is one decision, with a column `lapsed` before its own: “changed” where its record was edited since, and
    “missing” where its record is not among `records`.
    """
    latest = list_latest(decisions)
    now = latest["record_id"].map(dict(zip(records["record_id"], records["narrative_fingerprint"], strict=True)))
    lapsed = latest[now != latest["narrative_fingerprint"]]
    kinds = now.loc[lapsed.index].isna().map({True: "missing", False: "changed"})
    return lapsed.assign(lapsed=kinds)[["lapsed", *decisions.columns]].reset_index(drop=True)


def _list_untagged(tags: pd.DataFrame, latest: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """What people added or confirmed and no tag stands for: as rows of tags whose source is a reader."""
    held = latest[latest["verdict"].isin(_COUNTED)]
    tagged = set(tags[_SENTENCE].merge(held[_SENTENCE], on=_SENTENCE).itertuples(index=False, name=None))
    narratives = records.set_index("record_id")["narrative"]
    rows = []
    for decision in held.to_dict("records"):
        place = {column: decision[column] for column in _SENTENCE}
        if tuple(place.values()) not in tagged:
            start, end = decision["sentence_start"], decision["sentence_end"]
            sentence = narratives[decision["record_id"]][start:end]
            words = dict(start=start, end=end, quote=sentence, sentence=sentence, assertion=decision["assertion"])
            made = dict(source="reader", confidence=float("nan"), counted=True, lexicon_version=decision["lexicon_version"])
            blank = dict.fromkeys(("sub_theme", "term", "cue", "lexicon"), "")
            rows.append(place | words | made | blank | {"voice": "other", "verdict": decision["verdict"]})
    return pd.DataFrame(rows, columns=list(REVIEWED_COLUMNS))
