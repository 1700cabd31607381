"""Seconds of one core that every table and the report of notebook 04 take on 100,000 tagged records, and how much memory.

The records are the sample records over and over, under new references, people and services, with their tags.
"""

import resource
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

import nearmiss_kit as nk
from nearmiss_kit.analysis.agreement import measure_agreement
from nearmiss_kit.analysis.corrected import correct_prevalence
from nearmiss_kit.analysis.days_between import chart_days_between
from nearmiss_kit.analysis.funnel import compare_services
from nearmiss_kit.analysis.groups import list_times_of_day, list_voices, list_weekdays
from nearmiss_kit.analysis.new_language import find_new_language, list_unexplained
from nearmiss_kit.analysis.pairs import measure_lift
from nearmiss_kit.analysis.reading_sample import draw_reading_sample, find_marked
from nearmiss_kit.analysis.themes import add_theme_intervals, count_families, list_months
from nearmiss_kit.analysis.voices import count_voices
from nearmiss_kit.analysis.xmr import chart_measure
from nearmiss_kit.report.render import render_report

RECORDS = 100_000
SERVICES = 60
PEOPLE = 2_000
STAFFING = ("pressure_source", "staffing")


def main() -> None:
    """Print the seconds of each table, their sum, and the highest memory of the process; with --report of the report alone."""
    records, tags, lexicon = enlarge_samples(RECORDS)
    print(f"{len(records):,} records, {len(tags):,} tags, {peak_megabytes():,.0f} MB before the first table")
    time_report(records, tags, lexicon)
    if "--report" in sys.argv:
        return
    whole = 0.0
    for name, make in list_tables(records, tags, lexicon):
        start = time.process_time()
        make()
        seconds = time.process_time() - start
        whole += seconds
        print(f"{seconds:7.2f} s  {name}", flush=True)
    print(f"{whole:7.2f} s  all tables; at most {peak_megabytes():,.0f} MB")
    start = time.process_time()
    inside = records["record_id"].isin(find_marked(tags, [STAFFING])[STAFFING])
    find_new_language(records, tags, lexicon, inside, most=50)
    print(f"{time.process_time() - start:7.2f} s  new language (lexicon workshop); at most {peak_megabytes():,.0f} MB")


def time_report(records: pd.DataFrame, tags: pd.DataFrame, lexicon) -> None:
    """Print the seconds of notebook 04's facts, and of every picture and table drawn from them."""
    start = time.process_time()
    report = nk.build_report(records, tags, nk.load_decisions(":memory:"), audience="internal", lexicon=lexicon)
    built = time.process_time()
    size = len(render_report(report))
    drawn = time.process_time()
    print(f"{built - start:7.2f} s  every count and finding of notebook 04; at most {peak_megabytes():,.0f} MB")
    print(
        f"{drawn - built:7.2f} s  every chart and table of it ({size / 2**20:.1f} MB); at most {peak_megabytes():,.0f} MB",
        flush=True,
    )


def list_tables(records: pd.DataFrame, tags: pd.DataFrame, lexicon) -> Iterator[tuple[str, Callable[[], object]]]:
    """Every table, by name, as a call that makes it."""
    families, themes = [family.id for family in lexicon.families], [(code.family, code.code) for code in lexicon.codes]
    groups = {
        "service": lambda: records["service"], "setting": lambda: records["setting"], "trigger": lambda: records["trigger"],
        "staff on shift": lambda: records["staff_on_shift"], "what helped": lambda: records["what_helped"],
        "voice": lambda: list_voices(records, lexicon), "time of day": lambda: list_times_of_day(records),
        "weekday": lambda: list_weekdays(records), "month": lambda: list_months(records),
    }  # fmt: skip
    yield "families", lambda: add_theme_intervals(count_families(records, tags, lexicon))
    yield "themes", lambda: add_theme_intervals(nk.count_themes(records, tags, lexicon))
    for name, group in groups.items():
        yield f"themes by {name}", lambda group=group: nk.count_themes_by(records, tags, lexicon, group())
    for family in families:
        yield f"pairs within {family}", lambda family=family: measure_lift(nk.count_pairs(records, tags, lexicon, family=family))
    yield (
        "sources with signals",
        lambda: measure_lift(nk.count_pairs(records, tags, lexicon, family=families[0], with_family=families[1])),
    )
    yield "whose voice is missing", lambda: count_voices(records, tags, lexicon)
    yield "a funnel for every theme", lambda: compare_all(nk.count_themes_by(records, tags, lexicon, records["service"]))
    yield "a chart of months for every theme", lambda: chart_all(nk.count_themes_by(records, tags, lexicon, list_months(records)))
    yield "days between", lambda: chart_days_between(records["event_date"].dropna().sample(200, random_state=1), screen=True)
    yield "corrected prevalence of every theme", lambda: correct_all(records, tags, themes)
    yield "agreement on 500 units", lambda: measure_agreement(make_codings(500), seed=1)
    yield "records no code explains", lambda: list_unexplained(records, tags)


def compare_all(cells: pd.DataFrame) -> list:
    """One comparison of services for every theme."""
    return [compare_services(here) for _, here in cells.groupby(["family", "code"])]


def chart_all(cells: pd.DataFrame) -> list:
    """One chart of months for every theme."""
    cells = cells.assign(date=pd.to_datetime(cells["group"] + "-01"), value=100 * cells["records_with"] / cells["records_read"])
    return [chart_measure(here, direction="decrease", screen=True) for _, here in cells.groupby(["family", "code"])]


def correct_all(records: pd.DataFrame, tags: pd.DataFrame, themes: list[tuple[str, str]]) -> pd.DataFrame:
    """Corrected prevalence of every theme from 200 records that agree with the tags."""
    sample = draw_reading_sample(records, tags, themes=themes, size=200, seed=1)
    marked = find_marked(tags, themes)
    readings = [
        pd.DataFrame(dict(record_id=sample["record_id"], family=family, code=code)).assign(
            present=sample["record_id"].isin(marked[family, code]).astype(object)
        )
        for family, code in themes
    ]
    return correct_prevalence(records, tags, sample, pd.concat(readings), themes=themes)


def make_codings(units: int) -> pd.DataFrame:
    """Two readers who agree on nine units of ten."""
    chance = np.random.default_rng(1)
    first = chance.random(units) < 0.1
    return pd.DataFrame({"first": first, "second": np.where(chance.random(units) < 0.9, first, ~first)})


def enlarge_samples(size: int) -> tuple[pd.DataFrame, pd.DataFrame, object]:
    """Records, tags and lexicon: the sample records repeated until there are `size`."""
    lexicon, samples = nk.load_lexicon(nk.shipped("lexicons")), nk.load_records(nk.shipped("sample_records"))
    tags, copies = nk.tag_records(samples, lexicon), -(-size // len(samples))
    records = pd.concat([samples] * copies, ignore_index=True)
    copy = np.repeat(np.arange(copies), len(samples)).astype(str)
    many_tags = pd.concat([tags] * copies, ignore_index=True)
    tag_copy = np.repeat(np.arange(copies), len(tags)).astype(str)
    chance = np.random.default_rng(1)
    records = records.assign(
        record_id=records["record_id"] + "/" + copy,
        person=[f"P{number}" for number in chance.integers(PEOPLE, size=len(records))],
        service=[f"Service {number:02}" for number in chance.integers(SERVICES, size=len(records))],
    ).head(size)
    many_tags = many_tags.assign(record_id=many_tags["record_id"] + "/" + tag_copy)
    return records, many_tags[many_tags["record_id"].isin(records["record_id"])], lexicon


def peak_megabytes() -> float:
    """The most memory this process has had, in megabytes (kilobytes on Linux, bytes on macOS)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


if __name__ == "__main__":
    main()
