"""How safe decisions are: killed while writing, two writers at once, a full disk. Prints what it found."""

import itertools
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import nearmiss_kit as nk

SEED = 20261101
KILLS = 1000
WRITES = 1000
LATEST_KILL = 0.15  # seconds; some ten writes fall into it
_WRITER = """
import sys
from datetime import datetime
import nearmiss_kit as nk
path, name, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
print("ready", flush=True)
for turn in range(number):
    try:
        nk.append_entry(path, kind="answer", review_id=name, subject=str(turn), content=name, who="quality lead", why="", decided_at=datetime.now())
    except nk.DecisionsError as refusal:
        print(refusal, flush=True)
        sys.exit(3)
    print(turn, flush=True)
"""


def start_writer(path: Path, name: str, number: int, *, before: Iterable[str] = ()) -> subprocess.Popen:
    """A process that appends entries one by one and prints the number of each once it is acknowledged."""
    command = [*before, sys.executable, "-c", _WRITER, str(path), name, str(number)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def kill_writers(folder: Path, kills: int, *, seed: int) -> tuple[int, int, int]:
    """Kill a writer at `kills` random instants; returns acknowledged entries, those of them lost, and faults found.

    Each writer is forked, says down a pipe what was acknowledged, and is killed between its start and LATEST_KILL.
    """
    path, chance = folder / "killed.sqlite", random.Random(seed)
    acknowledged, faults = set(), 0
    for kill in range(kills):
        acknowledged |= {(f"w{kill}", turn) for turn in _write_until_killed(path, f"w{kill}", chance.uniform(0, LATEST_KILL))}
        faults += len(nk.check_store(path).faults) if path.exists() else 0
    stored = nk.load_entries(path)
    kept = set(zip(stored["review_id"], stored["subject"], strict=True))
    return len(acknowledged), len(acknowledged - kept), faults


def _write_until_killed(path: Path, name: str, seconds: float) -> list[str]:
    reading, writing = os.pipe()
    writer = os.fork()
    if writer == 0:
        try:
            for turn in itertools.count():
                append(path, name, str(turn))
                os.write(writing, f"{turn}\n".encode())
        finally:
            os._exit(1)  # a forked writer must never go on as if it were this program
    os.close(writing)
    time.sleep(seconds)
    os.kill(writer, signal.SIGKILL)
    os.waitpid(writer, 0)
    with os.fdopen(reading) as said:
        return [line.rstrip("\n") for line in said if line.endswith("\n")]


def append(path: Path, review: str, subject: str) -> None:
    """One entry, as a click in a review writes it."""
    words = dict(kind="answer", review_id=review, subject=subject, content=review, who="quality lead", why="")
    nk.append_entry(path, **words, decided_at=datetime.now())


def write_at_once(folder: Path, writes: int) -> tuple[int, list[str]]:
    """Two writers at once; returns how many entries are stored and what else the writers said."""
    path = folder / "together.sqlite"
    writers = [start_writer(path, name, writes) for name in ("one", "two")]
    said = [line for writer in writers for line in writer.communicate()[0].splitlines()]
    return len(nk.load_entries(path)), [line for line in said if line != "ready" and not line.isdigit()]


def fill_disk(folder: Path) -> tuple[int, int, str]:
    """Write until a file may grow no more; returns acknowledged, stored, and the last thing said."""
    path = folder / "full.sqlite"
    limited = ("prlimit", "--fsize=200000")
    said = start_writer(path, "w", 100_000, before=limited).communicate()[0].splitlines()
    acknowledged = sum(line.isdigit() for line in said)
    return acknowledged, len(nk.load_entries(path)), said[-1]


def fill_tmpfs(folder: Path) -> tuple[int, int, str]:
    """The same on a file system of 256 KB that is really full (needs root)."""
    place = folder / "small"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)], check=True)
    try:
        said = start_writer(place / "full.sqlite", "w", 100_000).communicate()[0].splitlines()
        return sum(line.isdigit() for line in said), len(nk.load_entries(place / "full.sqlite")), said[-1]
    finally:
        subprocess.run(["umount", str(place)], check=True)


def main() -> None:
    """Print what happened to acknowledged entries in each trial."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else KILLS
    # Not the system's temporary folder: it may be in memory, and then nothing is proved.
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        folder = Path(name)
        started = datetime.now()
        acknowledged, lost, faults = kill_writers(folder, kills, seed=SEED)
        print(f"killed {kills} times (seed {SEED}): {acknowledged} acknowledged, {lost} lost, {faults} integrity failures")
        stored, said = write_at_once(folder, WRITES)
        print(f"two writers of {WRITES} each: {stored} stored, other messages: {said}")
        print("file may grow no more: {} acknowledged, {} stored; said: {}".format(*fill_disk(folder)))
        if sys.platform == "linux" and os.geteuid() == 0:
            print("full file system: {} acknowledged, {} stored; said: {}".format(*fill_tmpfs(folder)))
        print(f"took {datetime.now() - started}")


if __name__ == "__main__":
    main()
