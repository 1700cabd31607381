"""One person's time line: the records in order, who raised what and how often, and how long it took to act and to tell."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from nearmiss_kit.analysis.themes import select_counted
from nearmiss_kit.decisions.entries import CODED_QUESTIONS
from nearmiss_kit.review.reading import Review
from nearmiss_kit.tagging.lexicon import Lexicon
from nearmiss_kit.tagging.voice import VOICE_NAMES, VOICES, VoiceReader

LINE_COLUMNS = ("record_id", "person", "day", "form", "author", "voice", "signals", "early_signs", "sources")
RAISED_COLUMNS = ("family", "code", "name", "voice", "times", "first_day", "last_day")
CONCERNS = ("near_miss_signal", "early_sign", "pressure_source")


@dataclass(frozen=True)
class Milestone:
    """The first day of something, and what says so: a record's id, or “this review”; None and "" where nothing does."""

    day: date | None
    says: str


@dataclass(frozen=True)
class Timeline:
    """One person's time line.

    `lines`: one row is one record (LINE_COLUMNS, oldest first). `raised`: one row is one concern in one voice
    (RAISED_COLUMNS); `times` counts records. `mentions`: one row is one concern in one record.
    """

    lines: pd.DataFrame
    raised: pd.DataFrame
    mentions: pd.DataFrame
    first_sign: Milestone
    first_signal: Milestone
    first_action: Milestone
    commissioner_told: Milestone

    @property
    def days_to_action(self) -> int | None:
        """Days from the first sign or signal to the first action; None where one of them is missing."""
        began = min((m.day for m in (self.first_sign, self.first_signal) if m.day), default=None)
        return (self.first_action.day - began).days if began and self.first_action.day else None

    @property
    def days_to_telling(self) -> int | None:
        """Days from the first signal to the day the commissioner was told; None where one of them is missing."""
        if self.first_signal.day and self.commissioner_told.day:
            return (self.commissioner_told.day - self.first_signal.day).days
        return None


def read_timeline(
    records: pd.DataFrame, reviewed: pd.DataFrame, lexicon: Lexicon, *, people: tuple[str, ...], review: Review | None = None
) -> Timeline:
    """The time line of `people` (a person and the housemates it affects).

    `reviewed` are the tags as people left them (apply_decisions); what the review quotes for a signal, an early sign or a
    source counts as well. Records about nobody by name, such as team minutes,
    are among them where the review quotes them. The first action and the day of telling are taken from the review where
    it has them, else from the first record that speaks of an action log, or in which a commissioner writes or is told.
    """
    quoted = {piece.record_id for piece in review.evidence} if review else set()
    mine = records[records["person"].isin(people) | (records["person"].eq("") & records["record_id"].isin(quoted))]
    mine = mine.sort_values(["event_date", "event_time"], kind="stable")
    reader = VoiceReader(lexicon.voices)
    mine = mine.assign(voice=mine["author"].map(reader.read), day=mine["event_date"])
    counted = select_counted(reviewed).drop_duplicates(["record_id", "family", "code"])
    concerns = counted.loc[counted["family"].isin(CONCERNS), ["record_id", "family", "code"]]
    concerns = pd.concat([concerns, _list_quoted(review)]).drop_duplicates()
    mentions = mine[["record_id", "day", "voice"]].merge(concerns, on="record_id")
    action = _find_action(mine, counted, review)
    return Timeline(
        lines=_list_lines(mine, mentions, lexicon),
        raised=_count_raised(mentions, lexicon),
        mentions=mentions,
        first_sign=_first(mentions[mentions["family"] == "early_sign"]),
        first_signal=_first(mentions[mentions["family"] == "near_miss_signal"]),
        first_action=action,
        commissioner_told=_find_telling(mine, counted, review),
    )


def _list_quoted(review: Review | None) -> pd.DataFrame:
    """What reviewers quoted for a finding: a person read it there, so it counts as much as any tag."""
    pieces = [piece for piece in review.evidence if piece.words and piece.record_id and piece.side == "for"] if review else []
    placed = [(piece.record_id, *piece.finding.rpartition(".")[::2]) for piece in pieces]
    rows = [(record_id, CODED_QUESTIONS[question], code) for record_id, question, code in placed if question in CODED_QUESTIONS]
    return pd.DataFrame(rows, columns=["record_id", "family", "code"])


def _list_lines(mine: pd.DataFrame, mentions: pd.DataFrame, lexicon: Lexicon) -> pd.DataFrame:
    def name(record_id: str, family: str) -> tuple[str, ...]:
        here = set(mentions.loc[(mentions["record_id"] == record_id) & (mentions["family"] == family), "code"])
        return tuple(code.name for code in lexicon.codes if code.family == family and code.code in here)

    rows = [
        (
            *(row["record_id"], row["person"], row["day"], row["form"], row["author"], VOICE_NAMES[row["voice"]]),
            *(name(row["record_id"], family) for family in CONCERNS),
        )
        for row in mine.to_dict("records")
    ]
    return pd.DataFrame(rows, columns=list(LINE_COLUMNS))


def _count_raised(mentions: pd.DataFrame, lexicon: Lexicon) -> pd.DataFrame:
    """In the lexicon's order, then the person's voice first: never ordered by how often."""
    grouped = mentions.groupby(["family", "code", "voice"])
    counted = grouped.agg(times=("record_id", "nunique"), first_day=("day", "min"), last_day=("day", "max"))
    rows = [
        (code.family, code.code, code.name, VOICE_NAMES[voice], *counted.loc[(code.family, code.code, voice)])
        for code in lexicon.codes
        for voice in VOICES
        if (code.family, code.code, voice) in counted.index
    ]
    return pd.DataFrame(rows, columns=list(RAISED_COLUMNS))


def _first(rows: pd.DataFrame) -> Milestone:
    dated = rows[rows["day"].notna()].sort_values("day", kind="stable")
    return Milestone(dated["day"].iloc[0].date(), dated["record_id"].iloc[0]) if len(dated) else Milestone(None, "")


def _find_action(mine: pd.DataFrame, counted: pd.DataFrame, review: Review | None) -> Milestone:
    begun = [action.added_on for action in review.actions] if review else []
    if begun:
        return Milestone(min(begun), "this review")
    logged = counted[(counted["family"] == "governance_evidence") & (counted["code"] == "action_logs")]
    return _first(mine[mine["record_id"].isin(logged["record_id"])])


def _find_telling(mine: pd.DataFrame, counted: pd.DataFrame, review: Review | None) -> Milestone:
    if review and review.value("governance.told_on"):
        return Milestone(date.fromisoformat(review.value("governance.told_on")), "this review")
    told = counted[(counted["family"] == "governance_evidence") & (counted["code"] == "commissioner_updates")]
    return _first(mine[mine["record_id"].isin(told["record_id"]) | (mine["voice"] == "commissioner")])
