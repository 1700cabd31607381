"""What other programs left inside cells, taken out: web marks, Excel's line ends, old quotation marks, empty characters."""

import html
import re
from collections.abc import Callable
from html.parser import HTMLParser

# Marks of layout, which programs put around what people wrote; anything else in angle brackets is somebody's text.
_LAYOUT = frozenset([
    "p", "br", "div", "span", "b", "i", "u", "em", "strong", "font", "ul", "ol", "li", "table", "tbody", "thead",
    "tr", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "sup", "sub", "hr",
])  # fmt: skip
_UNCLOSED = frozenset({"p", "br", "hr", "li", "tr", "td", "th"})  # layout that need not be closed
_MANNERS = frozenset([
    "style", "class", "align", "valign", "dir", "lang", "face", "size", "color", "width", "height", "border",
    "cellpadding", "cellspacing", "colspan", "rowspan",
])  # fmt: skip
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]*)?/?>")
_LINE_TAG = re.compile(r"<br\s*/?>|</(?:p|div|li|tr|h[1-6]|blockquote)\s*>", re.IGNORECASE)
# Never less-than and greater-than: written out, they would make marks of what somebody wrote.
_NAMED = "nbsp|amp|quot|apos|rsquo|lsquo|ldquo|rdquo|ndash|mdash|hellip|pound|bull|eacute|#39|#160|#821[1267]|#822[01]|#8230|#163"
_ENTITY = re.compile(rf"&(?:{_NAMED});", re.IGNORECASE)
_EXCEL_LINE_END = re.compile(r"_x000[Dd]_(?:\r?\n)?")
_OLD_MARKS = re.compile(r"[\x80-\x9f]")
_TWICE_READ = re.compile(r"â€[\u2122\u0153\u009d\u02dc\u201c\u201d\u00a6\u00a2]|Â[£ \u00a0°½]|Ã[©¨¡¯]")
_LIST_MARK = re.compile(r";#(?:\d+;#)?")
# One look that tells whether anything of this can be in a text at all.
_SUSPECT = re.compile(r"_x000[Dd]_|<[a-zA-Z/!]|&[a-zA-Z#]|[\x00\x80-\x9f]|â€|Â|Ã|;#")
_SIGNS = ("_x000", "<", "&", "\x00", "â€", "Â", "Ã", ";#")  # without one of these, or an old mark, nothing of this is there


def find_suspects(cells: list[str]) -> list[int]:
    """The places of the cells of a column that may hold something to take out; a clean column is looked at as one text."""
    together = "\n".join(cells)
    if not any(map(together.__contains__, _SIGNS)) and (together.isascii() or not _OLD_MARKS.search(together)):
        return []
    return [place for place, cell in enumerate(cells) if _SUSPECT.search(cell)]


def clean_text(text: str, *, letters: bool) -> tuple[str, list[str]]:
    """The text without what programs left in it, and in words what was done. Most texts come back as they are.

    `letters` says whether letters that were written in one way and read in another are put right, too.
    """
    if not _SUSPECT.search(text):
        return text, []
    done = []
    for step, what in (*_LETTER_STEPS, *_STEPS) if letters else _STEPS:
        cleaned = step(text)
        if cleaned != text:
            text = cleaned
            done.append(what)
    return text, done


def _mend_twice_read(text: str) -> str:
    def mend(found: re.Match[str]) -> str:
        letters = found[0]
        data = b"".join(bytes([ord(one)]) if 0x80 <= ord(one) <= 0x9F else one.encode("cp1252") for one in letters)
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            return letters

    return _TWICE_READ.sub(mend, text)


def _mend_old_marks(text: str) -> str:
    return _OLD_MARKS.sub(lambda found: bytes([ord(found[0])]).decode("cp1252", "ignore") or found[0], text)


def _take_out_tags(text: str) -> str:
    if not _is_laid_out(text):
        return text
    text = _TAG.sub("", _LINE_TAG.sub("\n", text))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _is_laid_out(text: str) -> bool:
    """Whether a program laid a text out as a web page: marks of layout only, each closed. Whatever else looks like a mark stays."""
    if not _TAG.search(text):
        return False
    reader = _LayoutReader()
    reader.feed(text)
    reader.close()
    return reader.holds and not reader.open


class _LayoutReader(HTMLParser):
    """Follows marks as long as they are nothing but layout."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.holds, self.open = True, []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.holds &= tag in _LAYOUT and {name for name, _ in attrs} <= _MANNERS
        if tag not in _UNCLOSED:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.holds &= tag in _LAYOUT and {name for name, _ in attrs} <= _MANNERS

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            self.open.remove(tag)
        else:
            self.holds &= tag in _UNCLOSED

    def handle_comment(self, data: str) -> None:
        self.holds = False

    def handle_decl(self, decl: str) -> None:
        self.holds = False

    def handle_pi(self, data: str) -> None:
        self.holds = False


def _write_out_entities(text: str) -> str:
    def write(found: re.Match[str]) -> str:
        letter = html.unescape(found[0]).replace("\xa0", " ")
        return "" if letter == "\x00" else letter

    return _ENTITY.sub(write, text)


_LETTER_STEPS: tuple[tuple[Callable[[str], str], str], ...] = (
    (_mend_twice_read, "letters that were read twice (like â€™) were put right"),
    (_mend_old_marks, "marks of old Windows were put right"),
)
_STEPS: tuple[tuple[Callable[[str], str], str], ...] = (
    (lambda text: text.replace("\x00", ""), "empty characters (NUL) were taken out"),
    (lambda text: _EXCEL_LINE_END.sub("\n", text), "Excel's mark for a line end (_x000D_) became a line end"),
    (_take_out_tags, "web marks (HTML) were taken out"),
    (_write_out_entities, "web letters (like &amp;) were written out"),
    (
        lambda text: _LIST_MARK.sub("; ", text).strip("; ") if _LIST_MARK.search(text) else text,
        "the marks between choices (;#) became “;”",
    ),
)
