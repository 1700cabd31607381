"""The facts of every kind of report with one and the same words wherever people write."""

from dataclasses import replace
from datetime import date

from nearmiss_kit.analysis.release import INSIDE
from nearmiss_kit.report.board import Ask, BoardFinding, BoardSummary
from nearmiss_kit.report.evidence_pack import EvidencePack, Line, PackAction, PackRequest, Part, Said, Statement, Topic
from nearmiss_kit.report.facts import Count, Evidence
from nearmiss_kit.report.framework_files import load_frameworks
from nearmiss_kit.review import reading
from nearmiss_kit.review.feedback import Concern, Heard, ReviewSheet, Step, YouSaid
from nearmiss_kit.review.outcome import EasyPart, EasyRead
from nearmiss_kit.review.plain_words import ToChange
from nearmiss_kit.review.summary import EasyLine

DAY = date(2026, 11, 1)


def tell_board(words: list[str]) -> BoardSummary:
    """A board summary in which each of these words stands wherever people write."""
    return BoardSummary(
        title=words[0], readers=INSIDE, made_on=DAY, read=words[0], cannot=tuple(words),
        findings=tuple(BoardFinding(w, w, w) for w in words), changed=tuple(words),
        asks=tuple(Ask(w, Count(1, 2), w, w) for w in words), asks_left=1, trust=tuple(words),
    )  # fmt: skip


def tell_pack(words: list[str]) -> EvidencePack:
    """An evidence pack in which each of these words stands wherever people write."""
    lines = tuple(Line(w, Count(1, 2, "t1"), "records", w) for w in words)
    actions = tuple(PackAction(f"a{n}", "t1", w, w, w, w, w, True, w, w) for n, w in enumerate(words))
    statement = Statement("s1", words[0], words[0], True, lines, lines, lines, lines, actions, tuple(words))
    silent = Statement("s2", words[1], words[1], False, (), (), (), (), (), tuple(words))
    framework = load_frameworks()[0].model_copy(update=dict(name=words[0], body=words[1], version=words[2], status=words[3]))
    pieces = tuple(reading.Evidence("", "", "for", w, w, w, True, w, "") for w in words)
    said = tuple(Said(w, w, (p,), (p,)) for w, p in zip(words, pieces, strict=True))
    evidence = tuple(Evidence(f"e{n}", w, w, w, w, w, w, w, w, (w,), (w,), (w,), 0, len(w)) for n, w in enumerate(words))
    return EvidencePack(
        title=words[0], readers=INSIDE, made_on=DAY, read=words[0], cannot=tuple(words),
        parts=(Part(framework, ((words[0], (statement, silent)),)),),
        findings=(Topic("t1", words[0], said, 1),), answers=(Topic("t2", words[0], said, 1),), actions=actions,
        requests=tuple(PackRequest(w, w, w, w, w) for w in words), evidence=evidence,
        speaks_to={"t1": ((words[0], tuple(("s1", w) for w in words)),)}, made_by=words[0],
    )  # fmt: skip


def tell_easy(words: list[str]) -> EasyRead:
    """An easy-read draft in which each of these words stands wherever people write."""
    lines = tuple(EasyLine(w, w) for w in words)
    change = tuple(ToChange(n, w, (w,)) for n, w in enumerate(words))
    return EasyRead("What we found", words[0], (EasyPart(words[0], lines),), lines[:5], change, len(words), 15, INSIDE)


def tell_said(words: list[str]) -> YouSaid:
    """A sheet “you said, we did” in which each of these words stands wherever people write."""
    steps = tuple(Step(w, w, w, w, True, True, w) for w in words)
    concerns = tuple(Concern(w, 1, 2, ((w, w),), w, w, steps[:1]) for w in words)
    silent = tuple(replace(concern, steps=()) for concern in concerns)
    sheet = ReviewSheet(
        where=words[0], opened=words[0], closed=words[0], heard=(Heard(words[0], words[1], 2, (*concerns, *silent)),),
        not_heard=("staff",), actions=3, done=1, open_steps=steps, stopped=steps, requests=tuple((w, w, w) for w in words),
        must_change=words[0],
    )  # fmt: skip
    return YouSaid("You said, we did", words[0], (sheet,), tuple((w, w, 3) for w in words), DAY, INSIDE)
