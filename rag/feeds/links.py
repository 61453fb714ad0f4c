"""Which documents a sitemap or a feed leads to: the newest first, each once, of its own site."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

from documents.errors import DocumentError, ForbiddenAddress
from documents.feeds.address import Address
from documents.feeds.fetched import Fetched
from documents.feeds.listing import Link, Listing, read_listing, resolved
from documents.feeds.page import without_counters

Fetch = Callable[[Address], Fetched | None]

_MOST_SITEMAPS = 50  # of an index
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


def links_of(listing: Listing, address: Address, *, fetch: Fetch, most: int) -> Iterator[Link]:
    """Yield the first `most` links of what was found at `address`, and of what it leads on to.

    A feed is in its own order; a sitemap, which has none, goes by what was changed last, and may
    list only its own site. A sitemap of an index that cannot be read is passed over.
    """
    seen: set[str] = set()
    for link, base in _all(listing, address, fetch):
        try:
            whole = resolved(link, base=base)
            target = Address.parse(whole.address)
        except ForbiddenAddress:
            continue
        if listing.kind == "sitemap" and target.site != address.site:
            continue
        if (key := str(without_counters(target))) not in seen:
            seen.add(key)
            yield whole
            if len(seen) == most:
                return


def _all(listing: Listing, address: Address, fetch: Fetch) -> Iterator[tuple[Link, Address]]:
    newest = _newest_first(listing.links) if listing.kind == "sitemap" else listing.links
    yield from ((link, address) for link in newest)
    for sitemap in _newest_first(listing.sitemaps)[:_MOST_SITEMAPS]:
        try:
            place = address.join(sitemap.address)
            fetched = fetch(place) if place.site == address.site else None
            below = read_listing(fetched.data, address=fetched.address) if fetched else None
        except DocumentError:
            continue
        if below is not None:
            yield from ((link, place) for link in _newest_first(below.links))


def _newest_first(links: Iterable[Link]) -> list[Link]:
    return sorted(links, key=lambda link: link.modified_at or _LONG_AGO, reverse=True)
