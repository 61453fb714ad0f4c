"""What lists documents, a sitemap or a feed: its links, read in a confined process."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any, Literal

from documents.errors import UnreadableDocument
from documents.feeds.address import Address
from documents.isolation import Sandbox
from documents.limits import MIB, Limits

Kind = Literal["sitemap", "feed"]

_MEDIA_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml")
_ROOTS = (b"<urlset", b"<sitemapindex", b"<rss", b"<feed", b"<rdf:rdf")
_HEAD = 4096
_GZIP = b"\x1f\x8b"
_LIMITS = Limits(memory_bytes=512 * MIB, cpu_seconds=10, wall_seconds=20.0)


@dataclass(frozen=True, slots=True)
class Link:
    """A document that is listed, and what the list says of it.

    `modified_at` is when it was changed last; a mere day counts as its end.
    """

    address: str
    title: str | None = None
    published_at: date | None = None
    modified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What a sitemap or a feed holds: links to documents, and to further sitemaps."""

    kind: Kind
    links: tuple[Link, ...]
    sitemaps: tuple[Link, ...] = ()


def is_listing(data: bytes, media_type: str) -> bool:
    """Tell whether what was fetched is a sitemap or a feed rather than a document."""
    if media_type.partition(";")[0].strip().lower() in _MEDIA_TYPES:
        return True
    head = data[:_HEAD].lower()
    is_xml = b"<html" not in head and any(root in head for root in _ROOTS)
    return is_xml or data.startswith(_GZIP)


def read_listing(data: bytes, *, address: Address) -> Listing:
    """Return what the sitemap or feed `data`, fetched at `address`, lists; gzipped or not.

    Raises:
        UnreadableDocument: it is neither, or damaged.
        DocumentTooLarge: it unpacks to more than is read, or takes too long.
    """
    reply: dict[str, Any] = json.loads(_sandbox().call(data, name=str(address), limits=_LIMITS))
    if "error" in reply:
        raise UnreadableDocument(f"{address} is no sitemap and no feed: {reply['error']}.")
    return Listing(
        reply["kind"],
        tuple(_link(fields) for fields in reply["links"]),
        tuple(_link(fields) for fields in reply["sitemaps"]),
    )


def resolved(link: Link, *, base: Address) -> Link:
    """Return `link` with its whole address; raises ForbiddenAddress as `Address.join`."""
    return replace(link, address=str(base.join(link.address)))


@cache
def _sandbox() -> Sandbox:
    """Return the process of this service that reads listings, started at its first use."""
    return Sandbox(target="documents.feeds.listing_parser:prepare", parallel=2)


def _link(fields: Mapping[str, Any]) -> Link:
    published, modified = fields["published_at"], fields["modified_at"]
    return Link(
        fields["address"],
        fields["title"],
        date.fromisoformat(published) if published else None,
        datetime.fromisoformat(modified) if modified else None,
    )
