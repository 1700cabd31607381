"""Set the kit up and run it with nothing but Python: `python3 kit.py demo` or `python3 kit.py test`.

Makes .venv beside this file, installs the pinned and hashed packages of requirements.txt, then the kit itself, and
runs. Everything else it is given goes to the command line of the kit: `python3 kit.py check my_records`.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)
HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
REQUIREMENTS = HERE / "requirements.txt"
STAMP = VENV / "installed.txt"  # what was installed, so that a second run starts at once
USAGE = "Give me something to do: python3 kit.py demo, python3 kit.py test, python3 kit.py lab, or any other command of the kit."


def main(arguments: list[str]) -> int:
    if sys.version_info < OLDEST:
        return refuse(
            f"The kit needs Python {OLDEST[0]}.{OLDEST[1]} or newer; this is {sys.version.split()[0]}. Install it from your software centre."
        )
    if not arguments:
        return refuse(USAGE)
    try:
        set_up()
    except subprocess.CalledProcessError:
        return refuse(
            "Setting up did not succeed; the lines above say why. Mend that, or delete the folder .venv, and try again."
        )
    if arguments[0] == "test":
        return subprocess.call([str(PYTHON), "-m", "pytest", *arguments[1:]], cwd=HERE)
    return subprocess.call([str(PYTHON), "-m", "nearmiss_kit", *arguments])


def set_up() -> None:
    wanted = describe_wanted()
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text(encoding="utf-8") == wanted:
        return
    make_environment()
    print("Installing the packages the kit needs (once; it takes a minute or two) ...", flush=True)
    pip("install", "--require-hashes", "--requirement", str(REQUIREMENTS))
    pip("install", "--no-deps", "--no-build-isolation", "--editable", str(HERE))
    STAMP.write_text(wanted, encoding="utf-8")


def make_environment() -> None:
    try:
        import ensurepip  # noqa: F401  (Debian and Ubuntu leave it out, and venv then fails half-way)
        import venv
    except ImportError:
        raise SystemExit(
            "Python's venv is missing. On Debian or Ubuntu: sudo apt install python3-venv. Then try again."
        ) from None
    print("Making a place for the kit's packages: .venv", flush=True)
    venv.create(VENV, with_pip=True, clear=VENV.exists())


def describe_wanted() -> str:
    digest = hashlib.sha256(REQUIREMENTS.read_bytes() + (HERE / "pyproject.toml").read_bytes()).hexdigest()
    return f"{sys.version_info[0]}.{sys.version_info[1]} {HERE} {digest}\n"


def pip(*arguments: str) -> None:
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", *arguments, "--quiet", "--progress-bar", "off"]
    subprocess.run(command, check=True)


def refuse(message: str) -> int:
    print(message, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
