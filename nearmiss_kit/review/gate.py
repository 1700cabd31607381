"""The evidence gate: a finding stands on words from the records or from the review, or it is “not evidenced yet”."""

from dataclasses import dataclass

from nearmiss_kit.review.reading import Evidence, Review

NOT_EVIDENCED = "not evidenced yet"
NOT_UNDERSTOOD = "not yet understood"
_LISTS = ("signals.seen", "signals.early")  # what is chosen there is a finding each
_QUESTIONS = ("questions.nearly_failed",)


@dataclass(frozen=True)
class Finding:
    """Something the review says is so, with the words for and against it.

    `status` is evidenced, NOT_EVIDENCED, “not confirmed”, “not this” or “not sure”; `says` is what is missing, in words.
    """

    finding: str
    name: str
    status: str
    says: str
    speaks_for: tuple[Evidence, ...]
    speaks_against: tuple[Evidence, ...]


def judge_findings(review: Review) -> tuple[Finding, ...]:
    """Every finding of a review in the form's order, with whether it stands on evidence.

    One quoted sentence of a record, or words said or shown at the review (who, when, checked back), is enough; they are
    equal. “Behaviour” also needs what it was for, pain and health looked at, and whether the plan was followed on shift
    answered, or “not yet understood”.
    """
    findings = [
        _judge(review, f"{question}.{option}", review.form.list_options(question)[option], "agree")
        for question in _LISTS
        for option in review.chosen(question)
    ]
    findings += [_judge(review, field, review.form.find_field(field).ask, "agree") for field in _QUESTIONS if review.value(field)]
    for source, name in review.form.list_options("sources.judged").items():
        judgement = review.value(f"sources.judged.{source}")
        if judgement:
            findings.append(_judge(review, f"sources.judged.{source}", name, judgement))
    return tuple(findings)


def _judge(review: Review, finding: str, name: str, judgement: str) -> Finding:
    sides = {
        side: tuple(piece for piece in review.evidence if piece.finding == finding and piece.side == side)
        for side in ("for", "against")
    }
    status, says = _weigh(review, finding, judgement, sides["for"])
    return Finding(finding, name, status, says, sides["for"], sides["against"])


def _weigh(review: Review, finding: str, judgement: str, speaks_for: tuple[Evidence, ...]) -> tuple[str, str]:
    if judgement != "agree":
        return review.form.list_options(finding)[judgement], ""
    if not any(piece.words or piece.withheld for piece in speaks_for):
        lapsed = next((piece.says for piece in speaks_for if piece.says), "")
        return NOT_EVIDENCED, lapsed or "Quote a sentence of a record, or words said or shown at the review."
    if finding == "sources.judged.behaviour":
        return _weigh_behaviour(review)
    return "evidenced", ""


def _weigh_behaviour(review: Review) -> tuple[str, str]:
    function = review.value("sources.behaviour_function")
    if function.strip().lower().rstrip(".") == NOT_UNDERSTOOD:
        return "evidenced", "What it was for is not yet understood."
    missing = [
        words
        for field, words in (
            ("sources.behaviour_function", f"what it was for (or “{NOT_UNDERSTOOD}”)"),
            ("sources.health_checked", "whether pain and health were looked at"),
            ("sources.plan_followed", "whether the plan was followed on shift"),
        )
        if not review.value(field)
    ]
    if missing:
        return "not confirmed", f"Behaviour explains nothing by itself. Say {'; '.join(missing)}."
    return "evidenced", ""
