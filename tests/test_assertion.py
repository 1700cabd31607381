"""Assertion and voice: whether a tagged thing happened, by which cue, and whose words it is."""

import json
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nearmiss_kit as nk
from nearmiss_kit.tagging.assertion import ASSERTIONS, Judgement, choose_cues, judge_sentence
from nearmiss_kit.tagging.sentences import flatten_typography
from nearmiss_kit.tagging.tagger import NearMissTagger
from nearmiss_kit.tagging.voice import VoiceReader

TRAPS = Path(__file__).parent / "gold" / "assertion_traps.jsonl"


@pytest.fixture(scope="module")
def tagger(lexicon) -> NearMissTagger:
    return NearMissTagger(lexicon)


def tag_one(lexicon, make_records, text: str, author: str = "support worker") -> list[tuple[str, str, str, str]]:
    tags = nk.tag_records(make_records(("1", "A", "p", "2026-01-01", author, text)), lexicon, layer="none")
    return list(tags[["code", "quote", "assertion", "voice"]].itertuples(index=False, name=None))


# Terms


@pytest.mark.parametrize(
    ("text", "code", "assertion"),
    [
        ("He hit out at tea.", "behaviour", "affirmed"),
        ("He did not hit out at tea.", "behaviour", "negated"),
        ("He didn’t hit out.", "behaviour", "negated"),
        ("No agency or head-banging today.", "behaviour", "negated"),
        ("No PRN used, hit out once.", "behaviour", "affirmed"),
        ("No injuries but he hit out twice.", "behaviour", "affirmed"),
        ("If he starts to hit out, step back.", "behaviour", "hypothetical"),
        ("He used to hit out.", "behaviour", "historical"),
        ("He hit out years ago.", "behaviour", "historical"),
        ("He hit out a good deal until last summer.", "behaviour", "historical"),
        ("He hit out at tea until the lad next door moved out.", "behaviour", "historical"),
        ("He hit out two winters back.", "behaviour", "historical"),
        ("He hit out daily before we met him.", "behaviour", "historical"),
        ("At our previous visit he hit out.", "behaviour", "historical"),
        ("Agency use was raised and not substantiated.", "staffing", "negated"),
        ("They have not given notice.", "provider_warning", "negated"),
        ("Were he to hit out, step back.", "behaviour", "hypothetical"),
        ("Suppose he hit out on the bus?", "behaviour", "hypothetical"),
        ("What if he wants to hit out on the bus?", "behaviour", "hypothetical"),
        ("They were told he hit out at tea.", "behaviour", "affirmed"),
        ("On 2 May we had agency.", "staffing", "affirmed"),
        ("In March, May and June agency came.", "staffing", "affirmed"),
        ("In Case A there was agency.", "staffing", "affirmed"),
        ("I may ask for agency.", "staffing", "hypothetical"),
        ("Unless it is paid for we shall give notice.", "provider_warning", "affirmed"),
        ("We shall have agency.", "staffing", "hypothetical"),
        ("If we give notice, tell her.", "provider_warning", "hypothetical"),
        ("Nobody has threatened notice.", "provider_warning", "negated"),
        ("The suggestion of agency came from her.", "staffing", "hypothetical"),
        ("He has stopped head-banging.", "behaviour", "historical"),
        ("Possible head-banging overnight.", "behaviour", "uncertain"),
        ("There was no handover.", "staffing", "affirmed"),
        ("She didn't sleep.", "sleep_disruption", "affirmed"),
        ("Nobody at the office had told us.", "communication", "affirmed"),
        ("Notice should have been discussed with us.", "provider_warning", "affirmed"),
        ("They nearly served notice.", "provider_warning", "affirmed"),
    ],
)
def test_the_words_around_a_term_set_its_assertion(small_lexicon, make_records, text, code, assertion):
    assert [(found, said) for found, _, said, _ in tag_one(small_lexicon, make_records, text)][-1] == (code, assertion)


def test_a_heading_sets_where_its_lines_start_and_the_next_heading_ends_it(small_lexicon, make_records):
    text = "Background: agency for years.\nWhat happened: agency again.\nLessons:\nless agency\n\nagency tomorrow"
    assert [said for _, _, said, _ in tag_one(small_lexicon, make_records, text)] == [
        "historical",
        "affirmed",
        "hypothetical",
        "affirmed",
    ]


def test_a_heading_with_words_behind_it_holds_for_its_line(small_lexicon, make_records):
    text = "Background: agency for years.\nAgency again today.\nPlan: less\nagency\n2. No agency"
    assert [said for _, _, said, _ in tag_one(small_lexicon, make_records, text)] == [
        "historical",
        "affirmed",
        "hypothetical",
        "negated",
    ]


def test_a_cue_may_end_with_the_word_a_term_begins_with(lexicon, make_records):
    tags = tag_one(lexicon, make_records, "She has a history of self-harm.")
    assert tags == [("behaviour", "of self-harm", "historical", "staff")]


def test_the_cue_that_set_an_assertion_is_kept(small_lexicon, make_records):
    tags = nk.tag_records(make_records(("1", "A", "p", "", "staff", "No agency. Plan: agency")), small_lexicon, layer="none")
    assert list(tags["cue"]) == ["No", "under the heading “Plan”"]


# The traps of the guideline


def read_traps() -> list[dict]:
    return [json.loads(line) for line in TRAPS.read_text(encoding="utf-8").splitlines()]


def test_nine_of_ten_traps_are_judged_as_their_readers_do_and_nine_of_ten_of_each_assertion(tagger):
    agreed = [trap for trap in read_traps() if trap["second"] == trap["first"]]
    judged = [(trap["first"], tagger.judge_quote(trap["text"], trap["start"], trap["end"]).assertion) for trap in agreed]
    f1 = {
        name: 2 * judged.count((name, name)) / sum((gold == name) + (said == name) for gold, said in judged)
        for name in ASSERTIONS
    }
    assert len(judged) >= 200
    assert sum(gold == said for gold, said in judged) / len(judged) >= 0.9
    assert {name: score for name, score in f1.items() if score < 0.9} == {}


def test_no_trap_stands_twice_and_every_one_marks_words():
    traps = read_traps()
    assert len({(trap["text"], trap["start"]) for trap in traps}) == len(traps)
    assert [trap["id"] for trap in traps if not trap["text"][trap["start"] : trap["end"]].strip()] == []
    assert {trap["first"] for trap in traps} == set(ASSERTIONS)


# Whole sentences


@pytest.mark.parametrize(
    ("text", "code", "judgement"),
    [
        ("He has not been out for three weeks.", "reduced_community_access", None),
        ("No hitting out of any kind this month.", "behaviour", Judgement("negated", "No")),
        ("If it goes on like this we shall have to stop.", "provider_warning", Judgement("hypothetical", "If")),
        ("As a child she was left in a cot.", "trauma", Judgement("historical", "As a child")),
        ("As a child she was left in a cot and she still rocks.", "trauma", None),
        ("Two of us for five people, and the manager will look at it.", "staffing", None),
        ("Was he in pain?", "health", Judgement("uncertain", "Was")),
    ],
)
def test_a_cue_governs_a_sentence_from_its_first_words(tagger, text, code, judgement):
    sentence, cues = tagger.find_cues(text, (0, len(text)))
    assert judge_sentence(sentence, choose_cues(sentence, cues), code, tagger.lexicon.assertion) == judgement


# Other cues


def test_american_clinical_cues_are_read_only_when_chosen(lexicon):
    american = nk.load_lexicon(nk.shipped("lexicons"), cues="assertion_clinical_us.yaml")
    text = "PMH: gout, renal failure. Chest clear, no wheezes, rales or rhonchi."
    start = text.index("renal")
    assert [NearMissTagger(chosen).judge_quote(text, start, start + len("renal failure")) for chosen in (lexicon, american)] == [
        Judgement("affirmed", ""),
        Judgement("historical", "PMH:"),
    ]


# What changes nothing


SENTENCES = st.sampled_from(
    [
        "He hit out at tea.", "He didn't hit out.", "No agency or head-banging today.", "If he hits out, step back.",
        "Mum says it's agency again.", "There was no handover.", "He used to hit out.", "Agency again, he's tired of it.",
        "Why was nobody told?", "They can't have served notice.",
    ]
)  # fmt: skip
HEADINGS = st.sampled_from(["Background:", "What happened:", "Plan:", "Mum:", "Family view:", "Allegation:"])
SECTIONS = st.lists(st.tuples(HEADINGS, st.lists(SENTENCES, min_size=1, max_size=3)), min_size=1, max_size=3)


def write(sections: list[tuple[str, list[str]]]) -> str:
    return "\n".join("\n".join([heading, *sentences]) for heading, sentences in sections)


def tag_text(lexicon, text: str) -> list[tuple]:
    records = pd.DataFrame({"record_id": ["1"], "narrative": [text], "author": ["staff"]})
    columns = ["code", "start", "end", "quote", "assertion", "cue", "voice"]
    return list(nk.tag_records(records, lexicon)[columns].itertuples(index=False, name=None))


@given(SECTIONS, st.sampled_from(["\r", "\n"]), st.sampled_from(["’", "‘", "ʼ", "'"]))
@settings(deadline=None, max_examples=60)
def test_line_endings_and_apostrophes_change_nothing_but_the_quotes_own_letters(small_lexicon, sections, end, apostrophe):
    text = write(sections)
    changed = text.replace("\n", end).replace("'", apostrophe)
    found = tag_text(small_lexicon, changed)
    assert [(*tag[:3], flatten_typography(tag[3]), *tag[4:]) for tag in found] == tag_text(small_lexicon, text)


@given(SECTIONS)
@settings(deadline=None, max_examples=40)
def test_windows_line_endings_shift_tags_and_change_nothing_else(small_lexicon, sections):
    text = write(sections)

    def shift(place: int) -> int:
        return place + text[:place].count("\n")

    expected = [(code, shift(start), shift(end), *rest) for code, start, end, *rest in tag_text(small_lexicon, text)]
    assert tag_text(small_lexicon, text.replace("\n", "\r\n")) == expected


@given(SECTIONS, st.data())
@settings(deadline=None, max_examples=80)
def test_a_sentence_added_under_another_heading_changes_no_tag_elsewhere(small_lexicon, sections, data):
    at = data.draw(st.integers(0, len(sections) - 1))
    heading, sentences = sections[at]
    more = [*sections[:at], (heading, [*sentences, data.draw(SENTENCES)]), *sections[at + 1 :]]
    place, added = len(write(sections[: at + 1])), len(write(more)) - len(write(sections))
    expected = [
        (code, *(here + added if start >= place else here for here in (start, end)), *rest)
        for code, start, end, *rest in tag_text(small_lexicon, write(sections))
    ]
    found = [tag for tag in tag_text(small_lexicon, write(more)) if not place <= tag[1] < place + added]
    assert found == expected


# Voice


@pytest.mark.parametrize(
    ("author", "voice"),
    [
        ("Support worker, late shift", "staff"),
        ("The person, with keyworker", "person"),
        ("Mum", "family"),
        ("Community learning disability nurse", "clinical"),
        ("Nurse in charge, days", "staff"),
        ("Housing officer", "commissioner"),
        ("Independent advocate", "other"),
        ("Acting manager (reply to Mum, copied to sister)", "staff"),
        ("", "other"),
    ],
)
def test_the_role_of_the_author_gives_the_voice(lexicon, author, voice):
    assert VoiceReader(lexicon.voices).read(author) == voice


def test_every_author_of_the_samples_has_a_voice(records, lexicon):
    reader = VoiceReader(lexicon.voices)
    others = {author for author in records["author"] if reader.read(author) == "other"}
    assert {author for author in others if "dvocate" not in author} == set()


def test_what_mum_says_in_a_log_is_the_familys_voice(small_lexicon, make_records):
    assert tag_one(small_lexicon, make_records, "Mum says it is agency again. Agency today.") == [
        ("staffing", "agency", "affirmed", "family"),
        ("staffing", "Agency", "affirmed", "staff"),
    ]


@pytest.mark.parametrize(
    ("text", "voice"),
    [
        ("Dad on the phone: agency again.", "family"),
        ("Mum was told about the agency.", "staff"),
        ("According to the social worker it is agency again.", "commissioner"),
        ("The GP thinks agency is the trouble.", "clinical"),
        ("T told staff “not agency again”.", "person"),
        ("He told us he hates agency.", "person"),
        ("In her own words: agency do not know me.", "person"),
        ("Family view:\nIt is always agency.", "family"),
        ("Mum: it is always agency.", "family"),
        ("Mum informed. Agency on tonight.", "staff"),
    ],
)
def test_words_about_speaking_and_headings_say_whose_words_a_sentence_is(small_lexicon, make_records, text, voice):
    assert {heard for _, _, _, heard in tag_one(small_lexicon, make_records, text)} == {voice}


@pytest.mark.parametrize(("text", "voice"), [("My son has agency again.", "family"), ("My keyworker is agency.", "person")])
def test_where_the_author_is_unknown_what_people_say_of_their_own_tells(small_lexicon, make_records, text, voice):
    heard = [tag_one(small_lexicon, make_records, text, author)[0][3] for author in ("", "team leader")]
    assert heard == [voice, "staff"]
