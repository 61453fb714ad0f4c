"""Tell what a file is from its content; its name and media type only break ties.

Nothing is parsed here: a look at the bytes is enough, costs no memory and cannot be abused.
"""

import re
from enum import StrEnum
from pathlib import PurePath

from documents.encodings import decode
from documents.errors import ProtectedDocument, UnsupportedFormat
from documents.signatures import Kind, is_picture, recognise, recognise_archive
from documents.tabular import Columns, sniff_delimiter


class Format(StrEnum):
    """A format that a loader reads."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    PDF = "pdf"
    DOCX = "docx"
    PPTX = "pptx"
    XLSX = "xlsx"
    ODT = "odt"
    EPUB = "epub"
    RTF = "rtf"
    EML = "eml"
    CSV = "csv"
    JSON_LINES = "json-lines"
    SCAN = "scan"


_SUFFIXES = {
    ".md": Format.MARKDOWN, ".markdown": Format.MARKDOWN, ".mdown": Format.MARKDOWN,
    ".html": Format.HTML, ".htm": Format.HTML, ".xhtml": Format.HTML,
    ".pdf": Format.PDF, ".docx": Format.DOCX,
    ".csv": Format.CSV, ".tsv": Format.CSV,
    ".jsonl": Format.JSON_LINES, ".ndjson": Format.JSON_LINES, ".json": Format.JSON_LINES,
    ".txt": Format.TEXT, ".text": Format.TEXT,
    ".eml": Format.EML,
}  # fmt: skip
_MEDIA_TYPES = {
    "text/markdown": Format.MARKDOWN,
    "text/html": Format.HTML,
    "application/xhtml+xml": Format.HTML,
    "application/pdf": Format.PDF,
    "text/csv": Format.CSV,
    "text/tab-separated-values": Format.CSV,
    "application/json": Format.JSON_LINES,
    "application/jsonl": Format.JSON_LINES,
    "application/x-ndjson": Format.JSON_LINES,
    "message/rfc822": Format.EML,
}
# An archive may store what it is, uncompressed, as its first entry.
_STORED_TYPES = (
    (b"mimetypeapplication/epub+zip", Format.EPUB),
    (b"mimetypeapplication/vnd.oasis.opendocument.text", Format.ODT),
)
_LONGEST_STORED_TYPE = 200
_MAIN_PARTS = {
    b"word/document": Format.DOCX,
    b"ppt/presentation": Format.PPTX,
    b"xl/workbook.xml": Format.XLSX,
    b"META-INF/container.xml": Format.EPUB,
}
_BLANK_LINE = re.compile(r"\r?\n\r?\n")
_MAIL_HEADER = re.compile(
    r"(?:>?From [^\n]*\n)?(?:[A-Za-z][\w-]{1,75}:[^\n]*(?:\n[ \t]+\S[^\n]*)*+(?:\n|\Z))++"
)
_MAIL_FIELD = re.compile(r"^([A-Za-z][\w-]*)[ \t]*:", re.MULTILINE)
_WRITTEN_BY_PEOPLE = {"from", "to", "cc", "subject", "date"}
_WRITTEN_BY_PROGRAMS = {
    "message-id", "mime-version", "received", "return-path", "delivered-to", "dkim-signature",
}  # fmt: skip
_SAMPLE_BYTES = 64 * 1024
_FEW_CONTROLS = 3
# Possessive and bounded where a hostile sample could make the matcher go back and forth.
_COMMENTS = r"(?:<!--(?>.*?-->)\s*)*+"
_PROLOG = r"\s*+(?:<\?xml[^>]*>\s*)?" + _COMMENTS
_HTML_DOCUMENT = re.compile(
    _PROLOG + r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_HTML_FRAGMENT = re.compile(
    _PROLOG + r"<(?:article|main|section|div|p|h[1-6]|table|ul|ol|span|title|meta)\b",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>", re.IGNORECASE)
_CLOSING_TAG = re.compile(r"</(?:article|main|section|div|p|h[1-6]|table|ul|ol)\s*>", re.IGNORECASE)
_XML = re.compile(
    r"\s*+" + _COMMENTS + r"<(?:\?xml|!doctype|svg|rss|feed)\b", re.IGNORECASE | re.DOTALL
)
_JSON_RECORDS = re.compile(r'\s*(?:\[\s*)?\{\s*["}]|\s*\[\s*\]\s*\Z')
_JSON_START = re.compile(r"\s*[\[{]")
_FRONT_MATTER = re.compile(r"\s*---[ \t]*\r?\n(?:[\w-]+:.*\r?\n)+(?:---|\.\.\.)[ \t]*\r?\n")
_MARKDOWN_MARKS = (
    re.compile(r"^#{1,6} \S", re.MULTILINE),
    re.compile(r"^(?:```|~~~)", re.MULTILINE),
    re.compile(r"(?<!\w)\*\*\S[^*\n]*\*\*(?!\w)"),
    re.compile(r"\[[^\[\]\n]{1,200}\]\((?:https?:|/|#|\.)[^()\n]{0,500}\)"),
    re.compile(r"^\|.*\|\r?\n\|[ :|-]+\|", re.MULTILINE),
)
_CONTROL = re.compile("[\x00-\x06\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f\ufffd]")


def sniff(
    data: bytes,
    *,
    name: str,
    media_type: str | None = None,
    columns: Columns | None = None,
    pictures: bool = False,
) -> Format:
    """Return the format of `data`; with `pictures`, one of text is a scan.

    Raises: UnsupportedFormat, which names what the file is and what to do with it;
        ProtectedDocument for an Office document that is encrypted as a whole.
    """
    hint = _hint(name, media_type)
    if pictures and is_picture(data):
        return Format.SCAN
    if binary := _sniff_binary(data, name=name, hint=hint):
        return binary
    sample = decode(data[:_SAMPLE_BYTES])
    if _is_message(sample, hint):
        return Format.EML
    if len(_CONTROL.findall(sample)) > max(_FEW_CONTROLS, 0.02 * len(sample)):
        raise _unsupported(name, Kind("binary data of an unknown kind", "convert it to text"))
    return _sniff_text(sample, name=name, hint=hint, columns=columns or Columns())


def _hint(name: str, media_type: str | None) -> Format | None:
    suffix = PurePath(name).suffix.lower()
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    return _MEDIA_TYPES.get((media_type or "").partition(";")[0].strip().lower())


def _sniff_binary(data: bytes, *, name: str, hint: Format | None) -> Format | None:
    start = data[:1024]
    if re.match(rb"(?:\xef\xbb\xbf)?[\s\x00]*%PDF-", start):
        return Format.PDF
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _sniff_archive(data, name=name)
    if data.startswith(b"{\\rtf"):
        return Format.RTF
    if kind := recognise(data):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise ProtectedDocument(
                f"{name} is protected by a password; remove the password and add it again"
            )
        raise _unsupported(name, kind)
    # The standard lets a PDF begin after some foreign bytes; a text may speak of "%PDF-".
    if b"%PDF-" in start and (hint is Format.PDF or b"\x00" in start):
        return Format.PDF
    return None


def _sniff_archive(data: bytes, *, name: str) -> Format:
    """Return the format of a zip archive from its stored type, or the name of its main part.

    The directory at the end names the entries of the archive itself, so of all main parts,
    which those of documents embedded in it may be, the last one counts.
    """
    for mark, found in _STORED_TYPES:
        if data[:_LONGEST_STORED_TYPE].find(mark) > 0:
            return found
    mark = max(_MAIN_PARTS, key=data.rfind)
    if mark in data:
        return _MAIN_PARTS[mark]
    raise _unsupported(name, recognise_archive(data))


def _sniff_text(sample: str, *, name: str, hint: Format | None, columns: Columns) -> Format:
    if _is_html(sample, hint):
        return Format.HTML
    if _XML.match(sample):
        raise _unsupported(name, Kind("an XML file", "convert it to HTML or plain text"))
    if _JSON_RECORDS.match(sample) or (hint is Format.JSON_LINES and _JSON_START.match(sample)):
        return Format.JSON_LINES
    if hint is Format.CSV or sniff_delimiter(sample, columns=columns) is not None:
        return Format.CSV
    if hint is Format.MARKDOWN or _FRONT_MATTER.match(sample):
        return Format.MARKDOWN
    if _may_be_markdown(name) and _has_markdown_marks(sample):
        return Format.MARKDOWN
    return Format.TEXT


def _is_message(sample: str, hint: Format | None) -> bool:
    """Tell whether a text begins with the header of an e-mail.

    A note that begins "From: … Subject: …" is no e-mail unless its name says so: programs
    that send e-mails also write lines which nobody types.
    """
    header = _BLANK_LINE.split(sample, maxsplit=1)[0]
    fields = {field.lower() for field in _MAIL_FIELD.findall(header)}
    if len(fields & _WRITTEN_BY_PEOPLE) < 2:
        return False
    return hint is Format.EML or (
        not fields.isdisjoint(_WRITTEN_BY_PROGRAMS) and _MAIL_HEADER.fullmatch(header) is not None
    )


def _is_html(sample: str, hint: Format | None) -> bool:
    if _HTML_DOCUMENT.match(sample):
        return True
    if hint is Format.HTML:
        return _TAG.search(sample) is not None
    # Markdown may begin with a piece of HTML, so only its own suffix keeps it Markdown.
    return (
        hint is not Format.MARKDOWN
        and _HTML_FRAGMENT.match(sample) is not None
        and len(_CLOSING_TAG.findall(sample)) >= 2
    )


def _may_be_markdown(name: str) -> bool:
    """Keep source code, whose comments look like headings, from being read as Markdown."""
    return PurePath(name).suffix.lower() in {"", ".txt", ".text"}


def _has_markdown_marks(sample: str) -> bool:
    headings, *others = (len(mark.findall(sample)) for mark in _MARKDOWN_MARKS)
    return headings >= 2 or (headings == 1 and any(others))


def _unsupported(name: str, kind: Kind) -> UnsupportedFormat:
    return UnsupportedFormat(f"{name} is {kind.name}, which cannot be read: {kind.remedy}")
