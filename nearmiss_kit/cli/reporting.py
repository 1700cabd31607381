"""Commands that write reports: `nearmiss demo | report`."""

from datetime import date
from pathlib import Path

import click
import pandas as pd

import nearmiss_kit as nk
from nearmiss_kit.analysis.disclosure import RULES
from nearmiss_kit.analysis.release import AUDIENCES, check_release, screen_again
from nearmiss_kit.cli.common import LAYER, LEXICON, LOCAL, MAPPING, RECORDS, refuse_overwriting, say_refusals
from nearmiss_kit.report.kinds import KINDS, OF_REVIEWS, check_kind
from nearmiss_kit.report.writing import check_report_name
from nearmiss_kit.review.releasing import withhold_words
from nearmiss_kit.tagging.lexicon import Lexicon


@click.command()
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


@click.command()
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
@LEXICON
@LAYER
@LOCAL
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
    local: Path | None,
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
    learned = nk.load_local_learning(local) if local else None
    table = nk.load_records(*records, mapping=mapping, progress=True)
    _warn_before(table, audience, release)
    tags = nk.tag_records(table, words, layer=layer, local=learned, progress=True)
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
