"""Characters that no page or document can hold are drawn, so that people's words are shown whole."""

import re

from markupsafe import Markup

# What HTML cannot hold or a browser would not draw: control characters, half characters, and places that are no characters.
_UNDRAWN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(chr(plane * 0x10000 + last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
_PICTURES, _DELETE = 0x2400, 0x7F  # Unicode has a picture for each of the 33 oldest control characters


def draw_unseen(value: object) -> object:
    """Text with a picture (␛) or a number (⟨U+0085⟩) for each character that HTML cannot hold; anything else as it is.

    Line ends of all systems become one, as in any browser.
    """
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return _UNDRAWN.sub(_draw, value.replace("\r\n", "\n").replace("\r", "\n"))


def _draw(found: re.Match[str]) -> str:
    number = ord(found[0])
    if number < ord(" "):
        return chr(_PICTURES + number)
    return "␡" if number == _DELETE else f"⟨U+{number:04X}⟩"
