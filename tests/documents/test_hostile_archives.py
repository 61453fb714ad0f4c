"""Archives that lie: about sizes, sums, names, places and how often they hold a thing."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import pytest

from documents.errors import (
    DocumentTooLarge,
    ProtectedDocument,
    UnreadableDocument,
    UnsupportedFormat,
)
from tests.documents.hostile_reading import NOISE, Expected, check

MAIN = "word/document.xml"
Make = Callable[..., bytes]


def archive(*entries: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, content in entries:
            made.writestr(name, content)
    return out.getvalue()


def by_hand(
    *names: str, content: bytes, size: int | None = None, crc: int | None = None, method: int = 8
) -> bytes:
    """Return an archive whose entries all lie at the same place, with what is said of them."""
    packed = zlib.compress(content, 9)[2:-4]
    size = len(content) if size is None else size
    crc = zlib.crc32(content) if crc is None else crc
    first = names[0].encode()
    about = struct.pack("<HHHIIIHH", 0, method, 0, crc, len(packed), size, len(first), 0)
    out = bytearray(b"PK\x03\x04\x14\x00" + about + first + packed)
    start = len(out)
    for name in map(str.encode, names):
        about = struct.pack(
            "<HHHHIIIHHHHHII", 0, method, 0, 0, crc, len(packed), size, len(name), 0, 0, 0, 0, 0, 0
        )
        out += b"PK\x01\x02\x14\x00\x14\x00" + about + name
    count = min(len(names), 0xFFFF)
    return bytes(out) + struct.pack(
        "<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, len(out) - start, start, 0
    )


def nested(levels: int) -> bytes:
    """Return an archive of archives: 16 to the power of `levels` times 4 MiB of zeros."""
    inner = archive(("0", b"\0" * 2**22))
    for _ in range(levels):
        inner = archive(*((str(n), inner) for n in range(16)))
    return inner


def changed(data: bytes, name: str, at: int, value: bytes) -> bytes:
    """Return `data` with `value` in the central record of the entry `name`."""
    record = data.rindex(b"PK\x01\x02", 0, data.rindex(name.encode()))
    return data[: record + at] + value + data[record + at + len(value) :]


def symlink(docx: bytes) -> bytes:
    """Return the package with a link where its text should be."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as source, zipfile.ZipFile(out, "w") as made:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == MAIN:
                entry.external_attr, content = 0o120777 << 16, b"/etc/passwd"
            made.writestr(entry, content)
    return out.getvalue()


def twice(docx: bytes) -> bytes:
    """Return the package with other text under the same name before its own."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as source, zipfile.ZipFile(out, "w") as made:
        entries = [entry for entry in source.infolist() if entry.filename != MAIN]
        for entry in entries:
            made.writestr(entry, source.read(entry))
        made.writestr("word/documenT.xml", NOISE)
        made.writestr(MAIN, source.read(MAIN))
    return out.getvalue().replace(b"word/documenT.xml", MAIN.encode())


CASES: dict[str, tuple[Callable[[Make], bytes], Expected]] = {
    "archives in archives": (lambda d: d("Bonjour", parts={"word/media/a.zip": nested(2)}), "Bonj"),
    "archives in archives, renamed": (lambda _: nested(2), UnsupportedFormat),
    "a package in a package": (
        lambda d: d("Bonjour", parts={"word/embeddings/a.docx": d("Salut")}), "Bonjour"),
    "a thousand entries at one place": (
        lambda _: by_hand(MAIN, *map(str, range(999)), content=b" " * 2**20), DocumentTooLarge),
    "entries that say they are small": (
        lambda _: by_hand(MAIN, "a", content=b" " * 30_000_000, size=10), UnreadableDocument),
    "an entry that says it is huge": (
        lambda _: by_hand(MAIN, content=b"x", size=0xFFFFFFF0), DocumentTooLarge),
    "sizes of the long form and none": (
        lambda _: by_hand(MAIN, content=b"x", size=0xFFFFFFFF), DocumentTooLarge),
    "a wrong sum": (lambda _: by_hand(MAIN, content=b"<x/>", crc=7), UnreadableDocument),
    "a wrong sum of the text": (
        lambda d: changed(d("Bonjour"), MAIN, 16, b"\0\0\0\0"), UnreadableDocument),
    "an unknown method": (
        lambda d: changed(d("Bonjour"), MAIN, 10, b"\x61\0"), UnreadableDocument),
    "another method than was used": (
        lambda d: changed(d("Bonjour"), MAIN, 10, b"\0\0"), UnreadableDocument),
    "an encrypted entry": (lambda d: changed(d("Bonjour"), MAIN, 8, b"\1\0"), ProtectedDocument),
    "an entry beyond the end": (
        lambda d: changed(d("Bonjour"), MAIN, 42, b"\xff\xff\xff\x7f"), UnreadableDocument),
    "as many entries as there may be": (
        lambda _: by_hand(MAIN, *(f"{n:05}" for n in range(65_000)), content=b"x"),
        DocumentTooLarge),
    "steps upwards": (lambda d: d("Bonjour", parts={"../../../tmp/a": b"x"}), "Bonjour"),
    "a name from the root": (lambda d: d("Bonjour", parts={"/etc/passwd": b"x"}), "Bonjour"),
    "a name of Windows": (lambda d: d("Bonjour", parts={"C:\\CON": b"x", "aux.": b"x"}), "Bonjour"),
    "a name of every length": (
        lambda d: d("Bonjour", parts={"a" * 255: b"x", "b/" * 9000: b"x"}), "Bonjour"),
    "a link to a file": (lambda d: symlink(d("Bonjour")), UnreadableDocument),
    "two archives, one behind the other": (lambda d: d("Salut") + NOISE + d("Bonjour"), "Bonjour"),
    "a name twice": (lambda d: twice(d("Bonjour")), "Bonjour"),
    "bytes before it": (lambda d: b"#!/bin/sh\n" + d("Bonjour"), UnsupportedFormat),
    "a comment after it": (
        lambda d: d("Bonjour")[:-2] + b"\xff\xff" + b"x" * 65535, "Bonjour"),
    "a bomb of another method": (
        lambda _: archive((MAIN, b"\0" * 21_500_000), method=zipfile.ZIP_LZMA), DocumentTooLarge),
}  # fmt: skip


@pytest.mark.parametrize("title", CASES)
def test_an_archive_that_lies_gives_a_typed_error_or_its_text(title: str, make_docx: Make) -> None:
    make, expected = CASES[title]
    check(make(make_docx), expected, name="hostile.docx")
