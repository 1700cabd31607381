"""Documents opened: one narrative in each Word, text or PDF file, a form with headings, or a table of records."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from nearmiss_kit.errors import RecordsError
from nearmiss_kit.records.archives import OLE_MARK, open_archive, read_relations, read_xml
from nearmiss_kit.records.columns import FORM_COLUMNS, NARRATIVE_PARTS, HeadingRules
from nearmiss_kit.records.remarks import RemarkBook
from nearmiss_kit.records.sheets import Sheet, shape_rows
from nearmiss_kit.records.sources import Source
from nearmiss_kit.records.text_files import read_text

LONGEST_TEXT = 5_000_000  # characters of one document; a narrative has a few thousand
MOST_PDF_BYTES, MOST_PAGES = 50_000_000, 500
LINES_OF_A_FORM = 30  # in which “Date: …” and its like are looked for

_EDGE = re.compile(r"^word/(?:header|footer)\d*\.xml$")

Table = list[list[str]]


@dataclass
class _Document:
    """A document in reading order: paragraphs (text) and tables (rows of cells); what people do not see is counted."""

    blocks: list[str | Table] = field(default_factory=list)
    added: int = 0
    deleted: int = 0
    hidden: int = 0
    pasted: int = 0


def read_word(source: Source, book: RemarkBook, rules: HeadingRules) -> Iterator[Sheet]:
    """A Word file: records in a table where one has such headings, else one record."""
    with source.open_whole() as stream:
        if stream.read(8) == OLE_MARK:
            what = "it has a password, or it is an old .doc"
            raise RecordsError(f"{source.name}: {what}. Open it in Word and save it as .docx without a password.")
        stream.seek(0)
        with open_archive(stream, source.name) as archive:
            document = _read_document(archive, source.name, book, rules)
    tables = [block for block in document.blocks if isinstance(block, list) and block and rules.holds_records(block[0])]
    if not tables:
        yield _make_record(source, _list_lines(document.blocks, rules), rules)
        return
    if any(isinstance(block, str) and block.strip() for block in document.blocks):
        book.note(source.name, "text beside the tables of records is not read.", kept=False)
    for number, table in enumerate(tables, start=1):
        yield from _read_table(source, table, f"table {number}" if len(tables) > 1 else "", book, rules)


def read_plain(source: Source, book: RemarkBook, rules: HeadingRules) -> Iterator[Sheet]:
    """A text file: one record, with “Date: …” and its like at the top taken as such."""
    if source.size > 4 * LONGEST_TEXT:
        raise RecordsError(f"{source.name}: it is too long for one narrative. Divide it into records.")
    yield _make_record(source, read_text(source, book), rules)


def read_pdf(source: Source, book: RemarkBook, rules: HeadingRules) -> Iterator[Sheet]:
    """A PDF: the text of its pages as one record. Scanned pages hold none, and are refused."""
    try:
        from pypdf import PdfReader
        from pypdf.errors import PyPdfError
    except ImportError:
        cure = "Install it with: pip install pypdf, or save the text as .docx or .txt"
        raise RecordsError(f"{source.name}: reading PDF needs one more package. {cure}.") from None
    if source.size > MOST_PDF_BYTES:
        raise RecordsError(f"{source.name}: it is too large. Save its text as .docx or .txt.")
    try:
        with source.open_whole() as stream:
            pages = PdfReader(stream).pages
            if len(pages) > MOST_PAGES:
                raise RecordsError(f"{source.name}: it has {len(pages):,} pages. Divide it into records.")
            text = "\n".join(page.extract_text() for page in pages)
    except PyPdfError:
        raise RecordsError(f"{source.name}: the PDF cannot be opened; it is damaged or has a password.") from None
    if not text.strip():
        raise RecordsError(f"{source.name}: the PDF holds pictures of text only. Type the narrative into a file of its own.")
    book.note(source.name, "the lines of a PDF may be in another order than on the page. Look whether it reads well.", kept=True)
    yield _make_record(source, text.encode("utf-8", "replace").decode(), rules)


def _make_record(source: Source, text: str, rules: HeadingRules) -> Sheet:
    """One record out of one document; its reference is the name of the file where it gives none."""
    if len(text) > LONGEST_TEXT:
        raise RecordsError(f"{source.name}: it is too long for one narrative. Divide it into records.")
    fields, narrative = _split_form(text, rules)
    if "record_id" not in [rules.column_of(heading) for heading in fields]:
        fields = {"Reference": source.stem, **fields}
    return Sheet([*fields, "Narrative"], [[*fields.values(), narrative]], [1])


def _split_form(text: str, rules: HeadingRules) -> tuple[dict[str, str], str]:
    """The labelled lines at the top of a text (Date: …), and the narrative below them, unchanged."""
    fields: dict[str, str] = {}
    rest = text
    for _ in range(LINES_OF_A_FORM):
        line, _, below = rest.partition("\n")
        label, colon, value = line.partition(":")
        if line.strip() and not (colon and rules.column_of(label) in FORM_COLUMNS and label not in fields):
            break
        if line.strip():
            fields[label.strip()] = value.strip()
        rest = below
    return (fields, rest) if fields else ({}, text)


def _list_lines(blocks: list[str | Table], rules: HeadingRules) -> str:
    """A document as lines. The rows of a table of two columns read “label: value”, other cells stand side by side."""
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, str):
            lines.append(block)
            continue
        for row in block:
            first, *others = row
            label = len(row) == 2 and first.strip() and len(first) <= 60 and "\n" not in first.strip()
            mark = "" if first.strip().endswith((":", "?")) else ":"
            lines.append(f"{first.strip()}{mark} {others[0]}" if label else "\t".join(row))
    return "\n".join(lines).strip("\n")


def _read_table(source: Source, table: Table, name: str, book: RemarkBook, rules: HeadingRules) -> Iterator[Sheet]:
    headings, *rows = table
    if "record_id" not in map(rules.column_of, headings):
        book.note(source.name, "the table gives no references; the file's name and the row's number stand for them.", kept=True)
        headings = ["Reference", *headings]
        rows = [[f"{source.stem}-{number}" if any(row) else "", *row] for number, row in enumerate(rows, start=2)]
    numbered = list(enumerate([headings, *rows], start=1))
    yield from shape_rows(source.name, numbered, book, knows=lambda _: True, name=name)


def _read_document(archive: zipfile.ZipFile, name: str, book: RemarkBook, rules: HeadingRules) -> _Document:
    names = archive.namelist()
    part = next((path for kind, path in read_relations(archive, "", name).values() if kind == "officeDocument"), "")
    if part not in names:
        raise RecordsError(f"{name}: this is not a Word file the kit can open. Open it in Word and save it as .docx.")
    reader = _WordReader(name, rules)
    read_xml(archive, part, name, start=reader.start, end=reader.end, text=reader.text)
    document = reader.document
    for number, what in (
        (document.deleted, "tracked changes: what was deleted is not read ({} passages). Accept or reject the changes in Word."),
        (document.added, "tracked changes: what was added is read ({} passages). Accept or reject the changes in Word."),
        (document.pasted, "another document is set into it ({} times), which is not read. Open it in Word and save it again."),
        (document.hidden, "hidden text is not read ({} passages). Show it in Word if it belongs to the record."),
    ):
        if number:
            book.note(name, what.format(number), kept=True)
    for sign, what in (
        ("comments.xml", "it holds comments, which are not read."),
        ("footnotes.xml", "it holds notes at the foot of pages, which are not read."),
        ("vbaProject", "it holds macros; the kit never runs them."),
        ("word/media/", "it holds pictures, which are not read."),
    ):
        if any(sign in member for member in names):
            book.note(name, what, kept=True)
    if any(_leads_away(archive, member, name) for member in names if member.endswith("settings.xml.rels")):
        book.note(name, "it takes its layout from another place; the kit never follows such links.", kept=True)
    if any(_holds_text(archive, member, name) for member in names if _EDGE.search(member)):
        book.note(name, "what stands at the head or foot of each page is not read.", kept=True)
    return document


def _leads_away(archive: zipfile.ZipFile, part: str, name: str) -> bool:
    modes: set[str] = set()
    read_xml(archive, part, name, start=lambda _, attributes: modes.add(attributes.get("TargetMode", "")))
    return "External" in modes


def _holds_text(archive: zipfile.ZipFile, part: str, name: str) -> bool:
    words: list[str] = []
    read_xml(archive, part, name, start=lambda *_: None, text=words.append)
    return any(map(str.strip, words))


class _WordReader:
    """The body of a Word file, piece by piece: text where people see it, tables as rows of cells."""

    def __init__(self, name: str, rules: HeadingRules) -> None:
        self.document = _Document()
        self._name, self._rules = name, rules
        self._is_heading = False
        self._paragraphs: list[list[str]] = []  # open paragraphs; a text box stands inside another paragraph
        self._places: list[list] = [self.document.blocks]  # where finished paragraphs go: the body, or a cell
        self._tables: list[Table] = []
        self._path: list[str] = []
        self._hidden = False
        self._skipped = 0  # depth of what is not read: text moved away, and copies of text boxes
        self._length = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        before = self._path[-1] if self._path else ""
        self._path.append(tag)
        if tag in ("moveFrom", "Fallback") or self._skipped:
            self._skipped += 1
        elif tag == "p":
            self._paragraphs.append([])
            self._is_heading = False
        elif tag == "pStyle":
            self._is_heading = any(value.lower().startswith("heading") for value in attributes.values())
        elif tag == "tbl":
            self._tables.append([])
        elif tag == "tr" and self._tables:
            self._tables[-1].append([])
        elif tag == "tc" and self._tables and self._tables[-1]:
            self._places.append([])
        elif tag == "r":
            self._hidden = False
        elif tag == "vanish" and before == "rPr" and "pPr" not in self._path[-3:]:
            self._hidden = not any(value in ("0", "false", "off") for key, value in attributes.items() if key.endswith("val"))
            self.document.hidden += self._hidden
        elif tag in ("ins", "moveTo") and before not in ("rPr", "trPr"):
            self.document.added += 1
        elif tag == "altChunk":
            self.document.pasted += 1
        elif tag == "delText":
            self.document.deleted += 1
        else:
            self._add({"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}.get(tag, "") if before == "r" else "")

    def end(self, tag: str) -> None:
        self._path.pop()
        if self._skipped:
            self._skipped -= 1
        elif tag == "p" and self._paragraphs:
            self._places[-1].append(self._mark_heading("".join(self._paragraphs.pop())))
        elif tag == "tc" and len(self._places) > 1:
            cell = self._places.pop()
            self._tables[-1][-1].append("\n".join(cell).strip("\n"))
        elif tag == "tbl" and self._tables:
            table = self._tables.pop()
            inside = len(self._places) > 1
            self._places[-1].append("\n".join("\t".join(row) for row in table) if inside else table)

    def _mark_heading(self, text: str) -> str:
        """A known heading set in a heading's style gets the colon that shows it to be one."""
        known = self._is_heading and self._rules.column_of(text) in NARRATIVE_PARTS
        return f"{text.rstrip()}:" if known and not text.rstrip().endswith((":", "?")) else text

    def text(self, text: str) -> None:
        if self._path and self._path[-1] == "t" and not self._skipped and not self._hidden:
            self._add(text)

    def _add(self, text: str) -> None:
        if text and self._paragraphs:
            self._paragraphs[-1].append(text)
            self._length += len(text)
            if self._length > LONGEST_TEXT:
                raise RecordsError(f"{self._name}: it is too long for one narrative. Divide it into records.")
