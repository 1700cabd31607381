"""The command line: what people type, what they are told, and the exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import nearmiss_kit as nk
from nearmiss_kit.cli import copy_notebooks, main
from nearmiss_kit.demo import DEMO_NOTEBOOKS

ROOT = Path(__file__).parent.parent
SAMPLES = str(nk.shipped("sample_records"))


def run(*arguments: str):
    return CliRunner().invoke(main, arguments)


def test_check_says_how_many_records_were_read():
    result = run("check", SAMPLES)
    assert (result.exit_code, "177 records were read." in result.output, "does not make records anonymous" in result.output) == (
        0,
        True,
        True,
    )


def test_check_ends_with_1_where_something_must_be_put_right_and_never_quotes_the_narrative(tmp_path):
    (tmp_path / "a.csv").write_text("Reference,Narrative\n1,Ring me on 07700 900123\n2,\n", encoding="utf-8")
    result = run("check", str(tmp_path / "a.csv"))
    assert (result.exit_code, "07700" in result.output) == (1, False)
    assert "record 1: a telephone number, certain (What happened, characters 11 to 23)." in result.output
    assert "a.csv, row 3: left out, because its narrative is empty." in result.output


def test_check_speaks_json_to_programs(tmp_path):
    (tmp_path / "a.csv").write_text("Reference,Narrative\n1,Write to a@b.example\n", encoding="utf-8")
    result = run("check", "--json", str(tmp_path / "a.csv"))
    assert json.loads(result.stdout) == {
        "records": 1,
        "remarks": [],
        "identifiers": [
            {
                "record_id": "1",
                "column": "narrative",
                "kind": "an e-mail address",
                "start": 9,
                "end": 20,
                "sure": "certain",
                "direct": True,
            }
        ],
    }


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_tag_writes_a_table_by_suffix(tmp_path, suffix):
    out = tmp_path / f"tags{suffix}"
    assert (run("tag", SAMPLES, "--out", str(out)).exit_code, out.stat().st_size > 1000) == (0, True)


def test_report_writes_one_file(tmp_path):
    out = tmp_path / "review.html"
    result = run("report", SAMPLES, "--out", str(out), "--audience", "internal")
    assert (result.exit_code, out.exists(), str(out) in result.output) == (0, True, True)


def test_nothing_is_ever_written_over_the_records(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Reference,Narrative\n1,Fine\n", encoding="utf-8")
    for arguments in (("tag", str(path), "--out", str(path)), ("tag", str(tmp_path), "--out", str(tmp_path / "tags.csv"))):
        result = run(*arguments)
        assert (result.exit_code, "would be written among the records" in result.output) == (2, True)
    assert path.read_text(encoding="utf-8") == "Reference,Narrative\n1,Fine\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("check", "nowhere.csv"), "There is no file or folder nowhere.csv."),
        (("tag", SAMPLES, "--out", "tags.doc"), "tags.doc: tags are written as .csv, .jsonl, .parquet."),
        (("tag", SAMPLES, "--out", "t.csv", "--lexicon", "nowhere"), "There is no lexicon folder nowhere."),
        (("report", SAMPLES, "--out", "r.html", "--audience", "published"), "This version writes internal reports only."),
        (
            ("report", SAMPLES, "--out", "r.html", "--audience", "internal", "--decisions", "typo.sqlite"),
            "There is no store of decisions typo.sqlite.",
        ),
        (("report", SAMPLES, "--out", "r.html"), "Missing option '--audience'"),
        (("tag",), "Missing argument"),
        (("invent",), "No such command 'invent'"),
    ],
)
def test_wrong_use_gets_a_plain_message_and_exit_code_2(tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    result = run(*arguments)
    assert (result.exit_code, words in result.output, "Traceback" in result.output) == (2, True, False)


def test_the_notebooks_are_copied_and_what_a_reader_changed_is_left_alone(tmp_path):
    mine = tmp_path / "00_start_here.ipynb"
    mine.write_text("changed", encoding="utf-8")
    copy_notebooks(tmp_path)
    assert mine.read_text(encoding="utf-8") == "changed"
    assert sorted(path.name for path in tmp_path.glob("*.ipynb")) == sorted(
        path.name for path in (ROOT / "notebooks").glob("*.ipynb")
    )


def test_the_whole_demo_makes_the_reviews_the_tags_and_a_page_of_every_notebook_that_waits_for_no_choice(tmp_path):
    environment = os.environ | {"PYTHONWARNINGS": "default"}
    command = [sys.executable, "-m", "nearmiss_kit", "demo", "--out", str(tmp_path / "reports")]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    made = sorted(
        str(path.relative_to(tmp_path / "reports")).replace(os.sep, "/") for path in (tmp_path / "reports").rglob("*.*")
    )
    names = [f"notebooks/{path.stem}.html" for path in sorted((ROOT / "notebooks").glob(DEMO_NOTEBOOKS))]
    reviews = [f"reviews/{name}.html" for name in ("alder", "birch", "cedar")]
    assert made == ["learning_review.html", *names, *reviews, "tags.csv"]
    for name in names:
        page = (tmp_path / "reports" / name).read_text(encoding="utf-8")
        assert (
            "http" in page.replace("http-equiv", ""),
            "<script" in page,
            "import nearmiss_kit" in page,
            'class="nearmiss"' in page,
        ) == (
            False,
            False,
            False,
            True,
        )


def test_set_up_refuses_an_old_python_and_says_what_it_can_do():
    done = subprocess.run([sys.executable, "kit.py"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, "python3 kit.py demo" in done.stderr) == (2, True)
    code = "import sys, runpy; sys.version_info = (3, 9, 0); sys.argv = ['kit.py', 'demo']; runpy.run_path('kit.py', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, "The kit needs Python 3.11 or newer" in done.stderr) == (2, True)


def test_the_app_says_plainly_where_voila_is_missing(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "voila", None)
    done = CliRunner().invoke(main, ["app", "--folder", str(tmp_path / "mine")])
    assert (done.exit_code, done.stderr) == (2, "Voilà is not installed here. Install it with: pip install 'nearmiss-kit[app]'\n")


def test_the_app_names_the_notebook_it_cannot_find(tmp_path):
    pytest.importorskip("voila")
    done = CliRunner().invoke(main, ["app", "--folder", str(tmp_path), "--notebook", "99_nothing", "--no-browser"])
    assert (done.exit_code, "There is no notebook 99_nothing.ipynb" in done.stderr) == (2, True)
