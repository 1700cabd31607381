"""Names of people, and initials that stand for them: listed names, and the words around a name."""

import re
from collections.abc import Iterator

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

_WORD = re.compile(r"[^\W\d_]+(?:['’‐-][^\W\d_]+)*")
_ENDING = re.compile(r"['’](?:s|d|ll|ve|re|m)?$")
_DOTTED = re.compile(r"(?<![\w.])(?:[A-Z]\.){2,3}(?!\w)")
_PSEUDONYM = re.compile(r"\[[^\]\n]{1,60} \d+\]")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_TITLES = _set(
    "mr mrs ms miss mx dr doctor prof professor rev reverend sir lady dame cllr councillor pc dc ds sgt sergeant inspector pcso fr imam rabbi "
    "pastor nurse judge hhj auntie aunty uncle aunt cousin nanny grandma grandad messrs mister missus"
)
_SHORT_TITLES = _set("mr mrs ms miss mx dr")
_GREETINGS = _set(
    "dear hi hello hiya hey morning afternoon evening thanks thankyou regards cheers love sincerely faithfully wishes signed from ta night yours xx x you many all"
)
_GREETINGS_STRONG = _GREETINGS - {"from", "you", "night", "all", "love", "many", "x"}
_ROLES = _set(
    "worker carer keyworker manager deputy senior leader nurse gp psychiatrist psychologist therapist advocate solicitor driver cook cleaner teacher tutor officer "
    "commissioner sw tl rm ot slt salt cpn amhp imca housemate flatmate friend neighbour boyfriend girlfriend partner brother sister son daughter niece nephew cousin mum dad mother father "
    "stepdad stepmum aunt uncle auntie aunty husband wife landlord lad resident tenant physio dentist dietitian podiatrist chiropodist student apprentice colleague "
    "coordinator supervisor lead inspector consultant registrar hca care-coordinator nan nana gran grandma grandad granddad agency bank volunteer client peer chair starter girl guy bloke lady trainee twin widow fiancé boss ex bestie mate roommate staff assistant receptionist pharmacist optician paramedic surgeon vicar"
)
_NAMED = _set("called named name known nickname aka")
_LABELS = _set(
    "staff present apologies attendees attending name names keyworker worker manager senior author signed by completed reported written witness witnesses client person resident tenant "
    "chair minutes from to cc attended on shift lead leader carer nurse advocate for nok contact deputy reviewer agreed student approved checked"
)
_TOLD = _set(
    "told asked rang phoned emailed texted thanked reminded called informed messaged met helped hit punched kicked bit scratched slapped pushed grabbed hugged kissed loves likes misses missed adores "
    "supported supporting reassured redirected prompted hates heard saw seen visited visiting asking telling ringing phoning says said blames blamed shouted hugging accused invited contacted trusts trusted "
    "emailing marrying calling chased followed found let calmed handed gave sent tell ask ring phone text email contact see suspended interviewed inducted supervised shadowed shadowing relieved assisted assist support"
)
_WITH = _set("with and & by to from for alongside w w/ plus per via about like than of")
_SPEECH = _set(
    "said says say saying told tells asked asks rang phoned texted emailed replied reported explained stated confirmed agreed refused admitted insisted apologised thinks thought knows knew wants wanted feels felt "
    "likes liked loves loved hates hated cried laughed shouted screamed smiled arrived attended started stayed slept ate wrote noticed noted offered suggested mentioned visited handed called came went took gave "
    "got sat stood walked ran kicked punched bit slapped threw hit pushed swore spat grabbed woke looked seemed left helped supported spoke joined rings phones asks tells believes believed wondered "
    "worked works lives lived covered returned declined tried needed needs decided heard saw met finished brought promised remembered forgot drove cooked made enjoyed signed reckons reckoned held kept put "
    "complained mentions disagreed resigned quit moved became fell broke passed popped turned sent hugged chose picked dropped showed used gets goes comes does doesn't didn't hasn't wasn't won't can't isn't wouldn't couldn't prefers understands sounds looks seems "
    "calmed settled reassured prompted administered escorted accompanied redirected emails texts opened waited shared demanded responded intervened witnessed"
)
_LOOSE = _SPEECH | _set("is was has had will would can could should did who also never always just then")
_BELONGINGS = _set(
    "room bedroom mum mum's dad dad's mother father sister brother family plan keyworker house flat door bed behaviour arm hand face leg head money tenancy placement support staff shift birthday parents "
    "nan gran medication meds phone tablet pbs file car friend boyfriend girlfriend partner wife husband team review chair coat bag supervision last first new old funeral leaving social advocate caseload gp voice "
    "laptop wheelchair hair bath shower dinner tea lunch rota email letter leg neck back glasses day turn job shifts daughter son aunt uncle cousin"
)
_CALENDAR_AND_PLACES = _set(
    "may june april august summer autumn winter season jan jordan georgia india china kenya chelsea paris sydney london florence victoria lincoln chester preston bradford milan virginia carolina israel chad "
    "devon derry kerry dallas houston asia sunday monday friday wednesday west wells windsor lent sal nan sky duke prince princess king queen junior major van angel grace-period star brook cliff dale forest heath "
    "barry everton alexa milton mario ulysses abbey dec elsa ma ama mole rock bay stone bailey summer's india's ivy fern hazel birch alder cedar elder willow rowan gorse holly daisy poppy rose-tree"
)
_PLACES_TOO = _set(
    "jordan georgia chelsea paris sydney florence victoria lincoln preston milan virginia carolina israel chad devon kerry houston barry milton mario alexa jan bailey angel van dec elsa"
)
_TIME_BEFORE = _set(
    "in of since until till by during last this next early late mid before after on around end said says dated from"
)
_DETERMINERS = _set("the a an his her my our your their this that some any no every each more of new old little big")
_PLACE_HEADS = _set(
    "road street avenue lane close drive way park gardens house lodge court ward unit hospital surgery school college centre view hall cottage manor grange farm hospice clinic terrace crescent station "
    "church bridge square row infirmary library academy villa bungalow mews place hill market airport beach pier"
)
_NOT_PEOPLE = _set(
    "syndrome disease scale score protocol inquiry law palsy act rule chart-scale test syndrome's lecture day awards award programme framework principles model technique manoeuvre cross sponge street cup trophy stadium fm arena report"
)
_PARTICLES = _set("van von de der den da dos di del la le bin bint al el ibn ap ab st o mac ter")
_ACRONYMS = frozenset(
    "GP SW TL RM OT PT UK US EU TV PC ID IT HR AM PM OK UC DP PB SI BO WN LD AA AC DC AD ED EI EM HQ IQ IV IM MI MP NI NK NP NB PS PO PR QA RA RN SN SU TA TB TC TX UV VR WC XL XR YP LA CC CD DJ "
    "DN EA FA FC FM GB GI HO HD HA ND NE NW SE ST RD ER ES IC ICU KW LP LS LR MH MS MR MD NA OD OH OG PE PI PJ PM QC RE RC RR SM SP TT TU UN VE VJ WW ZZ IE EG BP BM BT BS AI AB AE CO CP CT CV DM DR DV EC EE EP "
    "FB FF GO GH GF GM HC HV HM IR IS IN IF IO KG KM2 KP LL MA ME MO NO OF ON OR OT OP PP RAG SO TO TV UP US VC VS WE WI AN AS AT BE BY DO HE ME MY CM OX MM ML RV SD TIA DS DA DI PA PN PV PX RX SC SH SS TH WK WM YR JR AOB SL SB SCH".split()
)
Token = tuple[str, int, int]


def find_names(text: str, *, holds_people: bool = False) -> Iterator[Passage]:
    """Names and initials in a text, in order. `holds_people` says that whatever stands there is a person, as in a column of authors."""
    tokens = [(match.group(), match.start(), match.end()) for match in _WORD.finditer(text)]
    yield from (
        (match.start(), match.end(), INITIALS, POSSIBLE) for match in _DOTTED.finditer(text) if not _is_abbreviation(match)
    )
    blocked = _find_blocked(text, tokens)
    place, last, last_initials = 0, -9, -9
    while place < len(tokens):
        word, start, _ = tokens[place]
        if (word[0].islower() and word not in _LOWER and word not in _SHORT_TITLES) or start in blocked:
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
    """Starts of words that belong to a pseudonym, or to a phrase that holds a name and means no person here."""
    blocked: set[int] = set()
    if "[" in text:
        for match in _PSEUDONYM.finditer(text):
            blocked.update(range(match.start(), match.end()))
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
    return _ENDING.sub("", word).lower().replace("’", "'").replace("‐", "-")


_LOWER = frozenset(name for name in _FIRST if len(name) > 2 and name not in _WORDS)
_LOWER = _LOWER | {name + "'s" for name in _LOWER} | {name + "’s" for name in _LOWER}


def _end_of(token: Token) -> int:
    word, start, end = token
    ending = _ENDING.search(word)
    return start + ending.start() if ending else end


def _is_abbreviation(match: re.Match) -> bool:
    return match.group().replace(".", "") in _ACRONYMS or match.group() in (
        "P.R.N.",
        "D.O.B.",
        "N.B.",
        "A.K.A.",
        "P.S.",
        "P.P.S.",
        "R.I.P.",
        "T.B.C.",
    )


class _Around:
    """The words on both sides of a candidate, and how they are joined to it."""

    def __init__(self, text: str, tokens: list[Token], place: int, after: int) -> None:
        start = tokens[place][1]
        end = tokens[after - 1][2]
        self.gap = text[tokens[place - 1][2] : start] if place else text[:start]
        self.tail = text[end : tokens[after][1]] if after < len(tokens) else text[end:]
        self.opens = place == 0 or any(sign in self.gap for sign in '.!?\n\r:;•*|–—"“”') or self.gap.strip() in ("-", "'", "‘")
        joined = place > 0 and self.gap.strip(" \t\u00a0") == ""
        self.before = tokens[place - 1][0].lower() if joined else ""
        self.before_cased = tokens[place - 1][0] if joined else ""
        self.before_two = tokens[place - 2][0].lower() if joined and place > 1 else ""
        self.label = (
            tokens[place - 1][0].lower() if place and self.gap.strip() in (":", "-", "–", ":-", ",", ".", "!", "") else ""
        )
        self.labelled = (
            place > 0 and ":" in self.gap and self.gap.strip(" \t\n") in (":", ":-") and tokens[place - 1][0].lower() in _LABELS
        )
        self.next = (
            tokens[after][0].lower().replace("’", "'")
            if after < len(tokens) and self.tail.strip(" \t\u00a0") == "" and self.tail
            else ""
        )
        self.next_cased = tokens[after][0] if self.next else ""
        word = tokens[after - 1][0]
        self.possessive = word.endswith(("'s", "’s"))
        self.in_brackets = self.tail.lstrip(" ").startswith("(") and after < len(tokens) and tokens[after][0].lower() in _ROLES
        self.ends = after >= len(tokens) and self.tail.strip(" .!,\n\rxX") == ""
        self.line_alone = (place == 0 or "\n" in self.gap) and (after >= len(tokens) or self.tail.startswith(("\n", "\r")))


def _read_name(
    text: str, tokens: list[Token], place: int, last: int, last_initials: int, holds_people: bool
) -> tuple[int, int, str, str] | None:
    """The name or initials that begin at a word: first and last place, kind and how sure; None where there is no name."""
    word = tokens[place][0]
    lower = word.lower()
    if lower in _TITLES and not word.endswith(("'s", "’s")) and (found := _read_titled(text, tokens, place)):
        return found
    if word[0].islower():
        return _read_lower(text, tokens, place)
    base = _base(word)
    if base.endswith("n't"):
        return None
    if len(base) == 1:
        return _read_initial_and_surname(text, tokens, place)
    if word.isupper() and len(word) == 2 or (len(base) == 2 and word[:2].isupper()):
        return _read_initials(text, tokens, place, max(last, last_initials))
    after = _extend(text, tokens, place)
    around = _Around(text, tokens, place, after)
    if after < len(tokens) and around.next_cased[:1].isupper() and around.next in _PLACE_HEADS and not around.possessive:
        return None
    if around.next in _NOT_PEOPLE and (
        after - place > 1 or not around.possessive or around.next in ("syndrome", "disease", "palsy", "law", "rule")
    ):
        return None
    sure = _judge(base, word, tokens, place, after, around, last, holds_people)
    return (place, after, NAME, sure) if sure else None


def _read_titled(text: str, tokens: list[Token], place: int) -> tuple[int, int, str, str] | None:
    if place + 1 >= len(tokens):
        return None
    title, following = tokens[place], tokens[place + 1]
    gap = text[title[2] : following[1]]
    dot_fits = title[0] in ("Mr", "Mrs", "Ms", "Dr", "Prof", "Rev", "Cllr", "Sgt", "Fr", "MR", "MRS", "DR", "mr", "mrs", "dr")
    if gap.strip(" \u00a0") not in ("", "." if dot_fits else "") or len(gap) > 3 or gap == "":
        return None
    word, base = following[0], _base(following[0])
    short = title[0].lower() in _SHORT_TITLES
    if len(base) == 1 and word[0].isupper():
        if short and base != "i" and not (len(word) == 1 and base == "a" and False):
            return place, place + 2, INITIALS, POSSIBLE
        return None
    if word[0].islower():
        listed = (
            base in _FIRST
            or base in _SURNAMES
            or (short and title[0].lower() not in ("miss", "ms") and base not in _WORDS and len(base) > 2)
        )
        return (place, place + 2, NAME, LIKELY) if listed and (short or base in _FIRST) else None
    if word.isupper() and len(word) == 2 and word in _ACRONYMS:
        return None
    plain = base in _WORDS and base not in _SURNAMES_OR_WORDS and base not in _FIRST_OR_WORD
    if (
        plain
        and not (short and title[0][0].isupper() and title[0].lower() not in ("miss",))
        or (not short and base in _WORDS and title[0].islower())
    ):
        return None
    if not short and base in _WORDS and base not in _FIRST_OR_WORD and base not in _SURNAMES_OR_WORDS:
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
            base in _PARTICLES
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
    while after - place > 1 and tokens[after - 1][0].lower() in _PARTICLES and tokens[after - 1][0][0].islower():
        after -= 1
    return after


def _may_be_surname(base: str, word: str) -> bool:
    if base in ("may", "march", "will", "christmas") or (word.isupper() and len(word) < 5 and base not in _SURNAMES):
        return False
    return base in _SURNAMES or base in _SURNAMES_OR_WORDS or base in _FIRST or base not in _WORDS | _FIRST_OR_WORD


def _read_lower(text: str, tokens: list[Token], place: int) -> tuple[int, int, str, str] | None:
    """A listed name without its capital, as in a hurried note."""
    if tokens[place][0] in _SHORT_TITLES or tokens[place][0] not in _LOWER:
        return None
    around = _Around(text, tokens, place, place + 1)
    spoken = (
        around.before in _TOLD | _WITH | _ROLES | _GREETINGS_STRONG | _NAMED or around.next in _LOOSE | _WITH or around.possessive
    )
    if around.before in _DETERMINERS - {"of"} or "@" in around.gap or "." in around.tail[:1] and around.tail[1:2].isalpha():
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
        and base in _SURNAMES
        and (tokens[place][0] not in "IA" or "." in text[tokens[place][2] : tokens[after][1]])
    ):
        return place, _extend(text, tokens, after), NAME, LIKELY
    return None


def _read_initials(text: str, tokens: list[Token], place: int, last: int) -> tuple[int, int, str, str] | None:
    """Two capital letters where a person would stand."""
    word = tokens[place][0]
    letters = word[:2]
    if not letters.isupper() or letters in _ACRONYMS or len(_base(word)) != 2:
        return None
    around = _Around(text, tokens, place, place + 1)
    acts = (
        around.next in _LOOSE | {"to", "and", "on"} - {"on"}
        or around.possessive
        or around.in_brackets
        or around.tail.lstrip().startswith("(chair")
    )
    spoken = (
        around.before in _TOLD | _ROLES | _NAMED | {"with", "by", "per", "and", "to", "from", "re", "for", "w", "about"}
        or around.labelled
    )
    listed = place - last == 1 and around.gap.strip() in (",", "/", "&", "+") or around.tail.strip() == "&"
    return (place, place + 1, INITIALS, POSSIBLE) if acts or spoken or listed or around.label == "re" else None


def _judge(
    base: str, word: str, tokens: list[Token], place: int, after: int, around: _Around, last: int, holds_people: bool
) -> str | None:
    """How sure it is that a capitalised word names a person; None where it does not."""
    full = after - place > 1
    known_surname = full and any(_base(tokens[i][0]) in _SURNAMES for i in range(place + 1, after))
    if base not in _FIRST and "-" in base and all(part in _FIRST for part in base.split("-")[:1]):
        base = base.split("-")[0]
    if base in _FIRST:
        if word.isupper() and len(word) <= 3 and not (_stands_as_person(around, strict=False) or full):
            return None
        return CERTAIN if known_surname or _stands_as_person(around, strict=True) else LIKELY
    listed = (
        (place - last == 1 and "\n" not in around.gap and around.gap.strip() in (",", "/", "&", "+"))
        or (place - last == 2 and tokens[place - 1][0].lower() in ("and", "or", "with", "n") and "." not in around.gap)
    )  # fmt: skip
    if base in _FIRST_OR_WORD:
        return _judge_name_or_word(base, word, tokens, after, around, known_surname, listed, holds_people)
    if base in _SURNAMES and base not in _WORDS:
        return _judge_surname(word, around, listed, full)
    if (
        base in _WORDS
        or _is_form_of_word(base)
        or (word.isupper() and len(word) < 5)
        or "-" in base
        and base.split("-")[0] in _WORDS
    ):
        if full and not around.opens and base in _SURNAMES_OR_WORDS:
            return None
        return None
    return _judge_unknown(word, tokens, place, around, listed, known_surname, holds_people)


def _stands_as_person(around: _Around, *, strict: bool) -> bool:
    before = (
        around.before in _TOLD
        or around.label in _GREETINGS_STRONG
        or around.before in _ROLES | _NAMED | _TITLES
        or around.labelled
    )
    behind = (
        around.next in (_SPEECH if strict else _LOOSE) or around.in_brackets or (around.possessive and around.next in _BELONGINGS)
    )
    return before or behind or (not strict and around.before in _WITH)


def _judge_name_or_word(
    base: str, word: str, tokens: list[Token], after: int, around: _Around, known_surname: bool, listed: bool, holds_people: bool
) -> str | None:
    calendar = base in _CALENDAR_AND_PLACES
    if calendar and (around.before in _TIME_BEFORE or any(map(str.isdigit, around.gap)) or around.next.isdigit()):
        return None
    if known_surname or holds_people and around.ends:
        return LIKELY
    if word.isupper() and len(word) > 1 and around.before_cased.isupper() and around.before_cased.lower() not in _TOLD:
        return None
    if around.label in _GREETINGS_STRONG and (around.gap.strip() in ("", ",") or "\n" in around.gap) and not calendar:
        return LIKELY
    if around.label in _GREETINGS and around.before in ("dear", "hi", "hello", "hiya", "hey", "signed"):
        return LIKELY
    if around.labelled or around.in_brackets or (listed and not calendar):
        return LIKELY
    if around.before in _DETERMINERS:
        return None
    if (
        around.before in _ROLES | _NAMED
        and around.before not in ("staff", "bank", "agency", "lady", "on")
        and not (calendar and around.next in _LOOSE - _SPEECH)
    ):
        return LIKELY
    if around.before in _TOLD or (
        around.before == "to"
        and around.before_two in ("said", "spoke", "talked", "listened", "talk", "speak", "apologised", "listen")
    ):
        return (
            None
            if calendar
            and around.before
            in ("saw", "seen", "found", "missed", "visited", "visiting", "see", "like", "likes", "loves", "heard", "sent", "let")
            else LIKELY
        )
    if (
        around.next in ("and", "&")
        and after + 1 < len(tokens)
        and _base(tokens[after + 1][0]) in _FIRST
        and tokens[after + 1][0][0].isupper()
    ):
        return LIKELY
    if around.possessive and around.next in _BELONGINGS and not calendar:
        return LIKELY
    if around.next in _SPEECH - {
        "got",
        "works",
        "came",
        "went",
        "left",
        "needs",
        "used",
        "looks",
        "comes",
        "goes",
        "does",
        "broke",
        "fell",
        "seems",
    }:
        return (
            LIKELY
            if not calendar
            or base in _PLACES_TOO
            or around.next
            in (
                "said",
                "says",
                "told",
                "asked",
                "rang",
                "phoned",
                "texted",
                "emailed",
                "cried",
                "laughed",
                "shouted",
                "refused",
                "hit",
                "ate",
                "slept",
            )
            else None
        )
    if around.opens or calendar:
        return None
    if around.next in _LOOSE or around.before in (
        "with",
        "by",
        "and",
        "for",
        "from",
        "when",
        "because",
        "if",
        "that",
        "where",
        "as",
        "so",
        "but",
        "until",
        "after",
        "while",
        "then",
        "w",
    ):
        return None if word.isupper() else LIKELY if around.next in _SPEECH else POSSIBLE
    return (
        POSSIBLE if not around.next_cased[:1].isupper() and not around.before_cased[:1].isupper() and not word.isupper() else None
    )


def _judge_surname(word: str, around: _Around, listed: bool, full: bool) -> str | None:
    if _stands_as_person(around, strict=True) or listed:
        return LIKELY
    if (
        around.before in ("in", "at", "near", "to", "via", "of", "the", "from", "outside", "towards", "through", "into", "around")
        or word.isupper()
    ):
        return None
    if around.next_cased[:1].isupper() or around.before_cased[:1].isupper():
        return POSSIBLE if full else None
    return LIKELY if not around.opens else POSSIBLE


def _judge_unknown(
    word: str, tokens: list[Token], place: int, around: _Around, listed: bool, known_surname: bool, holds_people: bool
) -> str | None:
    """A capitalised word that stands in no list: a name only where the words around it say so."""
    if around.label in _GREETINGS_STRONG and around.gap.strip() in ("", ",") or around.labelled or around.in_brackets:
        return LIKELY
    if around.gap == ", " and around.tail.startswith(",") and tokens[place - 1][0].lower() in _ROLES:  # her keyworker, X, told us
        return LIKELY
    if known_surname or holds_people and around.ends and place == 0:
        return LIKELY
    if (
        around.before in _ROLES - {"staff", "bank", "agency", "lady", "lead", "girl", "guy"}
        or around.before in _NAMED
        and around.before != "known"
    ):
        return LIKELY
    if around.before in _DETERMINERS or word.isupper():
        return None
    if around.before in _TOLD - {
        "found",
        "let",
        "gave",
        "sent",
        "handed",
        "saw",
        "seen",
        "heard",
        "visited",
        "visiting",
        "likes",
        "loves",
        "support",
        "see",
        "hates",
        "follow",
        "found",
        "said",
        "says",
    }:
        return LIKELY
    if around.before == "to" and around.before_two in (
        "said",
        "spoke",
        "talked",
        "listened",
        "talk",
        "speak",
        "apologised",
        "sorry",
    ):
        return LIKELY
    if (
        listed
        or (around.before in ("and", "with") and around.before_two in ("me", "i", "myself"))
        or (around.next == "and" and tokens[place + 1 :][1:2] and tokens[place + 2][0] in ("I", "me", "myself"))
    ):
        return POSSIBLE
    if around.next in _SPEECH - {"got", "used", "broke", "seems", "opened", "turned"}:
        return (
            LIKELY
            if around.next in ("said", "told", "asked", "rang", "phoned", "texted", "replied", "cried", "shouted")
            else POSSIBLE
        )
    if around.before in ("with", "by", "w", "alongside") and not around.opens:
        return POSSIBLE
    return (
        POSSIBLE
        if around.possessive
        and around.next
        in _BELONGINGS
        - {
            "last",
            "first",
            "new",
            "old",
            "team",
            "staff",
            "review",
            "plan",
            "house",
            "day",
            "support",
            "social",
            "car",
            "money",
            "leaving",
            "head",
        }
        else None
    )


def _is_form_of_word(base: str) -> bool:
    """Whether it is an ordinary word with an ending."""
    for ending in (
        "s",
        "es",
        "ed",
        "d",
        "ing",
        "ly",
        "er",
        "ers",
        "n't",
        "'ll",
        "'ve",
        "'re",
        "'d",
        "'m",
        "ness",
        "ment",
        "al",
        "ation",
        "able",
        "y",
    ):
        if base.endswith(ending):
            stem = base[: -len(ending)]
            if stem in _WORDS or stem + "e" in _WORDS or (len(stem) > 2 and stem[-1] == stem[-2] and stem[:-1] in _WORDS):
                return True
    return any(
        base.startswith(opening) and base[len(opening) :] in _WORDS
        for opening in ("un", "re", "non", "over", "in", "dis", "mis", "pre", "under")
    )
