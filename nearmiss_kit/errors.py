"""Everything the kit refuses to do, in one family: each says where, what, and what to do next."""


class NearMissError(Exception):
    """The parent of every refusal. Its text is for people; no narrative is ever quoted in it."""


class RecordsError(NearMissError):
    """Records that cannot be read: no such file, no narrative column, an empty or unreadable file."""


class LexiconError(NearMissError):
    """A lexicon that cannot be used: names the file, the line and the cure for every fault found."""


class DecisionsError(NearMissError):
    """A decision or a store of decisions that cannot be used."""


class AnalysisError(NearMissError):
    """Numbers or tables that cannot mean what was asked of them: 5 records out of 3, a confidence of 120 %."""


class ReviewError(NearMissError):
    """A review, its form or one of its answers that cannot be used."""


class ReportError(NearMissError):
    """A report that must not or cannot be made."""


def raise_all(faults: list[str], error: type[NearMissError], opening: str) -> None:
    """Raise `error` once with every fault on a line of its own; do nothing where there is none."""
    if faults:
        raise error("\n".join([opening, *(f"  {fault}" for fault in faults)]))
