"""What several tests share: the shipped lexicon, the sample records, and small ones with the data in sight."""

import os
from datetime import date
from tempfile import TemporaryDirectory

import pandas as pd
import pytest

import nearmiss_kit as nk
from nearmiss_kit.tagging.lexicon import Code, Family, Lexicon, Term

_CACHE = TemporaryDirectory(prefix="nearmiss_tests_")  # what tests work out is not kept among a reader's own, and goes with them
os.environ["NEARMISS_CACHE"] = _CACHE.name


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return nk.load_lexicon(nk.shipped("lexicons"))


@pytest.fixture(scope="session")
def records() -> pd.DataFrame:
    return nk.load_records(nk.shipped("sample_records"))


@pytest.fixture(scope="session")
def tags(records: pd.DataFrame, lexicon: Lexicon) -> pd.DataFrame:
    return nk.tag_records(records, lexicon)


@pytest.fixture(scope="session")
def examples(tmp_path_factory, records, tags, lexicon) -> dict:
    """Each worked review with everything known about it (Seen), on the day after it was last written in."""
    path = tmp_path_factory.mktemp("examples") / "examples.sqlite"
    known = dict(rules=nk.load_house_rules(), today=date(2026, 6, 10))
    return {
        name: nk.study_review(path, records, tags, lexicon, review_id=review_id, **known)
        for name, review_id in nk.write_examples(path, records).items()
    }


@pytest.fixture(scope="session")
def small_lexicon(lexicon: Lexicon) -> Lexicon:
    """Five codes with a term or two each, and the shipped cues, headings and voices."""
    wanted = {
        ("pressure_source", "behaviour"): ["hit out", "head-banging"],
        ("pressure_source", "staffing"): ["agency", "no handover", "short [of] staff"],
        ("pressure_source", "communication"): ["{nobody} ... told"],
        ("near_miss_signal", "provider_warning"): ["notice"],
        ("early_sign", "sleep_disruption"): ["didn't sleep"],
    }
    codes = tuple(_make_code(family, code, terms) for (family, code), terms in wanted.items())
    families = tuple(
        Family(
            id=family.id, name=family.name, question=family.question, codes=tuple(c.code for c in codes if c.family == family.id)
        )
        for family in lexicon.families
        if any(code.family == family.id for code in codes)
    )
    return Lexicon("small", "1+test", families, codes, lexicon.assertion, lexicon.voices, lexicon.word_lists)


def _make_code(family: str, code: str, terms: list[str]) -> Code:
    name = code.replace("_", " ").capitalize()
    entries = tuple(Term(term=term, sub_theme="test", example=term, wrong_when="never in these tests") for term in terms)
    return Code(
        family=family, code=code, name=name, definition=f"About {name.lower()}.", include=("this",), exclude=("that",),
        examples=("an example",), counter_examples=("another",), terms=entries,
    )  # fmt: skip


@pytest.fixture
def make_records(tmp_path):
    """A call with rows (id, service, person, date, author, narrative) gives them as loaded records."""

    def make(*rows: tuple[str, str, str, str, str, str]) -> pd.DataFrame:
        path = tmp_path / "records.csv"
        headings = ["Reference", "Service", "Person", "Date", "Written by", "Narrative"]
        pd.DataFrame(rows, columns=headings).to_csv(path, index=False)
        return nk.load_records(path)

    return make


@pytest.fixture
def no_decisions() -> pd.DataFrame:
    return nk.load_decisions(":memory:")
