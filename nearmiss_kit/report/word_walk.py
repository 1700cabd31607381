"""A walk through a page, from its first element to its last, that leaves the paragraphs and tables of a Word document."""

import re
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from nearmiss_kit.report.page_tree import list_classes
from nearmiss_kit.report.rastering import raster_drawing, raster_picture
from nearmiss_kit.report.unseen import draw_unseen
from nearmiss_kit.report.word_columns import CellText, set_columns
from nearmiss_kit.report.word_pieces import (
    EMU_PER_TWIP,
    LANDSCAPE,
    LIST_STEP,
    PORTRAIT,
    Cell,
    Paragraph,
    Picture,
    Words,
    end_turns,
    write_section,
    write_table,
)  # fmt: skip

_UNSHOWN = ("style", "script", "template")
_BLOCKS = frozenset(
    [
        "div",
        "header",
        "footer",
        "main",
        "nav",
        "section",
        "article",
        "dl",
        "dt",
        "dd",
        "p",
        "blockquote",
        "figure",
        "figcaption",
        "details",
        "summary",
        "h1",
        "h2",
        "h3",
        "h4",
    ]
)
_STYLES = {
    "h1": "Heading1", "h2": "Heading2", "h3": "Heading3", "h4": "Heading3", "blockquote": "Quote", "figcaption": "FigureTitle",
    "summary": "Term", "dt": "Term", "footer": "Soft",
}  # fmt: skip
_STYLES_OF_CLASSES = {
    "kicker": "Kicker", "lede": "Lede", "banner": "Banner", "first": "Banner", "where": "Where", "soft": "Soft", "trust": "Soft",
    "codes": "Soft", "definition": "Soft",
}  # fmt: skip
_STYLES_IN_CELLS = {"Normal": "TableText", "Soft": "TableSoft"}
_STAYS_WITH_NEXT = ("Heading1", "Heading2", "Heading3", "FigureTitle", "Term", "Where")
_WORD_STYLES = {"mark": "Marked", "state": "State", "soft": "SoftWords"}
_TALLEST = 11_500  # twips; a picture leaves room on the page for its title
_SHAPE_ON_CARD = 136  # pixels, 3.6 cm
_GAP = 110  # twips between cards
_CARDS_ABREAST = 2
_CARD_COLOURS = {"tick": "1F7A3A", "cross": "B3261E", "stop": "B3261E", "wave": "B7860B"}
_PICTURE_ROOM = 3200  # twips across for a picture that people put in
_PICTURE_HEIGHT, _CARD_HEIGHT = 2300, 3600
_SPACE = re.compile("[ \t\n\r\f]+")


@dataclass(frozen=True)
class _Place:
    """Where words stand: the style of their paragraph, their own look, how deep in lists, and how wide the room is."""

    style: str = "Normal"
    words: Words = Words("")  # noqa: RUF009 (it is frozen)
    depth: int = 0
    width: int = PORTRAIT
    in_cell: bool = False


class Walk:
    """One walk through one page. `blocks` are the paragraphs and tables so far, `pieces` the words of the paragraph still open.

    `half_points` is the size of the type. `pictures` are the PNG files and `lists` the level of every ordered list, as the document will number them.
    """

    def __init__(self, page: Element, *, half_points: int) -> None:
        self.pictures: list[bytes] = []
        self.lists: list[int] = []
        self._page, self._half_points = page, half_points
        self._places = _name_places(page)
        self._blocks: list[Paragraph | str] = []
        self._pieces: list[Words | Picture] = []
        self._arrived: list[str] = []  # ids that were met and wait for the next paragraph
        self._number: tuple[int, int] | None = None  # of a list item that is about to begin
        self._on_new_page = False
        self._drawn = 0

    def write_body(self) -> str:
        """The whole page as the body of a document."""
        self._walk(self._page.find("body"), _Place())
        self._end_paragraph(_Place())
        return "".join(map(_set_block, self._blocks)) + write_section("portrait")

    def _walk(self, element: Element, place: _Place) -> None:
        self._say(element.text, place)
        for child in element:
            self._meet(child, place)
            self._say(child.tail, place)

    def _meet(self, child: Element, place: _Place) -> None:
        classes = list_classes(child)
        if child.tag in _UNSHOWN or "skip" in classes:
            return
        if child.tag in ("ul", "ol"):
            self._write_list(child, place)
        elif child.tag == "table":
            self._write_table(child, place)
        elif child.tag in ("img", "svg"):
            self._draw(child, place)
        elif child.tag == "br":
            self._pieces.append(Words("\n", kept=True))
        elif child.tag in _BLOCKS or "definition" in classes:
            self._write_block(child, place)
        else:
            self._arrive(child)
            self._walk(child, self._look_at(child, place))

    def _write_block(self, element: Element, place: _Place) -> None:
        """An element that begins on a line of its own: whatever was open ends before it, and it ends before what follows."""
        self._end_paragraph(place)
        self._arrive(element)
        if element.tag == "nav" and element.get("aria-label"):
            self._say(element.get("aria-label"), place)
            self._end_paragraph(replace(place, style="Term"))
        inside = self._look_at(element, place)
        self._walk(element, inside)
        self._end_paragraph(inside)
        self._on_new_page = self._on_new_page or "first-page" in list_classes(element)

    def _write_list(self, element: Element, place: _Place) -> None:
        self._end_paragraph(place)
        self._arrive(element)
        classes = list_classes(element)
        if "cards" in classes:
            self._write_cards(element, place)
        elif "easy-lines" in classes:
            self._write_picture_lines(element, place)
        else:
            number = self._begin_numbers(place.depth) if element.tag == "ol" else 1
            for item in element:
                self._number = (number, place.depth)
                self._write_block(item, replace(place, style="ListParagraph", depth=place.depth + 1))
                self._number = None

    def _begin_numbers(self, depth: int) -> int:
        self.lists.append(depth)
        return len(self.lists) + 1  # 1 is the number of every list with bullets

    def _look_at(self, element: Element, place: _Place) -> _Place:
        """The place inside an element, by its name and its classes."""
        names = (element.tag, *list_classes(element))
        words, style = place.words, _STYLES.get(element.tag, place.style)
        if element.tag in _BLOCKS or "definition" in names:
            style = next((_STYLES_OF_CLASSES[name] for name in names if name in _STYLES_OF_CLASSES), style)
        elif look := next((_WORD_STYLES[name] for name in names if name in _WORD_STYLES), ""):
            words = replace(words, style=look)
        if {"strong", "b", "card"} & set(names):
            words = replace(words, bold=True)
        if {"definition", "picture-note"} & set(names):
            words = replace(words, bold=False)
        if {"blockquote", "said"} & set(names):
            words = replace(words, kept=True)
        if link := self._places.get(element.get("href", "").removeprefix("#")):
            words = replace(words, link=link, style="Hyperlink")
        return replace(place, style=style, words=words)

    def _arrive(self, element: Element) -> None:
        if element.get("id") in self._places:
            self._arrived.append(self._places[element.get("id")])

    def _say(self, text: str | None, place: _Place) -> None:
        if text:
            self._pieces.append(replace(place.words, text=end_turns(draw_unseen(text))))

    def _end_paragraph(self, place: _Place) -> None:
        """Close the paragraph that is open; where no word stands in it there is none."""
        pieces, self._pieces = settle_spaces(self._pieces), []
        if not pieces:
            return
        style = _STYLES_IN_CELLS.get(place.style, place.style) if place.in_cell else place.style
        made = Paragraph(style, pieces, number=self._number, indent=place.depth * LIST_STEP, on_new_page=self._on_new_page)
        made.bookmarks = tuple((int(name.rpartition("_")[2]), name) for name in self._arrived)
        made.after_table = bool(self._blocks) and isinstance(self._blocks[-1], str)
        self._blocks.append(made)
        self._number, self._on_new_page, self._arrived = None, False, []

    def _draw(self, element: Element, place: _Place) -> None:
        if element.tag == "svg" and not len(element):
            return  # room for a picture of one's own
        png, across, down = (
            raster_picture(element.get("src")) if element.tag == "img" else raster_drawing(element, _SHAPE_ON_CARD)
        )
        shrunk = min(1, place.width * EMU_PER_TWIP / across, _TALLEST * EMU_PER_TWIP / down)
        if png not in self.pictures:
            self.pictures.append(png)
        self._drawn += 1
        size = (int(across * shrunk), int(down * shrunk))
        self._pieces.append(Picture(self._drawn, self.pictures.index(png) + 1, *size, draw_unseen(element.get("alt", ""))))

    def _write_table(self, table: Element, place: _Place) -> None:
        """A table of facts, under its caption; where its columns do not fit, on paper that lies across."""
        self._end_paragraph(place)
        self._arrive(table)
        begin, caption = len(self._blocks), table.find("caption")
        if caption is not None:
            self._write_block(caption, replace(place, style="Caption"))
        rows = [list(row) for row in table.iter("tr")]
        widths, turned = set_columns(
            [list(map(_read_cell, row)) for row in rows], half_points=self._half_points, upright=PORTRAIT, across=LANDSCAPE
        )
        cells = [self._write_cells(row, widths, place) for row in rows]
        says = "" if caption is None else _read_text(caption)
        self._blocks.append(write_table(cells, widths, says=says, headings=len(table.findall("thead/tr"))))
        if turned:
            self._turn_paper(begin)

    def _write_cells(self, row: list[Element], widths: list[int], place: _Place) -> list[Cell]:
        made, column = [], 0
        for cell in row:
            spans = int(cell.get("colspan", "1"))
            width = sum(widths[column : column + spans])
            bold = replace(place.words, bold=cell.tag == "th")
            content = self._write_inside(cell, _Place(words=bold, width=width, in_cell=True))
            made.append(Cell(content, width, spans, letters=len(_read_text(cell))))
            column += spans
        return made

    def _write_inside(self, element: Element, place: _Place) -> str:
        """The paragraphs inside an element, as the content of a cell."""
        outside, self._blocks = self._blocks, []
        self._arrive(element)
        inside = self._look_at(element, place)
        self._walk(element, inside)
        self._end_paragraph(inside)
        inside, self._blocks = self._blocks, outside
        return "".join(map(_set_block, inside))

    def _turn_paper(self, begin: int) -> None:
        """Put the blocks from `begin` on, and the headings that belong to them, on paper that lies across."""
        while begin and isinstance(self._blocks[begin - 1], Paragraph) and self._blocks[begin - 1].style in _STAYS_WITH_NEXT:
            begin -= 1
        before = self._blocks[begin - 1] if begin else None
        if isinstance(before, Paragraph) and before.section == "landscape":
            del self._blocks[begin - 1]
        elif isinstance(before, Paragraph):
            before.section = "portrait"
        elif before:
            self._blocks.insert(begin, Paragraph("SectionEnd", section="portrait"))
        self._blocks.append(Paragraph("SectionEnd", section="landscape"))

    def _write_picture_lines(self, lines: Element, place: _Place) -> None:
        """Easy lines: room for a picture on the left, a sentence on the right."""
        widths = [_PICTURE_ROOM, place.width - _PICTURE_ROOM - 4 * _GAP]
        rows = []
        for line in lines:
            room, words = list(line)
            said = self._write_inside(room, replace(place, style="CardText", width=widths[0]))
            beside = self._write_inside(words, replace(place, width=widths[1]))
            rows.append([Cell(said, widths[0], border="dashed 12 4C5B60", centred=True), Cell(beside, widths[1], centred=True)])
        self._blocks.append(
            write_table(rows, widths, says="Room for pictures, and words beside each", gap=_GAP, height=_PICTURE_HEIGHT)
        )

    def _write_cards(self, cards: Element, place: _Place) -> None:
        """Cards to point at or cut out, each in a box of its own, two abreast."""
        width = (place.width - 4 * _GAP) // _CARDS_ABREAST
        made = [self._write_card(card, replace(place, style="CardText", width=width)) for card in cards]
        rows = [made[place : place + _CARDS_ABREAST] for place in range(0, len(made), _CARDS_ABREAST)]
        self._blocks.append(
            write_table(rows, [width] * _CARDS_ABREAST, says="Cards to answer with", gap=_GAP, height=_CARD_HEIGHT)
        )

    def _write_card(self, card: Element, place: _Place) -> Cell:
        colour = next((_CARD_COLOURS[name] for name in list_classes(card) if name in _CARD_COLOURS), "4C5B60")
        return Cell(self._write_inside(card, place), place.width, border=f"single 48 {colour}", centred=True)


def settle_spaces(pieces: list[Words | Picture]) -> list[Words | Picture]:
    """The pieces of a paragraph with spaces as a browser shows them: one for many, none at either end, unless they are kept."""
    settled: list[Words | Picture] = []
    for piece in pieces:
        if isinstance(piece, Words) and not piece.kept:
            text = _SPACE.sub(" ", piece.text)
            piece = replace(piece, text=text.lstrip(" ") if _ends_open(settled) else text)
        if isinstance(piece, Picture) or piece.text:
            settled.append(piece)
    while settled and isinstance(settled[-1], Words) and not settled[-1].kept:
        last = settled.pop()
        if last.text.rstrip(" "):
            return [*settled, replace(last, text=last.text.rstrip(" "))]
    return settled


def _ends_open(settled: list[Words | Picture]) -> bool:
    """Whether a space that follows would stand at the beginning of a line or behind another."""
    return not settled or (isinstance(settled[-1], Words) and settled[-1].text.endswith((" ", "\n")))


def _name_places(page: Element) -> dict[str, str]:
    """A bookmark for every id that a link leads to, in the order of the page."""
    wanted = {link.get("href", "").removeprefix("#") for link in page.iter("a")}
    ids = [element.get("id") for element in page.iter() if element.get("id") in wanted]
    return {place: f"place_{number}" for number, place in enumerate(ids, 1)}


def _set_block(block: Paragraph | str) -> str:
    return block if isinstance(block, str) else block.write()


def _read_cell(cell: Element) -> CellText:
    return CellText(_read_text(cell), "count" in list_classes(cell), int(cell.get("colspan", "1")))


def _read_text(element: Element) -> str:
    return _SPACE.sub(" ", draw_unseen("".join(element.itertext()))).strip(" ")
