"""Why a tag is proposed, in one line a manager understands."""

import pandas as pd

from nearmiss_kit.tagging.learned import MODEL, load_word_weights
from nearmiss_kit.tagging.lexicon import Lexicon
from nearmiss_kit.tagging.local import LocalLearning
from nearmiss_kit.tagging.sentences import flatten_typography
from nearmiss_kit.tagging.tags import LEARNED
from nearmiss_kit.tagging.voice import VOICE_NAMES

_ASSERTION_WORDS = {
    "affirmed": "as so",
    "negated": "as said not to be so",
    "historical": "as in the past",
    "hypothetical": "as a plan or possibility",
    "uncertain": "as not certain",
}


LEAST_MOVED = 0.05  # of confidence, before it is said that what reviewers decided moved it


def explain_tags(tags: pd.DataFrame, lexicon: Lexicon, *, local: LocalLearning | None = None) -> pd.Series:
    """One line for each tag of `tag_records`: what was found or weighed, how it is read, whose words, and which lexicon.

    The words of a learned tag are those that weigh most in the word weights; a lexicon tag names the words found.
    Where `local` was given to tag_records, give it here too: the line says where it raised or lowered the confidence.
    """
    return pd.Series([_explain(tag, lexicon, local) for tag in tags.to_dict("records")], index=tags.index, dtype="str")


def _explain(tag: dict, lexicon: Lexicon, local: LocalLearning | None) -> str:
    name = lexicon.name_of(tag["family"], tag["code"])
    found = (
        _say_weighed(tag)
        if tag["source"] == LEARNED
        else f"the lexicon has the words “{_one_line(tag['quote'])}” ({tag['sub_theme']})"
    )
    cue = f" because of “{tag['cue']}”" if tag["cue"] else ", for no words near it say otherwise"
    read = f"read {_ASSERTION_WORDS[tag['assertion']]}{cue}"
    origin = f"{tag['lexicon']}, {tag['lexicon_version']}"
    return f"{name}: {found}; {read}; voice: {VOICE_NAMES[tag['voice']]}; {_say_confidence(tag, local)}{origin}."


def _say_weighed(tag: dict) -> str:
    sentence = _one_line(flatten_typography(tag["sentence"]))
    words = [f"“{weighed.word}”" for weighed in load_word_weights(MODEL).explain(sentence, f"{tag['family']}/{tag['code']}")]
    if not words:
        return "proposed for the sentence as a whole, perhaps for the one before it too; no single word weighs for it"
    return f"proposed for the whole sentence, in which {', '.join(words)} weigh most"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _say_confidence(tag: dict, local: LocalLearning | None) -> str:
    if pd.isna(tag["confidence"]):
        return "" if tag["counted"] else "these words alone are too weak to be counted unless somebody confirms them; "
    counted = "counted" if tag["counted"] else "too low to be counted unless somebody confirms it"
    moved = _say_moved(tag, local) if local else ""
    return f"confidence {tag['confidence']:.2f}{moved}, {counted}; "


def _say_moved(tag: dict, local: LocalLearning) -> str:
    sentence = _one_line(flatten_typography(tag["sentence"]))
    moved = tag["confidence"] - local.take_back(tag["confidence"], sentence, f"{tag['family']}/{tag['code']}")
    if abs(moved) < LEAST_MOVED:
        return ""
    return f", {'raised' if moved > 0 else 'lowered'} by what your reviewers decided"
