"""One way to write any report: the ending of the name says whether it becomes a page, a Word document or a PDF."""

from pathlib import Path

from nearmiss_kit.errors import ReportError
from nearmiss_kit.report.pdf import find_browser, print_page
from nearmiss_kit.report.word import make_document

_ENDINGS = (".html", ".htm", ".docx", ".pdf")


def write_page(html: str, path: str | Path) -> Path:
    """Write a page to `path` as .html, .docx or .pdf, making its folder where there is none. Raises ReportError where it cannot.

    The Word document and the PDF are made from the page and from nothing else, so what is not in the page is in neither.
    """
    path = Path(path)
    check_report_name(path)
    made = _make(html, path.suffix.lower())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(made)
    except OSError as fault:
        raise ReportError(f"{path}: the report cannot be written there ({fault.strerror}). Choose another folder.") from None
    return path


def check_report_name(path: Path) -> None:
    """Refuse, with a ReportError, a name that says no form of a report, or a PDF where no browser is there to print it."""
    if path.suffix.lower() not in _ENDINGS:
        what = "a report is written as a page, a Word document or a PDF"
        raise ReportError(f"{path.name}: {what}. Give a name that ends in .html, .docx or .pdf.")
    if path.suffix.lower() == ".pdf":
        find_browser()


def _make(html: str, ending: str) -> bytes:
    if ending == ".pdf":
        return print_page(html)
    return make_document(html) if ending == ".docx" else html.encode("utf-8")
