"""The pages of the review panel, from the choice of a person to the report."""

from typing import Any

import ipywidgets as widgets

from nearmiss_kit.decisions.keeping import warn_of_folder
from nearmiss_kit.panels.action_log import ActionLog, make_participants, make_requests
from nearmiss_kit.panels.desk import Desk
from nearmiss_kit.panels.drawing import (
    Section,
    draw,
    give_key,
    make_box,
    make_button,
    make_day,
    make_dress,
    make_html,
    make_line,
    make_list,
    make_row,
    set_value,
)
from nearmiss_kit.panels.files import write_files, write_meeting_invitation
from nearmiss_kit.panels.findings import EvidenceSection, FindingsList
from nearmiss_kit.panels.questions import QuestionControl
from nearmiss_kit.review.checks import check_review
from nearmiss_kit.review.contents import OUTCOMES
from nearmiss_kit.review.gate import judge_findings
from nearmiss_kit.review.proposals import list_stop_passages
from nearmiss_kit.review.return_watch import watch_return
from nearmiss_kit.review.room import answer_field, close_review, decline_review, open_review, reopen_review
from nearmiss_kit.review.story import list_people
from nearmiss_kit.review.summary import list_first_page, list_open_links

STOP = "stop.duties"


class ReviewPage:
    """The frame: who sits here, which person, what was saved, and below it that person's page."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.status = make_html("status", "Nothing is chosen yet.", False, kind="nm-status")
        desk.listen(self._say)
        self.who = make_line("Your role in this review (no name)", key="who")
        self.who.observe(lambda change: setattr(desk, "who", change["new"].strip()), names="value")
        self.person = make_list("Person", {person: person for person in list_people(desk.records)}, key="person")
        start = make_button("Go to this person", self._take_up, key="start")
        chosen = make_box(self.who, self.person, kind="nm-lines")
        self.page = make_box(kind="nm-page", key="page")
        warning = warn_of_folder(desk.path)
        note = (make_html("warning", warning),) if warning else ()
        self.box = make_box(make_dress(), self.status, *note, chosen, start, self.page, kind="nm-panel")
        self.box.add_class("nearmiss")

    def _say(self) -> None:
        set_value(self.status, draw("status", self.desk.says, self.desk.refused))

    def _take_up(self) -> None:
        if not self.person.value:
            self.desk.say("Choose a person first.", refused=True)
        elif not self.who.value.strip():
            self.desk.say("Write your role first, so that it is known who decided what.", refused=True)
        else:
            self.desk.take_up(self.person.value)
            self.show()

    def show(self) -> None:
        """Show the person's page: the beginning, or the review that is going on."""
        begun = bool(self.desk.review_id) and self.desk.review.opening.state != "not_opened"
        made = UnderWay(self.desk) if begun else Beginning(self.desk, self.show)
        self.page.children = (made.box,)
        self.desk.say(
            f"{self.desk.person}: everything is shown as it was saved."
            if self.desk.review_id
            else f"{self.desk.person}: no review yet."
        )


class Beginning:
    """Before a review: the stop rule, then to open one or not."""

    def __init__(self, desk: Desk, go_on: Any) -> None:
        self.desk, self.go_on = desk, go_on
        review = desk.review
        question = desk.form.find_field(STOP)
        self.ticks = {option.id: self._make_tick(option) for option in question.options}
        stop = make_box(
            make_html("stop_passages", list_stop_passages(desk.seen).to_dict("records")),
            make_box(
                make_html("ask", question.ask, True, kind="nm-ask"),
                make_box(*self.ticks.values(), kind="nm-ticks"),
                kind="nm-question",
            ),
            kind="nm-part",
        )
        others = set(desk.records.loc[desk.records["service"] == review.opening.service, "person"]) - {"", desk.person}
        self.housemates = {
            person: give_key(widgets.Checkbox(value=False, description=person, indent=False), f"housemate-{person}")
            for person in sorted(others)
        }
        self.reason = make_line("Why is a review opened, or why not?", long=True, key="reason")
        buttons = make_row(
            make_button("Open a review", self._open, key="open"), make_button("Do not open one", self._decline, key="decline")
        )
        living = make_box(
            make_html("ask", "Whom does it affect as well?", True, kind="nm-ask"),
            make_box(*self.housemates.values(), kind="nm-ticks"),
            kind="nm-question",
        )
        declined = review.opening.reason if desk.review_id else ""
        self.box = make_box(
            make_html("person_heading", desk.person, review.opening.service),
            make_html("step", "Stop first", desk.form.sections[0].says),
            stop,
            make_html("step", "Open a review, or not", "Nothing is kept until you press one of the two buttons below."),
            make_html("threshold", desk.propose(), declined),
            *([living] if self.housemates else []),
            self.reason,
            buttons,
            kind="nm-part",
        )

    def _make_tick(self, option: Any) -> widgets.Checkbox:
        return give_key(widgets.Checkbox(value=False, description=option.name, indent=False), f"{STOP}-{option.id}")

    def _open(self) -> None:
        chosen = [person for person, tick in self.housemates.items() if tick.value]
        self._begin(open_review, housemates=chosen)

    def _decline(self) -> None:
        self._begin(decline_review)

    def _begin(self, call: Any, **values: Any) -> None:
        stop = [option for option, tick in self.ticks.items() if tick.value]
        if not stop:
            self.desk.say("Answer the stop rule first: tick what applies, or “None of these”.", refused=True)
            return
        values |= dict(person=self.desk.person, service=self.desk.review.opening.service, reason=self.reason.value)
        review_id = self.desk.write(call, **values)
        if review_id is None:
            return
        self.desk.review_id = review_id
        self.desk.write(answer_field, review_id=review_id, field=STOP, value=stop, form=self.desk.form)
        self.go_on()


class UnderWay:
    """A review that is going on or closed: the first pass, the evidence, the time line, actions, checks and files."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.parts = [
            (make_html(kind="nm-part"), self._draw_head),
            (make_html(kind="nm-part"), lambda: draw("first_page", list_first_page(desk.review, judge_findings(desk.review)))),
            (make_html(kind="nm-part"), lambda: draw("checks", check_review(desk.seen))),
            (make_html(kind="nm-part"), self._draw_links),
            (make_html(kind="nm-part"), lambda: draw("timeline", desk.seen.timeline)),
        ]
        head, first_page, checks, links, timeline = (part for part, _ in self.parts)
        self.sections = [
            Section(self._say_section(section), self._make_section(section), key=f"s-{section.id}")
            for section in desk.form.sections
        ]
        self.box = make_box(
            head,
            first_page,
            make_html(
                "step", "First pass", "At most twelve answers. Everything else can wait; it stands below as not looked at."
            ),
            *self._make_first_pass(),
            make_html(
                "step",
                "What was found, and the words behind it",
                "A finding stands on a sentence of the records, or on words said or shown at the review.",
            ),
            FindingsList(desk).box,
            make_html("step", "In order of time", ""),
            timeline,
            make_html("step", "Everything else", "Open what you want to look at."),
            *(section.box for section in self.sections),
            make_html("step", "Nine checks", "They are prompts for you, and judge nobody."),
            checks,
            links,
            make_html("step", "Keep and close", ""),
            *self._make_files(),
            make_box(kind="nm-part"),
            *self._make_closing(),
            kind="nm-part",
        )
        desk.listen(self.redraw)
        self.redraw()

    def _make_first_pass(self) -> list[widgets.Widget]:
        made = []
        for number, question in enumerate(self.desk.form.first_pass, start=1):
            kind = make_html("number", number, len(self.desk.form.first_pass), kind="nm-number")
            made.append(make_box(kind, self._make_question(question), kind="nm-first", key=f"first-{question}"))
        return made

    def _make_question(self, question: str) -> widgets.Widget:
        if question == "steps.first_action":
            ask = make_html("ask", self.desk.form.find_field(question).ask, True, kind="nm-ask")
            return make_box(ask, ActionLog(self.desk).box, kind="nm-group")
        if question == "sources.judged":
            names = self.desk.form.list_options(question)
            beside = lambda field: EvidenceSection(self.desk, field, names[field.rpartition(".")[2]]).box  # noqa: E731
            return QuestionControl(self.desk, question, beside=beside).box
        return QuestionControl(self.desk, question).box

    def _list_rest(self, section: Any) -> list[str]:
        return [f"{section.id}.{q.id}" for q in section.questions if f"{section.id}.{q.id}" not in self.desk.form.first_pass]

    def _say_section(self, section: Any) -> Any:
        rest = self._list_rest(section)

        def say() -> str:
            fields = [f.id for f in self.desk.form.fields if f.id in rest or f.id.rpartition(".")[0] in rest]
            looked_at = sum(field in self.desk.review.answers for field in fields)
            return f"{section.name} ({f'{looked_at} of {len(fields)} looked at' if looked_at else 'not looked at'})"

        return say

    def _make_section(self, section: Any) -> Any:
        def make() -> widgets.Widget:
            made = [make_html("says", section.says)] if section.says else []
            made += [QuestionControl(self.desk, question).box for question in self._list_rest(section)]
            made += [make_participants(self.desk)] if section.id == "taking_part" else []
            made += [make_requests(self.desk)] if section.id == "steps" else []
            return make_box(*made, kind="nm-part")

        return make

    def _make_files(self) -> list[widgets.Widget]:
        self.files = make_html(kind="nm-part")
        self.day = make_day("Day of the meeting", key="meeting-day")
        self.place = make_line("Where, in a place the person knows", key="meeting-place")
        self.host = make_line("Whom to talk to about it (a role)", key="meeting-host")
        return [
            make_button("Write the report, the agenda and the action log", self._write, key="export"),
            make_box(self.day, self.place, self.host, kind="nm-lines"),
            make_button("Write the easy-read invitation", self._invite, key="invite"),
            make_button("Is it coming back? (after closure)", self._watch, key="watch"),
            self.files,
        ]

    def _write(self) -> None:
        written = self.desk.try_to(lambda: write_files(self.desk.seen, self.desk.path.parent / "reports"))
        if written is not None:
            set_value(self.files, draw("files", [str(path) for path in written]))
            self.desk.say(f"The report is written: {written[0]}")

    def _invite(self) -> None:
        if not (self.day.value and self.place.value.strip() and self.host.value.strip()):
            self.desk.say("Give the day, the place and whom to talk to first.", refused=True)
            return
        meeting = dict(meeting_on=self.day.value, place=self.place.value, host=self.host.value)
        written = self.desk.try_to(lambda: write_meeting_invitation(self.desk.seen, self.desk.path.parent / "reports", **meeting))
        if written is not None:
            set_value(self.files, draw("files", [str(path) for path in written]))
            self.desk.say(f"The invitation is written: {written[0]}")

    def _watch(self) -> None:
        seen = self.desk.seen
        read = (seen.records, seen.reviewed, self.desk.lexicon, seen.review)
        watch = self.desk.try_to(lambda: watch_return(*read, rules=seen.rules))
        if watch is not None:
            set_value(self.files, draw("watch", watch))
            self.desk.say(watch.says)

    def _make_closing(self) -> list[widgets.Widget]:
        self.outcome = make_list("How did it end?", OUTCOMES, key="outcome")
        self.why = make_line("Why is it closed, or opened again?", key="closing-reason")
        buttons = make_row(
            make_button("Close this review", self._close, key="close"), make_button("Open it again", self._reopen, key="reopen")
        )
        return [make_box(self.outcome, self.why, kind="nm-lines"), buttons]

    def _close(self) -> None:
        if not self.outcome.value:
            self.desk.say("Choose how it ended first.", refused=True)
            return
        self.desk.write(close_review, self.desk.review, outcome=self.outcome.value, reason=self.why.value)

    def _reopen(self) -> None:
        self.desk.write(reopen_review, self.desk.review, reason=self.why.value)

    def _draw_head(self) -> str:
        review = self.desk.review
        done = review.list_first_pass()
        return draw("review_heading", review, sum(done.values()), len(done))

    def _draw_links(self) -> str:
        review = self.desk.review
        return draw("links", list_open_links(review, judge_findings(review), today=self.desk.seen.today))

    def redraw(self) -> None:
        """Draw anew what changed with the last click."""
        for part, drawn in self.parts:
            set_value(part, drawn())
        for section in self.sections:
            section.redraw()
