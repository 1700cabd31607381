"""The kinds of report, and who may read each of them."""

from nearmiss_kit.errors import ReportError

# What each kind is called in a sentence. Those that tell one person's story can never be published.
KINDS = {
    "learning": "The cross-service learning review",
    "board": "The board summary",
    "evidence-pack": "The evidence pack",
    "review": "The report of one near miss",
    "you-said-we-did": "The sheet “you said, we did”",
    "easy-read": "The easy-read draft",
}
OF_REVIEWS = ("review", "you-said-we-did", "easy-read")  # nothing in them but what people wrote in reviews
ONE_STORY = ("evidence-pack", *OF_REVIEWS)


def check_kind(kind: str, audience: str) -> None:
    """Refuse the audience “published” for a kind that tells one person's story, with a ReportError."""
    if kind in ONE_STORY and audience == "published":
        raise ReportError(
            f"{KINDS[kind]} tells of single people, so it cannot be published: whatever is left out, those who know the service "
            "know who is meant. Make it for the people who may know, or publish a learning review or a board summary."
        )
