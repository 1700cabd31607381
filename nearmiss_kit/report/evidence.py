"""Evidence: which sentence stands behind a number, chosen the same way every time."""

import pandas as pd

from nearmiss_kit.analysis.wording import say_day
from nearmiss_kit.report.facts import Evidence
from nearmiss_kit.tagging.lexicon import Lexicon
from nearmiss_kit.tagging.voice import VOICE_NAMES

_READABLE = (40, 260)  # characters; shorter says too little on its own, longer is hard to take in
_SENTENCE = ["record_id", "sentence_start", "sentence_end"]


class EvidenceBook:
    """Gathers the sentences that a report's numbers lead to; each sentence stands in it once.

    `pick` takes tags and returns the id of one sentence among them: confirmed ones first, then one already
    in the book, then the person's own words, then one of readable length, then the first by place.
    """

    def __init__(self, records: pd.DataFrame, counted: pd.DataFrame, lexicon: Lexicon) -> None:
        self._records = records.set_index("record_id")
        self._names = {(code.family, code.code): code.name for code in lexicon.codes}
        self._codes = counted.groupby(_SENTENCE)[["family", "code", "verdict"]].agg(list)
        self._ids: dict[tuple[str, int, int], str] = {}
        self._chosen: dict[str, Evidence] = {}

    def pick(self, tags: pd.DataFrame) -> str:
        """The id of the sentence to show for these tags; "" where there are none."""
        if tags.empty:
            return ""
        return self._enter(min(tags.to_dict("records"), key=self._preference))

    def quote(self, evidence_id: str) -> Evidence:
        """The evidence with an id. Raises KeyError where none was picked."""
        return self._chosen[evidence_id]

    def entries(self) -> tuple[Evidence, ...]:
        """All evidence picked so far, in the order of the records and of the places in them."""
        place = {record_id: number for number, record_id in enumerate(self._records.index)}
        order = sorted(self._ids, key=lambda key: (place[key[0]], key[1]))
        return tuple(self._chosen[self._ids[key]] for key in order)

    def _preference(self, tag: dict) -> tuple:
        length = len(tag["sentence"])
        readable = _READABLE[0] <= length <= _READABLE[1]
        known = _sentence_key(tag) in self._ids
        return (tag["verdict"] != "confirmed", not known, tag["voice"] != "person", not readable, tag["record_id"], tag["start"])

    def _enter(self, tag: dict) -> str:
        key = _sentence_key(tag)
        if key not in self._ids:
            evidence_id = f"e{len(self._ids) + 1}"
            self._ids[key] = evidence_id
            self._chosen[evidence_id] = self._make(evidence_id, tag)
        return self._ids[key]

    def _make(self, evidence_id: str, tag: dict) -> Evidence:
        record = self._records.loc[tag["record_id"]]
        found = self._codes.loc[_sentence_key(tag)]
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


def _sentence_key(tag: dict) -> tuple[str, int, int]:
    return tag["record_id"], tag["sentence_start"], tag["sentence_end"]
