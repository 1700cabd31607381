"""Tags out: one table, written as CSV, JSON Lines or Parquet by the suffix of its name."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from nearmiss_kit.errors import NearMissError
from nearmiss_kit.records.saving import defuse_cell


def write_tags(tags: pd.DataFrame, path: str | Path) -> Path:
    """Write a table of tags to `path`; the suffix .csv, .jsonl or .parquet decides the form.

    In CSV a text that a spreadsheet would run as a formula gets an apostrophe before it; JSON Lines and Parquet hold
    every text unaltered. Raises NearMissError for another suffix, or where the file cannot be written.
    """
    path = Path(path)
    check_tags_name(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _WRITERS[path.suffix.lower()](tags, path)
    except OSError as fault:
        raise NearMissError(f"{path}: the tags cannot be written there ({fault.strerror}). Choose another folder.") from None
    return path


def check_tags_name(path: Path) -> None:
    """Refuse a name with another suffix than those of write_tags, with a NearMissError."""
    if path.suffix.lower() not in _WRITERS:
        raise NearMissError(f"{path.name}: tags are written as {', '.join(_WRITERS)}. Give a name with one of these endings.")


def check_mistakes_name(path: Path) -> None:
    """Refuse a name for a list of mistakes that ends in neither .csv nor .jsonl, with a NearMissError."""
    if path.suffix.lower() not in (".csv", ".jsonl"):
        raise NearMissError(f"{path.name}: mistakes are written as .csv or .jsonl. Give a name with one of these endings.")


def _write_csv(tags: pd.DataFrame, path: Path) -> None:
    texts = tags.select_dtypes("str").columns
    tags.assign(**{column: tags[column].map(defuse_cell) for column in texts}).to_csv(path, index=False, lineterminator="\n")


def _write_json_lines(tags: pd.DataFrame, path: Path) -> None:
    tags.to_json(path, orient="records", lines=True, force_ascii=False)


def _write_parquet(tags: pd.DataFrame, path: Path) -> None:
    tags.to_parquet(path, index=False)


_WRITERS: dict[str, Callable[[pd.DataFrame, Path], None]] = {
    ".csv": _write_csv,
    ".jsonl": _write_json_lines,
    ".parquet": _write_parquet,
}
