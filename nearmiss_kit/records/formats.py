"""Identifiers known by their form: numbers, addresses, dates of birth, plates, references, rooms, houses and shifts."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from nearmiss_kit.records.nhs_numbers import TenDigits, find_nhs_numbers, find_ten_digits

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


def read_words(name: str) -> frozenset[str]:
    """The lines of one of the shipped word lists, in lower case."""
    path = Path(__file__).parent / "word_lists" / f"{name}.txt"
    return frozenset(path.read_text(encoding="utf-8").split("\n")) - {""}


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
_MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
_DAY = rf"(?:\d{{1,2}}\s?[/.\-\s]\s?\d{{1,2}}\s?[/.\-\s]\s?(?:\d{{4}}|\d{{2}})|\d{{4}}-\d\d-\d\d|\d{{1,2}}(?:st|nd|rd|th)?[\s-](?:of )?{_MONTH}(?:[\s,-]+(?:\d{{4}}|['’]?\d\d))?|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?)"
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
_DAY_IN_WORDS = rf"(?:(?:the )?(?:{_ORDINAL})(?: day)?(?: of)? {_MONTH}|{_MONTH},? (?:the )?(?:{_ORDINAL}))(?:[\s,]+(?:in )?{_YEAR})?|{_YEAR_IN_WORDS}"
_BIRTH = re.compile(
    rf"(?<![A-Za-z])(?:d\.?\s?o\.?\s?b\.?|date of birth|birth ?date|born|birthday|b\.|(?:turn|turns|turned|turning|will be) (?:\d\d|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[ -]\w+)?|eighteen|nineteen)(?= on))(?:\s(?:is|was|on|falls|the|this year|in|given|recorded|shown|as|every))*[\s:,=(\-–]*(?P<day>{_DAY}|{_DAY_IN_WORDS}|(?:19|20)\d\d)(?![\d\w])",
    re.I,
)
_BIRTH_SIGNS = ("born", "birth", "dob", "d.o", "d o", "b.", "turn", "will be")
_OLD_DAY = re.compile(
    rf"(?<!\d)\d{{1,2}}[/.\-]\d{{1,2}}[/.\-](?:19[3-9]\d|200[0-7])(?!\d)|(?<!\d)\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTH},? (?:19[3-9]\d|200[0-7])(?!\d)",
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

_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|last night|yesterday|weekend|bank holiday|christmas|boxing day|new year"
_STINT = r"(?:waking[ -]night|night|sleep[ -]?in|early|late|morning|afternoon|evening|twilight|long day)"
_WORKER = (
    r"(?:(?:new|only|lone|male|female|young|older|temp(?:orary)?|regular|second|other|agency|bank|relief|student|waking|night|late|early|sleep[ -]?in|senior|weekend|duty)\s){0,3}"
    r"(?:support worker|care worker|worker|carer|senior|team leader|shift leader|shift lead|hca|waking night|sleep[ -]?in|staff member|member of staff|agency|bank worker|deputy|nurse|cook|driver|"
    r"handover lead|apprentice|student|assistant|lad|girl|woman|man|lady|guy|one)"
)
_SINGLE = r"(?:(?:the|our|that|their|his|her|my|an?)\s)"
# One worker by shift and weekday, or by a named shift: “the night senior on Tuesday”, “the senior on nights”, “Sunday's sleep-in”.
_SHIFT_OF_WEEK = re.compile(
    rf"\b{_SINGLE}?(?:{_STINT}|agency|bank|relief|only|lone|duty|new|male|female|waking)\s(?:(?:night|shift|agency|bank|only|new|male|female)\s)?(?:support worker|care worker|worker|carer|senior|deputy|nurse|team leader|shift lead(?:er)?|hca|lead|staff member|member of staff)\s"
    rf"(?:(?:on|for|from|of|who (?:was|did|worked|came|covered)(?: on| in)?)\s)(?:the\s)?(?:(?:{_WEEKDAY})\b|{_STINT}s?\b(?!\sto))(?:\s{_STINT}s?\b)?(?:\sshift)?"
    rf"|\b{_SINGLE}(?:waking[ -]night|sleep[ -]?in|agency|bank worker|relief|night worker)\s(?:on|for)\s(?:the\s)?(?:{_WEEKDAY})\b"
    rf"|\b{_SINGLE}{_WORKER}\s(?:on|doing|working|covering|who (?:was on|did|worked|covered))\s(?:the\s|that\s)?(?:(?:{_WEEKDAY})(?:['’]s)?\s)?(?:{_STINT}s?|lates|earlies|nights)\b(?:\sshift)?(?!\s(?:staff|worker|\d))"
    rf"|\b(?:the\s)?(?:{_WEEKDAY})(?:['’]s)?\s(?:{_STINT}\s)?(?:shift\s)?(?:senior|sleep[ -]?in(?:\sworker)?|waking[ -]night|support worker|worker|carer|team leader|shift lead(?:er)?|agency (?:worker|carer|nurse|staff member)|nurse)\b(?!s|\s(?:meeting|cover|shift|rota|off|rate|notes?|team|staff)|-)",
    re.I,
)


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
    yield from (found for found in _find_places(text) if _stands_apart(found, taken))


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
    for m in _HOME_AT.finditer(text):
        if not (_NOT_ROAD | _ordinary_words() | _CALENDAR) & set(m["road"].lower().split()[:1]) or _opens_like_name(m["road"]):
            yield m.start(1), m.end(1), ADDRESS, LIKELY
    yield from ((m.start(), m.end(), ROOM, POSSIBLE) for m in _ROOM.finditer(text))
    yield from ((m.start(), m.end(), ROOM, POSSIBLE) for m in _LETTERED_ROOM.finditer(text))
    yield from ((m.start(1), m.end(1), ROOM, POSSIBLE) for m in _NUMBERED_HOME.finditer(text))
    yield from _find_houses(text)
    yield from ((m.start(1), m.end(1), HOUSE, POSSIBLE) for m in _HOUSE_WITH_THE.finditer(text) if _is_house_with_the(m))
    yield from ((m.start(), m.end(), SHIFT, POSSIBLE) for m in _SHIFT_OF_WEEK.finditer(text))
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
        if not words or words[-1] == "of" or _NOT_HOUSE.search(m.group()):
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
def _relations() -> frozenset[str]:
    return frozenset(["staff", "mum", "dad", "mum's", "dad's", "police", "manager", "nurse", "gp"])


@cache
def _trees() -> frozenset[str]:
    return read_words("house_names_that_are_words")


@cache
def _ordinary_words() -> frozenset[str]:
    return read_words("words")
