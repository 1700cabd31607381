"""Evidence: which sentence stands behind a number, chosen the same way every time."""

import numpy as np
import pandas as pd

from nearmiss_kit.analysis.wording import say_day
from nearmiss_kit.report.facts import Evidence
from nearmiss_kit.tagging.lexicon import Lexicon
from nearmiss_kit.tagging.voice import VOICE_NAMES

_READABLE = (40, 260)  # characters; shorter says too little on its own, longer is hard to take in
_SURE = (0.85, 0.65)  # confidences from which a sentence is shown before one of less
_SENTENCE = ["record_id", "sentence_start", "sentence_end"]


class EvidenceBook:
    """Gathers the sentences that a report's numbers lead to; each sentence stands in it once.

    `tags` are the counted tags with the narratives' places in order of preference; `pick` takes some rows of them and
    returns the id of one sentence: confirmed ones first, then one of which the learned layer is sure, then one already in
    the book, then the person's own words, then one of readable length, then the first by place.
    """

    def __init__(self, records: pd.DataFrame, counted: pd.DataFrame, lexicon: Lexicon) -> None:
        self._records = records
        self._rows = dict(zip(records["record_id"], range(len(records)), strict=True))
        self._names = {(code.family, code.code): code.name for code in lexicon.codes}
        self.tags = _order(counted)
        self._sentences = self.tags.groupby(_SENTENCE, sort=False).ngroup().to_numpy()
        self._confirmed = (self.tags["verdict"] == "confirmed").to_numpy()
        self._doubts = sum((self.tags["confidence"] < sure).to_numpy().astype(int) for sure in _SURE)  # none without that layer
        self._known = np.zeros(len(self.tags), dtype=bool)  # for each sentence, whether it is in the book
        self._ids: dict[tuple[str, int, int], str] = {}
        self._chosen: dict[str, Evidence] = {}

    def pick(self, tags: pd.DataFrame) -> str:
        """The id of the sentence to show for these rows of `tags`; "" where there are none."""
        if tags.empty:
            return ""
        places = tags.index.to_numpy()
        last = 6 * ~self._confirmed[places] + 2 * self._doubts[places] + ~self._known[self._sentences[places]]
        return self._enter(int(places[np.argmin(last * len(self.tags) + places)]))

    def quote(self, evidence_id: str) -> Evidence:
        """The evidence with an id. Raises KeyError where none was picked."""
        return self._chosen[evidence_id]

    def entries(self) -> tuple[Evidence, ...]:
        """All evidence picked so far, in the order of the records and of the places in them."""
        order = sorted(self._ids, key=lambda key: (self._rows[key[0]], key[1]))
        return tuple(self._chosen[self._ids[key]] for key in order)

    def _enter(self, place: int) -> str:
        tag = self.tags.iloc[place].to_dict()
        key = tuple(tag[column] for column in _SENTENCE)
        if key not in self._ids:
            evidence_id = f"e{len(self._ids) + 1}"
            self._ids[key] = evidence_id
            self._known[self._sentences[place]] = True
            self._chosen[evidence_id] = self._make(evidence_id, tag, self._sentences[place])
        return self._ids[key]

    def _make(self, evidence_id: str, tag: dict, sentence_number: int) -> Evidence:
        record = self._records.iloc[self._rows[tag["record_id"]]]
        found = self.tags[self._sentences == sentence_number].sort_values("start", kind="stable")
        names: dict[str, dict[str, None]] = {"": {}, "confirmed": {}, "added": {}}
        for family, code, verdict in zip(found["family"], found["code"], found["verdict"], strict=True):
            names[verdict][self._names[family, code]] = None
        start, end = tag["start"] - tag["sentence_start"], tag["end"] - tag["sentence_start"]
        sentence = tag["sentence"]
        return Evidence(
            id=evidence_id,
            record_id=tag["record_id"],
            service=record["service"],
            when=say_day(record["event_date"]),
            form=record["form"],
            voice=VOICE_NAMES[tag["voice"]],
            before=sentence[:start],
            quote=sentence[start:end],
            after=sentence[end:],
            proposed=tuple(names[""]),
            confirmed=tuple(names["confirmed"]),
            added=tuple(names["added"]),
        )


def _order(counted: pd.DataFrame) -> pd.DataFrame:
    lengths = counted["sentence"].str.len()
    ranks = counted.assign(
        _others=counted["voice"] != "person",
        _unreadable=~lengths.between(*_READABLE),
        _unconfirmed=counted["verdict"] != "confirmed",
    )
    by = ["_unconfirmed", "_others", "_unreadable", "record_id", "start"]
    return counted.loc[ranks.sort_values(by, kind="stable").index].reset_index(drop=True)
