"""The learned layer: what it reads, how it is joined with the lexicon, and what it keeps."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import nearmiss_kit as nk
from nearmiss_kit.tagging.context import put_in_context, take_from_context
from nearmiss_kit.tagging.encoder import LONGEST, number_in_context
from nearmiss_kit.tagging.explaining import explain_tags
from nearmiss_kit.tagging.kept_weights import KeptWeights
from nearmiss_kit.tagging.learned import MODEL, Confidence, load_learned_layer, load_word_weights
from nearmiss_kit.tagging.local import LearnedCode, LocalLearning
from nearmiss_kit.tagging.measured import name_layer, say_measured, say_miss_rate
from nearmiss_kit.tagging.proposals import list_in_context
from nearmiss_kit.tagging.tagger import NearMissTagger
from nearmiss_kit.tagging.word_pieces import WordPieces
from nearmiss_kit.tagging.word_weights import list_parts, list_runs, name_run, read_words, soften_length

GOLD = Path(__file__).parent / "gold"
SENTENCES = [
    "There were two of us for five people again.",
    "Nobody rang me back, third time this month.",
    "We had chips from the van and watched the boats.",
]


@pytest.fixture
def one_record(make_records):
    return make_records(("1", "Alder", "A1", "2026-01-05", "staff", " ".join(SENTENCES)))


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("NEARMISS_CACHE", str(tmp_path / "cache"))
    load_learned_layer.cache_clear()
    yield tmp_path / "cache"
    load_learned_layer.cache_clear()


def test_word_pieces_are_those_of_the_tokenizer_the_encoder_was_trained_with():
    pieces = WordPieces(MODEL / "word_pieces.txt")
    expected = json.loads((GOLD / "word_pieces.json").read_text(encoding="utf-8"))
    assert {text: pieces.number(text, longest=32) for text in expected} == expected


@pytest.mark.parametrize("layer", ["encoder", "words"])
def test_a_sentence_weighs_the_same_in_any_company(layer):
    learned = load_learned_layer(layer, keep=False)
    together = learned.weigh(SENTENCES)
    alone = np.concatenate([learned.weigh([sentence]) for sentence in reversed(SENTENCES)])[::-1]
    assert np.array_equal(together, alone)


def test_a_sentence_stands_behind_the_one_before_it_in_its_own_section(lexicon):
    read = NearMissTagger(lexicon).read(
        "Background: a flat.\nHe cried.  He\tran. He ran.\n\nHe slept.\nPlan:\nWait.", voice="staff"
    )
    assert list(map(take_from_context, list_in_context(read))) == [
        ("", "Background: a flat."),
        ("", "He cried."),
        ("He cried.", "He ran."),
        ("", "He ran."),
        ("", "He slept."),
        ("", "Plan:"),
        ("Plan:", "Wait."),
    ]


def test_the_encoder_reads_the_end_of_the_sentence_before_and_the_words_do_not():
    pieces = WordPieces(MODEL / "word_pieces.txt")
    alone, before = "It was the fourth.", "He hit " + "the wall " * 40 + "on Tuesday."
    read = number_in_context(pieces, put_in_context(before, alone))
    assert read[-6:] == pieces.number(alone, longest=32)[1:]
    assert read[-10:-6] == pieces.number("on Tuesday.", longest=32)[1:]
    assert len(read) == 28
    assert number_in_context(pieces, put_in_context(alone, before)) == pieces.number(before, longest=LONGEST)
    words = load_word_weights(MODEL).weigh([alone, put_in_context(before, alone)])
    assert np.array_equal(words[0], words[1])


@pytest.mark.parametrize("layer", ["encoder", "words"])
def test_every_tag_of_a_known_code_has_a_confidence_and_is_counted_from_the_threshold_on(records, lexicon, layer):
    tags = nk.tag_records(records.head(60), lexicon, layer=layer)
    threshold = load_learned_layer(layer).counted
    assert (tags["confidence"].between(0, 1).all(), (tags["counted"] == (tags["confidence"] >= threshold)).all()) == (True, True)


def test_a_learned_tag_is_its_whole_sentence_and_no_lexicon_tag_stands_for_its_code_there(records, lexicon):
    tags = nk.tag_records(records.head(60), lexicon)
    learned = tags[tags["source"] == "learned"]
    narratives = records.set_index("record_id")["narrative"]
    assert len(learned) > 0
    assert [
        tag.quote
        for tag in learned.itertuples()
        if not tag.quote == tag.sentence == narratives[tag.record_id][tag.start : tag.end]
    ] == []
    key = ["record_id", "sentence_start", "family", "code"]
    affirmed = tags[tags["assertion"] == "affirmed"]
    both = affirmed[affirmed["source"] == "learned"].merge(affirmed[affirmed["source"] == "lexicon"], on=key)
    assert both.empty


def test_what_a_sentence_denies_is_proposed_as_denied_where_readers_deny_it(records, lexicon):
    tags = nk.tag_records(records, lexicon)
    denied = tags[(tags["source"] == "learned") & (tags["assertion"] == "negated")]
    assert "No restraint, no injuries needing treatment." in set(denied["quote"])
    assert set(denied["code"]) - set(lexicon.assertion.deniable) == set()


def test_the_lexicon_alone_gives_no_confidence_and_counts_every_tag(one_record, lexicon):
    tags = nk.tag_records(one_record, lexicon, layer="none")
    assert (set(tags["source"]), tags["confidence"].isna().all(), tags["counted"].all()) == ({"lexicon"}, True, True)


def test_the_learned_layer_changes_no_place_term_or_assertion_of_the_lexicons_tags(records, lexicon):
    own = ["record_id", "family", "code", "term", "start", "end", "assertion", "cue", "voice"]
    alone = nk.tag_records(records.head(40), lexicon, layer="none")[own]
    joined = nk.tag_records(records.head(40), lexicon)
    beside = joined.loc[joined["source"] == "lexicon", own]
    assert sorted(beside.itertuples(index=False, name=None)) == sorted(alone.itertuples(index=False, name=None))


def test_a_code_that_only_an_own_lexicon_has_is_never_proposed_by_the_learned_layer(one_record, small_lexicon):
    tags = nk.tag_records(one_record, small_lexicon)
    known = {(code.family, code.code) for code in small_lexicon.codes}
    assert set(zip(tags["family"], tags["code"], strict=True)) <= known


def test_without_onnxruntime_the_best_layer_is_word_weights_and_the_encoder_is_refused():
    program = (
        "import sys; sys.modules['onnxruntime'] = None\n"
        "from nearmiss_kit.tagging.learned import load_learned_layer\n"
        "from nearmiss_kit.errors import LexiconError\n"
        "print(load_learned_layer('best').name)\n"
        "try: load_learned_layer('encoder')\n"
        "except LexiconError as refusal: print(refusal)\n"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert said.splitlines() == [
        "word weights",
        "The sentence encoder needs the package onnxruntime, which is not installed. Choose the layer “words”.",
    ]


def test_another_layer_is_refused(one_record, lexicon):
    with pytest.raises(nk.LexiconError, match="There is no learned layer “deep”: choose one of best, encoder, words, none"):
        nk.tag_records(one_record, lexicon, layer="deep")


def test_what_is_kept_gives_the_same_tags_and_holds_no_text(one_record, lexicon, own_cache):
    first = nk.tag_records(one_record, lexicon)
    (file,) = own_cache.glob("*.sqlite")
    stored = file.read_bytes().lower()
    assert [word for word in (b"two of us", b"rang", b"boats") if word in stored] == []
    with sqlite3.connect(file) as kept:
        assert kept.execute("SELECT count(*) FROM weight").fetchone() == (3,)
    assert nk.tag_records(one_record, lexicon).equals(first)


def test_what_words_alone_weigh_is_not_kept(one_record, lexicon, own_cache):
    nk.tag_records(one_record, lexicon, layer="words")
    assert list(own_cache.glob("*.sqlite")) == []


def test_where_nothing_can_be_kept_nothing_fails(tmp_path, monkeypatch):
    (tmp_path / "a file").write_text("")
    monkeypatch.setenv("NEARMISS_CACHE", str(tmp_path / "a file"))
    kept = KeptWeights("1", (2,))
    kept.keep({"a": np.zeros(2, dtype=np.float16)})
    assert kept.find(["a"]) == {}


READ = st.sampled_from(
    ["two of us", "for five", "Nobody", "rang", "me", "back", "12", "2,019", "ï²", "?!", "\x1e", "", "don't", "W"]
)


@given(st.lists(st.lists(READ, max_size=8).map(" ".join), max_size=5))
@example([*SENTENCES, SENTENCES[0] + " " + SENTENCES[0], ""])
def test_word_weights_of_many_sentences_are_the_sums_of_what_stands_in_each(sentences):
    stored = np.load(MODEL / "word_weights.npz")
    rows = {name: row for row, name in enumerate(stored["features"].tolist())}
    weights, expected = stored["weights"] * stored["scales"], []
    for words in map(read_words, sentences):
        names = [name for word in dict.fromkeys(words) for name in list_parts(word)] + list(map(name_run, list_runs(words)))
        within = [rows[name] for name in names if name in rows]
        expected.append(stored["base"] + weights[within].sum(axis=0) * soften_length(len(words)))
    weighed = load_word_weights(MODEL).weigh(sentences)
    wanted = np.reshape(expected, (len(sentences), 2, -1)) if expected else np.empty((0, 2, weighed.shape[1]))
    np.testing.assert_allclose(weighed.transpose(0, 2, 1), wanted, atol=1e-4)


def test_word_weights_explain_themselves_by_words_of_the_sentence():
    heavy = load_word_weights(MODEL).explain(SENTENCES[0].lower(), "pressure_source/staffing")
    assert (
        len(heavy),
        {word.word for word in heavy} <= {"there", "were", "two", "of", "us", "for", "five", "people", "again"},
    ) == (
        3,
        True,
    )


def test_every_tag_is_explained_in_one_line_that_names_code_assertion_voice_and_version(records, lexicon):
    tags = nk.tag_records(records.head(30), lexicon)
    lines = explain_tags(tags, lexicon)
    wrong = [
        line
        for line, tag in zip(lines, tags.to_dict("records"), strict=True)
        if ("\n" in line.strip() and tag["source"] == "learned")
        or not line.startswith(lexicon.name_of(tag["family"], tag["code"]))
        or tag["lexicon_version"] not in line
        or "; read as " not in line
        or "; voice: " not in line
    ]
    assert wrong == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=5), st.sampled_from(["\n", "\r\n", " \n "]))
def test_line_ends_and_another_heading_change_no_tag_of_the_other_sentences(make_records, lexicon, sentences, ending):
    def tag(text):
        tags = nk.tag_records(make_records(("1", "A", "p", "", "staff", text)), lexicon)
        kept = tags[~tags["sentence"].str.contains("leaflet")]
        return sorted(zip(kept["sentence"], kept["code"], kept["assertion"], kept["confidence"], strict=True))

    plain = "\n".join(sentences)
    assert tag(ending.join(sentences)) == tag(plain) == tag(plain + "\n\nPlan:\nRead the leaflet about fireworks.")


# What reviewers decided


def correct_staffing(*, bias: float, words: dict[str, float], layer: str = "words") -> LocalLearning:
    code = LearnedCode("pressure_source/staffing", 40, 5, 0, 0.5, 0.4, "", bias, words)
    other = LearnedCode("pressure_source/health", 3, 1, 0, None, None, "at least 20 decisions are needed", 0.0, {})
    return LocalLearning(load_learned_layer(layer).version, "2026-11-01T10:30:00", 0, (other, code))


def test_a_local_correction_moves_its_own_codes_and_words_and_nothing_else():
    """In a sentence of four words a word weighs half; one that is not in the correction weighs nothing."""
    local = correct_staffing(bias=0.5, words={"w two": 2.0, "w kettle": 9.0})
    half = np.full((2, 2), 0.5)
    adjusted = local.adjust(
        Confidence(half, half + 0.1), ["Two, two of us.", "Nobody rang."], ("pressure_source/staffing", "pressure_source/health")
    )
    odds = np.log(adjusted.affirmed / (1 - adjusted.affirmed))
    assert np.allclose(odds, [[1.5, 0], [0.5, 0]])
    assert (adjusted.mentioned > adjusted.affirmed).all()
    assert np.isclose(local.take_back(adjusted.affirmed[0, 0], "Two, two of us.", "pressure_source/staffing"), 0.5)


@pytest.mark.parametrize("layer", ["words", "encoder"])
def test_the_version_and_the_explanation_of_a_tag_say_that_a_local_correction_ran(make_records, lexicon, layer):
    text = " ".join([*SENTENCES, "Nobody has rung us back since Monday and nobody told his mum."])
    record, local = (
        make_records(("1", "Alder", "A1", "", "staff", text)),
        correct_staffing(bias=-0.5, words={"w five": -3.0}, layer=layer),
    )
    shipped, tags = (nk.tag_records(record, lexicon, layer=layer, local=used) for used in (None, local))
    learned = tags[tags["source"] == "learned"]
    assert set(learned["lexicon_version"]) == {f"{load_learned_layer(layer).version}{local.version}"}
    said = dict(zip(tags["code"], explain_tags(tags, lexicon, local=local), strict=True))
    before = dict(zip(shipped["code"], explain_tags(shipped, lexicon), strict=True))
    assert (", lowered by what your reviewers decided, " in said["staffing"], "five" in said["staffing"].split("voice:")[1]) == (
        True,
        False,
    )
    assert [code for code, line in said.items() if "reviewers" in line or line.split("; conf")[0] != before[code].split("; conf")[0]] == [
        "staffing"
    ]  # fmt: skip


def test_a_correction_that_corrects_nothing_leaves_every_tag_and_version_as_it_was(one_record, lexicon):
    nothing = LocalLearning(
        load_learned_layer("words").version, "2026-11-01T10:30:00", 0, correct_staffing(bias=0, words={}).codes[:1]
    )
    shipped = nk.tag_records(one_record, lexicon, layer="words")
    assert nk.tag_records(one_record, lexicon, layer="words", local=nothing).equals(shipped)


@pytest.mark.parametrize(
    ("layer", "words"), [("none", "the layer “none” leaves that out"), ("encoder", "corrects another learned layer")]
)
def test_a_local_correction_is_refused_without_the_layer_it_was_learned_beside(one_record, lexicon, layer, words):
    with pytest.raises(nk.LexiconError, match=words):
        nk.tag_records(one_record, lexicon, layer=layer, local=correct_staffing(bias=1, words={}))


def test_a_local_correction_leaves_what_is_kept_of_a_sentence_as_it_was(one_record, lexicon):
    shipped = nk.tag_records(one_record, lexicon)
    nk.tag_records(one_record, lexicon, local=correct_staffing(bias=-3, words={}, layer="best"))
    assert nk.tag_records(one_record, lexicon).equals(shipped)


def test_what_was_measured_is_said_to_be_without_the_local_correction(records, lexicon):
    said = []
    for local in (None, correct_staffing(bias=-0.5, words={})):
        layer = name_layer(nk.tag_records(records.head(30), lexicon, layer="words", local=local))
        said.append((say_measured(lexicon, layer), say_miss_rate(lexicon, layer)))
    added = " This was measured without the correction that the kit learned from readers’ own decisions."
    assert said[1] == (said[0][0] + added, said[0][1] + added)
