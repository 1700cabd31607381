"""From facts to one self-contained HTML file: no script, no outside address, nothing that was not in the facts."""

import re
from functools import cache, lru_cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from nearmiss_kit.analysis.wording import say_number, say_share
from nearmiss_kit.errors import ReportError
from nearmiss_kit.report.facts import FamilyOfThemes, Funnel, Grid, Report

TEMPLATES = Path(__file__).parent / "templates"
# What HTML cannot hold or a browser would not draw: control characters, half characters, and places that are no characters.
_UNDRAWN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(chr(plane * 0x10000 + last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
_PICTURES_KEPT = 128  # a notebook shows what its report shows again
_PICTURES, _DELETE = 0x2400, 0x7F  # Unicode has a picture for each of the 33 oldest control characters


def render_report(report: Report) -> str:
    """The report as one HTML page. The same facts give the same bytes."""
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
        made_on=f"{report.made_on.day} {report.made_on:%B %Y}",
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
def draw_shares_of(family: FamilyOfThemes) -> str:
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


def write_report(report: Report, path: str | Path) -> Path:
    """Write the report to `path` (.html), making its folder where there is none. Raises ReportError where it cannot."""
    return write_page(render_report(report), path)


def write_page(html: str, path: str | Path) -> Path:
    """Write a page to `path` (.html), making its folder where there is none. Raises ReportError where it cannot."""
    path = Path(path)
    check_report_name(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(html, encoding="utf-8", newline="\n")
    except OSError as fault:
        raise ReportError(f"{path}: the report cannot be written there ({fault.strerror}). Choose another folder.") from None
    return path


def check_report_name(path: Path) -> None:
    """Refuse a name that is not one of an HTML file, with a ReportError."""
    if path.suffix.lower() not in (".html", ".htm"):
        raise ReportError(f"{path.name}: a report is written as HTML. Give a name that ends in .html.")


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
    return made


def draw_unseen(value: object) -> object:
    """Text with a picture (␛) or a number (⟨U+0085⟩) for each character that HTML cannot hold; anything else as it is.

    Line ends of all systems become one, as in any browser.
    """
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return _UNDRAWN.sub(_draw, value.replace("\r\n", "\n").replace("\r", "\n"))


def _draw(found: re.Match[str]) -> str:
    number = ord(found[0])
    if number < ord(" "):
        return chr(_PICTURES + number)
    return "␡" if number == _DELETE else f"⟨U+{number:04X}⟩"


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
