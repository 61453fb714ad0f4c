"""What was read of passages ahead of any question, in a file of its own.

Derived and disposable: an entry that is damaged, or of another text, is as good as none (see
index/reading.py). What lies in a damaged file is forgotten.
"""

import fcntl
import json
import logging
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path
from threading import Lock
from typing import Any

from index.errors import IndexNotSaved
from index.reading import PackedReading, Reading

logger = logging.getLogger(__name__)

_NAME = "sentences-{}.db"
# Of a damaged file even the error's message may be no text.
_FAILURES = (sqlite3.Error, UnicodeDecodeError)
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_TABLE = """
    CREATE TABLE IF NOT EXISTS readings (
        row INTEGER PRIMARY KEY, digest BLOB NOT NULL, vectors BLOB NOT NULL,
        starts BLOB NOT NULL, tokens BLOB NOT NULL, terms BLOB NOT NULL
    )
"""
_KNOWN = """
    SELECT row, digest, vectors, starts, tokens, terms FROM readings
    WHERE row IN (SELECT value FROM json_each(?))
"""


class Readings:
    """What one reader, known by its `fingerprint`, read, in `folder`; vectors are `dimension` wide.

    Safe to share between threads and processes. Nothing is created before something is kept.
    """

    def __init__(self, folder: Path, *, fingerprint: str, dimension: int) -> None:
        self._path = folder / _NAME.format(fingerprint[:16])
        self._dimension = dimension
        self._connection: sqlite3.Connection | None = None
        self._turn = Lock()

    def known(self, wanted: Mapping[int, Sequence[str]]) -> dict[int, Reading]:
        """Return what was read of those rows of `wanted` whose lines were read.

        What cannot be read is left out, and logged.
        """
        found = self._found(_KNOWN, json.dumps(list(wanted)))
        known = {}
        for row, *packed in found:
            reading = PackedReading(*packed).unpacked(wanted[row], dimension=self._dimension)
            if reading is not None:
                known[row] = reading
        return known

    def keep(self, read: Iterable[tuple[int, Sequence[str], Reading]]) -> None:
        """Keep what was read of the lines of rows.

        Raises:
            IndexNotSaved: it cannot be written.
        """
        entries = [(row, *astuple(PackedReading.of(one, lines))) for row, lines, one in read]
        self._write("INSERT OR REPLACE INTO readings VALUES (?, ?, ?, ?, ?, ?)", entries)

    def forget(self, rows: Iterable[int]) -> None:
        """Drop what is kept of `rows`; raises as `keep` does."""
        self._write("DELETE FROM readings WHERE row = ?", [(row,) for row in rows])

    def rows(self) -> list[int]:
        """Return the rows of which something is kept; raises as `keep` does.

        A file that is damaged is thrown away: there are none.
        """
        try:
            with self._turn:
                found = self._connected().execute("SELECT row FROM readings")
                return [row for (row,) in found]
        except _FAILURES as error:
            self._failed(error)
            return []

    def count(self) -> int:
        """Return of how many rows something is kept; 0 where it cannot be read."""
        return sum(number for (number,) in self._found("SELECT count(*) FROM readings"))

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Tell whether no other process is in such a block; none comes in meanwhile."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.with_suffix(".lock").open("wb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True

    def remove_others(self) -> None:
        """Remove the files of other readers."""
        for path in self._path.parent.glob("sentences-*"):
            if not path.name.startswith(self._path.stem):
                path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the file; asked again, it is opened again."""
        with self._turn:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _found(self, statement: str, *values: str) -> list[Any]:
        """Return what `statement` finds; nothing, and a line in the log, where it cannot."""
        try:
            with self._turn:
                if self._connection is None and not self._path.exists():
                    return []
                return self._connected().execute(statement, values).fetchall()
        except _FAILURES as error:
            logger.warning("%s cannot be read: %s", self._path, error)
            return []

    def _write(self, statement: str, entries: Sequence[tuple[object, ...]]) -> None:
        if not entries:
            return
        try:
            with self._turn, self._connected() as connection:
                connection.executemany(statement, entries)
        except _FAILURES as error:
            self._failed(error)

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            connection = sqlite3.connect(self._path, check_same_thread=False)
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = NORMAL")
                connection.execute("PRAGMA secure_delete = ON")  # as the store's own
                connection.execute(_TABLE)
            except _FAILURES:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def _failed(self, error: sqlite3.Error | UnicodeDecodeError) -> None:
        """Throw a damaged file away; raise our own error for all else."""
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
        if code & 0xFF not in _DAMAGED:
            raise IndexNotSaved(
                f"{self._path} cannot be written ({error}); free space or give access, sentences "
                "are read again for each question"
            ) from error
        logger.warning("%s is damaged and made anew: %s", self._path, error)
        self.close()
        for path in self._path.parent.glob(self._path.name + "*"):
            path.unlink(missing_ok=True)
