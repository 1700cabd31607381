"""Print how long 1,000,000 CSV rows take to load and how much memory, or, with --hostile, the same for every hostile file."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
ROWS = 1_000_000
SENTENCES = (
    "Settled evening, tea in the garden. ",
    "He asked twice who was on tonight. ",
    "Agency on both shifts, no handover. ",
)
MEASURE = """
import re, resource, sys, time
from pathlib import Path
import nearmiss_kit as nk
def most():  # kilobytes; Linux's own figure, because ru_maxrss may be that of the program that started this one
    status = Path("/proc/self/status")
    return int(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1]) if status.exists() else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
before, start, busy = most(), time.perf_counter(), time.process_time()
try:
    said = f"{len(nk.load_records(sys.argv[1], progress=True)):,} records"
except nk.RecordsError:
    said = "refused"
after = most()
print(f"{said}, {time.perf_counter() - start:.1f} s ({time.process_time() - busy:.1f} s of one core), {after / 1024:,.0f} MB in all, {(after - before) / 1024:,.0f} MB more than before")
"""


def write_rows(path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write("Reference,Date,Time,Service,Person,Type of record,Written by,Weather,Narrative\n")
        for number in range(ROWS):
            day = f"{number % 28 + 1:02}/{number % 12 + 1:02}/2026,{number % 24:02}:{number % 60:02}"
            words = "".join(SENTENCES[(number + place) % 3] for place in range(8))
            file.write(f'{number},{day},Service {number % 50},P{number % 900},Shift log,Senior,rain,"{words}"\n')


def measure(path: Path) -> str:
    done = subprocess.run([sys.executable, "-c", MEASURE, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    return done.stdout.strip() or f"ended with {done.returncode}"


def main() -> None:
    with TemporaryDirectory() as folder:
        if "--hostile" in sys.argv:
            sys.path.insert(0, str(ROOT / "tests"))
            from hostile_files import list_hostile_files

            for file in list_hostile_files():
                path = Path(folder) / file.name
                path.write_bytes(file.data)
                print(f"{file.name}: {measure(path)}", flush=True)
        else:
            path = Path(folder) / "rows.csv"
            write_rows(path)
            print(f"{ROWS:,} rows, {path.stat().st_size / 1e6:,.0f} MB: {measure(path)}")


if __name__ == "__main__":
    main()
