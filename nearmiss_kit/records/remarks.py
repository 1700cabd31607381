"""What is remarked while records are read: where, what, and whether the row was kept."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

_ROWS = re.compile(r" \([\d,]+ rows: [^()]*\)$")
_ROWS_OF = re.compile(r" \([\d,]+ (rows): ([^()]*)\)$")
MOST_RANGES = 12  # runs of rows named in one remark; a reader looks up no more than these


@dataclass(frozen=True)
class Remark:
    """Something to know about a row or file: where, what, and whether the row was kept."""

    file: str
    row: int | None
    column: str
    text: str
    kept: bool
    sheet: str = ""

    def __str__(self) -> str:
        place = [self.file, f"sheet “{self.sheet}”" if self.sheet else "", f"row {self.row}" if self.row else ""]
        return f"{', '.join(filter(None, place))}: {self.text}"


@dataclass
class RemarkBook:
    """Remarks as they are made; those that fall on many rows become one remark that names the rows."""

    remarks: list[Remark] = field(default_factory=list)
    _rows: dict[tuple[str, str, str, str], list[int]] = field(default_factory=lambda: defaultdict(list))

    def note(self, file: str, text: str, *, kept: bool, sheet: str = "", row: int | None = None, column: str = "") -> None:
        """Remark on a file, a sheet or one row."""
        self.remarks.append(Remark(file, row, column, text, kept, sheet))

    def note_row(self, file: str, sheet: str, row: int, column: str, text: str) -> None:
        """Remark on a kept row; the same remark on other rows joins it."""
        self._rows[file, sheet, column, text].append(row)

    def close(self) -> tuple[Remark, ...]:
        """Every remark: first those on one place, then those on many rows, each with its rows."""
        many = []
        for (file, sheet, column, text), rows in self._rows.items():
            alone = len(rows) == 1
            words = text if alone else f"{text} ({len(rows):,} rows: {list_ranges(rows)})"
            many.append(Remark(file, rows[0] if alone else None, column, words, True, sheet))
        return (*self.remarks, *many)


def say_remarks(remarks: Iterable[Remark]) -> list[str]:
    """Remarks as lines for people: what was said of several files is said once, with the rows of each."""
    places: dict[str, list[Remark]] = {}
    for remark in remarks:
        text = _ROWS.sub("", remark.text) if remark.kept else str(remark)
        places.setdefault(text, []).append(remark)
    return [str(same[0]) if len(same) == 1 else _say_together(text, same) for text, same in places.items()]


def _say_together(text: str, remarks: list[Remark]) -> str:
    named = [
        _ROWS_OF.sub(r", \1 \2", str(remark).replace(f": {_ROWS.sub('', remark.text)}", "")) for remark in remarks[:MOST_RANGES]
    ]
    more = " and others" if len(remarks) > MOST_RANGES else ""
    return f"{len(remarks)} places: {text} ({'; '.join(named)}{more})"


def list_ranges(rows: list[int]) -> str:
    """Row numbers as people write them: 2–5, 9."""
    runs: list[list[int]] = []
    for row in sorted(set(rows)):
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    named = [str(first) if first == last else f"{first}–{last}" for first, last in runs[:MOST_RANGES]]
    return ", ".join(named) + (" and others" if len(runs) > MOST_RANGES else "")
