"""What a fetched page is known as: its canonical address, without what only counts visitors."""

from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

from documents.errors import ForbiddenAddress
from documents.feeds.address import Address

_COUNTERS = frozenset(
    {
        *("fbclid", "gclid", "dclid", "msclkid", "igshid", "mc_cid", "mc_eid"),
        *("xtor", "at_medium", "at_campaign", "at_custom1", "cmpid", "ns_campaign", "ns_mchannel"),
    }
)


def known_as(address: Address, canonical: str | None) -> Address:
    """Return the address that the page at `address` is known as.

    That is what it says itself (`canonical`), but only where it is of the same site: a page may
    not take the place of another site's. Nor is every page the front page that it names.
    """
    if canonical:
        try:
            said = address.join(canonical)
        except ForbiddenAddress:
            return without_counters(address)
        same_site = said.site == address.site and said.port in (address.port, 80, 443)
        if same_site and (said.target != "/" or address.target == "/"):
            return said
    return without_counters(address)


def without_counters(address: Address) -> Address:
    """Return `address` without the parameters that tell where a visitor came from."""
    path, mark, query = address.target.partition("?")
    if not mark:
        return address
    kept = [
        (name, value)
        for name, value in parse_qsl(query, keep_blank_values=True)
        if not name.lower().startswith("utm_") and name.lower() not in _COUNTERS
    ]
    if len(kept) == len(parse_qsl(query, keep_blank_values=True)):
        return address
    return replace(address, target=f"{path}?{urlencode(kept)}" if kept else path)


def file_name(address: Address) -> str:
    """Return the last step of the path, which may tell what kind of document it is."""
    return address.target.partition("?")[0].rpartition("/")[2][-255:] or "page"
