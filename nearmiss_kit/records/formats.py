"""Identifiers known by their form: numbers, web and e-mail addresses, dates of birth, plates and references."""

import re
from collections.abc import Iterator

from nearmiss_kit.records.nhs_numbers import TenDigits, find_nhs_numbers, find_ten_digits
from nearmiss_kit.records.passages import (
    BIRTH,
    CERTAIN,
    EMAIL,
    INSURANCE,
    LIKELY,
    MONTH,
    NHS_NUMBER,
    PLATE,
    POSSIBLE,
    POSTCODE,
    REFERENCE,
    TELEPHONE,
    WEB,
    Passage,
    read_words,
)  # fmt: skip
from nearmiss_kit.records.places import find_places
from nearmiss_kit.records.shifts import find_shifts

_AREAS = read_words("postcode_areas")
_POSTCODE = re.compile(r"(?<![A-Za-z0-9£/-])([A-Z]{1,2})\d[A-Z\d]?\s{0,2}\d([A-Z]{2})(?![A-Za-z0-9])", re.I)
_PRINTED_POSTCODE = re.compile(r"[A-Z]{2}\d{1,2} \d[ABD-HJLNP-UW-Z]{2}")
_NOT_INWARD = frozenset({"AM", "PM", "ML", "KG", "CM", "MM", "KM", "MG", "am", "pm", "st", "nd", "rd", "th", "hr", "mg", "ml", "kg", "cm", "mm", "hz", "pt", "ft", "yr", "wk", "km", "gb", "mb"})  # fmt: skip  # 4pm, 2nd

_EMAIL = re.compile(
    r"[\w.+'-]+\s?(?:@|[\[(]at[\])])\s?[\w-]+(?:\s?(?:\.|[\[(]dot[\])])\s?[\w-]+)*(?:\.|\s?[\[(]dot[\])])\s?\w{2,}"
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
_PLAIN_DATE = re.compile(r"(?<!\d)[0-3]?\d[/.\-](?:0?[1-9]|1[0-2])[/.\-](?:\d{4}|\d\d)(?!\d)")
_SHORT_PHONE = re.compile(
    r"\b(?:tel(?:ephone)?|phone|mobile|mob|landline|fax|ext(?:ension)?|ring (?:her|him|me|us|them|mum|dad) on|call(?:ed)? (?:her|him|me|us|them) on)"
    r"(?: (?:no|number|num))?(?: is)?[.:# ]{1,3}(?:on )?(\d[\d\s-]{2,9}\d)(?!\d|[\s-]?\d|:\d| ?(?:mins?|hours?|times|pm|am))",
    re.I,
)
_INSURANCE = re.compile(
    r"(?<![A-Za-z0-9])[A-Z]{2}(?P<gap>[\s.\-/]{0,2})\d\d[\s.\-/]{0,2}\d\d[\s.\-/]{0,2}\d\d[\s.\-/]{0,2}[A-D](?![A-Za-z0-9])", re.I
)
_DAY = rf"(?:\d{{1,2}}\s?[/.\-\s]\s?\d{{1,2}}\s?[/.\-\s]\s?(?:\d{{4}}|\d{{2}})|\d{{4}}-\d\d-\d\d|\d{{1,2}}(?:st|nd|rd|th)?[\s-](?:of )?{MONTH}(?:[\s,-]+(?:\d{{4}}|['’]?\d\d))?|{MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?)"
_ORDINAL = (
    r"(?:(?:twenty|thirty)[ -])?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|"
    r"sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth"
)
_NUMBER = (
    r"(?:oh |hundred(?: and)? |thousand(?: and)? )?(?:(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?|"
    r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen)"
)
_YEAR_IN_WORDS = rf"(?:nineteen|twenty|two thousand)(?:[ -](?:and )?{_NUMBER}|(?= *[.,;)]))"
_YEAR = rf"(?:\d{{4}}|['’]?\d\d|{_YEAR_IN_WORDS})"
_DAY_IN_WORDS = rf"(?:(?:the )?(?:{_ORDINAL})(?: day)?(?: of)? {MONTH}|{MONTH},? (?:the )?(?:{_ORDINAL}))(?:[\s,]+(?:in )?{_YEAR})?|{_YEAR_IN_WORDS}"
_BIRTH = re.compile(
    rf"(?<![A-Za-z])(?:d\.?\s?o\.?\s?b\.?|date of birth|birth ?date|born|birthday|b\.|(?:turn|turns|turned|turning|will be) (?:\d\d|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[ -]\w+)?|eighteen|nineteen)(?= on))(?:\s(?:is|was|on|falls|the|this year|in|given|recorded|shown|as|every))*[\s:,=(\-–]*(?P<day>{_DAY}|{_DAY_IN_WORDS}|(?:19|20)\d\d)(?![\d\w])",
    re.I,
)
_BIRTH_SIGNS = ("born", "birth", "dob", "d.o", "d o", "b.", "turn", "will be")
_OLD_DAY = re.compile(
    rf"(?<!\d)\d{{1,2}}[/.\-]\d{{1,2}}[/.\-](?:19[3-9]\d|200[0-7])(?!\d)|(?<!\d)\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{MONTH},? (?:19[3-9]\d|200[0-7])(?!\d)",
    re.I,
)
_PLATE = re.compile(
    r"(?<![A-Za-z0-9-])(?:[A-Z]{2}[0-9]{2}\s?(?!MAR|PRN|DOL|CQC|NHS|MDT|PBS)[A-Z]{3}|[A-Z]\d{2,3}\s?[A-Z]{3}|[A-Z]{3}\s?\d{2,3}[A-Z])(?![A-Za-z0-9-])"
    r"|(?<![A-Za-z0-9])[a-z]{2}[0-9]{2} [a-z]{3}(?<!mar|and|the|was|for|his|her|pad|off|day|him|had|out|who|due|not|but|she|all|one|got|two|ppl|min|hrs)(?![A-Za-z0-9])"
)
_PLATE_OF_CAR = re.compile(  # old, Northern Irish and cherished plates, where a vehicle stands close by
    r"\b(?:car|van|vehicle|taxi|cab|minibus|bus|motorbike|moped|scooter|lorry|truck|audi|bmw|corsa|fiesta|golf|transit|mercedes|parked|driving|drove|reg|plate)\b[^.!?\n]{0,30}?"
    r"(?<![A-Za-z0-9-])([A-Z]{3}\s?\d{1,4}|\d{1,4}\s?[A-Z]{2,3}|[A-Z]\d{1,3}\s?[A-Z]{3}|[A-Z]{1,2}\s?\d{1,4}|[a-z]{2}\d\d\s?[a-z]{3}|[A-Z]{2}\d\d\s?[A-Z]{3})(?![A-Za-z0-9-]|\s?(?:am|pm|AM|PM)\b)"
)
_NO_PLATE = re.compile(
    r"(?:\d+\s?(?:MG|ML|KG|CM|MM|KM|HRS?|MINS?|AM|PM|MPH|ST|ND|RD|TH)|[AMB]\s?\d{1,4})$|(?:MAR|PRN|CQC|NHS|MDT|PBS|DOL|JAN|FEB|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)\b"
)
_SAID_PLATE = re.compile(
    r"\b(?:reg(?:istration)?|number ?plate|plate)(?: (?:no|number|mark|plate))?(?: (?:is|was|ending))?[.:# ]{1,3}((?=[A-Za-z ]{0,4}\d|\d)[A-Za-z0-9]{2,4}\s?[A-Za-z0-9]{1,4})\b",
    re.I,
)
_LABEL = re.compile(
    r"\b(?:(?:case|tenancy|file|client|customer|patient|hospital|crime|incident|datix|radar|safeguarding|mosaic|liquid ?logic|system|rent|account|"
    r"service user|person|staff|payroll|personnel|employee|policy|claim|job|order|repairs?|works?|warrant|custody|court|licen[cs]e|passport|dbs|nmc|gmc|"
    r"swe|hcpc|ticket|booking|application|benefit|contract|property|exhibit|charge|caution|niche|athena|eclipse|rio|systm ?one|emis|carenotes|carefirst|frameworki|nino?|complaint|enquiry|tenant|unit|mrn|cad|log|police|occurrence|invoice|referral|certificate|pin|member(?:ship)?|national|bank|our|your|my|his|her|their|debit|card|council|report)"
    r"[\s-]{1,2}(?:ref(?:erence)?|no|number|num|nr|id|pin|log|#)|ref(?:erence)?|mrn|urn|uprn|cad|pin|dbs|datix|mosaic|sort code|a/c|account|acc|id|case|crime|claim|passport|police log|tenancy|ticket|crn|niche|rio|systm ?one|emis|carenotes|carefirst|eclipse|nino?)"
    r"(?:,?\s(?:no|number|num|id|is|was|ref))*\s?[.:#=(,-]{0,2}\s{0,2}$",
    re.I,
)
_DAY_AND_MONTH = re.compile(r"\d{1,2}[/-]\d{1,2}(?:[/-](?:\d\d|\d{4}))?$")
_WORD_THEN_DIGITS = re.compile(r"([A-Za-z][a-z]{1,4}[\s-]|(?:ID|NO|REF|PIN|LOG|No|Ref|Pin|Id|Log|MRN|CAD|DBS)[\s-])")
_LONGEST_LABEL = 48  # characters before a code in which its label must stand
_LABELLED_CODE = re.compile(
    r"(?<![A-Za-z0-9£./:-])(?:[A-Z]{1,5}[\s/-]?)?(?=[A-Z/-]{0,4}\d)[A-Z0-9]{1,12}(?:[/-][A-Z0-9]+)*(?:[ ]\d{2,}(?!\d*[/:.]))*(?![A-Za-z0-9:])",
    re.I,
)
_CODE = re.compile(
    r"(?<![A-Za-z0-9/-])[A-Z]{1,5}[/-]?(?:\d{2,4}[/-])?\d{4,9}[A-Z]?(?![A-Za-z0-9/-])|(?<![A-Za-z0-9/-])[A-Z]{2,5}[/-]\d{2,4}[/-]\d{2,6}(?![A-Za-z0-9])"
)
_NOT_CODE = frozenset({"COVID", "ISO", "SI", "CQC", "HSE", "BS", "EN", "PAS", "NG", "QS", "CG", "DSM", "ICD", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC", "H", "HH"})  # fmt: skip
_SORT_CODE = re.compile(r"(?<!\d)\d\d-\d\d-\d\d(?!\d)(?=.{0,20}(?:acc|a/c|bank))|(?<=sort code )\d\d-?\d\d-?\d\d", re.I)


def find_formats(text: str) -> Iterator[Passage]:
    """Passages whose form gives them away, the surest kinds first; they may overlap."""
    folded = text.lower()
    has_digits = any(map(text.__contains__, "0123456789"))
    tens = find_ten_digits(text) if has_digits else []
    yield from ((start, end, NHS_NUMBER, CERTAIN) for start, end in find_nhs_numbers(tens))
    if any(map(folded.__contains__, ("@", " dot ", "(at", "[at"))):
        yield from ((m.start(), m.end(), EMAIL, CERTAIN) for m in _EMAIL.finditer(text) if _is_address(m.group()))
    if any(map(folded.__contains__, _WEB_SIGNS)):
        yield from ((m.start(), m.end(), WEB, CERTAIN) for m in _WEB.finditer(text))
    if any(map(folded.__contains__, _BIRTH_SIGNS)):
        yield from _find_births(text)
    # Ten digits in a usual layout that fail the check are no NHS number, and nothing else either.
    taken = [ten for ten in tens if ten.usual or ten.alone]
    if has_digits:
        yield from _find_telephones(text, taken)
        yield from (found for found in _find_numbers(text) if _stands_apart(found, taken) or _goes_beyond(found, taken))
    yield from (found for found in (*find_places(text), *find_shifts(text)) if _stands_apart(found, taken))


def _find_telephones(text: str, taken: list[TenDigits]) -> Iterator[Passage]:
    for m in _PHONE.finditer(_PLAIN_DATE.sub(lambda date: "~" * len(date[0]), text)):
        gaps = set(re.findall(r"\D+", m.group()))
        # A telephone number written digit by digit; otherwise one that begins inside ten digits begins in another number.
        spelt_out = len(gaps) == 1 and re.fullmatch(r"\d(?:\D+\d)*", m.group())
        if spelt_out or not any(ten.start <= m.start() < ten.end for ten in taken):
            yield m.start(), m.end(), TELEPHONE, CERTAIN


def _stands_apart(found: Passage, taken: list[TenDigits]) -> bool:
    return not any(ten.meets(found[0], found[1]) for ten in taken)


def _goes_beyond(found: Passage, taken: list[TenDigits]) -> bool:
    """A reference with a label of its own that holds more than the ten digits, as in “crime no 35000/22914/25”."""
    start, end, kind, sure = found
    met = [ten for ten in taken if ten.meets(start, end)]
    return (
        kind == REFERENCE
        and sure == LIKELY
        and all(start <= ten.start and ten.end <= end and end - start > ten.end - ten.start for ten in met)
    )


def _is_address(text: str) -> bool:
    return "@" in text or "(at" in text.lower() or "[at" in text.lower() or " dot " in text.lower()


def _find_numbers(text: str) -> Iterator[Passage]:
    yield from ((m.start(), m.end(), INSURANCE, CERTAIN) for m in _INSURANCE.finditer(text))
    yield from ((m.start(1), m.end(1), TELEPHONE, LIKELY) for m in _SHORT_PHONE.finditer(text))
    yield from ((m.start(), m.end(), POSTCODE, CERTAIN) for m in _POSTCODE.finditer(text) if _is_postcode(m))
    yield from ((m.start(), m.end(), PLATE, LIKELY) for m in _PLATE.finditer(text))
    yield from ((m.start(1), m.end(1), PLATE, CERTAIN) for m in _SAID_PLATE.finditer(text))
    yield from ((m.start(1), m.end(1), PLATE, POSSIBLE) for m in _PLATE_OF_CAR.finditer(text) if not _NO_PLATE.match(m[1]))
    yield from _find_references(text)
    yield from ((m.start(), m.end(), BIRTH, POSSIBLE) for m in _OLD_DAY.finditer(text))


def _find_births(text: str) -> Iterator[Passage]:
    for m in _BIRTH.finditer(text):
        year_alone = m["day"].isdigit()
        yield m.start("day"), m.end("day"), BIRTH, POSSIBLE if year_alone else CERTAIN


def _is_year(code: str) -> bool:
    return len(code) == 4 and code[:2] in ("19", "20")


def _is_postcode(match: re.Match) -> bool:
    known = match[1].lower() in _AREAS and match[2] not in _NOT_INWARD
    return known or bool(_PRINTED_POSTCODE.fullmatch(match.group()))  # an area that does not exist hides nobody well


def _find_references(text: str) -> Iterator[Passage]:
    for m in _SORT_CODE.finditer(text):
        yield m.start(), m.end(), REFERENCE, LIKELY
    for m in _LABELLED_CODE.finditer(text):
        if sum(map(str.isdigit, m.group())) < 3 or _DAY_AND_MONTH.match(m.group()) or _is_year(m.group()):
            continue
        word = _WORD_THEN_DIGITS.match(m.group())  # “number 1193847” read as one code: the word belongs to the label
        start = m.start() + (len(word[1]) if word else 0)
        if _LABEL.search(text[max(0, start - _LONGEST_LABEL) : start]):
            yield start, m.end(), REFERENCE, LIKELY
    for m in _CODE.finditer(text):
        letters = re.match(r"[A-Z]*", m.group()).group()
        if letters not in _NOT_CODE:
            yield m.start(), m.end(), REFERENCE, POSSIBLE
