"""Carry a source to the parser process and what it holds back, as JSON: never as pickle.

A request is one line of JSON and then the file's bytes. A reply is one line of JSON per
extraction or problem; a problem that is no `InvalidRecord` ends it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any, Final

from documents.errors import (
    DocumentError,
    DocumentTooLarge,
    EmptyDocument,
    InvalidRecord,
    ProtectedDocument,
    ScannedDocument,
    UnreadableDocument,
    UnsupportedFormat,
)
from documents.extraction import Block, Extraction
from documents.limits import Limits
from documents.sniffing import Format
from documents.source import Source
from documents.tabular import Columns

_ERRORS: Final[dict[str, type[DocumentError]]] = {
    error.__name__: error
    for error in (
        DocumentTooLarge,
        EmptyDocument,
        ProtectedDocument,
        ScannedDocument,
        UnreadableDocument,
        UnsupportedFormat,
    )
}


def pack_source(source: Source) -> bytes:
    """Return `source` as a request."""
    head = {
        "name": source.name,
        "format": source.format,
        "charset": source.charset,
        "columns": asdict(source.columns),
        "limits": asdict(source.limits),
    }
    return _pack(head) + source.data


def unpack_source(request: bytes) -> Source:
    """Return the source that `request` carries."""
    head, _, data = request.partition(b"\n")
    fields: dict[str, Any] = json.loads(head.decode("utf-8", "surrogatepass"))
    return Source(
        data=data,
        name=fields["name"],
        format=Format(fields["format"]),
        charset=fields["charset"],
        columns=Columns(**fields["columns"]),
        limits=Limits(**fields["limits"]),
    )


def pack_outcome(outcome: Extraction | DocumentError) -> bytes:
    """Return an extraction, or a problem, as a line of a reply."""
    if isinstance(outcome, InvalidRecord):
        return _pack({"problem": str(outcome), "key": outcome.key})
    if isinstance(outcome, DocumentError):
        return _pack({"error": type(outcome).__name__, "message": str(outcome)})
    fields = {
        "blocks": [(block.text, block.heading_level, block.page) for block in outcome.blocks],
        "title": outcome.title,
        "url": outcome.url,
        "published_at": outcome.published_at.isoformat() if outcome.published_at else None,
        "language": outcome.language,
        "metadata": dict(outcome.metadata),
        "key": outcome.key,
    }
    return _pack(fields)


def unpack_reply(reply: bytes) -> Iterator[Extraction | InvalidRecord]:
    """Yield what the lines of `reply` hold.

    Raises: the error that ended the reading of the file.
    """
    for line in reply.splitlines():
        fields: dict[str, Any] = json.loads(line.decode("utf-8", "surrogatepass"))
        if "error" in fields:
            raise _ERRORS[fields["error"]](fields["message"])
        if "problem" in fields:
            yield InvalidRecord(fields["problem"], key=fields["key"])
        else:
            yield _unpack_extraction(fields)


def _unpack_extraction(fields: dict[str, Any]) -> Extraction:
    published_at = fields.pop("published_at")
    blocks = tuple(Block(*block) for block in fields.pop("blocks"))
    return Extraction(
        blocks=blocks,
        published_at=date.fromisoformat(published_at) if published_at else None,
        **fields,
    )


def _pack(fields: Mapping[str, object]) -> bytes:
    # Lone surrogates are legal in JSON strings and must not break the way back.
    return json.dumps(fields, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"
