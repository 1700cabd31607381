"""Read a sample of records one at a time: confirm, reject, unsure or add, theme by theme."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from nearmiss_kit.analysis.reading_sample import Theme
from nearmiss_kit.decisions.store import append_decision, load_decisions
from nearmiss_kit.report.readings import list_passages, list_read, show_reading
from nearmiss_kit.tagging.lexicon import Lexicon

if TYPE_CHECKING:
    import ipywidgets as widgets

WORDS = {"confirmed": "It holds", "rejected": "It does not hold", "unsure": "Unsure"}


@dataclass(frozen=True)
class Desk:
    """What one reader reads with: the store, the sample and its records, the proposals, the themes, and who reads."""

    path: str | Path
    records: pd.DataFrame
    tags: pd.DataFrame
    sample: pd.DataFrame
    lexicon: Lexicon
    themes: tuple[Theme, ...]
    reviewer: str
    now: Callable[[], datetime]

    def decide(self, record: dict, theme: Theme, verdict: str, *, start: int, end: int) -> None:
        """Store one verdict about a passage of a record."""
        append_decision(
            self.path, record_id=record["record_id"], narrative_fingerprint=record["narrative_fingerprint"], family=theme[0],
            code=theme[1], sentence_start=start, sentence_end=end, verdict=verdict, assertion="affirmed",
            reviewer=self.reviewer, note="", decided_at=self.now(), lexicon_version=self.lexicon.version,
        )  # fmt: skip

    def find_next(self) -> dict | None:
        """The first record of the sample that this reader has not finished; None where all are read."""
        read = list_read(load_decisions(self.path), self.sample, self.records, themes=self.themes, reviewer=self.reviewer)
        left = [record_id for record_id in self.sample["record_id"] if record_id not in read]
        return self.records[self.records["record_id"] == left[0]].iloc[0].to_dict() if left else None

    def finish(self, record: dict) -> None:
        """Store “not there” for the whole record for each theme the reader has not decided on in it."""
        decisions = load_decisions(self.path)
        mine = decisions[(decisions["record_id"] == record["record_id"]) & (decisions["reviewer"] == self.reviewer)]
        decided = set(zip(mine["family"], mine["code"], strict=True))
        for theme in self.themes:
            if theme not in decided:
                self.decide(record, theme, "rejected", start=0, end=len(record["narrative"]))


def read_sample(
    path: str | Path,
    records: pd.DataFrame,
    tags: pd.DataFrame,
    sample: pd.DataFrame,
    lexicon: Lexicon,
    *,
    themes: Iterable[Theme],
    reviewer: str,
    now: Callable[[], datetime] = datetime.now,
) -> "widgets.VBox":
    """One record of a reading sample at a time, each proposal with three answers, and a way to add what is not marked.

    `sample` is that of draw_reading_sample for the same records, tags and themes; `reviewer` is the reader's role. Only
    this reader's own decisions are looked at, so that a second reader reads blind to the first. Nothing is chosen
    beforehand, and each click is stored at once.
    """
    import ipywidgets as widgets  # only needed where there is a notebook to show it

    desk, box = Desk(path, records, tags, sample, lexicon, tuple(themes), reviewer, now), widgets.VBox()
    _show_next(desk, box)
    return box


def _show_next(desk: Desk, box: "widgets.VBox") -> None:
    import ipywidgets as widgets

    record = desk.find_next()
    if record is None:
        box.children = (widgets.HTML("All records of the sample are read. Run the cells below to see what it shows."),)
        return
    passages = list_passages(desk.tags, record, desk.themes)
    rows = [_make_row(desk, record, passage) for passage in passages]
    done = widgets.Button(description="I have read it all: next record", layout=widgets.Layout(width="auto"))
    done.on_click(lambda _: (desk.finish(record), _show_next(desk, box)))
    box.children = (widgets.HTML(show_reading(record, desk.sample)), *rows, *_make_adder(desk, record), done)


def _make_row(desk: Desk, record: dict, passage: dict) -> "widgets.VBox":
    import ipywidgets as widgets

    said = widgets.Label(f"{desk.lexicon.name_of(*passage['theme'])}: “{passage['sentence']}”")
    answers = widgets.ToggleButtons(options=[(words, verdict) for verdict, words in WORDS.items()], value=None)

    def store(change: dict) -> None:
        desk.decide(record, passage["theme"], change["new"], start=passage["start"], end=passage["end"])

    answers.observe(store, names="value")
    return widgets.VBox([said, answers])


def _make_adder(desk: Desk, record: dict) -> tuple["widgets.Widget", ...]:
    import ipywidgets as widgets

    names = [(desk.lexicon.name_of(*theme), theme) for theme in desk.themes]
    theme = widgets.Dropdown(options=[("choose a theme …", None), *names], value=None, description="Not marked")
    words = widgets.Text(placeholder="paste the words that say it", description="Words")
    add = widgets.Button(description="Add")
    says = widgets.Label()

    def store(_: "widgets.Button") -> None:
        start = record["narrative"].find(words.value) if words.value else -1
        if theme.value is None or start < 0:
            says.value = "Choose a theme, and paste words exactly as they stand in the record."
            return
        desk.decide(record, theme.value, "added", start=start, end=start + len(words.value))
        says.value, words.value = f"Added: {desk.lexicon.name_of(*theme.value)}.", ""

    add.on_click(store)
    return widgets.HBox([theme, words, add]), says
