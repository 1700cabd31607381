"""A page of ours as a tree of its elements, exactly as the template wrote it."""

from html.parser import HTMLParser
from xml.etree.ElementTree import Element, TreeBuilder

_NEVER_CLOSED = frozenset(("br", "img", "meta", "link", "hr", "input"))


def read_page(html: str) -> Element:
    """The <html> element of a page. Raises ValueError where an element is not closed, which no page of ours may do."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.builder.close()


def list_classes(element: Element) -> list[str]:
    """The classes of an element, in the order they stand."""
    return (element.get("class") or "").split()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.builder = TreeBuilder()
        self._depth = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.builder.start(tag, {name: value or "" for name, value in attributes})
        self._depth += 1
        if tag in _NEVER_CLOSED:
            self.handle_endtag(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        if tag not in _NEVER_CLOSED:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        closed = self.builder.end(tag)
        self._depth -= 1
        if closed.tag != tag:
            raise ValueError(f"line {self.getpos()[0]} of the page closes <{tag}> where <{closed.tag}> is open")

    def handle_data(self, data: str) -> None:
        if self._depth:  # what stands behind the page is the line end of the file
            self.builder.data(data)
