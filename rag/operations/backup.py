"""``backup``: the store as it is at one moment, while it is used, as one file that is checked."""

import os
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from documents.store.sqlite_backup import check_store, copy_store
from rag.errors import BackupRefused
from rag.operations.archive import DATABASE, Manifest, read_archive, write_archive
from rag.status import VERSION


def back_up(database: Path, file: Path) -> Manifest:
    """Write a backup of the store at `database` to the new `file`; return what it holds.

    It is complete, checked and on disk when this returns; before, there is no `file`. Its folder
    needs room for the database twice.

    Raises:
        BackupRefused: `file` exists, or cannot be written.
        StoreError: there is no store, or it is damaged.
    """
    if file.exists():
        raise BackupRefused(f"{file} exists already: choose another name, nothing was written")
    try:
        with TemporaryDirectory(prefix=f".{file.name}.", dir=file.parent) as folder:
            copy, archive = Path(folder) / DATABASE, Path(folder) / file.name
            copy_store(database, copy)
            manifest = _write(archive, copy)
            read_archive(archive)
            file.hardlink_to(archive)  # where others made the file meanwhile, it fails
            _sync(file.parent)
    except FileExistsError as error:
        raise BackupRefused(f"{file} was made by others meanwhile: nothing was written") from error
    except OSError as error:
        raise BackupRefused(
            f"{file} cannot be written ({error.strerror or error}); nothing was kept"
        ) from error
    return manifest


def _write(archive: Path, copy: Path) -> Manifest:
    facts = check_store(copy)

    def describe(sha256: str, size: int) -> Manifest:
        return Manifest(
            format=1,
            version=VERSION,
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            sha256=sha256,
            bytes=size,
            identity=facts.identity,
            schema=facts.schema,
            change=facts.change,
            documents=facts.documents,
            passages=facts.passages,
        )

    descriptor = os.open(archive, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        manifest = write_archive(file, copy, describe)
        file.flush()
        os.fsync(file.fileno())
    return manifest


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
