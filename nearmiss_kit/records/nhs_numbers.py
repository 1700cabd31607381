"""NHS numbers in running text: ten digits in any layout whose last digit is the right check digit."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise

from stdnum.gb import nhs

# What people and systems put between the digits of one number: any space, joiner, dot, dash, slash or bracket.
_GAP = r"[\s.,/|_·•:+*~()\-\u00ad\u200b-\u200f\u2010-\u2015\u2060\u2212\ufeff]"
_DIGIT_RUN = re.compile(rf"(?<!\d)\d+(?:{_GAP}{{1,4}}\d+)*")
_GROUP = re.compile(r"\d+")
_USUAL_GROUPS = ([10], [3, 3, 4], [1] * 10, [5, 5], [3, 7], [6, 4])
_LIST_OR_DATE = re.compile(r",|(?<!\d)[0-3]?\d[/.\- ][01]?\d[/.\- ](?:19|20)\d\d(?!\d)|(?<!\d)(?:19|20)\d\d-[01]\d-[0-3]\d(?!\d)")
_TIME = re.compile(r"\d:\d|(?<!\d)[0-2]\d\.[0-5]\d(?!\d)")
_SAYS_NHS = re.compile(r"\bNHS\W{0,3}(?:n[o0umber.]*|#|id)?\W*(?:is\W*)?$", re.IGNORECASE)
_LONGEST_LABEL = 30  # characters before a number in which “NHS number is:” must stand


@dataclass(frozen=True)
class TenDigits:
    """Ten digits that begin and end with a group of a run: their place, whether the layout is a usual one, and the check.

    `even` says that one and the same separator stands between all groups. `alone` that nothing else stands in the run.
    """

    start: int
    end: int
    usual: bool
    even: bool
    alone: bool
    valid: bool

    def meets(self, start: int, end: int) -> bool:
        """Whether a passage shares a character with the ten digits."""
        return start < self.end and self.start < end


def find_ten_digits(text: str) -> list[TenDigits]:
    """Every ten digits that may be meant as an NHS number, right or wrong; those of one run may overlap.

    The usual layouts (3 3 4, 5 5, 3 7, 6 4, single digits, none) count anywhere in a run. Others count where one separator
    is kept, where nothing else stands in the run, or behind the letters NHS, unless they hold a list, a date or a time.
    """
    return [ten for run in _DIGIT_RUN.finditer(text) if len(run[0]) >= 10 for ten in _read_run(text, *run.span())]


def find_nhs_numbers(tens: list[TenDigits]) -> Iterator[tuple[int, int]]:
    """Start and end of the valid ones. A usual, even layout is what was written: digits across it are no number."""
    written = [ten for ten in tens if ten.usual and ten.even]
    for ten in tens:
        if ten.valid and (ten in written or not any(ten.meets(other.start, other.end) for other in written)):
            yield ten.start, ten.end


def _read_run(text: str, start: int, end: int) -> Iterator[TenDigits]:
    groups = [match.span() for match in _GROUP.finditer(text, start, end)]
    lengths = [last - first for first, last in groups]
    for first in range(len(groups)):
        totals = list(accumulate(lengths[first : first + 10]))
        if 10 not in totals:
            continue
        last = first + totals.index(10)
        chosen = groups[first : last + 1]
        ten = _describe(text, chosen, lengths[first : last + 1], alone=len(chosen) == len(groups))
        if ten.usual or _is_plausible(text, ten):
            yield ten


def _describe(text: str, groups: list[tuple[int, int]], lengths: list[int], *, alone: bool) -> TenDigits:
    gaps = {text[left[1] : right[0]] for left, right in pairwise(groups)}
    digits = "".join(str(int(digit)) for first, last in groups for digit in text[first:last])
    return TenDigits(groups[0][0], groups[-1][1], lengths in _USUAL_GROUPS, len(gaps) < 2, alone, nhs.is_valid(digits))


def _is_plausible(text: str, ten: TenDigits) -> bool:
    if _SAYS_NHS.search(text[max(0, ten.start - _LONGEST_LABEL) : ten.start]):
        return True
    written = text[ten.start : ten.end]
    return (ten.even or (ten.alone and not _TIME.search(written))) and not _LIST_OR_DATE.search(written)
