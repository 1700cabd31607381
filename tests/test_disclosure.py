"""Published reports: small numbers stay hidden, whoever adds, subtracts, compares, or looks into the file."""

import base64
import re
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, milp

import nearmiss_kit as nk
from nearmiss_kit.analysis.disclosure import ROUNDED_TO, RULES, disclose_count, protect_cells, round_count
from nearmiss_kit.decisions.publications import Publication, load_publications
from nearmiss_kit.report.published_facts import PublishedReport
from nearmiss_kit.report.render import render_report
from nearmiss_kit.tagging.tags import TAG_COLUMNS

DAY = date(2026, 11, 23)
NHS = RULES["nhs"]
THEMES = [("pressure_source", "staffing"), ("pressure_source", "behaviour"), ("near_miss_signal", "provider_warning")]
TIMES, DATA_SETS = 1_000, 200


def make_records(per_service: dict[str, int], first: int = 0) -> pd.DataFrame:
    """Records of services, each about a person of its own."""
    services = [service for service, number in per_service.items() for _ in range(number)]
    ids = [f"REC-{first + number:05}" for number in range(len(services))]
    words = [f"Zebra crossing {number} was quiet." for number in range(len(ids))]
    return pd.DataFrame(
        {
            "record_id": ids, "person": [f"P{first + number}" for number in range(len(ids))], "service": services, "setting": "",
            "event_date": pd.Timestamp("2026-03-01"), "event_time": "", "form": "", "author": "support worker",
            "narrative": words, "narrative_fingerprint": ids,
        }
    ).astype({"event_date": "datetime64[ns]"})  # fmt: skip


def make_tags(found: list[tuple[str, str, str]]) -> pd.DataFrame:
    """One counted, affirmed tag for every (record, family, code)."""
    fixed = dict.fromkeys(TAG_COLUMNS, "") | {
        "start": 0, "end": 5, "sentence_start": 0, "sentence_end": 5, "quote": "Zebra", "sentence": "Zebra", "assertion": "affirmed",
        "voice": "staff", "source": "lexicon", "confidence": np.nan, "counted": True,
    }  # fmt: skip
    return pd.DataFrame(
        [fixed | {"record_id": record, "family": family, "code": code} for record, family, code in found],
        columns=list(TAG_COLUMNS),
    ).astype({"start": int, "end": int, "sentence_start": int, "sentence_end": int, "confidence": float, "counted": bool})


def draw_counts(chance: np.random.Generator, services: int) -> dict[tuple[str, str], list[int]]:
    return {
        theme: [int(chance.choice([0, chance.integers(1, 8), chance.integers(8, 31)])) for _ in range(services)]
        for theme in THEMES
    }


def tag_counts(records: pd.DataFrame, counts: dict[tuple[str, str], list[int]]) -> pd.DataFrame:
    """Tags that put each theme into so many records of each service."""
    ids = [list(here) for _, here in records.groupby("service")["record_id"]]
    return make_tags(
        [
            (record, *theme)
            for theme, numbers in counts.items()
            for here, number in zip(ids, numbers, strict=True)
            for record in here[:number]
        ]
    )


def publish(records: pd.DataFrame, tags: pd.DataFrame, small_lexicon, store=None) -> PublishedReport:
    decisions = nk.load_decisions(":memory:")
    return nk.build_report(
        records, tags, decisions, audience="published", lexicon=small_lexicon, release=nk.Release(store=store), made_on=DAY
    )


def read_cells(report) -> dict[tuple[str, str], list[int | None]]:
    """What a report shows of each theme at each service, or in all together."""
    return {
        (family.id, theme.code): [count.number for count in theme.by_service or (theme.records,)]
        for family in report.families
        for theme in family.themes
        if (family.id, theme.code) in THEMES
    }


@pytest.mark.parametrize(
    ("number", "people", "shown"),
    [(0, 0, 0), (1, 1, None), (7, 7, None), (8, 8, 10), (12, 12, 10), (13, 13, 15), (12, 7, None), (177, 32, 175)],
)
def test_small_numbers_are_hidden_and_others_rounded_as_in_hospital_statistics(
    number: int, people: int, shown: int | None
) -> None:
    assert disclose_count(number, people, NHS) == shown


def test_the_other_rules_hide_what_their_owners_hide() -> None:
    assert [disclose_count(number, number, RULES["opensafely"]) for number in (0, 7, 8)] == [None, None, 10]
    assert [disclose_count(number, number, RULES["ons"]) for number in (0, 1, 4, 5)] == [0, None, None, 5]


def test_services_stand_side_by_side_only_where_each_has_enough_people(small_lexicon) -> None:
    large, small = make_records({"Alder": 20, "Birch": 9}), make_records({"Alder": 20, "Birch": 7})
    assert [name for name, _ in publish(large, make_tags([]), small_lexicon).services] == ["Alder", "Birch"]
    assert publish(small, make_tags([]), small_lexicon).services == ()


def test_a_total_is_added_up_from_the_numbers_shown(small_lexicon) -> None:
    records = make_records({"Alder": 40, "Birch": 40, "Cedar": 40})
    report = publish(
        records, tag_counts(records, {THEMES[0]: [13, 4, 21], THEMES[1]: [0, 12, 8], THEMES[2]: [3, 0, 0]}), small_lexicon
    )
    said = {theme.code: str(theme.records) for family in report.families for theme in family.themes}
    assert [said[code] for _, code in THEMES] == ["35 or more of 120", "20 of 120", "*"]


def test_what_a_hidden_number_is_changes_no_byte_of_the_report(small_lexicon) -> None:
    chance = np.random.default_rng(7)
    for _ in range(DATA_SETS):
        services = int(chance.integers(1, 5))
        records = make_records({f"Service {number}": int(chance.integers(8, 45)) for number in range(services)})
        most = records.groupby("service").size().tolist()
        counts = {
            theme: [min(number, top) for number, top in zip(numbers, most, strict=True)]
            for theme, numbers in draw_counts(chance, services).items()
        }
        together = {theme: sum(numbers) for theme, numbers in counts.items()}
        first = publish(records, tag_counts(records, counts), small_lexicon)
        hidden = [
            (theme, place) for theme, numbers in counts.items() for place, number in enumerate(numbers)
            if 1 <= number <= 7 and (first.services or together[theme] <= 7)
        ]  # fmt: skip
        for theme, place in hidden:
            changed = {
                **counts,
                theme: [
                    *counts[theme][:place],
                    int(chance.integers(1, 8)) if first.services else counts[theme][place],
                    *counts[theme][place + 1 :],
                ],
            }
            second = publish(records, tag_counts(records, changed), small_lexicon)
            assert second == first
        if hidden:
            assert render_report(second) == render_report(first)


def grow_tables(chance: np.random.Generator) -> list[dict[tuple[str, str, str], frozenset[str]]]:
    """The records behind each number at one to three services, and again after more came; as sets of ids."""
    tables = [{}, {}]
    for service in (f"S{number}" for number in range(chance.integers(1, 4))):
        read, more = int(chance.integers(1, 40)), int(chance.choice([0, chance.integers(1, 12), chance.integers(8, 30)]))
        having = chance.random(read + more) < chance.choice([0.05, 0.2, 0.5, 0.9])
        for table, here in zip(tables, (read, read + more), strict=True):
            table[service, "", ""] = frozenset(f"{service}-{number}" for number in range(here))
            table[service, *THEMES[0]] = frozenset(f"{service}-{number}" for number in range(here) if having[number])
    return tables


def publish_tables(tables: list[dict]) -> list[dict[tuple[str, str, str], int | None]]:
    """What the first report shows, and the second, which remembers the first."""
    first = protect_cells(tables[0], {}, NHS, [])
    second = protect_cells(tables[1], {}, NHS, [Publication("nhs", True, first)])
    return [{place: shown.number for place, shown in cells.items()} for cells in (first, second)]


class Attacker:
    """Knows the rule and the reports, and that records were only added; works out the least and the most of any number.

    Unknown are the numbers behind every cell in both reports. `totals` tells it rounded true totals, which the kit does not.
    """

    def __init__(self, shown: list[dict], totals: list[int] | None = None) -> None:
        self.places = [(report, place) for report in (0, 1) for place in shown[0]]
        self.number_of = {place: number for number, place in enumerate(self.places)}
        self.rows, self.low, self.high = [], [], []
        for place in shown[0]:
            first, second = (cells[place] for cells in shown)
            self.add({(0, place): 1}, *self.spread(first))
            if first and second == first:  # the number may have been kept because fewer than eight came
                self.add({(1, place): 1}, NHS.smallest_shown, first + 2 + 7)
            else:
                self.add({(1, place): 1}, *self.spread(second))
            self.add({(1, place): 1, (0, place): -1}, 8 if first and second and first != second else 0, 10_000)
            for report in (0, 1):
                self.add({(report, (place[0], "", "")): 1, (report, place): -1} if place[1] else {(report, place): 1}, 0, 10_000)
        for report, total in enumerate(totals or ()):
            self.add({(report, place): 1 for place in shown[0] if place[1]}, total - 2, total + 2)

    def spread(self, number: int | None) -> tuple[int, int]:
        return (1, 7) if number is None else (0, 0) if number == 0 else (max(8, number - 2), number + 2)

    def add(self, terms: dict, low: int, high: int) -> None:
        row = np.zeros(len(self.places))
        for place, weight in terms.items():
            row[self.number_of[place]] = weight
        self.rows.append(row), self.low.append(low), self.high.append(high)

    def work_out(self, terms: dict) -> tuple[int, int]:
        goal = np.zeros(len(self.places))
        for place, weight in terms.items():
            goal[self.number_of[place]] = weight
        limits, whole = LinearConstraint(np.array(self.rows), self.low, self.high), np.ones(len(self.places))
        least, most = (milp(sign * goal, constraints=limits, integrality=whole) for sign in (1, -1))
        assert least.success and most.success, "the attacker's picture of the reports does not fit them"
        return round(least.fun), round(-most.fun)


def find_protected(tables: list[dict]) -> list[tuple[dict, int]]:
    """Every number from 1 to 7, and every change from 1 to 7 between the reports, as the attacker would ask for it."""
    asked = [({(report, place): 1}, len(table[place])) for report, table in enumerate(tables) for place in table]
    asked += [({(1, place): 1, (0, place): -1}, len(tables[1][place]) - len(tables[0][place])) for place in tables[0]]
    return [(terms, number) for terms, number in asked if 1 <= number <= 7]


def test_an_attacker_who_solves_two_published_reports_finds_no_protected_number() -> None:
    chance, asked = np.random.default_rng(20), 0
    for _ in range(TIMES):
        tables = grow_tables(chance)
        attacker = Attacker(publish_tables(tables))
        for terms, number in find_protected(tables):
            least, most = attacker.work_out(terms)
            assert least <= number <= most and least < most
            asked += 1
    assert asked > TIMES


def test_the_same_attacker_finds_numbers_where_true_totals_are_rounded_and_shown() -> None:
    chance, found = np.random.default_rng(20), 0
    for _ in range(TIMES // 5):
        tables = grow_tables(chance)
        totals = [round_count(sum(len(members) for (_, family, _), members in table.items() if family)) for table in tables]
        attacker = Attacker(publish_tables(tables), totals)
        bounds = [attacker.work_out(terms) for terms, _ in find_protected(tables)]
        found += sum(least == most for least, most in bounds)
    assert found > 0


def test_a_number_stands_until_enough_people_came_or_went(small_lexicon, tmp_path) -> None:
    store = tmp_path / "store.sqlite"
    numbers = []
    for more in (0, 1, 7, 8, 9):  # one theme in everybody's record, and more people each time
        records = make_records({"Alder": 12 + more})
        numbers.append(
            read_cells(publish(records, tag_counts(records, {THEMES[0]: [12 + more]}), small_lexicon, store))[THEMES[0]]
        )
    assert numbers == [[10], [10], [10], [20], [20]]
    assert len(load_publications(store)) == len(numbers)


def test_records_published_together_are_never_published_apart(small_lexicon, tmp_path) -> None:
    store, small = tmp_path / "store.sqlite", make_records({"Alder": 20, "Birch": 5})
    assert publish(small, make_tags([]), small_lexicon, store).services == ()
    grown = pd.concat([small, make_records({"Birch": 20}, first=100)], ignore_index=True)
    assert publish(grown, make_tags([]), small_lexicon, store).services == ()
    assert [name for name, _ in publish(grown, make_tags([]), small_lexicon).services] == ["Alder", "Birch"]


def test_erasing_a_person_takes_their_records_out_of_remembered_reports(small_lexicon, tmp_path) -> None:
    store, records = tmp_path / "store.sqlite", make_records({"Alder": 12})
    publish(records, make_tags([]), small_lexicon, store)
    nk.erase_person(store, person="P3", record_ids=["REC-00003"], erased_at=pd.Timestamp("2026-11-24"))
    assert b"REC-00003" not in store.read_bytes()
    assert len(load_publications(store)[0].records) == 12


def test_a_published_file_holds_no_narrative_no_reference_and_no_small_number(small_lexicon, tmp_path) -> None:
    records = make_records({"Alder": 40, "Birch": 40})
    report = publish(records, tag_counts(records, {THEMES[0]: [23, 3], THEMES[1]: [11, 17]}), small_lexicon)
    html = nk.write_report(report, tmp_path / "published.html").read_text("utf-8")
    pictures = "".join(base64.b64decode(found).decode() for found in re.findall(r"base64,([^\"]+)", html))
    for part in (html, pictures):
        assert "Zebra" not in part and "REC-" not in part
    cells = re.findall(r'<td class="count[^"]*">(.*?)</td>', html)
    assert {"25 of 40", "*", "10 of 40", "15 of 40"} <= set(cells)
    numbers = {int(number.replace(",", "")) for cell in cells for number in re.findall(r"[\d,]+", cell)}
    assert {number % ROUNDED_TO for number in numbers} == {0}


def test_a_hidden_theme_is_not_drawn(small_lexicon) -> None:
    from nearmiss_kit.report.render import draw_shares_of

    records = make_records({"Alder": 40})
    report = publish(records, tag_counts(records, {THEMES[0]: [20], THEMES[1]: [5]}), small_lexicon)
    sources = next(family for family in report.families if family.id == "pressure_source")
    assert {theme.code for theme in sources.themes if theme.between} == {
        code.code for code in small_lexicon.codes if code.family == "pressure_source"
    } - {"behaviour"}
    drawn = [theme for theme in sources.themes if theme.between]
    only = type(sources)(sources.id, sources.name, sources.question, sources.title, sources.alt, tuple(drawn))
    assert draw_shares_of(only) == draw_shares_of(sources)


def test_a_published_report_without_a_store_says_what_cannot_be_sure(small_lexicon, tmp_path) -> None:
    records = make_records({"Alder": 12})
    said = "No store was given"
    assert any(limit.startswith(said) for limit in publish(records, make_tags([]), small_lexicon).limits)
    assert not any(
        limit.startswith(said) for limit in publish(records, make_tags([]), small_lexicon, tmp_path / "s.sqlite").limits
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 60), min_size=1, max_size=4))
def test_what_is_remembered_is_read_back_as_it_was(tmp_path_factory, first: list[int]) -> None:
    from datetime import datetime

    from nearmiss_kit.decisions.publications import remember_publication

    cells = {
        (f"S{n}", *theme): frozenset(f"{n}-{i}" for i in range(size))
        for theme in (("", ""), THEMES[0])
        for n, size in enumerate(first)
    }
    publication = Publication("nhs", True, protect_cells(cells, {}, NHS, []))
    store = tmp_path_factory.mktemp("store") / "store.sqlite"
    remember_publication(store, publication, who="quality lead", decided_at=datetime(2026, 11, 23))
    assert load_publications(store) == [publication]
