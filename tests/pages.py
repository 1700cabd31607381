"""What tests read in a page: its elements in order, their attributes, and the text of its cells."""

from html.parser import HTMLParser

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


class Elements(HTMLParser):
    """Every element of a page with its attributes, and the text of the cells that count."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict]] = []
        self.cells: list[str] = []
        self._pieces: list[str] = []
        self._in_cell = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "td" and "count" in (dict(attrs).get("class") or "").split():
            self._in_cell = True
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        self._in_cell = self._in_cell and tag != "td"

    def handle_data(self, data: str) -> None:
        self._pieces.append(data)
        if self._in_cell:
            self.cells[-1] += data

    @property
    def text(self) -> str:
        """All words of the page."""
        return "".join(self._pieces)

    @property
    def shape(self) -> list[tuple[str, str, str]]:
        """The elements by name, class and id: what a page is made of, whatever its words."""
        return [(tag, attributes.get("class", ""), attributes.get("id", "")) for tag, attributes in self.elements]

    @property
    def ids(self) -> list[str]:
        """The ids of the page in order."""
        return [attributes["id"] for _, attributes in self.elements if "id" in attributes]

    @property
    def lost_links(self) -> list[str]:
        """Links that lead to no place in the page."""
        links = [attributes["href"] for tag, attributes in self.elements if tag == "a"]
        return [link for link in links if link[0] != "#" or link[1:] not in self.ids]
