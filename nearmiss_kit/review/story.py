"""One person's records in order of time, with what the kit proposes and people decided about each passage."""

from dataclasses import dataclass

import pandas as pd

from nearmiss_kit.analysis.themes import select_counted
from nearmiss_kit.analysis.wording import say_day
from nearmiss_kit.decisions.verdicts import apply_decisions
from nearmiss_kit.errors import RecordsError
from nearmiss_kit.tagging.lexicon import Lexicon
from nearmiss_kit.tagging.voice import VOICE_NAMES, VOICES, VoiceReader

# How an assertion reads behind the name of a code; an affirmed one needs no words.
ASSERTION_WORDS = {
    "affirmed": "",
    "negated": "said not to be so",
    "historical": "in the past",
    "hypothetical": "a plan or possibility",
    "uncertain": "not certain",
}


@dataclass(frozen=True)
class Passage:
    """A stretch of a narrative; `codes` says what is proposed there (none for plain text)."""

    text: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class StoryRecord:
    """One record of a story: its passages together are the whole narrative, unaltered."""

    record_id: str
    when: str
    form: str
    author: str
    passages: tuple[Passage, ...]
    signals: tuple[str, ...]
    early_signs: tuple[str, ...]


@dataclass(frozen=True)
class Story:
    """The records about one person in order of time, and what stands out in their order."""

    person: str
    service: str
    first_day: str
    last_day: str
    records: tuple[StoryRecord, ...]
    voices: tuple[tuple[str, int], ...]
    first_early_sign: str
    first_signal: str
    days_between: int | None


def read_story(records: pd.DataFrame, tags: pd.DataFrame, decisions: pd.DataFrame, lexicon: Lexicon, *, person: str) -> Story:
    """The story of one person.

    `records`, `tags` and `decisions` are the tables of load_records, tag_records and load_decisions; `days_between`
    counts from the first record with an early sign to the first with a near-miss signal (None where either is missing,
    or the signal came first). Raises RecordsError where no record is about `person`.
    """
    mine = records[records["person"] == person].sort_values(["event_date", "event_time"], kind="stable")
    if mine.empty:
        known = ", ".join(sorted(set(records["person"]) - {""})[:12])
        raise RecordsError(f"No record is about “{person}”. The records speak of {known}.")
    reviewed = apply_decisions(tags[tags["record_id"].isin(mine["record_id"])], decisions, mine)
    reader = VoiceReader(lexicon.voices)
    voices = mine["author"].map(reader.read)
    sign, signal = (_first_day(mine, reviewed, family) for family in ("early_sign", "near_miss_signal"))
    return Story(
        person=person,
        service=", ".join(sorted(set(mine["service"]))),
        first_day=say_day(mine["event_date"].min()),
        last_day=say_day(mine["event_date"].max()),
        records=tuple(_read_record(record, reviewed, lexicon) for record in mine.to_dict("records")),
        voices=tuple((VOICE_NAMES[voice], int((voices == voice).sum())) for voice in VOICES),
        first_early_sign=_say_first(reviewed, "early_sign", sign),
        first_signal=_say_first(reviewed, "near_miss_signal", signal),
        days_between=(signal - sign).days if sign < signal else None,
    )


def list_people(records: pd.DataFrame) -> list[str]:
    """The people the records are about, in order of name."""
    return sorted(set(records["person"]) - {""})


def _say_first(reviewed: pd.DataFrame, family: str, day: pd.Timestamp) -> str:
    if (select_counted(reviewed)["family"] == family).any():
        return say_day(day)
    return "none proposed"


def _first_day(mine: pd.DataFrame, reviewed: pd.DataFrame, family: str) -> pd.Timestamp:
    counted = select_counted(reviewed)
    ids = counted.loc[counted["family"] == family, "record_id"]
    return mine.loc[mine["record_id"].isin(ids), "event_date"].min()


def _read_record(record: dict, reviewed: pd.DataFrame, lexicon: Lexicon) -> StoryRecord:
    tags = reviewed[(reviewed["record_id"] == record["record_id"]) & (reviewed["verdict"] != "rejected")]
    counted = select_counted(tags)
    return StoryRecord(
        record_id=record["record_id"],
        when=say_day(record["event_date"]) + (f", {record['event_time']}" if record["event_time"] else ""),
        form=record["form"],
        author=record["author"],
        passages=tuple(_cut_passages(record["narrative"], tags, lexicon)),
        signals=_names(counted, "near_miss_signal", lexicon),
        early_signs=_names(counted, "early_sign", lexicon),
    )


def _names(counted: pd.DataFrame, family: str, lexicon: Lexicon) -> tuple[str, ...]:
    codes = set(counted.loc[counted["family"] == family, "code"])
    return tuple(code.name for code in lexicon.codes if code.family == family and code.code in codes)


def _cut_passages(narrative: str, tags: pd.DataFrame, lexicon: Lexicon) -> list[Passage]:
    passages, done = [], 0
    for start, end, codes in _merge_spans(tags, lexicon):
        passages += [Passage(narrative[done:start], ()), Passage(narrative[start:end], codes)]
        done = end
    return [passage for passage in (*passages, Passage(narrative[done:], ())) if passage.text]


def _merge_spans(tags: pd.DataFrame, lexicon: Lexicon) -> list[tuple[int, int, tuple[str, ...]]]:
    merged: list[tuple[int, int, tuple[str, ...]]] = []
    for tag in tags.sort_values(["start", "end"]).to_dict("records"):
        words = ASSERTION_WORDS[tag["assertion"]]
        code = lexicon.name_of(tag["family"], tag["code"]) + (f" ({words})" if words else "")
        if merged and tag["start"] < merged[-1][1]:
            start, end, codes = merged[-1]
            merged[-1] = (start, max(end, tag["end"]), tuple(dict.fromkeys((*codes, code))))
        else:
            merged.append((tag["start"], tag["end"], (code,)))
    return merged
