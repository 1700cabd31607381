"""What a passage that may identify somebody is: its place, its kind, how sure that is; and the shipped word lists."""

from pathlib import Path

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


MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
