"""Whether a word names somebody: the words on both sides of it, and what they show."""

import re
from dataclasses import dataclass

from nearmiss_kit.records.name_lists import (
    CUES,
    ENDS_LIKE_THING,
    FIRST,
    FIRST_OR_WORD,
    GREETINGS,
    SURNAMES,
    TREES,
    WORDS,
    fold_name,
    is_form_of_word,
    sounds_like_name,
)
from nearmiss_kit.records.passages import CERTAIN, LIKELY, POSSIBLE

_TWO_CAPITALS = re.compile(r"(?:[A-KM-Z]['’]|Mc|Mac|Fitz)[A-Z][a-z]{2}")  # O'Dowd, T'Shaun, McCrae; not L'Oréal
Token = tuple[str, int, int]


class Around:
    """The words on both sides of a candidate, and how they are joined to it."""

    def __init__(self, text: str, tokens: list[Token], place: int, after: int) -> None:
        end = tokens[after - 1][2]
        self.gap = text[tokens[place - 1][2] : tokens[place][1]] if place else text[: tokens[place][1]]
        self.tail = text[end : tokens[after][1]] if after < len(tokens) else text[end:]
        self.opens = place == 0 or any(sign in self.gap for sign in '.!?\n\r:;•*|–—"“”') or self.gap.strip() in ("-", "'", "‘")
        self._read_before(tokens, place)
        self._read_behind(tokens, after)
        self.possessive = tokens[after - 1][0].endswith(("'s", "’s"))

    def _read_before(self, tokens: list[Token], place: int) -> None:
        last = tokens[place - 1][0] if place else ""
        bare = self.gap.strip()
        joined = bare == "" and "\n" not in self.gap
        self.before_cased = last if joined else ""
        self.before = self.before_cased.lower()
        before_two = tokens[place - 2][0].lower() if joined and place > 1 else ""
        self.talked_to = self.before == "to" and before_two in CUES["talked_to"]
        self.with_me = self.before in ("and", "with") and before_two in ("me", "i", "myself")
        self.greeted = bare in ("", ",") and last.lower() in GREETINGS
        self.before_label = last.lower()
        self.labelled = bare in (":", ":-") and last.lower() in CUES["labels"]
        self.apposed = self.gap == ", " and self.tail.startswith(",") and last.lower() in CUES["roles"]
        self.called = before_two in CUES["calls"] and self.before in CUES["pronouns"] | {"her", "his"}
        self.thanked = self.before == "you" and before_two in ("thank", "thanks")
        self.in_role_brackets = bare == "(" and self.tail.startswith(")") and last.lower() in CUES["roles"]
        self.addressed = self.before == "to" and place == 1 and self.tail.startswith(":")
        self.covering = self.before in ("is", "was", "be", "are", "then") and before_two in CUES["posts"]
        self.spoken_to = self.in_role_brackets or self.addressed or self.called or self.thanked
        before_three = tokens[place - 3][0].lower() if before_two and place > 2 else ""
        self.travelled = self.before == "to" and before_three == "from"  # “the train from Lincoln to Newark”
        self.after_digit = any(map(str.isdigit, self.gap))

    def _read_behind(self, tokens: list[Token], after: int) -> None:
        there = after < len(tokens)
        joined = there and self.tail != "" and self.tail.strip(" \t\u00a0") == ""
        self.next_cased = tokens[after][0] if joined else ""
        self.next = self.next_cased.lower().replace("’", "'")
        self.next_two = tokens[after + 1][0].lower() if joined and after + 1 < len(tokens) else ""
        self.next_two_cased = tokens[after + 1][0] if self.next_two else ""
        behind = [token[0].lower() for token in tokens[after : after + 2]]
        role_behind = there and (
            behind[0] in CUES["roles"] or (behind[0] in CUES["role_openings"] and behind[-1] in CUES["roles"])
        )
        self.in_brackets = role_behind and self.tail.lstrip(" ").startswith("(")
        self.next_three = tokens[after + 2][0].lower() if self.next_two and after + 2 < len(tokens) else ""
        self.with_role_behind = there and self.tail == ", " and tokens[after][0].lower() in CUES["roles"]
        self.ends = not there and self.tail.strip(" .!,\n\rxX") == ""


@dataclass(frozen=True)
class Candidate:
    """A run of capitalised words that may be a name: its first word, what surrounds it, and how it reads."""

    word: str
    base: str
    place: int
    around: Around
    full: bool  # more than one word
    known_surname: bool
    has_particle: bool  # de Groot, van Dijk
    shouted: bool  # in capitals
    listed: bool  # stands beside a name, as in “Present: Ann, Will and Joy”
    holds_people: bool

    @property
    def beside_first_name(self) -> bool:
        around = self.around
        other = fold_name(around.next_two)
        or_word = other in FIRST_OR_WORD - CUES["calendar_and_places"] and around.next_three in CUES["loose"] | {
            "live",
            "are",
            "were",
        }
        return (
            around.next in ("and", "&")
            and around.next_two_cased[:1].isupper()
            and (other in FIRST or or_word or sounds_like_name(other))
        )

    @property
    def beside_me(self) -> bool:
        return self.around.with_me or (self.around.next == "and" and self.around.next_two in ("i", "me", "myself"))

    @property
    def apposed(self) -> bool:
        return self.around.apposed


def judge_name(candidate: Candidate) -> str | None:
    """How sure it is that a capitalised word names a person; None where it does not."""
    around, base = candidate.around, candidate.base
    if around.before in CUES["makes"] and around.before_cased[0].isupper():
        return None  # the Ford Transit
    if base in TREES and (around.before in CUES["place_before"] or fold_name(around.next_two) in TREES) and not around.talked_to:
        return None  # services named after trees
    if _TWO_CAPITALS.match(candidate.word):
        return LIKELY
    if base in FIRST:
        if (
            candidate.shouted
            and len(base) <= 3
            and not (_stands_as_person(around) or around.before in CUES["with"] or candidate.full or _opens_note(around))
        ):
            return None
        return CERTAIN if candidate.known_surname or _stands_as_person(around) else LIKELY
    if base in FIRST_OR_WORD:
        return _judge_name_or_word(candidate)
    if not candidate.shouted and sounds_like_name(base):
        return LIKELY if _stands_as_person(around) or candidate.listed else POSSIBLE
    if base in WORDS or is_form_of_word(base) or (candidate.shouted and len(base) < 5) or base.split("-")[0] in WORDS:
        return None
    return _judge_surname(candidate) if base in SURNAMES else _judge_unknown(candidate)


def _opens_note(around: Around) -> bool:
    """“DAN – PLS CHASE THE OPTICIAN”."""
    return around.gap.strip() == "" and around.opens and around.tail.lstrip().startswith(("–", "-", ",", ":"))


def _stands_as_person(around: Around) -> bool:
    """Whether a greeting, a role, a verb of speech or a label stands beside it."""
    before = around.before in CUES["told"] | CUES["roles"] | CUES["named"] | CUES["titles"] or around.greeted or around.labelled
    return (
        before or around.next in CUES["speech"] or around.in_brackets or (around.possessive and around.next in CUES["belongings"])
    )


def _judge_name_or_word(candidate: Candidate) -> str | None:
    """Will, Grace, May: a name only where the words around it show a person."""
    around, base = candidate.around, candidate.base
    dated = base in CUES["calendar_and_places"]
    if dated and (around.before in CUES["time_before"] or around.after_digit or around.next.isdigit()):
        return None
    if candidate.known_surname or (candidate.holds_people and around.ends):
        return LIKELY
    if candidate.shouted and around.before_cased.isupper() and around.before not in CUES["told"]:
        return None
    if around.spoken_to or (around.covering and not dated):
        return LIKELY
    if around.greeted and (not dated or around.before in ("dear", "hi", "hello", "hiya", "hey", "signed")):
        return LIKELY
    if around.labelled or around.in_brackets or (candidate.listed and base not in CUES["times"]):
        return LIKELY
    if around.before in CUES["determiners"]:
        return None
    if around.before in (CUES["roles"] | CUES["named"]) - CUES["weak_roles"]:
        return None if dated and around.next in CUES["loose"] - CUES["speech"] else LIKELY
    if around.before in CUES["told"] or around.talked_to:
        return None if dated and around.before in CUES["loose_told"] else LIKELY
    if candidate.beside_first_name or (around.possessive and around.next in CUES["belongings"] and not dated):
        return LIKELY
    return _judge_by_verb(candidate, dated=dated)


def _judge_by_verb(candidate: Candidate, *, dated: bool) -> str | None:
    around, base = candidate.around, candidate.base
    if around.next in CUES["speech"] and around.next_two == "by":  # a grant refused by the council
        return None
    if around.next in CUES["speech"] - CUES["thing_verbs"]:
        return LIKELY if not dated or base in CUES["places_too"] or around.next in CUES["sure_speech"] else None
    if _does_as_person(around) and base not in CUES["times"]:
        return LIKELY
    feels = around.next in ("was", "is") and around.next_two in CUES["states"]
    does = around.next in ("did", "left", "needs", "got") and around.next_two not in ("not", "to")
    if (feels or does) and base not in CUES["times"]:
        return POSSIBLE
    in_title = around.next_cased[:1].isupper() or around.before_cased[:1].isupper()
    if around.opens or dated or candidate.shouted:
        return None
    return POSSIBLE if not in_title or around.next in CUES["loose"] or around.before in CUES["loose_before"] else None


def _does_as_person(around: Around) -> bool:
    """“Rose has packed her bag”, “Bill was seen pushing”, “Will and his brother”."""
    owns = (
        around.next in ("has", "had", "is", "was")
        and around.next_three in ("her", "his")
        and around.next_two.endswith(("ed", "ing"))
    )
    watched = around.next in ("was", "is", "been") and around.next_two in CUES["watched"] and around.next_three.endswith("ing")
    related = around.next == "and" and around.next_two in ("his", "her", "my", "their") and around.next_three in CUES["roles"]
    return owns or watched or related


def _judge_surname(candidate: Candidate) -> str | None:
    around = candidate.around
    if _stands_as_person(around) or candidate.listed:
        return LIKELY
    if (around.before in CUES["place_before"] and not around.talked_to) or candidate.shouted:
        return None
    if around.next_cased[:1].isupper() or around.before_cased[:1].isupper():
        return POSSIBLE if candidate.full else None
    return POSSIBLE if around.opens else LIKELY


def _judge_unknown(candidate: Candidate) -> str | None:
    """A capitalised word that stands in no list: a name only where the words around it say so."""
    around = candidate.around
    if around.greeted or around.labelled or around.in_brackets or candidate.known_surname or candidate.apposed:
        return LIKELY
    if around.spoken_to or around.covering or (around.with_role_behind and not around.before_cased.isupper()):
        return LIKELY
    if candidate.holds_people and around.ends and candidate.place == 0:
        return LIKELY
    if around.before in CUES["roles"] - CUES["weak_roles"] or around.before in CUES["named"] - {"known"}:
        return LIKELY
    if around.before in CUES["determiners"] or candidate.shouted:
        return None
    if around.before in CUES["told"] - CUES["loose_told"] or around.talked_to or candidate.has_particle:
        return LIKELY
    if candidate.listed or candidate.beside_me:
        return POSSIBLE
    if around.next in CUES["speech"] - {"got", "used", "broke", "seems", "opened", "turned"}:
        return LIKELY if around.next in CUES["sure_speech"] else POSSIBLE
    if around.before in ("with", "by", "w", "alongside") and not around.opens:
        return POSSIBLE
    if around.next in ("the", "our", "his", "her", "my", "their") and around.next_two in CUES["roles"] - CUES["weak_roles"]:
        return LIKELY
    if around.next in ("from", "at") and around.next_two in ("the", "our") and around.next_three in CUES["offices"]:
        return LIKELY
    if around.possessive and around.next in CUES["belongings"] - CUES["loose_belongings"]:
        return POSSIBLE
    return POSSIBLE if _acts_like_person(candidate) else None


def _acts_like_person(candidate: Candidate) -> bool:
    around = candidate.around
    if around.travelled or not around.next or (ENDS_LIKE_THING.search(candidate.base) and around.next != "never"):
        return False
    verb = around.next.endswith("ed") and around.next in WORDS and around.next_two in CUES["determiners"] | CUES["pronouns"]
    did = around.next == "did" and around.next_two != "not"
    return around.next in CUES["acts"] or verb or did or (around.next == "to" and around.opens and around.next_two != "be")
