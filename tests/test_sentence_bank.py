"""The sentence bank, and beside it the unknown writers: codes the lexicon knows, read twice, and no sentence twice."""

import json
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

import nearmiss_kit as nk
from nearmiss_kit.tagging.assertion import ASSERTIONS

FEWEST_SENTENCES = 6_000
UNKNOWN_WRITERS = Path(__file__).parent / "gold" / "unknown_writers.jsonl"
MOST_ALIKE = 0.6  # share of its runs of three words that a sentence may have in common with another


@pytest.fixture(scope="module")
def bank() -> list[dict]:
    return [row for file in sorted((nk.shipped("lexicons") / "sentence_bank").glob("*.jsonl")) for row in read_rows(file)]


@pytest.fixture(scope="module")
def coded(bank) -> list[dict]:
    """The bank, and the sentences of writers who stay unknown to it."""
    return bank + read_rows(UNKNOWN_WRITERS)


def read_rows(file: Path) -> list[dict]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_the_bank_is_large_and_every_id_stands_once(bank, coded):
    assert (len(bank) >= FEWEST_SENTENCES, len({row["id"] for row in coded})) == (True, len(coded))


def test_every_code_and_assertion_is_one_the_kit_knows(coded, lexicon):
    known = {f"{code.family}/{code.code}" for code in lexicon.codes}
    assert {code for row in coded for code in (*row["codes"], *row["disputed"])} <= known
    assert {assertion for row in coded for assertion in row["codes"].values()} <= set(ASSERTIONS)


def test_no_disputed_code_is_counted_as_agreed(coded):
    assert [row["id"] for row in coded if row["codes"].keys() & set(row["disputed"])] == []


def test_every_code_stands_in_the_bank(bank, lexicon):
    affirmed = Counter(code for row in bank for code, assertion in row["codes"].items() if assertion == "affirmed")
    assert [code.code for code in lexicon.codes if not affirmed[f"{code.family}/{code.code}"]] == []


def test_a_third_or_so_of_the_sentences_carry_no_code(bank):
    uncoded = sum(not row["codes"] and not row["disputed"] for row in bank) / len(bank)
    assert 0.25 <= uncoded <= 0.45


def test_no_sentence_is_a_paraphrase_of_another(coded):
    runs = [_runs_of_three(row["text"]) for row in coded]
    holders = defaultdict(set)
    alike = []
    for number, mine in enumerate(runs):
        shared = Counter(other for run in mine for other in holders[run])
        alike += [
            (coded[number]["id"], coded[other]["id"])
            for other, common in shared.items()
            if len(mine) > 1 and common / min(len(mine), len(runs[other])) > MOST_ALIKE
        ]
        for run in mine:
            holders[run].add(number)
    assert alike == []


def _runs_of_three(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[a-z0-9']+", text.lower())
    return {tuple(words[place : place + 3]) for place in range(len(words) - 2)}
