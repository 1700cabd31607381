"""What other programs left inside cells, taken out: web marks, Excel's line ends, old quotation marks, empty characters."""

import html
import re
from collections.abc import Callable

_TAGS = "p|br|div|span|b|i|u|em|strong|font|ul|ol|li|table|tbody|thead|tr|td|th|a|h[1-6]|blockquote|sup|sub|img|hr|o:p"
_TAG = re.compile(rf"</?(?:{_TAGS})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_UNSEEN = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_LINE_TAG = re.compile(r"<br\s*/?>|</(?:p|div|li|tr|h[1-6]|blockquote)\s*>", re.IGNORECASE)
_NAMED = "nbsp|amp|lt|gt|quot|apos|rsquo|lsquo|ldquo|rdquo|ndash|mdash|hellip|pound|bull|eacute|#\\d{1,6}|#x[0-9a-f]{1,5}"
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
    if not _TAG.search(text) and not _UNSEEN.search(text):
        return text
    text = _TAG.sub("", _LINE_TAG.sub("\n", _UNSEEN.sub("", text)))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


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
