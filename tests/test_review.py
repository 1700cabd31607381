"""Review: one person's records in order, and one near miss from evidence to what changed."""

import csv
import re
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nearmiss_kit as nk
from nearmiss_kit.decisions.entries import CODED_QUESTIONS
from nearmiss_kit.review.checks import CHECKS, Seen
from nearmiss_kit.review.contents import ActionPlan, Opening, Request, StatusChange
from nearmiss_kit.review.examples import EXAMPLES, read_example
from nearmiss_kit.review.form import FIRST_PASS_AT_MOST, check_answer
from nearmiss_kit.review.reading import Action, Answer, Noted, Review
from nearmiss_kit.review.summary import LONGEST_EASY_SENTENCE
from nearmiss_kit.review.timeline import Milestone, Timeline

ROWS = (
    ("2", "Alder", "AL1", "2026-03-01", "area manager", "Notice was discussed."),
    ("1", "Alder", "AL1", "2026-02-01", "waking night staff", "He didn't sleep. No agency."),
    ("3", "Alder", "AL2", "2026-02-01", "staff", "All calm."),
)


@pytest.fixture
def story(make_records, small_lexicon, no_decisions):
    records = make_records(*ROWS)
    return nk.read_story(records, nk.tag_records(records, small_lexicon, layer="none"), no_decisions, small_lexicon, person="AL1")


def test_a_story_stands_in_order_of_time_with_the_days_between_sign_and_signal(story):
    assert ([record.record_id for record in story.records], story.first_early_sign, story.first_signal, story.days_between) == (
        ["1", "2"],
        "1 February 2026",
        "1 March 2026",
        28,
    )


def test_the_passages_of_a_record_are_its_whole_narrative_with_assertions_in_words(story):
    assert [(passage.text, passage.codes) for passage in story.records[0].passages] == [
        ("He ", ()),
        ("didn't sleep", ("Sleep disruption",)),
        (". No ", ()),
        ("agency", ("Staffing (said not to be so)",)),
        (".", ()),
    ]


def test_every_sample_narrative_is_shown_whole(records, tags, lexicon, no_decisions):
    narratives = dict(zip(records["record_id"], records["narrative"], strict=True))
    for person in nk.list_people(records):
        for record in nk.read_story(records, tags, no_decisions, lexicon, person=person).records:
            assert "".join(passage.text for passage in record.passages) == narratives[record.record_id]


def test_a_person_nobody_wrote_about_is_refused_with_who_there_is(make_records, small_lexicon, no_decisions):
    records = make_records(*ROWS)
    with pytest.raises(nk.RecordsError, match=r"No record is about “ZZ9”\. The records speak of AL1, AL2\."):
        nk.read_story(records, nk.tag_records(records, small_lexicon, layer="none"), no_decisions, small_lexicon, person="ZZ9")


def test_three_whole_placement_stories_stand_among_the_samples(records):
    told = records["person"].value_counts()
    birch = told["BI1"] + told["BI2"]
    assert (12 <= told["AL1"] <= 20, 12 <= birch <= 20, 12 <= told["CE1"] <= 20) == (True, True, True)


# --- The form -------------------------------------------------------------------------------------------------

FORM = nk.load_form()
RULES = nk.load_house_rules()
NOW = datetime(2026, 4, 14, 10)
BY = dict(who="quality lead", decided_at=NOW)
# Every list of the article, and how many things are on it.
LISTS = {
    "opening.not_happened": 4, "signals.seen": 9, "voices.heard": 5, "sources.judged": 10, "signals.early": 7,
    "supervision.asked": 5, "governance.visible": 4, "governance.verbs": 3, "governance.audit": 9, "measures.before": 15,
    "housing.suitable": 4, "sources.connects": 7, "signals.consequences": 6, "governance.practice": 10, "steps.plan": 5,
    "stop.done": 6, "decision.principles": 7, "governance.expectations": 8, "governance.if_ignored": 4,
}  # fmt: skip


@pytest.mark.parametrize(("question", "number"), LISTS.items())
def test_every_list_of_the_article_stands_in_the_form(question, number):
    assert len(FORM.list_options(question)) == number


def test_the_first_pass_asks_twelve_questions_and_begins_with_the_stop_rule():
    assert (len(FORM.first_pass), FIRST_PASS_AT_MOST, FORM.first_pass[0]) == (12, 12, "stop.duties")


@pytest.mark.parametrize(("question", "family"), CODED_QUESTIONS.items())
def test_the_forms_codes_are_the_lexicons_codes(question, family, lexicon):
    assert set(FORM.list_options(question)) == {code.code for code in lexicon.codes if code.family == family}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sources.judged.staffing", "yes"),
        ("signals.seen", ["staff_refusal", "notice"]),
        ("signals.seen", []),
        ("stop.duties", ["none", "police"]),
        ("questions.nearly_failed", "  "),
        ("opening.nearest_day", "14/04/2026"),
        ("steps.first_action", "done"),
        ("sources.judged", "agree"),
        ("nothing.here", "x"),
    ],
)
def test_an_answer_that_does_not_fit_its_question_is_refused(field, value):
    with pytest.raises(nk.ReviewError):
        check_answer(FORM, field, value)


@given(field=st.sampled_from(FORM.fields), value=st.none() | st.text() | st.integers() | st.lists(st.text() | st.none()))
def test_no_answer_of_any_shape_breaks_the_form(field, value):
    try:
        check_answer(FORM, field.id, value)
    except nk.ReviewError as refusal:
        assert len(str(refusal)) > 20


def test_a_form_with_faults_is_refused_with_file_and_line(tmp_path):
    path = tmp_path / "my_form.yaml"
    path.write_text("version: '1'\nanswers: {}\nsections:\n  - id: stop\n    nmae: Stop\n    questions: []\n", encoding="utf-8")
    with pytest.raises(nk.ReviewError, match=r"my_form\.yaml, line 5: “nmae” is not known here"):
        nk.load_form(path)


# --- One review -----------------------------------------------------------------------------------------------


@pytest.fixture
def room(tmp_path, make_records):
    """A store with one open review of AL1, and its records."""
    path, records = tmp_path / "reviews.sqlite", make_records(*ROWS)
    opened = dict(person="AL1", service="Alder", housemates=["AL2"], reason="notice was discussed")
    return path, records, nk.open_review(path, **opened, **BY)


def read(room) -> Review:
    path, records, review_id = room
    return nk.read_review(nk.load_entries(path), records, FORM, review_id=review_id)


def act(room, **changes) -> str:
    plan = dict(
        what="Agree one way of asking", owner="senior", due="2026-05-01", finding="sources.judged.staffing",
        lasting="support_model", know_by="count it each week", restricts_anyone=False,
    )  # fmt: skip
    return nk.add_action(room[0], review_id=room[2], **(plan | changes), **BY)


def test_a_new_review_is_empty_and_nothing_is_chosen_beforehand(room):
    review = read(room)
    assert (dict(review.answers), review.evidence, review.actions, any(review.list_first_pass().values())) == ({}, (), (), False)


def test_twelve_calls_complete_a_first_pass_which_is_there_when_the_store_is_opened_again(room):
    answers = {
        "stop.duties": ["none"], "opening.reasons": ["notice"], "opening.not_happened": ["move"], "signals.seen": ["provider_warning"],
        "voices.heard": ["staff"], "voices.own_words": "nobody has asked yet", "questions.nearly_failed": "the evenings",
        "sources.judged.staffing": "agree", "questions.must_change": "one way of asking", "measures.before.sleep": "8 broken nights",
        "decision.placement": "open",
    }  # fmt: skip
    for field, value in answers.items():
        nk.answer_field(room[0], review_id=room[2], field=field, value=value, **BY)
    act(room)
    review = read(room)
    assert (len(answers) + 1, review.list_first_pass()) == (12, dict.fromkeys(FORM.first_pass, True))
    assert review.answers["sources.judged.staffing"] == Answer(
        "sources.judged.staffing", "agree", "quality lead", "", "2026-04-14T10:00:00"
    )


def test_a_declined_review_is_kept_with_its_reason(tmp_path):
    path = tmp_path / "reviews.sqlite"
    nk.decline_review(path, person="AL1", service="Alder", reason="he chose to move", **BY)
    listed = nk.list_reviews(nk.load_entries(path))
    assert listed[["person", "state", "reason", "who"]].to_dict("records") == [
        {"person": "AL1", "state": "not_opened", "reason": "he chose to move", "who": "quality lead"}
    ]


def quote(room, row: int, words: str, finding: str, side: str = "for") -> str:
    record = room[1].iloc[row]
    start = record["narrative"].index(words)
    where = dict(record=record, start=start, end=start + len(words))
    return nk.quote_record(room[0], review_id=room[2], finding=finding, side=side, **where, **BY)


def test_a_finding_stands_on_a_quoted_sentence_or_on_words_at_the_review_and_else_is_not_evidenced_yet(room):
    for source in ("staffing", "routines", "communication"):
        nk.answer_field(room[0], review_id=room[2], field=f"sources.judged.{source}", value="agree", **BY)
    quote(room, 1, "No agency.", "sources.judged.staffing")
    quote(room, 2, "All calm.", "sources.judged.communication", "against")
    said = dict(
        words="He pushed the list away", said_by="the person", said_on="2026-04-14", checked_back="shown again", side="for"
    )
    nk.quote_words(room[0], review_id=room[2], finding="sources.judged.routines", **said, **BY)
    findings = {finding.name: finding.status for finding in nk.judge_findings(read(room))}
    assert findings == {"Staffing": "evidenced", "Routines": "evidenced", "Communication": "not evidenced yet"}
    assert read(room).has_persons_voice()


def test_a_quotation_whose_record_changed_no_longer_evidences_anything(room, make_records):
    nk.answer_field(room[0], review_id=room[2], field="sources.judged.staffing", value="agree", **BY)
    quote(room, 1, "No agency.", "sources.judged.staffing")
    changed = make_records(("1", "Alder", "AL1", "2026-02-01", "staff", "He slept."))
    review = nk.read_review(nk.load_entries(room[0]), changed, FORM, review_id=room[2])
    (finding,) = nk.judge_findings(review)
    assert (finding.status, finding.says, b"No agency." in room[0].read_bytes()) == (
        "not evidenced yet",
        "the record has changed since it was quoted; read it again",
        False,
    )


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ({}, "not confirmed"),
        ({"sources.behaviour_function": "to make the talking stop"}, "not confirmed"),
        ({"sources.behaviour_function": "Not yet understood."}, "evidenced"),
        (
            {
                "sources.behaviour_function": "to make it stop",
                "sources.health_checked": "no",
                "sources.plan_followed": "not_sure",
            },
            "evidenced",
        ),
    ],
)
def test_behaviour_is_not_confirmed_alone(room, answers, status):
    for field, value in {"sources.judged.behaviour": "agree", **answers}.items():
        nk.answer_field(room[0], review_id=room[2], field=field, value=value, **BY)
    quote(room, 1, "He didn't sleep.", "sources.judged.behaviour")
    assert [finding.status for finding in nk.judge_findings(read(room))] == [status]


def test_a_review_does_not_close_as_stabilised_on_survival_alone(room):
    close = dict(outcome="stabilised", reason="it held", **BY)
    with pytest.raises(nk.ReviewError) as refusal:
        nk.close_review(room[0], read(room), **close)
    assert len(str(refusal.value).splitlines()) == 4
    for field, value in {
        "measures.before.sleep": "8 nights", "measures.after.sleep": "2 nights",
        "voices.heard": ["person"], "voices.own_words": "“My house.”",
    }.items():  # fmt: skip
        nk.answer_field(room[0], review_id=room[2], field=field, value=value, **BY)
    done = dict(action_id=act(room), status="done", on="2026-05-01", note="in the plan")
    nk.set_action_status(room[0], review_id=room[2], **done, **BY)
    nk.close_review(room[0], read(room), **close)
    review = read(room)
    assert (review.opening.state, review.opening.outcome, review.closed_on) == ("closed", "stabilised", date(2026, 4, 14))
    nk.reopen_review(room[0], review, reason="it came back", **BY)
    assert (read(room).opening.state, read(room).closed_on) == ("open", None)


def test_an_action_that_restricts_somebody_asks_four_things_more(room):
    with pytest.raises(nk.ReviewError, match="less restrictive ways"):
        act(room, restricts_anyone=True)
    asked = dict(less_restrictive="a", legal_basis="b", restriction_review="2026-05-01", plan_to_end="c")
    act(room, restricts_anyone=True, **asked)
    assert [action.plan.plan_to_end for action in read(room).actions] == ["c"]


def test_an_action_keeps_its_history_is_overdue_and_can_be_taken_back(room):
    action_id = act(room)
    set_status = dict(review_id=room[2], action_id=action_id, note="half of the team", on="2026-04-20")
    entry = nk.set_action_status(room[0], **set_status, status="started", **BY)
    nk.change_action(room[0], read(room), action_id, due="2026-04-30", why="sooner", **BY)
    (action,) = read(room).actions
    assert (action.status, action.plan.due, action.is_overdue(date(2026, 4, 30)), action.is_overdue(date(2026, 5, 1))) == (
        "started", date(2026, 4, 30), False, True,
    )  # fmt: skip
    nk.undo_entry(room[0], entry, **BY)
    assert read(room).actions[0].status == "planned"


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_actions_are_written_without_live_formulas(room, tmp_path, suffix):
    act(room, what="=HYPERLINK(1)", owner="+44", know_by="@x")
    path = nk.write_actions(nk.list_actions((read(room),), today=date(2026, 5, 2)), tmp_path / f"actions{suffix}")
    if suffix == ".xlsx":
        book = openpyxl.load_workbook(path)
        names, cells = book["Actions"].iter_rows()
        row = {name.value: (cell.value, cell.data_type) for name, cell in zip(names, cells, strict=True)}
        book.close()
        assert (row["what"], row["owner"], row["overdue"]) == (("=HYPERLINK(1)", "s"), ("+44", "s"), ("yes", "s"))
    else:
        with path.open(encoding="utf-8-sig", newline="") as file:
            (row,) = csv.DictReader(file)
        assert (row["what"], row["owner"], row["know_by"]) == ("'=HYPERLINK(1)", "'+44", "'@x")


def test_a_request_waits_until_it_is_answered(room):
    asked = dict(asked_of="housing", what="a flat", asked_on="2026-01-01", answered_on=None, answer="")
    request_id = nk.add_request(room[0], review_id=room[2], **asked, **BY)
    nk.answer_request(room[0], read(room), request_id, answered_on=date(2026, 2, 1), answer="no flat", **BY)
    assert [(noted.content.answer, noted.content.answered_on) for noted in read(room).requests] == [("no flat", date(2026, 2, 1))]


def test_a_learning_point_is_saved_with_what_speaks_against_it(tmp_path):
    path = tmp_path / "reviews.sqlite"
    point = dict(
        statement="Say goodbye", definition="d", evidence=["1", "2", "4"], counter_evidence=["3"], decided="ask at each leaving"
    )
    point_id = nk.add_learning_point(path, **point, **BY)
    nk.add_learning_point(path, point_id=point_id, **(point | {"statement": "Say goodbye in pictures"}), **BY)
    points = nk.read_learning_points(nk.load_entries(path))
    assert [(key, p.statement, p.counter_evidence) for key, p in points.items()] == [
        (point_id, "Say goodbye in pictures", ("3",))
    ]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"evidence": ["1", "2", "2"]}, "3 different records"),
        ({"counter_evidence": []}, "speaks against it"),
        ({"counter_evidence": ["1"]}, "for and against"),
        ({"definition": " "}, "“definition” is empty"),
        ({"decided": ""}, "“decided” is empty"),
    ],
)
def test_a_theme_without_three_records_a_counter_evidence_and_a_decision_is_no_learning_point(tmp_path, change, fault):
    point = dict(statement="s", definition="d", evidence=["1", "2", "4"], counter_evidence=["3"], decided="x") | change
    with pytest.raises(nk.ReviewError, match=fault):
        nk.add_learning_point(tmp_path / "reviews.sqlite", **point, **BY)
    assert nk.read_learning_points(nk.load_entries(tmp_path / "reviews.sqlite")) == {}


def test_a_participant_stands_by_role_and_a_housemate_has_an_entry_of_their_own(room):
    asked = dict(asked_on="2026-04-01", agreed="yes", basis="", communication="pictures", advocate="")
    nk.add_participant(room[0], review_id=room[2], role="housemate", about="AL2", **asked, **BY)
    assert [(noted.content.role, noted.content.about) for noted in read(room).participants] == [("housemate", "AL2")]


# --- Threshold, time line, return watch --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "opens"),
    [
        ([("2026-01-01", "near_miss_signal", "provider_warning")], True),
        ([("2026-01-01", "near_miss_signal", "commissioner_concern")], False),
        (
            [
                ("2026-01-01", "near_miss_signal", "commissioner_concern"),
                ("2026-02-01", "near_miss_signal", "safeguarding_pressure"),
            ],
            True,
        ),
        (
            [
                ("2026-01-01", "near_miss_signal", "commissioner_concern"),
                ("2026-06-01", "near_miss_signal", "safeguarding_pressure"),
            ],
            False,
        ),
        ([("2026-01-01", "incident", ""), ("2026-01-20", "incident", ""), ("2026-02-12", "incident", "")], True),
        ([("2026-01-01", "incident", ""), ("2026-01-20", "incident", ""), ("2026-02-13", "incident", "")], False),
    ],
)
def test_a_review_is_proposed_on_one_hard_signal_two_softer_or_three_incidents_in_six_weeks(rows, opens, make_records, lexicon):
    records = make_records(*((str(n), "A", "AL1", day, "staff", "words") for n, (day, _, _) in enumerate(rows)))
    records["form"] = [f"{family} form" for _, family, _ in rows]
    reviewed = pd.DataFrame(
        [(str(n), family, code, "", True, "affirmed", "words") for n, (_, family, code) in enumerate(rows) if code],
        columns=["record_id", "family", "code", "sub_theme", "counted", "assertion", "sentence"],
    )
    proposal = nk.propose_review(records, reviewed, lexicon, people=("AL1",), rules=RULES)
    assert (proposal.opens, proposal.rule.startswith("House rule, not law")) == (opens, True)


def test_the_time_line_says_who_raised_what_and_how_long_it_took(room, small_lexicon, no_decisions):
    path, records, review_id = room
    nk.answer_field(path, review_id=review_id, field="governance.told_on", value="2026-03-11", **BY)
    act(room)
    tags = nk.tag_records(records, small_lexicon, layer="none")
    timeline = nk.read_timeline(
        records, nk.apply_decisions(tags, no_decisions, records), small_lexicon, people=("AL1",), review=read(room)
    )
    assert timeline.raised[["code", "voice", "times"]].to_dict("records") == [
        {"code": "provider_warning", "voice": "staff", "times": 1},
        {"code": "sleep_disruption", "voice": "staff", "times": 1},
    ]
    assert (list(timeline.lines["record_id"]), timeline.first_sign, timeline.first_signal) == (
        ["1", "2"],
        Milestone(date(2026, 2, 1), "1"),
        Milestone(date(2026, 3, 1), "2"),
    )
    assert (timeline.days_to_action, timeline.days_to_telling) == (72, 10)


def test_the_return_watch_says_with_quotes_what_came_back_after_closure(room, small_lexicon, no_decisions, make_records):
    for field, value in {"signals.seen": ["provider_warning"], "sources.judged.staffing": "agree"}.items():
        nk.answer_field(room[0], review_id=room[2], field=field, value=value, **BY)
    nk.close_review(room[0], read(room), outcome="open_links", reason="done here", **BY)
    newer = make_records(*ROWS, ("9", "Alder", "AL1", "2026-05-01", "staff", "Fine. Notice was given."))
    reviewed = nk.apply_decisions(nk.tag_records(newer, small_lexicon, layer="none"), no_decisions, newer)
    watch = nk.watch_return(newer, reviewed, small_lexicon, read(room), rules=RULES)
    assert (watch.read, [(seen.code, [s.sentence for s in seen.sightings]) for seen in watch.returning]) == (
        1,
        [("provider_warning", ["Notice was given."]), ("staffing", [])],
    )


def test_the_return_watch_says_nothing_where_no_newer_record_was_read(room, small_lexicon, no_decisions):
    nk.close_review(room[0], read(room), outcome="open_links", reason="done here", **BY)
    reviewed = nk.apply_decisions(nk.tag_records(room[1], small_lexicon, layer="none"), no_decisions, room[1])
    watch = nk.watch_return(room[1], reviewed, small_lexicon, read(room), rules=RULES)
    assert watch.says == "No record was read since 14 April 2026, so nothing can be said."


# --- The nine checks, each in both directions --------------------------------------------------------------


def plan(**changes) -> Action:
    values = dict(
        what="a", owner="b", due="2026-05-01", finding="f", lasting="support_model", know_by="c", restricts_anyone=False
    )
    done = StatusChange(status="done", on=date(2026, 5, 1), note="seen")
    return Action("a1", ActionPlan.model_validate(values | changes), ((done, "lead"),), date(2026, 4, 14))


def see(
    *,
    answers=None,
    actions=(),
    requests=(),
    mentions=(),
    forms=(),
    told=None,
    acted=None,
    state="open",
    outcome="",
    opened="2026-04-14",
):
    """Everything a check looks at, with only what a test is about in it."""
    opening = Opening(person="AL1", service="A", housemates=(), state=state, outcome=outcome, reason="r")
    given_answers = {field: Answer(field, value, "lead", "", "") for field, value in (answers or {}).items()}
    review = Review(
        "r", opening, date.fromisoformat(opened), None, MappingProxyType(given_answers), (), (), requests, actions, FORM
    )
    rows = [(str(n), pd.Timestamp(day), "staff", family, code) for n, (day, family, code) in enumerate(mentions)]
    found = pd.DataFrame(rows, columns=["record_id", "day", "voice", "family", "code"])
    signals = [row[1].date() for row in rows if row[3] == "near_miss_signal"]
    days = [Milestone(date.fromisoformat(day) if day else None, "") for day in (acted, told)]
    timeline = Timeline(
        lines=found[["record_id"]], raised=found.assign(name=found["code"]), mentions=found, first_sign=Milestone(None, ""),
        first_signal=Milestone(min(signals, default=None), ""), first_action=days[0], commissioner_told=days[1],
    )  # fmt: skip
    records = pd.DataFrame([(str(n), "AL1", pd.Timestamp(day), "Incident form") for n, day in enumerate(forms)],
                           columns=["record_id", "person", "event_date", "form"])  # fmt: skip
    reviewed = pd.DataFrame([], columns=["record_id", "sub_theme", "sentence_start", "counted", "assertion"]).astype(
        {"counted": bool}
    )
    return Seen(review, timeline, records, reviewed, RULES, date(2026, 6, 1))


STAYS = {"decision.placement": "stay_with_changes"}
SHOWN = {"measures.before.sleep": "8", "measures.after.sleep": "2", "voices.heard": ("person",), "voices.own_words": "My house."}
WAITING = Request(asked_of="health", what="a dentist", asked_on=date(2026, 1, 1), answered_on=None, answer="")
CONCERN = ("early_sign", "sleep_disruption")
CASES = {
    "survival_as_success": (
        see(answers=STAYS),
        see(answers={**STAYS, **SHOWN, "questions.must_change": "rota"}, actions=(plan(),)),
        "The placement is to stay, and there is not yet what must change and an action.",
    ),
    "incidents_without_review": (
        see(forms=["2026-01-01", "2026-01-10", "2026-02-01"]),
        see(forms=["2026-01-01", "2026-01-10", "2026-02-01"], opened="2026-02-11"),
        "3 incidents within 42 days (0, 1 and 2); the review opened 72 days later.",
    ),
    "person_blamed": (
        see(answers={"sources.judged.behaviour": "agree", "questions.why": "It was on purpose."}),
        see(answers={"sources.judged.behaviour": "agree", "sources.judged.staffing": "not_this", "questions.why": "On purpose."}),
        "Only behaviour is agreed and words that blame stand in 1 place, and nothing in the support or the surroundings was judged.",
    ),
    "raised_again": (
        see(mentions=[("2026-01-01", *CONCERN), ("2026-01-09", *CONCERN), ("2026-02-01", *CONCERN)], acted="2026-03-01"),
        see(mentions=[("2026-01-01", *CONCERN), ("2026-01-09", *CONCERN), ("2026-02-01", *CONCERN)], acted="2026-02-01"),
        "Before the first action: sleep_disruption (3 records).",
    ),
    "commissioner_told_late": (
        see(mentions=[("2026-01-01", "near_miss_signal", "provider_warning")], told="2026-01-09"),
        see(mentions=[("2026-01-01", "near_miss_signal", "provider_warning")], told="2026-01-08"),
        "The commissioner was told on 9 January 2026, 8 days after the first signal. By then notice was already talked of.",
    ),
    "only_temporary": (
        see(actions=(plan(lasting="temporary"),)),
        see(actions=(plan(lasting="temporary"), plan())),
        "1 action, none of them a change to the support model.",
    ),
    "no_evidence_of_change": (
        see(actions=(plan(),), answers={"measures.before.sleep": "8"}),
        see(actions=(plan(),), answers=SHOWN),
        "1 measure of 15 written down before, none after.",
    ),
    "housing_not_checked": (
        see(mentions=[("2026-01-01", "pressure_source", "compatibility")], answers={"sources.judged.housing": "agree"}),
        see(mentions=[("2026-01-01", "pressure_source", "compatibility")], answers={"housing.suitable.shared": "no"}),
        "The home, or who shares it, stands in 1 of 1 record, and housing agreed as a source; no housing check.",
    ),
    "requests_unanswered": (
        see(requests=(Noted("q", WAITING, "lead", ""),)),
        see(requests=(Noted("q", WAITING.model_copy(update={"answered_on": date(2026, 5, 1)}), "lead", ""),)),
        "Still waiting for: health services, 151 days.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CHECKS)
def test_each_check_says_what_it_saw_and_is_silent_where_there_is_nothing(name):
    with_it, without_it, saw = CASES[name]
    assert (CHECKS[name](with_it), CHECKS[name](without_it)) == (saw, "")


def test_a_closed_review_that_only_says_stabilised_is_named_survival():
    closed = see(state="closed", outcome="stabilised", answers={"questions.must_change": "rota"}, actions=(plan(),))
    assert CHECKS["survival_as_success"](closed).startswith(
        "The review is closed, and there is not yet a measure as it was before"
    )


def test_a_commissioner_nobody_told_is_said():
    seen = see(mentions=[("2026-01-01", "near_miss_signal", "staff_refusal")])
    assert CHECKS["commissioner_told_late"](seen).endswith("nothing says that the commissioner was told.")


def test_all_nine_checks_say_why_it_matters_and_what_to_do():
    checks = nk.check_review(see())
    assert (len(checks), [c.found for c in checks], all(c.matters and c.to_do and c.saw for c in checks)) == (
        9,
        [False] * 9,
        True,
    )


# --- The first page, the agenda, the invitation ------------------------------------------------------------


def test_a_review_without_voice_measure_or_lasting_action_says_so_on_its_first_page():
    facts = nk.build_review_facts(see(actions=(plan(lasting="temporary"),)))
    assert facts.first_page == (
        "Nobody wrote down whether something here has to go elsewhere first.",
        "The person’s own voice is not in this review.",
        "No outcome measure has both a before and an after.",
        "All actions are temporary; none changes the support model.",
    )
    assert len(facts.missing_voices) == 5


def test_a_review_that_has_them_says_nothing_of_the_kind():
    facts = nk.build_review_facts(see(actions=(plan(),), answers={**SHOWN, "stop.duties": ("none",)}))
    assert (facts.first_page, facts.overdue, len(facts.missing_voices)) == ((), (), 4)


def test_a_duty_that_was_named_and_not_followed_up_stands_on_the_first_page():
    facts = nk.build_review_facts(see(actions=(plan(),), answers={**SHOWN, "stop.duties": ("police",)}))
    assert facts.first_page == ("Something here has to go elsewhere first, and what was done is not written down.",)


def test_every_question_stands_in_the_facts_and_those_without_an_answer_say_not_looked_at():
    facts = nk.build_review_facts(see(answers=STAYS))
    lines = [line for section in facts.sections for line in section.lines]
    assert (len(lines), [line.answer for line in lines if line.answer != "not looked at"]) == (
        len(FORM.fields),
        ["Stay, with changes to the support"],
    )


def test_the_agenda_begins_with_the_stop_rule_and_the_person_and_names_who_was_not_asked():
    agenda = nk.build_agenda(see(answers={"taking_part.asked.person": "yes"}).review)
    assert ([item.item[:15] for item in agenda.items[:2]], agenda.asked[0][:10], len(agenda.not_asked)) == (
        ["Is anybody in d", "What the person"],
        "The person",
        9,
    )


def test_the_invitation_is_easy_to_read_and_can_be_answered_without_words():
    invitation = nk.build_invitation(see().review, meeting_on=date(2026, 4, 20), place="the lounge", host="keyworker")
    sentences = [sentence for line in invitation.lines for sentence in line.words.split(". ")]
    assert (
        max(len(sentence.split()) for sentence in sentences) <= LONGEST_EASY_SENTENCE,
        all(line.picture for line in invitation.lines),
    ) == (
        True,
        True,
    )
    assert [answer.words for answer in invitation.answers] == ["Yes", "No", "Not sure", "Stop", "Something else"]


# --- What is laid beside a question ------------------------------------------------------------------------


def test_sentences_for_and_against_are_proposed_ready_to_be_quoted(room, small_lexicon):
    tags = nk.tag_records(room[1], small_lexicon, layer="none")
    seen = nk.study_review(room[0], room[1], tags, small_lexicon, review_id=room[2], rules=RULES, today=date(2026, 4, 14))
    proposed = nk.propose_evidence(seen, finding="sources.judged.staffing")
    assert proposed[["record_id", "side", "sentence"]].to_dict("records") == [
        {"record_id": "1", "side": "against", "sentence": "No agency."}
    ]
    (row,) = proposed.to_dict("records")
    record = room[1].set_index("record_id", drop=False).loc["1"]
    where = dict(side=row["side"], record=record, start=row["start"], end=row["end"])
    nk.quote_record(room[0], review_id=room[2], finding="sources.judged.staffing", **where, **BY)
    assert [piece.words for piece in read(room).evidence] == ["No agency."]
    assert len(nk.propose_evidence(seen, finding="questions.nearly_failed")) == 0


def test_old_passages_that_may_need_reporting_are_shown(examples):
    passages = nk.list_stop_passages(examples["alder"])
    hold = passages[passages["sentence"].str.startswith("She had hold of his sleeve")]
    assert hold[["record_id", "because"]].to_dict("records") == [{"record_id": "AL-012", "because": "“had hold of”"}]


def test_a_quiet_record_shows_no_passage_for_the_stop_rule(tmp_path, make_records, small_lexicon):
    path, records = tmp_path / "reviews.sqlite", make_records(("3", "Alder", "AL1", "2026-02-01", "staff", "All calm. A walk."))
    review_id = nk.open_review(path, person="AL1", service="Alder", housemates=[], reason="asked for", **BY)
    tags = nk.tag_records(records, small_lexicon, layer="none")
    seen = nk.study_review(path, records, tags, small_lexicon, review_id=review_id, rules=RULES, today=date(2026, 4, 14))
    assert len(nk.list_stop_passages(seen)) == 0


# --- The worked examples -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_quotation_of_a_worked_review_is_in_the_sample_records_and_every_finding_stands_on_one(name, examples, records):
    narratives = dict(zip(records["record_id"], records["narrative"], strict=True))
    quoted = [piece for piece in read_example(name)["evidence"] if "quote" in piece]
    findings = nk.judge_findings(examples[name].review)
    assert [piece["quote"] for piece in quoted if piece["quote"] not in narratives[piece["record"]]] == []
    assert {finding.status for finding in findings} <= {"evidenced", "not this", "not sure"}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_worked_review_completes_the_first_pass_and_shows_its_open_links(name, examples):
    facts = nk.build_review_facts(examples[name])
    assert (all(examples[name].review.list_first_pass().values()), facts.first_page, len(facts.open_links) > 3) == (
        True,
        (),
        True,
    )


@pytest.mark.parametrize("name", EXAMPLES)
def test_nobody_in_a_worked_review_stands_by_initials(name):
    text = Path(nk.__file__).parent.joinpath("review", "examples", f"{name}.yaml").read_text(encoding="utf-8")
    assert sorted(set(re.findall(r"\b(?:KT|DW|JM|AH|SP|GC|LB|RT|NP|DA|CF|JL|BS|PN|KM)\b", text))) == []


def test_the_first_story_shows_timing_and_inconsistent_responses(examples):
    review = examples["alder"].review
    words = {finding.finding: finding.speaks_for for finding in nk.judge_findings(review)}
    assert ("Ten between 17.00 and 19.00." in [piece.words for piece in words["questions.nearly_failed"]]) is True
    assert any("doing opposite things in one room" in piece.words for piece in words["sources.judged.communication"])


def test_the_second_story_records_when_conflict_happened_and_keeps_compatibility_open(examples):
    review = examples["birch"].review
    assert (review.opening.state, review.value("decision.placement"), review.value("sources.judged.compatibility")) == (
        "open",
        "open",
        "agree",
    )
    assert review.actions[0].plan.what.startswith("One sheet for every clash: clock time")


def test_the_third_story_treats_the_familys_loss_of_confidence_as_risk_with_communication_and_staffing_together(examples):
    review = examples["cedar"].review
    agreed = review.judged("sources.judged", "agree")
    assert (
        "family_escalation" in review.chosen("signals.seen"),
        {"communication", "staffing", "expectations"} <= set(agreed),
    ) == (
        True,
        True,
    )


def test_an_erased_housemate_leaves_the_others_review_standing(tmp_path, records):
    path = tmp_path / "e.sqlite"
    review_id = nk.write_examples(path, records)["birch"]
    theirs = list(records.loc[records["person"] == "BI2", "record_id"])
    nk.erase_person(path, person="BI2", record_ids=theirs, erased_at=NOW)
    review = nk.read_review(nk.load_entries(path), records, FORM, review_id=review_id)
    assert ({piece.record_id for piece in review.evidence} & set(theirs), review.opening.housemates) == (set(), ("[taken out]",))
    assert (
        [noted.content.about for noted in review.participants if noted.content.role == "housemate"],
        b"BI2" in path.read_bytes(),
    ) == (
        [],
        False,
    )
    assert nk.check_store(path).faults == ()


def test_an_erased_person_takes_the_whole_review_along(tmp_path, records):
    path = tmp_path / "e.sqlite"
    review_id = nk.write_examples(path, records)["alder"]
    nk.erase_person(path, person="AL1", record_ids=list(records.loc[records["person"] == "AL1", "record_id"]), erased_at=NOW)
    entries = nk.load_entries(path)
    assert (review_id in set(entries["review_id"]), entries["review_id"].nunique()) == (False, 2)
    assert b"Too much talk" not in path.read_bytes()


def test_examples_are_refused_over_other_records(tmp_path, make_records):
    with pytest.raises(nk.ReviewError, match="word for word"):
        nk.write_examples(tmp_path / "e.sqlite", make_records(*ROWS))


def test_examples_are_written_whole_or_not_at_all(tmp_path, records):
    path = tmp_path / "e.sqlite"
    without_the_last = records[~records["service"].eq("Cedar")]
    with pytest.raises(nk.ReviewError, match="word for word"):
        nk.write_examples(path, without_the_last)
    assert len(nk.load_entries(path)) == 0
    nk.write_examples(path, records)
    assert (nk.load_entries(path)["review_id"].nunique(), nk.check_store(path).faults) == (3, ())
