"""The evidence beside a finding: proposed sentences to judge, a sentence of one's own choice, words said at the review."""

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from nearmiss_kit.decisions.entries import CODED_QUESTIONS
from nearmiss_kit.panels.desk import JUDGEMENTS, Desk
from nearmiss_kit.panels.drawing import (
    Section,
    clear,
    draw,
    list_choices,
    make_box,
    make_button,
    make_html,
    make_list,
    make_row,
    set_class,
    set_value,
)
from nearmiss_kit.panels.entry_forms import WORDS_SAID, EntryForm
from nearmiss_kit.review.contents import SIDES
from nearmiss_kit.review.gate import judge_findings
from nearmiss_kit.review.proposals import list_sentences, propose_evidence
from nearmiss_kit.review.room import quote_record, quote_words


class ProposalControl:
    """One proposed sentence with its three buttons, none of them chosen."""

    def __init__(self, desk: Desk, row: dict[str, Any], finding: str, name: str) -> None:
        self.desk, self.row, self.finding = desk, row, finding
        key = f"{finding}-{row['record_id']}-{row['start']}"
        self.buttons = {
            judgement: make_button(words, self._judge(judgement), key=f"{key}-{judgement}", kind="nm-option")
            for judgement, words in JUDGEMENTS.items()
        }
        back = make_button("take back", lambda: desk.take_back(row, finding), key=f"{key}-back", kind="nm-quiet")
        self.state = make_html(kind="nm-state")
        quote = make_html("proposal", row, cut_marks(desk, row, finding), name, SIDES[row["side"]])
        self.box = make_box(quote, make_row(*self.buttons.values(), back), self.state, kind="nm-question", key=key)
        self.redraw()

    def _judge(self, judgement: str) -> Callable[[], None]:
        return lambda: self.desk.judge(self.row, self.finding, judgement)

    def redraw(self) -> None:
        """Show what was judged."""
        judged = self.desk.read_judgement(self.row, self.finding)
        for judgement, button in self.buttons.items():
            set_class(button, "nm-chosen", judgement == judged)
        words = "quoted beside the finding" if judged == "agree" else "kept"
        set_value(self.state, draw("state", JUDGEMENTS.get(judged, ""), words if judged else "not judged yet", bool(judged)))


def cut_marks(desk: Desk, row: dict[str, Any], finding: str) -> list[tuple[str, bool]]:
    """A sentence in pieces, each with whether the kit marked it; what marks a whole sentence marks nothing."""
    question, _, code = finding.rpartition(".")
    tags = desk.seen.reviewed
    here = tags[(tags["record_id"] == row["record_id"]) & (tags["sentence_start"] == row["start"]) & (tags["code"] == code)]
    here = here[(here["family"] == CODED_QUESTIONS[question]) & (here["end"] - here["start"] < row["end"] - row["start"])]
    pieces, done = [], 0
    for start, end in sorted(
        {(int(a) - row["start"], int(b) - row["start"]) for a, b in zip(here["start"], here["end"], strict=True)}
    ):
        if start >= done:
            pieces += [(row["sentence"][done:start], False), (row["sentence"][start:end], True)]
            done = end
    return [piece for piece in (*pieces, (row["sentence"][done:], False)) if piece[0]]


class QuotedList:
    """What is quoted for and against a finding, each with a button that takes it back."""

    def __init__(self, desk: Desk, finding: str) -> None:
        self.desk, self.finding, self.shown = desk, finding, None
        self.box = make_box(kind="nm-quoted", key=f"quoted-{finding}")
        self.redraw()

    def redraw(self) -> None:
        """Draw the list anew where something came or went."""
        pieces = [piece for piece in self.desk.review.evidence if piece.finding == self.finding]
        if pieces == self.shown:
            return
        self.shown = pieces
        heading = make_html("quoted_heading", len(pieces))
        self.box.children = (heading, *(self._show(piece) for piece in pieces))

    def _show(self, piece: Any) -> widgets.Widget:
        back = make_button(
            "take back", lambda: self.desk.take_back_entry(piece.entry_id), key=f"back-{piece.entry_id}", kind="nm-quiet"
        )
        return make_box(make_html("quoted", piece, SIDES[piece.side]), back, kind="nm-question")


class OwnPassage:
    """A sentence of any record, chosen by the reader."""

    def __init__(self, desk: Desk, finding: str) -> None:
        self.desk, self.finding = desk, finding
        key = f"own-{finding}"
        lines = desk.seen.timeline.lines.to_dict("records")
        names = {line["record_id"]: f"{line['record_id']}, {line['day']:%d %b %Y}, {line['form']}" for line in lines}
        self.record = make_list("Which record?", names, key=f"{key}-record")
        self.sentence = make_list("Which sentence?", {}, key=f"{key}-sentence")
        self.side = make_list("Does it speak for or against?", SIDES, key=f"{key}-side")
        self.record.observe(lambda change: self._offer(change["new"]), names="value")
        add = make_button("Quote this sentence", self._add, key=f"{key}-add")
        ask = make_html("ask", "Quote another sentence of a record", True, kind="nm-ask")
        self.box = make_box(ask, make_box(self.record, self.sentence, self.side, kind="nm-lines"), add, kind="nm-group")

    def _offer(self, record_id: str | None) -> None:
        record = self.desk.find_record(record_id) if record_id else None
        places = list_sentences(record) if record else []
        self.sentence.options = list_choices({place: record["narrative"][slice(*place)] for place in places})

    def _add(self) -> None:
        if not (self.record.value and self.sentence.value):
            self.desk.say("Choose a record and a sentence first.", refused=True)
            return
        start, end = self.sentence.value
        place = dict(record=self.desk.find_record(self.record.value), start=start, end=end, side=self.side.value)
        if self.desk.write(quote_record, review_id=self.desk.review_id, finding=self.finding, **place) is not None:
            clear(self.sentence)
            clear(self.side)


class EvidenceSection:
    """Everything about the evidence of one finding, closed until somebody opens it."""

    def __init__(self, desk: Desk, finding: str, name: str) -> None:
        self.desk, self.finding, self.name = desk, finding, name
        self.proposals = propose_evidence(desk.seen, finding=finding).to_dict("records")
        self.parts: list[Any] = []
        self.section = Section(self._say, self._make, key=f"evidence-{finding}", level="nm-evidence")
        self.box = self.section.box
        desk.listen(self.redraw)

    def _say(self) -> str:
        quoted = sum(piece.finding == self.finding for piece in self.desk.review.evidence)
        return f"evidence on “{self.name}” ({len(self.proposals)} proposed, {quoted} quoted)"

    def _make(self) -> widgets.Widget:
        self.parts = [ProposalControl(self.desk, row, self.finding, self.name) for row in self.proposals]
        quoted = QuotedList(self.desk, self.finding)
        said = EntryForm(
            self.desk,
            WORDS_SAID,
            title="Words said or shown at the review",
            words="Put these words beside the finding",
            key=f"said-{self.finding}",
            store=lambda values: self.desk.write(quote_words, review_id=self.desk.review_id, finding=self.finding, **values),
            lists={"people": lambda: {person: person for person in self.desk.review.people}},
        )
        own = OwnPassage(self.desk, self.finding)
        proposed = [part.box for part in self.parts]
        self.parts.append(quoted)
        heading = make_html("proposed_heading", self.name, len(proposed))
        return make_box(heading, *proposed, quoted.box, own.box, said.box, kind="nm-inside")

    def redraw(self) -> None:
        """Say anew how much is quoted, and show what was judged."""
        self.section.redraw()
        for part in self.parts:
            part.redraw()


class FindingsList:
    """Every finding with its status; signals and early signs have their evidence here, sources beside their question."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.sections: dict[str, EvidenceSection] = {}
        self.said = make_html(kind="nm-part")
        self.box = make_box(kind="nm-findings", key="findings")
        desk.listen(self.redraw)
        self.redraw()

    def redraw(self) -> None:
        """Say how each finding stands, and offer the evidence of those that are new."""
        found = judge_findings(self.desk.review)
        set_value(self.said, draw("findings", found))
        wanted = [one for one in found if not one.finding.startswith("sources.judged.")]
        for one in wanted:
            if one.finding not in self.sections:
                self.sections[one.finding] = EvidenceSection(self.desk, one.finding, one.name)
        children = (self.said, *(self.sections[one.finding].box for one in wanted))
        if self.box.children != children:
            self.box.children = children
