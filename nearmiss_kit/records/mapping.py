"""A mapping: which heading of somebody's files is read as which column, proposed, confirmed and kept in a small file."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import yaml

from nearmiss_kit.errors import RecordsError, raise_all
from nearmiss_kit.records.columns import COLUMN_TITLES, NARRATIVE_PARTS, OTHER, HeadingRules
from nearmiss_kit.records.files import read_file
from nearmiss_kit.records.remarks import RemarkBook
from nearmiss_kit.records.sources import find_sources

MAPPING_COLUMNS = ("heading", "column", "read_as", "known_from", "status", "filled", "rows", "files")
LARGEST_MAPPING = 1_000_000  # bytes; a mapping has a line for each heading
_OPENING = f"""\
# How the headings of your files are read by the Near-Miss Learning Kit. Left: the heading. Right: one of
#   {", ".join(COLUMN_TITLES)};
# a part of the narrative, which gets its heading inside it:
#   {", ".join(part for part in NARRATIVE_PARTS if part != "narrative")};
# or {OTHER}: kept as a column of its own.
"""


def propose_mapping(*paths: str | Path, change: Mapping[str, str] | None = None) -> pd.DataFrame:
    """How the kit would read the headings of files, folders or archives; one row is one heading.

    Columns are MAPPING_COLUMNS: `column` is the kit's column, a part of the narrative, or `other`; `status` is how
    well the heading is known (own, checked, practice, unverified; confirmed where `change` names it); `filled` is
    how many of the `rows` looked at hold something. `change` corrects it: {heading: column}. Raises RecordsError
    for a column the kit does not have, or where no file can be read.
    """
    rules, book = HeadingRules(read_mapping(change)), RemarkBook()
    found: dict[str, dict] = {}
    faults = []
    for source in find_sources(paths, book):
        try:
            for sheet in read_file(source, book, rules):
                chosen = rules.choose(sheet.headings)
                for place, heading in enumerate(sheet.headings if sheet.part == 0 else []):
                    filled = sum(bool(row[place].strip()) for row in sheet.rows)
                    row = found.setdefault(heading, _describe(heading, chosen[place], rules))
                    row["filled"] += filled
                    row["rows"] += len(sheet.rows)
                    row["files"] += source.name not in row["seen"]
                    row["seen"].add(source.name)
        except RecordsError as fault:
            faults.append(str(fault))
    if not found:
        raise_all(faults, RecordsError, "No headings can be read. Please put right:")
    return pd.DataFrame(found.values(), columns=list(MAPPING_COLUMNS))


def _describe(heading: str, column: str, rules: HeadingRules) -> dict:
    alias = rules.find(heading)
    known = alias is not None and (column != "" or alias.column == OTHER)
    return {
        "heading": heading,
        "column": column or OTHER,
        "read_as": describe_column(column or OTHER),
        "known_from": alias.system if known else "",
        "status": alias.status if known else "",
        "filled": 0,
        "rows": 0,
        "files": 0,
        "seen": set(),
    }


def describe_column(column: str) -> str:
    """A column of the kit in words."""
    if column == OTHER:
        return "kept as it is"
    if column in COLUMN_TITLES:
        return COLUMN_TITLES[column]
    return f"{COLUMN_TITLES['narrative']}, under “{NARRATIVE_PARTS[column]}”" if column in NARRATIVE_PARTS else "the kit's own"


def save_mapping(mapping: pd.DataFrame | Mapping[str, str], path: str | Path) -> Path:
    """Write a mapping as a small YAML file that people can read and change, and return its path."""
    path = Path(path)
    if path.suffix.lower() not in (".yaml", ".yml"):
        raise RecordsError(f"{path.name}: a mapping is a .yaml file. Give it a name that ends so.")
    pairs = dict(zip(mapping["heading"], mapping["column"], strict=True)) if isinstance(mapping, pd.DataFrame) else dict(mapping)
    _check_columns(pairs, path.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(pairs, allow_unicode=True, sort_keys=False, default_style='"', width=200)
    path.write_text(_OPENING + text, encoding="utf-8")
    return path


def read_mapping(mapping: str | Path | Mapping[str, str] | None) -> dict[str, str]:
    """{heading: column} from a mapping file (YAML or JSON), or from a dictionary; nothing for None.

    Raises RecordsError, naming every fault, where the file is no mapping or names a column the kit does not have.
    """
    if mapping is None:
        return {}
    if isinstance(mapping, Mapping):
        return _check_columns(dict(mapping), "the mapping")
    path = Path(mapping)
    try:
        if path.stat().st_size > LARGEST_MAPPING:
            raise RecordsError(f"{path.name}: it is too large for a mapping. Choose the file that save_mapping wrote.")
        pairs = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=yaml.BaseLoader)  # every value a text: no is “no”
    except FileNotFoundError:
        raise RecordsError(f"There is no mapping {path}. Check the name, or leave the mapping out.") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError):
        raise RecordsError(f"{path.name}: this is no mapping the kit can read. Write one line for each heading.") from None
    if not isinstance(pairs, dict):
        raise RecordsError(f"{path.name}: a mapping has a line for each heading: “their heading”: narrative.")
    return _check_columns(pairs, path.name)


def _check_columns(pairs: dict, name: str) -> dict[str, str]:
    allowed = (*COLUMN_TITLES, *NARRATIVE_PARTS, OTHER)
    faults = [
        f"“{heading}” is to be read as “{column}”, and the kit has no such column."
        for heading, column in pairs.items()
        if not isinstance(column, str) or column not in allowed
    ]
    raise_all(faults, RecordsError, f"{name}: the kit has the columns {', '.join(dict.fromkeys(allowed))}. Please put right:")
    return {str(heading): column for heading, column in pairs.items()}
