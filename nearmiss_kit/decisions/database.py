"""One SQLite file on one disk: opened, brought up to date, written to, and its refusals said in plain words.

The rollback journal is used and not the write-ahead log, because SQLite before 3.51.3 can corrupt the latter. With
`synchronous=EXTRA` even the removal of the journal is on disk before a write is acknowledged.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from contextvars import ContextVar
from pathlib import Path

from nearmiss_kit.errors import DecisionsError

BUSY_SECONDS = 60  # people saving at once wait for each other rather than see "locked"
APPEND_ONLY = ("decision", "entry")  # the tables in which nothing is ever edited
_DECISION = """
CREATE TABLE IF NOT EXISTS decision (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    decision_id TEXT NOT NULL UNIQUE,
    record_id TEXT NOT NULL,
    narrative_fingerprint TEXT NOT NULL,
    family TEXT NOT NULL,
    code TEXT NOT NULL,
    sentence_start INTEGER NOT NULL,
    sentence_end INTEGER NOT NULL,
    verdict TEXT NOT NULL,
    assertion TEXT NOT NULL,
    reviewer TEXT NOT NULL,
    note TEXT NOT NULL,
    decided_at TEXT NOT NULL,
    lexicon_version TEXT NOT NULL
) STRICT"""
_ENTRY = """
CREATE TABLE IF NOT EXISTS entry (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    entry_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    review_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    content TEXT NOT NULL CHECK (json_valid(content)),
    who TEXT NOT NULL,
    why TEXT NOT NULL,
    decided_at TEXT NOT NULL
) STRICT"""
_ERASURE = """
CREATE TABLE IF NOT EXISTS erasure (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    erased_at TEXT NOT NULL,
    decisions INTEGER NOT NULL,
    entries INTEGER NOT NULL
) STRICT"""
# What was learned from the decisions: derived from them, at most one row, replaced as a whole and gone with any erasure.
_LOCAL_LEARNING = """
CREATE TABLE IF NOT EXISTS local_learning (
    version TEXT NOT NULL,
    content TEXT NOT NULL CHECK (json_valid(content))
) STRICT"""
GUARDS = tuple(
    f"CREATE TRIGGER IF NOT EXISTS {table}_is_never_{done} BEFORE {act} ON {table} "
    f"BEGIN SELECT RAISE(ABORT, 'what people decided is never {done}'); END"
    for table in APPEND_ONLY
    for act, done in (("UPDATE", "edited"), ("DELETE", "removed"))
)
# What brings a store to each version from the one before it. Version 1 carried no number.
_MIGRATIONS = {
    1: (_DECISION,),
    2: (
        _ENTRY,
        "CREATE INDEX IF NOT EXISTS entry_of_review ON entry (review_id, kind, subject)",
        _ERASURE,
        "DROP TRIGGER IF EXISTS decisions_are_never_edited",
        *GUARDS,
    ),
    3: (_LOCAL_LEARNING,),
}
SCHEMA_VERSION = max(_MIGRATIONS)
_TOGETHER: ContextVar[tuple[Path, sqlite3.Connection] | None] = ContextVar("together", default=None)


def require_store(path: str | Path) -> None:
    """Refuse, with a DecisionsError, a store that is not there: it would be made anew, and empty."""
    if not Path(path).is_file():
        raise DecisionsError(f"There is no store of decisions {path}. Check the name.")


@contextmanager
def open_store(path: str | Path) -> Iterator[sqlite3.Connection]:
    """The store at `path`, made where there is none and brought to today's schema where it is older.

    Raises DecisionsError, in plain words, where the file is no store, was made by a newer kit, or cannot be written.
    """
    together = _TOGETHER.get()
    if together and together[0] == Path(path):
        yield together[1]
        return
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as store:
            if store.execute("PRAGMA journal_mode").fetchone()[0] not in ("delete", "memory"):
                store.execute("PRAGMA journal_mode=DELETE")
            store.execute("PRAGMA synchronous=EXTRA")
            _bring_up_to_date(store, path)
            yield store
    except sqlite3.Error as fault:
        raise DecisionsError(explain_fault(fault, path)) from None


@contextmanager
def write_to(store: sqlite3.Connection) -> Iterator[None]:
    """One transaction: all of it is on disk when this ends, or none of it."""
    if store.in_transaction:  # of write_together, which ends it
        yield
        return
    store.execute("BEGIN IMMEDIATE")
    try:
        yield
        store.execute("COMMIT")
    except BaseException:
        if store.in_transaction:
            store.execute("ROLLBACK")
        raise


@contextmanager
def open_to_erase(path: str | Path) -> Iterator[sqlite3.Connection]:
    """The store in one transaction, after which nothing that was removed in it is left in the file or its journal."""
    with open_store(path) as store:
        for setting in ("locking_mode=EXCLUSIVE", "secure_delete=ON", "temp_store=MEMORY", "journal_mode=PERSIST"):
            store.execute(f"PRAGMA {setting}").fetchall()
        with write_to(store):
            yield store
        store.execute("VACUUM")
        _overwrite(Path(path).with_name(Path(path).name + "-journal"))
        store.execute("PRAGMA journal_mode=DELETE").fetchall()


def _overwrite(journal: Path) -> None:
    """Fill the journal with zeros before it is deleted; nobody else can be using it while the store is held."""
    if journal.exists():
        with journal.open("r+b") as file:
            file.write(b"\0" * journal.stat().st_size)
            file.flush()
            os.fsync(file.fileno())


@contextmanager
def write_together(path: str | Path) -> Iterator[None]:
    """Everything written to the store at `path` within is one transaction: all of it stands when this ends, or none of it."""
    with open_store(path) as store, write_to(store):
        before = _TOGETHER.set((Path(path), store))
        try:
            yield
        finally:
            _TOGETHER.reset(before)


def _bring_up_to_date(store: sqlite3.Connection, path: str | Path) -> None:
    if _read_version(store, path) == SCHEMA_VERSION:
        return
    with write_to(store):
        for version in range(_read_version(store, path) + 1, SCHEMA_VERSION + 1):
            for statement in _MIGRATIONS[version]:
                store.execute(statement)
        store.execute(f"PRAGMA user_version={SCHEMA_VERSION}")


def _read_version(store: sqlite3.Connection, path: str | Path) -> int:
    version = store.execute("PRAGMA user_version").fetchone()[0]
    tables = {name for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if version > SCHEMA_VERSION:
        raise DecisionsError(f"{Path(path).name}: this store was made by a newer kit. Bring the kit up to date to open it.")
    if tables and "decision" not in tables:
        raise DecisionsError(f"{Path(path).name}: this file is a database of something else. Choose another name.")
    return version


def explain_fault(fault: sqlite3.Error, path: str | Path) -> str:
    """What SQLite refused, in words that say what became of the work and what to do next."""
    name, code = Path(path).name, getattr(fault, "sqlite_errorname", None) or ""
    for start, words in _FAULTS:
        if code.startswith(start):
            return f"{name}: {words}"
    return f"{name}: this store of decisions cannot be used ({fault}). Choose another file."


_SAFE = "Everything stored before is safe."
_FAULTS = (
    ("SQLITE_FULL", f"the disk is full, so this was not stored. {_SAFE} Free some space and do it again."),
    (
        "SQLITE_IOERR",
        f"the disk did not take it (it may be full), so this was not stored. {_SAFE} Look at the disk and do it again.",
    ),
    ("SQLITE_BUSY", f"another program holds the store, so this was not stored. {_SAFE} Wait a moment and do it again."),
    ("SQLITE_READONLY", "the store may only be read here, so this was not stored. Copy it to a folder of your own."),
    ("SQLITE_CANTOPEN", "the store cannot be opened. Check that its folder is there and that you may write in it."),
)
