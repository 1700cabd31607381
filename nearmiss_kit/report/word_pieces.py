"""The pieces of a Word document as XML: runs, paragraphs, pictures and tables, each with its parts in the order of the standard.

Word refuses a file whose parts stand in another order (ECMA-376, part 1). Lengths are in twentieths of a point (twips), those
of pictures in EMU (914,400 to the inch).
"""

import re
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

ACROSS, DOWN, MARGIN = 11906, 16838, 964  # A4, with margins of 17 mm
PORTRAIT, LANDSCAPE = ACROSS - 2 * MARGIN, DOWN - 2 * MARGIN  # room for text from left to right
LIST_STEP = 425  # how far each level of a list stands in
EMU_PER_TWIP = 635
_TURNED = {"portrait": (ACROSS, DOWN, ""), "landscape": (DOWN, ACROSS, ' w:orient="landscape"')}
_BREAKS = re.compile("([\n\t])")
# Signs that turn the direction of writing, and what ends each: they must not reach the words behind theirs.
_TURNS = {"\u202a": "\u202c", "\u202b": "\u202c", "\u202d": "\u202c", "\u202e": "\u202c"}
_TURNS |= {"\u2066": "\u2069", "\u2067": "\u2069", "\u2068": "\u2069"}
_LETTER = 120  # twips, about
_MOST_LINES = 25  # of a row that is kept on one page; LibreOffice does not come to an end with rows taller than a page
_CARD_EDGES = '<w:tblCellMar><w:left w:w="200" w:type="dxa"/><w:right w:w="200" w:type="dxa"/></w:tblCellMar>'
_DECORATIVE = (
    '<a:extLst xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}">'
    '<adec:decorative xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/></a:ext></a:extLst>'
)


@dataclass(frozen=True)
class Words:
    """A stretch of text in one look. `kept` says that its spaces and lines stay; `link` is the bookmark it leads to."""

    text: str
    style: str = ""
    bold: bool = False
    link: str = ""
    kept: bool = False


@dataclass(frozen=True)
class Picture:
    """A picture: its own number, that of its file, its size in EMU, and what it shows ("" for one that only adorns)."""

    number: int
    file: int
    across: int
    down: int
    alt: str


@dataclass
class Paragraph:
    """One paragraph: its words and pictures, its place in a list, and the bookmarks that begin in it."""

    style: str
    pieces: list[Words | Picture] = field(default_factory=list)
    number: tuple[int, int] | None = None
    indent: int = 0
    bookmarks: tuple[tuple[int, str], ...] = ()
    on_new_page: bool = False
    after_table: bool = False
    section: str = ""  # "portrait" or "landscape" where a section of the document ends with it

    def write(self) -> str:
        """The paragraph as XML."""
        marks = "".join(f'<w:bookmarkStart w:id="{number}" w:name="{name}"/><w:bookmarkEnd w:id="{number}"/>'
                        for number, name in self.bookmarks)  # fmt: skip
        return f"<w:p>{self._write_look()}{marks}{''.join(map(write_piece, self.pieces))}</w:p>"

    def _write_look(self) -> str:
        looks = [f'<w:pStyle w:val="{self.style}"/>', "<w:pageBreakBefore/>" if self.on_new_page else ""]
        if self.number:
            looks.append(f'<w:numPr><w:ilvl w:val="{self.number[1]}"/><w:numId w:val="{self.number[0]}"/></w:numPr>')
        looks.append('<w:spacing w:before="200"/>' if self.after_table else "")
        looks.append(f'<w:ind w:left="{self.indent}"/>' if self.indent and not self.number else "")
        looks.append(write_section(self.section) if self.section else "")
        return f"<w:pPr>{''.join(looks)}</w:pPr>"


@dataclass(frozen=True)
class Cell:
    """One cell of a table: its paragraphs as XML, its width, how many columns it covers, a border of its own, whether they stand at half height, and how many letters they are."""

    content: str
    width: int
    spans: int = 1
    border: str = ""
    centred: bool = False
    letters: int = 0

    @property
    def lines(self) -> int:
        """About how many lines its words fill."""
        return self.content.count("<w:br/>") + self.letters * _LETTER // self.width

    def write(self) -> str:
        """The cell as XML; a cell without words still needs its paragraph."""
        look = f'<w:tcW w:w="{self.width}" w:type="dxa"/>' + (f'<w:gridSpan w:val="{self.spans}"/>' if self.spans > 1 else "")
        look += write_box("w:tcBorders", self.border) if self.border else ""
        look += '<w:vAlign w:val="center"/>' if self.centred else ""
        return f"<w:tc><w:tcPr>{look}</w:tcPr>{self.content or Paragraph('TableText').write()}</w:tc>"


def write_piece(piece: Words | Picture) -> str:
    """A stretch of text, or a picture in the line."""
    return _write_picture(piece) if isinstance(piece, Picture) else _write_words(piece)


def _write_words(words: Words) -> str:
    look = (f'<w:rStyle w:val="{words.style}"/>' if words.style else "") + ("<w:b/>" if words.bold else "")
    shown = "".join(map(_write_stretch, _BREAKS.split(words.text)))
    run = f"<w:r>{f'<w:rPr>{look}</w:rPr>' if look else ''}{shown}</w:r>"
    return f'<w:hyperlink w:anchor="{words.link}" w:history="1">{run}</w:hyperlink>' if words.link else run


def _write_stretch(text: str) -> str:
    breaks = {"\n": "<w:br/>", "\t": "<w:tab/>", "": ""}
    return breaks[text] if text in breaks else f'<w:t xml:space="preserve">{escape(text)}</w:t>'


def end_turns(text: str) -> str:
    """The text, with an end put behind it for every turn of the direction of writing that it leaves open."""
    open_turns: list[str] = []
    for sign in text:
        if sign in _TURNS:
            open_turns.append(_TURNS[sign])
        elif open_turns and sign == open_turns[-1]:
            open_turns.pop()
    return text + "".join(reversed(open_turns))


def _write_picture(picture: Picture) -> str:
    size, name = f'cx="{picture.across}" cy="{picture.down}"', f'id="{picture.number}" name="Picture {picture.number}"'
    said = _quote(picture.alt)
    about = f'<wp:docPr {name} descr="{said}"' + ("/>" if said else f">{_DECORATIVE}</wp:docPr>")
    return (
        f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent {size}/>{about}'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
        f'<pic:nvPicPr><pic:cNvPr {name}/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip r:embed="picture{picture.file}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
        "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )  # fmt: skip


def write_table(rows: list[list[Cell]], widths: list[int], *, says: str, headings: int = 0, gap: int = 0, height: int = 0) -> str:
    """A table as XML. The first `headings` rows are repeated on every page; `says` is read to somebody who does not see it.

    `gap` sets cells apart, each `height` tall at least: a sheet of pictures and words, not a table of facts.
    """
    shape = '<w:tblStyle w:val="Facts"/>' if headings else ""
    shape += f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/>' + (f'<w:tblCellSpacing w:w="{gap}" w:type="dxa"/>' if gap else "")
    shape += '<w:tblLayout w:type="fixed"/>' + (_CARD_EDGES if gap else "")
    facts = 'w:val="06A0" w:firstRow="1" w:firstColumn="1"' if headings else 'w:val="0600" w:firstRow="0" w:firstColumn="0"'
    shape += f'<w:tblLook {facts} w:lastRow="0" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
    shape += f'<w:tblDescription w:val="{_quote(says)}"/>' if says else ""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    lines = "".join(_write_row(row, is_heading=place < headings, gap=gap, height=height) for place, row in enumerate(rows))
    return f"<w:tbl><w:tblPr>{shape}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{lines}</w:tbl>"


def _write_row(row: list[Cell], *, is_heading: bool, gap: int, height: int) -> str:
    look = "<w:cantSplit/>" if max(cell.lines for cell in row) <= _MOST_LINES else ""
    look += f'<w:trHeight w:val="{height}" w:hRule="atLeast"/>' if height else ""
    look += "<w:tblHeader/>" if is_heading else ""
    look += f'<w:tblCellSpacing w:w="{gap}" w:type="dxa"/>' if gap else ""
    return f"<w:tr><w:trPr>{look}</w:trPr>{''.join(cell.write() for cell in row)}</w:tr>"


def _quote(text: str) -> str:
    return escape(text, {'"': "&quot;", "\n": "&#10;", "\t": "&#9;"})


def write_box(name: str, border: str) -> str:
    """A border on all four sides; `border` is its kind, width and colour: `dashed 12 4C5B60`."""
    kind, width, colour = border.split()
    sides = "".join(
        f'<w:{side} w:val="{kind}" w:sz="{width}" w:space="0" w:color="{colour}"/>' for side in ("top", "left", "bottom", "right")
    )
    return f"<{name}>{sides}</{name}>"


def write_section(turned: str) -> str:
    """The paper of a part of the document, upright or across, with the foot that carries the page number."""
    across, down, way = _TURNED[turned]
    return (
        f'<w:sectPr><w:footerReference w:type="default" r:id="footer"/><w:pgSz w:w="{across}" w:h="{down}"{way}/>'
        f'<w:pgMar w:top="{MARGIN}" w:right="{MARGIN}" w:bottom="{MARGIN}" w:left="{MARGIN}" w:header="500" w:footer="500" w:gutter="0"/>'
        "</w:sectPr>"
    )


def write_numbering(starts: list[int]) -> str:
    """The numberings behind the fixed ones of numbering.xml: one for each ordered list, beginning at 1 on the level it stands on."""
    return "".join(
        f'<w:num w:numId="{number}"><w:abstractNumId w:val="2"/>'
        f'<w:lvlOverride w:ilvl="{level}"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
        for number, level in enumerate(starts, start=2)
    )
