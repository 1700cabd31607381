"""How many seconds of one core a learning review of 5,000 records takes and how large it is: python benchmarks/measure_report.py [RECORDS]."""

import sys
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

import pandas as pd

import nearmiss_kit as nk
from nearmiss_kit.report.facts import Report

RECORDS = 5_000
MOST_SECONDS, MOST_BYTES = 20, 5_000_000


def make_records(number: int) -> pd.DataFrame:
    """The sample records over and over, each time with ids of their own."""
    sample = nk.load_records(nk.shipped("sample_records"))
    rounds = -(-number // len(sample))
    copies = [sample.assign(record_id=sample["record_id"] + f"-{copy}") for copy in range(rounds)]
    return pd.concat(copies, ignore_index=True).head(number)


def measure_form(report: Report, path: Path) -> str:
    """What it took to write the report once more in another form, its pictures being drawn already."""
    begun = perf_counter()
    try:
        size = nk.write_report(report, path).stat().st_size
    except nk.ReportError as refusal:
        return f"{path.suffix}: {refusal}"
    return f"{path.suffix}: {perf_counter() - begun:.1f} s, {size / 1e6:.2f} MB"


def main(number: int) -> None:
    """Print seconds for the facts and the page, and the size of the page; then the same for Word and PDF. Tagging is measured elsewhere."""
    records, lexicon = make_records(number), nk.load_lexicon(nk.shipped("lexicons"))
    tags, decisions = nk.tag_records(records, lexicon, layer="none"), nk.load_decisions(":memory:")
    begun = process_time()
    report = nk.build_report(records, tags, decisions, audience="internal", lexicon=lexicon, made_on=date(2026, 11, 1))
    built = process_time()
    with TemporaryDirectory() as folder:
        size = nk.write_report(report, Path(folder) / "report.html").stat().st_size
        written = process_time()
        others = [measure_form(report, Path(folder) / f"report{ending}") for ending in (".docx", ".pdf")]
    print(
        f"{len(records):,} records, {len(tags):,} tags: facts {built - begun:.1f} s, page {written - built:.1f} s, {size / 1e6:.2f} MB"
    )
    print(f"At most {MOST_SECONDS} s: {written - begun <= MOST_SECONDS}; at most {MOST_BYTES / 1e6:.0f} MB: {size <= MOST_BYTES}")
    print("\n".join(others))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RECORDS)
