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
from nearmiss_kit.tagging.matcher import Cue, Hit, LexiconMatcher, Look
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
        sentences, headings = split_sentences(text), Headings(text, self._known_headings)
        tags = []
        for span in sentences:
            stands_free = _is_between_spaces(text, span)
            look = self._matcher.look_at(text[span[0] : span[1]]) if stands_free else None
            if look or not stands_free:
                doc, place, offset = self._cut_out(text, span)
                tags += self._tag_sentence(doc, place, offset, span, headings, voice, look)
        return ReadNarrative(text, headings, voice, sentences, tags)

    def find_tags(self, doc: Doc, text: str, *, voice: str) -> list[Tag]:
        """Every tag of a Doc in order of place.

        `text` is the Doc's text, flattened; `voice` is the record's, kept where no sentence says otherwise.
        """
        headings, sentences = Headings(text, self._known_headings), split_sentences(text)
        return [
            tag
            for span, place in zip(sentences, to_tokens(doc, sentences), strict=True)
            for tag in self._tag_sentence(doc, place, 0, span, headings, voice)
        ]

    def judge_whole(self, one: ReadNarrative, sentence: tuple[int, int], code: str) -> Judgement:
        """What its words and heading make of a code (family/code) that is proposed for a whole sentence."""
        doc, place, _ = self._cut_out(one.text, sentence)
        cues = choose_cues(doc, place, self.find_cues(doc, place))
        heading = one.headings.at(sentence[0])
        return _settle(judge_sentence(doc, place, cues, code, self.lexicon.assertion), heading, "affirmed")

    def hear_whole(self, one: ReadNarrative, sentence: tuple[int, int]) -> str:
        """Whose words a whole sentence holds."""
        doc, place, _ = self._cut_out(one.text, sentence)
        return hear_voice(self.find_cues(doc, place), self._voice_at(one.headings, sentence[0], one.voice))

    def _tag_sentence(
        self,
        doc: Doc,
        place: tuple[int, int],
        offset: int,
        span: tuple[int, int],
        headings: Headings,
        voice: str,
        look: Look | None = None,
    ) -> Iterator[Tag]:
        """The tags of one sentence: tokens `place` of a Doc that begins `offset` code points into the narrative."""
        found = self._matcher.find(doc, place, look)
        if not found.hits:
            return
        heading, heard = headings.at(span[0]), hear_voice(found.cues, self._voice_at(headings, span[0], voice))
        cues, terms = choose_cues(doc, place, found.cues), [(hit.start, hit.end) for hit in found.hits]
        for hit, term in zip(found.hits, terms, strict=True):
            judged = judge_assertion(doc, term, cues, self.lexicon.assertion, terms=terms)
            yield _make_tag(doc, offset, hit, span, _settle(judged, heading, hit.term.assertion), heard)

    def _voice_at(self, headings: Headings, place: int, voice: str) -> str:
        return self._voice_headings.get(headings.at(place)[1].lower(), voice)

    def _cut_out(self, text: str, sentence: tuple[int, int]) -> tuple[Doc, tuple[int, int], int]:
        """A Doc of one sentence, the sentence in tokens, and where the Doc begins: at white space, which ends every token."""
        start, end = sentence
        while start and not text[start - 1].isspace():
            start -= 1
        while end < len(text) and not text[end].isspace():
            end += 1
        doc = self._nlp.make_doc(text[start:end])
        (place,) = to_tokens(doc, [(sentence[0] - start, sentence[1] - start)])
        return doc, place, start

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
    rows = list(_tag_each(records, _compile_once(lexicon), load_learned_layer(layer), progress))
    return pd.DataFrame(rows, columns=list(TAG_COLUMNS)).astype(_COLUMN_TYPES)


_compiled: list[NearMissTagger] = []  # the last one: the same lexicon is often asked again


def _compile_once(lexicon: Lexicon) -> NearMissTagger:
    if not _compiled or _compiled[0].lexicon is not lexicon:
        _compiled[:] = [NearMissTagger(spacy.blank("en"), lexicon)]
    return _compiled[0]


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


def _is_between_spaces(text: str, span: tuple[int, int]) -> bool:
    start, end = span
    return (start == 0 or text[start - 1].isspace()) and (end == len(text) or text[end].isspace())


def _settle(judged: Judgement | None, heading: tuple[str, str], otherwise: str) -> Judgement:
    """The judgement, or where no cue reaches what the heading sets, or how the term starts."""
    if judged is None and heading[0]:
        return Judgement(heading[0], f"under the heading “{heading[1]}”")
    return judged or Judgement(otherwise, "")


def _make_tag(doc: Doc, offset: int, hit: Hit, sentence: tuple[int, int], judgement: Judgement, voice: str) -> Tag:
    start, last = doc[hit.start], doc[hit.end - 1]
    return Tag(
        hit.code.family, hit.code.code, hit.term.sub_theme, hit.term.term, offset + start.idx,
        offset + last.idx + len(last), *sentence, judgement.assertion, judgement.cue, voice,
        counted=hit.counts,
    )  # fmt: skip
