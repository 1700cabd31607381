"""Any page of ours as a Word document: made from the page and from nothing else, so what is not in the page is not in it."""

import zipfile
from functools import cache
from io import BytesIO
from pathlib import Path
from string import Template
from xml.sax.saxutils import escape

from nearmiss_kit.report.page_tree import list_classes, read_page
from nearmiss_kit.report.unseen import draw_unseen
from nearmiss_kit.report.word_pieces import write_numbering
from nearmiss_kit.report.word_walk import Walk

_FOLDER = Path(__file__).parent / "templates" / "word"
_PARTS = {
    "[Content_Types].xml": "content_types.xml",
    "_rels/.rels": "package_rels.xml",
    "docProps/core.xml": "core.xml",
    "word/document.xml": "document.xml",
    "word/_rels/document.xml.rels": "document_rels.xml",
    "word/styles.xml": "styles.xml",
    "word/numbering.xml": "numbering.xml",
    "word/settings.xml": "settings.xml",
    "word/footer.xml": "footer.xml",
}
_NO_DAY = (1980, 1, 1, 0, 0, 0)  # the first day a ZIP knows: a document says only the dates its page says
# Type in half points, lines in 240ths of one, room above headings and below paragraphs in twentieths of a point: for reading
# on paper, for easy read, and for the one sheet of a board.
_TYPE = dict(text=22, heading1=40, heading2=30, heading3=25, line=276, cell_line=252, above=360, below=120)
_EASY_TYPE = dict(text=32, heading1=52, heading2=40, heading3=36, line=360, cell_line=336, above=360, below=120)
_BOARD_TYPE = dict(text=17, heading1=30, heading2=22, heading3=20, line=240, cell_line=240, above=120, below=40)
_TYPES = {"easy": _EASY_TYPE, "board": _BOARD_TYPE}  # by the class of the page


def make_document(html: str) -> bytes:
    """The page as a Word document (.docx): headings, lists, tables with repeated headings, pictures with their words, links.

    The same page gives the same bytes. Text is text: no field, macro or outside link can come of it.
    """
    page = read_page(html)
    kinds = {name for element in page.iter("div") for name in list_classes(element)}
    sizes = next((sizes for name, sizes in _TYPES.items() if name in kinds), _TYPE)
    walk = Walk(page, half_points=sizes["text"])
    facts = dict(
        body=walk.write_body(),
        title=escape(draw_unseen("".join(page.find("head/title").itertext()))),
        language=escape(page.get("lang", "en-GB")),
        lists=write_numbering(walk.lists),
        pictures="".join(map(_write_relation, range(1, len(walk.pictures) + 1))),
        **sizes,
    )
    return _pack({name: Template(_read_part(part)).substitute(facts) for name, part in _PARTS.items()}, walk.pictures)


@cache
def _read_part(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _write_relation(number: int) -> str:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
    return f'<Relationship Id="picture{number}" Type="{kind}" Target="media/picture{number}.png"/>\n'


def _pack(parts: dict[str, str], pictures: list[bytes]) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in parts.items():
            archive.writestr(_name_file(name), text.encode("utf-8"), zipfile.ZIP_DEFLATED)
        for number, png in enumerate(pictures, 1):
            archive.writestr(_name_file(f"word/media/picture{number}.png"), png, zipfile.ZIP_STORED)
    return packed.getvalue()


def _name_file(name: str) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name, _NO_DAY)
    made.create_system = 0  # the same bytes whichever system writes them
    return made
