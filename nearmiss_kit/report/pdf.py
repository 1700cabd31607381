"""A page printed as a tagged PDF by a browser that is on the machine: the same page, on paper."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from nearmiss_kit.errors import ReportError

LONGEST_PRINT = 180  # seconds; the review of 5,000 records takes a few
_COMMANDS = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "microsoft-edge-stable",
    "msedge",
)  # fmt: skip
_ON_WINDOWS = ("Google/Chrome/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe", "Chromium/Application/chrome.exe")
_ON_A_MAC = tuple(f"{name}.app/Contents/MacOS/{name}" for name in ("Google Chrome", "Microsoft Edge", "Chromium"))
# Nothing but the page is opened: no name of a host is ever looked up, and nothing is kept or fetched beside the page.
_QUIET = (
    "--headless", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--disable-background-networking",
    "--disable-component-update", "--disable-default-apps", "--disable-domain-reliability", "--disable-extensions", "--disable-quic",
    "--disable-sync", "--disable-breakpad", "--no-pings", "--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=direct://",
)  # fmt: skip
_PRINT = ("--no-pdf-header-footer", "--generate-pdf-document-outline", "--export-tagged-pdf")
# When it was printed, and by which browser on which system: nobody's business, and other at every run.
_MAKING = re.compile(rb"/(CreationDate|ModDate|Creator|Producer) ?\((?:\\.|[^\\()])*\)", re.DOTALL)
_BY_HAND = "Write it as .html, open that in a browser, and choose Print, then “Save as PDF”."


def find_browser() -> str:
    """The first browser of this machine that can print: the one NEARMISS_CHROMIUM names, Chromium, Chrome or Edge.

    Raises ReportError where there is none, saying how to print by hand.
    """
    named = os.environ.get("NEARMISS_CHROMIUM") or next(filter(None, map(shutil.which, _COMMANDS)), "")
    found = named or next((str(place) for place in _list_places() if place.is_file()), "")
    if not found:
        raise ReportError(f"A PDF is printed by a browser, and no Chromium, Chrome or Edge was found here. {_BY_HAND}")
    return found


def _list_places() -> list[Path]:
    if sys.platform == "win32":
        roots = [os.environ[name] for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA") if os.environ.get(name)]
        return [Path(root) / place for root in roots for place in _ON_WINDOWS]
    return [Path("/Applications") / place for place in _ON_A_MAC]


def print_page(html: str) -> bytes:
    """The page as a tagged PDF with its outline and title, and without a date, so that it says only what the page says.

    Raises ReportError where the browser cannot do it.
    """
    with TemporaryDirectory(prefix="nearmiss_", ignore_cleanup_errors=True) as folder:
        page, printed = Path(folder) / "report.html", Path(folder) / "report.pdf"
        page.write_text(html, encoding="utf-8", newline="\n")
        _run(say_print_command(find_browser(), page, printed))
        if not printed.is_file():
            raise ReportError(f"The browser made no PDF. {_BY_HAND}")
        return take_out_making(printed.read_bytes())


def say_print_command(browser: str, page: Path, printed: Path) -> list[str]:
    """What is run to print `page` to `printed`, with a profile that is thrown away with the folder of the page."""
    as_root = ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []  # Chromium refuses to run as root with it
    profile = f"--user-data-dir={page.parent / 'profile'}"
    return [browser, *_QUIET, *as_root, profile, *_PRINT, f"--print-to-pdf={printed}", page.as_uri()]


def _run(command: list[str]) -> None:
    try:
        subprocess.run(command, capture_output=True, timeout=LONGEST_PRINT, check=True)
    except subprocess.TimeoutExpired:
        raise ReportError(f"The browser did not print within {LONGEST_PRINT} seconds. {_BY_HAND}") from None
    except (OSError, subprocess.CalledProcessError):
        raise ReportError(f"The browser {Path(command[0]).name} could not print. {_BY_HAND}") from None


def take_out_making(pdf: bytes) -> bytes:
    """The PDF with its dates and its maker blanked in place: nothing moves, so every offset in it still holds."""
    facts, end, rest = pdf.partition(b"endobj")  # what a PDF says of itself stands in its first object
    return _MAKING.sub(lambda found: b" " * len(found[0]), facts) + end + rest
