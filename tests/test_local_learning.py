"""Learning from a service's own decisions: what is learned, what never is, and that an erasure reaches it."""

import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import nearmiss_kit as nk
from nearmiss_kit.cli import main
from nearmiss_kit.decisions.database import write_together
from nearmiss_kit.decisions.fitting import Example, is_surely_less, learn_code
from nearmiss_kit.decisions.learning import keep_local_learning
from nearmiss_kit.tagging.learned import MODEL, load_learned_layer, load_word_weights
from nearmiss_kit.tagging.lexicon import Lexicon
from nearmiss_kit.tagging.local import LearnedCode, LocalLearning, say_local_learning
from nearmiss_kit.tagging.tagger import weigh_records

WHEN = datetime(2026, 11, 1, 10, 30)
CODE = "pressure_source/staffing"
HOLDS = ("Night cover was late by an hour.", "Bank cover was found at six.", "The manager was our cover at six.")
NOT = (
    "The shop was one short for the late shift.",
    "The café had nobody on for the late shift.",
    "There was only one person on the till.",
)
PEOPLE = ("P1", "P2", "P3", "P4", "P5", "P6")
VOCABULARY = load_word_weights(MODEL).list_vocabulary()


@pytest.fixture
def read(make_records) -> pd.DataFrame:
    """One record about each of six people, with three sentences of each kind."""
    return make_records(*((f"R-{person}", "A", person, "2026-01-01", "staff", " ".join((*HOLDS, *NOT))) for person in PEOPLE))


def decide(path: Path, records: pd.DataFrame, verdicts: dict[str, str], **changes) -> None:
    """Store a verdict about each of these sentences (or any words) in every record."""
    with write_together(path):
        for record in records.to_dict("records"):
            for words, verdict in verdicts.items():
                start = record["narrative"].find(words)
                decision = dict(
                    record_id=record["record_id"], narrative_fingerprint=record["narrative_fingerprint"],
                    family="pressure_source", code="staffing", sentence_start=start, sentence_end=start + len(words),
                    verdict=verdict, assertion="affirmed", reviewer="quality lead", note="", decided_at=WHEN, lexicon_version="1",
                )  # fmt: skip
                nk.append_decision(path, **(decision | changes))


VERDICTS = dict.fromkeys(HOLDS, "confirmed") | dict.fromkeys(NOT, "rejected")
learn = partial(nk.learn_from_decisions, learned_at=WHEN, layer="words")


@pytest.fixture
def store(tmp_path, read) -> Path:
    path = tmp_path / "d.sqlite"
    decide(path, read, VERDICTS)
    return path


def read_confidence(records: pd.DataFrame, lexicon: Lexicon, local: LocalLearning | None = None) -> dict[str, float]:
    """How likely it is that each sentence of one record is about staffing, proposed or not."""
    layer = load_learned_layer("words")
    ((one, confidence),) = weigh_records(records, lexicon, layer)
    sentences = [one.text[start:end] for start, end in one.sentences]
    confidence = local.adjust(confidence, sentences, layer.codes) if local else confidence
    return dict(zip(sentences, confidence.affirmed[:, layer.codes.index(CODE)].tolist(), strict=True))


def say_one(local: LocalLearning) -> tuple:
    """What was counted of the one code anybody decided about."""
    (code,) = local.codes
    return code.decisions, code.people, code.unmarked, code.why


def test_what_was_confirmed_is_raised_and_what_was_rejected_is_lowered_for_a_new_person(store, read, lexicon, make_records):
    local = learn(store, read, lexicon)
    new = make_records(("N", "A", "P9", "2026-02-01", "staff", " ".join((*HOLDS, *NOT))))
    shipped, corrected = read_confidence(new, lexicon), read_confidence(new, lexicon, local)
    assert set(shipped) == {*HOLDS, *NOT}
    assert [words for words in shipped if corrected[words] > shipped[words]] == [*HOLDS]
    assert [words for words in shipped if corrected[words] < shipped[words]] == [*NOT]


def test_the_result_says_of_how_much_it_was_learned_and_what_people_left_out_made_of_it(store, read, lexicon):
    local = learn(store, read, lexicon)
    (code,) = local.codes
    assert say_one(local) == (36, 6, 0, "")
    assert 0 < code.loss_corrected < code.loss_shipped
    assert say_local_learning(local, lexicon) == [
        "Staffing: corrected. 36 decisions about 6 people. For people left out while learning, the kit was wrong by "
        f"{code.loss_shipped:.3f} as shipped and by {code.loss_corrected:.3f} corrected (log loss; less is better)."
    ]


def test_what_was_learned_is_kept_in_the_store_and_replaced_as_a_whole(store, read, lexicon):
    first = learn(store, read, lexicon)
    assert nk.load_local_learning(store) == first
    decide(store, read, dict.fromkeys(NOT, "confirmed"))
    second = learn(store, read, lexicon)
    with closing(sqlite3.connect(store)) as opened:
        kept = opened.execute("SELECT version FROM local_learning").fetchall()
    assert (kept, nk.load_local_learning(store), second.corrected) == ([("",)], second, ())


@pytest.mark.parametrize(
    ("people", "verdicts", "counted"),
    [
        (3, VERDICTS, (18, 3, 0, "at least 20 decisions are needed")),
        (2, VERDICTS, (12, 2, 0, "at least 20 decisions are needed")),
        (6, dict.fromkeys((*HOLDS, *NOT), "confirmed"), (36, 6, 0, "decisions of both kinds are needed, that it holds and that it does not")),
        (6, dict.fromkeys((*HOLDS, *NOT), "unsure"), (0, 0, 0, "at least 20 decisions are needed")),
    ],
)  # fmt: skip
def test_too_few_decisions_or_all_of_one_kind_correct_nothing_and_it_is_said(tmp_path, read, lexicon, people, verdicts, counted):
    decide(tmp_path / "d.sqlite", read.head(people), verdicts)
    local = learn(tmp_path / "d.sqlite", read, lexicon)
    assert (say_one(local), local.version) == (counted, "")
    assert say_local_learning(local, lexicon) == [
        f"As shipped, because {counted[3]}: Staffing ({counted[0]} decisions about {counted[1]} people)."
    ]


def test_many_decisions_about_two_people_correct_nothing(tmp_path, lexicon, make_records):
    rows = [(f"R{place}", "A", f"P{place % 2}", "2026-01-01", "staff", " ".join((*HOLDS, *NOT))) for place in range(6)]
    records = make_records(*rows)
    decide(tmp_path / "d.sqlite", records, VERDICTS)
    assert say_one(learn(tmp_path / "d.sqlite", records, lexicon)) == (36, 2, 0, "decisions about at least 3 people are needed")


def test_records_that_name_no_person_words_that_changed_and_what_was_taken_back_teach_nothing(
    tmp_path, read, lexicon, make_records
):
    path = tmp_path / "d.sqlite"
    decide(path, read, VERDICTS)
    decide(path, read.tail(1), dict.fromkeys(HOLDS, "undone"))
    narratives = [" ".join((*HOLDS, *NOT))] * 4 + ["Another text altogether."] + [" ".join((*HOLDS, *NOT))]
    people = ["", *PEOPLE[1:]]
    now = make_records(
        *((f"R-{PEOPLE[place]}", "A", people[place], "2026-01-01", "staff", narratives[place]) for place in range(6))
    )
    local = learn(path, now, lexicon)
    assert (say_one(local)[:2], local.left_aside) == ((21, 4), 12)
    assert say_local_learning(local, lexicon)[-1].startswith("Of 12 decisions nothing could be learned")


@pytest.mark.parametrize("held", [(5, 5, 5, 0, 0, 0), (0, 0, 0, 0, 4, 5)])
def test_a_correction_that_does_not_surely_help_people_left_out_is_not_made(held):
    """What holds depends on the person; in the second case it helps on the whole, and greatly harms two of six."""
    examples = [
        Example(person, "agency again", odds=0.0, holds=place < number, decided=True)
        for person, number in zip(PEOPLE, held, strict=True)
        for place in range(5)
    ]
    learned = learn_code(CODE, examples, VOCABULARY)
    assert (learned.why, learned.words, learned.bias) == ("for people left out while learning it was not surely better", {}, 0.0)


def test_a_gain_counts_by_people_not_by_sentences():
    """One person with many sentences who gains, and five who lose a little, are no gain one can be sure of."""
    people = ["P1"] * 50 + ["P2", "P3", "P4", "P5", "P6"]
    assert (
        is_surely_less(pd.Series([-0.2] * 50 + [0.1] * 5).to_numpy(), people),
        is_surely_less(pd.Series([-0.2] * 55).to_numpy(), ["P1", "P2", "P3", "P4", "P5"] * 11),
    ) == (False, True)


# Nobody's words


def make_examples(said: list[tuple[str, tuple[str, ...], bool, bool]]) -> list[Example]:
    """Sentences of (person, words, holds, decided), with “agency” in those that hold, so that there is something to learn."""
    return [
        Example(person, " ".join([*words, "agency"] if holds else words), odds=-1.0, holds=holds and decided, decided=decided)
        for person, words, holds, decided in said
    ]


RARE = sorted(VOCABULARY)[::100]  # so many words that most stand with one, two or three people
WORDS = st.sampled_from([*(name.removeprefix("w ") for name in RARE), "zwibbel", "quorny"])  # the last two are nobody's
SAID = st.lists(
    st.tuples(st.sampled_from(PEOPLE), st.lists(WORDS, min_size=1, max_size=3).map(tuple), st.booleans(), st.booleans()),
    min_size=30,
    max_size=60,
)


@given(SAID)
@settings(max_examples=60, deadline=None)
def test_no_word_is_weighed_that_fewer_than_three_people_said_or_the_shipped_layer_does_not_know(said):
    learned, people = learn_code(CODE, examples := make_examples(said), VOCABULARY), {}
    for name in learned.words:
        people[name] = {one.person for one in examples if one.decided and name.removeprefix("w ") in one.sentence.split()}
    assert [name for name, whose in people.items() if len(whose) < 3 or name not in VOCABULARY] == []


def test_a_word_of_two_people_gets_no_weight_though_it_tells_holds_from_not():
    said = [(person, ("again",), True, True) for person in PEOPLE for _ in range(3)]
    said += [(person, ("rota",), False, True) for person in PEOPLE for _ in range(3)]
    said += [("P1", ("kettle",), True, True)] * 9 + [("P2", ("kettle",), True, True), ("P3", ("kettle",), True, False)]
    said += [(person, ("zwibbel",), True, True) for person in PEOPLE]
    assert sorted(learn_code(CODE, make_examples(said), VOCABULARY).words) == ["w again", "w agency", "w rota"]


# Which decisions can teach


def test_what_was_added_without_a_proposal_teaches_only_where_records_are_read_as_a_whole(tmp_path, lexicon, make_records):
    """Else only those of such sentences that hold would be known, and every sentence would be raised."""
    added, left = "We played dominoes on the landing.", "Lunch was soup."
    narrative = " ".join((*NOT, added, left))
    records = make_records(*((f"R-{person}", "A", person, "2026-01-01", "staff", narrative) for person in PEOPLE))
    verdicts = dict.fromkeys(NOT, "rejected") | {added: "added"}
    decide(tmp_path / "alone.sqlite", records, verdicts)
    decide(tmp_path / "whole.sqlite", records.head(5), verdicts)
    decide(tmp_path / "whole.sqlite", records.tail(1), {narrative: "rejected"})
    alone, whole = (learn(tmp_path / f"{name}.sqlite", records, lexicon) for name in ("alone", "whole"))
    assert (say_one(alone)[:3], alone.left_aside, say_one(whole)[:3], whole.left_aside) == ((18, 6, 0), 6, (20, 5, 5 + 5), 0)


def test_words_pasted_out_of_a_sentence_are_about_that_sentence(tmp_path, read, lexicon):
    decide(tmp_path / "d.sqlite", read, {"found at six": "added", "nobody on for the late": "rejected"})
    local = learn(tmp_path / "d.sqlite", read, lexicon)
    assert (say_one(local)[:3], local.left_aside) == ((12, 6, 0), 0)


def test_agreeing_in_a_review_counts_as_not_agreeing_does(tmp_path, read, lexicon):
    """Who agrees leaves a quotation; were it not counted, reviews would teach the kit to propose less and less."""
    path = tmp_path / "d.sqlite"
    decide(path, read, dict.fromkeys(NOT, "rejected"))
    for record in read.to_dict("records"):
        for words in HOLDS:
            start = record["narrative"].find(words)
            nk.quote_record(
                path, review_id="r1", finding="sources.judged.staffing", side="for", record=record, start=start,
                end=start + len(words), who="quality lead", decided_at=WHEN,
            )  # fmt: skip
    assert say_one(learn(path, read, lexicon)) == (36, 6, 0, "")


# Off, forgotten, erased


def test_learning_changes_no_tag_until_it_is_asked_for(store, read, lexicon):
    before = nk.tag_records(read, lexicon, layer="words")
    local = learn(store, read, lexicon)
    pd.testing.assert_frame_equal(nk.tag_records(read, lexicon, layer="words"), before)
    assert not nk.tag_records(read, lexicon, layer="words", local=local).equals(before)


def test_nothing_learned_or_changed_behind_the_kits_back_is_refused(store, read, lexicon, tmp_path):
    with pytest.raises(nk.DecisionsError, match="nothing is learned from these decisions"):
        nk.load_local_learning(store)
    learn(store, read, lexicon)
    with closing(sqlite3.connect(store)) as opened:
        opened.execute("UPDATE local_learning SET content = replace(content, '\"w shift\": -', '\"w shift\": -9')")
        opened.commit()
    with pytest.raises(nk.DecisionsError, match="was changed since"):
        nk.load_local_learning(store)
    assert [fault.split(",")[0] for fault in nk.check_store(store).faults] == [
        "What was learned from the decisions was changed since"
    ]
    with pytest.raises(nk.DecisionsError, match="There is no store"):
        nk.load_local_learning(tmp_path / "none.sqlite")
    with pytest.raises(nk.LexiconError, match="layer “none” leaves that out"):
        learn(store, read, lexicon, layer="none")


def test_erasing_anybody_takes_what_was_learned_out_of_the_store_its_copies_and_their_bytes(store, read, lexicon, tmp_path):
    learn(store, read, lexicon)
    shutil.copy(store, tmp_path / "d.backup.sqlite")
    held = [b'"w shift"' in file.read_bytes() for file in sorted(tmp_path.glob("d*"))]
    done = nk.erase_person(store, person="nobody here", record_ids=[], erased_at=WHEN)
    left = [b"w shift" in file.read_bytes() for file in sorted(tmp_path.glob("d*"))]
    assert (held, left, done.unlearned, done.stores) == ([True, True], [False, False], True, ("d.backup.sqlite", "d.sqlite"))
    for path in (store, tmp_path / "d.backup.sqlite"):
        assert (nk.check_store(path).corrected, nk.check_store(path).faults, len(nk.load_decisions(path))) == (None, (), 36)
        with pytest.raises(nk.DecisionsError, match="or it went with an erasure"):
            nk.load_local_learning(path)
    assert nk.erase_person(store, person="nobody here", record_ids=[], erased_at=WHEN).unlearned is False


def test_what_was_learned_while_somebody_was_erased_is_not_kept(store, read, lexicon):
    local = learn(store, read, lexicon)
    nk.erase_person(store, person="P1", record_ids=["R-P1"], erased_at=WHEN)
    with pytest.raises(nk.DecisionsError, match="somebody was erased while this was learned"):
        keep_local_learning(store, local, erasures=0)
    assert nk.check_store(store).corrected is None


def test_forgetting_leaves_the_decisions_and_nothing_of_what_was_learned(store, read, lexicon):
    learn(store, read, lexicon)
    assert (nk.forget_local_learning(store), b"w shift" in store.read_bytes(), len(nk.load_decisions(store))) == (
        True,
        False,
        36,
    )
    assert nk.forget_local_learning(store) is False


def test_an_export_holds_nothing_of_what_was_learned(store, read, lexicon, tmp_path):
    learn(store, read, lexicon)
    text = nk.export_store(store, tmp_path / "out.jsonl").read_text(encoding="utf-8")
    assert (len(text.splitlines()), "w shift" in text, "local" in text) == (36, False, False)


def test_what_is_written_is_read_back_as_it_was():
    code = LearnedCode(CODE, 20, 3, 4, 0.5, 0.4, "", -0.25, {"w shift": 0.125})
    local = LocalLearning("72403349", "2026-11-01T10:30:00", 2, (code,))
    assert LocalLearning.read(local.write()) == local


def test_the_commands_learn_tag_report_and_forget(store, read, lexicon, tmp_path):
    run, records, out = partial(CliRunner().invoke, main), str(tmp_path / "records.csv"), tmp_path / "out" / "tags.jsonl"
    out.parent.mkdir()
    tag = ["tag", records, "--out", str(out), "--layer", "words", "--local", str(store), "--explain"]
    refused = run(tag)
    assert (refused.exit_code, "nothing is learned from these decisions" in refused.output) == (2, True)
    assert "Give --records" in run(["store", "learn", str(store)]).output
    learned = run(["store", "learn", str(store), "--records", records, "--layer", "words"])
    assert (learned.exit_code, "1 theme is corrected where you ask for it" in learned.output) == (0, True)
    tagged = run(tag)
    assert (tagged.exit_code, "corrects 1 theme." in tagged.output, "+local-" in out.read_text(encoding="utf-8")) == (
        0,
        True,
        True,
    )
    page = out.with_name("review.html")
    for local in ([], ["--local", str(store)]):
        written = run(["report", records, "--out", str(page), "--audience", "internal", "--layer", "words", *local])
        said = "corrected by what the kit learned from readers’ own decisions" in page.read_text(encoding="utf-8")
        assert (written.exit_code, said) == (0, bool(local))
    assert "corrects 1 theme where --local asks for it" in run(["store", "check", str(store)]).output
    none = run([*tag, "--layer", "none"])
    assert (none.exit_code, "leave the local correction out" in none.output) == (2, True)
    erase = ["store", "erase", str(store), "--person", "P1", "--records", records, "--yes"]
    assert "To learn anew: nearmiss store learn" in run(erase).output
    assert run(["store", "learn", str(store), "--forget"]).output == "Nothing was learned here, nor is now.\n"
