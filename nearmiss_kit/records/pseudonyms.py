"""Pseudonyms in place of identifiers, the same ones in every record, with the key kept in a folder of its own."""

import csv
import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from pathlib import Path

import pandas as pd

from nearmiss_kit.errors import RecordsError
from nearmiss_kit.records.identifiers import PSEUDONYM, Identifier
from nearmiss_kit.records.names import NAME
from nearmiss_kit.records.reading import fingerprint_narrative

KEY_COLUMNS = ("pseudonym", "kind", "text")
# The word inside the brackets for each kind of passage: “a telephone number” becomes [telephone number 1].
_ARTICLE = re.compile(r"^(?:an?|the) ")
_LABELS = {
    "initials used as a name": "initials",
    "the name of a house, unit or place of work": "place",
    "a role and a shift that may point at one worker": "worker",
    "a case, tenancy or account number": "reference",
    "a room or flat number": "room",
}
_TITLE = re.compile(
    r"^(?:mr|mrs|ms|miss|mx|dr|doctor|prof|professor|rev|sir|lady|nurse|sister|pc|sgt|cllr|auntie|aunty|uncle)\.?\s+", re.I
)
_ROLE = (
    r"(?:support worker|agency worker|bank worker|night worker|care worker|social worker|team leader|shift leader|deputy manager|deputy|manager|"
    r"senior|keyworker|key worker|nurse|advocate|psychiatrist|psychologist|commissioner|housing officer|landlord|driver|cook|cleaner|gp|agency|bank)"
)
_ROLE_BEFORE = re.compile(rf"\b({_ROLE}),?\s+$", re.I)
_ROLE_BEHIND = re.compile(rf"^(?:['’]s)?\s*(?:\(|,\s*(?:the\s+|our\s+|his\s+|her\s+|a\s+)?)({_ROLE})\b", re.I)
_ROLE_WINDOW = 30  # characters beside a name in which its role stands


def pseudonymise_records(
    records: pd.DataFrame, findings: Sequence[Identifier], *, key: str | Path, apart_from: Collection[str | Path] = ()
) -> pd.DataFrame:
    """The records with every finding replaced, consistently: “[name 1]”, “[telephone number 2]”; staff become roles, “[senior 1]”.

    The key leads from pseudonym to passage; it is added to where it exists, so that a later batch gets
    the same pseudonyms. A first name alone takes the pseudonym of the only full name it fits. Two people of
    one name share a pseudonym: read for that. With a key the records are still personal data. Nothing is written
    where there is nothing to replace.

    Raises RecordsError where the key would stand in a folder given in `apart_from` (of the records, of what is
    written) or beside a file the records came from, where the key cannot be read, or where a finding is
    not of these records.
    """
    path = Path(key)
    _check_apart(path, records, apart_from)
    if not findings:
        return records.copy()
    known = _read_key(path)
    texts = _read_passages(records, findings)
    pseudonyms = _assign_pseudonyms(findings, texts, _list_roles(records, findings, texts), known)
    replaced = _replace_passages(records, findings, pseudonyms)
    _write_key(path, known)
    return replaced


def _check_apart(path: Path, records: pd.DataFrame, apart_from: Collection[str | Path]) -> None:
    """Refuse a key beside a file of records, or anywhere in a folder of theirs or of what is written."""
    folder = path.resolve().parent
    others = [Path(other).resolve() for other in apart_from]
    sources = set(records["source_file"]) if "source_file" in records else set()
    beside = any((folder / str(source)).exists() for source in sources if source)
    beside |= any(other.is_file() and other.parent == folder for other in others)
    if beside or any(folder == other or other in folder.parents for other in others):
        raise RecordsError(
            f"The key {path.name} would stand with the records or what is made of them. Keep it in another folder that fewer people can open."
        )


def _read_key(path: Path) -> dict[tuple[str, str], str]:
    if not path.exists():
        return {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            known = {(row["kind"], row["text"]): row["pseudonym"] for row in csv.DictReader(file)}
        if not all(PSEUDONYM.fullmatch(pseudonym or "") for pseudonym in known.values()):
            raise ValueError("a pseudonym was changed")
        return known
    except (OSError, ValueError, KeyError, csv.Error):
        raise RecordsError(
            f"{path.name} is no key the kit can read: it needs the columns {', '.join(KEY_COLUMNS)}. Give another name."
        ) from None


def _write_key(path: Path, known: dict[tuple[str, str], str]) -> None:
    draft = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("w", encoding="utf-8", newline="") as file:
            draft.chmod(0o600)
            writer = csv.writer(file)
            writer.writerow(KEY_COLUMNS)
            writer.writerows((pseudonym, kind, text) for (kind, text), pseudonym in known.items())
        draft.replace(path)
    except OSError as fault:
        raise RecordsError(f"{path}: the key cannot be written there ({fault.strerror}). Choose another folder.") from None


def _cells(records: pd.DataFrame, findings: Sequence[Identifier]) -> dict[tuple[str, str], str]:
    """The text of each cell that holds a finding, by record and column."""
    rows = records.set_index(records["record_id"].astype(str))
    try:
        return {place: rows.at[place] for place in {(found.record_id, found.column) for found in findings}}
    except KeyError:
        raise RecordsError("A finding is not of these records. Screen them again, and give the new findings.") from None


def _read_passages(records: pd.DataFrame, findings: Sequence[Identifier]) -> list[str]:
    cells = _cells(records, findings)
    return [cells[found.record_id, found.column][found.start : found.end] for found in findings]


def _fold(kind: str, text: str) -> str:
    """A passage as the key knows it: names without title and case, numbers without spaces and signs."""
    folded = " ".join(text.replace("_", " ").split()).casefold()
    if kind == NAME:
        return _TITLE.sub("", folded)
    return re.sub(r"[\W_]+", "", folded) if any(map(str.isdigit, folded)) else folded


def _list_roles(records: pd.DataFrame, findings: Sequence[Identifier], texts: list[str]) -> dict[str, str]:
    """The role that stands beside a name, in whichever record it stands first: {folded name: role}."""
    cells = _cells(records, findings)
    roles: dict[str, str] = {}
    for found, text in zip(findings, texts, strict=True):
        if found.kind != NAME:
            continue
        cell = cells[found.record_id, found.column]
        before = _ROLE_BEFORE.search(cell[max(0, found.start - _ROLE_WINDOW) : found.start])
        behind = _ROLE_BEHIND.search(cell[found.end : found.end + _ROLE_WINDOW])
        if role := before or behind:
            roles.setdefault(_fold(NAME, text), role[1].lower())
    return roles


def _assign_pseudonyms(
    findings: Sequence[Identifier], texts: list[str], roles: dict[str, str], known: dict[tuple[str, str], str]
) -> list[str]:
    """A pseudonym for each finding; new ones are added to `known`, full names before single ones."""
    folded = [(found.kind, _fold(found.kind, text)) for found, text in zip(findings, texts, strict=True)]
    taken = defaultdict(int)
    for pseudonym in known.values():
        label, number = pseudonym.strip("[]").rsplit(" ", 1)
        taken[label] = max(taken[label], int(number))
    for kind, text in sorted(dict.fromkeys(folded), key=lambda item: -len(item[1].split())):
        if (kind, text) in known:
            continue
        if shared := _find_full_name(kind, text, known):
            known[kind, text] = shared
            continue
        label = roles.get(text, "name") if kind == NAME else _LABELS.get(kind, _ARTICLE.sub("", kind))
        taken[label] += 1
        known[kind, text] = f"[{label} {taken[label]}]"
    return [known[item] for item in folded]


def _find_full_name(kind: str, text: str, known: dict[tuple[str, str], str]) -> str | None:
    """The pseudonym of the only full name that a single name can be short for."""
    if kind != NAME or " " in text:
        return None
    fitting = {pseudonym for (other, full), pseudonym in known.items() if other == NAME and " " in full and text in full.split()}
    return fitting.pop() if len(fitting) == 1 else None


def _replace_passages(records: pd.DataFrame, findings: Sequence[Identifier], pseudonyms: list[str]) -> pd.DataFrame:
    cells = _cells(records, findings)
    for found, pseudonym in sorted(zip(findings, pseudonyms, strict=True), key=lambda pair: -pair[0].start):
        text = cells[found.record_id, found.column]
        cells[found.record_id, found.column] = text[: found.start] + pseudonym + text[found.end :]
    replaced = records.copy()
    replaced.attrs = dict(records.attrs)
    ids = records["record_id"].astype(str)
    for column in {column for _, column in cells}:
        changed = {record_id: text for (record_id, other), text in cells.items() if other == column}
        replaced[column] = ids.map(changed).where(ids.isin(changed), records[column]).astype("str")
    if "narrative_fingerprint" in replaced:
        replaced["narrative_fingerprint"] = replaced["narrative"].map(fingerprint_narrative).astype("str")
    return _keep_references_apart(replaced)


def _keep_references_apart(records: pd.DataFrame) -> pd.DataFrame:
    """Where a reference held a name and now reads like another, a number behind it tells the two apart."""
    again = records.groupby("record_id").cumcount() + 1
    numbered = records["record_id"].astype("object").where(again == 1, records["record_id"] + " (" + again.astype(str) + ")")
    return records.assign(record_id=numbered.astype("str"))
