"""Commands that look after the store of decisions: `nearmiss store check | export | erase | learn`."""

import sys
from datetime import datetime
from pathlib import Path

import click

import nearmiss_kit as nk
from nearmiss_kit.analysis.wording import say_number
from nearmiss_kit.cli.common import LAYER, LEXICON, PUT_RIGHT, say_refusals
from nearmiss_kit.tagging.local import say_local_learning

STORE = click.argument("path", metavar="STORE", type=click.Path(path_type=Path))
RECORDS_BESIDE = click.option("--records", multiple=True, type=click.Path(path_type=Path), help="The records it is about.")


@click.group()
def store() -> None:
    """Look after the store of what people decided: is it sound, a copy to read elsewhere, erasing a person, learning."""


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
@LEXICON
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
