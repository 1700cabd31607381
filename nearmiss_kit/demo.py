"""The whole way on the sample records, for somebody who has just arrived."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
import pandas as pd
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from tqdm.auto import tqdm

from nearmiss_kit.decisions.store import load_decisions
from nearmiss_kit.errors import NearMissError
from nearmiss_kit.records.reading import load_records
from nearmiss_kit.report.board import build_board_summary
from nearmiss_kit.report.build import build_report
from nearmiss_kit.report.evidence_pack import build_evidence_pack
from nearmiss_kit.report.exporter import export_notebook
from nearmiss_kit.report.kind_pages import write_board_summary, write_easy_read, write_evidence_pack, write_you_said
from nearmiss_kit.report.render import write_report
from nearmiss_kit.report.review_page import write_review_report
from nearmiss_kit.review.checks import Seen, study_reviews
from nearmiss_kit.review.examples import write_examples
from nearmiss_kit.review.feedback import build_you_said
from nearmiss_kit.review.house_rules import load_house_rules
from nearmiss_kit.review.outcome import build_easy_read
from nearmiss_kit.review.summary import build_review_facts
from nearmiss_kit.shipped import shipped
from nearmiss_kit.tagging.lexicon import Lexicon, load_lexicon
from nearmiss_kit.tagging.tables import write_tags
from nearmiss_kit.tagging.tagger import tag_records

DEMO_NOTEBOOKS = "0[0-4]_*.ipynb"  # what changed and the lexicon workshop wait for choices of a reader
NOTEBOOKS_AT_ONCE = 2  # each runs in a process of its own; more gains nothing on a small machine
LONGEST_CELL = 120  # seconds; a cell of the sample takes a few


def run_demo(out: Path) -> Iterator[Path]:
    """Read, tag and report the sample records and the worked reviews into `out`, run the notebooks that need no choices; yield what was written."""
    records = load_records(shipped("sample_records"), progress=True)
    lexicon = load_lexicon(shipped("lexicons"))
    tags = tag_records(records, lexicon, progress=True)
    yield write_tags(tags, out / "tags.csv")
    with TemporaryDirectory() as folder:
        store = Path(folder) / "examples.sqlite"
        write_examples(store, records)
        seen = study_reviews(store, records, tags, lexicon, rules=load_house_rules(), today=date.today())
    yield from _write_reports(out, records, tags, lexicon, seen)
    yield from _write_reviews(out / "reviews", seen)
    yield from _export_notebooks(out / "notebooks")


def _write_reports(
    out: Path, records: pd.DataFrame, tags: pd.DataFrame, lexicon: Lexicon, seen: tuple[Seen, ...]
) -> Iterator[Path]:
    reviews = [one.review for one in seen]
    known = dict(audience="internal", lexicon=lexicon, reviews=reviews, made_on=date.today())
    report = build_report(records, tags, load_decisions(":memory:"), **known)
    yield write_report(report, out / "learning_review.html")
    yield write_board_summary(build_board_summary(report, reviews), out / "board_summary.html")
    yield write_evidence_pack(build_evidence_pack(report, reviews), out / "evidence_pack.html")
    yield write_you_said(build_you_said(seen), out / "you_said_we_did.html")


def _write_reviews(out: Path, seen: tuple[Seen, ...]) -> Iterator[Path]:
    for one in seen:
        name = one.review.opening.service.lower()
        yield write_review_report(build_review_facts(one), out / f"{name}.html")
        yield write_easy_read(build_easy_read(one), out / f"{name}_easy_read.html")


def _export_notebooks(out: Path) -> Iterator[Path]:
    out.mkdir(parents=True, exist_ok=True)
    notebooks = sorted(shipped("notebooks").glob(DEMO_NOTEBOOKS))
    with TemporaryDirectory() as folder, ThreadPoolExecutor(NOTEBOOKS_AT_ONCE) as pool:
        copies = [Path(shutil.copy(notebook, folder)) for notebook in notebooks]
        done = tqdm(pool.map(run_notebook, copies), total=len(copies), desc="Running notebooks", unit="notebook")
        yield from [export_notebook(notebook, out / f"{path.stem}.html") for path, notebook in zip(copies, done, strict=True)]


def run_notebook(path: Path) -> nbformat.NotebookNode:
    """A notebook with its outputs, run from the first cell to the last in its own folder."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=LONGEST_CELL,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        extra_arguments=["--log-level=ERROR"],
    )
    try:
        return client.execute()
    except CellExecutionError as fault:
        raise NearMissError(f"The notebook {path.name} did not run to its end: {fault.ename}: {fault.evalue}") from None
