"""Mentions of a role and a shift that point at one worker: “the night senior on Tuesday”."""

import re
from collections.abc import Iterator

from nearmiss_kit.records.passages import MONTH, POSSIBLE, SHIFT, Passage

_ROLE = (
    r"(?:waking[ -]night|night|sleep[ -]?in|early|late|day|agency|bank|senior|lead|new|temp(?:orary)?|male|female|only|lone|second|other)?\s?"
    r"(?:support worker|care worker|worker|carer|senior|team leader|shift leader|shift lead|deputy|manager|nurse|hca|sw|tl|sleep[ -]?in|waking night|night staff member|"
    r"member of staff|staff member|driver|cook|keyworker|key worker|agency|bank worker|on[ -]call manager|on[ -]call|coordinator|cleaner|student|apprentice|assistant)"
)
_WHEN = (
    rf"(?:on|for|during|of|who (?:was|were|did|worked|covered|slept in)(?: on)?(?: shift| duty)?(?: on| during)?|rota'?d(?: on)?|working|covering|doing|on (?:shift|duty)(?: on| for)?)\s(?:the\s)?(?:(?:early|late|night|waking night|sleep-in|am|pm|day|morning|afternoon|evening)(?: shift)?\s(?:shift\s)?(?:on|of)\s(?:the\s)?)?"
    rf"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s(?:night,?\s|the\s)?)?(?:night of\s(?:the\s)?)?(?:\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?{MONTH}|{MONTH}\s\d{{1,2}}|\d{{1,2}}/\d{{1,2}}(?:/\d{{2,4}})?|the \d{{1,2}}(?:st|nd|rd|th)|\d{{1,2}}(?:st|nd|rd|th)\b)"
)
_SHIFT = re.compile(rf"\b(?:the|our|that|an?|one|their)\s{_ROLE}\s{_WHEN}", re.I)
_SHIFT_BEFORE = re.compile(
    rf"\b(?:on|for)\s(?:the\s)?(?:night of\s(?:the\s)?)?(?:\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?{MONTH}|\d{{1,2}}/\d{{1,2}}(?:/\d{{2,4}})?),?\s(?:\w+\s){{0,3}}?the\s(?:waking[ -]night|night|late|early|sleep[ -]?in|agency|bank)\s(?:support worker|worker|carer|senior|nurse|staff member|member of staff)\b",
    re.I,
)

_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|last night|yesterday|weekend|bank holiday|christmas|boxing day|new year"
_STINT = r"(?:waking[ -]night|night|sleep[ -]?in|early|late|morning|afternoon|evening|twilight|long day)"
_WORKER = (
    r"(?:(?:new|only|lone|male|female|young|older|temp(?:orary)?|regular|second|other|agency|bank|relief|student|waking|night|late|early|sleep[ -]?in|senior|weekend|duty)\s){0,3}"
    r"(?:support worker|care worker|worker|carer|senior|team leader|shift leader|shift lead|hca|waking night|sleep[ -]?in|staff member|member of staff|agency|bank worker|deputy|nurse|cook|driver|"
    r"handover lead|manager|apprentice|student|assistant|lad|girl|woman|man|lady|guy|one)"
)
_SINGLE = r"(?:(?:the|our|that|their|his|her|my|an?)\s)"
# One worker by shift and weekday, or by a named shift: “the night senior on Tuesday”, “the senior on nights”, “Sunday's sleep-in”.
_SHIFT_OF_WEEK = re.compile(
    rf"\b{_SINGLE}?(?:{_STINT}|agency|bank|relief|only|lone|duty|new|male|female|waking)\s(?:(?:night|shift|agency|bank|only|new|male|female)\s)?(?:support worker|care worker|worker|carer|senior|deputy|nurse|team leader|shift lead(?:er)?|hca|lead|staff member|member of staff)\s"
    rf"(?:(?:on|for|from|of|who (?:was|did|worked|came|covered)(?: on| in)?)\s)(?:(?:duty|shift),?\s(?:(?:on|for)\s)?)?(?:the\s|that\s)?(?:(?:{_WEEKDAY})\b|{_STINT}s?\b(?!\sto))(?:\s{_STINT}s?\b)?(?:\sshift)?"
    rf"|\b{_SINGLE}(?:waking[ -]night|sleep[ -]?in|agency|bank worker|relief|night worker)\s(?:on|for)\s(?:the\s)?(?:{_WEEKDAY})\b"
    rf"|\b{_SINGLE}{_WORKER}\s(?:on|doing|working|covering|who (?:was on|did|worked|covered))\s(?:the\s|that\s)?(?:(?:{_WEEKDAY})(?:['’]s)?\s)?(?:{_STINT}s?|lates|earlies|nights)\b(?:\sshift)?(?!\s(?:staff|worker|\d))"
    rf"|\b{_SINGLE}{_WORKER}\s(?:who was\s)?on\s(?:duty|shift),?\s(?:(?:on|for)\s)?(?:the\s|that\s)?(?:{_WEEKDAY})\b(?:\s{_STINT}s?\b)?"
    rf"|\b(?:the\s)?(?:{_WEEKDAY})(?:['’]s)?\s(?:{_STINT}\s)?(?:shift\s)?(?:senior|sleep[ -]?in(?:\sworker)?|waking[ -]night|support worker|worker|carer|team leader|shift lead(?:er)?|agency (?:worker|carer|nurse|staff member)|nurse)\b(?!s|\s(?:meeting|cover|shift|rota|off|rate|notes?|team|staff)|-)",
    re.I,
)


def find_shifts(text: str) -> Iterator[Passage]:
    """Passages that name a role together with a shift, a weekday or a date."""
    yield from ((m.start(), m.end(), SHIFT, POSSIBLE) for m in _SHIFT_OF_WEEK.finditer(text))
    if any(map(text.__contains__, "0123456789")):
        yield from ((m.start(), m.end(), SHIFT, POSSIBLE) for m in _SHIFT.finditer(text))
        yield from ((m.start(), m.end(), SHIFT, POSSIBLE) for m in _SHIFT_BEFORE.finditer(text))
