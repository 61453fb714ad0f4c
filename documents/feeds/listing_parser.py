"""Read the XML of sitemaps and feeds: what the confined process of `listing` does.

A reply is one JSON object. Only that process imports this module, and lxml with it.
"""

import json
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

from documents.feeds import sitemap, syndication
from documents.feeds.listing import Link, Listing
from documents.limits import MIB
from documents.loaders.safe_xml import parse_xml
from documents.normalization import normalize

_MOST_BYTES = 50 * MIB  # of a sitemap, unpacked, as its protocol has it
_MOST_LINKS = 50_000  # and no more are read
_LONGEST_TITLE = 300


def prepare() -> Callable[[bytes], Iterator[bytes]]:
    """Return `answer`; the import of this module was the preparation."""
    return answer


def answer(request: bytes) -> Iterator[bytes]:
    """Yield what the bytes of `request` list, or why they list nothing."""
    try:
        fields = _packed(read(request))
    except (etree.XMLSyntaxError, zlib.error, ValueError) as error:
        fields = {"error": str(error)[:200] or type(error).__name__}
    yield json.dumps(fields).encode()


def read(data: bytes) -> Listing:
    """Return what `data` lists.

    Raises: ValueError, zlib.error, lxml.etree.XMLSyntaxError.
    """
    root = parse_xml(_unpacked(data).lstrip(), forgiving=True)
    if root is None:
        raise ValueError("there is no XML in it")
    for reader in (sitemap.read_sitemap, syndication.read_feed):
        if (listing := reader(root)) is not None:
            return listing
    raise ValueError(f"its root is <{etree.QName(root).localname}>")


def _unpacked(data: bytes) -> bytes:
    if not data.startswith(b"\x1f\x8b"):
        return data
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
    unpacked = unpacking.decompress(data, _MOST_BYTES)
    if unpacking.unconsumed_tail:
        raise ValueError(f"it unpacks to more than {_MOST_BYTES // MIB} MiB")
    if not unpacking.eof:
        raise ValueError("it is gzipped and ends too early")
    return unpacked


def _packed(listing: Listing) -> dict[str, Any]:
    return {
        "kind": listing.kind,
        "links": list(map(_fields, listing.links[:_MOST_LINKS])),
        "sitemaps": list(map(_fields, listing.sitemaps[:_MOST_LINKS])),
    }


def _fields(link: Link) -> dict[str, str | None]:
    title = " ".join(normalize(link.title or "").split())[:_LONGEST_TITLE]
    return {
        "address": link.address,
        "title": title or None,
        "published_at": link.published_at.isoformat() if link.published_at else None,
        "modified_at": link.modified_at.isoformat() if link.modified_at else None,
    }
