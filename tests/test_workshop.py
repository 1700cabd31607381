"""The lexicon workshop: what is said of a term is what happens when it is kept, and a file keeps all it held."""

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import nearmiss_kit as nk
from nearmiss_kit.tagging.lexicon import Term
from nearmiss_kit.tagging.own_lexicon import add_term
from nearmiss_kit.tagging.sentences import flatten_typography
from nearmiss_kit.tagging.workshop import CAUGHT_COLUMNS, catch_sentences, keep_only, write_term
from nearmiss_kit.tagging.yaml_text import YamlText

STAFFING = {"family": "pressure_source", "code": "staffing"}
KEPT = {
    **STAFFING,
    "term": "(on|left on) my tod",
    "sub_theme": "numbers",
    "example": "On my tod again from three.",
    "wrong_when": "a person enjoys an hour alone",
}


@pytest.fixture
def own(tmp_path):
    return nk.copy_lexicon(tmp_path / "my_lexicon")


@pytest.fixture
def tod(make_records):
    return make_records(
        ("a-1", "Elm", "p", "2026-01-02", "Support worker", "On my tod from two. Agency on the late. Tea was fish."),
        ("a-2", "Elm", "p", "2026-01-03", "Support worker", "Agency again. On my tod with agency in the kitchen."),
        ("a-3", "Elm", "p", "2026-01-04", "Support worker", "I was not on my tod at any time."),
        ("a-4", "Elm", "p", "2026-01-05", "Support worker", "Quiet day, fed the ducks."),
    )


def try_it(records, lexicon, **options):
    tags = nk.tag_records(records, lexicon, layer="none")
    return nk.try_term(records, tags, lexicon, layer="none", **STAFFING, **options)


def test_a_trial_shows_every_sentence_caught_and_what_would_change(tod, small_lexicon):
    trial = try_it(tod, small_lexicon, term="on my tod")
    shown = trial.records[["record_id", "sentence", "quote", "assertion", "new", "counted"]]
    assert list(trial.records.columns) == list(CAUGHT_COLUMNS)
    assert shown.values.tolist() == [
        ["a-1", "On my tod from two.", "On my tod", "affirmed", True, True],
        ["a-2", "On my tod with agency in the kitchen.", "On my tod", "affirmed", False, True],
        ["a-3", "I was not on my tod at any time.", "on my tod", "negated", True, False],
    ]
    assert (trial.records_now, trial.records_then, trial.records_read) == (2, 2, 4)


def test_a_trial_counts_the_records_that_would_join_the_theme(tod, small_lexicon):
    trial = try_it(tod, small_lexicon, term="fed the ducks")
    assert (trial.records_now, trial.records_then, trial.records_read) == (2, 3, 4)


def test_of_the_bank_what_the_readers_said_is_shown_and_disputes_are_left_out(tod, small_lexicon):
    trial = try_it(tod, small_lexicon, term="agency")
    bank = nk.load_bank().set_index("id")
    key = "pressure_source/staffing"
    said = {i: "disputed" if key in bank.at[i, "disputed"] else bank.at[i, "codes"].get(key, "") for i in trial.bank["id"]}
    judged = [word for word in said.values() if word != "disputed"]
    assert trial.bank["readers"].tolist() == list(said.values())
    assert set(judged) > {"", "affirmed"} and "disputed" in said.values()
    assert (trial.bank_carrying, trial.bank_judged, trial.bank_read) == (sum(map(bool, judged)), len(judged), len(bank))


def test_what_a_trial_says_is_what_happens_when_the_term_is_kept(records, tags, lexicon, own):
    trial = nk.try_term(records, tags, lexicon, **STAFFING, term="worker")
    keep = {**KEPT, "term": "worker", "example": "There was one worker from three."}
    nk.keep_term(own, **keep)
    after = nk.tag_records(records, nk.load_lexicon(own))
    counted = after[(after["code"] == "staffing") & after["counted"] & (after["assertion"] == "affirmed")]
    places = set(zip(counted["record_id"], counted["sentence_start"], strict=True))
    caught = trial.records
    told = [(i, at) in places for i, at in zip(caught["record_id"], caught["sentence_start"], strict=True)]
    assert trial.records_then > trial.records_now
    assert (counted["record_id"].nunique(), told) == (trial.records_then, caught["counted"].tolist())


WORDS = st.sampled_from(["on", "my", "tod", "don't", "re-think", "agency", "short", "[of]", "(on|off)", "...", "staff", "O/C"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(term=st.lists(WORDS, min_size=1, max_size=4), narrative=st.lists(WORDS, max_size=12))
def test_looking_first_whether_the_words_are_there_leaves_nothing_out(small_lexicon, term, narrative):
    try:
        small_lexicon.parse(" ".join(term))
    except ValueError:
        return
    alone = keep_only(small_lexicon, "pressure_source", "staffing", write_term(" ".join(term)))
    one = pd.DataFrame({"record_id": ["a"], "narrative": [" ".join(narrative)], "author": [""]})
    assert len(catch_sentences(one, alone)) == nk.tag_records(one, alone, layer="none")["sentence_start"].nunique()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"term": "(on|off my tod"}, "“(on|off my tod” cannot be understood: “)” is missing. Mend it and try again."),
        ({"term": "  "}, "there is no term. Write the words as people write them."),
        ({"term": "tod", "unless": ["{ghosts}"]}, "“{ghosts}” cannot be understood: there is no word list “ghosts”"),
        ({"term": "on ... tod", "exact_case": True}, "cannot have both “...” and exact_case"),
    ],
)
def test_a_term_that_cannot_be_understood_is_refused_in_plain_words(tod, small_lexicon, options, said):
    with pytest.raises(nk.LexiconError) as refused:
        try_it(tod, small_lexicon, **options)
    assert said in str(refused.value)


def test_a_theme_the_lexicon_has_not_and_tags_of_another_lexicon_are_refused_together(tod, small_lexicon):
    tags = nk.tag_records(tod, replace(small_lexicon, version="0+other"), layer="none")
    with pytest.raises(nk.LexiconError) as refused:
        nk.try_term(tod, tags, small_lexicon, family="pressure_source", code="weather", term="rain", layer="none")
    assert [line.split(".")[0] for line in str(refused.value).splitlines()[1:]] == [
        "  the tags were made with another lexicon",
        "  the lexicon has no theme “pressure_source/weather”",
    ]


def test_a_kept_term_is_one_block_more_and_every_other_letter_stays(own):
    path = own / "pressure_source" / "staffing.yaml"
    path.write_text("# what we agreed in May\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    before = path.read_text(encoding="utf-8")
    assert nk.keep_term(own, **KEPT, counter_example="My tea was cold.", unless=["bath", "bus, late"]) == path
    assert path.read_text(encoding="utf-8") == before + (
        '  - term: "(on|left on) my tod"\n'
        '    sub_theme: "numbers"\n'
        '    example: "On my tod again from three."\n'
        '    wrong_when: "a person enjoys an hour alone"\n'
        '    counter_example: "My tea was cold."\n'
        '    unless: ["bath", "bus, late"]\n'
    )
    assert [file.name for file in path.parent.iterdir() if file.suffix != ".yaml"] == []


@given(words=st.text(max_size=30), note=st.text(min_size=1, max_size=60))
def test_whatever_is_kept_is_read_again_as_it_was_written(words, note):
    text = (nk.shipped("lexicons") / "pressure_source" / "trauma.yaml").read_text(encoding="utf-8")
    text = text[: text.index("  - term:", text.index("  - term:") + 1)]
    written = write_term(f"zq {words}", sub_theme="test", example=f"He said zq {words}", wrong_when=f"x{note}", needs=[words])
    before, after = (YamlText(version).data["terms"] for version in (text, add_term(text, written)))
    assert (after[:-1], Term(**after[-1])) == (before, Term(**written.model_dump()))


def test_lines_keep_their_windows_ends(own):
    path = own / "pressure_source" / "staffing.yaml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    nk.keep_term(own, **KEPT)
    raw = path.read_bytes()
    assert (raw.count(b"\n"), b"\r\r" in raw) == (raw.count(b"\r\n"), False)


def test_every_fault_of_a_term_is_said_at_once_and_nothing_is_written(own):
    path = own / "pressure_source" / "staffing.yaml"
    before = path.read_bytes()
    known = nk.load_lexicon(own).find_code("pressure_source", "staffing").terms[0].term
    wrong = {"term": known, "sub_theme": " ", "example": "Quiet day.", "wrong_when": ""}
    with pytest.raises(nk.LexiconError) as refused:
        nk.keep_term(own, **{**KEPT, **wrong}, counter_example="There were two of us for six people.")
    assert [line.split(" ")[2:6] for line in str(refused.value).splitlines()[1:]] == [
        ["the", "sub-theme", "is", "empty."],
        ["nothing", "says", "when", "the"],
        [*f"“{known}”".split(" ")[:4]],
        ["the", "example", "is", "not"],
        ["the", "counter-example", "is", "caught"],
    ]
    assert path.read_bytes() == before


def test_a_refusal_quotes_no_example(own):
    with pytest.raises(nk.LexiconError) as refused:
        nk.keep_term(own, **{**KEPT, "example": "Marigold Penhaligon stayed in bed."})
    assert "Marigold" not in str(refused.value)


@pytest.mark.parametrize("place", [".", "pressure_source"])
def test_the_lexicon_that_comes_with_the_kit_is_never_written_to(place):
    for refuse in (lambda folder: nk.keep_term(folder, **KEPT), nk.copy_lexicon):
        with pytest.raises(nk.LexiconError, match="comes with the kit"):
            refuse(nk.shipped("lexicons") / place)


def test_an_own_lexicon_is_copied_once_and_then_left_alone(own, lexicon):
    assert nk.load_lexicon(own) == lexicon
    nk.keep_term(own, **KEPT)
    changed = nk.load_lexicon(nk.copy_lexicon(own))
    assert changed.find_code("pressure_source", "staffing").terms[-1].term == KEPT["term"]
    assert sorted(path.name for path in own.parent.iterdir()) == ["my_lexicon"]


def test_a_folder_that_holds_something_else_is_not_turned_into_a_lexicon(tmp_path):
    (tmp_path / "letter.txt").write_text("dear all", encoding="utf-8")
    with pytest.raises(nk.LexiconError, match="is no lexicon"):
        nk.copy_lexicon(tmp_path)


def test_the_own_lexicon_is_found_where_there_is_one(own, tmp_path):
    assert (nk.find_lexicon(own), nk.find_lexicon(tmp_path / "none")) == (own, nk.shipped("lexicons"))


def test_a_term_pasted_with_curly_signs_is_the_same_term(tod, small_lexicon):
    assert write_term("can’t … cope").term == flatten_typography("can’t ... cope")
    assert len(try_it(tod, small_lexicon, term="on … tod").records) == 3
