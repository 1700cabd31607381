"""The sentence bank: invented sentences that two readers coded, as a table to try things on."""

import json

import pandas as pd

from nearmiss_kit.shipped import shipped

BANK_COLUMNS = ("id", "text", "codes", "disputed", "narrative", "form", "author")


def load_bank() -> pd.DataFrame:
    """The sentence bank that comes with the kit: one row is one sentence, its columns are BANK_COLUMNS.

    `codes` gives the assertion of each family/code on which both readers agree; `disputed` lists those on which they do
    not, to be left out of counts. `narrative`, `form` and `author` are "" for single sentences.
    """
    files = sorted((shipped("lexicons") / "sentence_bank").glob("*.jsonl"))
    rows = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return pd.DataFrame([{"narrative": "", "form": "", "author": "", **row} for row in rows])[list(BANK_COLUMNS)]
