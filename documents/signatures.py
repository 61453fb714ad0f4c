"""First bytes of the file kinds that Sourcier does not read, with what to do instead."""

import re
from dataclasses import dataclass

_AS_DOCUMENT = "convert it to PDF, DOCX or plain text"
_UNPACK = "unpack it and add the files inside"
_EXPORT_TABLE = "save the table as CSV or XLSX"
_IMAGE = "run text recognition (OCR) on it and add the resulting text"
_PICTURE = f"{_IMAGE}, or set SOURCIER_OCR=on"
_NO_TEXT = "it holds no text to read"

_OLE = rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of Office files up to 2003

# The line above each message of a mailbox, which some programs write above a single one too.
_POSTMARK = rb"From [^\r\n]{1,200}\d{4}[^\r\n]{0,20}\r?\n[A-Za-z-]+:"


def _wide(name: str) -> bytes:
    """Return the pattern of a stream's `name` in such a container."""
    return re.escape(name.encode("utf-16-le"))


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: its `name` (with its article) and the `remedy` for its owner."""

    name: str
    remedy: str


# A pattern must match at the first byte. Short signatures that could start a text
# ("BM", "MZ", "ID3") ask for a control byte after them.
_SIGNATURES: tuple[tuple[re.Pattern[bytes], Kind], ...] = tuple(
    (re.compile(pattern, re.DOTALL), Kind(name, remedy))
    for pattern, name, remedy in (
        (rb"\x1f\x8b", "a gzip archive", _UNPACK),
        (rb"BZh[1-9]1AY&SY", "a bzip2 archive", _UNPACK),
        (rb"\xfd7zXZ\x00", "an xz archive", _UNPACK),
        (rb"\x28\xb5\x2f\xfd", "a zstd archive", _UNPACK),
        (rb"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
        (rb"Rar!\x1a\x07", "a RAR archive", _UNPACK),
        (rb".{257}ustar", "a tar archive", _UNPACK),
        (rb"\x89PNG\r\n\x1a\n", "a PNG image", _PICTURE),
        (rb"\xff\xd8\xff", "a JPEG image", _PICTURE),
        (rb"GIF8[79]a", "a GIF image", _IMAGE),
        (rb"RIFF.{4}WEBP", "a WebP image", _IMAGE),
        (rb"(?:II\*\x00|MM\x00\*)", "a TIFF image", _PICTURE),
        (rb"BM.{4}\x00\x00\x00\x00", "a BMP image", _IMAGE),
        (rb"\x00\x00\x01\x00", "an icon", _IMAGE),
        (rb".{4}ftyp(?:heic|heix|mif1|avif)", "a HEIF image", _IMAGE),
        (rb".{4}ftyp", "an MP4 film", _NO_TEXT),
        (rb"RIFF.{4}", "a sound or film file", _NO_TEXT),
        (rb"ID3[\x02-\x04]", "an MP3 sound file", _NO_TEXT),
        (rb"OggS\x00|fLaC\x00", "a sound file", _NO_TEXT),
        (rb"\x1aE\xdf\xa3", "a Matroska film", _NO_TEXT),
        (rb"\x7fELF", "a Linux program", _NO_TEXT),
        (rb"MZ.{0,62}\x00", "a Windows program", _NO_TEXT),
        (rb"\xca\xfe\xba\xbe|[\xcf\xce]\xfa\xed\xfe", "a program", _NO_TEXT),
        (rb"\x00asm", "a WebAssembly program", _NO_TEXT),
        (rb"SQLite format 3\x00", "an SQLite database", _EXPORT_TABLE),
        (rb"PAR1", "a Parquet table", _EXPORT_TABLE),
        (rb"wOF[F2]|\x00\x01\x00\x00\x00|OTTO\x00", "a font", _NO_TEXT),
        (rb"%!PS", "a PostScript document", _AS_DOCUMENT),
        (_OLE + rb".*" + _wide("WordDocument"), "an old Word document (.doc)", "save it as DOCX"),
        (_OLE + rb".*" + _wide("PowerPoint Document"), "an old PowerPoint file (.ppt)",
         "save it as PPTX"),
        (_OLE + rb".*(?:" + _wide("Workbook") + rb"|" + _wide("Book") + rb"\x00)",
         "an old Excel workbook (.xls)", "save it as XLSX"),
        (_OLE + rb".*" + _wide("__substg1.0_"), "an Outlook message (.msg)", "save it as EML"),
        (_OLE, "an old Office document (.doc, .xls, .ppt)", "save it as DOCX, XLSX or PPTX"),
        (_POSTMARK + rb".*\n\r?\n" + _POSTMARK, "a mailbox (mbox)",
         "export its messages one by one as EML"),
    )
)  # fmt: skip

_ARCHIVE_MARKS: tuple[tuple[bytes, Kind], ...] = (
    (b"xl/workbook.bin", Kind("a binary Excel workbook (XLSB)", _EXPORT_TABLE)),
    (
        b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
        Kind("an OpenDocument sheet (ODS)", _EXPORT_TABLE),
    ),
    (
        b"mimetypeapplication/vnd.oasis.opendocument.presentation",
        Kind("an OpenDocument presentation (ODP)", "save it as PPTX or PDF"),
    ),
    (b"mimetypeapplication/vnd.oasis", Kind("an OpenDocument file", _AS_DOCUMENT)),
    (b"META-INF/MANIFEST.MF", Kind("a Java archive", _NO_TEXT)),
)


def is_picture(data: bytes) -> bool:
    """Tell whether `data` is an image of a kind whose text can be recognised."""
    kind = recognise(data)
    return kind is not None and kind.remedy == _PICTURE


def recognise(data: bytes) -> Kind | None:
    """Return the unreadable kind whose signature `data` bears, or None."""
    for pattern, kind in _SIGNATURES:
        if pattern.match(data):
            return kind
    return None


def recognise_archive(data: bytes) -> Kind:
    """Return what the zip archive `data` is, from the names of its entries."""
    for mark, kind in _ARCHIVE_MARKS:
        if mark in data:
            return kind
    return Kind("a zip archive", _UNPACK)
