"""The browser: a first review with the keyboard alone, in JupyterLab and in Voilà, saved, found again, and open to everybody."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

import nearmiss_kit as nk
from nearmiss_kit.cli.opening import LAB_OPTIONS, copy_notebooks

AXE = "axe-core@4.10.3"
CHROMIUM = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync")  # fmt: skip
PATIENCE = 300  # seconds until a slow machine has read and tagged the sample records
MOST_TABS = 600
ROOT = Path(__file__).parent.parent
NOTEBOOK = "03_review_one_near_miss"
WORDS = {
    "voices.own_words": "I want my own kettle.",
    "questions.nearly_failed": "The evenings, when nobody knew who was coming.",
    "questions.must_change": "One person plans the evenings.",
    "measures.before.incidents": "Three in six weeks",
}
TICKS = ("opening.reasons-notice", "opening.not_happened-notice", "signals.seen-provider_warning", "voices.heard-person")
PRESSED = ("sources.judged.staffing-agree", "decision.placement-stay_with_changes")


def miss(reason: str) -> None:
    """Without a browser these tests are skipped by a reader, and fail where the kit itself is checked."""
    (pytest.fail if os.environ.get("NEARMISS_CI") == "1" else pytest.skip)(reason)


@pytest.fixture(scope="module")
def browser():
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        miss("Playwright is not installed: pip install playwright")
    path = shutil.which("chromium")
    if path is None:
        miss("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM))
        yield started
        started.close()


@pytest.fixture(scope="module")
def axe(tmp_path_factory) -> str:
    folder, npm = tmp_path_factory.mktemp("axe"), shutil.which("npm")
    if npm is None:
        miss("npm is not installed, so axe-core cannot be fetched: apt-get install npm")
    done = subprocess.run([npm, "pack", "--silent", AXE], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        miss(f"npm could not fetch {AXE}.")
    with tarfile.open(next(folder.glob("*.tgz"))) as package:
        return package.extractfile("package/axe.min.js").read().decode("utf-8")


def find_port() -> int:
    with socket.socket() as here:
        here.bind(("127.0.0.1", 0))
        return here.getsockname()[1]


def serve(kind: str, folder: Path, port: int) -> tuple[subprocess.Popen, str]:
    """A real server over the folder, and the address of the notebook in it."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "JUPYTER_CONFIG_DIR": str(folder / "config")}
    if kind == "voila":
        words = ["-m", "nearmiss_kit", "app", "--folder", str(folder), "--port", str(port), "--no-browser"]
        address = f"http://127.0.0.1:{port}/"
    else:
        copy_notebooks(folder)
        quiet = ("--no-browser", "--allow-root", f"--ServerApp.port={port}", "--ServerApp.port_retries=0")
        words = ["-m", "jupyterlab", *LAB_OPTIONS, *quiet, "--IdentityProvider.token=here", f"--ServerApp.root_dir={folder}"]
        address = f"http://127.0.0.1:{port}/doc/tree/{NOTEBOOK}.ipynb?token=here"
    with (folder.parent / f"{kind}.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, *words], cwd=folder, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    return process, address


def wait_for(port: int, process: subprocess.Popen) -> None:
    for _ in range(PATIENCE * 2):
        if process.poll() is not None:
            pytest.fail("The server ended before it answered; its log lies in the test's folder.")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/static/nothing", timeout=5)
            return
        except urllib.error.HTTPError:
            return  # it answers
        except OSError:
            time.sleep(0.5)
    pytest.fail("The server did not answer.")


class Reader:
    """Somebody at the page who has a keyboard and no mouse."""

    def __init__(self, page, kind: str, address: str) -> None:
        self.page, self.kind, self.address = page, kind, address

    def open(self) -> None:
        self.page.goto(self.address, wait_until="commit", timeout=PATIENCE * 1000)
        if self.kind == "lab":
            self.page.get_by_text("(ipykernel) | Idle").wait_for(timeout=PATIENCE * 1000)
            time.sleep(1)
            self.page.keyboard.press("Control+Shift+C")
            self.page.locator(".lm-CommandPalette-input, .jp-ModalCommandPalette input").first.wait_for()
            self.page.keyboard.type("run all cells")
            self.page.locator(".lm-CommandPalette-item.lm-mod-active", has_text="Run All Cells").first.wait_for()
            self.page.keyboard.press("Enter")
        self.wait_for(".nm-key-who")
        self.wait_for(".nm-panel >> nth=1")

    def wait_for(self, selector: str, **options) -> None:
        self.page.locator(selector).first.wait_for(timeout=PATIENCE * 1000, state="attached", **options)

    def is_at(self, key: str) -> bool:
        return self.page.evaluate(
            "key => !!document.activeElement.closest('.nm-key-' + key) && "
            "document.querySelector('.nm-panel').contains(document.activeElement)",
            to_class(key),
        )

    def go_to(self, key: str) -> None:
        self.wait_for(f".nm-key-{to_class(key)}")
        for _ in range(MOST_TABS):
            if self.is_at(key):
                return
            self.page.keyboard.press("Tab")
        pytest.fail(f"The key Tab does not lead to {key}.")

    def press(self, key: str, sign: str = "Space") -> None:
        self.go_to(key)
        self.page.keyboard.press(sign)
        if not self.is_at(key):
            pytest.fail(f"The focus did not stay at {key}.")

    def write(self, key: str, words: str) -> None:
        self.go_to(key)
        self.page.keyboard.type(words)

    def hear(self, words: str) -> None:
        self.page.locator(".nm-panel >> nth=0").locator("[role=status]", has_text=re.compile(words)).wait_for(timeout=60_000)

    def take_up(self) -> None:
        self.write("who", "chair")
        self.write("person", "AL1")
        self.press("start", "Enter")
        self.hear("^AL1")

    def list_saved(self) -> dict[str, object]:
        """What the page shows of what was answered."""
        panel = self.page.locator(".nm-panel >> nth=0")
        words = {key: panel.locator(f".nm-key-{to_class(key)} :is(input, textarea)").first.input_value() for key in WORDS}
        ticks = {key: panel.locator(f".nm-key-{to_class(key)} input").is_checked() for key in TICKS}
        return (
            words
            | ticks
            | {key: panel.locator(f"button.nm-key-{to_class(key)}").get_attribute("aria-pressed") for key in PRESSED}
        )


def to_class(key: str) -> str:
    return "".join(sign if sign.isalnum() else "-" for sign in key)


def answer_the_first_pass(reader: Reader) -> None:
    reader.take_up()
    reader.press("stop.duties-none")
    reader.write("reason", "Notice was talked of.")
    reader.go_to("open")
    reader.page.keyboard.press("Enter")
    reader.wait_for(".nm-key-" + to_class(TICKS[0]))
    for key in TICKS:
        reader.press(key)
    for key, words in list(WORDS.items())[:3]:
        reader.write(key, words)
    reader.press(PRESSED[0], "Enter")
    reader.press("evidence-sources.judged.staffing", "Enter")
    reader.wait_for(".nm-evidence .nm-option")
    reader.page.keyboard.press("Tab")
    reader.page.keyboard.press("Enter")  # agree with the first sentence
    reader.hear("saved at")
    reader.write("measures.before.incidents", WORDS["measures.before.incidents"])
    add_an_action(reader)
    reader.press(PRESSED[1], "Enter")
    reader.page.locator(".nm-panel >> nth=0").get_by_text("12 of 12 questions").wait_for(timeout=60_000)


def add_an_action(reader: Reader) -> None:
    action = {"what": "Plan the evenings", "owner": "team leader", "due": "12012026", "finding": "Prov", "lasting": "a c"}
    for name, words in (action | {"know_by": "Fewer calls at night", "restricts_anyone": "no"}).items():
        reader.write(f"action-{name}", words)
    reader.press("action-store", "Enter")
    reader.page.locator(".nm-panel >> nth=0").get_by_text("Plan the evenings").first.wait_for(timeout=60_000)


def list_violations(page, axe: str, kind: str) -> list[str]:
    """What axe finds in the notebook's outputs, or in everything Voilà shows."""
    page.evaluate(axe)
    where = {"include": [[".jp-OutputArea-output"]]} if kind == "lab" else {"include": [["main"]]}
    found = page.evaluate("where => axe.run(where)", where)
    return [f"{one['id']}: {json.dumps(one['nodes'][0]['target'])} ({len(one['nodes'])})" for one in found["violations"]]


@pytest.mark.parametrize("kind", ["lab", "voila"])
def test_a_first_review_is_done_with_the_keyboard_alone_and_found_again(kind, browser, axe, tmp_path, records):
    if kind == "voila":
        pytest.importorskip("voila") if os.environ.get("NEARMISS_CI") != "1" else __import__("voila")
    folder, port = tmp_path / "mine", find_port()
    folder.mkdir()
    process, address = serve(kind, folder, port)
    page, outside = browser.new_page(viewport={"width": 1280, "height": 900}), []
    page.on("request", lambda request: outside.append(request.url))
    try:
        wait_for(port, process)
        reader = Reader(page, kind, address)
        reader.open()
        cells = page.locator(".jp-Cell").count()
        answer_the_first_pass(reader)
        reader.press("export", "Enter")
        reader.hear("The report is written")
        violations, shown = list_violations(page, axe, kind), reader.list_saved()
        reader.open()
        reader.take_up()
        reader.wait_for(".nm-key-" + to_class(TICKS[0]))
        again = reader.list_saved()
        still = page.locator(".jp-Cell").count()
    finally:
        if os.environ.get("NEARMISS_PICTURES"):
            page.screenshot(path=f"{os.environ['NEARMISS_PICTURES']}/{kind}.png")
        page.close()
        os.killpg(process.pid, signal.SIGTERM)  # the server and its kernels: its own process group
        process.wait()
    expected = WORDS | dict.fromkeys(TICKS, True) | dict.fromkeys(PRESSED, "true")
    assert (shown, again, violations) == (expected, expected, [])
    assert cells == still  # no key became a notebook command
    assert [url for url in outside if not url.startswith((f"http://127.0.0.1:{port}/", "data:", "blob:"))] == []
    assert sorted(path.name for path in (folder / "reports").iterdir()) == [
        "actions_AL1.xlsx",
        "agenda_AL1.docx",
        "agenda_AL1.html",
        "review_AL1.docx",
        "review_AL1.html",
    ]
    assert read_answered(folder / "my_reviews.sqlite", records) == (12, 12, ["evidenced"])


def read_answered(store: Path, records) -> tuple[int, int, list[str]]:
    """From the store itself: how many questions of the first pass are answered, of how many, and how staffing stands."""
    entries = nk.load_entries(store)
    review = nk.read_review(entries, records, nk.load_form(), review_id=nk.list_reviews(entries).iloc[0]["review_id"])
    done = review.list_first_pass()
    staffing = [found.status for found in nk.judge_findings(review) if found.finding == "sources.judged.staffing"]
    return sum(done.values()), len(done), staffing
