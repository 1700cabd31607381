"""New language: words and phrases that mark out some records and that no lexicon holds, and records no code explains."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from nearmiss_kit.analysis.themes import select_counted
from nearmiss_kit.errors import AnalysisError
from nearmiss_kit.tagging.lexicon import Lexicon
from nearmiss_kit.tagging.sentences import flatten_typography, split_sentences
from nearmiss_kit.tagging.tagger import tag_records
from nearmiss_kit.tagging.tags import LEXICON

PHRASE_COLUMNS = (
    "phrase", "records_inside", "inside_read", "records_outside", "outside_read", "people_inside",
    "log_odds", "log_odds_low", "log_odds_high", "z", "example_records", "example_sentences",
)  # fmt: skip
UNEXPLAINED_COLUMNS = ("record_id", "person", "service", "event_date", "words")
LONGEST_PHRASE = 3  # words
FEWEST_RECORDS = 3  # a phrase in fewer is one writer's turn of words
FEWEST_PEOPLE = 2  # a phrase about one person is likely to be their interest, their friend or their street
PRIOR_RECORDS = 100  # the prior weighs as much as so many records in which the phrase is as common as in all
_SURE_FROM = 1.96
_EXAMPLES = 2
_TRIED = 10  # so many times as many phrases are looked at as are asked for, because parts and known ones fall away
_TOKEN = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*|[^\w\s'-]|\n|\d")
_LITTLE_WORDS = frozenset(
    re.findall(
        r"\S+",
        """a about after again all also am an and any are as at be been before being but by can could did didn't do does
    doing don't done down for from get go going got had has have having he her here him his how i if in into is isn't it
    its it's just me more my no nor not now of off on one only or our out over own said says she so some such than that
    the their them then there these they this those to too two up very was wasn't we well went were what when where
    which while who will with would you your""",
    )
)

Phrase = tuple[str, ...]


def find_new_language(
    records: pd.DataFrame, tags: pd.DataFrame, lexicon: Lexicon, inside: pd.Series, *, most: int
) -> pd.DataFrame:
    """Words and phrases that mark out the records `inside` from the rest and that the lexicon does not tag, at `most`.

    `inside` says for each record, in the order of `records`, whether it belongs to the theme, service or period. One row
    is one phrase of up to LONGEST_PHRASE words; what stands within a tag is left out, and so is what the lexicon would
    tag by itself. A record counts once, however often it says a thing. `log_odds` is the log odds ratio with an
    informative Dirichlet prior (Monroe, Colaresi and Quinn 2008, Political Analysis 16:372, equations 15 to 22), here of
    records that hold the phrase, with its 95 % interval and z; the surest come first. Many phrases are tried, so some
    are there by chance: they are for people to read and choose from. Raises AnalysisError where no record is inside, or
    all are.
    """
    belongs = inside.to_numpy(dtype=bool)
    if belongs.all() or not belongs.any():
        raise AnalysisError(
            "Language marks out some records from others: here none are inside, or all. Choose another theme or time."
        )
    words = [_read_words(*row) for row in _join_spans(records[belongs], tags)]
    counted = Counter(_list_common(words))
    outside = _count_known((_read_words(*row) for row in _join_spans(records[~belongs], tags)), set(counted))
    table = weigh_phrases(counted, outside, int(belongs.sum()), int((~belongs).sum()))
    table = _add_people(table[table["z"] >= _SURE_FROM].head(most * _TRIED), words, records.loc[belongs, "person"])
    table = _drop_known(table, lexicon).head(most).reset_index(drop=True)
    return _add_examples(table, records[belongs])[list(PHRASE_COLUMNS)]


def weigh_phrases(inside: Counter, outside: Counter, inside_read: int, outside_read: int) -> pd.DataFrame:
    """The log odds ratio of each phrase of `inside`, which like `outside` counts records by phrase; surest first.

    With α = PRIOR_RECORDS times the phrase's share of all records, each side's log odds are of y + α to the rest of
    n + PRIOR_RECORDS, and the variance of their difference is 1/(y₁ + α) + 1/(y₂ + α) (Monroe et al. 2008).
    """
    phrases = list(inside)
    y1 = np.array([inside[phrase] for phrase in phrases], dtype=float)
    y2 = np.array([outside[phrase] for phrase in phrases], dtype=float)
    alpha = PRIOR_RECORDS * (y1 + y2) / (inside_read + outside_read)
    log_odds = _find_log_odds(y1 + alpha, inside_read) - _find_log_odds(y2 + alpha, outside_read)
    error = np.sqrt(1 / (y1 + alpha) + 1 / (y2 + alpha))
    table = pd.DataFrame(
        dict(
            phrase=[" ".join(phrase) for phrase in phrases], records_inside=y1.astype(int), inside_read=inside_read,
            records_outside=y2.astype(int), outside_read=outside_read, log_odds=log_odds,
            log_odds_low=log_odds - _SURE_FROM * error, log_odds_high=log_odds + _SURE_FROM * error, z=log_odds / error,
        )
    )  # fmt: skip
    return table.sort_values(["z", "phrase"], ascending=[False, True], ignore_index=True)


def _find_log_odds(held: np.ndarray, read: int) -> np.ndarray:
    """Held to not held; 0 for what every record on both sides holds, which marks out nothing."""
    rest = read + PRIOR_RECORDS - held
    return np.log(np.where(rest > 0, held / np.where(rest > 0, rest, 1), 1))


def list_unexplained(records: pd.DataFrame, tags: pd.DataFrame) -> pd.DataFrame:
    """The records in which nothing is counted under any code, in the order of records: one row is one record.

    `words` is the length of the narrative. Calm days are among them; so may be a theme nobody has named.
    """
    found = set(select_counted(tags)["record_id"])
    left = records[~records["record_id"].isin(found)]
    words = [len(narrative.split()) for narrative in left["narrative"]]
    return left.assign(words=words)[list(UNEXPLAINED_COLUMNS)].reset_index(drop=True)


def list_sides(records: pd.DataFrame, tags: pd.DataFrame, lexicon: Lexicon) -> dict[str, pd.Series]:
    """The groups of records whose language can be set against that of the others, by name, for find_new_language.

    First the records no theme explains, then those of each theme, service and quarter of a year. Groups of fewer than
    FEWEST_RECORDS records, and those that leave none outside, are left out.
    """
    sides = {"records no theme explains": records["record_id"].isin(list_unexplained(records, tags)["record_id"])}
    counted = select_counted(tags)
    for code in lexicon.codes:
        found = counted.loc[(counted["family"] == code.family) & (counted["code"] == code.code), "record_id"]
        sides[f"theme: {code.name}"] = records["record_id"].isin(found)
    for service in sorted(set(records["service"]) - {""}):
        sides[f"service: {service}"] = records["service"] == service
    quarters = records["event_date"].dt.to_period("Q")
    for quarter in sorted(quarters.dropna().unique()):
        sides[f"time: {quarter.start_time:%B} to {quarter.end_time:%B %Y}"] = quarters == quarter
    return {name: side for name, side in sides.items() if FEWEST_RECORDS <= side.sum() < len(records)}


def _join_spans(records: pd.DataFrame, tags: pd.DataFrame) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    spans: dict[str, list[tuple[int, int]]] = {}
    known = tags[tags["source"] == LEXICON]  # a learned tag is its whole sentence, whose words no lexicon may hold
    for record_id, start, end in zip(known["record_id"], known["start"], known["end"], strict=True):
        spans.setdefault(record_id, []).append((start, end))
    for record_id, narrative in zip(records["record_id"], records["narrative"], strict=True):
        yield narrative, spans.get(record_id, [])


def _read_words(narrative: str, spans: list[tuple[int, int]]) -> list[str]:
    """The words of a narrative; punctuation, numbers and what is tagged stand between them as marks no phrase crosses."""
    text = flatten_typography(narrative)
    for start, end in spans:
        text = text[:start] + "\n" * (end - start) + text[end:]
    return _TOKEN.findall(text.lower())


def _list_phrases(words: list[str], length: int) -> set[Phrase]:
    return set(zip(*(words[at:] for at in range(length)), strict=False))


def _list_common(records: list[list[str]]) -> dict[Phrase, int]:
    """Phrases in FEWEST_RECORDS or more; a longer one is tried only where its parts are common (Agrawal and Srikant 1994)."""
    common: dict[Phrase, int] = {}
    for length in range(1, LONGEST_PHRASE + 1):
        counts = Counter(
            phrase
            for words in records
            for phrase in _list_phrases(words, length)
            if (phrase[0][0].isalpha() if length == 1 else phrase[:-1] in common and phrase[1:] in common)
        )
        common |= {phrase: number for phrase, number in counts.items() if number >= FEWEST_RECORDS}
    return {phrase: number for phrase, number in common.items() if not _LITTLE_WORDS.issuperset(phrase)}


def _count_known(records: Iterable[list[str]], known: set[Phrase]) -> Counter:
    counts: Counter = Counter()
    for words in records:
        for length in range(1, LONGEST_PHRASE + 1):
            counts.update(_list_phrases(words, length) & known)
    return counts


def _add_people(table: pd.DataFrame, records: list[list[str]], person: pd.Series) -> pd.DataFrame:
    """The people behind each phrase; phrases about too few, and parts of phrases that say no more, are left out."""
    holds, named = _list_holders(table["phrase"], records), person.to_numpy()
    people = [len({named[place] for place in holds[phrase]} - {""}) for phrase in table["phrase"]]
    whole = [not _is_part(phrase, holds) for phrase in table["phrase"]]
    enough = np.array(people, dtype=int) >= (FEWEST_PEOPLE if (named != "").any() else 0)
    return table.assign(people_inside=people)[np.array(whole, dtype=bool) & enough]


def _list_holders(phrases: pd.Series, records: list[list[str]]) -> dict[str, set[int]]:
    wanted = {tuple(phrase.split(" ")) for phrase in phrases}
    holds: dict[str, set[int]] = {phrase: set() for phrase in phrases}
    for place, words in enumerate(records):
        for length in range(1, LONGEST_PHRASE + 1):
            for phrase in _list_phrases(words, length) & wanted:
                holds[" ".join(phrase)].add(place)
    return holds


def _is_part(phrase: str, holds: dict[str, set[int]]) -> bool:
    """Whether a longer phrase holds this one and stands in the same records."""
    return any(phrase != other and f" {phrase} " in f" {other} " and holds[phrase] == holds[other] for other in holds)


def _drop_known(table: pd.DataFrame, lexicon: Lexicon) -> pd.DataFrame:
    if table.empty:
        return table
    phrases = pd.DataFrame({"record_id": table["phrase"], "narrative": table["phrase"], "author": ""})
    return table[~table["phrase"].isin(tag_records(phrases, lexicon, layer="none")["record_id"])]


def _add_examples(table: pd.DataFrame, inside: pd.DataFrame) -> pd.DataFrame:
    patterns = [_compile(phrase) for phrase in table["phrase"]]
    found: list[list[tuple[str, str]]] = [[] for _ in patterns]
    for record_id, narrative in zip(inside["record_id"], inside["narrative"], strict=True):
        text = flatten_typography(narrative)
        for pattern, examples in zip(patterns, found, strict=True):
            if len(examples) < _EXAMPLES and pattern.search(text):
                examples.append((record_id, _find_sentence(narrative, text, pattern)))
    return table.assign(
        example_records=[tuple(record_id for record_id, _ in examples) for examples in found],
        example_sentences=[tuple(sentence for _, sentence in examples) for examples in found],
    )


def _compile(phrase: str) -> re.Pattern[str]:
    words = r"[^\S\n]+".join(map(re.escape, phrase.split(" ")))
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)


def _find_sentence(narrative: str, text: str, pattern: re.Pattern[str]) -> str:
    at = pattern.search(text).start()
    return next((narrative[start:end] for start, end in split_sentences(text) if start <= at < end), "")
