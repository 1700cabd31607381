"""Review: one person's records in order, nothing added and nothing lost."""

import pytest

import nearmiss_kit as nk

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
