"""Evaluation: coded sentences in, and how near the tags come to readers, with intervals and the sentences behind mistakes."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import nearmiss_kit as nk
from nearmiss_kit.cli import main
from nearmiss_kit.tagging.calibration import calibrate
from nearmiss_kit.tagging.evaluation import evaluate_tags, hear_voices, join_records, list_mistakes
from nearmiss_kit.tagging.gold import MOST_FAULTS, read_gold
from nearmiss_kit.tagging.measured import MEASURED, name_layer
from nearmiss_kit.tagging.pairing import pair_assertions, pair_records
from nearmiss_kit.tagging.sentences import flatten_typography, split_sentences

SAMPLE_CODES = Path(__file__).parent / "gold" / "sample_codes.jsonl"
UNKNOWN_WRITERS = Path(__file__).parent / "gold" / "unknown_writers.jsonl"
MAIN_FAMILIES = ("pressure_source", "near_miss_signal")
STAFFING = ("pressure_source", "staffing", "affirmed")
BEHAVIOUR = ("pressure_source", "behaviour", "affirmed")
SCORED = ["marked_by_readers", "proposed", "agreed", "precision", "recall", "f1"]


@pytest.fixture
def write_gold(tmp_path):
    """A call with rows writes them as a coded file and gives its path."""

    def write(*rows: dict | str, name: str = "coded.jsonl") -> Path:
        lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
        (tmp_path / name).write_text("\n".join(lines), encoding="utf-8")
        return tmp_path / name

    return write


@pytest.fixture
def measure(small_lexicon, write_gold):
    """A call with rows of a file with its own text gives tags, coded sentences with voices, and records."""

    def run(*rows: dict):
        records, sentences = join_records(read_gold(write_gold(*rows)), None)
        return nk.tag_records(records, small_lexicon, layer="none"), hear_voices(sentences, records, small_lexicon), records

    return run


def code(text: str, *codes: tuple[str, str, str], group: str = "", **more: object) -> dict:
    triples = [{"family": family, "code": name, "assertion": assertion} for family, name, assertion in codes]
    return {"text": text, "codes": triples, **({"narrative_id": group} if group else {}), **more}


def scores_of(evaluation, of: str, by: str) -> dict[str, list]:
    table = evaluation.scores[(evaluation.scores["of"] == of) & (evaluation.scores["by"] == by)]
    return {row["name"]: [row[column] for column in SCORED[:3]] for row in table.to_dict("records")}


# Coded sentences in


def test_sentences_of_one_narrative_are_put_together_one_a_line_and_keep_their_places(write_gold):
    gold = read_gold(
        write_gold(
            code("Agency again.", STAFFING, group="A", author="mother"),
            code("Rain 😀.", group="B"),
            code("He hit out.", BEHAVIOUR, group="A"),
            code("On its own."),
        )
    )
    assert gold.records[["record_id", "narrative", "author"]].to_numpy().tolist() == [
        ["A", "Agency again.\nHe hit out.", "mother"],
        ["B", "Rain 😀.", ""],
        ["line 4", "On its own.", ""],
    ]
    assert gold.sentences[["record_id", "sentence_start", "sentence_end", "codes", "line"]].to_numpy().tolist() == [
        ["A", 0, 13, [STAFFING], 1],
        ["B", 0, 7, [], 2],
        ["A", 14, 25, [BEHAVIOUR], 3],
        ["line 4", 0, 11, [], 4],
    ]


@given(st.lists(st.tuples(st.sampled_from("AB"), st.text(min_size=1).filter(str.strip)), min_size=1, max_size=8))
def test_whatever_a_sentence_holds_its_place_in_the_narrative_is_its_own(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("gold") / "coded.jsonl"
    lines = [json.dumps(code(text, group=group), ensure_ascii=False) for group, text in rows if text.isprintable()]
    if lines:
        path.write_text("\n".join(lines), encoding="utf-8", newline="\n")
        gold = read_gold(path)
        narratives = dict(zip(gold.records["record_id"], gold.records["narrative"], strict=True))
        back = [narratives[row.record_id][row.sentence_start : row.sentence_end] for row in gold.sentences.itertuples()]
        assert back == [text for _, text in rows if text.isprintable()]


def test_other_spellings_are_converted_on_the_way_in(write_gold):
    path = write_gold(
        {"text": "a", "codes": {"protective_or_recovery/resources": "affirmed", "governance_evidence/PBS changes": "negated"}},
        {"text": "b", "codes": [{"family": "near_miss_signal", "code": "urgent_clinical", "status": "hypothetical_planned"}]},
        {"text": "c", "codes": [], "disputed": ["early_sign/staff_anxiety", {"family": "early_sign", "code": "x", "first": "y"}]},
    )
    gold = nk.load_gold(path)
    assert gold["codes"].to_list() == [
        [("protective_factor", "resources", "affirmed"), ("governance_evidence", "pbs_changes", "negated")],
        [("near_miss_signal", "urgent_clinical_involvement", "hypothetical")],
        [],
    ]
    assert gold["disputed"].to_list() == [[], [], [("early_sign", "staff_anxiety", ""), ("early_sign", "x", "")]]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{secret", "coded.jsonl, line 3: this is not JSON."),
        ('["secret"]', "coded.jsonl, line 3: not a coded sentence (text and codes, each with family, code and assertion)."),
        ('{"text": " ", "codes": []}', "coded.jsonl, line 3: its text is empty."),
        ('{"text": "secret", "codes": "x"}', "coded.jsonl, line 3: codes must be a list"),
        ('{"text": "secret", "codes": [7]}', "coded.jsonl, line 3: each code needs a family, a code and an assertion"),
        ('{"text": "secret", "codes": {"a/b": "maybe"}}', "line 3: the assertion of a/b must be one of affirmed, negated,"),
        ('{"text": "secret", "codes": {"a/b": 7}}', "coded.jsonl, line 3: each code needs"),
    ],
)
def test_a_wrong_line_is_named_with_file_and_line_and_not_quoted(write_gold, line, words):
    with pytest.raises(nk.RecordsError) as refusal:
        nk.load_gold(write_gold(code("Fine."), "", line))
    assert (words in str(refusal.value), "secret" in str(refusal.value)) == (True, False)


def test_many_wrong_lines_are_named_together_and_no_more_than_help(write_gold):
    with pytest.raises(nk.RecordsError) as refusal:
        nk.load_gold(write_gold(code("Fine."), *["{"] * 25))
    lines = str(refusal.value).splitlines()
    assert (len(lines), lines[-1]) == (MOST_FAULTS + 2, "  and 15 more lines")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"record_id": "1", "start": 5, "end": 5, "codes": [], "disputed": []}, "line 1: start and end must be whole numbers"),
        ({"record_id": "1", "start": 0, "codes": [], "disputed": []}, "line 1: not a coded sentence (record_id, start, end,"),
    ],
)
def test_a_place_that_is_none_is_refused(write_gold, row, words):
    with pytest.raises(nk.RecordsError) as refusal:
        nk.load_gold(write_gold(row))
    assert words in str(refusal.value)


def test_a_file_that_cannot_be_read_is_refused_with_its_cure(tmp_path, write_gold):
    (tmp_path / "latin.jsonl").write_bytes(b'{"text": "caf\xe9", "codes": []}')
    for path, words in (
        (tmp_path / "nowhere.jsonl", "cannot be read"),
        (tmp_path / "latin.jsonl", "latin.jsonl is not UTF-8 text."),
        (write_gold("", name="empty.jsonl"), "empty.jsonl holds no line."),
    ):
        with pytest.raises(nk.RecordsError) as refusal:
            nk.load_gold(path)
        assert words in str(refusal.value)


def test_codes_beside_records_need_the_very_records_that_were_coded(write_gold, make_records):
    gold = read_gold(write_gold({"record_id": "1", "start": 0, "end": 90, "codes": [], "disputed": []}))
    records = make_records(("1", "A", "p", "", "staff", "Short."))
    for given_records, words in ((None, "Say with --records where"), (records, "1 of 1 coded sentences are not in the records")):
        with pytest.raises(nk.RecordsError) as refusal:
            join_records(gold, given_records)
        assert words in str(refusal.value)
    with pytest.raises(nk.RecordsError, match="holds its own text"):
        join_records(read_gold(write_gold(code("Fine."))), records)


def test_the_gold_codes_stand_on_sentences_of_the_samples(records):
    gold = nk.load_gold(SAMPLE_CODES)
    narratives = dict(zip(records["record_id"], records["narrative"], strict=True))
    spans = {(row.record_id, (row.sentence_start, row.sentence_end)) for row in gold.itertuples()}
    expected = {
        (record_id, span)
        for record_id in set(gold["record_id"])
        for span in split_sentences(flatten_typography(narratives[record_id]))
    }
    assert (gold["record_id"].nunique() >= 80, spans == expected) == (True, True)


# Scores


def test_scores_count_sentences_and_leave_disputed_codes_out(small_lexicon, make_records):
    texts = ["Agency again.", "He hit out.", "No handover."]
    tags = nk.tag_records(make_records(("1", "A", "p", "", "staff", " ".join(texts))), small_lexicon, layer="none")
    gold = pd.DataFrame(
        [("1", 0, 13, [STAFFING], []), ("1", 14, 25, [], [BEHAVIOUR]), ("1", 26, 38, [BEHAVIOUR], [])],
        columns=["record_id", "sentence_start", "sentence_end", "codes", "disputed"],
    )
    scores = nk.score_tags(tags, gold)
    assert scores.iloc[0][SCORED].to_list() == [2, 2, 1, 0.5, 0.5, 0.5]
    assert scores[["family", "code", "agreed"]].to_numpy().tolist() == [
        ["", "", 1],
        ["pressure_source", "", 1],
        ["pressure_source", "behaviour", 0],
        ["pressure_source", "staffing", 1],
    ]


def test_a_tag_below_the_threshold_and_a_tag_in_another_assertion_enter_no_score(measure):
    tags, gold, _ = measure(code("Agency again.", STAFFING), code("He hit out.", BEHAVIOUR))
    tags.loc[tags["code"] == "staffing", "counted"] = False
    tags.loc[tags["code"] == "behaviour", "assertion"] = "historical"
    assert nk.score_tags(tags, gold).iloc[0][SCORED[:3]].to_list() == [2, 0, 0]


def test_every_part_of_an_evaluation_adds_up(measure, small_lexicon):
    evaluation = evaluate_tags(*measure(
        code("Agency again.", STAFFING, group="A", voice="staff"),
        code("He hit out.", group="A", voice="staff"),
        code("No handover.", STAFFING, group="B", author="mother of the person"),
        code("Nobody smiled.", BEHAVIOUR, group="B", author="mother of the person"),
    )[:2], small_lexicon)  # fmt: skip
    assert scores_of(evaluation, "sentences", "all") == {"micro": [3, 3, 2], "macro": [3, 3, 2]}
    assert scores_of(evaluation, "sentences", "code") == {
        "pressure_source/behaviour": [1, 1, 0],
        "pressure_source/staffing": [2, 2, 2],
    }
    assert scores_of(evaluation, "sentences", "voice") == {"family": [2, 1, 1], "staff": [1, 2, 1]}
    assert scores_of(evaluation, "sentences", "source") == {"lexicon": [3, 3, 2]}
    assert (evaluation.records, evaluation.sentences, evaluation.families) == (2, 4, ("pressure_source",))


def test_a_macro_score_is_the_mean_over_the_codes_that_readers_marked(measure, small_lexicon):
    tags, gold, _ = measure(
        code("Agency again.", STAFFING), code("No handover.", STAFFING), code("Calm.", BEHAVIOUR), code("Notice was given.")
    )
    scores = evaluate_tags(tags, gold, small_lexicon, families=("pressure_source", "near_miss_signal")).scores
    macro = scores[(scores["of"] == "sentences") & (scores["name"] == "macro")].iloc[0]
    assert macro[SCORED].to_list() == [3, 2, 2, 1.0, 0.5, 0.5]


def test_a_record_carries_a_code_once_and_a_code_only_disputed_counts_neither_way(measure):
    tags, gold, _ = measure(
        code("Agency again.", STAFFING, group="A"),
        code("No handover.", STAFFING, group="A"),
        code("He hit out.", group="A", disputed=["pressure_source/behaviour"]),
        code("Calm.", BEHAVIOUR, group="B"),
    )
    pairs = pair_records(tags, gold)
    assert pairs[["record_id", "code", "marked", "proposed"]].to_numpy().tolist() == [
        ["A", "staffing", True, True],
        ["B", "behaviour", True, False],
    ]


def test_an_interval_is_the_percentiles_of_whole_records_drawn_again(measure, small_lexicon):
    rows = [code("Agency again.", STAFFING, group=str(n)) for n in range(6)]
    rows += [code("Calm.", STAFFING, group=str(n)) for n in range(4, 10)]
    tags, gold, _ = measure(*rows)
    micro = evaluate_tags(tags, gold, small_lexicon, seed=3, draws=500).scores.iloc[0]
    agreed, marked = np.array([1] * 6 + [0] * 4), np.array([1] * 4 + [2] * 2 + [1] * 4)
    drawn = np.random.default_rng(3).multinomial(10, [0.1] * 10, size=500)
    ends = np.quantile(drawn @ agreed / (drawn @ marked), [0.025, 0.975])
    assert micro[["recall", "recall_low", "recall_high"]].to_list() == pytest.approx([0.5, *ends])
    assert micro["undefined"] == "all draws alike: no interval"  # of precision, which is 1 throughout


def test_what_is_undefined_says_why(measure, small_lexicon):
    tags, gold, _ = measure(code("Calm.", STAFFING), code("He hit out."))
    scores = evaluate_tags(tags, gold, small_lexicon).scores
    by_code = scores[(scores["by"] == "code") & (scores["of"] == "sentences")].set_index("name")
    assert by_code["undefined"].to_dict() == {
        "pressure_source/behaviour": "readers marked nothing: no recall; fewer than 5 records: no interval",
        "pressure_source/staffing": "nothing was proposed: no precision; fewer than 5 records: no interval",
    }
    assert np.isnan(by_code["precision"]["pressure_source/staffing"])


def test_families_nobody_marked_are_left_out_and_codes_nobody_can_propose_are_named(measure, small_lexicon):
    tags, gold, _ = measure(code("Agency again, and notice was given.", STAFFING, ("pressure_source", "weather", "affirmed")))
    evaluation = evaluate_tags(tags, gold, small_lexicon)
    assert (evaluation.left_out, evaluation.unknown) == (
        tuple(family.id for family in small_lexicon.families if family.id != "pressure_source"),
        ("pressure_source/weather",),
    )
    assert scores_of(evaluation, "sentences", "all")["micro"] == [2, 1, 1]


def test_assertions_are_compared_where_the_code_agrees(measure, small_lexicon):
    negated = ("pressure_source", "behaviour", "negated")
    tags, gold, _ = measure(
        code("He hit out.", negated, group="A"), code("Agency again.", STAFFING, group="A"), code("Calm.", BEHAVIOUR)
    )
    assert pair_assertions(tags, gold)[["code", "readers_say", "kit_says"]].to_numpy().tolist() == [
        ["behaviour", "negated", "affirmed"],
        ["staffing", "affirmed", "affirmed"],
    ]
    evaluation = evaluate_tags(tags, gold, small_lexicon)
    assert scores_of(evaluation, "sentences", "assertion") == {"affirmed": [1, 2, 1], "negated": [1, 0, 0]}
    assert evaluation.confusion.to_numpy().tolist() == [["affirmed", "affirmed", 1], ["negated", "affirmed", 1]]


def test_the_calibration_error_is_the_worked_one(measure):
    tags, gold, _ = measure(
        code("Agency again.", STAFFING), code("Short of staff."), code("No handover.", STAFFING), code("He hit out.", BEHAVIOUR)
    )
    tags = tags.assign(confidence=[0.92, 0.98, 0.35, 0.2], counted=[True, True, False, False])
    found = calibrate(tags, gold)
    # Bin 0.9–1.0: two proposals, stated 0.95, held 0.5. Bin 0.3–0.4: one, stated 0.35, held 1. Below 0.3 there is no proposal.
    assert (found.error, found.proposals) == (pytest.approx((2 * 0.45 + 1 * 0.65) / 3), 3)
    assert found.bins.to_numpy().tolist() == [[0.3, 0.4, 1, 0.35, 1.0], [0.9, 1.0, 2, pytest.approx(0.95), 0.5]]


def test_what_chance_makes_of_the_calibration_error_is_what_drawing_each_proposal_gives(measure):
    tags, gold, _ = measure(code("Agency again.", STAFFING), code("No handover.", STAFFING), code("He hit out.", BEHAVIOUR))
    found = calibrate(tags.assign(confidence=[0.5, 0.4, 1.0]), gold)
    # Each stands alone in its bin. One of 0.5 is off by 0.5 whatever comes; one of 0.4 by 0.6 or 0.4, in the mean 0.48; 1.0 holds.
    assert found.by_chance == pytest.approx((0.5 + 0.48 + 0) / 3, abs=0.01)


def test_without_a_learned_layer_there_is_no_calibration_error_and_the_reason_is_said(measure):
    tags, gold, _ = measure(code("Agency again.", STAFFING))
    found = calibrate(tags, gold)
    assert (np.isnan(found.error), found.undefined.endswith("because the learned layer did not run.")) == (True, True)


def test_every_mistake_is_listed_with_its_sentence_and_nothing_else_is(measure, small_lexicon):
    tags, gold, records = measure(
        code("Agency again.", STAFFING, group="A"),
        code("Just me till ten.", STAFFING, group="A"),
        code("He hit out at the ball.", group="A"),
        code("He hit out last year.", ("pressure_source", "behaviour", "historical"), group="A"),
        code("Notice was given.", group="A"),
    )
    tags.loc[tags["code"] == "behaviour", "assertion"] = "affirmed"
    mistakes = list_mistakes(tags, gold, records, families=("pressure_source",))
    assert mistakes[["line", "code", "mistake", "readers_say", "kit_says", "sentence"]].to_numpy().tolist() == [
        [2, "staffing", "missed", "affirmed", "", "Just me till ten."],
        [3, "behaviour", "not marked by readers", "", "affirmed", "He hit out at the ball."],
        [4, "behaviour", "said otherwise", "historical", "affirmed", "He hit out last year."],
    ]


@pytest.mark.parametrize("layer", ["encoder", "words", "none"])
def test_the_rates_in_the_report_are_the_measured_ones(records, lexicon, layer):
    tags, gold = nk.tag_records(records, lexicon, layer=layer), nk.load_gold(SAMPLE_CODES)
    overall = nk.score_tags(tags, gold).iloc[0]
    said = json.loads(MEASURED.read_text(encoding="utf-8"))
    assert (said["lexicon"], said["records"], said["sentences"]) == (lexicon.version, gold["record_id"].nunique(), len(gold))
    near = {name: pytest.approx(overall[name], abs=0.01) for name in ("precision", "recall")}  # processors differ in last bits
    assert said["layers"][name_layer(tags)] == near


# The command


def run(*arguments: str):
    return CliRunner().invoke(main, ["evaluate", *arguments])


@pytest.fixture(scope="module")
def unknown_writers(lexicon):
    """Coded sentences that nothing is learned from, fitted on or chosen by; call with a layer to evaluate it on them."""
    records, sentences = join_records(read_gold(UNKNOWN_WRITERS), None)
    heard = hear_voices(sentences, records, lexicon)
    return lambda layer: evaluate_tags(nk.tag_records(records, lexicon, layer=layer), heard, lexicon, families=MAIN_FAMILIES)


@pytest.mark.parametrize(("layer", "precision", "recall", "f1"), [("encoder", 0.60, 0.20, 0.50), ("none", 0.75, 0.20, 0.0)])
def test_on_writers_whom_nothing_was_tuned_to_tags_hold_and_are_found_as_promised(unknown_writers, layer, precision, recall, f1):
    evaluation = unknown_writers(layer)
    of_all = evaluation.scores.iloc[0]
    assert [of_all[rate] >= least for rate, least in (("precision", precision), ("recall", recall), ("f1", f1))] == [True] * 3
    assert not evaluation.calibration.error > 0.05


def test_evaluate_says_tables_and_writes_sentences_into_the_file_of_errors_only(write_gold, tmp_path):
    gold, errors = write_gold(code("The kettle is blue.", STAFFING), code("The kettle is red.")), tmp_path / "wrong.csv"
    result = run(str(gold), "--errors", str(errors))
    assert (result.exit_code, "kettle" in result.output, "2 coded sentences of 2 records" in result.output) == (0, False, True)
    assert "1 mistake, each with its sentence" in result.stderr
    assert "It holds sentences from the records" in result.stderr
    written = pd.read_csv(errors, keep_default_na=False)
    assert written[["mistake", "sentence"]].to_numpy().tolist() == [["missed", "The kettle is blue."]]


def test_no_sentence_in_the_file_of_errors_is_a_live_formula(write_gold, tmp_path):
    gold, errors = write_gold(code("=the kettle.", STAFFING)), tmp_path / "wrong.csv"
    run(str(gold), "--errors", str(errors))
    assert pd.read_csv(errors)["sentence"].to_list() == ["'=the kettle."]


def test_evaluate_speaks_json_that_holds_no_sentence_and_no_nan(write_gold):
    result = run(str(write_gold(code("The kettle is blue.", STAFFING))), "--json")

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    (measured,) = json.loads(result.stdout, parse_constant=refuse)["layers"].values()
    assert ("kettle" in result.stdout, measured["records"], measured["scores"][0]["precision"]) == (False, 1, None)
    assert measured["scores"][0]["undefined"].startswith("nothing was proposed: no precision")


def test_evaluate_reads_places_with_the_records_they_stand_in():
    result = run(str(SAMPLE_CODES), "--records", str(nk.shipped("sample_records")), "--family", "pressure_source", "--json")
    (measured,) = json.loads(result.stdout)["layers"].values()
    assert (measured["records"], measured["sentences"], measured["families"]) == (177, 3029, ["pressure_source"])


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--errors", "wrong.doc"), "wrong.doc: mistakes are written as .csv or .jsonl."),
        (("--errors", "coded.jsonl"), "would be written among the records"),
        (("--family", "weather"), "There is no family weather in this lexicon."),
        (("--layer", "oracle"), "Invalid value for '--layer'"),
        (("--records", "nowhere"), "There is no file or folder nowhere."),
    ],
)
def test_wrong_use_of_evaluate_gets_a_plain_message_and_exit_code_2(write_gold, tmp_path, monkeypatch, more, words):
    monkeypatch.chdir(tmp_path)
    write_gold(code("Fine."))
    result = run("coded.jsonl", *more)
    assert (result.exit_code, words in result.output) == (2, True)
