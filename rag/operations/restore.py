"""``restore``: a backup in the place of the store, checked before anything is touched."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from documents.errors import StoreError
from documents.store.sqlite_backup import check_store, replaced, stored_facts
from documents.store.store import Store
from rag.errors import BackupRefused
from rag.operations.archive import Manifest, read_archive


@dataclass(frozen=True, slots=True)
class Place:
    """Where a store and the index that is derived from it lie."""

    database: Path
    index: Path


def restore(file: Path, place: Place, *, replace: bool = False) -> Manifest:
    """Put the store that `file` backs up in its place; return what it holds.

    The index is dropped, to be built anew. If anything goes wrong, the store before is there as
    it was.

    Raises:
        BackupRefused: the backup is damaged; or documents are there and `replace` is false.
        StoreError: the store is in use, or what was restored cannot be opened.
    """
    incoming = place.database.with_name(f"{place.database.name}.incoming")
    try:
        place.database.parent.mkdir(parents=True, exist_ok=True)
        if not replace:
            _refuse_if_filled(place.database)
        try:
            manifest = _unpack(file, incoming)
            _give(incoming, place.database)
            with replaced(place.database, incoming):
                _open_and_compare(place, manifest)
        finally:
            incoming.unlink(missing_ok=True)
    except OSError as error:
        raise BackupRefused(
            f"{place.database} cannot be restored ({error.strerror or error}); check the rights "
            "and the free space of its folder"
        ) from error
    return manifest


def _refuse_if_filled(database: Path) -> None:
    try:
        facts = stored_facts(database)
    except StoreError as error:
        raise BackupRefused(
            f"{database} cannot be read, so it may hold documents ({error}); to replace it, add "
            "--replace"
        ) from error
    if facts and facts.documents:
        raise BackupRefused(
            f"{database} holds {facts.documents} documents; to replace them, add --replace"
        )


def _unpack(file: Path, target: Path) -> Manifest:
    """Write the database of the backup to `target`, on disk, and check both."""
    target.unlink(missing_ok=True)  # of a restore that was killed
    with os.fdopen(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
        manifest = read_archive(file, out)
        out.flush()
        os.fsync(out.fileno())
    check_store(target)
    return manifest


def _give(incoming: Path, database: Path) -> None:
    """Give the new file the owner of its folder, and the rights of the one before if there is."""
    if database.exists():
        shutil.copymode(database, incoming)
    if os.geteuid() == 0:
        folder = incoming.parent.stat()
        os.chown(incoming, folder.st_uid, folder.st_gid)


def _open_and_compare(place: Place, manifest: Manifest) -> None:
    """Open the store as the service does, and drop the index of the one before.

    An index may know changes that the backup does not, under the same numbers as later ones.
    """
    if place.index.exists():
        shutil.rmtree(place.index)
    with Store.open(place.database) as store:
        store.builds.forget()
        counts = store.counts()
        if (counts.documents, counts.passages) != (manifest.documents, manifest.passages):
            raise BackupRefused(
                f"the restored store holds {counts.documents} documents instead of "
                f"{manifest.documents}; the one before was put back"
            )
