"""The lexicon workshop: what a new term would catch in the records and in the sentence bank, and what it would change."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd
import spacy

from nearmiss_kit.errors import LexiconError, raise_all
from nearmiss_kit.tagging.bank import load_bank
from nearmiss_kit.tagging.lexicon import Code, Lexicon, Term
from nearmiss_kit.tagging.sentences import flatten_typography
from nearmiss_kit.tagging.tagger import tag_records
from nearmiss_kit.tagging.terms import GAP, TermError

CAUGHT_COLUMNS = (
    "record_id", "sentence_start", "sentence_end", "sentence", "start", "end", "quote", "assertion", "cue", "new", "counted",
)  # fmt: skip
BANK_CAUGHT_COLUMNS = ("id", "sentence", "start", "end", "quote", "assertion", "cue", "readers")
DISPUTED = "disputed"
_SENTENCE = ["record_id", "sentence_start"]


@dataclass(frozen=True)
class TermTrial:
    """What a term would catch, and what would change.

    `records`: one row is one sentence of the records that the term catches (CAUGHT_COLUMNS). `new` says that the theme is
    not counted in that sentence yet, `counted` that it would be with the term. `bank`: one row is one sentence of the
    sentence bank that it catches (BANK_CAUGHT_COLUMNS); `readers` is the assertion in which two readers gave it this
    theme, "" where they did not, “disputed” where they did not agree. Of `bank_judged` sentences caught and not disputed,
    `bank_carrying` carry the theme. The theme stands in `records_now` of `records_read` records, and would stand in
    `records_then`.
    """

    family: str
    code: str
    name: str
    term: str
    records: pd.DataFrame
    records_now: int
    records_then: int
    records_read: int
    bank: pd.DataFrame
    bank_carrying: int
    bank_judged: int
    bank_read: int


def try_term(
    records: pd.DataFrame,
    tags: pd.DataFrame,
    lexicon: Lexicon,
    *,
    family: str,
    code: str,
    term: str,
    unless: Sequence[str] = (),
    needs: Sequence[str] = (),
    exact_case: bool = False,
    layer: str = "best",
) -> TermTrial:
    """What a term of one theme would catch in `records` and in the sentence bank, and how counts would change.

    `tags` are those of tag_records with the same records, lexicon and `layer`. A sentence caught may still not be counted:
    where it is read as not so, planned or past, or where the learned layer finds it unlikely. Nothing is written. Raises
    LexiconError, with every fault, for a theme the lexicon has not, a term or condition that cannot be understood, and
    tags of another lexicon.
    """
    written = write_term(term, unless=unless, needs=needs, exact_case=exact_case)
    faults = [*_list_strange(tags, lexicon), *list_faults(lexicon, family, code, written)]
    raise_all(faults, LexiconError, "The term cannot be tried yet. Please put right:")
    alone = keep_only(lexicon, family, code, written)
    caught = catch_sentences(records[["record_id", "narrative", "author"]], alone)
    held = records[records["record_id"].isin(caught["record_id"])]
    now = _select(tags, family, code)
    then = _select(tag_records(held, _add(lexicon, family, code, written), layer=layer), family, code)
    untouched = now[~now["record_id"].isin(held["record_id"])]
    caught = caught.assign(new=~_stand_in(caught, now), counted=_stand_in(caught, then))
    bank = load_bank()
    bank_caught = _read_bank(bank, alone, f"{family}/{code}")
    judged = bank_caught[bank_caught["readers"] != DISPUTED]
    return TermTrial(
        family, code, lexicon.name_of(family, code), written.term, caught[list(CAUGHT_COLUMNS)], now["record_id"].nunique(),
        untouched["record_id"].nunique() + then["record_id"].nunique(), len(records), bank_caught,
        int((judged["readers"] != "").sum()), len(judged), len(bank),
    )  # fmt: skip


def write_term(
    term: str,
    *,
    unless: Sequence[str] = (),
    needs: Sequence[str] = (),
    exact_case: bool = False,
    sub_theme: str = "tried",
    example: str = "tried",
    wrong_when: str = "not known yet",
    counter_example: str | None = None,
) -> Term:
    """A term as lexicon files hold it: plain apostrophes, single spaces, and “...” for “…”. It is not checked."""
    return Term.model_construct(
        term=_plain(term), sub_theme=sub_theme.strip(), example=example.strip(), wrong_when=wrong_when.strip(),
        counter_example=(counter_example or "").strip() or None, unless=_plain_all(unless), needs=_plain_all(needs),
        exact_case=exact_case, assertion="affirmed",
    )  # fmt: skip


def _plain(words: str) -> str:
    return " ".join(flatten_typography(words).replace("…", GAP).split())


def _plain_all(conditions: Sequence[str]) -> tuple[str, ...]:
    return tuple(filter(None, map(_plain, conditions)))


def list_faults(lexicon: Lexicon, family: str, code: str, written: Term) -> list[str]:
    """Why a term cannot be used under a code, each in words that say what to do; none where it can."""
    known = {(entry.family, entry.code) for entry in lexicon.codes}
    faults = [] if (family, code) in known else [f"the lexicon has no theme “{family}/{code}”. Choose one that it lists."]
    if not written.term:
        return [*faults, "there is no term. Write the words as people write them."]
    for expression in (written.term, *written.unless, *written.needs):
        try:
            lexicon.parse(expression)
        except TermError as fault:
            faults.append(f"“{expression}” cannot be understood: {fault}. Mend it and try again.")
    if written.exact_case and GAP in written.term:
        faults.append(f"“{written.term}” cannot have both “{GAP}” and exact_case. Leave one of them out.")
    return faults


def _list_strange(tags: pd.DataFrame, lexicon: Lexicon) -> list[str]:
    versions = set(tags.loc[tags["source"] == "lexicon", "lexicon_version"]) - {lexicon.version}
    return ["the tags were made with another lexicon. Tag the records again with this one."] if versions else []


def keep_only(lexicon: Lexicon, family: str, code: str, written: Term) -> Lexicon:
    """The lexicon with one code and in it one term; cues, headings, voices and word lists stay."""
    return replace(lexicon, codes=(_hold(lexicon.find_code(family, code), (written,)),))


def _add(lexicon: Lexicon, family: str, code: str, written: Term) -> Lexicon:
    grown = lexicon.find_code(family, code)
    grown = _hold(grown, (*grown.terms, written))
    return replace(lexicon, codes=tuple(grown if (one.family, one.code) == (family, code) else one for one in lexicon.codes))


def _hold(code: Code, terms: tuple[Term, ...]) -> Code:
    return code.model_copy(update={"terms": terms})


def catch_sentences(records: pd.DataFrame, alone: Lexicon) -> pd.DataFrame:
    """The sentences that a lexicon of one term catches: one row is one sentence, read as affirmed if any of its hits is.

    `start` and `end` are the place of the words in the sentence.
    """
    tags = tag_records(records[_may_hold(records["narrative"], alone)], alone, layer="none")
    tags = tags.assign(doubtful=tags["assertion"] != "affirmed").sort_values("doubtful", kind="stable")
    first = tags.drop_duplicates(_SENTENCE).sort_index(kind="stable")
    return first.assign(**{place: first[place] - first["sentence_start"] for place in ("start", "end")}).reset_index(drop=True)


def _may_hold(narratives: pd.Series, alone: Lexicon) -> list[bool]:
    """Whether a narrative holds, anywhere, the words of every place of the term: looked at before anything is read closely."""
    ((term,),) = ((code.terms for code in alone.codes),)
    cut = spacy.blank("en").tokenizer
    places = [place for part in alone.parse(term[0].term) for place in part if "" not in place]
    wanted = [[[token.lower_ for token in cut(words)] for words in place] for place in places]
    texts = (flatten_typography(narrative).lower() for narrative in narratives)
    return [all(any(all(word in text for word in words) for words in place) for place in wanted) for text in texts]


def _select(tags: pd.DataFrame, family: str, code: str) -> pd.DataFrame:
    """The tags of a code that enter counts."""
    return tags[(tags["family"] == family) & (tags["code"] == code) & tags["counted"] & (tags["assertion"] == "affirmed")]


def _stand_in(sentences: pd.DataFrame, tags: pd.DataFrame) -> pd.Series:
    """Whether each sentence is one in which a tag of `tags` stands."""
    found = pd.MultiIndex.from_frame(sentences[_SENTENCE]).isin(pd.MultiIndex.from_frame(tags[_SENTENCE]))
    return pd.Series(found, index=sentences.index, dtype=bool)


def _read_bank(bank: pd.DataFrame, alone: Lexicon, key: str) -> pd.DataFrame:
    caught = catch_sentences(pd.DataFrame({"record_id": bank["id"], "narrative": bank["text"], "author": ""}), alone)
    readers = {
        row["id"]: DISPUTED if key in row["disputed"] else row["codes"].get(key, "")
        for row in bank[bank["id"].isin(caught["record_id"])].to_dict("records")
    }
    caught = caught.assign(readers=caught["record_id"].map(readers).astype("str")).drop_duplicates("record_id")
    return caught.rename(columns={"record_id": "id"})[list(BANK_CAUGHT_COLUMNS)].reset_index(drop=True)
