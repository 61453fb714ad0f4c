"""Read a file: bytes in, what its format says out.

The content decides what the file is. Plain text is read here; every other format is parsed
in a process of its own (`documents.isolation`), so that no file can take the service down.
Whatever is wrong with a file leaves as a `DocumentError` that says what to do.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache

from documents.dates import find_date
from documents.errors import DocumentTooLarge, EmptyDocument, InvalidRecord, ScannedDocument
from documents.extraction import Extraction
from documents.isolation import Sandbox
from documents.limits import MIB, Limits
from documents.loaders.plain_text import read_plain_text
from documents.normalization import normalize
from documents.sniffing import Format, sniff
from documents.source import Source
from documents.tabular import Columns
from documents.titles import find_title
from documents.transfer import pack_source, unpack_reply

_CHARSET = re.compile(r"charset\s*=\s*\"?([\w.:-]+)", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s<>\"]{1,2000}", re.IGNORECASE)
_LONGEST_TITLE = 300
_GRACE_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a file holds: one extraction, or one per row with the rows that had to be left out."""

    format: Format
    extractions: tuple[Extraction, ...]
    problems: tuple[InvalidRecord, ...] = ()

    @property
    def holds_rows(self) -> bool:
        """Tell whether the file holds a document per row, rather than being one."""
        return bool(self.problems) or any(each.key is not None for each in self.extractions)


def load(
    data: bytes,
    *,
    name: str,
    media_type: str | None = None,
    limits: Limits = Limits(),  # noqa: B008 - immutable
    columns: Columns = Columns(),  # noqa: B008 - immutable
) -> Loaded:
    """Return what the file `name` with the bytes `data` holds.

    `media_type` may carry a charset. `columns` names the columns of CSV and JSON Lines.

    Raises: UnsupportedFormat, EmptyDocument, ProtectedDocument, ScannedDocument,
        DocumentTooLarge, UnreadableDocument.
    """
    name = normalize(name.encode("utf-8", "replace").decode()) or "the file"
    if len(data) > limits.file_bytes:
        raise DocumentTooLarge(
            f"{name} has {len(data) / MIB:.1f} MiB, at most {limits.file_bytes / MIB:.1f} MiB are "
            "read: split it"
        )
    if not data.strip(b" \t\r\n\f\v\x00"):
        raise EmptyDocument(f"{name} is empty")
    charset = _CHARSET.search(media_type or "")
    source = Source(
        data=data,
        name=name,
        format=sniff(
            data,
            name=name,
            media_type=media_type,
            columns=columns,
            pictures=limits.scanned_pages > 0,
        ),
        charset=charset[1] if charset else None,
        columns=columns,
        limits=limits,
    )
    extractions: list[Extraction] = []
    problems: list[InvalidRecord] = []
    for outcome in _read(source):
        if isinstance(outcome, InvalidRecord):
            problems.append(InvalidRecord(str(outcome), key=_clean(outcome.key)))
        else:
            extractions.append(complete(outcome))
    return Loaded(source.format, tuple(extractions), tuple(problems))


def _read(source: Source) -> Iterable[Extraction | InvalidRecord]:
    if source.format is Format.TEXT:
        text = source.text()
        source.check_length(len(text))
        extraction = read_plain_text(text)
        source.check_text(extraction.blocks)
        return [extraction]
    if source.format is Format.SCAN:
        return _recognised(source)
    try:
        return list(_parsed(source))
    except ScannedDocument:
        if not source.limits.scanned_pages:
            raise
    return _recognised(replace(source, format=Format.SCAN))


def _recognised(source: Source) -> Iterable[Extraction | InvalidRecord]:
    """Read a scan, which takes its time; the parser itself ends what takes too long."""
    seconds = source.limits.scan_seconds + _GRACE_SECONDS
    limits = replace(source.limits, cpu_seconds=seconds, wall_seconds=seconds)
    return _parsed(replace(source, limits=limits))


def _parsed(source: Source) -> Iterable[Extraction | InvalidRecord]:
    reply = _sandbox().call(pack_source(source), name=source.name, limits=source.limits)
    return unpack_reply(reply)


@cache
def _sandbox() -> Sandbox:
    """Return the one parser process of this process, started at its first use."""
    return Sandbox()


def complete(extraction: Extraction) -> Extraction:
    """Return `extraction` with what is known of it storable, and the rest found in its text."""
    text = "\n".join(block.text for block in extraction.blocks)
    heading = next((b.text for b in extraction.blocks if b.heading_level == 1), None)
    title = _clean(extraction.title) or _clean(heading) or find_title(text)
    url = _clean(extraction.url)
    return replace(
        extraction,
        title=title[:_LONGEST_TITLE] if title else None,
        url=url if url and _ADDRESS.fullmatch(url) else None,
        published_at=extraction.published_at or find_date(text),
        metadata=_clean_metadata(extraction.metadata),
        key=_clean(extraction.key),
    )


def _clean(value: str | None) -> str | None:
    return " ".join(normalize(value).split()) if value else None


def _clean_metadata(metadata: Mapping[str, str]) -> dict[str, str]:
    cleaned = {_clean(name): normalize(value).strip() for name, value in metadata.items()}
    return {name: value for name, value in cleaned.items() if name and value}
