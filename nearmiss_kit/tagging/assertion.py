"""Whether a tagged thing happened: affirmed, negated, historical, hypothetical or uncertain, and the cue that says so.

In the manner of NegEx and ConText (Chapman et al. 2001; Harkema et al. 2009): cues with a direction and a reach, ended by
words that begin another clause. A tag is affirmed unless a cue governs it. What grammar gets wrong in care records
(negated good things, omissions, "nearly") is listed in lexicons/assertion.yaml.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from nearmiss_kit.tagging.lexicon import AssertionRules
from nearmiss_kit.tagging.matcher import Cue
from nearmiss_kit.tagging.terms import list_phrases
from nearmiss_kit.tagging.words import Sentence

ASSERTIONS = ("affirmed", "negated", "historical", "hypothetical", "uncertain")
# Where cues disagree, the first of these wins (the guideline's order of precedence).
_PRECEDENCE = ("affirmed", "negated", "hypothetical", "historical", "uncertain")
# A heading stands at the start of a line or sentence, begins with a capital and ends with a colon or question mark.
# It is looked for behind a new line put before the text: a set of signs to begin with is found faster than the start of a text.
_HEADING = re.compile(r"[\n.!?](?:(?<=\n)| )[ •*\-\d.]*(?P<heading>[A-Z][A-Za-z /'()]{1,40}+)(?=(?P<mark>[:?])(?:\s|$))")
_REST_OF_LINE = re.compile(r"[ ]*[^ \n][^\n]*(?:\n[a-z][^\n]*)*")
_BLANK_LINE = re.compile(r"\n[ ]*\n")
_LIST_WORDS = frozenset({"or", "nor"})
_MOST_LIST_WORDS = 5  # words in one item of a list under one "no"; a longer run is a clause of its own
_AFTER, _BEFORE = frozenset({"backward", "next"}), frozenset({"forward", "list"})
_SHARED = frozenset({"of", "to", "for", "in"})  # what may end a cue and begin a term: "history of self-harm", "of self-harm"
_INSIDE = re.compile(r"[\w,]$")  # how the word before one inside a clause ends
_SHORT_QUESTION = 5  # words: "UTI again?" asks about the UTI; a longer question is read by its first word

Span = tuple[int, int]


@dataclass(frozen=True)
class Judgement:
    """An assertion and the words of the cue that set it."""

    assertion: str
    cue: str


class Headings:
    """The headings of one narrative; `at(place)` gives the assertion and the words of the heading a place stands under.

    A heading on a line of its own holds to the next heading or blank line, one with words behind it for that line, which
    goes on where the next begins with a small letter. An unknown heading ends the one before it and sets nothing.
    """

    def __init__(self, plain_text: str, known: dict[str, str]) -> None:
        self._marks = [(0, "", "")]
        for match in _HEADING.finditer("\n" + plain_text) if ":" in plain_text or "?" in plain_text else ():
            heading = match["heading"].strip()
            sets = known.get(heading.lower(), "")
            if sets or match["mark"] == ":":
                self._marks.append((match.start("heading") - 1, sets, heading))
                if line := _REST_OF_LINE.match(plain_text, match.end("mark") - 1):
                    self._marks.append((line.end(), "", ""))
        self._marks += [(match.end(), "", "") for match in _BLANK_LINE.finditer(plain_text)]
        self._marks.sort()

    def at(self, place: int) -> tuple[str, str]:
        """Assertion and heading ("" and "" for none) at a place in code points."""
        return self._marks[self.section(place) - 1][1:]

    def section(self, place: int) -> int:
        """The number of the section a place stands in: as many headings, or ends of headings, stand before it."""
        return bisect_right(self._marks, place, key=lambda mark: mark[0])


def list_headings(rules: AssertionRules) -> dict[str, str]:
    """Every known heading, in lower case, with the assertion it sets."""
    return {
        heading: sets
        for sets, expressions in rules.headings.items()
        for expression in expressions
        for heading in list_phrases(expression, {})
    }


def choose_cues(sentence: Sentence, cues: Iterable[Cue]) -> list[Cue]:
    """The cues of a sentence that count, in order of place.

    Where cues overlap, the one that starts first counts, of those the longest; but one that reads backward ("not given") leaves
    a shorter one in force that reads forward ("has not given notice"). A question counts as a cue where the sentence ends in
    a question mark and opens with a verb; long ago counts where nothing says that it still lasts.
    """
    cues = [cue for cue in cues if not cue.sets.startswith("voice")]
    lasts = any(cue.sets == "present" for cue in cues)
    asks = len(sentence) > 1 and sentence.word(len(sentence) - 1) == "?"
    chosen, longest = [], Cue("nothing", "nowhere", -1, -1)
    for cue in sorted(cues, key=lambda cue: (cue.start, -cue.end)):
        if (cue.start, cue.end) != (longest.start, longest.end):
            if cue.start >= longest.end:
                longest = cue
            elif cue.start > longest.start or longest.reaches != "backward" or cue.reaches not in _BEFORE:
                continue
        if cue.sets == "question":
            if asks and cue.start == 0:
                chosen.append(cue._replace(sets="uncertain", reaches="sentence"))
        elif lasts and (cue.sets, cue.reaches) == ("historical", "sentence"):
            continue
        elif cue.sets != "nothing" and not _is_late_mark(sentence, cue) and not _is_name(sentence, cue):
            chosen.append(cue)
    return chosen


def judge_assertion(
    sentence: Sentence, span: Span, cues: list[Cue], code: str, rules: AssertionRules, *, terms: list[Span]
) -> Judgement | None:
    """What the chosen cues of its sentence make of a term's span (words) and code; None where no cue reaches it.

    `terms` are the spans of all terms there: a "no" that is part of another one ("no handover") says nothing here.
    """
    others = [term for term in terms if term[1] <= span[0] or term[0] >= span[1]]
    reaching = [cue for cue in list_reaching(sentence, span, cues, rules) if not _is_part(cue, others)]
    return _judge(sentence, reaching, code, rules)


def list_reaching(sentence: Sentence, span: Span, cues: list[Cue], rules: AssertionRules) -> Iterator[Cue]:
    """The cues that reach a span, one by one."""
    for cue in cues:
        if (
            cue.sets in _PRECEDENCE
            and (cue.end <= span[0] or cue.start >= span[1] or _share_a_word(sentence, cue, span))
            and _reaches(sentence, cue, span, cues, rules)
        ):
            yield cue


def judge_sentence(sentence: Sentence, cues: list[Cue], code: str, rules: AssertionRules) -> Judgement | None:
    """What the chosen cues of a sentence make of a code proposed for the whole of it; None where none governs it.

    A cue governs a sentence where it is among its first words, or covers sentences and stands in the first clause. Only
    codes that readers do deny can be negated (rules.deniable).
    """
    first_stop = min((cue.start for cue in cues if cue.sets == "stop"), default=len(sentence))
    governing = [
        cue
        for cue in cues
        if cue.sets in _PRECEDENCE
        and cue.start < first_stop
        and (cue.reaches == "sentence" or cue.start < rules.opening)
        and (cue.sets != "negated" or code in rules.deniable)
    ]
    return _judge(sentence, governing, code, rules)


def _judge(sentence: Sentence, reaching: list[Cue], code: str, rules: AssertionRules) -> Judgement | None:
    """The strongest of the cues that reach; a threat sets nothing with the codes for which it is the thing itself."""
    if code in rules.threatened:
        reaching = [cue for cue in reaching if sentence.quote(cue.start, cue.end).lower() not in rules.threats]
    if not reaching:
        return None
    strongest = min(reaching, key=lambda cue: (_PRECEDENCE.index(cue.sets), cue.start))
    return Judgement(strongest.sets, sentence.quote(strongest.start, strongest.end))


def _is_late_mark(sentence: Sentence, cue: Cue) -> bool:
    is_mark = cue.end == len(sentence) == cue.start + 1 and sentence.word(cue.start) == "?"
    return is_mark and len(sentence) > _SHORT_QUESTION


def _is_name(sentence: Sentence, cue: Cue) -> bool:
    """Whether words that plan are written like names inside a clause: "on 2 May", "told Will", "in Case A"."""
    return cue.sets == "hypothetical" and any(
        sentence.word(place).istitle() and sentence.word(place) != "I" and _INSIDE.search(sentence.word(place - 1))
        for place in range(max(cue.start, 1), cue.end)
    )


def _is_part(cue: Cue, terms: list[Span]) -> bool:
    return cue.sets == "negated" and any(start <= cue.start and cue.end <= end for start, end in terms)


def _share_a_word(sentence: Sentence, cue: Cue, span: Span) -> bool:
    return cue.start < span[0] == cue.end - 1 and sentence.word(span[0]).lower() in _SHARED


def _reaches(sentence: Sentence, cue: Cue, span: Span, cues: list[Cue], rules: AssertionRules) -> bool:
    forward = cue.start < span[0]
    start, end = (cue.end, span[0]) if forward else (span[1], cue.start)
    if cue.reaches == "sentence":
        return not any(_ends_long_ago(sentence, other, forward) and start <= other.start < end for other in cues)
    if (cue.reaches in _AFTER) == forward or (cue.reaches == "next" and start < end):
        return False
    if end - start > (rules.reach if forward else rules.reach_back):
        return False
    if any(_ends_clause(other, cue) and start <= other.start < end for other in cues):
        return False
    breaks = [place for place in range(start, end) if sentence.word(place) in rules.breaks]
    return not breaks or (cue.reaches == "list" and _is_list(sentence, breaks, span, cue))


def _ends_clause(other: Cue, cue: Cue) -> bool:
    """Whether another mark ends the clause of a cue; its own subject ("if he …") does not, "and" does, but not of a list."""
    if other.sets == "subject":
        return other.start != cue.end
    return other.sets == "stop" or (other.sets == "and" and cue.sets == "negated" and cue.reaches != "list")


def _ends_long_ago(sentence: Sentence, other: Cue, forward: bool) -> bool:
    """Whether a mark holds up a cue of a whole sentence: a stop, or after the term the subject of a clause after a comma."""
    return other.sets == "stop" or (
        not forward and other.sets == "subject" and other.start > 0 and sentence.word(other.start - 1) == ","
    )


def _is_list(sentence: Sentence, breaks: list[int], span: Span, cue: Cue) -> bool:
    """Whether the words between are short items, and the list goes on to an "or" or "nor"."""
    edges = [cue.end, *breaks, span[0]]
    items_are_short = all(after - before <= _MOST_LIST_WORDS for before, after in pairwise(edges))
    return items_are_short and any(
        sentence.word(place).lower() in _LIST_WORDS for place in range(cue.end, min(span[1] + 6, len(sentence)))
    )
