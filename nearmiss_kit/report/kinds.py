"""The kinds of report, and who may read each of them."""

from nearmiss_kit.errors import ReportError

# What each kind is called in a sentence.
KINDS = {
    "learning": "The cross-service learning review",
    "board": "The board summary",
    "evidence-pack": "The evidence pack",
    "review": "The report of one near miss",
    "you-said-we-did": "The sheet “you said, we did”",
    "easy-read": "The easy-read draft",
}
OF_REVIEWS = ("review", "you-said-we-did", "easy-read")  # nothing in them but what people wrote in reviews
FOR_ANYBODY = ("learning",)


def check_kind(kind: str, audience: str) -> None:
    """Refuse the audience “published” for a kind that tells single people's stories, with a ReportError."""
    if audience == "published" and kind not in FOR_ANYBODY:
        raise ReportError(
            f"{KINDS[kind]} tells of single people, so it cannot be published: whatever is left out, those who know the service "
            "know who is meant. Make it for the people who may know, or publish a learning review."
        )
