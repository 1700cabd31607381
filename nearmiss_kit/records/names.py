"""Names of people, and initials that stand for them: listed names, and the words around a name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from unicodedata import combining, normalize

from nearmiss_kit.records.formats import CERTAIN, LIKELY, POSSIBLE, Passage, read_words

NAME = "a name"
INITIALS = "initials used as a name"

_FIRST = read_words("first_names")
_FIRST_OR_WORD = read_words("first_names_that_are_words")
_SURNAMES = read_words("surnames")
_SURNAMES_OR_WORDS = read_words("surnames_that_are_words")
_WORDS = read_words("words")
_PHRASES = read_words("phrases_with_names")
_PHRASES_BY_OPENING = {opening: [p for p in _PHRASES if p[:3] == opening] for opening in {phrase[:3] for phrase in _PHRASES}}

_TREES = read_words("house_names_that_are_words")
_IRISH_OR_SCOTTISH = re.compile(r"(?:O['’]|Mc|Mac|Fitz)[A-Z][a-z]{2}")  # O'Dowd, McCrae
_WORD = re.compile(r"[^\W\d_]+(?:['’‐-][^\W\d_]+)*")
_ENDING = re.compile(r"['’](?:s|d|ll|ve|re|m)?$")
_DOTTED = re.compile(r"(?<![\w.])(?:[A-Z]\.){2,3}(?!\w)")


_SPELLED = (
    ("ph", "f"),
    ("ck", "k"),
    ("q", "k"),
    ("ie", "i"),
    ("y", "i"),
    ("z", "s"),
    ("ae", "a"),
    ("ea", "a"),
    ("ei", "i"),
    ("h", ""),
)


def _sound(base: str) -> str:
    """How a name is heard, roughly: Jaqueline as Jacqueline, Micheal as Michael, Cathrine as Katherine."""
    heard = re.sub(r"c(?=[eiy])", "s", base).replace("c", "k")
    for written, sound in _SPELLED:
        heard = heard.replace(written, sound)
    return re.sub(r"(.)\1+", r"\1", heard).rstrip("e")


_SOUNDS = frozenset(_sound(name) for name in _FIRST if len(name) > 5)


def _sounds_like_name(base: str) -> bool:
    return len(base) > 5 and base not in _WORDS and _sound(base) in _SOUNDS


_ENDS_LIKE_THING = re.compile(  # medicines, trades and abstractions that no list holds
    r"(?:ine|ole|pam|lam|one|tin|pril|cin|ate|ide|xin|ium|fen|ing|tion|sion|ment|ity|ness|ism|ology|ally|ly|ists?|ians?|ics|ware|ship|hood|less|ful|"
    r"able|ible|ous|ical|otomy|itis|pathy|gram|scope|phone|ways?|work|day|room|time)$"
)
_WORD_ENDINGS = ("s", "es", "ed", "d", "ing", "ly", "er", "ers", "ness", "ment", "al", "ation", "able", "y")
_WORD_OPENINGS = ("un", "re", "non", "over", "in", "dis", "mis", "pre", "under")


def _read_cues() -> dict[str, frozenset[str]]:
    """The words that stand around names, by kind: titles, greetings, roles, verbs of speech …"""
    lines = (line.split(": ", 1) for line in read_words("name_cues") if ": " in line)
    return {kind: frozenset(words.split()) for kind, words in lines}


CUES = _read_cues()
_GREETINGS = CUES["greetings"] - {"from", "you", "night", "all", "love", "many", "x"}
Token = tuple[str, int, int]


def find_names(text: str, *, holds_people: bool = False) -> Iterator[Passage]:
    """Names and initials in a text, in order. `holds_people` says that whatever stands there is a person, as in a column of authors."""
    tokens = [(match.group(), match.start(), match.end()) for match in _WORD.finditer(text)]
    yield from (
        (match.start(), match.end(), INITIALS, POSSIBLE)
        for match in _DOTTED.finditer(text)
        if not _is_abbreviation(match) or _follows_role(text, match.start())
    )
    blocked = _find_blocked(text, tokens)
    place, last, last_initials = 0, -9, -9
    while place < len(tokens):
        word, start, _ = tokens[place]
        if (word[0].islower() and word not in _LOWER and word not in CUES["short_titles"]) or start in blocked:
            place += 1
            continue
        found = _read_name(text, tokens, place, last, last_initials, holds_people)
        if found is None:
            place += 1
            continue
        first, after, kind, sure = found
        end = _end_of(tokens[after - 1])
        yield tokens[first][1], end, kind, sure
        place, last = after, after - 1 if kind == NAME else last
        if kind == INITIALS:
            last_initials = after - 1


def _find_blocked(text: str, tokens: list[Token]) -> set[int]:
    """Places of phrases that holds a name and means no person here."""
    blocked: set[int] = set()
    for word, start, _ in tokens:
        for phrase in (
            _PHRASES_BY_OPENING.get(word[:3].lower(), ())
            if len(word) > 2
            else _PHRASES_BY_OPENING.get(text[start : start + 3].lower(), ())
        ):
            end = start + len(phrase)
            if text[start:end].lower().replace("’", "'") == phrase and not text[end : end + 1].isalpha():
                blocked.update(range(start, end))
    return blocked


def _base(word: str) -> str:
    base = _ENDING.sub("", word).lower().replace("’", "'").replace("‐", "-")
    return base if base.isascii() else _without_accents(base)


def _without_accents(base: str) -> str:
    """The lists are written without accents: siobhán is siobhan, wałęsa walesa."""
    return "".join(letter for letter in normalize("NFKD", base.replace("ł", "l").replace("ø", "o")) if not combining(letter))


_LOWER = frozenset(name for name in _FIRST if len(name) > 2 and name not in _WORDS)
_LOWER = _LOWER | {name + "'s" for name in _LOWER} | {name + "’s" for name in _LOWER}


def _end_of(token: Token) -> int:
    word, start, end = token
    ending = _ENDING.search(word)
    return start + ending.start() if ending else end


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


class _Around:
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
        self.greeted = bare in ("", ",") and last.lower() in _GREETINGS
        self.before_label = last.lower()
        self.labelled = bare in (":", ":-") and last.lower() in CUES["labels"]
        self.apposed = self.gap == ", " and self.tail.startswith(",") and last.lower() in CUES["roles"]
        self.called = before_two in CUES["calls"] and self.before in CUES["pronouns"] | {"her", "his"}
        self.thanked = self.before == "you" and before_two in ("thank", "thanks")
        self.in_role_brackets = bare == "(" and self.tail.startswith(")") and last.lower() in CUES["roles"]
        self.addressed = self.before == "to" and place == 1 and self.tail.startswith(":")
        self.covering = self.before in ("is", "was", "be", "are", "then") and before_two in CUES["posts"]
        self.spoken_to = self.in_role_brackets or self.addressed or self.called or self.thanked
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
class _Candidate:
    """A run of capitalised words that may be a name: its first word, what surrounds it, and how it reads."""

    word: str
    base: str
    place: int
    around: _Around
    full: bool  # more than one word
    known_surname: bool
    has_particle: bool  # de Groot, van Dijk
    shouted: bool  # in capitals
    listed: bool  # stands beside a name, as in “Present: Ann, Will and Joy”
    holds_people: bool

    @property
    def beside_first_name(self) -> bool:
        around = self.around
        other = _base(around.next_two)
        or_word = other in _FIRST_OR_WORD - CUES["calendar_and_places"] and around.next_three in CUES["loose"] | {
            "live",
            "are",
            "were",
        }
        return (
            around.next in ("and", "&")
            and around.next_two_cased[:1].isupper()
            and (other in _FIRST or or_word or _sounds_like_name(other))
        )

    @property
    def beside_me(self) -> bool:
        return self.around.with_me or (self.around.next == "and" and self.around.next_two in ("i", "me", "myself"))

    @property
    def apposed(self) -> bool:
        return self.around.apposed


def _read_name(
    text: str, tokens: list[Token], place: int, last: int, last_initials: int, holds_people: bool
) -> tuple[int, int, str, str] | None:
    """The name or initials that begin at a word: first and last place, kind and how sure; None where there is no name."""
    word = tokens[place][0]
    lower = word.lower()
    if lower in CUES["titles"] and (found := _read_titled(text, tokens, place)):
        return found
    if lower in CUES["short_titles"]:
        return None
    if word[0].islower():
        return _read_lower(text, tokens, place)
    base = _base(word)
    if base.endswith("n't"):
        return None
    if len(base) == 1:
        return _read_initial_and_surname(text, tokens, place)
    if (word.isupper() and len(word) == 2) or (len(base) == 2 and word[:2].isupper()):
        return _read_initials(text, tokens, place, max(last, last_initials))
    after = _extend(text, tokens, place)
    around = _Around(text, tokens, place, after)
    if after < len(tokens) and around.next_cased[:1].isupper() and around.next in CUES["place_heads"] and not around.possessive:
        return None
    if around.next in CUES["not_people"] and (
        after - place > 1 or not around.possessive or around.next in ("syndrome", "disease", "palsy", "law", "rule")
    ):
        return None
    sure = _judge(_make_candidate(tokens, place, after, around, last, holds_people))
    return (place, after, NAME, sure) if sure else None


def _make_candidate(tokens: list[Token], place: int, after: int, around: _Around, last: int, holds_people: bool) -> _Candidate:
    word, base = tokens[place][0], _base(tokens[place][0])
    if base not in _FIRST and "-" in base:
        base = next((part for part in base.split("-") if part in _FIRST), base)
    others = [tokens[index][0] for index in range(place + 1, after)]
    joined = place - last == 1 and "\n" not in around.gap and around.gap.strip() in (",", "/", "&", "+")
    anded = place - last == 2 and tokens[place - 1][0].lower() in ("and", "or", "with", "n", "then") and "." not in around.gap
    return _Candidate(
        word=word,
        base=base,
        place=place,
        around=around,
        full=after - place > 1,
        known_surname=any(_base(other) in _SURNAMES for other in others),
        has_particle=any(other[0].islower() and other in CUES["particles"] for other in others),
        shouted=word.isupper() and len(word) > 1,
        listed=joined or anded,
        holds_people=holds_people,
    )


def _read_titled(text: str, tokens: list[Token], place: int) -> tuple[int, int, str, str] | None:
    if place + 1 >= len(tokens):
        return None
    title, following = tokens[place], tokens[place + 1]
    gap = text[title[2] : following[1]]
    dot_fits = title[0] in ("Mr", "Mrs", "Ms", "Dr", "Prof", "Rev", "Cllr", "Sgt", "Fr", "MR", "MRS", "DR", "mr", "mrs", "dr")
    if gap.strip(" \u00a0") not in ("", "." if dot_fits else "") or len(gap) > 3 or gap == "":
        return None
    word, base = following[0], _base(following[0])
    short = title[0].lower() in CUES["short_titles"]
    if len(base) == 1 and word[0].isupper():
        if short and base not in ("i", "x", "y", "z"):  # as reviews write of people they do not name
            return place, place + 2, INITIALS, POSSIBLE
        return None
    if word[0].islower():
        listed = (
            base in _FIRST
            or base in _SURNAMES
            or (short and title[0].lower() not in ("miss", "ms") and base not in _WORDS and len(base) > 2)
        )
        return (place, place + 2, NAME, LIKELY) if listed and (short or base in _FIRST) else None
    if word.isupper() and len(word) == 2 and word.lower() in CUES["acronyms"]:
        return None
    plain = base in _WORDS and base not in _SURNAMES_OR_WORDS | _FIRST_OR_WORD
    if plain and (not short or title[0].lower() == "miss" or title[0][0].islower()):
        return None
    if not short and base in _WORDS and title[0][0].islower():
        return None
    return place, _extend(text, tokens, place + 1), NAME, CERTAIN


def _extend(text: str, tokens: list[Token], place: int) -> int:
    """One past the last word of the name that begins here: further names, surnames by shape, one initial, particles."""
    after = place + 1
    while after < len(tokens) and after - place < 5:
        previous, (word, start, _) = tokens[after - 1], tokens[after]
        gap = text[previous[2] : start]
        if previous[0].endswith(("'s", "’s")) or gap not in (" ", "\u00a0", ". ", "  "):
            break
        if gap == ". " and len(previous[0]) != 1:
            break
        base = _base(word)
        if (
            base in CUES["particles"]
            and after + 1 < len(tokens)
            and tokens[after + 1][0][0].isupper()
            and text[tokens[after][2] : tokens[after + 1][1]] == " "
        ):
            if word[0].islower() and base in ("st", "o", "di", "la", "le", "da", "ap", "ab"):
                break
            after += 1
            continue
        if not word[0].isupper() or (len(base) == 1 and (base in "ia" or not previous[0][0].isupper())):
            break
        if len(base) == 1 or _may_be_surname(base, word):
            after += 1
            continue
        break
    while after - place > 1 and tokens[after - 1][0].lower() in CUES["particles"] and tokens[after - 1][0][0].islower():
        after -= 1
    return after


def _may_be_surname(base: str, word: str) -> bool:
    if base in ("may", "march", "will", "christmas") or (word.isupper() and len(word) < 5 and base not in _SURNAMES):
        return False
    return base in _SURNAMES or base in _SURNAMES_OR_WORDS or base in _FIRST or base not in _WORDS | _FIRST_OR_WORD


def _read_lower(text: str, tokens: list[Token], place: int) -> tuple[int, int, str, str] | None:
    """A listed name without its capital, as in a hurried note."""
    if tokens[place][0] in CUES["short_titles"] or tokens[place][0] not in _LOWER:
        return None
    around = _Around(text, tokens, place, place + 1)
    spoken = (
        around.before in CUES["told"] | CUES["with"] | CUES["roles"] | _GREETINGS | CUES["named"]
        or around.next in CUES["loose"] | CUES["with"]
        or around.possessive
    )
    if (
        around.before in CUES["determiners"] - {"of"}
        or "@" in around.gap
        or ("." in around.tail[:1] and around.tail[1:2].isalpha())
    ):
        return None
    after = place + 1
    if after < len(tokens) and tokens[after][0] in _SURNAMES and text[tokens[place][2] : tokens[after][1]] == " ":
        return place, after + 1, NAME, LIKELY
    if spoken or len(tokens[place][0]) > 3:
        return place, after, NAME, LIKELY if spoken else POSSIBLE
    return None


def _read_initial_and_surname(text: str, tokens: list[Token], place: int) -> tuple[int, int, str, str] | None:
    """“J. Okafor” and “S Patel”."""
    if tokens[place][0].endswith(("'s", "’s")):
        return None
    after = place + 1
    while (
        after < len(tokens)
        and len(tokens[after][0]) == 1
        and tokens[after][0].isupper()
        and text[tokens[after - 1][2] : tokens[after][1]] in (" ", ". ", ".")
    ):
        after += 1
    if after >= len(tokens) or text[tokens[after - 1][2] : tokens[after][1]] not in (" ", ". ", "."):
        return None
    word, base = tokens[after][0], _base(tokens[after][0])
    if (
        word[0].isupper()
        and not word.isupper()
        and (base in _SURNAMES or _may_be_unlisted(text, tokens, place, after))
        and (tokens[place][0] not in "IA" or "." in text[tokens[place][2] : tokens[after][1]])
    ):
        return place, _extend(text, tokens, after), NAME, LIKELY
    return None


def _may_be_unlisted(text: str, tokens: list[Token], place: int, after: int) -> bool:
    """An initial and a word no list holds, where a person is named: behind “cc”, “by”, “per” or “from”, or a sign of a list."""
    base = _base(tokens[after][0])
    if len(base) < 4 or base in _WORDS or _is_form_of_word(base):
        return False
    gap = text[tokens[place - 1][2] : tokens[place][1]] if place else ""
    before = tokens[place - 1][0].lower() if place and gap.strip() in ("", ":") else ""
    listed = gap.strip() in (";", "/", ":", "&") and "." in text[tokens[place][2] : tokens[after][1]]
    return before in ("cc", "by", "per", "from", "bcc") or listed


def _read_initials(text: str, tokens: list[Token], place: int, last: int) -> tuple[int, int, str, str] | None:
    """Two capital letters where a person would stand."""
    word = tokens[place][0]
    letters = word[:2]
    if not letters.isupper() or letters.lower() in CUES["role_letters"] or len(_base(word)) != 2:
        return None
    around = _Around(text, tokens, place, place + 1)
    asked = around.next in ("said", "told", "asked", "rang", "says") or around.before in ("asked", "told", "rang")
    if letters.lower() in CUES["acronyms"]:
        labelled = around.labelled and around.before_label in CUES["people_labels"]
        acts = around.before in CUES["initials_roles"] and (around.next in CUES["speech"] or around.possessive)
        return (place, place + 1, INITIALS, POSSIBLE) if asked or labelled or acts else None
    acts = (
        around.next in CUES["loose"] | {"to", "and"}
        or around.possessive
        or around.in_brackets
        or around.tail.startswith(" (chair")
    )
    spoken = around.before in CUES["told"] | CUES["roles"] | CUES["named"] | CUES["initials_before"] or around.labelled
    listed = (place - last == 1 and around.gap.strip() in (",", "/", "&", "+")) or around.tail.strip() == "&"
    return (
        (place, place + 1, INITIALS, POSSIBLE)
        if acts or spoken or listed or "re:" in text[max(0, tokens[place][1] - 4) : tokens[place][1]].lower()
        else None
    )


def _judge(candidate: _Candidate) -> str | None:
    """How sure it is that a capitalised word names a person; None where it does not."""
    around, base = candidate.around, candidate.base
    if base in _TREES and (around.before in CUES["place_before"] or _base(around.next_two) in _TREES) and not around.talked_to:
        return None  # services named after trees
    if _IRISH_OR_SCOTTISH.match(candidate.word):
        return LIKELY
    if base in _FIRST:
        if (
            candidate.shouted
            and len(base) <= 3
            and not (_stands_as_person(around) or around.before in CUES["with"] or candidate.full or _opens_note(around))
        ):
            return None
        return CERTAIN if candidate.known_surname or _stands_as_person(around) else LIKELY
    if base in _FIRST_OR_WORD:
        return _judge_name_or_word(candidate)
    if not candidate.shouted and _sounds_like_name(base):
        return LIKELY if _stands_as_person(around) or candidate.listed else POSSIBLE
    if base in _WORDS or _is_form_of_word(base) or (candidate.shouted and len(base) < 5) or base.split("-")[0] in _WORDS:
        return None
    return _judge_surname(candidate) if base in _SURNAMES else _judge_unknown(candidate)


def _opens_note(around: _Around) -> bool:
    """“DAN – PLS CHASE THE OPTICIAN”."""
    return around.gap.strip() == "" and around.opens and around.tail.lstrip().startswith(("–", "-", ",", ":"))


def _stands_as_person(around: _Around) -> bool:
    """Whether a greeting, a role, a verb of speech or a label stands beside it."""
    before = around.before in CUES["told"] | CUES["roles"] | CUES["named"] | CUES["titles"] or around.greeted or around.labelled
    return (
        before or around.next in CUES["speech"] or around.in_brackets or (around.possessive and around.next in CUES["belongings"])
    )


def _judge_name_or_word(candidate: _Candidate) -> str | None:
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


def _judge_by_verb(candidate: _Candidate, *, dated: bool) -> str | None:
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


def _does_as_person(around: _Around) -> bool:
    """“Rose has packed her bag”, “Bill was seen pushing”, “Will and his brother”."""
    owns = (
        around.next in ("has", "had", "is", "was")
        and around.next_three in ("her", "his")
        and around.next_two.endswith(("ed", "ing"))
    )
    watched = around.next in ("was", "is", "been") and around.next_two in CUES["watched"] and around.next_three.endswith("ing")
    related = around.next == "and" and around.next_two in ("his", "her", "my", "their") and around.next_three in CUES["roles"]
    return owns or watched or related


def _judge_surname(candidate: _Candidate) -> str | None:
    around = candidate.around
    if _stands_as_person(around) or candidate.listed:
        return LIKELY
    if (around.before in CUES["place_before"] and not around.talked_to) or candidate.shouted:
        return None
    if around.next_cased[:1].isupper() or around.before_cased[:1].isupper():
        return POSSIBLE if candidate.full else None
    return POSSIBLE if around.opens else LIKELY


def _judge_unknown(candidate: _Candidate) -> str | None:
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


def _acts_like_person(candidate: _Candidate) -> bool:
    around = candidate.around
    if not around.next or (_ENDS_LIKE_THING.search(candidate.base) and around.next != "never"):
        return False
    verb = around.next.endswith("ed") and around.next in _WORDS and around.next_two in CUES["determiners"] | CUES["pronouns"]
    did = around.next == "did" and around.next_two != "not"
    return around.next in CUES["acts"] or verb or did or (around.next == "to" and around.opens and around.next_two != "be")


def _is_form_of_word(base: str) -> bool:
    """Whether it is an ordinary word with an ending or an opening."""
    for ending in _WORD_ENDINGS:
        stem = base.removesuffix(ending)
        if (
            stem != base
            and (len(stem) > 3 or ending in ("s", "ed", "ing"))
            and (stem in _WORDS or stem + "e" in _WORDS or (len(stem) > 2 and stem[-1] == stem[-2] and stem[:-1] in _WORDS))
        ):
            return True
    return any(base.startswith(opening) and base.removeprefix(opening) in _WORDS for opening in _WORD_OPENINGS)
