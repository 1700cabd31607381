"""The command line: `nearmiss demo | check | pseudonymise | clear | tag | evaluate | report | store | lab | app`."""

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
from nearmiss_kit.analysis.disclosure import RULES
from nearmiss_kit.analysis.release import AUDIENCES, check_release, screen_again
from nearmiss_kit.analysis.wording import say_number
from nearmiss_kit.records.columns import COLUMN_TITLES
from nearmiss_kit.records.identifiers import CANNOT_FIND, LOOKED_FOR, Identifier
from nearmiss_kit.records.remarks import say_remarks
from nearmiss_kit.records.small_groups import say_small_groups
from nearmiss_kit.report.kinds import KINDS, OF_REVIEWS, check_kind
from nearmiss_kit.report.writing import check_report_name
from nearmiss_kit.review.releasing import withhold_words
from nearmiss_kit.tagging.evaluation import evaluate_tags, hear_voices, join_records, list_mistakes
from nearmiss_kit.tagging.evaluation_text import list_facts, say_evaluation
from nearmiss_kit.tagging.explaining import explain_tags
from nearmiss_kit.tagging.gold import read_gold
from nearmiss_kit.tagging.learned import LAYERS
from nearmiss_kit.tagging.lexicon import Lexicon
from nearmiss_kit.tagging.local import say_local_learning
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


def refuse_overwriting(records: tuple[Path, ...], out: Path, *, option: str = "--out") -> None:
    """Refuse to write where the records are: over a file that is read, or into a folder that is read."""
    target = out.resolve()
    for path in records:
        if target == path.resolve() or path.resolve() in target.parents:
            raise nk.NearMissError(f"{out} would be written among the records. Give {option} a name in another folder.")


def _warn_of_identifiers(table: pd.DataFrame) -> None:
    affected = {found.record_id for found in nk.list_unresolved(table)}
    if affected:
        advice = "Run nearmiss check, take them out, and make the report again."
        click.echo(f"{len(affected)} of {len(table)} records may identify somebody. {advice}", err=True)


def _warn_before(table: pd.DataFrame, audience: str, release: nk.Release) -> None:
    """What must be heard before minutes of tagging: identifiers that stand, and a published report nobody remembers."""
    if audience == "internal":
        _warn_of_identifiers(table)
    else:
        screen_again(table, release)
    if audience == "published" and not release.store:
        click.echo(
            "No store is given, so the next published report cannot be kept from being subtracted from this one. "
            "Give --decisions a store, and the same one every time.",
            err=True,
        )


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


PSEUDONYMISED = "pseudonymised_records.csv"


@main.command()
@RECORDS
@MAPPING
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The folder the new records go to.")
@click.option("--key", type=click.Path(path_type=Path), required=True, help="The key (.csv): made, or added to.")
@click.option("--indirect", is_flag=True, help="Also what only points at somebody: initials, rooms, houses, shifts.")
@say_refusals
def pseudonymise(records: tuple[Path, ...], mapping: Path | None, out: Path, key: Path, indirect: bool) -> None:
    """Put pseudonyms in place of what names somebody, the same in all records and runs; the key is kept apart."""
    refuse_overwriting(records, out / PSEUDONYMISED)
    table = nk.load_records(*records, mapping=mapping, progress=True)
    found = [item for item in nk.screen_identifiers(table, progress=True) if item.direct or indirect]
    done = nk.pseudonymise_records(table, found, key=key, apart_from=[*records, out])
    written = nk.save_records(done, out / PSEUDONYMISED)
    affected = len({item.record_id for item in found})
    click.echo(f"{len(found)} passages in {affected} of {len(table)} records were replaced: {written}")
    if found:
        click.echo(f"The key that leads back is {key}. Keep it, and the records as they came, where fewer people can open them.")
    click.echo(f"Looked for {', '.join(LOOKED_FOR)}. {CANNOT_FIND} With a key, these are still personal data.")


@main.command()
@RECORDS
@MAPPING
@click.option("--decisions", type=click.Path(path_type=Path), required=True, help="The store in which it is written.")
@click.option("--why", required=True, help="Why the passages may stay; printed on exports.")
@click.option("--who", required=True, help="Who looked at them, by role; printed on exports.")
@click.option("--record", "ids", multiple=True, help="Only this record, by its reference; may be given several times.")
@say_refusals
def clear(records: tuple[Path, ...], mapping: Path | None, decisions: Path, why: str, who: str, ids: tuple[str, ...]) -> None:
    """Write down why passages that may name somebody can stay in what leaves the service."""
    refuse_overwriting(records, decisions, option="--decisions")
    table = nk.load_records(*records, mapping=mapping, progress=True)
    number = nk.clear_identifiers(decisions, table, why=why, who=who, decided_at=datetime.now(), record_ids=ids or None)
    left = {item.record_id for item in nk.list_unresolved(table)} - set(ids or table["record_id"])
    click.echo(f"{number} passages may stay, and it is written down why: {decisions}")
    if left:
        click.echo(f"{len(left)} other records were not looked at here; nearmiss check names them.")


@main.command()
@RECORDS
@MAPPING
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Where the tags go: .csv, .jsonl or .parquet.")
@click.option("--lexicon", type=click.Path(path_type=Path), help="A lexicon folder of your own.  [default: the kit's]")
@LAYER
@click.option(
    "--local", type=click.Path(path_type=Path), help="Correct the learned layer by what was learned in this store of decisions."
)
@click.option("--explain", is_flag=True, help="Add a column that says in one line why each tag is proposed.")
@say_refusals
def tag(
    records: tuple[Path, ...],
    mapping: Path | None,
    out: Path,
    lexicon: Path | None,
    layer: str,
    local: Path | None,
    explain: bool,
) -> None:
    """Propose tags for every record and write them as a table."""
    refuse_overwriting(records, out)
    check_tags_name(out)
    words = nk.load_lexicon(lexicon or nk.shipped("lexicons"))
    learned = nk.load_local_learning(local) if local else None
    table = nk.load_records(*records, mapping=mapping, progress=True)
    tagged: Counter[str] = Counter()
    pieces = nk.stream_tags(table, words, layer=layer, local=learned, progress=True)
    explained = (tags.assign(explanation=explain_tags(tags, words, local=learned)) if explain else tags for tags in pieces)
    nk.write_tags(_count_tags(explained, tagged), out)
    click.echo(f"{tagged.total()} proposals in {len(tagged)} of {len(table)} records: {out}")
    if learned:
        click.echo(f"What was learned in {local.name} corrects {say_number(len(learned.corrected), 'theme')}.")


def _count_tags(pieces: Iterable[pd.DataFrame], tagged: Counter[str]) -> Iterator[pd.DataFrame]:
    for tags in pieces:
        tagged.update(tags["record_id"])
        yield tags


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
        refuse_overwriting((gold, *([records] if records else [])), errors, option="--errors")
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
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Where the report goes: .html, .docx or .pdf.")
@click.option("--audience", type=click.Choice(AUDIENCES), required=True, help="Who will read it.")
@click.option("--kind", type=click.Choice(tuple(KINDS)), default="learning", show_default=True, help="Which kind of report.")
@click.option("--person", default="", help="Whose review, as the records name them, for the kinds that are about one person.")
@click.option("--recipients", default="", help="For named readers: who they are, by role and organisation.")
@click.option("--lawful-basis", default="", help="For named readers: the lawful basis on which they may read it.")
@click.option("--released-by", default="", help="Who settled that it may leave, by role.")
@click.option(
    "--rule", type=click.Choice(tuple(RULES)), default="nhs", show_default=True, help="For published: which small-number rule."
)
@click.option("--decisions", type=click.Path(path_type=Path), help="The store of what people decided, if there is one.")
@click.option("--lexicon", type=click.Path(path_type=Path), help="A lexicon folder of your own.  [default: the kit's]")
@LAYER
@say_refusals
def report(
    records: tuple[Path, ...],
    mapping: Path | None,
    out: Path,
    audience: str,
    kind: str,
    person: str,
    recipients: str,
    lawful_basis: str,
    released_by: str,
    rule: str,
    decisions: Path | None,
    lexicon: Path | None,
    layer: str,
) -> None:
    """Write a report as one file: the cross-service learning review, or another kind, as a page, a Word document or a PDF."""
    refuse_overwriting(records, out)
    check_kind(kind, audience)
    release = nk.Release(recipients, lawful_basis, released_by, rule, decisions)
    check_release(audience, release)
    check_report_name(out)
    if decisions and not decisions.exists() and audience != "published":
        raise nk.DecisionsError(f"There is no store of decisions {decisions}. Check the name, or leave the option out.")
    if person and kind not in OF_REVIEWS:
        raise nk.ReportError(f"{KINDS[kind]} is about all records. Leave --person out.")
    if kind in OF_REVIEWS and not decisions:
        raise nk.ReportError(f"{KINDS[kind]} is made from a review. Give --decisions the store in which it was written.")
    words = nk.load_lexicon(lexicon or nk.shipped("lexicons"))
    table = nk.load_records(*records, mapping=mapping, progress=True)
    _warn_before(table, audience, release)
    tags = nk.tag_records(table, words, layer=layer, progress=True)
    if kind in OF_REVIEWS:
        written = _write_of_reviews(kind, out, table, tags, words, decisions, person, audience, release)
    else:
        written = _write_of_records(kind, out, table, tags, words, decisions, audience, release)
    click.echo(f"The report is written: {written}")


def _write_of_records(
    kind: str,
    out: Path,
    table: pd.DataFrame,
    tags: pd.DataFrame,
    words: Lexicon,
    store: Path | None,
    audience: str,
    release: nk.Release,
) -> Path:
    entries = nk.load_entries(store or ":memory:")
    reviews = nk.read_reviews(entries, table, nk.load_form())
    facts = nk.build_report(
        table, tags, nk.load_decisions(store or ":memory:"), audience=audience, lexicon=words, reviews=reviews, entries=entries,
        release=release, made_on=date.today(),
    )  # fmt: skip
    if kind == "learning":
        return nk.write_report(facts, out)
    if audience == "named":
        reviews = [withhold_words(review, release) for review in reviews]
    if kind == "board":
        return nk.write_board_summary(nk.build_board_summary(facts, reviews), out)
    return nk.write_evidence_pack(nk.build_evidence_pack(facts, reviews), out)


def _write_of_reviews(
    kind: str,
    out: Path,
    table: pd.DataFrame,
    tags: pd.DataFrame,
    words: Lexicon,
    store: Path,
    person: str,
    audience: str,
    release: nk.Release,
) -> Path:
    seen = nk.study_reviews(store, table, tags, words, rules=nk.load_house_rules(), today=date.today(), person=person)
    if audience == "named":
        seen = [nk.release_review(one, release=release) for one in seen]
    if kind == "you-said-we-did":
        points = {} if person else nk.read_learning_points(nk.load_entries(store))
        return nk.write_you_said(nk.build_you_said(seen, points), out)
    if len(seen) != 1:
        there = ", ".join(one.review.opening.person for one in seen) or "nobody"
        raise nk.ReportError(f"{KINDS[kind]} is about one review. Give --person; this store has reviews about {there}.")
    if kind == "easy-read":
        return nk.write_easy_read(nk.build_easy_read(seen[0]), out)
    return nk.write_review_report(nk.build_review_facts(seen[0]), out)


@main.group()
def store() -> None:
    """Look after the store of what people decided: is it sound, a copy to read elsewhere, erasing a person, learning."""


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
    if found.corrected is not None:
        click.echo(
            f"What was learned from the decisions is kept, and corrects {say_number(found.corrected, 'theme')} where --local asks for it."
        )
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
    if done.unlearned:
        click.echo("What the kit had learned from all decisions is erased too. To learn anew: nearmiss store learn.")
    for name in done.look_at:
        click.echo(f"  {name} lies beside the store: delete it, or make it again.")


@store.command("learn")
@STORE
@RECORDS_BESIDE
@click.option("--lexicon", type=click.Path(path_type=Path), help="A lexicon folder of your own.  [default: the kit's]")
@LAYER
@click.option("--forget", is_flag=True, help="Take out of the store what was learned.")
@say_refusals
def learn_in_the_store(path: Path, records: tuple[Path, ...], lexicon: Path | None, layer: str, forget: bool) -> None:
    """Learn from the decisions a correction of the learned layer; it runs only where --local asks for it."""
    if forget:
        gone = nk.forget_local_learning(path)
        click.echo("What was learned is forgotten; the decisions stand." if gone else "Nothing was learned here, nor is now.")
        return
    if not records:
        raise nk.DecisionsError("Give --records, for the store holds places in records and not their words.")
    words = nk.load_lexicon(lexicon or nk.shipped("lexicons"))
    table = nk.load_records(*records, progress=True)
    local = nk.learn_from_decisions(path, table, words, layer=layer, learned_at=datetime.now(), progress=True)
    for line in say_local_learning(local, words):
        click.echo(line)
    corrected = say_number(len(local.corrected), "theme")
    click.echo(
        f"{corrected} {'is' if len(local.corrected) == 1 else 'are'} corrected where you ask for it: nearmiss tag … --local {path}"
    )


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
