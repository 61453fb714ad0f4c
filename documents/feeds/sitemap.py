"""Sitemaps and indexes of sitemaps, with the dates of news [1] [2].

[1] Sitemaps XML format, https://www.sitemaps.org/protocol.html
[2] News sitemaps, https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
"""

from collections.abc import Iterator
from typing import Any

from lxml import etree

from documents.feeds.listing import Link, Listing
from documents.feeds.moments import day_of, moment_of

_Element = Any  # an lxml element


def read_sitemap(root: _Element) -> Listing | None:
    """Return what the sitemap `root` lists, None where it is none."""
    match etree.QName(root).localname:
        case "urlset":
            return Listing("sitemap", tuple(_links(root, "url")))
        case "sitemapindex":
            return Listing("sitemap", (), tuple(_links(root, "sitemap")))
    return None


def _links(root: _Element, name: str) -> Iterator[Link]:
    for entry in root.iterchildren("{*}" + name):
        if address := (entry.findtext("{*}loc") or "").strip():
            published = entry.findtext("{*}news/{*}publication_date")
            title = entry.findtext("{*}news/{*}title")
            yield Link(address, title, day_of(published), moment_of(entry.findtext("{*}lastmod")))
