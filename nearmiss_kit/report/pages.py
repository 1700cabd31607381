"""What the notebooks show: parts of a report, records, the lexicon and a story, in the report's own look."""

from dataclasses import dataclass

import pandas as pd

from nearmiss_kit.records.identifiers import CANNOT_FIND, LOOKED_FOR, Identifier, screen_identifiers
from nearmiss_kit.records.remarks import say_remarks
from nearmiss_kit.records.small_groups import say_small_groups
from nearmiss_kit.report.facts import Report
from nearmiss_kit.report.render import draw_grid, draw_services, draw_shares_of, render_part
from nearmiss_kit.review.story import Story
from nearmiss_kit.tagging.lexicon import Lexicon

OURS = "nearmiss_kit"  # marks outputs the exporter may show as HTML: they were escaped by the kit's templates
WORDS_AROUND = 40  # characters shown on each side of a passage that may identify somebody
FIRST_ROWS = 5  # records shown as a first look


@dataclass(frozen=True)
class Page:
    """A piece of HTML that a notebook shows by itself; `html` is the piece."""

    html: str

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, str], dict[str, bool]]:
        return {"text/html": self.html, "text/plain": repr(self)}, {OURS: True}

    def __repr__(self) -> str:
        return "A page of the Near-Miss Learning Kit; open the notebook in JupyterLab to read it."


def show_records(records: pd.DataFrame) -> Page:
    """What was read, what was left out and why, what the screen for identifiers found, and the first few records."""
    remarks = records.attrs.get("remarks", ())
    passages = _read_passages(records, screen_identifiers(records))
    first = records.head(FIRST_ROWS).to_dict("records")
    screen = {"passages": passages, "alone": say_small_groups(records), "looked_for": LOOKED_FOR, "cannot_find": CANNOT_FIND}
    return Page(render_part("records", len(records), first, say_remarks(remarks), screen))


def _read_passages(records: pd.DataFrame, identifiers: list[Identifier]) -> list[tuple[Identifier, str, str, str]]:
    """Each finding with the words before it, its own and those behind it: for the notebook alone, never for a message."""
    rows = records.set_index(records["record_id"].astype(str))
    texts = [(found, rows.at[found.record_id, found.column]) for found in identifiers]
    return [
        (found, text[max(0, found.start - WORDS_AROUND) : found.start], text[found.start : found.end],
         text[found.end : found.end + WORDS_AROUND])
        for found, text in texts
    ]  # fmt: skip


def show_mapping(mapping: pd.DataFrame) -> Page:
    """Every heading of the files, how the kit reads it, and how well the heading is known, to be confirmed."""
    return Page(render_part("mapping", mapping.to_dict("records")))


def show_lexicon(lexicon: Lexicon) -> Page:
    """Every code with its definition and number of terms, family by family."""
    return Page(render_part("lexicon", lexicon))


def show_limits(report: Report) -> Page:
    """What the report cannot say."""
    return Page(render_part("limits", report))


def show_findings(report: Report) -> Page:
    """The findings, each with its numbers, its trust and a sentence it stands on."""
    return Page(render_part("findings", report, link=False))


def show_themes(report: Report, *, family: str) -> Page:
    """The themes of one family, each with its counts and one sentence. Raises KeyError for an unknown family."""
    themes = {themes.id: themes for themes in report.families}[family]
    sentences = {entry.id: entry for entry in report.evidence}
    return Page(render_part("themes", themes, sentences) + render_part("shares", themes, draw_shares_of(themes)))


def show_services(report: Report, *, family: str) -> Page:
    """The themes of one family at each service, as a picture and a table. Raises KeyError for another family."""
    grid = {grid.id: grid for grid in report.services}[f"services-{family.replace('_', '-')}"]
    return Page(render_part("grid", grid, draw_grid(grid), link=False))


def show_comparison(report: Report, *, family: str) -> Page:
    """Each theme of one family at the services side by side, by funnel, one click down. Raises KeyError for another family."""
    funnels = dict(report.funnels)[family]
    return Page(render_part("funnels", funnels, {funnel.id: draw_services(funnel) for funnel in funnels}, link=False))


def show_together(report: Report) -> Page:
    """Which pressure sources stand in the same records, and which of them do so more often than by chance."""
    grid = render_part("grid", report.together, draw_grid(report.together), link=False)
    return Page(grid + render_part("pairs", report))


def show_voices(report: Report) -> Page:
    """Who speaks of each theme and at each service, and whose voice is missing."""
    grids = (report.voices, report.voices_by_service)
    return Page("".join(render_part("grid", grid, draw_grid(grid), link=False) for grid in grids))


def show_side_by_side(report: Report) -> Page:
    """Near misses side by side: their stories in short, the pressures they share, and what was done and held."""
    return Page(render_part("sides", report.side_by_side, link=False))


def show_circumstances(report: Report) -> Page:
    """Where, when, by whom and beside what each theme is written down; one line each, its table one click down."""
    grids = [grid for grouping in report.groups for grid in grouping.grids if grid.id in grouping.outside]
    return Page(render_part("circumstances", report, {grid.id: draw_grid(grid) for grid in grids}, link=False))


def show_months(report: Report) -> Page:
    """Records read each month, and those with a near-miss signal or an early sign."""
    return Page(render_part("grid", report.months, draw_grid(report.months), link=False))


def show_story(story: Story) -> Page:
    """One person's records in order of time, with the passages the kit proposes marked."""
    return Page(render_part("story", story))
