"""A backup as one file: a ZIP archive of the store and of what vouches for it.

`manifest.json` has the checksum of `sourcier.db`; whoever has no Sourcier at hand can still
unpack the database.
"""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from rag.errors import BackupRefused

FORMAT = 1
DATABASE, MANIFEST = "sourcier.db", "manifest.json"
_PIECE = 1 << 20
_LONGEST_MANIFEST = 1 << 16  # bytes
_LEVEL = 1  # vectors hardly shrink; texts do so at once


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds; `sha256` is that of the database, `created_at` in ISO 8601."""

    format: int
    version: str
    created_at: str
    sha256: str
    bytes: int
    identity: str
    schema: int
    change: int
    documents: int
    passages: int


def write_archive(
    file: IO[bytes], database: Path, describe: Callable[[str, int], Manifest]
) -> Manifest:
    """Write `database` to `file`, then what `describe` makes of its SHA-256 and its size."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        member = zipfile.ZipInfo.from_file(database, DATABASE, strict_timestamps=False)
        member.compress_type = zipfile.ZIP_DEFLATED
        with database.open("rb") as source, archive.open(member, "w", force_zip64=True) as target:
            sha256, size = _copy(source, target)
        manifest = describe(sha256, size)
        archive.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1))
    return manifest


def read_archive(path: Path, target: IO[bytes] | None = None) -> Manifest:
    """Check the backup at `path` byte by byte, and copy its database to `target`.

    Raises:
        BackupRefused: it is no backup, of a newer format, or not what was written.
    """
    with _reported(path), zipfile.ZipFile(path) as archive:
        manifest = _manifest(archive, path)
        with archive.open(DATABASE) as source:
            found = _copy(source, target, most=manifest.bytes)
    if found != (manifest.sha256, manifest.bytes):
        raise _damaged(path, "the checksum of the database is another")
    return manifest


def _manifest(archive: zipfile.ZipFile, path: Path) -> Manifest:
    with archive.open(MANIFEST) as member:
        content = json.loads(member.read(_LONGEST_MANIFEST))
    if content["format"] != FORMAT:
        raise BackupRefused(
            f"{path} has format {content['format']}, this program reads {FORMAT}: update Sourcier"
        )
    return Manifest(**content)


def _copy(
    source: IO[bytes], target: IO[bytes] | None, *, most: int | None = None
) -> tuple[str, int]:
    """Copy all of `source`, no more than about `most` bytes; return its SHA-256 and its size."""
    digest, size = hashlib.sha256(), 0
    for piece in _pieces(source):
        digest.update(piece)
        size += len(piece)
        if most is not None and size > most:
            break
        if target is not None:
            target.write(piece)
    return digest.hexdigest(), size


def _pieces(source: IO[bytes]) -> Iterator[bytes]:
    while piece := source.read(_PIECE):
        yield piece


@contextmanager
def _reported(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise BackupRefused(f"there is no file {path}") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, TypeError) as error:
        raise _damaged(path, str(error)) from error
    except (NotImplementedError, RuntimeError) as error:  # another compression, a password
        raise _damaged(path, str(error)) from error


def _damaged(path: Path, reason: str) -> BackupRefused:
    return BackupRefused(
        f"{path} is damaged, or no backup of Sourcier ({reason}); take another backup. "
        "Nothing was changed"
    )
