"""Every kind of report as a Word document and as a PDF: the page again, with nothing lost, nothing added and nothing live."""

import json
import re
import shutil
import subprocess
import zipfile
from datetime import date
from html import escape
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from unicodedata import normalize

import pytest
from click.testing import CliRunner
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from pages import Elements
from test_report_in_browser import CHROMIUM, need
from test_report_safety import HOSTILE, plain, put_into_review, tell_review  # noqa: F401 (plain is a fixture)

import nearmiss_kit as nk
from nearmiss_kit.cli import main
from nearmiss_kit.report.page_tree import read_page
from nearmiss_kit.report.pdf import find_browser, print_page, say_print_command
from nearmiss_kit.report.rastering import raster_picture
from nearmiss_kit.report.render import draw_unseen, render_report
from nearmiss_kit.report.review_page import render_review_report
from nearmiss_kit.report.word import make_document
from nearmiss_kit.report.word_columns import CellText, set_columns
from nearmiss_kit.report.writing import check_report_name, write_page

KINDS = ("learning", "review", "agenda", "invitation")
UNSEEN = ("head", "style")  # parts of a page whose words are not shown
SMALLEST_TYPE, SMALLEST_EASY_TYPE = 22, 28  # half points
# Whatever runs, fetches, is worked out or is filled in when a document is opened.
LIVE = (
    "fldSimple",
    "fldChar",
    "instrText",
    "object",
    "OLEObject",
    "control",
    "altChunk",
    "subDoc",
    "sdt",
    "smartTag",
    "customXml",
)


@pytest.fixture(scope="module")
def pages(tmp_path_factory, examples, records, tags, lexicon) -> dict[str, str]:
    """Every kind of report of the sample records as a page."""
    folder, seen = tmp_path_factory.mktemp("pages"), examples["alder"]
    meeting = dict(meeting_on=date(2026, 6, 20), place="the lounge", host="keyworker")
    known = dict(audience="internal", lexicon=lexicon, made_on=date(2026, 11, 1))
    report = nk.build_report(records, tags, nk.load_decisions(":memory:"), **known)
    written = [
        nk.write_report(report, folder / "learning.html"),
        nk.write_review_report(nk.build_review_facts(seen), folder / "review.html"),
        nk.write_agenda(nk.build_agenda(seen.review), folder / "agenda.html"),
        nk.write_invitation(nk.build_invitation(seen.review, **meeting), folder / "invitation.html"),
    ]
    return {path.stem: path.read_text(encoding="utf-8") for path in written}


@pytest.fixture(scope="module")
def documents(pages) -> dict[str, Document]:
    return {kind: open_document(page) for kind, page in pages.items()}


@pytest.fixture(scope="module")
def printed(pages) -> dict[str, bytes]:
    need(CHROMIUM, "Chromium")
    return {kind: print_page(page) for kind, page in pages.items()}


def open_document(page: str) -> Document:
    return Document(BytesIO(make_document(page)))


class Shown(HTMLParser):
    """The words of a page that a document shows, in order: the skip link is for browsers, a list of contents gets its name."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words, self._hidden = [], ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        if tag in UNSEEN or dict(attrs).get("class") == "skip":
            self._hidden = tag
        if tag == "nav":
            self.words.append(dict(attrs)["aria-label"])

    def handle_endtag(self, tag: str) -> None:
        self._hidden = "" if tag == self._hidden else self._hidden

    def handle_data(self, data: str) -> None:
        self.words += [] if self._hidden else [data]


def read_words(document: Document) -> str:
    """All words of a document in order, tables where they stand."""
    breaks = {qn("w:br"): "\n", qn("w:tab"): "\t"}
    return "".join(
        part.text or "" if part.tag == qn("w:t") else breaks.get(part.tag, "") for part in document.element.body.iter()
    )


def find_all(document: Document, name: str) -> list:
    return list(document.element.body.iter(qn(name)))


def read_part(page: str, name: str) -> str:
    return zipfile.ZipFile(BytesIO(make_document(page))).read(name).decode("utf-8")


def press(words: str) -> str:
    """Words without their spaces, and with letters that print joins (ﬀ) apart again."""
    return "".join(normalize("NFKC", words).split())


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_holds_the_words_of_its_page_in_their_order(kind, pages, documents):
    assert press(read_words(documents[kind])) == press("".join(Shown(pages[kind]).words))


@pytest.mark.parametrize("kind", KINDS)
def test_headings_stay_headings(kind, pages, documents):
    wanted = [
        (f"Heading {heading.tag[1]}", " ".join("".join(heading.itertext()).split()))
        for heading in read_page(pages[kind]).iter()
        if heading.tag in ("h1", "h2", "h3")
    ]
    found = [(p.style.name, " ".join(p.text.split())) for p in documents[kind].paragraphs if p.style.name.startswith("Heading")]
    assert (len(found) > 1, found) == (True, wanted)


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_repeats_its_headings_and_says_what_it_is(kind, pages, documents):
    wanted = [
        (" ".join("".join(table.find("caption").itertext()).split()), [" ".join("".join(th.itertext()).split()) for th in table.find("thead/tr")])
        for table in read_page(pages[kind]).iter("table")
    ]  # fmt: skip
    found = [
        (table._tbl.tblPr.find(qn("w:tblDescription")).get(qn("w:val")), [" ".join(cell.text.split()) for cell in table.rows[0].cells])
        for table in documents[kind].tables
        if table._tbl.findall(f"{qn('w:tr')}/{qn('w:trPr')}/{qn('w:tblHeader')}")
    ]  # fmt: skip
    assert (len(wanted) > 0, found) == (kind in ("learning", "review"), wanted)


def test_a_picture_keeps_the_words_that_stand_for_it_and_one_that_adorns_says_so(pages, documents):
    wanted = [picture["alt"] for tag, picture in Elements(pages["learning"]).elements if tag == "img"]
    assert (len(wanted) > 8, [picture.get("descr") for picture in find_all(documents["learning"], "wp:docPr")]) == (True, wanted)
    images = [part.blob[:8] for part in documents["learning"].part.package.parts if part.partname.endswith(".png")]
    assert (len(images) > 8, set(images)) == (True, {b"\x89PNG\r\n\x1a\n"})
    shapes = find_all(documents["invitation"], "wp:docPr")
    assert [(shape.get("descr"), b"decorative" in etree.tostring(shape)) for shape in shapes] == [("", True)] * 4


@pytest.mark.parametrize("kind", ["learning", "review"])
def test_every_link_of_the_page_leads_to_the_words_it_led_to(kind, pages, documents):
    page = read_page(pages[kind])
    places = {element.get("id"): press("".join(element.itertext())) for element in page.iter() if element.get("id")}
    wanted = [places[a.get("href")[1:]] for a in page.iter("a") if a.get("class") != "skip" for _ in a.itertext()]
    starts = {
        mark.get(qn("w:name")): "".join("".join(text.text for text in mark.getparent().iter(qn("w:t"))).split())
        for mark in find_all(documents[kind], "w:bookmarkStart")
    }
    found = [starts[link.get(qn("w:anchor"))] for link in find_all(documents[kind], "w:hyperlink")]
    assert len(found) == len(wanted) > 40
    assert [(to, want) for to, want in zip(found, wanted, strict=True) if not want.startswith(to)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_says_its_title_its_language_and_no_day_of_its_own(kind, documents):
    about = documents[kind].core_properties
    titles = dict(
        learning="Learning from near misses", review="Review of one near miss", agenda="Agenda of a near-miss review",
        invitation="A meeting about my home",
    )  # fmt: skip
    assert (about.title, about.language, about.author, about.created, about.modified, about.last_modified_by) == (
        titles[kind], "en-GB", "Near-Miss Learning Kit", None, None, "",
    )  # fmt: skip
    assert documents[kind].styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}").get(qn("w:val")) == "en-GB"


@pytest.mark.parametrize("kind", KINDS)
def test_no_type_is_too_small_to_read_and_no_paragraph_stands_empty_for_its_space(kind, pages, documents):
    smallest = SMALLEST_EASY_TYPE if kind == "invitation" else SMALLEST_TYPE
    sizes = [
        int(size.get(qn("w:val")))
        for size in documents[kind].styles.element.iter(qn("w:sz"))
        if (style := size.getparent().getparent()).get(qn("w:styleId")) != "SectionEnd" and style.tag != qn("w:tblBorders")
    ]
    empty = [
        paragraph.style.name
        for paragraph in documents[kind].paragraphs
        if not paragraph.text.strip() and not list(paragraph._p.iter(qn("w:drawing")))
    ]
    assert (min(sizes) >= smallest, set(empty) <= {"Section end"}) == (True, True)
    assert list(documents[kind].element.body.iter(qn("w:sz"))) == []


def test_the_first_page_of_a_review_is_a_page_of_its_own_in_word_too(documents):
    broken = [p.text for p in documents["review"].paragraphs if p._p.find(f"{qn('w:pPr')}/{qn('w:pageBreakBefore')}") is not None]
    assert broken == ["Contents"]


def test_a_table_with_many_columns_lies_across_and_what_follows_stands_upright_again(documents):
    turned = [section.orientation for section in documents["learning"].sections]
    assert (set(turned[::2]), set(turned[1::2]), turned[-1]) == ({0}, {1}, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_page_gives_the_same_document(kind, pages):
    first = make_document(pages[kind])
    raster_picture.cache_clear()
    assert make_document(pages[kind]) == first


@pytest.mark.parametrize("kind", ["learning", "review"])
def test_hostile_words_stand_in_a_document_as_they_were_written_and_nothing_is_live(kind, plain):  # noqa: F811
    page = render_report(put_into_review(plain, HOSTILE)) if kind == "learning" else render_review_report(tell_review(HOSTILE))
    document = open_document(page)
    quoted = "\n".join(paragraph.text for paragraph in document.paragraphs if paragraph.style.name == "Quote")
    assert [words for words in HOSTILE if draw_unseen(words) not in quoted] == []
    assert [name for name in LIVE if f"<w:{name}" in read_part(page, "word/document.xml")] == []
    assert [rel.target_ref for part in document.part.package.parts for rel in part.rels.values() if rel.is_external] == []
    assert [link.attrib for link in find_all(document, "w:hyperlink") if qn("r:id") in link.attrib] == []


def test_signs_that_turn_the_direction_of_writing_end_with_the_words_they_came_in():
    page = "<html><head><title>t</title></head><body><p><b>a\u202eb\u2066c</b> d</p></body></html>"
    assert [run.text for run in open_document(page).paragraphs[0].runs] == ["a\u202eb\u2066c\u2069\u202c", " d"]


@given(words=st.text(st.characters(exclude_categories=["Cs"])))
def test_any_words_make_a_document_that_opens_and_shows_them(words):
    page = f"<html><head><title>t</title></head><body><blockquote>x{escape(draw_unseen(words))}x</blockquote></body></html>"
    shown = open_document(page).paragraphs[0].text
    assert re.sub("[\u2069\u202c]", "", shown) == re.sub("[\u2069\u202c]", "", f"x{draw_unseen(words)}x")


def test_a_link_that_leads_outside_is_only_words():
    page = '<html><head><title>t</title></head><body><p><a href="https://x.test">tea</a></p></body></html>'
    assert "hyperlink" not in read_part(page, "word/document.xml")


def test_spaces_are_those_a_browser_shows_and_quotations_keep_theirs():
    body = "<p> one \n<b> two</b>  three </p><blockquote>four\n  five</blockquote><ol><li><p>six</p><p>seven</p></li></ol>"
    document = open_document(f"<html><head><title>t</title></head><body>{body}</body></html>")
    assert [(p.style.name, p.text) for p in document.paragraphs] == [
        ("Normal", "one two three"), ("Quote", "four\n  five"), ("List Paragraph", "six"), ("List Paragraph", "seven"),
    ]  # fmt: skip


@given(rows=st.lists(st.lists(st.text("ab ", max_size=90), min_size=3, max_size=3), min_size=1, max_size=6))
def test_columns_fill_no_more_than_the_paper_whatever_stands_in_them(rows):
    widths, turned = set_columns([[CellText(text) for text in row] for row in rows], half_points=22, upright=9000, across=14000)
    assert (len(widths), min(widths) > 0, sum(widths) <= (14000 if turned else 9000)) == (3, True, True)


def test_a_page_that_leaves_an_element_open_is_refused():
    with pytest.raises(ValueError, match="closes <p> where <b> is open"):
        read_page("<html><body><p><b>tea</p></body></html>")


@pytest.mark.parametrize("kind", KINDS)
def test_a_pdf_is_tagged_and_has_its_title_its_language_and_an_outline(kind, printed):
    pypdf = pytest.importorskip("pypdf")
    pdf = pypdf.PdfReader(BytesIO(printed[kind]))
    about, root = pdf.metadata, pdf.trailer["/Root"]
    assert (list(about), root["/MarkInfo"]["/Marked"], root["/Lang"], bool(pdf.outline)) == (["/Title"], True, "en-GB", True)
    assert {(round(min(page.mediabox[2:])), round(max(page.mediabox[2:]))) for page in pdf.pages} == {(595, 842)}


@pytest.mark.parametrize("kind", KINDS)
def test_a_pdf_holds_the_words_of_its_page_and_no_link_that_leads_outside(kind, pages, printed):
    pypdf = pytest.importorskip("pypdf")
    pdf = pypdf.PdfReader(BytesIO(printed[kind]))
    text = press("".join(page.extract_text() for page in pdf.pages))
    told = [part for part in read_page(pages[kind]).iter() if part.tag in ("h1", "h2", "h3", "blockquote")]
    assert (len(told) > 1, [words for part in told if (words := press("".join(part.itertext()))) not in text]) == (True, [])
    actions = [note.get_object().get("/A", {}) for page in pdf.pages for note in page.get("/Annots", [])]
    assert [action for action in actions if "/URI" in action or "/JS" in action] == []


def test_the_same_page_gives_the_same_pdf(pages, printed):
    assert print_page(pages["review"]) == printed["review"]


def test_nothing_leaves_the_machine_while_hostile_words_are_printed(tmp_path):
    need(CHROMIUM, "Chromium")
    page, log = tmp_path / "page.html", tmp_path / "net.json"
    page.write_text(render_review_report(tell_review(HOSTILE)), encoding="utf-8", newline="\n")
    command = say_print_command(find_browser(), page, tmp_path / "page.pdf")
    subprocess.run([*command[:-1], f"--log-net-log={log}", command[-1]], capture_output=True, timeout=180, check=True)
    logged = json.loads(log.read_text(encoding="utf-8"))
    numbers = logged["constants"]["logEventTypes"]
    sent = {numbers[name] for name in ("TCP_CONNECT", "HTTP_TRANSACTION_SEND_REQUEST", "UDP_BYTES_SENT", "SOCKET_BYTES_SENT")}
    assert ((tmp_path / "page.pdf").exists(), len(logged["events"]) > 50) == (True, True)
    assert ([event for event in logged["events"] if event["type"] in sent], "x.test" in json.dumps(logged["events"])) == (
        [],
        False,
    )


def test_where_no_browser_is_a_pdf_is_refused_before_the_work_and_the_way_by_hand_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("NEARMISS_CHROMIUM", "PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    if Path("/Applications/Google Chrome.app").exists():
        pytest.skip("A Mac’s own browser is found without a PATH.")
    with pytest.raises(nk.ReportError, match=r"no Chromium, Chrome or Edge was found here\. Write it as \.html, open that"):
        check_report_name(Path("report.pdf"))


@pytest.mark.parametrize(("ending", "begins"), [(".html", b"<!DOCTYPE"), (".docx", b"PK"), (".PDF", b"%PDF")])
def test_the_ending_of_the_name_says_what_is_written(ending, begins, pages, tmp_path):
    if ending == ".PDF":
        need(CHROMIUM, "Chromium")
    path = write_page(pages["agenda"], tmp_path / "new" / f"agenda{ending}")
    assert path.read_bytes().startswith(begins)


def test_the_command_refuses_another_ending_before_it_reads_a_record(tmp_path):
    (tmp_path / "r.csv").write_text("Reference,Narrative\n1,Agency again.\n", encoding="utf-8")
    options = ["report", str(tmp_path / "r.csv"), "--audience", "internal", "--layer", "none", "--out"]
    refused = CliRunner().invoke(main, [*options, str(tmp_path / "r.odt")])
    assert (refused.exit_code, "Give a name that ends in .html, .docx or .pdf." in refused.output) == (2, True)
    assert CliRunner().invoke(main, [*options, str(tmp_path / "r.docx")]).exit_code == 0
    assert Document(tmp_path / "r.docx").paragraphs[1].text == "Learning from near misses"


def test_libreoffice_opens_a_document_with_its_headings_table_headings_and_pictures_in_place(pages, tmp_path):
    office = shutil.which("soffice")
    need(office, "LibreOffice")
    (tmp_path / "learning.docx").write_bytes(make_document(pages["learning"]))
    command = [office, "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--convert-to", "fodt"]
    subprocess.run([*command, "--outdir", tmp_path, tmp_path / "learning.docx"], capture_output=True, timeout=300, check=True)
    opened = (tmp_path / "learning.fodt").read_text(encoding="utf-8")
    page = Elements(pages["learning"]).elements
    wanted = [sum(tag in tags for tag, _ in page) for tags in (("h1", "h2", "h3"), ("thead",), ("img",))]
    assert [len(re.findall(f"<{name}[ >]", opened)) for name in ("text:h", "table:table-header-rows", "svg:desc")] == wanted
    assert opened.count(escape(next(picture["alt"] for tag, picture in page if tag == "img"), quote=False)) == 1
