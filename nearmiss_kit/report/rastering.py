"""A picture of a page (SVG, drawn once by charts.py or a template) as PNG, because Word cannot be trusted with SVG."""

import base64
import struct
from functools import lru_cache
from xml.etree.ElementTree import Element, tostring

DOTS_PER_INCH = 96  # of the picture itself
SHARPNESS = 2  # dots on paper for each of them: 192 to the inch
EMU_PER_DOT = 9525 // SHARPNESS
_PICTURES_KEPT = 128


@lru_cache(maxsize=_PICTURES_KEPT)
def raster_picture(source: str) -> tuple[bytes, int, int]:
    """The PNG of an SVG data URI, and how far it goes across and down in EMU. The same picture gives the same bytes."""
    _, _, data = source.partition("base64,")
    return _raster(base64.b64decode(data).decode("utf-8"))


def raster_drawing(drawing: Element, size: int) -> tuple[bytes, int, int]:
    """The PNG of an <svg> element that stands in the page, `size` pixels across and down, with its size in EMU."""
    copy = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "width": str(size), "height": str(size)})
    copy.attrib |= {"viewBox" if name == "viewbox" else name: value for name, value in drawing.attrib.items()}
    copy.extend(drawing)
    return _raster(tostring(copy, encoding="unicode"))


def _raster(svg: str) -> tuple[bytes, int, int]:
    import resvg_py  # only a Word document needs it

    png = bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=SHARPNESS, dpi=DOTS_PER_INCH, skip_system_fonts=True))
    across, down = struct.unpack(">II", png[16:24])  # the head of every PNG
    return png, across * EMU_PER_DOT, down * EMU_PER_DOT
