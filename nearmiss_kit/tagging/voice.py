"""Whose voice a record or a sentence is: the person's, staff's, the family's, a clinician's, a commissioner's."""

import re

from nearmiss_kit.tagging.lexicon import VoiceRules
from nearmiss_kit.tagging.matcher import Cue
from nearmiss_kit.tagging.terms import list_phrases

# How each voice reads to people, in the order in which voices are shown: the person first.
VOICE_NAMES = {
    "person": "the person’s own words",
    "staff": "staff",
    "family": "family",
    "clinical": "clinician",
    "commissioner": "commissioner or other partner",
    "other": "another voice",
}
VOICES = tuple(VOICE_NAMES)


class VoiceReader:
    """Reads the voice of a record from its author's role."""

    def __init__(self, rules: VoiceRules) -> None:
        self._patterns = [
            (word, voice, re.compile(rf"\b{re.escape(word)}(?:'s|s)?\b", re.IGNORECASE))
            for voice, words in rules.roles.items()
            for word in words
        ]

    def read(self, author: str) -> str:
        """The voice of the role word that stands first (the longest one there); "other" where none stands."""
        found = [
            (match.start(), -len(word), voice) for word, voice, pattern in self._patterns if (match := pattern.search(author))
        ]
        return min(found)[2] if found else "other"


def list_voice_headings(rules: VoiceRules) -> dict[str, str]:
    """Every heading that gives its lines to a voice, in lower case, with that voice."""
    return {
        heading: voice
        for voice, expressions in rules.headings.items()
        for expression in expressions
        for heading in list_phrases(expression, {})
    }


def hear_voice(cues: list[Cue], voice: str) -> str:
    """Whose words a sentence is: of the first person whose speech it reports, else of the record's or heading's `voice`.

    “he says he …” in a relative's letter may be anybody, so it leaves the family's voice; what somebody says of
    themselves ("my son") counts only where the author is unknown.
    """
    for cue in cues:
        if cue.sets.startswith("voice ") and (cue.reaches == "reported" or voice == "other"):
            heard = cue.sets.removeprefix("voice ")
            if heard != "person" or voice != "family":
                return heard
    return voice
