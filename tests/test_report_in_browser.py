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
from test_report_safety import HARMLESS, HOSTILE, plain, put_into_review, tell_review  # noqa: F401 (plain is a fixture)

import nearmiss_kit as nk
from nearmiss_kit.report.render import draw_unseen, render_report
from nearmiss_kit.report.review_page import render_review_report

IN_CI = os.environ.get("NEARMISS_CI") == "1"
NODE = Path(os.environ.get("NEARMISS_NODE_MODULES", Path(__file__).parent.parent / "node_modules"))
CHROMIUM = os.environ.get("NEARMISS_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
KINDS = ("learning", "named", "published", "review", "agenda", "invitation")
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

    def write(audience: str) -> Path:
        decisions = nk.load_decisions(":memory:")
        known = dict(audience=audience, release=release, lexicon=lexicon, made_on=date(2026, 11, 1))
        return nk.write_report(nk.build_report(records, tags, decisions, **known), folder / f"{audience}.html")

    return {
        "learning": write("internal"),
        "named": write("named"),
        "published": write("published"),
        "review": nk.write_review_report(nk.build_review_facts(seen), folder / "review.html"),
        "agenda": nk.write_agenda(nk.build_agenda(seen.review), folder / "agenda.html"),
        "invitation": nk.write_invitation(nk.build_invitation(seen.review, **meeting), folder / "invitation.html"),
    }


@pytest.mark.parametrize("kind", ["learning", "review"])
def test_hostile_words_do_nothing_in_a_browser_and_are_shown(kind, browser, plain, tmp_path):  # noqa: F811
    make = {
        "learning": lambda words: render_report(put_into_review(plain, words)),
        "review": lambda words: render_review_report(tell_review(words)),
    }
    seen: dict[str, list] = {"dialogs": [], "requests": [], "shapes": []}
    texts = []
    for name, words in (("hostile", HOSTILE), ("harmless", HARMLESS)):
        path = tmp_path / f"{name}.html"
        path.write_text(make[kind](words), encoding="utf-8", newline="\n")
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


def test_no_letter_of_an_invitation_is_smaller_than_fourteen_points(browser, files):
    page = browser.new_page()
    page.goto(files["invitation"].as_uri())
    sizes = page.evaluate(
        "[...document.querySelectorAll('.page *')].filter(e => e.textContent.trim()).map(e => parseFloat(getComputedStyle(e).fontSize))"
    )
    page.close()
    assert (len(sizes) > 50, min(sizes) >= SMALLEST_EASY_TYPE) == (True, True)
