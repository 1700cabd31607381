"""Any notebook as an internal report: words and pages of the kit, no code, no script, no outside address."""

from pathlib import Path

import nbformat
from nbconvert.exporters import HTMLExporter
from traitlets import default

from nearmiss_kit.report.render import TEMPLATES, read_style


class NearMissExporter(HTMLExporter):
    """The nbconvert exporter `nearmiss`, also in JupyterLab's menu “Save and Export Notebook As”.

    Shows the words of a notebook and the pages the kit made; any other output as plain text, and a failed step as failed.
    """

    export_from_notebook = "Near-miss report (internal)"

    @default("template_name")
    def _template_name_default(self) -> str:
        return "nearmiss"

    @property
    def extra_template_basedirs(self) -> list[str]:
        return [str(TEMPLATES)]

    def from_notebook_node(self, nb: nbformat.NotebookNode, resources: dict | None = None, **options: object) -> tuple[str, dict]:
        return super().from_notebook_node(nb, {**(resources or {}), "title": _find_title(nb)}, **options)

    def _init_resources(self, resources: dict | None) -> dict:
        made = super()._init_resources(resources)
        made["part_style"] = read_style("style.css")
        made["style"] = made["part_style"] + read_style("page.css")
        return made


def export_notebook(notebook: nbformat.NotebookNode, path: Path) -> Path:
    """Write an executed notebook as a page at `path`."""
    html, _ = NearMissExporter().from_notebook_node(notebook)
    path.write_text(html, encoding="utf-8", newline="\n")
    return path


def _find_title(notebook: nbformat.NotebookNode) -> str:
    lines = [line for cell in notebook.cells if cell.cell_type == "markdown" for line in cell.source.splitlines()]
    return next((line.removeprefix("# ") for line in lines if line.startswith("# ")), "A notebook of the Near-Miss Learning Kit")
