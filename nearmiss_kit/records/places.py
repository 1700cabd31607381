"""Addresses, rooms, houses and places of work, known by their form."""

import re
from collections.abc import Iterator
from functools import cache

from nearmiss_kit.records.passages import ADDRESS, CERTAIN, HOUSE, LIKELY, POSSIBLE, ROOM, Passage, read_words

_ROAD = r"(?:Road|Rd|Street|Avenue|Ave|Lane|Close|Drive|Crescent|Cres|Terrace|Gardens|Grove|Mews|Parade|Walk|Rise)"
_NUMBERED_ROAD = re.compile(
    rf"(?<![\w.:£/-])(?:(?:flat|apartment|apt|unit|room)\s?\d{{1,3}}[a-z]?,?\s)?(?:no\.? ?)?\d{{1,4}}[a-z]?(?:-\d+)?,?\s(?P<road>(?:[A-Za-z][\w'’.-]+\s){{1,3}}?)(?:{_ROAD}|Way|Place|Court|Square|Hill|Row|View|Green|St|Dr|Cl|Ln|Park|Buildings|Wynd|Brae|Croft|Chase|Fold|Dell|Wharf|Quay|Bank|Path|Approach|Esplanade|Promenade|Boulevard|Common|Meadows?|Orchard|Mount|Loan|Gate|End|Side|Vale|Yard|Passage|Brow|Arcade)\b\.?",
    re.I,
)
_NAMED_ROAD = re.compile(
    rf"\b(?P<road>(?:(?:[A-Z][a-z'’]+|St\.?)\s){{1,3}}){_ROAD}\b(?! (?:Surgery|Hospital|School|Clinic|Centre|House))"
)
_CALENDAR = frozenset({"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "april", "june", "july", "august", "september", "october", "november", "december"})  # fmt: skip
_HOME_AT = re.compile(  # “lives at 27 Thornbury”
    r"\b(?:liv(?:es?|ed|ing)|address(?: is| was|:)?|mov(?:es?|ed|ing)|stay(?:s|ed|ing)?|visit(?:s|ed|ing)?|based|property|home|house|round|tenancy|call(?:ed)?|went|delivered|back|outside|opposite|near|found)\s(?:at|to|in|is|was|from)?\s?"
    r"((?:no\.? ?|number )?\d{1,3}[a-zA-Z]?,? (?:The )?(?P<road>[A-Z][a-z]{3,}(?: [A-Z][a-z]{2,})?))\b(?! \d)"
)
_NOT_ROAD = read_words("no_road_names")
_ROOM = re.compile(
    r"\b(?:room|rm|flat|apartment|bungalow|bedroom|apt|studio|bedsit|pod)\.?\s?(?:no\.?\s?|number\s)?(?:[A-Z]?\d{1,3}[a-z]?|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)(?=[ ,.;]*(?:$|[.,;)]|is |was |has |and |had |on |at )))"
    r"\b(?!\s?(?:times|pm|am|mins?|hours?|degrees|°|%|metres|weeks?|days|people|staff|c\b|nights?|x\b|tyres?)|[:./]\d)",
    re.I,
)
_LETTERED_ROOM = re.compile(
    r"\b(?:Flat|Room|Bungalow|Apartment|Studio|flat|bungalow) [B-HJ-Z]\b(?!['’.]\w)|\b(?:Ward|Bay) (?:[A-Z]?\d{1,2}[A-Z]?)\b(?!\s?[:/.]\d)"
)
_NUMBERED_HOME = re.compile(
    r"\b(?:at|from|in|outside|tenants? of|lady of|man of|neighbours? (?:at|from|in)|next door at|upstairs at) ((?:no\.? ?|number |#)\d{1,3}[a-z]?)\b(?!\s?(?:on|in the|of|priority|one|times|%|[:./]\d|st\b|nd\b|rd\b|th\b))",
    re.I,
)
_HEAD = (
    r"(?:House|Lodge|Court|Cottage|Manor|Grange|Ward|Villas?|Bungalow|Mews|Hall|Surgery|Medical Practice|(?:Medical |Health |Day |Resource |Respite |Community |Family |Activity |Leisure |Garden |Sports )?Centre|Hospital|Infirmary|"
    r"(?:Primary |Special |High )?School|College|Academy|Care Home|Nursing Home|Unit|View|Farm|Hospice|Clinic|Day Service|Day Services|Supported Living|Project|Nursery|Church|Mosque|Temple|Gurdwara|(?:Barn|Rectory|Vicarage|Priory|Gables|Heights|Towers|Mill|Maltings|Croft|Almshouses|Hub)(?! [A-Z])|Pharmacy|Chemist|Bakery|Caf[eé]|Garage|Stables|Salon|Opticians|"
    r"(?:Dental|GP|Veterinary) Practice|Care (?:Group|Ltd|Limited|Services|Agency)|(?:Healthcare|Homes|Staffing|Recruitment|Taxis|Cabs)(?: (?:Ltd|Limited|Group|Association|Agency))?|Housing Association|(?:NHS |Foundation )+Trust|Ltd|Limited|CIC)"
)
_HOUSE = re.compile(rf"(?P<name>(?:\b(?:[A-Z][\w'’-]+|St\.?|of|on|the|and)\s){{1,3}}?){_HEAD}\b(?!['’]s? Act)")
_HOUSE_WITH_THE = re.compile(  # “moved to The Beeches”
    r"\b(?:at|to|from|near|in|into|outside|of|called|left|visited|opposite|behind) (The (?P<name>(?:Old |Little |New )?[A-Z][a-z]{3,}))\b(?!['’]s| [A-Z])"
)
_HOMES = frozenset({"Ward", "Lodge", "Cottage", "Manor", "Grange", "Barn", "Rectory", "Villa", "Infirmary", "Hospice", "Mews"})
_PLAIN_BEFORE_HEAD = read_words("no_house_names")
_NOT_HOUSE = re.compile(
    r"Winterbourne View|Whorlton Hall|Cawston Park|Manor House Inquiry|Albert Hall|White House|Full House|Open House|Opera House|Coach House Inn|Court of Protection|Coronation Street"
)


def find_places(text: str) -> Iterator[Passage]:
    """Addresses, rooms, flats, and names of houses, units and places of work; they may overlap."""
    for m in _NUMBERED_ROAD.finditer(text):
        words = m["road"].lower().replace(",", "").split()
        if not _NOT_ROAD & set(words) and (m.group()[-1].isupper() or _looks_like_road(m)):
            yield m.start(), m.end(), ADDRESS, CERTAIN
    for m in _NAMED_ROAD.finditer(text):
        words = m["road"].lower().split()
        start = m.start() + (len(m["road"].split()[0]) + 1 if len(words) > 1 and words[0] in _NOT_ROAD | _ordinary_words() else 0)
        if not (_NOT_ROAD | {"high"}) & set(words[-1:]):
            yield start, m.end(), ADDRESS, LIKELY
    for m in _HOME_AT.finditer(text):
        if not (_NOT_ROAD | _ordinary_words() | _CALENDAR) & set(m["road"].lower().split()[:1]) or _opens_like_name(m["road"]):
            yield m.start(1), m.end(1), ADDRESS, LIKELY
    yield from ((m.start(), m.end(), ROOM, POSSIBLE) for m in _ROOM.finditer(text))
    yield from ((m.start(), m.end(), ROOM, POSSIBLE) for m in _LETTERED_ROOM.finditer(text))
    yield from ((m.start(1), m.end(1), ROOM, POSSIBLE) for m in _NUMBERED_HOME.finditer(text))
    yield from _find_houses(text)
    yield from ((m.start(1), m.end(1), HOUSE, POSSIBLE) for m in _HOUSE_WITH_THE.finditer(text) if _is_house_with_the(m))


def _looks_like_road(match: re.Match) -> bool:
    """Whether the words before “road” are a name: capitals, or one word that is no ordinary one in front of a full word for a road."""
    words, last = match["road"].split(), match.group().split()[-1].rstrip(".")
    if words[0][0].isupper() and last[0].isupper():
        return True
    if words[0].lower() == "high":
        return False
    return last.lower() in _FULL_ROADS and len(words) <= 2


_FULL_ROADS = frozenset(["road", "street", "avenue", "lane", "close", "drive", "crescent", "terrace", "grove", "rd", "ave"])


def _find_houses(text: str) -> Iterator[Passage]:
    for m in _HOUSE.finditer(text):
        words = m["name"].split()
        while words and words[0].lower() in _PLAIN_BEFORE_HEAD | {"st", "and"} - {"st"}:
            words.pop(0)
        if not words or words[-1] == "of" or _NOT_HOUSE.search(m.group()):
            continue
        if " ".join((*words, m.group().split()[-1])).lower() in _phrases():
            continue
        if all(word.lower() in _PLAIN_BEFORE_HEAD for word in words) or words[0].lower() in _relations():
            continue
        start = text.index(words[0], m.start())
        if (
            _opens_sentence(text, start)
            and m.group().split()[-1] not in _HOMES
            and len(words) == 1
            and words[0].lower() in _ordinary_words()
            and words[0].lower() not in _trees()
        ):
            continue
        yield start, m.end(), HOUSE, LIKELY


def _is_house_with_the(match: re.Match) -> bool:
    first, *more = match["name"].lower().split()
    if more:
        return True
    return (first not in _ordinary_words() and first not in _PLAIN_BEFORE_HEAD) or (
        first.endswith("s") and first.removesuffix("s").removesuffix("e") in _trees()
    )


def _opens_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip(" \t\"“'‘(")
    return not before or before[-1] in ".!?\n:;•-–—"


def _opens_like_name(road: str) -> bool:
    """Two capitalised words behind a number: “14 Meadow Rise”, but not “2 Staff”."""
    words = road.lower().split()
    return len(words) == 2 and words[0] in _trees()


@cache
def _phrases() -> frozenset[str]:
    return read_words("phrases_with_names")  # “Aston Villa”


@cache
def _relations() -> frozenset[str]:
    return frozenset(["staff", "mum", "dad", "mum's", "dad's", "police", "manager", "nurse", "gp"])


@cache
def _trees() -> frozenset[str]:
    return read_words("house_names_that_are_words")


@cache
def _ordinary_words() -> frozenset[str]:
    return read_words("words")
