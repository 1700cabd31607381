"""From facts to one self-contained HTML file: no script, no outside address, nothing that was not in the facts."""

from functools import cache, lru_cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from nearmiss_kit.analysis.wording import lower_first, say_day, say_number, say_share
from nearmiss_kit.report.facts import FamilyOfThemes, Funnel, Grid, Report
from nearmiss_kit.report.published_facts import PublishedFamily, PublishedReport, say_shown
from nearmiss_kit.report.unseen import draw_unseen
from nearmiss_kit.report.writing import write_page

TEMPLATES = Path(__file__).parent / "templates"
_PICTURES_KEPT = 128  # a notebook shows what its report shows again


def render_report(report: Report | PublishedReport) -> str:
    """The report as one HTML page. The same facts give the same bytes."""
    return _render_published(report) if isinstance(report, PublishedReport) else _render_review(report)


def _render_published(report: PublishedReport) -> str:
    return render_page(
        "published_review.html.j2",
        report=report,
        title=report.title,
        records=say_shown(report.records),
        people=say_shown(report.people),
        services=[(name, say_shown(read)) for name, read in report.services],
        pictures={family.id: draw_shares_of(family) for family in report.families},
        contents=[("scope", "What was read"), *((family.id.replace("_", "-"), family.name) for family in report.families)],
        made_on=say_day(report.made_on),
    )


def _render_review(report: Report) -> str:
    grids = (
        *report.services, report.together, report.voices, report.voices_by_service, report.months,
        *(grid for grouping in report.groups for grid in grouping.grids if grid.id in grouping.outside),
    )  # fmt: skip
    return render_page(
        "learning_review.html.j2",
        report=report,
        title=report.title,
        pictures={grid.id: draw_grid(grid) for grid in grids} | draw_all(report),
        contents=_list_contents(report),
        lede=_say_lede(report),
        made_on=say_day(report.made_on),
    )


def render_page(template: str, **facts: object) -> str:
    """A whole page in the kit's look: no script, no outside address, and every word of people as text."""
    return _environment().get_template(template).render(style=read_style("style.css"), page_style=read_style("page.css"), **facts)


@lru_cache(maxsize=_PICTURES_KEPT)
def draw_grid(grid: Grid) -> str:
    """The picture of a grid as a data URI; "" where there is nothing to draw."""
    from nearmiss_kit.report.charts import draw_months, draw_shares  # seaborn takes seconds to import; tagging does without

    if not grid.rows or not grid.columns:
        return ""
    return draw_months(grid) if grid.id == "months" else draw_shares(grid)


def draw_all(report: Report) -> dict[str, str]:
    """The pictures of shares and of services, by the id of the family or the funnel."""
    shares = {family.id: draw_shares_of(family) for family in report.families}
    return shares | {funnel.id: draw_services(funnel) for _, funnels in report.funnels for funnel in funnels}


@lru_cache(maxsize=_PICTURES_KEPT)
def draw_shares_of(family: FamilyOfThemes | PublishedFamily) -> str:
    """The picture of a family's shares with their intervals; "" where nothing was read."""
    from nearmiss_kit.report.charts import draw_intervals

    return draw_intervals(family) if any(theme.between for theme in family.themes) else ""


@lru_cache(maxsize=_PICTURES_KEPT)
def draw_services(funnel: Funnel) -> str:
    """The picture of services side by side; "" where there are too few to compare, or none stands out."""
    from nearmiss_kit.report.charts import draw_funnel_chart

    return draw_funnel_chart(funnel) if any(place.stands_out for place in funnel.places) else ""


def _say_lede(report: Report) -> str:
    scope = report.scope
    named = [name for name, _ in scope.services if name != "not stated"]
    parts = [say_number(scope.records, "record") + (f" from {say_number(len(named), 'service')}" if named else "")]
    return ", ".join([*parts, f"{scope.first_day} to {scope.last_day}"] if scope.undated < scope.records else parts)


def write_report(report: Report | PublishedReport, path: str | Path) -> Path:
    """Write the report to `path` (.html, .docx or .pdf), making its folder where there is none.

    A Word document and a PDF are made from the page; a PDF needs a browser on the machine. Raises ReportError where it cannot.
    """
    return write_page(render_report(report), path)


def render_part(macro: str, *arguments: object, **options: object) -> str:
    """One part of a page (a macro of parts.html.j2) as an HTML fragment in the kit's look."""
    parts = _environment().get_template("parts.html.j2").module
    return f'<style>{read_style("style.css")}</style><div class="nearmiss">{getattr(parts, macro)(*arguments, **options)}</div>'


@cache
def read_style(name: str) -> Markup:
    """A style sheet of the kit, safe to stand in a <style> element because it is ours."""
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))


@cache
def _environment() -> Environment:
    loader = PackageLoader("nearmiss_kit.report")
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, finalize=draw_unseen)
    made.filters["share"] = say_share
    made.filters["number"] = say_number
    made.filters["lower_first"] = lower_first
    return made


def _list_contents(report: Report) -> list[tuple[str, str]]:
    return [
        ("limits", "What this report cannot say"),
        ("stories", "Near misses side by side"),
        *([("learned", "What the group learned")] if report.points else []),
        *((family.id.replace("_", "-"), family.name) for family in report.families),
        ("services", "Service by service"),
        ("together", "Which pressures stand together"),
        ("voices", "Whose voice is missing"),
        ("months", "Month by month"),
        *([("circumstances", "In which circumstances")] if report.groups else []),
        ("scope", "What was read"),
        ("evidence", "The evidence"),
    ]
