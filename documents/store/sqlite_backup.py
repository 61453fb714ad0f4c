"""A store's file copied while it is in use, checked, and put in the place of another.

A copy is one state of the store: it is read inside one transaction, which a write-ahead log
lets nobody wait for, in portions between which the reader rests [1].

[1] SQLite Backup API, https://www.sqlite.org/backup.html
"""

import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from documents.errors import CorruptStore, IncompatibleStore, StoreError, StoreUnavailable
from documents.store import schema
from documents.store.facts import StoreFacts, changed_text, read_facts

_PAGES = 1024  # four megabytes at a time
_REST_SECONDS = 0.001
_BESIDE = ("-wal", "-shm")  # what SQLite keeps next to a database that is in use


def copy_store(source: Path, target: Path) -> None:
    """Write one state of the store at `source` to the new file `target`, readable by us only.

    Raises:
        StoreError: there is no store at `source`, or one of the two files cannot be used.
        FileExistsError: `target` is there already.
    """
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with _reported(source), closing(_read_only(source)) as reading:
        schema.is_current(reading, path=source)
        with closing(sqlite3.connect(target, isolation_level=None)) as writing:
            reading.execute("BEGIN")
            reading.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from here on
            reading.backup(
                writing, pages=_PAGES, progress=lambda *_: time.sleep(_REST_SECONDS), sleep=0.1
            )
    for name in _BESIDE:
        target.with_name(target.name + name).unlink(missing_ok=True)


def check_store(path: Path, *, in_use: bool = False) -> StoreFacts:
    """Read every page of the store at `path` and hold each text against its hash.

    Returns what the store holds. One that is not `in_use` is read without leaving a file beside it.

    Raises:
        CorruptStore: it is damaged, or its tables contradict each other.
        IncompatibleStore: it is newer than this program, or no store at all.
        StoreUnavailable: it cannot be opened.
    """
    with _reported(path), closing(_read_only(path, immutable=not in_use)) as connection:
        schema.is_current(connection, path=path)
        [found] = connection.execute("PRAGMA integrity_check(1)").fetchone()
        if found != "ok":
            raise CorruptStore(f"{path} is damaged ({found}); restore it from a backup")
        if orphan := connection.execute("PRAGMA foreign_key_check").fetchone():
            raise CorruptStore(
                f"{path} is damaged (table {orphan[0]} points at what is gone); restore it from "
                "a backup"
            )
        if document_id := changed_text(connection):
            raise CorruptStore(
                f"{path} is damaged (the text of {document_id} is not what was stored); restore it "
                "from a backup, or send that document again"
            )
        return _facts(connection, path)


def stored_facts(path: Path) -> StoreFacts | None:
    """Return what the store at `path` holds, None where there is no file.

    Raises:
        StoreError: it is no store, or cannot be read.
    """
    if not path.exists():
        return None
    with _reported(path), closing(_read_only(path)) as connection:
        return _facts(connection, path)


@contextmanager
def replaced(path: Path, new: Path) -> Iterator[None]:
    """Put the store in the file `new` in the place of that at `path`.

    The one before is kept beside it for the length of the `with` block: put back if the block
    raises, deleted if not. At no moment is `path` without a store.

    Raises:
        StoreUnavailable: a process has the store open.
    """
    old = path.with_name(f"{path.name}.before-restore")
    there = path.exists()
    if there:
        _refuse_if_open(path)
        _move(path, old)
    new.replace(path)
    try:
        yield
    except BaseException:
        if there:
            _move(old, path)
            _delete(old)
        else:
            _delete(path)
        raise
    _delete(old)


def _refuse_if_open(path: Path) -> None:
    """Empty the write-ahead log into the database at `path`; nobody else may have it open.

    What is damaged stays as it is.
    """
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # takes the lock
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise StoreUnavailable(f"{path} cannot be replaced ({error})") from error
            raise StoreUnavailable(
                f"{path} is in use: stop the service, and commands that run, then try again"
            ) from error
        except sqlite3.DatabaseError:  # no database, or a damaged one: a reason to replace it
            return


def _move(path: Path, place: Path) -> None:
    """Move a database, and what SQLite left beside it, over another; `path` stays, as a copy.

    The log goes first: it must never lie beside a database that it is not of.
    """
    _delete(place, but_database=True)
    for name in _BESIDE:
        with suppress(FileNotFoundError):
            path.with_name(path.name + name).replace(place.with_name(place.name + name))
    linked = place.with_name(f"{place.name}.new")
    linked.unlink(missing_ok=True)
    try:
        linked.hardlink_to(path)
    except OSError:  # a file system without hard links
        shutil.copy2(path, linked)
    linked.replace(place)


def _delete(path: Path, *, but_database: bool = False) -> None:
    for name in _BESIDE if but_database else ("", *_BESIDE):
        path.with_name(path.name + name).unlink(missing_ok=True)


def _read_only(path: Path, *, immutable: bool = False) -> sqlite3.Connection:
    if not path.is_file():
        raise StoreUnavailable(f"there is no store at {path}; check SOURCIER_DATA_DIR")
    # Not "ro": who closes a store last must be able to tidy up the log.
    address = f"file:{quote(str(path.absolute()))}?mode=rw" + ("&immutable=1" if immutable else "")
    connection = sqlite3.connect(address, uri=True, timeout=30, isolation_level=None)
    connection.row_factory = sqlite3.Row
    try:
        connection.execute("PRAGMA query_only = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def _facts(connection: sqlite3.Connection, path: Path) -> StoreFacts:
    [application] = connection.execute("PRAGMA application_id").fetchone()
    if application != schema.APPLICATION_ID:
        raise IncompatibleStore(f"{path} is not a Sourcier store; point the data folder elsewhere")
    [version] = connection.execute("PRAGMA user_version").fetchone()
    return read_facts(connection, version)


@contextmanager
def _reported(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            raise CorruptStore(f"{path} is damaged ({error}); restore it from a backup") from error
        raise StoreError(f"{path}: {error}") from error
    except OSError as error:
        raise StoreUnavailable(
            f"{path} cannot be used ({error.strerror}); work as the user who runs Sourcier"
        ) from error
