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
from nearmiss_kit.report.build import build_report
from nearmiss_kit.report.exporter import export_notebook
from nearmiss_kit.report.render import write_report
from nearmiss_kit.report.review_page import write_review_report
from nearmiss_kit.review.checks import study_review
from nearmiss_kit.review.examples import write_examples
from nearmiss_kit.review.house_rules import load_house_rules
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
    report = build_report(records, tags, load_decisions(":memory:"), audience="internal", lexicon=lexicon, made_on=date.today())
    yield write_report(report, out / "learning_review.html")
    yield from _write_reviews(out / "reviews", records, tags, lexicon)
    yield from _export_notebooks(out / "notebooks")


def _write_reviews(out: Path, records: pd.DataFrame, tags: pd.DataFrame, lexicon: Lexicon) -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        store = Path(folder) / "examples.sqlite"
        known = dict(rules=load_house_rules(), today=date.today())
        for name, review_id in write_examples(store, records).items():
            seen = study_review(store, records, tags, lexicon, review_id=review_id, **known)
            yield write_review_report(build_review_facts(seen), out / f"{name}.html")


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
