"""Whether a tagged thing happened: affirmed, negated, historical, hypothetical or uncertain, and the cue that says so.

A first step in the manner of NegEx and ConText (Chapman et al. 2001; Harkema et al. 2009): cue words with a
direction and a reach, ended by stop words. What grammar gets wrong in care records (negated good things,
omissions, "nearly") is listed in lexicons/assertion.yaml.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass

from spacy.tokens import Doc

from nearmiss_kit.tagging.lexicon import AssertionRules
from nearmiss_kit.tagging.matcher import Cue, Hit
from nearmiss_kit.tagging.terms import list_phrases

ASSERTIONS = ("affirmed", "negated", "historical", "hypothetical", "uncertain")
# Where cues disagree, the first of these wins (the guideline's order of precedence).
_PRECEDENCE = ("affirmed", "negated", "hypothetical", "historical", "uncertain")
# A heading stands at the start of a line or sentence, begins with a capital and ends with a colon or question mark.
_HEADING = re.compile(r"(?:^|\n|(?<=[.!?] ))[ •*\-\d.]*(?P<heading>[A-Z][A-Za-z /'()]{1,40}?) ?(?P<mark>[:?])(?=\s|$)")
_BLANK_LINE = re.compile(r"\n[ ]*\n")
_LIST_WORDS = frozenset({"or", "nor"})


@dataclass(frozen=True)
class Judgement:
    """An assertion and the words of the cue that set it."""

    assertion: str
    cue: str


class Headings:
    """The headings of one narrative; `at(place)` gives the assertion and the words of the heading a place stands under.

    A heading holds to the next heading or blank line. An unknown heading ends the one before it and sets nothing.
    """

    def __init__(self, plain_text: str, known: dict[str, str]) -> None:
        self._marks = [(0, "", "")]
        for match in _HEADING.finditer(plain_text):
            heading = match["heading"].strip()
            sets = known.get(heading.lower(), "")
            if sets or match["mark"] == ":":
                self._marks.append((match.start("heading"), sets, heading))
        self._marks += [(match.end(), "", "") for match in _BLANK_LINE.finditer(plain_text)]
        self._marks.sort()

    def at(self, place: int) -> tuple[str, str]:
        """Assertion and heading ("" and "" for none) at a place in code points."""
        index = bisect_right(self._marks, place, key=lambda mark: mark[0]) - 1
        return self._marks[index][1:]


def list_headings(rules: AssertionRules) -> dict[str, str]:
    """Every known heading, in lower case, with the assertion it sets."""
    return {
        heading: sets
        for sets, expressions in rules.headings.items()
        for expression in expressions
        for heading in list_phrases(expression, {})
    }


def judge_assertion(doc: Doc, hit: Hit, cues: list[Cue], reach: int) -> Judgement | None:
    """What the cues of its sentence make of a hit; None where no cue reaches it."""
    ignored = [cue for cue in cues if cue.sets == "nothing"]
    stops = [cue for cue in cues if cue.sets == "stop" and not _inside_any(cue, ignored)]
    reaching = [
        cue
        for cue in cues
        if cue.sets in _PRECEDENCE
        and not _overlaps(cue, hit)
        and not _inside_any(cue, ignored)
        and not _inside_affirming(cue, cues)
        and _reaches(doc, cue, hit, stops, reach)
    ]
    for assertion in _PRECEDENCE:
        for cue in reaching:
            if cue.sets == assertion:
                return Judgement(assertion, doc[cue.start : cue.end].text)
    return None


def _overlaps(cue: Cue, hit: Hit) -> bool:
    return cue.start < hit.end and hit.start < cue.end


def _inside_any(cue: Cue, others: list[Cue]) -> bool:
    return any(other.start <= cue.start and cue.end <= other.end for other in others if other is not cue)


def _inside_affirming(cue: Cue, cues: list[Cue]) -> bool:
    return cue.sets != "affirmed" and _inside_any(cue, [other for other in cues if other.sets == "affirmed"])


def _reaches(doc: Doc, cue: Cue, hit: Hit, stops: list[Cue], reach: int) -> bool:
    if cue.reaches == "forward":
        start, end = cue.end, hit.start
    else:
        start, end = hit.end, cue.start
    if not 0 <= end - start <= reach:
        return False
    if any(start <= stop.start < end for stop in stops):
        return False
    between = doc[start:end]
    commas = [token.i for token in between if token.text in {",", "-", ":"}]
    return not commas or (cue.sets == "negated" and cue.reaches == "forward" and _is_list(doc, cue, hit))


def _is_list(doc: Doc, cue: Cue, hit: Hit) -> bool:
    after = doc[cue.end : min(hit.end + 6, len(doc))]
    return any(token.lower_ in _LIST_WORDS for token in after)
