"""Tags out: one table, or one after the other, written as CSV, JSON Lines or Parquet by the suffix of its name."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from tempfile import mkstemp

import pandas as pd
import pyarrow as pa
from pyarrow.parquet import ParquetWriter

from nearmiss_kit.errors import NearMissError
from nearmiss_kit.records.saving import defuse_cell


def write_tags(tags: pd.DataFrame | Iterable[pd.DataFrame], path: str | Path) -> Path:
    """Write a table of tags, or the pieces of `stream_tags` as they come, to `path`; the suffix .csv, .jsonl or .parquet decides the form.

    In CSV a text that a spreadsheet would run as a formula gets an apostrophe before it; JSON Lines and Parquet hold
    every text unaltered. The file stands there once it is whole: where tagging stops midway, an older one stays as it was.
    Raises NearMissError for another suffix, or where the file cannot be written.
    """
    path = Path(path)
    check_tags_name(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _write_beside(path) as beside:
            _WRITERS[path.suffix.lower()](iter([tags] if isinstance(tags, pd.DataFrame) else tags), beside)
    except OSError as fault:
        raise NearMissError(f"{path}: the tags cannot be written there ({fault.strerror}). Choose another folder.") from None
    return path


@contextmanager
def _write_beside(path: Path) -> Iterator[Path]:
    """A name in the same folder to write to; the file takes the place of `path` at the end, and is deleted after a fault."""
    number, name = mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
    os.close(number)
    beside = Path(name)
    try:
        yield beside
        beside.chmod(0o666 & ~_read_umask())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _read_umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def check_tags_name(path: Path) -> None:
    """Refuse a name with another suffix than those of write_tags, with a NearMissError."""
    if path.suffix.lower() not in _WRITERS:
        raise NearMissError(f"{path.name}: tags are written as {', '.join(_WRITERS)}. Give a name with one of these endings.")


def check_mistakes_name(path: Path) -> None:
    """Refuse a name for a list of mistakes that ends in neither .csv nor .jsonl, with a NearMissError."""
    if path.suffix.lower() not in (".csv", ".jsonl"):
        raise NearMissError(f"{path.name}: mistakes are written as .csv or .jsonl. Give a name with one of these endings.")


def _write_csv(pieces: Iterator[pd.DataFrame], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        for number, tags in enumerate(pieces):
            texts = tags.select_dtypes("str").columns
            defused = tags.assign(**{column: tags[column].map(defuse_cell) for column in texts})
            defused.to_csv(file, index=False, header=not number, lineterminator="\n")


def _write_json_lines(pieces: Iterator[pd.DataFrame], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        for tags in pieces:
            tags.to_json(file, orient="records", lines=True, force_ascii=False)


def _write_parquet(pieces: Iterator[pd.DataFrame], path: Path) -> None:
    first = next(pieces)
    schema = pa.Schema.from_pandas(first, preserve_index=False)
    with ParquetWriter(path, schema) as file:
        for tags in chain([first], pieces):
            file.write_table(pa.Table.from_pandas(tags, schema, preserve_index=False))


_WRITERS: dict[str, Callable[[Iterator[pd.DataFrame], Path], None]] = {
    ".csv": _write_csv,
    ".jsonl": _write_json_lines,
    ".parquet": _write_parquet,
}
