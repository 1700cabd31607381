"""The easy-read draft of what came of a review, for whoever supports the person's communication."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from nearmiss_kit.analysis.release import Readers
from nearmiss_kit.review.checks import Seen
from nearmiss_kit.review.form import Strict, read_yaml
from nearmiss_kit.review.gate import judge_findings
from nearmiss_kit.review.plain_words import PlainWords, ToChange, check_easy_read, load_plain_words
from nearmiss_kit.review.summary import ANSWERS, EasyLine

MOST_OWN_WORDS = 3  # more is a record of its own and no longer an easy page
_QUESTION = "sources.judged."


class _Line(Strict):
    picture: str
    words: str

    def make(self) -> EasyLine:
        return EasyLine(self.picture, self.words)


class OutcomeWords(Strict):
    """The sentences from which a draft is made, by when they are said."""

    began: tuple[_Line, ...]
    heard: tuple[_Line, ...]
    not_heard: tuple[_Line, ...]
    found: Mapping[str, _Line]
    nothing_found: tuple[_Line, ...]
    status: Mapping[str, _Line]
    restricts: _Line
    no_actions: tuple[_Line, ...]
    home: Mapping[str, _Line]
    ended: Mapping[str, _Line]
    waiting: tuple[_Line, ...]
    next: tuple[_Line, ...]


@dataclass(frozen=True)
class EasyPart:
    """A part of an easy-read page under its own heading, one idea a line."""

    heading: str
    lines: tuple[EasyLine, ...]


@dataclass(frozen=True)
class EasyRead:
    """A draft to be made with the person. `to_change` is for the supporter: lines that are too long or too hard as they stand.

    The person's own words are never among what is to be changed.
    """

    title: str
    note: str
    parts: tuple[EasyPart, ...]
    answers: tuple[EasyLine, ...]
    to_change: tuple[ToChange, ...]
    checked: int
    longest_sentence: int
    readers: Readers


def build_easy_read(seen: Seen, *, plain: PlainWords | None = None) -> EasyRead:
    """The draft of an outcome from a review (study_review): what happened, what was found, what changes, what is still open.

    Where the review chose among answers the sentence is ready made; what is done stands in the reviewers' words, and
    the check says what to change in them. `plain` are the words to leave out (load_plain_words; the kit's own if not given).
    """
    plain = plain or load_plain_words()
    parts = tuple(EasyPart(heading, tuple(lines)) for heading, lines in _list_parts(seen, load_outcome_words()))
    own = {f"“{words}”" for words in list_own_words(seen)}
    lines = ["" if line.words in own else line.words for part in parts for line in part.lines]
    return EasyRead(
        title="What we found out about my home",
        note=(
            f"A draft, to be made with {seen.review.opening.person} and whoever supports them to communicate. Nobody should be "
            "handed it as it is. Change the words, use their own pictures, leave out what would hurt, and stop when they want to stop."
        ),
        parts=parts,
        answers=ANSWERS,
        to_change=check_easy_read(lines, plain),
        checked=sum(bool(words) for words in lines),
        longest_sentence=plain.longest_sentence,
        readers=seen.readers,
    )


@cache
def load_outcome_words() -> OutcomeWords:
    """The ready-made sentences of a draft."""
    return read_yaml(Path(__file__).with_name("outcome_words.yaml"), OutcomeWords)


def list_own_words(seen: Seen) -> list[str]:
    """What the person said or wrote, as quoted in the review: nobody else's words, a housemate's least of all."""
    person_of = dict(zip(seen.records["record_id"], seen.records["person"], strict=True))
    mine = [
        piece.words
        for piece in seen.review.evidence
        if piece.voice == "person"
        and piece.words
        and piece.from_record
        and person_of[piece.record_id] == seen.review.opening.person
    ]
    return list(dict.fromkeys(mine))[:MOST_OWN_WORDS]


def _list_parts(seen: Seen, words: OutcomeWords) -> Iterator[tuple[str, list[EasyLine]]]:
    yield "What happened", _make(words.began)
    own = [EasyLine("the person’s own picture of it", f"“{said}”") for said in list_own_words(seen)]
    if seen.review.has_persons_voice():
        yield "What you said", [*_make(words.heard), *own]
    else:
        yield "What you said", _make(words.not_heard)
    yield "What we found", list(_say_found(seen, words)) or _make(words.nothing_found)
    yield "What we do", list(_say_actions(seen, words)) or _make(words.no_actions)
    yield "Your home", [_say_home(seen, words), *_say_waiting(seen, words)]
    yield "What you can do", _make(words.next)


def _make(lines: tuple[_Line, ...]) -> list[EasyLine]:
    return [line.make() for line in lines]


def _say_found(seen: Seen, words: OutcomeWords) -> Iterator[EasyLine]:
    for finding in judge_findings(seen.review):
        if finding.finding.startswith(_QUESTION) and finding.status == "evidenced":
            yield words.found[finding.finding.removeprefix(_QUESTION)].make()


def _say_actions(seen: Seen, words: OutcomeWords) -> Iterator[EasyLine]:
    for action in seen.review.actions:
        yield EasyLine("what is different", action.plan.what)
        yield words.status[action.status].make()
        if action.plan.restricts_anyone:
            yield words.restricts.make()


def _say_home(seen: Seen, words: OutcomeWords) -> EasyLine:
    review = seen.review
    return (words.ended.get(review.opening.outcome) or words.home[review.value("decision.placement") or "open"]).make()


def _say_waiting(seen: Seen, words: OutcomeWords) -> list[EasyLine]:
    waiting = any(noted.content.answered_on is None for noted in seen.review.requests)
    return _make(words.waiting) if waiting else []
