"""Tags: the kit's proposals of where a code is evidenced, as a table and as a spaCy component."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, islice

import numpy as np
import pandas as pd
from spacy.language import Language
from spacy.tokens import Doc, Span
from tqdm.auto import tqdm

from nearmiss_kit.shipped import shipped
from nearmiss_kit.tagging.assertion import Headings, Judgement, choose_cues, judge_assertion, judge_sentence, list_headings
from nearmiss_kit.tagging.learned import Confidence, LearnedLayer, load_learned_layer
from nearmiss_kit.tagging.lexicon import Lexicon, load_lexicon
from nearmiss_kit.tagging.local import LocalLearning
from nearmiss_kit.tagging.matcher import Cue, Hit, LexiconMatcher, Look
from nearmiss_kit.tagging.proposals import ProposalMaker, ReadNarrative
from nearmiss_kit.tagging.sentences import flatten_typography, split_sentences
from nearmiss_kit.tagging.tags import LEARNED, LEXICON, TAG_COLUMNS, Tag
from nearmiss_kit.tagging.voice import VoiceReader, hear_voice, list_voice_headings
from nearmiss_kit.tagging.words import Sentence

SPANS_KEY = "nearmiss"


class NearMissTagger:
    """The lexicon layer: reads narratives, and is a spaCy component that puts tags into `doc.spans["nearmiss"]`.

    Each span is labelled family/code and carries its assertion in `span._.assertion` and the words that set it in
    `span._.cue`. Words are cut as in a blank English pipeline, whatever cut the Doc: where the Doc's tokens are longer than a
    tag, its span is those tokens.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._matcher = LexiconMatcher(lexicon)
        self._known_headings = list_headings(lexicon.assertion)
        self._voice_headings = list_voice_headings(lexicon.voices)
        self._find_cues = lru_cache(maxsize=4)(self._matcher.find_cues)  # one sentence is asked about several times
        for extension in ("assertion", "cue"):
            if not Span.has_extension(extension):
                Span.set_extension(extension, default="")

    def __call__(self, doc: Doc) -> Doc:
        spans = []
        for tag in self.read(doc.text, voice="").tags:
            span = doc.char_span(tag.start, tag.end, label=f"{tag.family}/{tag.code}", alignment_mode="expand")
            span._.assertion, span._.cue = tag.assertion, tag.cue
            spans.append(span)
        doc.spans[SPANS_KEY] = spans
        return doc

    def read(self, narrative: str, *, voice: str) -> ReadNarrative:
        """The narrative's sentences and every tag of the lexicon; `voice` is kept where no sentence says otherwise."""
        (one,) = self.read_all([narrative], [voice])
        return one

    def read_all(self, narratives: Iterable[str], voices: Iterable[str]) -> list[ReadNarrative]:
        """Each narrative as `read` reads it; a hundred at once are read faster than one by one."""
        read = [self._open(narrative, voice) for narrative, voice in zip(narratives, voices, strict=True)]
        looks = self._matcher.look_at(one.text[start:end] for one in read for start, end in one.sentences)
        for one in read:
            for span in one.sentences:
                if look := next(looks):
                    one.tags.extend(self._tag_sentence(one, span, look))
        return read

    def judge_whole(self, one: ReadNarrative, span: tuple[int, int], code: str) -> Judgement:
        """What its words and heading make of a code that is proposed for a whole sentence."""
        sentence, cues = self.find_cues(one.text, span)
        judged = judge_sentence(sentence, choose_cues(sentence, cues), code, self.lexicon.assertion)
        return _settle(judged, one.headings.at(span[0]), "affirmed")

    def hear_whole(self, one: ReadNarrative, span: tuple[int, int]) -> str:
        """Whose words a whole sentence holds."""
        return hear_voice(self._find_cues(one.text[slice(*span)]), self._voice_at(one, span[0]))

    def judge_quote(self, text: str, start: int, end: int) -> Judgement:
        """What the words around a quote (code points of a text) make of it, as if a term stood there."""
        plain = flatten_typography(text)
        span = next(span for span in split_sentences(plain) if span[0] <= start < span[1])
        sentence, cues = self.find_cues(plain, span)
        quote, cues = sentence.find_words(start, end), choose_cues(sentence, cues)
        judged = judge_assertion(sentence, quote, cues, "", self.lexicon.assertion, terms=[])
        return _settle(judged, Headings(plain, self._known_headings).at(span[0]), "affirmed")

    def find_cues(self, plain_text: str, span: tuple[int, int]) -> tuple[Sentence, list[Cue]]:
        """One sentence (code points of a flattened text) as words, and its cues."""
        return self._matcher.cut(plain_text, span), self._find_cues(plain_text[slice(*span)])

    def _open(self, narrative: str, voice: str) -> ReadNarrative:
        text = flatten_typography(narrative)
        return ReadNarrative(text, Headings(text, self._known_headings), voice, split_sentences(text), [])

    def _tag_sentence(self, one: ReadNarrative, span: tuple[int, int], look: Look) -> Iterator[Tag]:
        found = self._matcher.find(one.text, span, look)
        if not found:
            return
        sentence = found.sentence
        heading, heard = one.headings.at(span[0]), hear_voice(found.cues, self._voice_at(one, span[0]))
        cues, terms = choose_cues(sentence, found.cues), [(hit.start, hit.end) for hit in found.hits]
        for hit, term in zip(found.hits, terms, strict=True):
            judged = judge_assertion(sentence, term, cues, hit.code.code, self.lexicon.assertion, terms=terms)
            yield _make_tag(sentence, hit, span, _settle(judged, heading, hit.term.assertion), heard)

    def _voice_at(self, one: ReadNarrative, place: int) -> str:
        return self._voice_headings.get(one.headings.at(place)[1].lower(), one.voice)


@Language.factory("nearmiss_tagger", default_config={"lexicon": None})
def make_tagger(nlp: Language, name: str, lexicon: str | None) -> NearMissTagger:
    """The component factory `nearmiss_tagger`; `lexicon` is a folder, the shipped one where none is given."""
    return NearMissTagger(load_lexicon(lexicon or shipped("lexicons")))


def tag_records(
    records: pd.DataFrame, lexicon: Lexicon, *, layer: str = "best", local: LocalLearning | None = None, progress: bool = False
) -> pd.DataFrame:
    """Propose tags for every record.

    `records` is the table of `load_records`; `layer` names the learned layer that runs beside the lexicon (see
    `load_learned_layer`), "none" for the lexicon alone; `local` is what `load_local_learning` gives, where the layer is to be
    corrected by what your reviewers decided. One row of the result is one tag, in the order of the records
    and of the places in each narrative; its columns are TAG_COLUMNS. `start` and `end` count code points,
    end exclusive, and `narrative[start:end] == quote`; a learned tag's quote is its sentence. `confidence` is the learned
    layer's calibrated probability, empty without it; `counted` is false below the published threshold. A tag is a
    proposal: negated, planned, past and uncertain ones stay in the table, marked, with the cue that marked them.
    """
    learned = _load_layer(layer, local)
    return _make_table(chain.from_iterable(_tag_each(records, _compile_once(lexicon), learned, local, progress)))


def stream_tags(
    records: pd.DataFrame | Iterable[pd.DataFrame],
    lexicon: Lexicon,
    *,
    layer: str = "best",
    local: LocalLearning | None = None,
    progress: bool = False,
) -> Iterator[pd.DataFrame]:
    """The tags of tag_records piece by piece, a table for every few hundred records; one below the other they are the same.

    Only one piece is held at a time, so that a million tags need no more memory than a thousand. `records` may come as
    tables too, one after the other, so that the records need not be held either. Without any record there is one empty table.
    """
    tables = [records] if isinstance(records, pd.DataFrame) else records
    tagger, learned = _compile_once(lexicon), _load_layer(layer, local)
    tagged = chain.from_iterable(_tag_each(some, tagger, learned, local, progress) for some in tables)
    first = list(islice(tagged, _IN_A_PIECE))
    yield _make_table(chain.from_iterable(first))
    while some := list(islice(tagged, _IN_A_PIECE)):
        yield _make_table(chain.from_iterable(some))


def weigh_records(
    records: pd.DataFrame, lexicon: Lexicon, layer: LearnedLayer, *, progress: bool = False
) -> Iterator[tuple[ReadNarrative, Confidence]]:
    """Each record as the lexicon read it, and how likely the layer as shipped holds each code in each of its sentences."""
    tagger, voices = _compile_once(lexicon), VoiceReader(lexicon.voices)
    maker = ProposalMaker(layer, lexicon, tagger)
    for some in _take_some(records, progress):
        read = _read_each(some, tagger, voices)
        confidence, ends = maker.weigh(read), np.cumsum([len(one.sentences) for one in read])
        parts = zip(np.split(confidence.affirmed, ends[:-1]), np.split(confidence.mentioned, ends[:-1]), strict=True)
        yield from zip(read, (Confidence(*part) for part in parts), strict=True)


def _load_layer(layer: str, local: LocalLearning | None) -> LearnedLayer | None:
    learned = load_learned_layer(layer)
    if local:
        local.require(learned)
    return learned


def _make_table(rows: Iterable[tuple]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(TAG_COLUMNS)).astype(_COLUMN_TYPES)


_compiled: list[NearMissTagger] = []  # the last one: the same lexicon is often asked again


def _compile_once(lexicon: Lexicon) -> NearMissTagger:
    if not _compiled or _compiled[0].lexicon is not lexicon:
        _compiled[:] = [NearMissTagger(lexicon)]
    return _compiled[0]


AT_ONCE = 64  # records that are read and weighed together
_IN_A_PIECE = 8 * AT_ONCE  # records in one table of stream_tags
_COLUMN_TYPES = {
    **dict.fromkeys(TAG_COLUMNS, "str"),
    **dict.fromkeys(("start", "end", "sentence_start", "sentence_end"), "int64"),
    "confidence": "float64",
    "counted": "bool",
}


def _tag_each(
    records: pd.DataFrame, tagger: NearMissTagger, learned: LearnedLayer | None, local: LocalLearning | None, progress: bool
) -> Iterator[list[tuple]]:
    """The rows of each record."""
    lexicon, voices = tagger.lexicon, VoiceReader(tagger.lexicon.voices)
    maker = ProposalMaker(learned, lexicon, tagger, local=local) if learned else None
    origins = {LEXICON: (lexicon.name, lexicon.version)}
    if learned:
        origins[LEARNED] = (learned.name, learned.version + (local.version if local else ""))
    for some in _take_some(records, progress):
        read = _read_each(some, tagger, voices)
        proposed = maker.propose(read) if maker else [one.tags for one in read]
        for record_id, narrative, tags in zip(some["record_id"], some["narrative"], proposed, strict=True):
            yield [_lay_out(record_id, narrative, tag, origins[tag.source]) for tag in tags]


def _take_some(records: pd.DataFrame, progress: bool) -> Iterator[pd.DataFrame]:
    shown = tqdm(total=len(records), desc="Reading records", unit="record", leave=False, disable=not progress)
    for first in range(0, len(records), AT_ONCE):
        some = records.iloc[first : first + AT_ONCE]
        yield some
        shown.update(len(some))
    shown.close()


def _read_each(some: pd.DataFrame, tagger: NearMissTagger, voices: VoiceReader) -> list[ReadNarrative]:
    return tagger.read_all(some["narrative"], map(voices.read, some["author"]))


def _lay_out(record_id: str, narrative: str, tag: Tag, origin: tuple[str, str]) -> tuple:
    return (
        record_id, tag.family, tag.code, tag.sub_theme, tag.term, tag.start, tag.end, narrative[tag.start : tag.end],
        narrative[tag.sentence_start : tag.sentence_end], tag.sentence_start, tag.sentence_end, tag.assertion, tag.cue,
        tag.voice, tag.source, tag.confidence, tag.counted, *origin,
    )  # fmt: skip


def _settle(judged: Judgement | None, heading: tuple[str, str], otherwise: str) -> Judgement:
    """The judgement, or where no cue reaches what the heading sets, or how the term starts."""
    if judged is None and heading[0]:
        return Judgement(heading[0], f"under the heading “{heading[1]}”")
    return judged or Judgement(otherwise, "")


def _make_tag(sentence: Sentence, hit: Hit, span: tuple[int, int], judgement: Judgement, voice: str) -> Tag:
    return Tag(
        hit.code.family, hit.code.code, hit.term.sub_theme, hit.term.term, sentence.starts[hit.start],
        sentence.ends[hit.end - 1], *span, judgement.assertion, judgement.cue, voice, counted=hit.counts,
    )  # fmt: skip
