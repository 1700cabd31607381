"""Tags: the kit's proposals of where a code is evidenced, as a table and as a spaCy component."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import spacy
from spacy.attrs import IDX
from spacy.language import Language
from spacy.tokens import Doc, Span
from tqdm.auto import tqdm

from nearmiss_kit.shipped import shipped
from nearmiss_kit.tagging.assertion import Headings, Judgement, choose_cues, judge_assertion, judge_sentence, list_headings
from nearmiss_kit.tagging.learned import LearnedLayer, load_learned_layer
from nearmiss_kit.tagging.lexicon import Lexicon, load_lexicon
from nearmiss_kit.tagging.matcher import Cue, Hit, LexiconMatcher
from nearmiss_kit.tagging.proposals import ProposalMaker, ReadNarrative
from nearmiss_kit.tagging.sentences import flatten_typography, split_sentences
from nearmiss_kit.tagging.tags import LEARNED, TAG_COLUMNS, Tag
from nearmiss_kit.tagging.voice import VoiceReader, hear_voice, list_voice_headings

SPANS_KEY = "nearmiss"


class NearMissTagger:
    """The lexicon layer as a spaCy component: puts tags into `doc.spans["nearmiss"]`, labelled family/code.

    Each span carries its assertion in `span._.assertion` and the words that set it in `span._.cue`.
    """

    def __init__(self, nlp: Language, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._nlp = nlp
        self._matcher = LexiconMatcher(nlp, lexicon)
        self._known_headings = list_headings(lexicon.assertion)
        self._voice_headings = list_voice_headings(lexicon.voices)
        for extension in ("assertion", "cue"):
            if not Span.has_extension(extension):
                Span.set_extension(extension, default="")

    def __call__(self, doc: Doc) -> Doc:
        spans = []
        for tag in self.find_tags(doc, flatten_typography(doc.text), voice=""):
            span = doc.char_span(tag.start, tag.end, label=f"{tag.family}/{tag.code}")
            span._.assertion, span._.cue = tag.assertion, tag.cue
            spans.append(span)
        doc.spans[SPANS_KEY] = spans
        return doc

    def read(self, narrative: str, *, voice: str) -> ReadNarrative:
        """The narrative's sentences and every tag of the lexicon; `voice` is kept where no sentence says otherwise."""
        text = flatten_typography(narrative)
        doc, sentences = self._nlp.make_doc(text), split_sentences(text)
        return ReadNarrative(doc, text, voice, sentences, self._find_in(doc, text, sentences, voice))

    def find_tags(self, doc: Doc, text: str, *, voice: str) -> list[Tag]:
        """Every tag of a Doc in order of place.

        `text` is the Doc's text, flattened; `voice` is the record's, kept where no sentence says otherwise.
        """
        return self._find_in(doc, text, split_sentences(text), voice)

    def judge_whole(self, one: ReadNarrative, sentence: tuple[int, int], code: str) -> Judgement:
        """What its words and heading make of a code (family/code) that is proposed for a whole sentence."""
        (place,) = to_tokens(one.doc, [sentence])
        cues = choose_cues(one.doc, place, self.find_cues(one.doc, place))
        heading = Headings(one.text, self._known_headings).at(sentence[0])
        return _settle(judge_sentence(one.doc, place, cues, code, self.lexicon.assertion), heading, "affirmed")

    def hear_whole(self, one: ReadNarrative, sentence: tuple[int, int]) -> str:
        """Whose words a whole sentence holds."""
        (place,) = to_tokens(one.doc, [sentence])
        heading = Headings(one.text, self._known_headings).at(sentence[0])
        return hear_voice(self.find_cues(one.doc, place), self._voice_headings.get(heading[1].lower(), one.voice))

    def _find_in(self, doc: Doc, text: str, sentences: list[tuple[int, int]], voice: str) -> list[Tag]:
        headings = Headings(text, self._known_headings)
        tags = []
        places = to_tokens(doc, sentences)
        for span, place, found in zip(sentences, places, self._matcher.find(doc, places), strict=True):
            if not found.hits:
                continue
            heading = headings.at(span[0])
            heard = hear_voice(found.cues, self._voice_headings.get(heading[1].lower(), voice))
            cues, terms = choose_cues(doc, place, found.cues), [(hit.start, hit.end) for hit in found.hits]
            for hit, term in zip(found.hits, terms, strict=True):
                judged = judge_assertion(doc, term, cues, self.lexicon.assertion, terms=terms)
                tags.append(_make_tag(doc, hit, span, _settle(judged, heading, hit.term.assertion), heard))
        return tags

    def judge_quote(self, text: str, start: int, end: int) -> Judgement:
        """What the words around a quote (code points of a text) make of it, as if a term stood there."""
        plain = flatten_typography(text)
        doc = self._nlp.make_doc(plain)
        sentence = next(span for span in split_sentences(plain) if span[0] <= start < span[1])
        place, quote = to_tokens(doc, [sentence, (start, end)])
        cues = choose_cues(doc, place, self.find_cues(doc, place))
        heading = Headings(plain, self._known_headings).at(sentence[0])
        return _settle(judge_assertion(doc, quote, cues, self.lexicon.assertion, terms=[]), heading, "affirmed")

    def find_cues(self, doc: Doc, sentence: tuple[int, int]) -> list[Cue]:
        """The cues of one sentence of a Doc (a span in tokens), for `choose_cues`."""
        return self._matcher.find_cues(doc, sentence)


@Language.factory("nearmiss_tagger", default_config={"lexicon": None})
def make_tagger(nlp: Language, name: str, lexicon: str | None) -> NearMissTagger:
    """The component factory `nearmiss_tagger`; `lexicon` is a folder, the shipped one where none is given."""
    return NearMissTagger(nlp, load_lexicon(lexicon or shipped("lexicons")))


def tag_records(records: pd.DataFrame, lexicon: Lexicon, *, layer: str = "best", progress: bool = False) -> pd.DataFrame:
    """Propose tags for every record.

    `records` is the table of `load_records`; `layer` names the learned layer that runs beside the lexicon (see
    `load_learned_layer`), "none" for the lexicon alone. One row of the result is one tag, in the order of the records
    and of the places in each narrative; its columns are TAG_COLUMNS. `start` and `end` count code points,
    end exclusive, and `narrative[start:end] == quote`; a learned tag's quote is its sentence. `confidence` is the learned
    layer's calibrated probability, empty without it; `counted` is false below the published threshold. A tag is a
    proposal: negated, planned, past and uncertain ones stay in the table, marked, with the cue that marked them.
    """
    tagger = NearMissTagger(spacy.blank("en"), lexicon)
    rows = list(_tag_each(records, tagger, load_learned_layer(layer), progress))
    return pd.DataFrame(rows, columns=list(TAG_COLUMNS)).astype(_COLUMN_TYPES)


_AT_ONCE = 64  # records the learned layer weighs together
_COLUMN_TYPES = {
    **dict.fromkeys(TAG_COLUMNS, "str"),
    **dict.fromkeys(("start", "end", "sentence_start", "sentence_end"), "int64"),
    "confidence": "float64",
    "counted": "bool",
}


def _tag_each(records: pd.DataFrame, tagger: NearMissTagger, learned: LearnedLayer | None, progress: bool) -> Iterator[tuple]:
    voices = VoiceReader(tagger.lexicon.voices)
    maker = ProposalMaker(learned, tagger.lexicon, tagger) if learned else None
    shown = tqdm(total=len(records), desc="Reading records", unit="record", leave=False, disable=not progress)
    for first in range(0, len(records), _AT_ONCE):
        some = records.iloc[first : first + _AT_ONCE]
        read = [
            tagger.read(narrative, voice=voices.read(author))
            for narrative, author in zip(some["narrative"], some["author"], strict=True)
        ]
        proposed = maker.propose(read) if maker else [one.tags for one in read]
        for record_id, narrative, tags in zip(some["record_id"], some["narrative"], proposed, strict=True):
            yield from (_lay_out(record_id, narrative, tag, tagger.lexicon, learned) for tag in tags)
        shown.update(len(some))
    shown.close()


def _lay_out(record_id: str, narrative: str, tag: Tag, lexicon: Lexicon, learned: LearnedLayer | None) -> tuple:
    origin = learned if learned and tag.source == LEARNED else lexicon
    return (
        record_id, tag.family, tag.code, tag.sub_theme, tag.term, tag.start, tag.end, narrative[tag.start : tag.end],
        narrative[tag.sentence_start : tag.sentence_end], tag.sentence_start, tag.sentence_end, tag.assertion, tag.cue,
        tag.voice, tag.source, tag.confidence, tag.counted, origin.name, origin.version,
    )  # fmt: skip


def to_tokens(doc: Doc, sentences: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans of code points as spans of tokens; a token belongs to the sentence in which it starts."""
    places = doc.to_array([IDX])
    edges = np.searchsorted(places, np.array(sentences, dtype=places.dtype).reshape(-1, 2))
    return [(int(start), int(end)) for start, end in edges]


def _settle(judged: Judgement | None, heading: tuple[str, str], otherwise: str) -> Judgement:
    """The judgement, or where no cue reaches what the heading sets, or how the term starts."""
    if judged is None and heading[0]:
        return Judgement(heading[0], f"under the heading “{heading[1]}”")
    return judged or Judgement(otherwise, "")


def _make_tag(doc: Doc, hit: Hit, sentence: tuple[int, int], judgement: Judgement, voice: str) -> Tag:
    start, last = doc[hit.start], doc[hit.end - 1]
    return Tag(
        hit.code.family, hit.code.code, hit.term.sub_theme, hit.term.term, start.idx, last.idx + len(last),
        *sentence, judgement.assertion, judgement.cue, voice,
    )  # fmt: skip
