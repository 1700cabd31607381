"""Evidence: which sentence stands behind a number, chosen the same way every time."""

import numpy as np
import pandas as pd

from nearmiss_kit.analysis.wording import say_day
from nearmiss_kit.decisions.quotations import Sentence
from nearmiss_kit.report.facts import Evidence
from nearmiss_kit.review.checks import BLAME
from nearmiss_kit.tagging.lexicon import Lexicon
from nearmiss_kit.tagging.voice import VOICE_NAMES

_READABLE = (40, 260)  # characters; shorter says too little on its own, longer is hard to take in
_SURE = (0.85, 0.65)  # confidences from which a sentence is shown before one of less
_NARROW = ["record_id", "family", "code", "voice", "counted", "assertion", "sentence_start"]
_CATEGORIES = ("record_id", "family", "code", "voice")
_SHOWN = ("record_id", "family", "code", "voice", "verdict", "start", "end", "sentence", "sentence_start", "sentence_end")
_ABOUT = ("service", "event_date", "form")
_SENTENCE = ["record_id", "sentence_start", "sentence_end"]

NOTHING = pd.Index([], dtype="int64")  # no row of a book's tags


class EvidenceBook:
    """Gathers the sentences that a report's numbers lead to; each sentence stands in it once.

    `tags` are the counted tags in order of preference, narrow and as categories, because reports filter them often;
    `find` gives those of one theme, `spread` what stands of each tag's record, `sentences` the number of its sentence;
    tags of other records are left aside.
    `pick` takes some rows of `tags`, or their index, and returns the id of one sentence: confirmed ones first, then one that
    a term or a reader marked before one the learned layer found alone, then one that does not explain distress by the
    person's will, then one of which the learned layer is sure, then one already in the book, then the person's own words, then one of readable length, then the first. Where `cleared` is given, sentences in it come before all others, and the words of all others
    are withheld.
    """

    def __init__(
        self, records: pd.DataFrame, counted: pd.DataFrame, lexicon: Lexicon, *, cleared: frozenset[Sentence] | None = None
    ) -> None:
        self._about = {column: records[column].array for column in _ABOUT}
        self._rows = dict(zip(records["record_id"], range(len(records)), strict=True))
        self._names = {(code.family, code.code): code.name for code in lexicon.codes}
        ordered = _order(counted[counted["record_id"].astype("category").isin(self._rows)])
        self._withheld = _find_withheld(ordered, records, cleared)
        self.tags = ordered[_NARROW].astype(dict.fromkeys(_CATEGORIES, "category"))
        self._record_rows = ordered["record_id"].map(self._rows).to_numpy("int64")
        self._themes = self.tags.groupby(["family", "code"]).indices
        self._columns = {column: ordered[column].array for column in _SHOWN}
        self.sentences = ordered.groupby(_SENTENCE, sort=False).ngroup().to_numpy()
        self._by_sentence = np.argsort(self.sentences, kind="stable")
        self._starts = np.searchsorted(self.sentences[self._by_sentence], np.arange(len(ordered) + 1))
        self._unconfirmed = (ordered["verdict"] != "confirmed").to_numpy()
        self._alone = (ordered["source"] == "learned").to_numpy()  # no term stands behind it
        blaming = self.sentences[(ordered["sub_theme"] == BLAME).to_numpy()]
        self._blames = np.isin(self.sentences, blaming)
        self._doubts = sum((ordered["confidence"] < sure).to_numpy().astype(int) for sure in _SURE)  # none without that layer
        self._unknown = np.ones(len(ordered), dtype=bool)  # for each sentence, whether it is not in the book yet
        self._chosen: dict[int, Evidence] = {}
        self._ids: dict[str, int] = {}

    def find(self, family: str, code: str) -> pd.DataFrame:
        """The rows of `tags` with one theme."""
        return self.tags.iloc[self._themes.get((family, code), NOTHING)]

    def spread(self, values: pd.Series) -> pd.Series:
        """For each row of `tags` the value of its record; `values` has one a record, in the order of the records."""
        return pd.Series(values.array.take(self._record_rows), index=self.tags.index)

    def pick(self, tags: pd.DataFrame | pd.Index, *, fullest: bool = False) -> str:
        """The id of the sentence to show for these rows of `tags`; "" where there are none.

        With `fullest`, of sentences as good as each other one of a record in which most different themes of these rows stand.
        """
        places = (tags.index if isinstance(tags, pd.DataFrame) else tags).to_numpy()
        if not len(places):
            return ""
        last = 48 * self._withheld[places] + 24 * self._unconfirmed[places] + 12 * self._alone[places]
        last += 6 * self._blames[places] + 2 * self._doubts[places] + self._unknown[self.sentences[places]]
        if fullest:
            themes = self.tags.loc[places].groupby("record_id", observed=True)["code"].transform("nunique").to_numpy()
            last = last * (themes.max() + 1) + themes.max() - themes
        return self._enter(int(places[np.argmin(last * len(self.tags) + places)]))

    def quote(self, evidence_id: str) -> Evidence:
        """The evidence with an id. Raises KeyError where none was picked."""
        return self._chosen[self._ids[evidence_id]]

    def entries(self) -> tuple[Evidence, ...]:
        """All evidence picked so far, in the order of the records and of the places in them."""
        firsts = {sentence: int(self._by_sentence[self._starts[sentence]]) for sentence in self._chosen}
        places = {
            sentence: (self._rows[self._chosen[sentence].record_id], self._columns["sentence_start"][first])
            for sentence, first in firsts.items()
        }
        return tuple(self._chosen[sentence] for sentence in sorted(places, key=places.__getitem__))

    def _enter(self, place: int) -> str:
        sentence = int(self.sentences[place])
        if sentence not in self._chosen:
            evidence_id = f"e{len(self._chosen) + 1}"
            self._unknown[sentence] = False
            self._ids[evidence_id] = sentence
            self._chosen[sentence] = self._make(evidence_id, place, sentence)
        return self._chosen[sentence].id

    def _make(self, evidence_id: str, place: int, sentence_number: int) -> Evidence:
        tag = {column: values[place] for column, values in self._columns.items()}
        record = {column: values[self._rows[tag["record_id"]]] for column, values in self._about.items()}
        names: dict[str, dict[str, None]] = {"": {}, "confirmed": {}, "added": {}}
        found = self._by_sentence[self._starts[sentence_number] : self._starts[sentence_number + 1]]
        for other in sorted(found, key=lambda other: (self._columns["start"][other], other)):
            family, code, verdict = (self._columns[column][other] for column in ("family", "code", "verdict"))
            names[verdict][self._names[family, code]] = None
        start, end = tag["start"] - tag["sentence_start"], tag["end"] - tag["sentence_start"]
        withheld = bool(self._withheld[place])
        sentence = "" if withheld else tag["sentence"]
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
            sentence_start=int(tag["sentence_start"]),
            sentence_end=int(tag["sentence_end"]),
            withheld=withheld,
        )


def _find_withheld(counted: pd.DataFrame, records: pd.DataFrame, cleared: frozenset[Sentence] | None) -> np.ndarray:
    """For each tag whether its sentence must not be quoted: none where nothing is to be cleared."""
    if cleared is None:
        return np.zeros(len(counted), dtype=bool)
    prints = counted["record_id"].map(dict(zip(records["record_id"], records["narrative_fingerprint"], strict=True)))
    places = zip(counted["record_id"], prints, counted["sentence_start"], counted["sentence_end"], strict=True)
    return np.array([place not in cleared for place in places], dtype=bool)


def _order(counted: pd.DataFrame) -> pd.DataFrame:
    lengths = counted["sentence"].str.len()
    ranks = counted.assign(
        _others=counted["voice"] != "person",
        _unreadable=~lengths.between(*_READABLE),
        _unconfirmed=counted["verdict"] != "confirmed",
    )
    by = ["_unconfirmed", "_others", "_unreadable", "record_id", "start"]
    return counted.loc[ranks.sort_values(by, kind="stable").index].reset_index(drop=True)
