"""Initials that stand for a person: “K.M. refused”, “DP took over”, “told FJ”."""

import re
from collections.abc import Iterator

from nearmiss_kit.records.name_context import Around, Token
from nearmiss_kit.records.name_lists import CUES, WORDS, fold_name, is_form_of_word
from nearmiss_kit.records.passages import POSSIBLE, Passage

INITIALS = "initials used as a name"
_DOTTED = re.compile(r"(?<![\w.])(?:[A-Z]\.){2,3}(?!\w)")
_DEEDS = frozenset(
    pair
    for verb, behind in {
        "on": " ".join(CUES["on_shift"]),
        "fell": "asleep over off down out",
        "took": "over himself herself his her off",
        "went": "home sick upstairs downstairs to into out off",
        "had": "gone left forgotten slept fallen",
        "came": "downstairs upstairs home in on back",
        "was": "asleep upset tearful crying shouting anxious",
    }.items()
    for pair in ((verb, word) for word in behind.split())
)


def find_dotted_initials(text: str) -> Iterator[Passage]:
    """“K.M.” and “K.J.M.”, but for abbreviations."""
    for match in _DOTTED.finditer(text):
        if not _is_abbreviation(match) or _follows_role(text, match.start()):
            yield match.start(), match.end(), INITIALS, POSSIBLE


def _is_abbreviation(match: re.Match) -> bool:
    return match.group().replace(".", "").lower() in CUES["acronyms"] or match.group() in (
        "P.R.N.",
        "D.O.B.",
        "N.B.",
        "A.K.A.",
        "P.S.",
        "P.P.S.",
        "R.I.P.",
        "T.B.C.",
    )


def _follows_role(text: str, start: int) -> bool:
    """Whether the word before is what a person is called: “resident D.A.”"""
    before = text[:start].rstrip().rsplit(None, 1)[-1:]
    return bool(before) and before[0].lower() in CUES["initials_roles"]


def read_initials(text: str, tokens: list[Token], place: int, last: int) -> tuple[int, int, str, str] | None:
    """Two capital letters where a person would stand."""
    word = tokens[place][0]
    letters = word[:2]
    if not letters.isupper() or len(fold_name(word)) != 2:
        return None
    around = Around(text, tokens, place, place + 1)
    acts_behind_role = around.before in CUES["cared_for_or_staff"] and _acts(around)
    if letters.lower() in CUES["role_letters"]:
        return (place, place + 1, INITIALS, POSSIBLE) if acts_behind_role else None
    asked = around.next in ("said", "told", "asked", "rang", "says") or around.before in ("asked", "told", "rang")
    if letters.lower() in CUES["acronyms"]:
        labelled = around.labelled and around.before_label in CUES["people_labels"]
        acts = around.before in CUES["initials_roles"] and (around.next in CUES["speech"] or around.possessive)
        acts = acts or (letters.lower() not in CUES["bodies"] and _acts(around))
        return (place, place + 1, INITIALS, POSSIBLE) if asked or labelled or acts else None
    acts = (
        around.next in CUES["loose"] | {"to", "and"}
        or around.possessive
        or around.in_brackets
        or around.tail.startswith(" (chair")
        or _acts(around)
        or (around.opens and around.next_cased.islower() and (around.next in CUES["past"] or around.next.endswith("ed")))
    )
    spoken = around.before in CUES["told"] | CUES["roles"] | CUES["named"] | CUES["initials_before"] or around.labelled
    listed = (place - last == 1 and around.gap.strip() in (",", "/", "&", "+")) or around.tail.strip() == "&"
    return (
        (place, place + 1, INITIALS, POSSIBLE)
        if acts or spoken or listed or "re:" in text[max(0, tokens[place][1] - 4) : tokens[place][1]].lower()
        else None
    )


def _acts(around: Around) -> bool:
    """Whether a verb stands behind that only people do: “fell asleep”, “took over”, “scalded her hand”."""
    if not around.next_cased.islower():
        return False
    if around.next in CUES["sure_speech"] - {"feels", "hit", "says", "said"} or (around.next, around.next_two) in _DEEDS:
        return around.next_two != "by" and around.next_three not in ("a", "an", "half", "one", "two", "three")
    done = _is_past(around.next) or around.next in CUES["past"]
    return done and around.next_two in ("his", "her", "himself", "herself", "hand", "arm", "leg", "head", "finger", "food")


def _is_past(word: str) -> bool:
    return word.endswith("ed") and (word in WORDS or is_form_of_word(word))
