"""What the kit lays beside a question for people to judge: sentences for and against a finding, and passages for the stop rule."""

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from nearmiss_kit.decisions.entries import CODED_QUESTIONS
from nearmiss_kit.review.checks import Seen
from nearmiss_kit.tagging.sentences import flatten_typography, split_sentences

PROPOSAL_COLUMNS = ("record_id", "day", "form", "author", "side", "assertion", "sentence", "start", "end")
PASSAGE_COLUMNS = ("record_id", "day", "form", "author", "because", "sentence", "start", "end")
# What an assertion says about a finding; a plan or the past speaks neither way and is left to the reader.
_SIDES = {"affirmed": "for", "uncertain": "for", "negated": "against"}
_STOP_CODES = (
    ("near_miss_signal", "safeguarding_pressure"),
    ("near_miss_signal", "increased_restriction"),
    ("early_sign", "safeguarding_pattern"),
    ("early_sign", "increased_restraint"),
)


def propose_evidence(seen: Seen, *, finding: str) -> pd.DataFrame:
    """Sentences of the people's records that may speak for or against a finding, oldest first.

    One row is one sentence (PROPOSAL_COLUMNS); its `record_id`, `side`, `start` and `end` are what quote_record takes.
    Only signals, early signs and sources have proposals; for other questions no row. What people rejected is left out.
    """
    question, _, code = finding.rpartition(".")
    family = CODED_QUESTIONS.get(question, "")
    tags = seen.reviewed[(seen.reviewed["family"] == family) & (seen.reviewed["code"] == code)]
    tags = tags[(tags["verdict"] != "rejected") & tags["assertion"].isin(_SIDES)]
    tags = tags.drop_duplicates(["record_id", "sentence_start"])
    placed = _mine(seen).merge(tags, on="record_id")
    named = placed.rename(columns={"event_date": "day", "sentence_start": "start_", "sentence_end": "end_"})
    sided = named.assign(side=named["assertion"].map(_SIDES), start=named["start_"], end=named["end_"])
    return sided.sort_values("day", kind="stable", ignore_index=True)[list(PROPOSAL_COLUMNS)]


def list_stop_passages(seen: Seen) -> pd.DataFrame:
    """Passages that may show danger, a hold or an allegation, to be asked about before anything else, oldest first.

    One row is one sentence (PASSAGE_COLUMNS): where safeguarding, restraint or restriction is tagged, or one of the
    house's `stop_words` stands. Whether it was reported is for people to say; the kit only asks.
    """
    words = re.compile("|".join(rf"\b{re.escape(word)}\b" for word in seen.rules.stop_words), re.IGNORECASE)
    tags = seen.reviewed[seen.reviewed["verdict"] != "rejected"]
    places = pd.Series(list(zip(tags["family"], tags["code"], strict=True)), index=tags.index, dtype="object")
    tagged = set(tags.loc[places.isin(_STOP_CODES), ["record_id", "sentence_start"]].itertuples(index=False, name=None))
    rows = []
    for record in _mine(seen).to_dict("records"):
        plain = flatten_typography(record["narrative"])
        for start, end in split_sentences(plain):
            because = "tagged" if (record["record_id"], start) in tagged else _first_word(words, plain[start:end])
            if because:
                place = (record["record_id"], record["event_date"], record["form"], record["author"], because)
                rows.append((*place, record["narrative"][start:end], start, end))
    return pd.DataFrame(rows, columns=list(PASSAGE_COLUMNS))


def list_sentences(record: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Where each sentence of a record (a row of the records table) starts and ends, for a reader who quotes one."""
    return split_sentences(flatten_typography(record["narrative"]))


def _first_word(words: re.Pattern[str], sentence: str) -> str:
    found = words.search(sentence)
    return f"“{found[0].lower()}”" if found else ""


def _mine(seen: Seen) -> pd.DataFrame:
    columns = ["record_id", "event_date", "form", "author", "narrative"]
    mine = seen.records[seen.records["record_id"].isin(seen.timeline.lines["record_id"])]
    return mine.sort_values("event_date", kind="stable")[columns]
