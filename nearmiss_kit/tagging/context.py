"""A sentence with the one before it, as the learned layer is given both: one text, in which the sentence is the last line."""

_BETWEEN = "\n"  # stands in no sentence, whose white space was made single


def put_in_context(before: str, sentence: str) -> str:
    """A sentence behind the one before it, where there is one; one said again right after itself is read alone."""
    return f"{before}{_BETWEEN}{sentence}" if before not in ("", sentence) else sentence


def take_from_context(text: str) -> tuple[str, str]:
    """What stands before a sentence (or nothing), and the sentence."""
    before, _, sentence = text.rpartition(_BETWEEN)
    return before, sentence
