"""Choose a theme, read the sentences the kit proposes for it."""

from typing import TYPE_CHECKING

from nearmiss_kit.report.facts import Report
from nearmiss_kit.report.render import render_part

if TYPE_CHECKING:
    import ipywidgets as widgets


def browse_evidence(report: Report) -> "widgets.VBox":
    """A list of themes to choose from, and below it the report's sentences for the chosen one. Nothing is pre-chosen."""
    import ipywidgets as widgets  # only needed where there is a notebook to show it

    choice = list_themes(report)
    shown = widgets.HTML()

    def show_chosen(change: dict) -> None:
        entries = [entry for entry in report.evidence if change["new"] in entry.codes]
        shown.value = render_part("evidence_list", entries)

    choice.observe(show_chosen, names="value")
    return widgets.VBox([choice, shown])


def list_themes(report: Report) -> "widgets.Dropdown":
    """A list of the themes that were found in a report; nothing is chosen."""
    import ipywidgets as widgets  # only needed where there is a notebook to show it

    names = [theme.name for family in report.families for theme in family.themes if theme.records.number]
    return widgets.Dropdown(
        options=[("choose a theme …", None), *((name, name) for name in names)], value=None, description="Theme"
    )
