"""How near the rules of assertion come to readers: on the trap set, on the sentence bank, and on a file of clinical sentences.

`measure_assertion.py [--errors] [FILE.jsonl]`: the file holds American clinical sentences with text, concept, negation and
temporality (the form of the NegEx test kit); it is read with assertion_clinical_us.yaml. It is measured, never kept.
"""

import json
import re
import sys
from pathlib import Path

import nearmiss_kit as nk
from nearmiss_kit.tagging.assertion import ASSERTIONS, choose_cues, judge_sentence, list_reaching
from nearmiss_kit.tagging.sentences import flatten_typography, split_sentences
from nearmiss_kit.tagging.tagger import NearMissTagger

TRAPS = Path(__file__).parent.parent / "tests" / "gold" / "assertion_traps.jsonl"
CLINICAL_CUES = "assertion_clinical_us.yaml"


def main() -> None:
    """Print accuracy and F1 by assertion of every set there is; with --errors also the wrong ones of our own sets."""
    lexicon = nk.load_lexicon(nk.shipped("lexicons"))
    tagger = NearMissTagger(lexicon)
    show(f"trap set ({TRAPS.name})", judge_traps(tagger, TRAPS))
    bank = read_bank()
    show("sentence bank, terms that stand there", judge_bank_terms(tagger, bank))
    show("sentence bank, whole sentences", judge_bank_sentences(tagger, bank))
    for path in sys.argv[1:]:
        if not path.startswith("--"):
            measure_clinical(Path(path))


def judge_traps(tagger: NearMissTagger, path: Path) -> list[tuple[str, str, str]]:
    """(gold, judged, text) of every trap on which both readings agree."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    agreed = [row for row in rows if row["second"] == row["first"]]
    return [(row["first"], tagger.judge_quote(row["text"], row["start"], row["end"]).assertion, row["text"]) for row in agreed]


def read_bank() -> list[dict]:
    """The coded sentences of the bank."""
    paths = sorted((Path(nk.shipped("lexicons")) / "sentence_bank").glob("*.jsonl"))
    rows = [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if row["codes"]]


def judge_bank_terms(tagger: NearMissTagger, bank: list[dict]) -> list[tuple[str, str, str]]:
    """(gold, judged, text) of every coded sentence and code in which a term of that code stands."""
    judged = []
    for row in bank:
        found: dict[str, set[str]] = {}
        for tag in tagger.read(row["text"], voice="").tags:
            found.setdefault(f"{tag.family}/{tag.code}", set()).add(tag.assertion)
        for code, gold in row["codes"].items():
            if code in found:
                judged.append((gold, min(found[code], key=ASSERTIONS.index), f"[{code}] {row['text']}"))
    return judged


def judge_bank_sentences(tagger: NearMissTagger, bank: list[dict]) -> list[tuple[str, str, str]]:
    """(gold, judged, text) of every coded sentence and code, judged as a proposal for the whole sentence."""
    judged = []
    for row in bank:
        sentence, found = tagger.find_cues(flatten_typography(row["text"]), (0, len(row["text"])))
        cues = choose_cues(sentence, found)
        for code, gold in row["codes"].items():
            said = judge_sentence(sentence, cues, code.split("/")[1], tagger.lexicon.assertion)
            judged.append((gold, said.assertion if said else "affirmed", f"[{code}] {said and said.cue} | {row['text']}"))
    return judged


def measure_clinical(path: Path) -> None:
    """Print F1 of negation and of the past, each judged by itself, for the concept of every sentence."""
    tagger = NearMissTagger(nk.load_lexicon(nk.shipped("lexicons"), cues=CLINICAL_CUES))
    negated, historical = [], []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        reaching = find_reaching(tagger, row["text"], row["concept"])
        negated.append((row["negation"] == "Negated", "negated" in reaching, row["text"]))
        historical.append((row["temporality"] == "Historical", "historical" in reaching, row["text"]))
    for name, pairs in (("negated", negated), ("historical", historical)):
        print(f"\n{path.name}, {name}: {len(pairs)} sentences, {score_class(pairs, True)}")
        if "--errors" in sys.argv:
            print(*(f"  {gold} {said} {text}" for gold, said, text in pairs if gold != said), sep="\n")


def find_reaching(tagger: NearMissTagger, text: str, concept: str) -> set[str]:
    """The assertions whose cues reach a concept, which the files write in capitals."""
    pieces = [concept.upper(), concept, *concept.split(". ")[::-1]]
    places = (
        re.search(r"\W+".join(map(re.escape, re.findall(r"\w+", piece))), text, re.IGNORECASE if at else 0)
        for at, piece in enumerate(pieces)
    )
    place = next((place for place in places if place), None) or re.match(".*", text)
    plain = flatten_typography(text)
    whole = next(sentence for sentence in split_sentences(plain) if place.start() < sentence[1])
    sentence, found = tagger.find_cues(plain, whole)
    span, cues = sentence.find_words(*place.span()), choose_cues(sentence, found)
    reaching = list(list_reaching(sentence, span, cues, tagger.lexicon.assertion))
    reaching += [cue for cue in cues if cue.start == span[0]]  # these concepts may open with a cue of their own
    return set() if any(cue.sets == "affirmed" for cue in reaching) else {cue.sets for cue in reaching}


def score_class(pairs: list[tuple], name: object) -> str:
    """Precision, recall and F1 of one class, as printed."""
    both = sum(gold == said == name for gold, said, _ in pairs)
    marked, judged = (sum(pair[at] == name for pair in pairs) for at in (0, 1))
    f1 = 2 * both / (marked + judged) if marked + judged else float("nan")
    return (
        f"marked {marked}, judged {judged}, precision {both / (judged or 1):.3f}, recall {both / (marked or 1):.3f}, F1 {f1:.3f}"
    )


def show(title: str, pairs: list[tuple[str, str, str]]) -> None:
    """Print accuracy, each class, and affirmed against the rest."""
    right = sum(gold == said for gold, said, _ in pairs)
    told_apart = sum((gold == "affirmed") == (said == "affirmed") for gold, said, _ in pairs)
    print(f"\n{title}: {len(pairs)} judged, accuracy {right / len(pairs):.3f}, affirmed or not {told_apart / len(pairs):.3f}")
    for name in ASSERTIONS:
        print(f"  {name:12} {score_class(pairs, name)}")
    if "--errors" in sys.argv:
        print(*(f"  {gold} -> {said}: {text}" for gold, said, text in pairs if gold != said), sep="\n")


if __name__ == "__main__":
    main()
