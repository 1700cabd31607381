"""Both layers together: a confidence for every tag of the lexicon, and proposals for sentences the lexicon misses."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count
from typing import Protocol

import numpy as np

from nearmiss_kit.tagging.assertion import Headings, Judgement
from nearmiss_kit.tagging.context import put_in_context, take_from_context
from nearmiss_kit.tagging.learned import Confidence, LearnedLayer
from nearmiss_kit.tagging.lexicon import Lexicon
from nearmiss_kit.tagging.local import LocalLearning
from nearmiss_kit.tagging.tags import LEARNED, Tag


@dataclass(frozen=True)
class ReadNarrative:
    """A narrative as the lexicon layer read it: its flattened text and headings, its sentences (code points), their tags."""

    text: str
    headings: Headings
    voice: str
    sentences: list[tuple[int, int]]
    tags: list[Tag]


class SentenceJudge(Protocol):
    """What knows how a sentence is meant, and whose words it holds: the lexicon layer."""

    def judge_whole(self, one: ReadNarrative, sentence: tuple[int, int], code: str) -> Judgement: ...
    def hear_whole(self, one: ReadNarrative, sentence: tuple[int, int]) -> str: ...


class ProposalMaker:
    """Joins the learned layer to the lexicon's tags.

    `judge` is asked how a sentence is meant, where the layer finds a code mentioned in it rather than affirmed; without a cue
    that says how, nothing is proposed. `local` corrects the confidence by what reviewers decided.
    """

    def __init__(
        self, layer: LearnedLayer, lexicon: Lexicon, judge: SentenceJudge, *, local: LocalLearning | None = None
    ) -> None:
        self._layer, self._judge, self._local = layer, judge, local
        self._columns = {tuple(code.split("/")): column for column, code in enumerate(layer.codes)}
        known = {(code.family, code.code) for code in lexicon.codes}
        self._codes, self._known = list(self._columns), np.array([code in known for code in self._columns])

    def propose(self, read: Sequence[ReadNarrative]) -> list[list[Tag]]:
        """The tags of each narrative, in order of place: the lexicon's with their confidence, and the learned ones."""
        confidence, numbered = self.weigh(read), _number_sentences(read)
        return [
            sorted(
                [*self._weigh_tags(one, confidence, rows), *self._add_tags(one, confidence, rows)],
                key=lambda tag: (tag.start, tag.end, tag.family, tag.code),
            )
            for one, rows in zip(read, numbered, strict=True)
        ]

    def weigh(self, read: Sequence[ReadNarrative]) -> Confidence:
        """How likely each code is in every sentence of these narratives, in their order."""
        sentences = list(chain.from_iterable(map(list_in_context, read)))
        hits = self._mark_hits(read, _number_sentences(read), len(sentences))
        confidence = self._layer.judge(self._layer.weigh(sentences), *hits)
        if not self._local:
            return confidence
        return self._local.adjust(confidence, [take_from_context(text)[1] for text in sentences], self._layer.codes)

    def _mark_hits(self, read: Sequence[ReadNarrative], numbered: list[dict[int, int]], sentences: int) -> np.ndarray:
        """Where the lexicon hit, shape (2, sentences, codes): affirmed, and in another assertion."""
        marks = np.zeros((2, sentences, len(self._columns)), dtype=bool)
        for one, rows in zip(read, numbered, strict=True):
            for tag in one.tags:
                column = self._columns.get((tag.family, tag.code))
                if column is not None:
                    marks[int(tag.assertion != "affirmed"), rows[tag.sentence_start], column] = True
        return marks

    def _weigh_tags(self, one: ReadNarrative, confidence: Confidence, rows: dict[int, int]) -> Iterator[Tag]:
        for tag in one.tags:
            column = self._columns.get((tag.family, tag.code))
            if column is None:
                yield tag
                continue
            found = confidence.affirmed if tag.assertion == "affirmed" else confidence.mentioned
            sure = float(found[rows[tag.sentence_start], column])
            yield replace(tag, confidence=sure, counted=sure >= self._layer.counted)

    def _add_tags(self, one: ReadNarrative, confidence: Confidence, rows: dict[int, int]) -> Iterator[Tag]:
        found = {(tag.sentence_start, tag.family, tag.code, tag.assertion == "affirmed") for tag in one.tags}
        affirmed, mentioned = (sure[[*rows.values()]] for sure in (confidence.affirmed, confidence.mentioned))
        likely = (np.maximum(affirmed, mentioned) >= self._layer.proposal) & self._known
        for place, column in zip(*(where.tolist() for where in np.nonzero(likely)), strict=True):
            sentence, (family, code) = one.sentences[place], self._codes[column]
            if affirmed[place, column] >= self._layer.proposal:
                if (sentence[0], family, code, True) not in found:
                    yield self._make_tag(one, sentence, (family, code), Judgement("affirmed", ""), affirmed[place, column])
            elif not found & {(sentence[0], family, code, True), (sentence[0], family, code, False)}:
                meant = self._judge.judge_whole(one, sentence, code)
                if meant.assertion != "affirmed":
                    yield self._make_tag(one, sentence, (family, code), meant, mentioned[place, column])

    def _make_tag(
        self, one: ReadNarrative, sentence: tuple[int, int], code: tuple[str, str], meant: Judgement, sure: float
    ) -> Tag:
        voice, counted = self._judge.hear_whole(one, sentence), bool(sure >= self._layer.counted)
        return Tag(*code, "", "", *sentence, *sentence, meant.assertion, meant.cue, voice, LEARNED, float(sure), counted)


def plain_sentence(text: str, span: tuple[int, int]) -> str:
    """A sentence as the learned layer reads it: white space made single."""
    return " ".join(text[span[0] : span[1]].split())


def list_in_context(one: ReadNarrative) -> Iterator[str]:
    """The sentences of a narrative, each behind the one before it in the same section."""
    before, section = "", 0
    for span in one.sentences:
        sentence, here = plain_sentence(one.text, span), one.headings.section(span[0])
        yield put_in_context(before if here == section else "", sentence)
        before, section = sentence, here


def _number_sentences(read: Sequence[ReadNarrative]) -> list[dict[int, int]]:
    """For each narrative, where a sentence starts and which row of the confidences it has."""
    row = count()
    return [{start: next(row) for start, _ in one.sentences} for one in read]
