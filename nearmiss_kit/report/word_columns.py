"""How wide the columns of a table are on paper, worked out from the words in them so that no word is cut."""

from dataclasses import dataclass
from math import sqrt

_LETTER = 6  # twips for each half point of the type: a bold letter in a word of wide ones
_EDGES = 190  # twips left and right of the words of a cell
_LONGEST_WORD = 24  # letters; a longer one may break
_MOST = 400  # letters of a cell that ask for room; a longer text just grows downwards
_ROUNDS = 4  # of giving room that a column does not want to the others


@dataclass(frozen=True)
class CellText:
    """What a cell asks of its column: its words, whether they may break, and how many columns it covers."""

    text: str
    unbroken: bool = False
    spans: int = 1


def set_columns(rows: list[list[CellText]], *, half_points: int, upright: int, across: int) -> tuple[list[int], bool]:
    """The widths of the columns in twips, and whether the table needs paper that lies across to have its words whole.

    `half_points` is the size of the type; `upright` and `across` are how much room either way of the paper has.
    """
    letter = _LETTER * half_points
    number = max(sum(cell.spans for cell in row) for row in rows)
    least, wanted = [_EDGES] * number, [_EDGES] * number
    for row in rows:
        place = 0
        for cell in row:
            if cell.spans == 1:
                letters = len(cell.text) if cell.unbroken else max(map(len, cell.text.split()), default=0)
                least[place] = max(least[place], _EDGES + letter * min(letters, _LONGEST_WORD))
                wanted[place] = max(wanted[place], _EDGES + letter * min(len(cell.text), _MOST))
            place += cell.spans
    turned = sum(least) > upright
    return _share_room(least, wanted, across if turned else upright), turned


def _share_room(least: list[int], wanted: list[int], room: int) -> list[int]:
    """Each column what it needs; of the room left, more to those that want more, by the root of it."""
    if sum(least) >= room:
        return [width * room // sum(least) for width in least]
    widths = list(least)
    for _ in range(_ROUNDS):
        lacking = [sqrt(max(0, want - width)) for want, width in zip(wanted, widths, strict=True)]
        spare = room - sum(widths)
        if not any(lacking) or spare <= 0:
            break
        widths = [min(max(want, width), width + int(spare * lack / sum(lacking)))
                  for want, width, lack in zip(wanted, widths, lacking, strict=True)]  # fmt: skip
    return widths
