"""Commands about tags: `nearmiss tag | evaluate`."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
import pandas as pd

import nearmiss_kit as nk
from nearmiss_kit.analysis.wording import say_number
from nearmiss_kit.cli.common import LAYER, LEXICON, LOCAL, MAPPING, RECORDS, refuse_overwriting, say_refusals
from nearmiss_kit.tagging.evaluation import evaluate_tags, hear_voices, join_records, list_mistakes
from nearmiss_kit.tagging.evaluation_text import list_facts, say_evaluation
from nearmiss_kit.tagging.explaining import explain_tags
from nearmiss_kit.tagging.gold import read_gold
from nearmiss_kit.tagging.learned import LAYERS
from nearmiss_kit.tagging.tables import check_mistakes_name, check_tags_name


@click.command()
@RECORDS
@MAPPING
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Where the tags go: .csv, .jsonl or .parquet.")
@LEXICON
@LAYER
@LOCAL
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


@click.command()
@click.argument("gold", type=click.Path(path_type=Path))
@click.option("--records", type=click.Path(path_type=Path), help="The records that were coded, where GOLD holds no text.")
@LEXICON
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
