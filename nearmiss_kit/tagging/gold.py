"""Coded sentences in: what readers marked, on its own or beside records, spelt one way whoever coded it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from nearmiss_kit.errors import RecordsError, raise_all
from nearmiss_kit.records.columns import RECORD_COLUMNS
from nearmiss_kit.records.reading import fingerprint_narrative
from nearmiss_kit.tagging.assertion import ASSERTIONS

GOLD_COLUMNS = ("record_id", "sentence_start", "sentence_end", "codes", "disputed", "voice", "line")
MOST_FAULTS = 10  # wrong lines named in one message; more tell nothing new
_GROUPS = ("narrative_id", "passage", "narrative", "record_id")
_FAMILY_SPELLINGS = {"protective_or_recovery": "protective_factor"}
_CODE_SPELLINGS = {"urgent_clinical": "urgent_clinical_involvement"}
_ASSERTION_SPELLINGS = {"hypothetical_planned": "hypothetical", "historical_resolved": "historical"}
_FORM_BESIDE = "record_id, start, end, codes, disputed"
_FORM_ALONE = "text and codes, each with family, code and assertion"

Triple = tuple[str, str, str]


@dataclass(frozen=True)
class Gold:
    """What readers coded: the sentences, and the records they stand in where the file brings its own text (else None)."""

    name: str
    sentences: pd.DataFrame
    records: pd.DataFrame | None


class _LineError(Exception):
    """What is wrong with one line, in words; it never quotes the line."""


def load_gold(path: str | Path) -> pd.DataFrame:
    """The sentences that readers coded: one row is one sentence, its columns are GOLD_COLUMNS.

    `sentence_start` and `sentence_end` count code points; `codes` and `disputed` hold lists of (family, code, assertion).
    `disputed` are codes on which the readers did not agree: they are left out of scores. `voice` is empty where the file
    gives none. Raises RecordsError as read_gold does.
    """
    return read_gold(path).sentences


def read_gold(path: str | Path) -> Gold:
    """Read a coded JSONL file, one sentence a line, in either form.

    Beside records: record_id, start, end, codes, disputed. On its own: text and codes (a list of family, code and
    assertion, or {"family/code": assertion}), perhaps disputed, voice, author and id; sentences with the same narrative_id,
    passage or narrative are put together, one a line, in their order. Spellings of other coding files are converted here.
    Raises RecordsError, naming file and line, where a line is in neither form.
    """
    path = Path(path)
    lines = _read_lines(path)
    faults, rows, alone = [], [], _stands_alone(lines)
    for number, line in lines:
        try:
            rows.append(_read_row(line, number, alone))
        except _LineError as fault:
            faults.append(f"{path.name}, line {number}: {fault}")
    if len(faults) == 1:
        raise RecordsError(faults[0])
    named = faults[:MOST_FAULTS] + [f"and {len(faults) - MOST_FAULTS} more lines"] * (len(faults) > MOST_FAULTS)
    raise_all(named, RecordsError, "These lines are not coded sentences yet. Please put right:")
    if alone:
        return _put_together(path.name, rows)
    columns = [(row["record_id"], row["start"], row["end"], *_shared(row)) for row in rows]
    return Gold(path.name, pd.DataFrame(columns, columns=list(GOLD_COLUMNS)), None)


def spell_code(family: str, code: str) -> tuple[str, str]:
    """Family and code as the kit spells them, from whatever a coding file calls them."""
    family, code = ("_".join(word.replace("-", " ").lower().split()) for word in (family, code))
    return _FAMILY_SPELLINGS.get(family, family), _CODE_SPELLINGS.get(code, code)


def _read_lines(path: Path) -> list[tuple[int, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise RecordsError(f"{path.name} is not UTF-8 text. Save it as UTF-8, and try again.") from None
    except OSError as fault:
        raise RecordsError(f"{path} cannot be read ({fault.strerror}). Check the name.") from None
    # Not splitlines: it also breaks at signs that may stand inside a sentence.
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if not lines:
        raise RecordsError(f"{path.name} holds no line. It needs one coded sentence a line: {_FORM_BESIDE}; or {_FORM_ALONE}.")
    return lines


def _stands_alone(lines: list[tuple[int, str]]) -> bool:
    try:
        first = json.loads(lines[0][1])
    except ValueError:
        return False
    return isinstance(first, dict) and "text" in first


def _read_row(line: str, number: int, alone: bool) -> dict:
    form = _FORM_ALONE if alone else _FORM_BESIDE
    try:
        row = json.loads(line)
    except ValueError:
        raise _LineError(f"this is not JSON. A coded sentence is one line of {form}.") from None
    wanted = ("text", "codes") if alone else ("record_id", "start", "end", "codes", "disputed")
    if not isinstance(row, dict) or not all(name in row for name in wanted):
        raise _LineError(f"not a coded sentence ({form}).")
    if alone and not (isinstance(row["text"], str) and row["text"].strip()):
        raise _LineError("its text is empty.")
    if not alone and not (type(row["start"]) is type(row["end"]) is int and 0 <= row["start"] < row["end"]):
        raise _LineError("start and end must be whole numbers, the start before the end.")
    codes = [_check_assertion(triple) for triple in _list_triples(row["codes"])]
    return {**row, "codes": codes, "disputed": list(_list_triples(row.get("disputed") or [])), "line": number}


def _list_triples(given: object) -> Iterator[Triple]:
    items = given.items() if isinstance(given, Mapping) else given
    if isinstance(items, str) or not hasattr(items, "__iter__"):
        raise _LineError("codes must be a list of family, code and assertion, or “family/code” with an assertion each.")
    for item in items:
        family, code, assertion = _read_triple(item)
        if not all(isinstance(part, str) for part in (family, code, assertion)) or not (family and code):
            raise _LineError("each code needs a family, a code and an assertion, all of them words.")
        yield (*spell_code(family, code), _ASSERTION_SPELLINGS.get(assertion, assertion))


def _read_triple(item: object) -> tuple[object, object, object]:
    if isinstance(item, Mapping):
        return item.get("family"), item.get("code"), item.get("assertion", item.get("status", ""))
    name, assertion = item if isinstance(item, tuple) else (item, "")
    family, _, code = name.partition("/") if isinstance(name, str) else ("", "", "")
    return family, code, assertion


def _check_assertion(triple: Triple) -> Triple:
    if triple[2] not in ASSERTIONS:
        raise _LineError(f"the assertion of {triple[0]}/{triple[1]} must be one of {', '.join(ASSERTIONS)}.")
    return triple


def _shared(row: dict) -> tuple[list[Triple], list[Triple], str, int]:
    return row["codes"], row["disputed"], str(row.get("voice") or ""), row["line"]


def _put_together(name: str, rows: list[dict]) -> Gold:
    texts: dict[str, list[str]] = {}
    authors: dict[str, str] = {}
    sentences = []
    for row in rows:
        group = next((str(row[key]) for key in _GROUPS if row.get(key)), f"line {row['line']}")
        before = texts.setdefault(group, [])
        authors.setdefault(group, str(row.get("author") or ""))
        start = sum(len(text) + 1 for text in before)
        sentences.append((group, start, start + len(row["text"]), *_shared(row)))
        before.append(row["text"])
    records = pd.DataFrame(
        {"record_id": list(texts), "narrative": ["\n".join(lines) for lines in texts.values()], "author": list(authors.values())}
    )
    records["narrative_fingerprint"] = records["narrative"].map(fingerprint_narrative)
    return Gold(name, pd.DataFrame(sentences, columns=list(GOLD_COLUMNS)), records.reindex(columns=RECORD_COLUMNS, fill_value=""))
