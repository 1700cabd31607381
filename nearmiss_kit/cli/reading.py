"""Commands that read records and look for who they name: `nearmiss check | pseudonymise | clear`."""

import json
import sys
from collections import Counter
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click
import pandas as pd

import nearmiss_kit as nk
from nearmiss_kit.cli.common import MAPPING, PUT_RIGHT, RECORDS, refuse_overwriting, say_refusals
from nearmiss_kit.records.columns import COLUMN_TITLES
from nearmiss_kit.records.identifiers import CANNOT_FIND, LOOKED_FOR, Identifier
from nearmiss_kit.records.remarks import say_remarks
from nearmiss_kit.records.small_groups import say_small_groups

PSEUDONYMISED = "pseudonymised_records.csv"


@click.command()
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


@click.command()
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


@click.command()
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
