"""Identifiers known by their form: numbers, addresses, dates of birth, plates, references, rooms, houses and shifts."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from stdnum.gb import nhs

Passage = tuple[int, int, str, str]  # start, end, kind, how sure
CERTAIN, LIKELY, POSSIBLE = "certain", "likely", "possible"

NHS_NUMBER = "an NHS number"
INSURANCE = "a National Insurance number"
EMAIL = "an e-mail address"
WEB = "a web address"
TELEPHONE = "a telephone number"
POSTCODE = "a postcode"
BIRTH = "a date of birth"
PLATE = "a vehicle plate"
REFERENCE = "a case, tenancy or account number"
ADDRESS = "an address"
ROOM = "a room or flat number"
HOUSE = "the name of a house, unit or place of work"
SHIFT = "a role and a shift that may point at one worker"

# What people and systems put between the digits of one number: any space, joiner, dot, dash or slash.
_GAP = r"[\s.,/|_·•:+*~\-\u00ad\u200b-\u200f\u2010-\u2015\u2060\u2212\ufeff]"
_DIGIT_RUN = re.compile(rf"(?<!\d)\d+(?:{_GAP}{{1,4}}\d+)*")
_GROUP = re.compile(r"\d+")
_USUAL_GROUPS = ([10], [3, 3, 4], [1] * 10, [5, 5], [3, 7], [6, 4])
_LIST_OR_DATE = re.compile(r",|\d:\d|(?<!\d)[0-3]?\d[/.\-][01]?\d[/.\-](?:19|20)\d\d(?!\d)|(?<!\d)[0-2]\d\.[0-5]\d(?!\d)")
_SAYS_NHS = re.compile(r"\bNHS\W{0,3}(?:n[o0umber.]*|#|id)?\W*(?:is\W*)?$", re.IGNORECASE)

_AREAS = frozenset(
    [
        "AB",
        "AL",
        "B",
        "BA",
        "BB",
        "BD",
        "BF",
        "BH",
        "BL",
        "BN",
        "BR",
        "BS",
        "BT",
        "CA",
        "CB",
        "CF",
        "CH",
        "CM",
        "CO",
        "CR",
        "CT",
        "CV",
        "CW",
        "DA",
        "DD",
        "DE",
        "DG",
        "DH",
        "DL",
        "DN",
        "DT",
        "DY",
        "E",
        "EC",
        "EH",
        "EN",
        "EX",
        "FK",
        "FY",
        "G",
        "GL",
        "GU",
        "GY",
        "HA",
        "HD",
        "HG",
        "HP",
        "HR",
        "HS",
        "HU",
        "HX",
        "IG",
        "IM",
        "IP",
        "IV",
        "JE",
        "KA",
        "KT",
        "KW",
        "KY",
        "L",
        "LA",
        "LD",
        "LE",
        "LL",
        "LN",
        "LS",
        "LU",
        "M",
        "ME",
        "MK",
        "ML",
        "N",
        "NE",
        "NG",
        "NN",
        "NP",
        "NR",
        "NW",
        "OL",
        "OX",
        "PA",
        "PE",
        "PH",
        "PL",
        "PO",
        "PR",
        "RG",
        "RH",
        "RM",
        "S",
        "SA",
        "SE",
        "SG",
        "SK",
        "SL",
        "SM",
        "SN",
        "SO",
        "SP",
        "SR",
        "SS",
        "ST",
        "SW",
        "SY",
        "TA",
        "TD",
        "TF",
        "TN",
        "TQ",
        "TR",
        "TS",
        "TW",
        "UB",
        "W",
        "WA",
        "WC",
        "WD",
        "WF",
        "WN",
        "WR",
        "WS",
        "WV",
        "YO",
        "ZE",
    ]
)
_POSTCODE = re.compile(r"(?<![A-Za-z0-9£/-])([A-Z]{1,2})\d[A-Z\d]?\s{0,2}\d([A-Z]{2})(?![A-Za-z0-9])", re.I)
_NOT_INWARD = frozenset(
    [
        "AM",
        "PM",
        "ML",
        "KG",
        "CM",
        "MM",
        "KM",
        "MG",
        "am",
        "pm",
        "st",
        "nd",
        "rd",
        "th",
        "hr",
        "mg",
        "ml",
        "kg",
        "cm",
        "mm",
        "hz",
        "pt",
        "ft",
        "yr",
        "wk",
        "km",
        "gb",
        "mb",
    ]
)  # 4pm, 2nd, 5mg

_EMAIL = re.compile(
    r"[\w.+'-]+\s?(?:@|[\[(]at[\])])\s?[\w-]+(?:\s?(?:\.|[\[(]dot[\])])\s?[\w-]+)*(?:\.|[\[(]dot[\])])\s?\w{2,}"
    r"|[\w.+-]+ at [\w-]+ dot (?:[\w-]+ dot )?\w+",
    re.I,
)
_WEB = re.compile(
    r"\b(?:https?://|www\.)\S+|(?<![@\w.])(?:[a-z0-9-]+\.)+(?:com|org|net|info|uk|ie|scot|wales|eu|co|example)\b(?:/\S*)?"
    r"|(?:insta(?:gram)?|twitter|tiktok|snap(?:chat)?|facebook|handle|profile|username)\W{1,3}(?:\w+ ){0,2}?@\w{3,}"
    r"|(?<![\w@])@(?=\w*[_\d])[A-Za-z]\w{2,}",
    re.I,
)
_WEB_SIGNS = ("http", "www.", "@", ".com", ".uk", ".org", ".net", ".info", ".ie", ".example", ".scot", ".wales", ".eu", ".co")
_PHONE = re.compile(
    r"(?<![\w+£])(?:(?:\+|00)\s?44[\s.\-]?(?:\(0\)\s?|0)?(?=[\s.\-(]*[1-9])[\s.\-(]*|\(?0(?=[1-35789]))"
    r"\d(?:[\s.\-()/\u00a0\u2010-\u2015]{0,2}\d){9}(?!\s?\d|:\d)"
)
_SHORT_PHONE = re.compile(
    r"\b(?:tel(?:ephone)?|phone|mobile|mob|landline|fax|ext(?:ension)?|ring (?:her|him|me|us|them|mum|dad) on|call(?:ed)? (?:her|him|me|us|them) on)"
    r"(?: (?:no|number|num))?(?: is)?[.:# ]{1,3}(?:on )?(\d[\d\s-]{2,9}\d)(?!\d|[\s-]?\d|:\d| ?(?:mins?|hours?|times|pm|am))",
    re.I,
)
_INSURANCE = re.compile(
    r"(?<![A-Za-z0-9])[A-Z]{2}(?P<gap>[\s.\-/]{0,2})\d\d[\s.\-/]{0,2}\d\d[\s.\-/]{0,2}\d\d[\s.\-/]{0,2}[A-D](?![A-Za-z0-9])", re.I
)
_MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
_DAY = rf"(?:\d{{1,2}}\s?[/.\-\s]\s?\d{{1,2}}\s?[/.\-\s]\s?(?:\d{{4}}|\d{{2}})|\d{{4}}-\d\d-\d\d|\d{{1,2}}(?:st|nd|rd|th)?[\s-](?:of )?{_MONTH}(?:[\s,-]+(?:\d{{4}}|['’]?\d\d))?|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?)"
_BIRTH = re.compile(
    rf"(?<![A-Za-z])(?:d\.?\s?o\.?\s?b\.?|date of birth|birth ?date|born|birthday|b\.)(?:\s(?:is|was|on|falls|the|this year|in|given|recorded|shown|as))*[\s:,=(\-–]*(?P<day>{_DAY}|(?:19|20)\d\d)(?!\d)",
    re.I,
)
_OLD_DAY = re.compile(
    rf"(?<!\d)\d{{1,2}}[/.\-]\d{{1,2}}[/.\-](?:19[3-9]\d|200[0-7])(?!\d)|(?<!\d)\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTH},? (?:19[3-9]\d|200[0-7])(?!\d)",
    re.I,
)
_PLATE = re.compile(
    r"(?<![A-Za-z0-9-])(?:[A-Z]{2}[0-9]{2}\s?(?!MAR|PRN|DOL|CQC|NHS|MDT|PBS)[A-Z]{3}|[A-Z]\d{2,3}\s?[A-Z]{3}|[A-Z]{3}\s?\d{2,3}[A-Z])(?![A-Za-z0-9-])"
    r"|(?<![A-Za-z0-9])[a-z]{2}[0-9]{2} [a-z]{3}(?<!mar|and|the|was|for|his|her|pad|off|day|him|had|out|who|due|not|but|she|all|one|got|two|ppl|min|hrs)(?![A-Za-z0-9])"
)
_SAID_PLATE = re.compile(
    r"\b(?:reg(?:istration)?|number ?plate|plate)(?: (?:no|number|mark|plate))?(?: (?:is|was|ending))?[.:# ]{1,3}((?=[A-Za-z ]{0,4}\d|\d)[A-Za-z0-9]{2,4}\s?[A-Za-z0-9]{1,4})\b",
    re.I,
)
_LABEL = re.compile(
    r"\b(?:(?:case|tenancy|file|client|customer|patient|hospital|crime|incident|datix|radar|safeguarding|mosaic|liquid ?logic|system|rent|account|"
    r"service user|person|staff|payroll|personnel|employee|policy|claim|job|order|repairs?|works?|warrant|custody|court|licen[cs]e|passport|dbs|nmc|gmc|"
    r"swe|hcpc|complaint|enquiry|tenant|unit|mrn|cad|log|police|occurrence|invoice|referral|certificate|pin|member(?:ship)?|national|bank|our|your|my|his|her|their|debit|card|council|report)"
    r"[\s-]{1,2}(?:ref(?:erence)?|no|number|num|nr|id|pin|log|#)|ref(?:erence)?|mrn|urn|uprn|cad|pin|dbs|datix|mosaic|sort code|a/c|account|acc|id|case|crime|claim|passport|police log)"
    r"(?:,?\s(?:no|number|num|id|is|was|ref))*\s?[.:#=(,-]{0,2}\s{0,2}$",
    re.I,
)
_DAY_AND_MONTH = re.compile(r"\d{1,2}[/-]\d{1,2}(?:[/-](?:\d\d|\d{4}))?$")
_WORD_THEN_DIGITS = re.compile(r"([a-z]{2,5}[\s-]|(?:ID|NO|REF|PIN|LOG|No|Ref|Pin|Id|Log|MRN|CAD|DBS)[\s-])")
_LONGEST_LABEL = 48  # characters before a code in which its label must stand
_LABELLED_CODE = re.compile(
    r"(?<![A-Za-z0-9£./:-])(?:[A-Z]{1,5}[\s/-]?)?(?=[A-Z/-]{0,4}\d)[A-Z0-9]{1,12}(?:[/-][A-Z0-9]+)*(?:[ ]\d{2,}(?!\d*[/:.]))*(?![A-Za-z0-9:])",
    re.I,
)
_CODE = re.compile(
    r"(?<![A-Za-z0-9/-])[A-Z]{1,5}[/-]?(?:\d{2,4}[/-])?\d{4,9}[A-Z]?(?![A-Za-z0-9/-])|(?<![A-Za-z0-9/-])[A-Z]{2,5}[/-]\d{2,4}[/-]\d{2,6}(?![A-Za-z0-9])"
)
_NOT_CODE = frozenset(
    [
        "COVID",
        "ISO",
        "SI",
        "CQC",
        "HSE",
        "BS",
        "EN",
        "PAS",
        "NG",
        "QS",
        "CG",
        "DSM",
        "ICD",
        "JAN",
        "FEB",
        "MAR",
        "APR",
        "MAY",
        "JUN",
        "JUL",
        "AUG",
        "SEP",
        "OCT",
        "NOV",
        "DEC",
        "H",
        "HH",
    ]
)
_SORT_CODE = re.compile(r"(?<!\d)\d\d-\d\d-\d\d(?!\d)(?=.{0,20}(?:acc|a/c|bank))|(?<=sort code )\d\d-?\d\d-?\d\d", re.I)

_ROAD = r"(?:Road|Rd|Street|Avenue|Ave|Lane|Close|Drive|Crescent|Cres|Terrace|Gardens|Grove|Mews|Parade|Walk|Rise)"
_NUMBERED_ROAD = re.compile(
    rf"(?<![\w.:£/-])(?:(?:flat|apartment|apt|unit|room)\s?\d{{1,3}}[a-z]?,?\s)?(?:no\.? ?)?\d{{1,4}}[a-z]?(?:-\d+)?,?\s(?P<road>(?:[A-Za-z][\w'’.-]+\s){{1,3}}?)(?:{_ROAD}|Way|Place|Court|Square|Hill|Row|View|Green|St|Dr|Cl|Ln|Park|Buildings)\b\.?",
    re.I,
)
_NAMED_ROAD = re.compile(
    rf"\b(?P<road>(?:(?:[A-Z][a-z'’]+|St\.?)\s){{1,3}}){_ROAD}\b(?! (?:Surgery|Hospital|School|Clinic|Centre|House))"
)
_NOT_ROAD = frozenset(
    [
        "main",
        "back",
        "front",
        "side",
        "coronation",
        "sesame",
        "downing",
        "wall",
        "fleet",
        "abbey",
        "penny",
        "this",
        "that",
        "the",
        "a",
        "an",
        "and",
        "of",
        "to",
        "in",
        "on",
        "at",
        "from",
        "our",
        "his",
        "her",
        "their",
        "my",
        "its",
        "for",
        "with",
        "by",
        "or",
        "is",
        "was",
        "no",
        "each",
        "every",
        "minutes",
        "minute",
        "mins",
        "min",
        "hours",
        "hrs",
        "miles",
        "mile",
        "yards",
        "metres",
        "meters",
        "doors",
        "houses",
        "cars",
        "times",
        "weeks",
        "days",
        "months",
        "years",
        "staff",
        "people",
        "men",
        "women",
        "boys",
        "girls",
        "workers",
        "tenants",
        "steps",
        "pm",
        "am",
        "tea",
        "next",
        "same",
        "other",
        "long",
        "short",
        "quiet",
        "busy",
        "wrong",
        "bus",
        "one",
        "two",
        "left",
        "right",
        "along",
        "down",
        "up",
        "across",
        "over",
        "past",
        "near",
        "off",
        "open",
        "dog",
        "way",
        "went",
        "came",
        "out",
        "then",
        "after",
        "before",
        "he",
        "she",
        "they",
        "we",
        "i",
        "it",
        "cul",
        "hard",
        "whole",
        "new",
        "old",
        "first",
        "second",
        "middle",
        "carriageway",
        "local",
        "memory",
        "ward",
    ]
)
_ROOM = re.compile(
    r"\b(?:room|flat|apartment|bungalow|bedroom|apt)\s?(?:no\.?\s?|number\s)?(?:\d{1,3}[a-z]?|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)(?=[ ,.;]*(?:$|[.,;)]|is |was |has |and |had |on |at )))"
    r"\b(?!\s?(?:times|pm|am|mins?|hours?|degrees|°|%|metres|weeks?|days|people|staff|c\b|nights?|x\b|tyres?)|[:./]\d)",
    re.I,
)
_HEAD = (
    r"(?:House|Lodge|Court|Cottage|Manor|Grange|Ward|Villas?|Bungalow|Mews|Hall|Surgery|Medical Practice|(?:Medical |Health |Day |Resource |Respite |Community |Family |Activity |Leisure |Garden |Sports )?Centre|Hospital|Infirmary|"
    r"(?:Primary |Special |High )?School|College|Academy|Care Home|Nursing Home|Unit|View|Farm|Hospice|Clinic|Day Service|Day Services|Supported Living|Project|Nursery|Church|Mosque|Temple|Gurdwara)"
)
_HOUSE = re.compile(rf"(?P<name>(?:\b(?:[A-Z][\w'’-]+|St\.?|of|on|the|and)\s){{1,3}}?){_HEAD}\b(?!['’]s? Act)")
_PLAIN_BEFORE_HEAD = frozenset(
    [
        "the",
        "our",
        "their",
        "his",
        "her",
        "my",
        "your",
        "this",
        "that",
        "a",
        "an",
        "each",
        "every",
        "new",
        "old",
        "main",
        "day",
        "care",
        "community",
        "mental",
        "health",
        "general",
        "local",
        "village",
        "town",
        "city",
        "county",
        "crown",
        "magistrates",
        "family",
        "full",
        "empty",
        "open",
        "public",
        "private",
        "shared",
        "whole",
        "green",
        "white",
        "nursing",
        "residential",
        "supported",
        "living",
        "respite",
        "special",
        "primary",
        "secondary",
        "high",
        "junior",
        "infant",
        "acute",
        "intensive",
        "medical",
        "surgical",
        "assessment",
        "treatment",
        "admissions",
        "emergency",
        "children's",
        "childrens",
        "stroke",
        "eye",
        "dental",
        "gp",
        "dentist's",
        "doctor's",
        "doctors",
        "sports",
        "leisure",
        "garden",
        "shopping",
        "job",
        "call",
        "contact",
        "service",
        "leaving",
        "tower",
        "of",
        "on",
        "and",
        "bus",
        "learning",
        "disability",
        "adult",
        "adults",
        "housing",
        "management",
        "safe",
        "half",
        "town-hall",
        "music",
        "church",
        "school",
        "college",
        "hospital",
        "at",
        "in",
        "to",
        "from",
        "near",
        "by",
        "when",
        "after",
        "before",
        "no",
        "any",
        "some",
        "both",
        "another",
        "other",
        "back",
        "upper",
        "lower",
        "ground",
        "bank",
        "guest",
        "opera",
        "coffee",
        "summer",
        "tree",
        "dolls",
        "wendy",
        "sunday",
        "saturday",
        "weekend",
        "court",
        "supreme",
        "appeal",
        "high-dependency",
        "village's",
        "county's",
        "point",
        "top",
        "in-patient",
        "inpatient",
        "secure",
        "forensic",
        "psychiatric",
        "maternity",
        "neuro",
        "respiratory",
        "cardiac",
        "renal",
        "outpatient",
        "walk-in",
        "minor",
        "injuries",
        "outreach",
        "support",
        "street",
        "alton",
        "buckingham",
        "crystal",
        "albert",
        "royal",
        "parish",
        "catholic",
        "baptist",
        "methodist",
        "protection",
        "district",
    ]
)
_NOT_HOUSE = re.compile(
    r"Winterbourne View|Whorlton Hall|Cawston Park|Manor House Inquiry|Albert Hall|White House|Full House|Open House|Opera House|Coach House Inn|Court of Protection|Coronation Street"
)
_ROLE = (
    r"(?:waking[ -]night|night|sleep[ -]?in|early|late|day|agency|bank|senior|lead|new|temp(?:orary)?|male|female|only|lone|second|other)?\s?"
    r"(?:support worker|care worker|worker|carer|senior|team leader|shift leader|shift lead|deputy|manager|nurse|hca|sw|tl|sleep[ -]?in|waking night|night staff member|"
    r"member of staff|staff member|driver|cook|keyworker|key worker|agency|bank worker|on[ -]call manager|on[ -]call|coordinator|cleaner|student|apprentice|assistant)"
)
_WHEN = (
    rf"(?:on|for|during|of|who (?:was|were|did|worked|covered|slept in)(?: on)?(?: shift| duty)?(?: on| during)?|rota'?d(?: on)?|working|covering|doing|on (?:shift|duty)(?: on| for)?)\s(?:the\s)?(?:(?:early|late|night|waking night|sleep-in|am|pm|day|morning|afternoon|evening)(?: shift)?\s(?:shift\s)?(?:on|of)\s(?:the\s)?)?"
    rf"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s(?:night,?\s|the\s)?)?(?:night of\s(?:the\s)?)?(?:\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH}|{_MONTH}\s\d{{1,2}}|\d{{1,2}}/\d{{1,2}}(?:/\d{{2,4}})?|the \d{{1,2}}(?:st|nd|rd|th)|\d{{1,2}}(?:st|nd|rd|th)\b)"
)
_SHIFT = re.compile(rf"\b(?:the|our|that|an?|one|their)\s{_ROLE}\s{_WHEN}", re.I)
_SHIFT_BEFORE = re.compile(
    rf"\b(?:on|for)\s(?:the\s)?(?:night of\s(?:the\s)?)?(?:\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH}|\d{{1,2}}/\d{{1,2}}(?:/\d{{2,4}})?),?\s(?:\w+\s){{0,3}}?the\s(?:waking[ -]night|night|late|early|sleep[ -]?in|agency|bank)\s(?:support worker|worker|carer|senior|nurse|staff member|member of staff)\b",
    re.I,
)


def find_formats(text: str) -> Iterator[Passage]:
    """Passages whose form gives them away, the surest kinds first; they may overlap."""
    folded = text.lower()
    tens = list(_find_ten_digits(text)) if any(map(text.__contains__, "0123456789")) else []
    yield from ((start, end, NHS_NUMBER, CERTAIN) for start, end in tens if _is_nhs_number(text[start:end]))
    if any(map(folded.__contains__, ("@", " dot ", "(at", "[at"))):
        yield from ((m.start(), m.end(), EMAIL, CERTAIN) for m in _EMAIL.finditer(text) if _is_address(m.group()))
    if any(map(folded.__contains__, _WEB_SIGNS)):
        yield from ((m.start(), m.end(), WEB, CERTAIN) for m in _WEB.finditer(text))
    if any(map(text.__contains__, "0123456789")):
        others = ((m.start(), m.end(), TELEPHONE, CERTAIN) for m in _PHONE.finditer(text))
        yield from (found for found in others if not any(found[0] >= start and found[0] < end for start, end in tens))
        # Ten digits that fail the check are no NHS number, and nothing else either.
        yield from (found for found in _find_numbers(text) if not any(found[0] < end and start < found[1] for start, end in tens))
    yield from (found for found in _find_places(text) if not any(found[0] < end and start < found[1] for start, end in tens))


def _is_address(text: str) -> bool:
    return "@" in text or "(at" in text.lower() or "[at" in text.lower() or " dot " in text.lower()


def _find_ten_digits(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every ten digits that have the form of an NHS number, whatever their check digit says."""
    for run in _DIGIT_RUN.finditer(text):
        if run.end() - run.start() < 10:
            continue
        groups = [(m.start(), m.end()) for m in _GROUP.finditer(text, run.start(), run.end())]
        for first, last in _choose_groups(text, groups):
            yield groups[first][0], groups[last][1]


def _is_nhs_number(text: str) -> bool:
    return nhs.is_valid("".join(str(int(digit)) for digit in text if digit.isdecimal()))


def _choose_groups(text: str, groups: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """First and last group of every ten digits that may be one number.

    Ten digits in the usual groups count anywhere; in other groups where nothing else stands in the run
    and it is no list, time or date, or where "NHS" stands before it.
    """
    lengths = [end - start for start, end in groups]
    for first in range(len(groups)):
        for usual in _USUAL_GROUPS:
            if lengths[first : first + len(usual)] == usual:
                yield first, first + len(usual) - 1
    if sum(lengths) == 10 and lengths not in _USUAL_GROUPS:
        start, end = groups[0][0], groups[-1][1]
        if not _LIST_OR_DATE.search(text[start:end]) or _SAYS_NHS.search(text[max(0, start - 30) : start]):
            yield 0, len(groups) - 1
    elif sum(lengths) > 10 and _SAYS_NHS.search(text[max(0, groups[0][0] - 30) : groups[0][0]]):
        total = 0
        for last, length in enumerate(lengths):
            total += length
            if total == 10 and lengths[: last + 1] not in _USUAL_GROUPS:
                yield 0, last


def _find_numbers(text: str) -> Iterator[Passage]:
    yield from ((m.start(), m.end(), INSURANCE, CERTAIN) for m in _INSURANCE.finditer(text))
    for m in _BIRTH.finditer(text):
        year_alone = m["day"].isdigit()
        yield m.start("day"), m.end("day"), BIRTH, POSSIBLE if year_alone else CERTAIN
    yield from ((m.start(1), m.end(1), TELEPHONE, LIKELY) for m in _SHORT_PHONE.finditer(text))
    yield from ((m.start(), m.end(), POSTCODE, CERTAIN) for m in _POSTCODE.finditer(text) if _is_postcode(m))
    yield from ((m.start(), m.end(), PLATE, LIKELY) for m in _PLATE.finditer(text))
    yield from ((m.start(1), m.end(1), PLATE, CERTAIN) for m in _SAID_PLATE.finditer(text))
    yield from _find_references(text)
    yield from ((m.start(), m.end(), BIRTH, POSSIBLE) for m in _OLD_DAY.finditer(text))


def _is_postcode(match: re.Match) -> bool:
    return match[1].upper() in _AREAS and match[2] not in _NOT_INWARD


def _find_references(text: str) -> Iterator[Passage]:
    for m in _SORT_CODE.finditer(text):
        yield m.start(), m.end(), REFERENCE, LIKELY
    for m in _LABELLED_CODE.finditer(text):
        if sum(map(str.isdigit, m.group())) < 3 or _DAY_AND_MONTH.match(m.group()):
            continue
        word = _WORD_THEN_DIGITS.match(m.group())  # “number 1193847” read as one code: the word belongs to the label
        start = m.start() + (len(word[1]) if word else 0)
        if _LABEL.search(text[max(0, start - _LONGEST_LABEL) : start]):
            yield start, m.end(), REFERENCE, LIKELY
    for m in _CODE.finditer(text):
        letters = re.match(r"[A-Z]*", m.group()).group()
        if letters not in _NOT_CODE:
            yield m.start(), m.end(), REFERENCE, POSSIBLE


def _find_places(text: str) -> Iterator[Passage]:
    for m in _NUMBERED_ROAD.finditer(text):
        words = m["road"].lower().replace(",", "").split()
        if not _NOT_ROAD & set(words) and (m.group()[-1].isupper() or _looks_like_road(m)):
            yield m.start(), m.end(), ADDRESS, CERTAIN
    for m in _NAMED_ROAD.finditer(text):
        words = m["road"].lower().split()
        start = m.start() + (len(m["road"].split()[0]) + 1 if len(words) > 1 and words[0] in _NOT_ROAD | _ordinary_words() else 0)
        if not (_NOT_ROAD | {"high"}) & set(words[-1:]):
            yield start, m.end(), ADDRESS, LIKELY
    yield from ((m.start(), m.end(), ROOM, POSSIBLE) for m in _ROOM.finditer(text))
    yield from _find_houses(text)
    if any(map(text.__contains__, "0123456789")):
        yield from ((m.start(), m.end(), SHIFT, POSSIBLE) for m in _SHIFT.finditer(text))
        yield from ((m.start(), m.end(), SHIFT, POSSIBLE) for m in _SHIFT_BEFORE.finditer(text))


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
        if not words or _NOT_HOUSE.search(m.group()):
            continue
        if all(word.lower() in _PLAIN_BEFORE_HEAD for word in words) or words[0].lower() in _relations():
            continue
        start = text.index(words[0], m.start())
        if (
            _opens_sentence(text, start)
            and len(words) == 1
            and words[0].lower() in _ordinary_words()
            and words[0].lower() not in _trees()
        ):
            continue
        yield start, m.end(), HOUSE, LIKELY


def _opens_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip(" \t\"“'‘(")
    return not before or before[-1] in ".!?\n:;•-–—"


@cache
def _relations() -> frozenset[str]:
    return frozenset(["staff", "mum", "dad", "mum's", "dad's", "police", "manager", "nurse", "gp"])


@cache
def _trees() -> frozenset[str]:
    return frozenset(
        [
            "oak",
            "elm",
            "ash",
            "beech",
            "birch",
            "willow",
            "rowan",
            "alder",
            "cedar",
            "hazel",
            "holly",
            "ivy",
            "rose",
            "poplar",
            "sycamore",
            "maple",
            "laurel",
            "lavender",
            "orchard",
            "meadow",
            "spring",
            "valley",
            "river",
            "hill",
            "sunny",
            "bridge",
            "park",
            "lake",
            "primrose",
            "heather",
            "fern",
            "chestnut",
        ]
    )


@cache
def _ordinary_words() -> frozenset[str]:
    return read_words("words")


def read_words(name: str) -> frozenset[str]:
    """The lines of one of the shipped word lists, in lower case."""
    path = Path(__file__).parent / "word_lists" / f"{name}.txt"
    return frozenset(path.read_text(encoding="utf-8").split("\n")) - {""}
