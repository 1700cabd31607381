"""What a tag is: one proposal that a code is evidenced, with its place and its reason."""

from dataclasses import dataclass

TAG_COLUMNS = (
    "record_id", "family", "code", "sub_theme", "term", "start", "end", "quote", "sentence", "sentence_start",
    "sentence_end", "assertion", "cue", "voice", "source", "confidence", "counted", "lexicon", "lexicon_version",
)  # fmt: skip
LEXICON, LEARNED = "lexicon", "learned"  # the sources of a tag


@dataclass(frozen=True)
class Tag:
    """One tag without its record: places in code points of the narrative."""

    family: str
    code: str
    sub_theme: str
    term: str
    start: int
    end: int
    sentence_start: int
    sentence_end: int
    assertion: str
    cue: str
    voice: str
    source: str = LEXICON
    confidence: float | None = None
    counted: bool = True
