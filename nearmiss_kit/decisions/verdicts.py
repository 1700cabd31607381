"""Tags as people left them: the latest decision about a sentence and code decides what counts."""

import pandas as pd

from nearmiss_kit.decisions.store import PLACE
from nearmiss_kit.tagging.tagger import TAG_COLUMNS

REVIEWED_COLUMNS = (*TAG_COLUMNS, "verdict")


def apply_decisions(tags: pd.DataFrame, decisions: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """The tags with what people decided about their sentence.

    One row is one tag, or one passage that a person added. A new column `verdict` holds the latest verdict
    ("" where nobody decided); a corrected assertion replaces the proposed one; rejected and unsure tags are no
    longer counted, and confirmed and added ones are. A decision about words that have since changed
    (another fingerprint) is left aside.
    """
    latest = _latest(decisions, records)
    reviewed = tags.merge(
        latest[["record_id", "family", "code", "sentence_start", "sentence_end", "verdict", "assertion"]],
        on=["record_id", "family", "code", "sentence_start", "sentence_end"],
        how="left",
        suffixes=("", "_decided"),
    )
    decided = reviewed["verdict"].notna()
    reviewed.loc[decided, "assertion"] = reviewed.loc[decided, "assertion_decided"]
    reviewed.loc[decided, "counted"] = reviewed.loc[decided, "verdict"].isin(["confirmed", "added"])
    reviewed["verdict"] = reviewed["verdict"].fillna("")
    added = _added_passages(tags, latest, records)
    return (
        pd.concat([reviewed[list(REVIEWED_COLUMNS)], added], ignore_index=True)
        if len(added)
        else reviewed[list(REVIEWED_COLUMNS)]
    )


def _latest(decisions: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    current = decisions.merge(records[["record_id", "narrative_fingerprint"]], on=["record_id", "narrative_fingerprint"])
    return current.drop_duplicates(list(PLACE), keep="last")


def _added_passages(tags: pd.DataFrame, latest: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    place = ["record_id", "family", "code", "sentence_start", "sentence_end"]
    tagged = set(tags[place].itertuples(index=False, name=None))
    narratives = records.set_index("record_id")["narrative"]
    rows = []
    for decision in latest[latest["verdict"] == "added"].to_dict("records"):
        if tuple(decision[column] for column in place) in tagged:
            continue
        start, end = decision["sentence_start"], decision["sentence_end"]
        sentence = narratives[decision["record_id"]][start:end]
        rows.append(
            {column: decision[column] for column in place}
            | dict(sub_theme="", term="", start=start, end=end, quote=sentence, sentence=sentence, cue="", voice="other")
            | dict(assertion=decision["assertion"], source="reader", confidence=float("nan"), counted=True)
            | dict(lexicon="", lexicon_version=decision["lexicon_version"], verdict="added")
        )
    return pd.DataFrame(rows, columns=list(REVIEWED_COLUMNS))
