"""Every kind of report in a real browser: nothing runs, nothing is fetched, axe and the Nu checker find no fault.

Needs Chromium with Playwright, and axe-core and vnu-jar from npm in a folder named by NEARMISS_NODE_MODULES. Where one of
them is missing the tests are skipped with the reason; with NEARMISS_CI=1 that is a failure.
"""

import os
import re
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
from test_report_safety import HARMLESS, HOSTILE, MAKERS, plain  # noqa: F401 (plain is a fixture)

import nearmiss_kit as nk
from nearmiss_kit.analysis.release import INSIDE
from nearmiss_kit.report import board
from nearmiss_kit.report.render import draw_unseen

IN_CI = os.environ.get("NEARMISS_CI") == "1"
NODE = Path(os.environ.get("NEARMISS_NODE_MODULES", Path(__file__).parent.parent / "node_modules"))
CHROMIUM = os.environ.get("NEARMISS_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
KINDS = ("learning", "named", "published", "review", "agenda", "invitation", "board", "evidence pack", "easy read", "you said")
SMALLEST_EASY_TYPE = 14 * 96 / 72  # CSS pixels in 14 points
SCREENS = {
    "wide": dict(viewport=dict(width=1280, height=900)),
    "narrow": dict(viewport=dict(width=320, height=640)),  # the same as a window of 1280 at 400 %
    "dark": dict(viewport=dict(width=1280, height=900), color_scheme="dark"),
    "high contrast": dict(viewport=dict(width=1280, height=900), forced_colors="active"),
}
READ_SHAPE = "[...document.querySelectorAll('*')].map(e => [e.tagName, e.className.baseVal ?? e.className, e.id].join(' '))"


def need(thing: object, what: str) -> None:
    """Skip where something is missing; in CI a missing thing is a failure."""
    if not thing:
        (pytest.fail if IN_CI else pytest.skip)(f"{what} is not here, so nothing was tried in it.")


@pytest.fixture(scope="module")
def browser():
    need(CHROMIUM, "Chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        need(None, "Playwright")
    with sync_playwright() as play:
        yield play.chromium.launch(executable_path=CHROMIUM, args=QUIET)


@pytest.fixture(scope="module")
def files(tmp_path_factory, examples, records, tags, lexicon) -> dict[str, Path]:
    """Every kind of report of the sample records."""
    folder, seen = tmp_path_factory.mktemp("reports"), examples["alder"]
    meeting = dict(meeting_on=date(2026, 6, 20), place="the lounge", host="keyworker")
    release = nk.Release(recipients="Quality team", lawful_basis="UK GDPR article 6(1)(e)", released_by="quality lead")
    reviews = [one.review for one in examples.values()]
    reports = {
        audience: nk.build_report(
            records, tags, nk.load_decisions(":memory:"), reviews=reviews, audience=audience, release=release, lexicon=lexicon,
            made_on=date(2026, 11, 1),
        )
        for audience in ("internal", "named", "published")
    }  # fmt: skip
    report = reports["internal"]
    return {
        "learning": nk.write_report(report, folder / "learning.html"),
        "named": nk.write_report(reports["named"], folder / "named.html"),
        "published": nk.write_report(reports["published"], folder / "published.html"),
        "board": nk.write_board_summary(nk.build_board_summary(report, reviews), folder / "board.html"),
        "evidence pack": nk.write_evidence_pack(nk.build_evidence_pack(report, reviews), folder / "pack.html"),
        "easy read": nk.write_easy_read(nk.build_easy_read(seen), folder / "easy.html"),
        "you said": nk.write_you_said(nk.build_you_said(examples.values()), folder / "said.html"),
        "review": nk.write_review_report(nk.build_review_facts(seen), folder / "review.html"),
        "agenda": nk.write_agenda(nk.build_agenda(seen.review), folder / "agenda.html"),
        "invitation": nk.write_invitation(nk.build_invitation(seen.review, **meeting), folder / "invitation.html"),
    }


@pytest.mark.parametrize("kind", MAKERS)
def test_hostile_words_do_nothing_in_a_browser_and_are_shown(kind, browser, plain, tmp_path):  # noqa: F811
    seen: dict[str, list] = {"dialogs": [], "requests": [], "shapes": []}
    texts = []
    for name, words in (("hostile", HOSTILE), ("harmless", HARMLESS)):
        path = tmp_path / f"{name}.html"
        path.write_text(MAKERS[kind](plain, words), encoding="utf-8", newline="\n")
        page = browser.new_page()
        page.on("dialog", lambda dialog: (seen["dialogs"].append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: seen["requests"].append(request.url))
        page.goto(path.as_uri())
        page.wait_for_timeout(500)
        seen["shapes"].append(page.evaluate(READ_SHAPE))
        texts.append(page.evaluate("document.body.textContent"))
        page.close()
    asked = [url for url in seen["requests"] if not url.startswith(("file:", "data:image/svg+xml;base64,"))]
    assert (seen["dialogs"], asked, seen["shapes"][0] == seen["shapes"][1]) == ([], [], True)
    assert [words for words in HOSTILE if draw_unseen(words) not in texts[0]] == []


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_no_fault_and_no_page_is_wider_than_its_screen(kind, screen, browser, files):
    axe = NODE / "axe-core" / "axe.min.js"
    need(axe.exists(), "axe-core")
    context = browser.new_context(bypass_csp=True, **SCREENS[screen])  # the policy would keep axe itself out
    page = context.new_page()
    page.goto(files[kind].as_uri())
    page.evaluate(axe.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")["violations"]
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    context.close()
    assert ([(fault["id"], len(fault["nodes"])) for fault in found], wider) == ([], 0)


@pytest.mark.parametrize("kind", KINDS)
def test_the_nu_checker_finds_no_error(kind, files):
    checker = NODE / "vnu-jar" / "build" / "dist" / "vnu.jar"
    need(checker.exists() and shutil.which("java"), "The Nu HTML checker")
    command = ["java", "-jar", str(checker), "--errors-only", "--exit-zero-always", "--format", "gnu", str(files[kind])]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    assert re.sub(r"^.*?:\d", "", said) == ""


@pytest.mark.parametrize("kind", ["invitation", "easy read"])
@pytest.mark.parametrize("media", ["screen", "print"])
def test_no_letter_of_an_easy_read_page_is_smaller_than_fourteen_points(kind, media, browser, files):
    page = browser.new_page()
    page.emulate_media(media=media)
    page.goto(files[kind].as_uri())
    sizes = page.evaluate(
        "[...document.querySelectorAll('.page *')].filter(e => e.textContent.trim()).map(e => parseFloat(getComputedStyle(e).fontSize))"
    )
    page.close()
    assert (len(sizes) > 50, min(sizes) >= SMALLEST_EASY_TYPE) == (True, True)


def print_pages(browser, path: Path) -> int:
    """How many sheets of A4 a page prints on."""
    page = browser.new_page()
    page.goto(path.as_uri())
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    page.close()
    return len(re.findall(rb"/Type\s*/Page\b", printed))


def test_a_board_summary_prints_on_one_sheet(browser, files):
    assert (print_pages(browser, files["board"]), print_pages(browser, files["review"]) > 1) == (1, True)


def test_a_board_summary_prints_on_one_sheet_with_the_longest_words_that_it_takes(browser, files, tmp_path):
    def speak(length: int) -> str:
        return ("Somebody asked again about the evenings and nobody rang back. " * 9)[:length]

    limits = [speak(n) for n in (160, 225, 120, 175, 215)]  # as long as any limit of a report, services without a voice named
    name, example, change = (speak(n) for n in (board.LONGEST_NAME, board.LONGEST_EXAMPLE, board.LONGEST_CHANGE))
    ask = board.Ask(speak(82), board.Count(123, 456), "restrictions", f"{example} … ({name} …, 1,234 days overdue)")
    facts = board.BoardSummary(
        title=speak(50), readers=INSIDE, made_on=date(2026, 11, 1), read=speak(140), cannot=tuple(limits),
        findings=tuple(board.BoardFinding(speak(n), speak(board.LONGEST_QUOTE) + " …", example) for n in (175, 185, 160, 165, 215)),
        changed=(speak(190), *(f"{name} …, less community access: before, “{change} …”; now, “{change} …”.",) * board.MOST_CHANGES),
        asks=(ask,) * board.MOST_ASKS, asks_left=2, trust=(speak(190), speak(190), speak(150)),
    )  # fmt: skip
    assert print_pages(browser, nk.write_board_summary(facts, tmp_path / "longest.html")) == 1
