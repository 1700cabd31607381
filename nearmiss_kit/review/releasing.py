"""A review on its way to named readers: only cleared words of records, and nobody named in what people wrote."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from nearmiss_kit.analysis.release import Release, check_release, screen_again
from nearmiss_kit.decisions.quotations import Sentence, is_cleared
from nearmiss_kit.errors import ReportError
from nearmiss_kit.records.identifiers import find_identifiers, is_direct
from nearmiss_kit.review.checks import Seen
from nearmiss_kit.review.reading import Evidence, Review

NOT_CLEARED = "nobody has cleared them for the readers of this report"


def release_review(seen: Seen, *, release: Release) -> Seen:
    """A review (study_review) as named readers may see it; every kind of report of one review can be made of it.

    Words of records that nobody cleared are withheld. The records of the person and what people wrote in the review are
    screened for identifiers again. Raises ReportError where the release lacks something or an answer may name somebody, and
    RecordsError where direct identifiers stand in the records and nobody has said why they may.
    """
    check_release("named", release)
    kept = screen_again(seen.records[seen.records["record_id"].isin(seen.timeline.lines["record_id"])], release)
    return replace(
        seen, review=withhold_words(seen.review, release), reviewed=_blank_sentences(seen, release),
        readers=release.name_readers("named", kept),
    )  # fmt: skip


def withhold_words(review: Review, release: Release) -> Review:
    """The review without words of records that nobody cleared. Raises ReportError where what people wrote may name somebody."""
    _screen_written(review)
    cleared = release.cleared
    return replace(review, evidence=tuple(_withhold(piece, cleared) for piece in review.evidence))


def _blank_sentences(seen: Seen, release: Release) -> pd.DataFrame:
    """The tags, with no words in those whose sentence nobody cleared."""
    cleared = release.cleared
    prints = seen.reviewed["record_id"].map(seen.records.set_index("record_id")["narrative_fingerprint"])
    places = zip(seen.reviewed["record_id"], prints, seen.reviewed["sentence_start"], seen.reviewed["sentence_end"], strict=True)
    kept = pd.Series([place in cleared for place in places], index=seen.reviewed.index, dtype=bool)
    return seen.reviewed.assign(sentence=seen.reviewed["sentence"].where(kept, ""), quote=seen.reviewed["quote"].where(kept, ""))


def _withhold(piece: Evidence, cleared: frozenset[Sentence]) -> Evidence:
    if piece.place is None or is_cleared(piece.place, cleared):
        return piece
    return replace(piece, words="", says=NOT_CLEARED, withheld=bool(piece.words))


def _screen_written(review: Review) -> None:
    kinds = Counter(kind for text in _list_written(review) for _, _, kind, _ in find_identifiers(text) if is_direct(kind))
    if kinds:
        found = ", ".join(f"{kind} ({number} times)" for kind, number in kinds.most_common())
        raise ReportError(
            f"What people wrote in this review may say who somebody is: {found}. Write roles in place of names in these answers, "
            "plans and notes, and make the report again."
        )


def _list_written(review: Review) -> Iterator[str]:
    """Every answer, plan, note and word of the review, as people wrote them."""
    for answer in review.answers.values():
        yield from [answer.value] if isinstance(answer.value, str) else answer.value
        yield answer.why
    yield from (piece.words for piece in review.evidence if not piece.from_record)
    for action in review.actions:
        yield from (action.plan.what, action.plan.owner, action.plan.know_by)
        yield from (said.note for said, _ in action.history)
    for request in review.requests:
        yield from (request.content.what, request.content.answer)
