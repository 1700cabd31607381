"""The command line: `nearmiss demo | check | tag | evaluate | report | store | lab | app`."""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from datetime import date, datetime
from functools import wraps
from importlib.util import find_spec
from pathlib import Path

import click
import pandas as pd

import nearmiss_kit as nk
from nearmiss_kit.records.columns import COLUMN_TITLES
from nearmiss_kit.records.identifiers import CANNOT_FIND, LOOKED_FOR, Identifier
from nearmiss_kit.records.remarks import say_remarks
from nearmiss_kit.records.small_groups import say_small_groups
from nearmiss_kit.report.build import check_audience
from nearmiss_kit.report.facts import AUDIENCES
from nearmiss_kit.report.render import check_report_name
from nearmiss_kit.tagging.evaluation import evaluate_tags, hear_voices, join_records, list_mistakes
from nearmiss_kit.tagging.evaluation_text import list_facts, say_evaluation
from nearmiss_kit.tagging.explaining import explain_tags
from nearmiss_kit.tagging.gold import read_gold
from nearmiss_kit.tagging.learned import LAYERS
from nearmiss_kit.tagging.lexicon import Lexicon
from nearmiss_kit.tagging.tables import check_mistakes_name, check_tags_name

PUT_RIGHT, WRONG_USE = 1, 2  # exit codes: something to put right in the records; wrong use or unreadable
LAYER = click.option(
    "--layer", type=click.Choice(LAYERS), default="best", show_default=True, help="The learned layer beside the lexicon."
)
RECORDS = click.argument("records", nargs=-1, required=True, type=click.Path(path_type=Path))
MAPPING = click.option(
    "--mapping", type=click.Path(path_type=Path), help="Which heading is which column: a file of save_mapping."
)
# Quiet: no news, no look for updates, no new extensions, no terminal. Nothing leaves the machine.
LAB_OPTIONS = (
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
    f"--LabApp.app_settings_dir={Path(__file__).parent / 'lab_settings'}",
    "--ServerApp.terminals_enabled=False",
    "--ServerApp.ip=127.0.0.1",
)

VOILA_TEMPLATES = Path(__file__).parent / "panels" / "jupyter"
APP_OPTIONS = (
    "--template=nearmiss",
    "--Voila.ip=127.0.0.1",
    "--Voila.port_retries=0",
    "--VoilaConfiguration.file_allowlist=nothing",
)


def say_refusals(command: Callable) -> Callable:
    """Let a refusal of the kit end a command with its message and exit code 2, without a traceback."""

    @wraps(command)
    def guarded(*args: object, **kwargs: object) -> None:
        try:
            command(*args, **kwargs)
        except nk.NearMissError as refusal:
            click.echo(str(refusal), err=True)
            sys.exit(WRONG_USE)

    return guarded


@click.group()
@click.version_option(package_name="nearmiss-kit")
def main() -> None:
    """Learn from placements that nearly broke down and held. Nothing leaves this machine."""


@main.command()
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("reports"), show_default=True, help="Folder for the reports."
)
@say_refusals
def demo(out: Path) -> None:
    """The whole way on the invented sample records: tags, charts and HTML reports."""
    from nearmiss_kit.demo import run_demo

    for path in run_demo(out):
        click.echo(f"  {path}")
    click.echo(f"Open {out / 'learning_review.html'} in your browser to read the learning review.")


def refuse_overwriting(records: tuple[Path, ...], out: Path) -> None:
    """Refuse to write where the records are: over a file that is read, or into a folder that is read."""
    target = out.resolve()
    for path in records:
        if target == path.resolve() or path.resolve() in target.parents:
            raise nk.NearMissError(f"{out} would be written among the records. Give --out a name in another folder.")


def _warn_of_identifiers(table: pd.DataFrame) -> None:
    affected = {found.record_id for found in nk.list_unresolved(table)}
    if affected:
        advice = "Run nearmiss check, take them out, and make the report again."
        click.echo(f"{len(affected)} of {len(table)} records may identify somebody. {advice}", err=True)


@main.command()
@RECORDS
@MAPPING
@click.option("--json", "as_json", is_flag=True, help="Say it in JSON, for a program.")
@say_refusals
def check(records: tuple[Path, ...], mapping: Path | None, as_json: bool) -> None:
    """Read records, screen them for identifiers, and say what was read, left out and why."""
    table = nk.load_records(*records, mapping=mapping, progress=not as_json)
    remarks, identifiers = table.attrs["remarks"], nk.screen_identifiers(table, progress=not as_json)
    if as_json:
        found = [asdict(item) for item in identifiers]
        noted = [
            {
                "file": item.file,
                "sheet": item.sheet,
                "row": item.row,
                "column": item.column,
                "text": item.text,
                "kept": item.kept,
            }
            for item in remarks
        ]
        click.echo(json.dumps({"records": len(table), "remarks": noted, "identifiers": found}, ensure_ascii=False))
    else:
        _say_check(table, remarks, identifiers)
    sys.exit(PUT_RIGHT if any(found.direct for found in identifiers) or any(not remark.kept for remark in remarks) else 0)


def _say_check(table: pd.DataFrame, remarks: tuple, identifiers: list[Identifier]) -> None:
    click.echo(f"{len(table)} records were read.")
    for line in say_remarks(remarks):
        click.echo(f"  {line}")
    for found in (found for found in identifiers if found.direct):
        place = f"{COLUMN_TITLES.get(found.column, found.column)}, characters {found.start} to {found.end}"
        click.echo(f"  record {found.record_id}: {found.kind}, {found.sure} ({place}). Take it out before going on.")
    _say_what_points_at_people(table, [found for found in identifiers if not found.direct])
    click.echo(f"Looked for {', '.join(LOOKED_FOR)}. {CANNOT_FIND}")


def _say_what_points_at_people(table: pd.DataFrame, indirect: list[Identifier]) -> None:
    for kind, number in Counter(found.kind for found in indirect).most_common():
        affected = len({found.record_id for found in indirect if found.kind == kind})
        times = "once" if number == 1 else f"{number} times"
        click.echo(f"  {kind}: {times}, in {affected} of {len(table)} records. It may say who is meant.")
    if sentences := say_small_groups(table):
        click.echo("  Who knows the service may know who is meant where one person alone fits a type of record and a month:")
        click.echo("\n".join(f"    {sentence}" for sentence in sentences))


@main.command()
@RECORDS
@MAPPING
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Where the tags go: .csv, .jsonl or .parquet.")
@click.option("--lexicon", type=click.Path(path_type=Path), help="A lexicon folder of your own.  [default: the kit's]")
@LAYER
@click.option("--explain", is_flag=True, help="Add a column that says in one line why each tag is proposed.")
@say_refusals
def tag(records: tuple[Path, ...], mapping: Path | None, out: Path, lexicon: Path | None, layer: str, explain: bool) -> None:
    """Propose tags for every record and write them as a table."""
    refuse_overwriting(records, out)
    check_tags_name(out)
    words = nk.load_lexicon(lexicon or nk.shipped("lexicons"))
    table = nk.load_records(*records, mapping=mapping, progress=True)
    tagged: Counter[str] = Counter()
    nk.write_tags(_explain_and_count(nk.stream_tags(table, words, layer=layer, progress=True), words, explain, tagged), out)
    click.echo(f"{tagged.total()} proposals in {len(tagged)} of {len(table)} records: {out}")


def _explain_and_count(
    pieces: Iterable[pd.DataFrame], lexicon: Lexicon, explain: bool, tagged: Counter[str]
) -> Iterator[pd.DataFrame]:
    for tags in pieces:
        tagged.update(tags["record_id"])
        yield tags.assign(explanation=explain_tags(tags, lexicon)) if explain else tags


@main.command()
@click.argument("gold", type=click.Path(path_type=Path))
@click.option("--records", type=click.Path(path_type=Path), help="The records that were coded, where GOLD holds no text.")
@click.option("--lexicon", type=click.Path(path_type=Path), help="A lexicon folder of your own.  [default: the kit's]")
@click.option(
    "--layer", "layers", multiple=True, type=click.Choice(LAYERS), default=LAYERS[:1], show_default=True,
    help="Which learned layer reads along; give it several times to see them side by side.",
)  # fmt: skip
@click.option("--family", "families", multiple=True, help="Score this family only.  [default: those that readers marked]")
@click.option(
    "--errors", type=click.Path(path_type=Path), help="Write every mistake of the first layer with its sentence: .csv or .jsonl."
)
@click.option("--json", "as_json", is_flag=True, help="Say it in JSON, for a program.")
@say_refusals
def evaluate(
    gold: Path,
    records: Path | None,
    lexicon: Path | None,
    layers: tuple[str, ...],
    families: tuple[str, ...],
    errors: Path | None,
    as_json: bool,
) -> None:
    """Compare the tags with sentences that readers coded: how much is found, and how much of it holds."""
    if errors:
        refuse_overwriting((gold, *([records] if records else [])), errors)
        check_mistakes_name(errors)
    words, coded = nk.load_lexicon(lexicon or nk.shipped("lexicons")), read_gold(gold)
    if unknown := set(families) - {family.id for family in words.families}:
        known = ", ".join(family.id for family in words.families)
        raise nk.LexiconError(f"There is no family {', '.join(sorted(unknown))} in this lexicon. It has {known}.")
    table, sentences = join_records(coded, nk.load_records(records, progress=not as_json) if records else None)
    sentences, layers = hear_voices(sentences, table, words), tuple(dict.fromkeys(layers))
    tags = {layer: nk.tag_records(table, words, layer=layer, progress=not as_json) for layer in layers}
    measured = {layer: evaluate_tags(found, sentences, words, families=families) for layer, found in tags.items()}
    click.echo(json.dumps(list_facts(measured), ensure_ascii=False) if as_json else say_evaluation(measured))
    if errors:
        mistakes = list_mistakes(tags[layers[0]], sentences, table, families=measured[layers[0]].families)
        nk.write_tags(mistakes, errors)
        warning = "It holds sentences from the records: keep it as you keep the records."
        number = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        click.echo(f"{number}, each with its sentence: {errors}. {warning}", err=True)


@main.command()
@RECORDS
@MAPPING
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Where the report goes: a name ending in .html.")
@click.option("--audience", type=click.Choice(AUDIENCES), required=True, help="Who will read it.")
@click.option("--decisions", type=click.Path(path_type=Path), help="The store of what people decided, if there is one.")
@click.option("--lexicon", type=click.Path(path_type=Path), help="A lexicon folder of your own.  [default: the kit's]")
@LAYER
@say_refusals
def report(
    records: tuple[Path, ...],
    mapping: Path | None,
    out: Path,
    audience: str,
    decisions: Path | None,
    lexicon: Path | None,
    layer: str,
) -> None:
    """Write the cross-service learning review as one HTML file."""
    refuse_overwriting(records, out)
    check_audience(audience)
    check_report_name(out)
    if decisions and not decisions.exists():
        raise nk.DecisionsError(f"There is no store of decisions {decisions}. Check the name, or leave the option out.")
    words = nk.load_lexicon(lexicon or nk.shipped("lexicons"))
    table = nk.load_records(*records, mapping=mapping, progress=True)
    _warn_of_identifiers(table)
    tags = nk.tag_records(table, words, layer=layer, progress=True)
    decided = nk.load_decisions(decisions or ":memory:")
    facts = nk.build_report(table, tags, decided, audience=audience, lexicon=words, made_on=date.today())
    click.echo(f"The report is written: {nk.write_report(facts, out)}")


@main.group()
def store() -> None:
    """Look after the store of what people decided: is it sound, a copy to read elsewhere, erasing a person."""


STORE = click.argument("path", metavar="STORE", type=click.Path(path_type=Path))
RECORDS_BESIDE = click.option("--records", multiple=True, type=click.Path(path_type=Path), help="The records it is about.")


@store.command("check")
@STORE
@RECORDS_BESIDE
@say_refusals
def check_the_store(path: Path, records: tuple[Path, ...]) -> None:
    """Say whether a store is whole, and with --records which decisions are about words that have changed."""
    found = nk.check_store(path)
    click.echo(f"{found.decisions} decisions and {found.entries} entries in {found.reviews} reviews were read.")
    for line in (*found.faults, *found.warnings):
        click.echo(f"  {line}")
    lapsed = nk.list_lapsed(nk.load_decisions(path), nk.load_records(*records)) if records else ()
    for kind, words in (("changed", "have changed since"), ("missing", "are not among these records")):
        number = sum(row == kind for row in lapsed["lapsed"]) if len(lapsed) else 0
        if number:
            click.echo(f"  {number} decisions are about words that {words}. Read them again.")
    if not found.faults:
        click.echo("The store is whole.")
    sys.exit(PUT_RIGHT if found.faults or len(lapsed) else 0)


@store.command("export")
@STORE
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Where it goes: .jsonl or .csv.")
@say_refusals
def export_the_store(path: Path, out: Path) -> None:
    """Write everything in a store as JSON Lines, or as CSV without live formulas."""
    click.echo(f"The store is exported: {nk.export_store(path, out)}. It holds what people wrote; keep it as safe.")


@store.command("erase")
@STORE
@click.option("--person", required=True, help="The person, as the records name them.")
@RECORDS_BESIDE
@click.option("--also", multiple=True, help="Another word for the person that notes may use.")
@click.option("--yes", is_flag=True, help="Do it. Without this nothing is erased.")
@say_refusals
def erase_from_the_store(path: Path, person: str, records: tuple[Path, ...], also: tuple[str, ...], yes: bool) -> None:
    """Take a person out of a store and its copies beside it; only a count is kept."""
    if not records:
        raise nk.DecisionsError("Give --records, so that the kit knows which records are about this person.")
    table = nk.load_records(*records)
    ids = list(table.loc[table["person"] == person, "record_id"])
    if not yes:
        click.echo(f"{len(ids)} records are about this person. Nothing is erased yet; add --yes to erase.")
        sys.exit(PUT_RIGHT)
    done = nk.erase_person(path, person=person, record_ids=ids, other_words=also, erased_at=datetime.now())
    click.echo(f"{done.decisions} decisions and {done.entries} entries are erased from {', '.join(done.stores)};")
    click.echo(f"words were taken out of {done.reworded} others. Erase the records, reports and copies elsewhere by hand.")
    for name in done.look_at:
        click.echo(f"  {name} lies beside the store: delete it, or make it again.")


@main.command()
@click.option(
    "--folder", type=click.Path(path_type=Path), default=Path("my_notebooks"), show_default=True, help="Your own folder."
)
@say_refusals
def lab(folder: Path) -> None:
    """Open the notebooks in JupyterLab, from a folder of your own."""
    copy_notebooks(folder)
    click.echo(f"The notebooks are in {folder}. JupyterLab opens in your browser; close it with Ctrl+C here.")
    start = folder / "00_start_here.ipynb"
    sys.exit(subprocess.call([sys.executable, "-m", "jupyterlab", str(start), *LAB_OPTIONS]))


@main.command()
@click.option(
    "--folder", type=click.Path(path_type=Path), default=Path("my_notebooks"), show_default=True, help="Your own folder."
)
@click.option("--notebook", default="03_review_one_near_miss", show_default=True, help="Which notebook, by its name.")
@click.option("--port", default=8866, show_default=True, help="Where on this computer it answers.")
@click.option("--no-browser", is_flag=True, help="Open no browser; say the address.")
@say_refusals
def app(folder: Path, notebook: str, port: int, no_browser: bool) -> None:
    """Open a notebook as a page without any code, from a folder of your own."""
    if find_spec("voila") is None:
        raise nk.NearMissError("Voilà is not installed here. Install it with: pip install 'nearmiss-kit[app]'")
    copy_notebooks(folder)
    page = folder / f"{notebook.removesuffix('.ipynb')}.ipynb"
    if not page.exists():
        raise nk.NearMissError(f"There is no notebook {page.name} in {folder}. Give --notebook the name of one that is.")
    click.echo(f"The page is at http://127.0.0.1:{port}/ and takes a minute to begin. Close it with Ctrl+C here.")
    templates = os.pathsep.join(filter(None, (str(VOILA_TEMPLATES), os.environ.get("JUPYTER_PATH", ""))))
    options = [*APP_OPTIONS, f"--port={port}", *(["--no-browser"] if no_browser else [])]
    sys.exit(subprocess.call([sys.executable, "-m", "voila", str(page), *options], env=os.environ | {"JUPYTER_PATH": templates}))


def copy_notebooks(folder: Path) -> None:
    """Copy the kit's notebooks into a folder, leaving alone those that are there already."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise nk.NearMissError(f"{folder} cannot be a folder ({fault.strerror}). Choose another name.") from None
    for notebook in sorted(nk.shipped("notebooks").glob("*.ipynb")):
        if not (folder / notebook.name).exists():
            shutil.copyfile(notebook, folder / notebook.name)


if __name__ == "__main__":
    main()
