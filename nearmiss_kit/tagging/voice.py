"""Whose voice a record or a sentence is: the person's, staff's, the family's, a clinician's, a commissioner's."""

import re

from nearmiss_kit.tagging.lexicon import VoiceRules

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
