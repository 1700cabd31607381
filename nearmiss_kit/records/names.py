"""Names of people, and initials that stand for them: listed names, and the words around a name."""

import re
from collections.abc import Iterator

from nearmiss_kit.records.initials import INITIALS, find_dotted_initials, read_initials
from nearmiss_kit.records.name_context import Around, Candidate, Token, judge_name
from nearmiss_kit.records.name_lists import (
    CUES,
    ENDING,
    FIRST,
    FIRST_OR_WORD,
    GREETINGS,
    LOWER,
    PHRASES_BY_OPENING,
    SURNAMES,
    SURNAMES_OR_WORDS,
    WORDS,
    fold_name,
    is_form_of_word,
    may_be_surname,
)
from nearmiss_kit.records.passages import CERTAIN, LIKELY, POSSIBLE, Passage

NAME = "a name"
_WORD = re.compile(r"[^\W\d_]+(?:['’‐-][^\W\d_]+)*")
_SIGNED = re.compile(  # “signed j hargreaves”, in a note without capitals
    r"\b(?i:(?:counter)?sign(?:ed|ature)?|witness(?:ed)?|author|(?:completed|written|taken|recorded|reported|checked|entered|administered|prepared|logged) by)"
    r"(?: (?:off|by|as correct))*\s?[:.,-]?\s([a-z]\.?(?: [a-z]\.?)? (?P<surname>[a-z]{3,}(?:-[a-z]{3,})?))\b"
)
_KIN = re.compile(r"\b(?:aunt|aunt(?:ie|y)|uncle|nann?a?|nanny|gran(?:dad|ddad|dma|dpa|ny)?|taid|nain) (?P<name>[a-z]{3,})\b")
# Items of a list of people: “Present: Ann Lee, P. Nowak, L Sowerby and T Garrow”
_FOLLOWS_ITEM = re.compile(r"\b[A-Z]\.? [A-Z][\w'’-]+,? (?:and|&) $")
_ITEM_ENDS = re.compile(r"\s*(?:$|[,;.)(\n]|(?:and|&)\s)")
_ASKED = re.compile(  # “told mark to come in”
    r"\b(?:asked|told|rang|phoned|texted|emailed|messaged|reminded|prompted|thanked) (?P<name>[a-z]{3,}) (?:to|that|if|he|she|about|again|who)\b"
)
_VERBS_FIRST = frozenset({"will", "may", "rose", "drew", "wade", "grant"})  # “nan will ring”: verbs before they are names


def find_names(text: str, *, holds_people: bool = False) -> Iterator[Passage]:
    """Names and initials in a text, in order. `holds_people` says that whatever stands there is a person, as in a column of authors."""
    tokens = [(match.group(), match.start(), match.end()) for match in _WORD.finditer(text)]
    yield from find_dotted_initials(text)
    yield from _find_lower_names(text)
    blocked = _find_blocked(text, tokens)
    place, last, last_initials = 0, -9, -9
    while place < len(tokens):
        word, start, _ = tokens[place]
        if (word[0].islower() and word not in LOWER and word not in CUES["short_titles"]) or start in blocked:
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


def _find_lower_names(text: str) -> Iterator[Passage]:
    """Signatures of an initial and a surname, and names that are words where a person is meant, all without capitals."""
    for m in _SIGNED.finditer(text):
        base = fold_name(m["surname"])
        if m[1][:2] in ("a ", "i ") and base not in SURNAMES:
            continue
        if base in SURNAMES or base in SURNAMES_OR_WORDS or (base not in WORDS and not is_form_of_word(base)):
            yield m.start(1), m.end(1), NAME, LIKELY
    for m in (*_KIN.finditer(text), *_ASKED.finditer(text)):
        if m["name"] in FIRST_OR_WORD and m["name"] not in CUES["times"] and m["name"] not in _VERBS_FIRST:
            yield m.start("name"), m.end("name"), NAME, LIKELY


def _find_blocked(text: str, tokens: list[Token]) -> set[int]:
    """Places of phrases that holds a name and means no person here."""
    blocked: set[int] = set()
    for word, start, _ in tokens:
        for phrase in (
            PHRASES_BY_OPENING.get(word[:3].lower(), ())
            if len(word) > 2
            else PHRASES_BY_OPENING.get(text[start : start + 3].lower(), ())
        ):
            end = start + len(phrase)
            if text[start:end].lower().replace("’", "'") == phrase and not text[end : end + 1].isalpha():
                blocked.update(range(start, end))
    return blocked


def _end_of(token: Token) -> int:
    word, start, end = token
    ending = ENDING.search(word)
    return start + ending.start() if ending else end


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
    base = fold_name(word)
    if base.endswith("n't"):
        return None
    if len(base) == 1:
        return _read_initial_and_surname(text, tokens, place)
    if (word.isupper() and len(word) == 2) or (len(base) == 2 and word[:2].isupper()):
        return read_initials(text, tokens, place, max(last, last_initials))
    after = _extend(text, tokens, place)
    around = Around(text, tokens, place, after)
    if after < len(tokens) and around.next_cased[:1].isupper() and around.next in CUES["place_heads"] and not around.possessive:
        return None
    if around.next in CUES["not_people"] and (
        after - place > 1 or not around.possessive or around.next in ("syndrome", "disease", "palsy", "law", "rule")
    ):
        return None
    sure = judge_name(_make_candidate(tokens, place, after, around, last, holds_people))
    return (place, after, NAME, sure) if sure else None


def _make_candidate(tokens: list[Token], place: int, after: int, around: Around, last: int, holds_people: bool) -> Candidate:
    word, base = tokens[place][0], fold_name(tokens[place][0])
    if base not in FIRST and "-" in base:
        base = next((part for part in base.split("-") if part in FIRST), base)
    others = [tokens[index][0] for index in range(place + 1, after)]
    joined = place - last == 1 and "\n" not in around.gap and around.gap.strip() in (",", "/", "&", "+")
    anded = place - last == 2 and tokens[place - 1][0].lower() in ("and", "or", "with", "n", "then") and "." not in around.gap
    return Candidate(
        word=word,
        base=base,
        place=place,
        around=around,
        full=after - place > 1,
        known_surname=any(fold_name(other) in SURNAMES for other in others),
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
    word, base = following[0], fold_name(following[0])
    short = title[0].lower() in CUES["short_titles"]
    if len(base) == 1 and word[0].isupper():
        if short and base not in ("i", "x", "y", "z"):  # as reviews write of people they do not name
            return place, place + 2, INITIALS, POSSIBLE
        return None
    if word[0].islower():
        listed = (
            base in FIRST
            or base in SURNAMES
            or (short and title[0].lower() not in ("miss", "ms") and base not in WORDS and len(base) > 2)
        )
        return (place, place + 2, NAME, LIKELY) if listed and (short or base in FIRST) else None
    if word.isupper() and len(word) == 2 and word.lower() in CUES["acronyms"]:
        return None
    plain = base in WORDS and base not in SURNAMES_OR_WORDS | FIRST_OR_WORD
    if plain and (not short or title[0].lower() == "miss" or title[0][0].islower()):
        return None
    if not short and base in WORDS and title[0][0].islower():
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
        base = fold_name(word)
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
        if len(base) == 1 or may_be_surname(base, word):
            after += 1
            continue
        break
    while after - place > 1 and tokens[after - 1][0].lower() in CUES["particles"] and tokens[after - 1][0][0].islower():
        after -= 1
    return after


def _read_lower(text: str, tokens: list[Token], place: int) -> tuple[int, int, str, str] | None:
    """A listed name without its capital, as in a hurried note."""
    if tokens[place][0] in CUES["short_titles"] or tokens[place][0] not in LOWER:
        return None
    around = Around(text, tokens, place, place + 1)
    spoken = (
        around.before in CUES["told"] | CUES["with"] | CUES["roles"] | GREETINGS | CUES["named"]
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
    if after < len(tokens) and tokens[after][0] in SURNAMES and text[tokens[place][2] : tokens[after][1]] == " ":
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
    word, base = tokens[after][0], fold_name(tokens[after][0])
    if (
        word[0].isupper()
        and not word.isupper()
        and (base in SURNAMES or _may_be_unlisted(text, tokens, place, after))
        and (tokens[place][0] not in "IA" or "." in text[tokens[place][2] : tokens[after][1]])
    ):
        return place, _extend(text, tokens, after), NAME, LIKELY
    return None


def _may_be_unlisted(text: str, tokens: list[Token], place: int, after: int) -> bool:
    """An initial and a word no list holds, where a person is named: behind “cc”, “by”, “per” or “from”, or a sign of a list."""
    base = fold_name(tokens[after][0])
    if len(base) < 4 or base in WORDS or is_form_of_word(base):
        return False
    gap = text[tokens[place - 1][2] : tokens[place][1]] if place else ""
    in_list = gap.strip() in (",", "),") or _FOLLOWS_ITEM.search(text[max(0, tokens[place][1] - 40) : tokens[place][1]])
    if in_list and _ITEM_ENDS.match(text, tokens[after][2]):
        return True
    before = tokens[place - 1][0].lower() if place and gap.strip() in ("", ":") else ""
    listed = gap.strip() in (";", "/", ":", "&") and "." in text[tokens[place][2] : tokens[after][1]]
    return before in ("cc", "by", "per", "from", "bcc") or listed
