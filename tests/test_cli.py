"""The command line: what people type, what they are told, and the exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import nearmiss_kit as nk
from nearmiss_kit.cli import main
from nearmiss_kit.cli.opening import copy_notebooks
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
    wrong = (
        ("tag", str(path), "--out", str(path)),
        ("tag", str(tmp_path), "--out", str(tmp_path / "tags.csv")),
        ("clear", str(path), "--why", "An actor.", "--who", "quality lead", "--decisions", str(path)),
    )
    for arguments in wrong:
        result = run(*arguments)
        advice = f"would be written among the records. Give {arguments[-2]} a name in another folder."
        assert (result.exit_code, advice in " ".join(result.output.split())) == (2, True)
    assert path.read_text(encoding="utf-8") == "Reference,Narrative\n1,Fine\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("check", "nowhere.csv"), "There is no file or folder nowhere.csv."),
        (("tag", SAMPLES, "--out", "tags.doc"), "tags.doc: tags are written as .csv, .jsonl, .parquet."),
        (("tag", SAMPLES, "--out", "t.csv", "--lexicon", "nowhere"), "There is no lexicon folder nowhere."),
        (("report", SAMPLES, "--out", "r.html", "--audience", "named"), "A named report cannot be made yet."),
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
    reviews = [f"reviews/{name}{end}.html" for name in ("alder", "birch", "cedar") for end in ("", "_easy_read")]
    kinds = ["board_summary.html", "evidence_pack.html", "learning_review.html", "you_said_we_did.html"]
    assert made == sorted([*kinds, *names, *reviews, "tags.csv"])
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


def write_named(folder: Path) -> Path:
    folder.mkdir()
    rows = 'Reference,Service,Narrative\n1,Alder,"Sharon Okoro (senior) rang Imran."\n2,Alder,All calm.\n'
    (folder / "march.csv").write_text(rows, encoding="utf-8")
    return folder


def test_pseudonymise_writes_records_without_names_and_names_the_files_to_keep_apart(tmp_path):
    records, out, key = write_named(tmp_path / "records"), tmp_path / "ready", tmp_path / "private" / "key.csv"
    result = run("pseudonymise", str(records), "--out", str(out), "--key", str(key))
    done = nk.load_records(out)
    assert (result.exit_code, list(done["narrative"]), nk.list_unresolved(done)) == (
        0,
        ["[senior 1] (senior) rang [name 1].", "All calm."],
        [],
    )
    assert f"2 passages in 1 of 2 records were replaced: {out / 'pseudonymised_records.csv'}" in result.output
    assert (f"The key that leads back is {key}." in result.output, "Sharon" in result.output) == (True, False)


def test_pseudonymise_gives_the_same_pseudonym_in_a_later_run(tmp_path):
    records, key = write_named(tmp_path / "records"), tmp_path / "private" / "key.csv"
    run("pseudonymise", str(records), "--out", str(tmp_path / "first"), "--key", str(key))
    later = tmp_path / "later.csv"
    later.write_text("Reference,Narrative\n9,Mum and Imran and Priya rang.\n", encoding="utf-8")
    run("pseudonymise", str(later), "--out", str(tmp_path / "second"), "--key", str(key))
    assert list(nk.load_records(tmp_path / "second")["narrative"]) == ["Mum and [name 1] and [name 2] rang."]


@pytest.mark.parametrize("key", ["records/key.csv", "records/private/key.csv", "ready/key.csv", "key.csv"])
def test_pseudonymise_refuses_a_key_beside_the_records_or_the_result(tmp_path, key):
    records = write_named(tmp_path / "records")
    (tmp_path / "march.csv").write_bytes((records / "march.csv").read_bytes())
    result = run("pseudonymise", str(records), "--out", str(tmp_path / "ready"), "--key", str(tmp_path / key))
    assert (result.exit_code, (tmp_path / key).exists(), (tmp_path / "ready").exists()) == (2, False, False)
    assert "Keep it in another folder" in result.output


def test_clear_writes_down_why_a_passage_may_stay(tmp_path):
    records, store = write_named(tmp_path / "records"), tmp_path / "reviews.sqlite"
    refused = run("clear", str(records), "--decisions", str(store), "--why", "Imran said so.", "--who", "quality lead")
    done = run("clear", str(records), "--decisions", str(store), "--why", "An actor.", "--who", "quality lead", "--record", "1")
    (cleared,) = nk.refuse_unresolved(nk.load_records(records), decisions=store)
    assert (refused.exit_code, done.exit_code, cleared.passages, cleared.why) == (2, 0, 2, "An actor.")
