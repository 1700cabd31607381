"""Tagging: terms, sentences, assertion, voice, and tags with exact places."""

from dataclasses import replace

import pandas as pd
import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

import nearmiss_kit as nk
from nearmiss_kit.tagging.patterns import UNKNOWN, PatternPlace, WordPattern
from nearmiss_kit.tagging.rows import Rows
from nearmiss_kit.tagging.sentences import flatten_typography, split_sentences
from nearmiss_kit.tagging.sieve import Sieve
from nearmiss_kit.tagging.tagger import SPANS_KEY, NearMissTagger
from nearmiss_kit.tagging.tags import TAG_COLUMNS
from nearmiss_kit.tagging.terms import TermError, list_phrases, parse_term, spell_variants
from nearmiss_kit.tagging.words import WordCutter

BLANK, CUTTER = spacy.blank("en"), WordCutter()

# Terms


def test_a_term_stands_for_every_phrase_its_signs_allow():
    assert list_phrases("[just] two (of us|left) for {many}", {"many": ["six", "seven"]}) == [
        "two of us for six",
        "two of us for seven",
        "two left for six",
        "two left for seven",
        "just two of us for six",
        "just two of us for seven",
        "just two left for six",
        "just two left for seven",
    ]


def test_a_word_is_found_without_its_apostrophe_in_full_and_with_a_space_for_its_hyphen():
    assert (spell_variants("can't"), spell_variants("short-staffed")) == (
        ("can't", "cant", "cannot", "can not"),
        ("short-staffed", "short staffed"),
    )


@pytest.mark.parametrize(
    ("term", "words"),
    [
        ("(one|two", "“)” is missing"),
        ("one] two", "“]” closes nothing"),
        ("one | two", "“|” stands outside round brackets"),
        ("{unknown} staff", "there is no word list “unknown” in word_lists.yaml"),
        ("[all] [optional]", "every word in it is optional"),
        ("staff ...", "words are missing before or after “...”"),
    ],
)
def test_a_term_that_cannot_be_used_says_why(term, words):
    with pytest.raises(TermError) as refusal:
        parse_term(term, {})
    assert words in str(refusal.value)


# Patterns of words


def naive_runs(places: list[tuple[str, ...]], words: list[str]) -> list[tuple[int, int]]:
    """The longest run of a pattern for each of its ends, found by trying everything."""
    found: dict[int, int] = {}
    for start in range(len(words)):
        ends = {start}
        for choices in places:
            ends = {
                at + len(choice.split())
                for at in ends
                for choice in choices
                if words[at : at + len(choice.split())] == choice.split()
            }
        for end in ends:
            found.setdefault(end, start)
    return sorted((start, end) for end, start in found.items())


def number(text: str) -> tuple[int, ...]:
    return tuple(map(ord, text.split()))


LETTERS = st.sampled_from("abcd")
CHOICES = st.lists(st.lists(LETTERS, max_size=2).map(" ".join), min_size=1, max_size=3).map(tuple)
PATTERN = st.lists(CHOICES, min_size=1, max_size=3).filter(lambda places: not all("" in choices for choices in places))


@given(PATTERN, st.lists(LETTERS, max_size=14))
@settings(deadline=None)
def test_a_pattern_is_found_where_trying_everything_finds_it(places, words):
    pattern = WordPattern([PatternPlace(map(number, choices)) for choices in places])
    numbered = (*number(" ".join(words)), UNKNOWN)
    assert pattern.find_runs(numbered) == naive_runs(places, words)


@given(PATTERN, st.lists(LETTERS, max_size=14))
@settings(deadline=None)
def test_wherever_a_pattern_stands_one_run_of_each_needed_list_stands_too(places, words):
    pattern = WordPattern([PatternPlace(map(number, choices)) for choices in places])
    numbered = number(" ".join(words))
    standing = {numbered[start:end] for start in range(len(words)) for end in range(start + 1, len(words) + 1)}
    if pattern.find_runs((*numbered, UNKNOWN)):
        needed = [*pattern.list_needed(), *pattern.list_needed_pairs()]
        assert [runs for runs in needed if standing.isdisjoint(runs)] == []


@given(
    st.lists(st.tuples(st.lists(PATTERN, min_size=1, max_size=2), st.sets(LETTERS, max_size=2)), min_size=1, max_size=4),
    st.lists(st.lists(LETTERS, max_size=14), max_size=3),
)
@settings(deadline=None)
def test_the_sieve_lets_every_term_pass_in_every_sentence_where_it_stands_with_a_word_it_needs(terms, sentences):
    compiled = [
        (
            tuple(WordPattern([PatternPlace(map(number, choices)) for choices in part]) for part in parts),
            {*number(" ".join(beside))},
        )
        for parts, beside in terms
    ]
    numbered = [(*number(" ".join(words)), UNKNOWN) for words in sentences]
    needing = [[place for place, (_, beside) in enumerate(compiled) if beside.isdisjoint(words) and beside] for words in numbered]
    standing = [
        {place for place, (parts, _) in enumerate(compiled) if all(part.find_runs(words) for part in parts)} - {*lacking}
        for words, lacking in zip(numbered, needing, strict=True)
    ]
    passed = list(Sieve(compiled, ord("d"), lambda key: isinstance(key, int)).find_possible(Rows.of(numbered)))
    assert [(there - set(some), sorted(set(some))) for there, some in zip(standing, passed, strict=True)] == [
        (set(), some) for some in passed
    ]
    assert [set(some) & {*lacking} for some, lacking in zip(passed, needing, strict=True)] == [set()] * len(sentences)


@given(PATTERN, st.lists(LETTERS, max_size=14))
@settings(deadline=None)
def test_behind_the_first_word_of_a_longer_pattern_stands_one_of_its_second_words(places, words):
    pattern = WordPattern([PatternPlace(map(number, choices)) for choices in places])
    numbered = (*number(" ".join(words)), UNKNOWN)
    for start, word in enumerate(numbered):
        if {*pattern.list_ends(numbered, start)} - {start} and (seconds := pattern.list_seconds(word)):
            assert numbered[start + 1] in seconds


SIGNS = st.sampled_from([*"abIst.,;:?!()[]\"'/-0158€", "don't", "gonna", "e.g.", "NHS", "Mo", "can", "not", "'s", " ", "\n"])


@given(st.lists(SIGNS, max_size=12).map("".join))
@settings(deadline=None, max_examples=500)
def test_sentences_are_cut_into_the_words_of_a_blank_spacy_pipeline(text):
    sentence = CUTTER.cut(text, (0, len(text)))
    tokens = [(token.idx, token.text) for token in BLANK.make_doc(text) if not token.is_space]
    assert [(start, sentence.word(place)) for place, start in enumerate(sentence.starts)] == tokens


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("Nobody at the office told us.", ["Nobody at the office told"]),
        ("Nobody, and then nobody again, told us.", ["nobody again, told"]),
        ("Nobody in the whole of that very big office told us.", []),
        ("Nobody came. She told us.", []),
    ],
)
def test_a_gap_takes_a_few_words_of_one_sentence_from_the_nearest_start(small_lexicon, make_records, text, quotes):
    assert [quote for _, quote, _, _ in tag_one(small_lexicon, make_records, text)] == quotes


# Sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Up at 1. Back to bed.", ["Up at 1.", "Back to bed."]),
        ("Seen by Dr. Shah at 4.30 re. meds.", ["Seen by Dr. Shah at 4.30 re. meds."]),
        ("- refused tea\n- paced\n\nSlept", ["- refused tea", "- paced", "Slept"]),
        ("Calm • ate well • slept", ["Calm", "ate well", "slept"]),
        ("1. Present: four. 2. Rota", ["1. Present: four.", "2. Rota"]),
        ("Why? Nobody said. “No.” He left!", ["Why?", "Nobody said.", "“No.”", "He left!"]),
        ("one\r\ntwo\rthree", ["one", "two", "three"]),
    ],
)
def test_sentences_end_where_care_records_end_them(text, sentences):
    assert [text[start:end] for start, end in split_sentences(flatten_typography(text))] == sentences


@given(st.text())
def test_flattening_moves_nothing_and_sentences_cover_every_letter(text):
    plain = flatten_typography(text)
    spans = split_sentences(plain)
    inside = set().union(*(range(start, end) for start, end in spans)) if spans else set()
    assert len(plain) == len(text)
    assert all(place in inside for place, sign in enumerate(plain) if sign.isalnum())


# One record


def tag_one(lexicon, make_records, text: str, author: str = "support worker") -> list[tuple[str, str, str, str]]:
    tags = nk.tag_records(make_records(("1", "A", "p", "2026-01-01", author, text)), lexicon, layer="none")
    return list(tags[["code", "quote", "assertion", "voice"]].itertuples(index=False, name=None))


# Tags


def test_every_tag_of_the_samples_stands_exactly_where_it_says(records, tags):
    narratives = dict(zip(records["record_id"], records["narrative"], strict=True))
    wrong = [
        tag["record_id"]
        for tag in tags.to_dict("records")
        if narratives[tag["record_id"]][tag["start"] : tag["end"]] != tag["quote"]
        or narratives[tag["record_id"]][tag["sentence_start"] : tag["sentence_end"]] != tag["sentence"]
        or not tag["sentence_start"] <= tag["start"] < tag["end"] <= tag["sentence_end"]
    ]
    assert (len(tags) > 0, wrong) == (True, [])


def test_a_tag_row_has_the_declared_columns(tags):
    assert tuple(tags.columns) == TAG_COLUMNS


@given(st.text(alphabet=st.sampled_from("ab ’'\n\r.•İ😀agency hit out no ")))
@settings(deadline=None)
def test_quotes_are_exact_in_any_text(small_lexicon, text):
    records = pd.DataFrame({"record_id": ["1"], "narrative": [text], "author": ["staff"]})
    tags = nk.tag_records(records, small_lexicon, layer="none")
    assert [text[tag.start : tag.end] for tag in tags.itertuples()] == list(tags["quote"])


def test_line_endings_and_apostrophes_change_no_tag(records, lexicon):
    def retag(change) -> pd.DataFrame:
        return nk.tag_records(records.assign(narrative=records["narrative"].map(change)), lexicon, layer="none")

    columns = ["record_id", "family", "code", "term", "assertion", "voice"]
    expected = retag(lambda text: text)[columns]
    for change in (
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: text.replace("'", "’").replace('"', "”"),
        lambda text: text.replace("’", "'"),
    ):
        pd.testing.assert_frame_equal(retag(change)[columns], expected)


def test_of_two_terms_of_one_code_that_overlap_the_longer_is_kept(small_lexicon, make_records):
    assert tag_one(small_lexicon, make_records, "We were short of staff.") == [
        ("staffing", "short of staff", "affirmed", "staff")
    ]


def count_agency(small_lexicon, make_records, text: str, **numbers: int) -> list[tuple[str, bool]]:
    """The words found for staffing and whether they count, where these words hold so many times in ten."""

    def number(term):
        return term.model_copy(update={"holds_in_ten": numbers.get(term.term.replace(" ", "_").strip("[]"))})

    codes = tuple(code.model_copy(update={"terms": tuple(map(number, code.terms))}) for code in small_lexicon.codes)
    records = make_records(("1", "A", "p", "2026-01-01", "support worker", text))
    tags = nk.tag_records(records, replace(small_lexicon, codes=codes), layer="none")
    return list(tags[["quote", "counted"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(("number", "counted"), [(None, True), (7, True), (6, False), (0, False)])
def test_words_that_hold_in_fewer_than_seven_of_ten_are_proposed_and_do_not_count_alone(
    small_lexicon, make_records, number, counted
):
    assert count_agency(small_lexicon, make_records, "Two agency on.", agency=number) == [("agency", counted)]


def test_a_weak_term_counts_where_it_holds_the_words_of_a_sure_one(small_lexicon, make_records):
    staffing = small_lexicon.find_code("pressure_source", "staffing")
    longer = staffing.terms[0].model_copy(update={"term": "agency again", "holds_in_ten": 3})
    grown = staffing.model_copy(update={"terms": (*staffing.terms, longer)})
    lexicon = replace(small_lexicon, codes=tuple(grown if code is staffing else code for code in small_lexicon.codes))
    assert count_agency(lexicon, make_records, "It was agency again.", agency_again=3) == [("agency again", True)]
    assert count_agency(lexicon, make_records, "It was agency again.", agency_again=3, agency=3) == [("agency again", False)]


def test_the_tagger_works_as_a_component_of_any_spacy_pipeline(tags, records):
    tags = tags[tags["source"] == "lexicon"]
    nlp = spacy.blank("en")
    nlp.add_pipe("nearmiss_tagger")
    record = records[records["record_id"].isin(tags["record_id"])].iloc[0]
    doc = nlp(record["narrative"])
    mine = tags[tags["record_id"] == record["record_id"]].sort_values(["start", "end"], kind="stable")
    assert [(span.label_, span.text, span._.assertion) for span in doc.spans[SPANS_KEY]] == [
        (f"{tag.family}/{tag.code}", tag.quote, tag.assertion) for tag in mine.itertuples()
    ]


@given(
    st.lists(
        st.sampled_from(
            ["hit\xa0out;", "agency", "no", "handover,", "didn’t", "‘sleep’", "“notice”", "won’t", "–", "\r\n", "•", "."]
        ),
        max_size=15,
    )
)
@settings(deadline=None)
def test_a_foreign_pipeline_that_cuts_words_otherwise_gets_the_same_tags(small_lexicon, words):
    foreign, tagger = spacy.blank("xx"), NearMissTagger(small_lexicon)
    foreign.tokenizer = spacy.tokenizer.Tokenizer(foreign.vocab)  # cuts at white space only
    text = " ".join(words)
    doc = tagger(foreign(text))
    spans = list(doc.spans[SPANS_KEY])
    tags = tagger.read(text, voice="").tags
    assert [(span.label_, span._.assertion, span._.cue) for span in spans] == [
        (f"{tag.family}/{tag.code}", tag.assertion, tag.cue) for tag in tags
    ]
    assert all(span.start_char <= tag.start and tag.end <= span.end_char for span, tag in zip(spans, tags, strict=True))


@given(st.lists(st.text("abh .\n") | st.sampled_from(["No agency on Monday.", "Nobody told us? He hit out.", ""]), max_size=5))
@settings(deadline=None)
def test_narratives_read_at_once_are_read_as_one_by_one(small_lexicon, texts):
    tagger, voices = NearMissTagger(small_lexicon), [f"voice {place}" for place, _ in enumerate(texts)]
    together = tagger.read_all(texts, voices)
    alone = [tagger.read(text, voice=voice) for text, voice in zip(texts, voices, strict=True)]
    assert [(one.text, one.voice, one.sentences, one.tags) for one in together] == [
        (one.text, one.voice, one.sentences, one.tags) for one in alone
    ]


# The lexicon


def test_the_lexicon_holds_every_code_of_the_source_article(lexicon):
    assert {family.id: len(family.codes) for family in lexicon.families} == {
        "pressure_source": 10,
        "near_miss_signal": 9,
        "early_sign": 7,
        "protective_factor": 8,
        "governance_evidence": 9,
    }


def test_every_term_tags_its_own_example_and_leaves_its_counter_example_alone(lexicon):
    tagger = NearMissTagger(lexicon)

    def find(text: str) -> list:
        return tagger.read(text, voice="").tags

    faults = []
    for code in lexicon.codes:
        for term in code.terms:
            tagged = {tag.assertion for tag in find(term.example) if (tag.family, tag.code) == (code.family, code.code)}
            if term.assertion not in tagged:
                faults.append(f"{code.code}: “{term.term}” leaves its example alone")
            wrong = [
                tag
                for tag in find(term.counter_example or "")
                if (tag.code, tag.term, tag.assertion) == (code.code, term.term, "affirmed")
            ]
            if wrong:
                faults.append(f"{code.code}: “{term.term}” tags its counter-example")
    assert faults == []


def test_no_term_stands_twice_in_a_code(lexicon):
    twice = [
        (code.code, term.term)
        for code in lexicon.codes
        for term in code.terms
        if [t.term for t in code.terms].count(term.term) > 1
    ]
    assert twice == []


def copy_lexicon(tmp_path):
    import shutil

    return shutil.copytree(nk.shipped("lexicons"), tmp_path / "lexicons")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("terms:", "terms: [\n"), "pressure_source/staffing.yaml, line"),
        (
            ("family: pressure_source", "family: pressure_source\nfamily: early_sign"),
            "line 2: not valid YAML (“family” stands twice)",
        ),
        (("name: Staffing", "name: 7"), "pressure_source/staffing.yaml, line 3: “name” must be text"),
        (("code: staffing", "code: stafing"), "pressure_source/staffing.yaml: it says pressure_source/stafing; its place says"),
        (("definition:", "definitoin:"), "“definitoin” is not a key the kit knows"),
        (
            ("  - term: ", "  - term: (a|b\n    example: x\n    sub_theme: x\n    wrong_when: x\n  - term: "),
            "cannot be used: “)” is missing",
        ),
        (
            ("    sub_theme: numbers", '    sub_theme: numbers\n    holds_in_ten: "6"'),
            "“holds_in_ten” must be a whole number from 0 to 10, without quotation marks.",
        ),
        (("    sub_theme: numbers", "    sub_theme: numbers\n    holds_in_ten: 11"), "“holds_in_ten” must be a whole number"),
    ],
)
def test_a_broken_lexicon_is_refused_with_file_line_and_cure(tmp_path, change, message):
    folder = copy_lexicon(tmp_path)
    path = folder / "pressure_source" / "staffing.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(*change, 1), encoding="utf-8")
    with pytest.raises(nk.LexiconError) as refusal:
        nk.load_lexicon(folder)
    assert message in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("assertion.yaml", ("    - without\n", '    - "(without"\n'), "assertion.yaml, line"),
        ("assertion.yaml", ("    - without\n", "    - no ... more\n"), "“...” has no place here"),
        ("voices.yaml", ("  clinical: [gp", "  nurse: [gp"), "voices.yaml, line"),
        ("word_lists.yaml", ("nobody: [", "[a, b]: [x]\nnobody: ["), "a list or block cannot be a key"),
    ],
)
def test_a_broken_file_of_cues_voices_or_words_is_refused_too(tmp_path, name, change, message):
    path = copy_lexicon(tmp_path) / name
    path.write_text(path.read_text(encoding="utf-8").replace(*change, 1), encoding="utf-8")
    with pytest.raises(nk.LexiconError) as refusal:
        nk.load_lexicon(path.parent)
    assert message in str(refusal.value)


def test_yaml_1_2_reads_no_and_ratios_as_text(tmp_path):
    folder = copy_lexicon(tmp_path)
    path = folder / "word_lists.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "\ntest_words: [no, 2:1, on]\n", encoding="utf-8")
    assert nk.load_lexicon(folder).word_lists["test_words"] == ("no", "2:1", "on")


def test_an_edited_lexicon_never_passes_for_the_published_one(tmp_path, lexicon):
    folder = copy_lexicon(tmp_path)
    path = folder / "pressure_source" / "staffing.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "\n# my own note\n", encoding="utf-8")
    assert nk.load_lexicon(folder).version != lexicon.version


# Tags out


def test_tags_are_written_by_suffix_and_read_back_whole(tmp_path, tags):
    for name, read in (("t.jsonl", lambda path: pd.read_json(path, lines=True, dtype=False)), ("t.parquet", pd.read_parquet)):
        back = read(nk.write_tags(tags, tmp_path / name))
        assert (tuple(back.columns), list(back["quote"])) == (TAG_COLUMNS, list(tags["quote"]))


@pytest.mark.parametrize("name", ["t.csv", "t.jsonl", "t.parquet"])
@pytest.mark.parametrize("some", [600, 0])
def test_tags_that_come_in_pieces_are_written_as_one_table_is(tmp_path, small_lexicon, some, name):
    narratives = [f"{number} agency staff; mum told nobody." for number in range(some)]
    records = pd.DataFrame({"record_id": map(str, range(some)), "narrative": narratives, "author": ["staff"] * some})
    pieces = list(nk.stream_tags(records, small_lexicon, layer="none"))
    whole = nk.tag_records(records, small_lexicon, layer="none")
    pd.testing.assert_frame_equal(pd.concat(pieces, ignore_index=True), whole)
    at_once, streamed = (nk.write_tags(tags, tmp_path / folder / name) for folder, tags in (("a", whole), ("b", pieces)))
    if name.endswith("parquet"):
        pd.testing.assert_frame_equal(pd.read_parquet(streamed), pd.read_parquet(at_once))
    else:
        assert streamed.read_bytes() == at_once.read_bytes()
    assert len(pieces) == (2 if some else 1)
    tables = (records.iloc[start : start + 50] for start in range(0, some, 50))
    for mine, theirs in zip(nk.stream_tags(tables, small_lexicon, layer="none"), pieces, strict=True):
        pd.testing.assert_frame_equal(mine, theirs)


@pytest.mark.parametrize("name", ["t.csv", "t.jsonl", "t.parquet"])
def test_tagging_that_stops_midway_leaves_no_half_file_and_the_older_one_as_it_was(tmp_path, tags, name):
    def stop_midway():
        yield tags
        raise KeyboardInterrupt

    for older in (None, b"older"):
        if older:
            (tmp_path / name).write_bytes(older)
        with pytest.raises(KeyboardInterrupt):
            nk.write_tags(stop_midway(), tmp_path / name)
        assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == ({name: older} if older else {})


def test_no_cell_of_a_csv_is_a_live_formula(tmp_path, small_lexicon, make_records):
    tags = nk.tag_records(make_records(("1", "A", "p", "", "staff", "=agency()")), small_lexicon, layer="none")
    written = pd.read_csv(nk.write_tags(tags, tmp_path / "t.csv"))
    assert (written["sentence"][0], tags["sentence"][0]) == ("'=agency()", "=agency()")


def test_another_suffix_is_refused(tmp_path, tags):
    with pytest.raises(nk.NearMissError, match=r"t\.doc: tags are written as \.csv, \.jsonl, \.parquet"):
        nk.write_tags(tags, tmp_path / "t.doc")
