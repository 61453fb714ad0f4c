"""Open a zip archive only after looking at what it claims to hold."""

import zipfile
from io import BytesIO

from documents.errors import DocumentTooLarge, ProtectedDocument, UnreadableDocument
from documents.limits import MIB, Limits

_ENCRYPTED = 0x1
# Below this an archive may be as dense as it likes: a small text of one repeated word.
_HARMLESS_BYTES = 20 * MIB


def entry_names(data: bytes, *, name: str, limits: Limits) -> frozenset[str]:
    """Return the names of the entries of the archive `data`, after checking their sizes.

    Raises: UnreadableDocument, DocumentTooLarge, ProtectedDocument.
    """
    return frozenset(open_archive(data, name=name, limits=limits).namelist())


def open_archive(data: bytes, *, name: str, limits: Limits) -> zipfile.ZipFile:
    """Return the archive `data` opened, after checking the sizes of its entries.

    An entry never unpacks to more than the size that is checked here: `zipfile` stops there.

    Raises: UnreadableDocument, DocumentTooLarge, ProtectedDocument.
    """
    try:
        archive = zipfile.ZipFile(BytesIO(data))
        entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        raise UnreadableDocument(
            f"{name} is damaged: its archive cannot be opened ({error}); save it again"
        ) from error
    if len(entries) > limits.archive_entries:
        raise DocumentTooLarge(
            f"{name} holds {len(entries)} files, at most {limits.archive_entries} are read: "
            "split it"
        )
    _check_size(sum(entry.file_size for entry in entries), data, name=name, limits=limits)
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise ProtectedDocument(f"{name} is encrypted; remove the password and add it again")
    return archive


def _check_size(unpacked: int, data: bytes, *, name: str, limits: Limits) -> None:
    ratio = unpacked / max(len(data), 1)
    too_dense = ratio > limits.archive_ratio and unpacked > _HARMLESS_BYTES
    if unpacked > limits.archive_bytes or too_dense:
        raise DocumentTooLarge(
            f"{name} would unpack to {unpacked // MIB} MiB, {ratio:.0f} times its size; at most "
            f"{limits.archive_bytes // MIB} MiB and {limits.archive_ratio} times are read: split it"
        )
