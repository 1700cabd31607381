"""Weights already worked out, kept under a fingerprint of their sentence, so that no sentence is scored twice."""

import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from hashlib import blake2b
from pathlib import Path

import numpy as np
from platformdirs import user_cache_path

_AT_ONCE = 500  # fingerprints asked for in one question to the file
_MOST = 1_000_000  # sentences kept; some 200 bytes each
_SCHEMA = """
CREATE TABLE IF NOT EXISTS salt (salt BLOB NOT NULL);
INSERT INTO salt SELECT randomblob(16) WHERE NOT EXISTS (SELECT 1 FROM salt);
CREATE TABLE IF NOT EXISTS weight (fingerprint BLOB PRIMARY KEY, weights BLOB NOT NULL) WITHOUT ROWID;
"""


class KeptWeights:
    """Weights of one version of the learned layer, in the reader's own cache folder.

    The file holds salted fingerprints and numbers, never text. Where it cannot be used, nothing is kept and nothing fails:
    keeping only saves time. The folder can be set with the environment variable NEARMISS_CACHE, and deleted at any time.
    """

    def __init__(self, version: str, shape: tuple[int, ...]) -> None:
        folder = os.environ.get("NEARMISS_CACHE") or user_cache_path("nearmiss-kit", appauthor=False)
        name = blake2b(version.encode(), digest_size=8).hexdigest()
        self._path, self._shape = Path(folder) / f"weights_{name}.sqlite", shape

    def find(self, sentences: Sequence[str]) -> dict[str, np.ndarray]:
        """The kept weights of those sentences that have any."""
        found: dict[str, np.ndarray] = {}
        with suppress(sqlite3.Error, OSError), self._open() as (file, salt):
            for first in range(0, len(sentences), _AT_ONCE):
                asked = {_fingerprint(sentence, salt): sentence for sentence in sentences[first : first + _AT_ONCE]}
                marks = ", ".join("?" * len(asked))
                rows = file.execute(f"SELECT fingerprint, weights FROM weight WHERE fingerprint IN ({marks})", list(asked))
                for fingerprint, weights in rows:
                    found[asked[fingerprint]] = np.frombuffer(weights, dtype=np.float16).reshape(self._shape)
        return found

    def keep(self, weights: Mapping[str, np.ndarray]) -> None:
        """Keep the weights of these sentences, until there are too many."""
        if not weights:
            return
        with suppress(sqlite3.Error, OSError), self._open() as (file, salt):
            (number,) = file.execute("SELECT count(*) FROM weight").fetchone()
            if number + len(weights) <= _MOST:
                rows = [(_fingerprint(sentence, salt), found.tobytes()) for sentence, found in weights.items()]
                with file:
                    file.executemany("INSERT OR REPLACE INTO weight VALUES (?, ?)", rows)

    @contextmanager
    def _open(self) -> Iterator[tuple[sqlite3.Connection, bytes]]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._path, timeout=5)) as file:
            file.executescript(_SCHEMA)
            (salt,) = file.execute("SELECT salt FROM salt").fetchone()
            yield file, salt


def _fingerprint(sentence: str, salt: bytes) -> bytes:
    return blake2b(sentence.encode("utf-8", "surrogatepass"), digest_size=16, key=salt).digest()
