"""RSS (0.9 to 2.0, RDF among them) and Atom: of each entry its link, title and dates [1] [2].

Elements are found by their local names, for feeds in the wild mix namespaces. The text of an
entry is not read: the page that it links to is what can be quoted.

[1] RSS 2.0, https://www.rssboard.org/rss-specification
[2] RFC 4287, Atom, https://www.rfc-editor.org/rfc/rfc4287
"""

from collections.abc import Iterator
from functools import reduce
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from documents.feeds.listing import Link, Listing
from documents.feeds.moments import day_of, moment_of

_Element = Any  # an lxml element
_ATOM = "{http://www.w3.org/2005/Atom}"
_BASE = "{http://www.w3.org/XML/1998/namespace}base"


def read_feed(root: _Element) -> Listing | None:
    """Return what the feed `root` lists, None where it is none."""
    match etree.QName(root).localname.lower():
        case "rss" | "rdf":
            return Listing("feed", tuple(_items(root)))
        case "feed":
            return Listing("feed", tuple(_entries(root)))
    return None


def _items(root: _Element) -> Iterator[Link]:
    for item in root.iter("{*}item"):
        address = _text(item, "link") or _permanent(item) or _href(item)
        if address:
            published = _text(item, "pubDate") or _text(item, "date")
            modified = item.findtext(f"{_ATOM}updated") or _text(item, "modified")
            yield Link(address, _text(item, "title"), day_of(published), moment_of(modified))


def _entries(root: _Element) -> Iterator[Link]:
    for entry in root.iterchildren("{*}entry"):
        if address := _href(entry):
            published, updated = _text(entry, "published"), _text(entry, "updated")
            day = day_of(published or updated)
            yield Link(address, _text(entry, "title"), day, moment_of(updated))


def _permanent(item: _Element) -> str | None:
    """Return the identifier of an item where it is an address, which it is unless it says not."""
    guid = item.find("{*}guid")
    if guid is None or guid.get("isPermaLink", "true").lower() != "true":
        return None
    return (guid.text or "").strip() or None


def _href(entry: _Element) -> str | None:
    """Return the address of the first link that leads to the entry itself."""
    for link in entry.iterchildren("{*}link"):
        if link.get("rel", "alternate") == "alternate" and link.get("href"):
            return _whole(link, link.get("href").strip())
    return None


def _whole(link: _Element, href: str) -> str:
    """Return `href` after the nearest ``xml:base`` that is an address, where there is one."""
    bases = (element.get(_BASE) for element in (link, *link.iterancestors()))
    try:
        return reduce(lambda whole, base: urljoin(base, whole), filter(None, bases), href)
    except ValueError:
        return href


def _text(entry: _Element, name: str) -> str | None:
    """Return the text of the first child of this name that has some."""
    for child in entry.iterchildren("{*}" + name):
        if text := "".join(child.itertext()).strip():
            return str(text)
    return None
