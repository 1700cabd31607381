"""How well the screen for identifiers finds what it should, on invented sentences, and how fast it is on one core.

A marked passage counts as found where a finding of any kind overlaps it: it would be taken out. A false alarm is a
clean sentence with a finding of any kind and any sureness. `--misses` lists them; `--bank` reads the sentence bank too;
`--clean FILE` counts findings in JSON lines with a `text`, written by others.
"""

import json
import sys
import time
from collections import Counter
from pathlib import Path

import nearmiss_kit as nk
from nearmiss_kit.records.identifiers import find_identifiers

GOLD = Path(__file__).parent.parent / "tests" / "gold"
SETS = tuple(
    f"identifiers_{name}"
    for name in ("developed_on", "first_sight", "second_sight", "third_sight", "fourth_sight", "fifth_sight")
)
INDIRECT = ("initials used as a name", "a room or flat number", "the name of a house, unit or place of work",
            "a role and a shift that may point at one worker")  # fmt: skip
NARRATIVES = 20_000


def main() -> None:
    """Print recall by kind, false alarms in clean sentences, and seconds for 20,000 narratives."""
    for name in (s for s in SETS if (GOLD / f"{s}.jsonl").exists()):
        measure_set(name)
    measure_samples()
    if "--bank" in sys.argv:
        measure_bank()
    if "--clean" in sys.argv:
        measure_clean(Path(sys.argv[sys.argv.index("--clean") + 1]))
    measure_speed()


def measure_set(name: str) -> None:
    rows = [json.loads(line) for line in (GOLD / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    wanted, found, same = Counter(), Counter(), Counter()
    alarms = []
    for row in rows:
        findings = find_identifiers(row["text"])
        if not row["spans"] and findings:
            alarms.append(row)
            say_miss("alarm", row["text"], [(row["text"][start:end], kind) for start, end, kind, _ in findings])
        for span in row["spans"]:
            hits = [kind for start, end, kind, _ in findings if start < span["end"] and span["start"] < end]
            wanted[span["kind"]] += 1
            found[span["kind"]] += bool(hits)
            same[span["kind"]] += span["kind"] in hits
            if not hits:
                say_miss("missed", row["text"], span["kind"])
    clean = sum(not row["spans"] for row in rows)
    print(f"\n{name}: {len(rows) - clean} sentences with identifiers, {clean} clean")
    for kind in sorted(wanted):
        print(
            f"  {kind:50} found {found[kind]:4} of {wanted[kind]:4}  {found[kind] / wanted[kind]:.3f}  (as this kind {same[kind]})"
        )
    direct = [kind for kind in wanted if kind not in INDIRECT]
    for title, kinds in (
        ("direct identifiers", direct),
        ("direct, without names", [kind for kind in direct if kind != "a name"]),
    ):
        print(f"  {title:50} found {sum(found[k] for k in kinds):4} of {sum(wanted[k] for k in kinds):4}  "
              f"{sum(found[k] for k in kinds) / sum(wanted[k] for k in kinds):.3f}")  # fmt: skip
    print(f"  clean sentences with a false alarm: {len(alarms)} of {clean}, {len(alarms) / clean:.3f}")


def say_miss(what: str, text: str, detail: object) -> None:
    if "--misses" in sys.argv:
        print(f"    {what}: {text}  {detail}")


def measure_samples() -> None:
    records = nk.load_records(nk.shipped("sample_records"))
    counts = Counter((found.direct, found.kind) for found in nk.screen_identifiers(records))
    print(f"\nsample records ({len(records)}, invented, no real names): {dict(counts)}")


def measure_bank() -> None:
    folder = nk.shipped("lexicons") / "sentence_bank"
    sentences = [json.loads(line)["text"] for file in sorted(folder.glob("*.jsonl")) for line in file.open(encoding="utf-8")]
    flagged = [(text, findings) for text in sentences if (findings := find_identifiers(text))]
    print(f"\nsentence bank: {len(flagged)} of {len(sentences)} sentences hold a finding, {len(flagged) / len(sentences):.3f}")
    print(dict(Counter(kind for _, findings in flagged for _, _, kind, _ in findings)))
    for text, findings in flagged[:: max(1, len(flagged) // 150)][:150]:
        say_miss("bank", text, [(text[start:end], kind, sure) for start, end, kind, sure in findings])


def measure_clean(path: Path) -> None:
    texts = [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]
    findings = [found for text in texts if (found := find_identifiers(text))]
    kinds = Counter(kind for found in findings for _, _, kind, _ in found)
    print(f"\n{path.name}: {len(findings)} of {len(texts)} texts hold a finding: {dict(kinds)}")


def measure_speed() -> None:
    narratives = nk.load_records(nk.shipped("sample_records"))["narrative"].tolist()
    many = [text if len(text) >= 600 else f"{text}\n{narratives[i - 1]}" for i, text in enumerate(narratives)]
    many = (many * (NARRATIVES // len(many) + 1))[:NARRATIVES]
    began = time.process_time()
    for text in many:
        find_identifiers(text)
    taken = time.process_time() - began
    print(f"\n{NARRATIVES} narratives, {sum(map(len, many)) // NARRATIVES} characters on average: {taken:.1f} s on one core")


if __name__ == "__main__":
    main()
