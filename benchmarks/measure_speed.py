"""How fast the kit tags: beside spaCy's bare tokenizer and medspaCy on the same narratives, layer by layer, and its memory.

Every step runs five times in fresh processes, the steps in turn, and is timed in seconds of its own processor (CPU) time, so
that other work on the machine weighs on all alike; a ratio is the median of five ratios of neighbours. Lexicon, tokenizer
and pipelines are loaded before the clock starts; nothing is warmed up. The narratives are the sample records' sentences in
another order, one word in eight swapped for one of the sentence bank, all from one seed.

medspaCy is no part of the kit: give the Python of an environment that has it with --medspacy-python.
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import chain, islice, product
from pathlib import Path
from statistics import median

CHARACTERS = 2_000_000
SHORTEST, LONGEST = 505, 3_000  # characters of a narrative
SWAPPED = 1 / 8  # of the words
WORD = re.compile(r"\w+(?:['’-]\w+)*")
RUNS = 5
SEED = 20
SLOW = {
    "medspaCy, rule sentencizer": 400_000,
    "medspaCy, default": 60_000,
    "tag_records, none": 1_000_000,
    "tag_records, words": 1_000_000,
}
PHRASES_OF_A_TERM = 3
MOST_PHRASES = 2_000  # target rules that medspaCy is given, which is what it was measured with elsewhere
ENCODED = 2_000  # sentences
STREAMED, IN_A_TABLE, LONG = 100_000, 1_000, 2_000  # narratives, narratives in a table, characters of one
BARE, LEXICON = "spaCy tokenizer", "lexicon, assertion and offsets"


def main() -> None:
    """Print characters a second of every step, and the ratios that the project promises."""
    asked = read_arguments()
    if asked.step:
        step = SINGLE_STEPS[asked.step][0] if asked.step in SINGLE_STEPS else STEPS[asked.step]
        print(json.dumps(step(json.loads(Path(asked.texts).read_text(encoding="utf-8")))))
        return
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} before the first run")
    with tempfile.TemporaryDirectory() as folder:
        measure_all(Path(folder), asked.medspacy_python, asked.runs, asked.only)
    print(f"load {os.getloadavg()[0]:.1f} after the last run")


def read_arguments() -> argparse.Namespace:
    """What was asked for on the command line; --step and --texts are for the processes this one starts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--medspacy-python", help="the Python of an environment that has medspaCy")
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--only", nargs="*", help="these steps alone", choices=[*STEPS, *SINGLE_STEPS])
    parser.add_argument("--step", choices=[*STEPS, *SINGLE_STEPS], help=argparse.SUPPRESS)
    parser.add_argument("--texts", help=argparse.SUPPRESS)
    return parser.parse_args()


def measure_all(folder: Path, medspacy_python: str | None, runs: int, only: list[str] | None) -> None:
    """Run every step in turn, `runs` times, and print medians."""
    narratives, phrases = make_narratives(CHARACTERS), list_lexicon_phrases()
    print(f"{len(narratives):,} narratives, {sum(map(len, narratives)):,} characters")
    texts = folder / "all.json"
    texts.write_text(json.dumps({"narratives": narratives, "phrases": phrases}), encoding="utf-8")
    for step in [step for step in only or SINGLE_STEPS if step in SINGLE_STEPS]:
        print(f"{run_step(sys.executable, step, texts, folder):.2f} {SINGLE_STEPS[step][1]}", flush=True)
    steps = [step for step in only or STEPS if step in STEPS if medspacy_python or not step.startswith("medspaCy")]
    if not medspacy_python:
        print("medspaCy is left out: give --medspacy-python to compare with it.")
    seconds: dict[str, list[float]] = {step: [] for step in steps}
    for _ in range(runs):
        for step in steps:
            texts = folder / f"{list(STEPS).index(step)}.json"
            if not texts.exists():
                some = list(take(narratives, SLOW.get(step, CHARACTERS)))
                texts.write_text(json.dumps({"narratives": some, "phrases": phrases}), encoding="utf-8")
            python = medspacy_python if step.startswith("medspaCy") else sys.executable
            seconds[step].append(run_step(python, step, texts, folder))
    if not steps:
        return
    print(f"\n{'step':<34}{'million characters/s':>22}{'time × tokenizer':>18}")
    for step in steps:
        beside = [mine / bare for mine, bare in zip(seconds[step], seconds.get(BARE, seconds[step]), strict=True)]
        spread = f"{median(beside):9.2f}  ({min(beside):.2f}–{max(beside):.2f})"
        print(f"{step:<34}{median(1 / second for second in seconds[step]):22.3f}  {spread}")
    for step in steps:
        if step.startswith("medspaCy") and LEXICON in seconds:
            faster = median(theirs / ours for theirs, ours in zip(seconds[step], seconds[LEXICON], strict=True))
            print(f"{LEXICON}: {faster:.0f} times as fast as {step}")


def run_step(python: str, step: str, texts: Path, folder: Path) -> float:
    """What a step measures, in a fresh process with a cache of its own; mostly CPU seconds for a million characters."""
    with tempfile.TemporaryDirectory(dir=folder) as cache:
        command = [python, __file__, "--step", step, "--texts", str(texts)]
        environment = os.environ | {"NEARMISS_CACHE": cache, "OMP_NUM_THREADS": "1"}
        if step.startswith("medspaCy"):
            environment.pop("PYTHONPATH", None)
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"The step “{step}” failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def time_each(narratives: list[str], read: Callable[[str], object]) -> float:
    """Seconds of CPU time for a million characters of reading narratives one by one, keeping no result."""
    start = time.process_time()
    for narrative in narratives:
        read(narrative)
    return (time.process_time() - start) / sum(map(len, narratives)) * 1e6


def time_tokenizer(given: dict) -> float:
    """spaCy's blank English tokenizer and nothing else."""
    import spacy

    return time_each(given["narratives"], spacy.blank("en").make_doc)


def time_lexicon(given: dict) -> float:
    """The lexicon layer: sentences, matches, assertion, voice and offsets, without the table of tags, as many at once as there."""
    import nearmiss_kit as nk
    from nearmiss_kit.tagging.tagger import AT_ONCE, NearMissTagger

    tagger, narratives = NearMissTagger(nk.load_lexicon(nk.shipped("lexicons"))), given["narratives"]
    some = [narratives[first : first + AT_ONCE] for first in range(0, len(narratives), AT_ONCE)]
    start = time.process_time()
    for texts in some:
        tagger.read_all(texts, ["staff"] * len(texts))
    return (time.process_time() - start) / sum(map(len, narratives)) * 1e6


def time_layer(given: dict, layer: str) -> float:
    """`tag_records` with a learned layer: from narratives to the table, lexicon layer included."""
    import nearmiss_kit as nk

    lexicon, records = nk.load_lexicon(nk.shipped("lexicons")), make_records(given["narratives"])
    nk.tag_records(records.head(1), lexicon, layer=layer)
    start = time.process_time()
    nk.tag_records(records, lexicon, layer=layer)
    return (time.process_time() - start) / sum(map(len, given["narratives"])) * 1e6


def time_encoder(given: dict) -> float:
    """Milliseconds of CPU time for a sentence in the sentence encoder, on one core, nothing kept."""
    import nearmiss_kit as nk
    from nearmiss_kit.tagging.encoder import SentenceEncoder
    from nearmiss_kit.tagging.learned import MODEL
    from nearmiss_kit.tagging.proposals import list_in_context
    from nearmiss_kit.tagging.tagger import NearMissTagger

    encoder, tagger = SentenceEncoder(MODEL), NearMissTagger(nk.load_lexicon(nk.shipped("lexicons")))
    read = (tagger.read(text, voice="") for text in given["narratives"])
    sentences = list(islice(chain.from_iterable(map(list_in_context, read)), ENCODED))
    start = time.process_time()
    encoder.weigh(sentences)
    return (time.process_time() - start) / len(sentences) * 1e3


def weigh_stream(given: dict) -> float:
    """Megabytes that streaming STREAMED narratives through the lexicon layer adds to the most memory the process held."""
    import resource

    import nearmiss_kit as nk

    lexicon, chance = nk.load_lexicon(nk.shipped("lexicons")), random.Random(SEED)
    words = sorted({word for text in given["narratives"] for word in text.split()})
    whole = " ".join(given["narratives"])
    tables = (make_records(list(make_long(whole, words, chance))) for _ in range(STREAMED // IN_A_TABLE))
    list(nk.stream_tags(make_records(["Nobody came."]), lexicon, layer="none"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in nk.stream_tags(tables, lexicon, layer="none"):
        pass
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def make_long(whole: str, words: list[str], chance: random.Random) -> Iterator[str]:
    """Narratives of LONG characters cut out of a text anywhere, each with a word that no other has."""
    for _ in range(IN_A_TABLE):
        start = chance.randrange(len(whole) - LONG)
        yield f"{chance.choice(words)}{chance.randrange(10**9)} {whole[start : start + LONG]}"[:LONG]


def time_medspacy(given: dict, sentencizer: bool) -> float:
    """medspaCy with its own context rules and phrases of the lexicon as targets."""
    import medspacy
    from loguru import logger
    from medspacy.ner import TargetRule

    logger.remove()  # its sentence splitter would write several lines for every sentence

    if sentencizer:
        pipes = {"medspacy_tokenizer", "medspacy_target_matcher", "medspacy_context"}
        nlp = medspacy.load(medspacy_enable=pipes)  # with `enable` its sentence splitter stays in
        nlp.add_pipe("sentencizer", first=True)
    else:
        nlp = medspacy.load()
    nlp.get_pipe("medspacy_target_matcher").add([TargetRule(phrase, "TARGET") for phrase in given["phrases"]])
    return time_each(given["narratives"], nlp)


STEPS: dict[str, Callable[[dict], float]] = {
    BARE: time_tokenizer,
    LEXICON: time_lexicon,
    "tag_records, none": lambda given: time_layer(given, "none"),
    "tag_records, words": lambda given: time_layer(given, "words"),
    "medspaCy, rule sentencizer": lambda given: time_medspacy(given, sentencizer=True),
    "medspaCy, default": lambda given: time_medspacy(given, sentencizer=False),
}


SINGLE_STEPS: dict[str, tuple[Callable[[dict], float], str]] = {
    "encoder": (time_encoder, "ms of CPU time for a sentence of the encoder, one core, nothing kept"),
    "stream": (weigh_stream, f"MB added by streaming {STREAMED:,} narratives of {LONG:,} characters, lexicon layer"),
}


def make_records(narratives: list[str]):
    """Narratives as a table of records."""
    import pandas as pd

    return pd.DataFrame({"record_id": [f"R{number}" for number in range(len(narratives))], "narrative": narratives, "author": ""})


def make_narratives(characters: int) -> list[str]:
    """Narratives of SHORTEST to LONGEST characters from the sample records, reordered and with words swapped."""
    import nearmiss_kit as nk
    from nearmiss_kit.tagging.sentences import split_sentences

    chance = random.Random(SEED)
    samples = nk.load_records(nk.shipped("sample_records"))["narrative"]
    sentences = [text[start:end] for text in samples for start, end in split_sentences(text)]
    bank = sorted((nk.shipped("lexicons") / "sentence_bank").glob("*.jsonl"))
    lines = [line for path in bank for line in path.read_text("utf-8").splitlines()]
    words = [word for line in lines for word in WORD.findall(json.loads(line)["text"])]
    narratives, made = [], 0
    while made < characters:
        length, text = chance.randint(SHORTEST, LONGEST), ""
        while len(text) < length:
            text += swap_words(chance.choice(sentences), words, chance) + chance.choices([" ", "\n"], [4, 1])[0]
        narratives.append(text[:LONGEST])
        made += len(narratives[-1])
    return narratives


def swap_words(sentence: str, words: list[str], chance: random.Random) -> str:
    """A sentence with one word in eight swapped for another one."""
    return WORD.sub(lambda found: chance.choice(words) if chance.random() < SWAPPED else found[0], sentence)


def list_lexicon_phrases() -> list[str]:
    """Phrases of the lexicon for a matcher that knows phrases only: of every term without a gap the first few."""
    import nearmiss_kit as nk

    lexicon = nk.load_lexicon(nk.shipped("lexicons"))
    terms = [lexicon.parse(term.term) for code in lexicon.codes for term in code.terms]
    spelled = [islice(product(*parts[0]), PHRASES_OF_A_TERM) for parts in terms if len(parts) == 1]
    phrases = sorted({" ".join(" ".join(words).split()) for some in spelled for words in some})
    return random.Random(SEED).sample(phrases, min(MOST_PHRASES, len(phrases)))


def take(narratives: list[str], characters: int) -> Iterator[str]:
    """As many of the first narratives as make up so many characters."""
    for narrative in narratives:
        if characters <= 0:
            return
        characters -= len(narrative)
        yield narrative


if __name__ == "__main__":
    main()
