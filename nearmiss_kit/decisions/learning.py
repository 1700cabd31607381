"""Learning from a service's own decisions: a correction of the learned layer, kept in the store it was learned from.

It is derived from the decisions and holds none: it stands in a table of its own, is replaced as a whole each time, and goes
with every erasure. Nothing of it is ever added to what the kit ships.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from nearmiss_kit.decisions.database import open_store, open_to_erase, require_store
from nearmiss_kit.decisions.entries import CODED_QUESTIONS, load_entries, select_latest
from nearmiss_kit.decisions.fitting import Example, learn_code
from nearmiss_kit.decisions.store import DECISION_COLUMNS, load_decisions
from nearmiss_kit.decisions.verdicts import list_latest, list_standing
from nearmiss_kit.errors import DecisionsError, LexiconError
from nearmiss_kit.tagging.learned import MODEL, Confidence, LearnedLayer, load_learned_layer, load_word_weights
from nearmiss_kit.tagging.lexicon import Lexicon
from nearmiss_kit.tagging.local import LocalLearning, take_odds
from nearmiss_kit.tagging.proposals import ReadNarrative, plain_sentence
from nearmiss_kit.tagging.sentences import flatten_typography, split_sentences
from nearmiss_kit.tagging.tagger import weigh_records

LEARN = "nearmiss store learn"
_HOLDS = {"confirmed": True, "added": True, "rejected": False}  # what else was decided counts for nothing


def learn_from_decisions(
    path: str | Path,
    records: pd.DataFrame,
    lexicon: Lexicon,
    *,
    learned_at: datetime,
    layer: str = "best",
    progress: bool = False,
) -> LocalLearning:
    """Learn from the decisions in a store how its readers differ from the learned layer, keep it there, and return it.

    Confirmed and added sentences, and those quoted beside a code in a review, hold; rejected ones do not; the latest decision
    about a passage counts. Who closed records without a code reads for it as a whole: in all their records the sentences
    without a decision do not hold. Where nobody did, what was added without a proposal is left aside, for of such sentences
    only those that hold would be known. A code is corrected where there are enough decisions about enough people, and where
    the correction is surely better for people left out while learning. No word gets a weight that the shipped layer does
    not know, or that stands in decided sentences of fewer than three people; records that name no person are left aside.
    What was learned before is replaced. The result says of each code what came of it.
    Raises DecisionsError where there is no store, or where somebody was erased meanwhile.
    """
    require_store(path)
    learned_layer = load_learned_layer(layer)
    if learned_layer is None:
        raise LexiconError("Learning corrects the learned layer, and the layer “none” leaves that out. Choose another.")
    erasures, decisions = _count_erasures(path), _load_verdicts(path)
    examples, used = _gather_examples(decisions, records, lexicon, learned_layer, progress)
    vocabulary = load_word_weights(MODEL).list_vocabulary()
    local = LocalLearning(
        beside=learned_layer.version,
        learned_at=learned_at.isoformat(timespec="seconds"),
        left_aside=int(list_latest(decisions)["verdict"].isin(_HOLDS).sum()) - used,
        codes=tuple(learn_code(code, examples[code], vocabulary) for code in sorted(examples)),
    )
    keep_local_learning(path, local, erasures=erasures)
    return local


def load_local_learning(path: str | Path) -> LocalLearning:
    """What was learned from the decisions in a store, for `tag_records(…, local=…)`.

    Raises DecisionsError where there is no store, nothing was learned in it, or what stands there was changed.
    """
    require_store(path)
    with open_store(path) as store:
        kept = read_local_learning(store)
    if kept is None:
        raise DecisionsError(
            f"{Path(path).name}: nothing is learned from these decisions, or it went with an erasure. Learn with {LEARN}, or "
            "leave the local correction out."
        )
    return kept


def forget_local_learning(path: str | Path) -> bool:
    """Take what was learned out of a store, without leaving it in the file; whether there was anything."""
    require_store(path)
    with open_to_erase(path) as store:
        return delete_local_learning(store)


def read_local_learning(store: sqlite3.Connection) -> LocalLearning | None:
    """What an open store holds of it; None where nothing was learned. Raises DecisionsError where it was changed."""
    rows = store.execute("SELECT version, content FROM local_learning").fetchall()
    if not rows:
        return None
    with suppress(ValueError, TypeError, KeyError):
        kept = LocalLearning.read(rows[0][1])
        if len(rows) == 1 and kept.version == rows[0][0]:
            return kept
    raise DecisionsError(f"What was learned from the decisions was changed since, and cannot be used. Learn anew with {LEARN}.")


def delete_local_learning(store: sqlite3.Connection) -> bool:
    """Delete it within a transaction that is open; whether there was anything."""
    return store.execute("DELETE FROM local_learning").rowcount > 0


def keep_local_learning(path: str | Path, local: LocalLearning, *, erasures: int) -> None:
    """Keep it in place of what was learned before; refused where there are more `erasures` by now than before learning."""
    with open_to_erase(path) as store:
        if _count_rows(store) != erasures:
            raise DecisionsError(
                f"{Path(path).name}: somebody was erased while this was learned, so it was not kept. Learn again with {LEARN}."
            )
        delete_local_learning(store)
        store.execute("INSERT INTO local_learning (version, content) VALUES (?, ?)", (local.version, local.write()))


def _count_erasures(path: str | Path) -> int:
    with open_store(path) as store:
        return _count_rows(store)


def _count_rows(store: sqlite3.Connection) -> int:
    return store.execute("SELECT COUNT(*) FROM erasure").fetchone()[0]


def _load_verdicts(path: str | Path) -> pd.DataFrame:
    """The decisions, and as if added what was quoted beside a code: who agrees in a review leaves a quotation and no decision."""
    entries = select_latest(load_entries(path)).to_dict("records")
    quoted = [_read_quoted(row["content"]) | {"reviewer": row["who"]} for row in entries if _is_quoted(row)]
    decisions = load_decisions(path)
    return pd.concat([pd.DataFrame(quoted, columns=list(DECISION_COLUMNS)), decisions], ignore_index=True).astype(
        decisions.dtypes
    )


def _is_quoted(row: dict) -> bool:
    if row["kind"] != "evidence" or "record_id" not in row["content"]:
        return False
    return row["content"]["finding"].rpartition(".")[0] in CODED_QUESTIONS


def _read_quoted(content: dict) -> dict:
    question, _, code = content["finding"].rpartition(".")
    place = {column: content[column] for column in ("record_id", "narrative_fingerprint")}
    return place | {
        "family": CODED_QUESTIONS[question], "code": code, "sentence_start": content["start"], "sentence_end": content["end"],
        "verdict": "added", "assertion": "affirmed" if content["side"] == "for" else "negated",
    }  # fmt: skip


def _gather_examples(
    decisions: pd.DataFrame, records: pd.DataFrame, lexicon: Lexicon, layer: LearnedLayer, progress: bool
) -> tuple[dict[str, list[Example]], int]:
    """{family/code: the sentences somebody read for it}, and of how many decisions they are made."""
    named = records[records["person"].str.strip() != ""]
    standing, readers = list_standing(decisions, named), _list_readers(decisions, named)
    decided = named[named["record_id"].isin(standing["record_id"])]
    by_record = dict(tuple(standing.groupby("record_id", sort=False)))
    examples: dict[str, list[Example]] = defaultdict(list)
    used = 0
    weighed = weigh_records(decided, lexicon, layer, progress=progress)
    for record_id, person, (one, confidence) in zip(decided["record_id"], decided["person"], weighed, strict=True):
        for (family, code), rows in by_record[record_id].groupby(["family", "code"], sort=False):
            if (theme := f"{family}/{code}") in layer.codes:
                read = any((reviewer, family, code) in readers for reviewer in rows["reviewer"])
                reading = _Reading(one, confidence, layer.codes.index(theme), person.strip().casefold(), read, layer.proposal)
                passages = [_place(one, row) for row in rows.to_dict("records")]
                found = list(reading.make_examples(passages))
                examples[theme] += found
                used += sum(example.decided for example in found) + sum(passage.closes for passage in passages)
    return dict(examples), used


def _list_readers(decisions: pd.DataFrame, records: pd.DataFrame) -> set[tuple[str, str, str]]:
    """Who reads whole records for which code: they closed at least one without it, with more than a sentence in it."""
    place = ["record_id", "narrative_fingerprint"]
    rejected = decisions[(decisions["verdict"] == "rejected") & (decisions["sentence_start"] == 0)]
    whole = rejected.merge(records[[*place, "narrative"]], on=place)
    whole = whole[whole["sentence_end"] == whole["narrative"].str.len()]
    return {
        (row["reviewer"], row["family"], row["code"])
        for row in whole.to_dict("records")
        if len(split_sentences(flatten_typography(row["narrative"]))) > 1
    }


@dataclass(frozen=True)
class _Passage:
    """A decision about one code: the numbers of its sentences, and whether it holds there (None where nobody knows)."""

    sentences: tuple[int, ...]
    holds: bool | None
    added: bool
    affirmed: bool
    closes: bool  # the whole record was rejected


def _place(one: ReadNarrative, row: dict) -> _Passage:
    """Words pasted out of a sentence are about that sentence; of a longer passage nobody knows which sentence is meant."""
    touched = (start < row["sentence_end"] and row["sentence_start"] < end for start, end in one.sentences)
    sentences, verdict = tuple(number for number, touches in enumerate(touched) if touches), row["verdict"]
    closes = verdict == "rejected" and len(sentences) == len(one.sentences) > 1
    holds = _HOLDS.get(verdict) if len(sentences) == 1 else None
    return _Passage(sentences, holds, verdict == "added", row["assertion"] == "affirmed", closes)


@dataclass(frozen=True)
class _Reading:
    """One record read for one code: what the shipped layer made of it, whose it is, and whether it was read as a whole."""

    one: ReadNarrative
    confidence: Confidence
    column: int
    person: str
    whole: bool
    proposal: float

    def make_examples(self, passages: Sequence[_Passage]) -> Iterator[Example]:
        """The decided sentences of which either verdict could have come, and in a whole reading those left unmarked."""
        told = [passage for passage in passages if not passage.closes]
        decided = {passage.sentences[0]: passage for passage in told if passage.holds is not None}
        for number, passage in sorted(decided.items()):
            sure = self._sure(number, passage.affirmed)
            if self.whole or sure >= self.proposal or not passage.added:
                yield self._make_example(number, sure, holds=bool(passage.holds), decided=True)
        if self.whole:
            touched = {number for passage in told for number in passage.sentences}
            for number in range(len(self.one.sentences)):
                if number not in touched:
                    yield self._make_example(number, self._sure(number, True), holds=False, decided=False)

    def _sure(self, number: int, affirmed: bool) -> float:
        found = self.confidence.affirmed if affirmed else self.confidence.mentioned
        return float(found[number, self.column])

    def _make_example(self, number: int, sure: float, *, holds: bool, decided: bool) -> Example:
        sentence = plain_sentence(self.one.text, self.one.sentences[number])
        return Example(self.person, sentence, float(take_odds(np.float64(sure))), holds, decided)
