"""Sitemaps and feeds are read as they come, and nothing in them can do harm."""

import gzip
import json
from datetime import UTC, date, datetime

import pytest

from documents.errors import DocumentTooLarge, UnreadableDocument
from documents.feeds import listing_parser
from documents.feeds.address import Address
from documents.feeds.listing import Link, is_listing, read_listing
from documents.feeds.moments import day_of, moment_of

HERE = Address.parse("https://presse.example/flux.xml")

SITEMAP = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
        xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
  <url><loc> https://presse.example/phare </loc><lastmod>2025-07-26</lastmod>
    <news:news><news:publication_date>2025-07-25T23:30:00+02:00</news:publication_date>
    <news:title>Le phare d’Ouessant rallumé</news:title></news:news></url>
  <url><loc>https://presse.example/moulin?a=1&amp;b=2</loc>
    <lastmod>2025-07-26T08:00:00+02:00</lastmod></url>
  <url><lastmod>2025-07-26</lastmod></url>
</urlset>"""

INDEX = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://presse.example/2024.xml</loc><lastmod>2024-12-31</lastmod></sitemap>
<sitemap><loc>https://presse.example/2025.xml.gz</loc></sitemap></sitemapindex>"""

RSS = """<?xml version="1.0" encoding="ISO-8859-1"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"
     xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
  <title>Le Courrier d'Ouessant</title><link>https://presse.example/</link>
  <atom:link href="https://presse.example/flux.xml" rel="self"/>
  <item><title>Été : « le phare » rouvre à 14 h</title>
    <link>https://presse.example/ete</link>
    <pubDate>Fri, 25 Jul 2025 23:30:00 +0200</pubDate></item>
  <item><title><![CDATA[L'économie & la mer]]></title>
    <guid>https://presse.example/economie</guid><dc:date>2025-07-24</dc:date></item>
  <item><title>Sans adresse</title><guid isPermaLink="false">tag:3</guid></item>
  <item><title>Lien d'Atom</title><atom:link href="/atome"/></item>
</channel></rss>""".encode("iso-8859-1")

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://presse.example/blog/">
  <title>Blog</title><link href="/"/>
  <entry><title type="html">Le <b>phare</b></title><link rel="edit" href="x"/>
    <link href="phare" rel="alternate"/><published>2025-07-26T09:00:00Z</published>
    <updated>2025-07-27T10:30:00+02:00</updated></entry>
  <entry><title>Moulin</title><link href="https://presse.example/moulin"/>
    <updated>2025-07-20T00:00:00Z</updated></entry>
  <entry><title>Rien</title></entry>
</feed>"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
  xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
  <channel><title>x</title></channel>
  <item><title>Phare</title><link>https://presse.example/rdf</link>
  <dc:date>2025-07-26T10:00:00Z</dc:date></item></rdf:RDF>"""


def links(data: bytes | str) -> tuple[Link, ...]:
    encoded = data.encode() if isinstance(data, str) else data
    return read_listing(encoded, address=HERE).links


def test_a_sitemap_lists_pages_with_their_dates() -> None:
    assert links(SITEMAP) == (
        Link(
            "https://presse.example/phare",
            "Le phare d’Ouessant rallumé",
            date(2025, 7, 25),
            datetime(2025, 7, 26, 23, 59, 59, 999999, UTC),
        ),
        Link(
            "https://presse.example/moulin?a=1&b=2",
            modified_at=datetime(2025, 7, 26, 6, 0, tzinfo=UTC),
        ),
    )


def test_an_index_lists_sitemaps() -> None:
    listing = read_listing(INDEX.encode(), address=HERE)

    assert listing.kind == "sitemap"
    assert listing.links == ()
    assert [one.address for one in listing.sitemaps] == [
        "https://presse.example/2024.xml",
        "https://presse.example/2025.xml.gz",
    ]


def test_a_packed_sitemap_is_unpacked() -> None:
    assert links(gzip.compress(SITEMAP.encode())) == links(SITEMAP)


def test_an_rss_feed_lists_its_items_in_its_own_encoding() -> None:
    assert links(RSS) == (
        Link("https://presse.example/ete", "Été : « le phare » rouvre à 14 h", date(2025, 7, 25)),
        Link("https://presse.example/economie", "L'économie & la mer", date(2025, 7, 24)),
        Link("/atome", "Lien d'Atom"),
    )


def test_an_atom_feed_lists_its_entries() -> None:
    assert links(ATOM) == (
        Link(
            "https://presse.example/blog/phare",
            "Le phare",
            date(2025, 7, 26),
            datetime(2025, 7, 27, 8, 30, tzinfo=UTC),
        ),
        Link(
            "https://presse.example/moulin",
            "Moulin",
            date(2025, 7, 20),
            datetime(2025, 7, 20, tzinfo=UTC),
        ),
    )


def test_an_rdf_feed_lists_its_items() -> None:
    assert links(RDF) == (Link("https://presse.example/rdf", "Phare", date(2025, 7, 26)),)


def test_a_feed_that_is_not_well_formed_is_read_as_far_as_it_goes() -> None:
    broken = "<rss><channel><item><title>L&eacute;gumes & fruits</title>"
    broken += "<link>https://presse.example/a?b=1&c=2</link></item><item><link>https://x.example/"

    first, *_ = links(broken)
    assert first.address.startswith("https://presse.example/a?b=1")


@pytest.mark.parametrize(
    "data",
    [b"", b"Bonjour", b"<html><body>Le phare</body></html>", b"\x1f\x8bdamaged", b"<a/>", b"{}"],
)
def test_what_lists_nothing_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableDocument, match="is no sitemap and no feed"):
        read_listing(data, address=HERE)


def test_an_entity_is_neither_expanded_nor_fetched() -> None:
    hostile = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">
    <!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>
    <rss><channel><item><title>&b;&f;x</title><link>https://presse.example/a</link></item>
    </channel></rss>"""

    [link] = links(hostile)
    assert link.title == "&b;&f;x"


def test_a_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(b"<urlset>" + b" " * 60_000_000, compresslevel=1)

    with pytest.raises((UnreadableDocument, DocumentTooLarge), match="50 MiB"):
        read_listing(bomb, address=HERE)


def test_only_so_many_links_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing_parser, "_MOST_LINKS", 3)
    url = "<url><loc>https://presse.example/a</loc></url>"

    [reply] = map(json.loads, listing_parser.answer(f"<urlset>{url * 4}</urlset>".encode()))

    assert len(reply["links"]) == 3


@pytest.mark.parametrize(
    ("data", "media_type", "listing"),
    [
        (SITEMAP.encode(), "text/xml", True),
        (INDEX.encode(), "application/xml", True),
        (RSS, "text/html", True),
        (b"<x/>", "application/rss+xml; charset=utf-8", True),
        (gzip.compress(b"x"), "application/octet-stream", True),
        (b"<html><body>&lt;rss> <feed></body></html>", "text/html", False),
        (b"%PDF-1.7", "application/pdf", False),
        (b"Le phare", "text/plain", False),
    ],
)
def test_a_listing_is_told_from_a_document(data: bytes, media_type: str, *, listing: bool) -> None:
    assert is_listing(data, media_type) == listing


@pytest.mark.parametrize(
    ("written", "moment", "day"),
    [
        ("2025-07-26T00:30:00+02:00", datetime(2025, 7, 25, 22, 30, tzinfo=UTC), date(2025, 7, 26)),
        ("2025-07-26T10:00:00Z", datetime(2025, 7, 26, 10, tzinfo=UTC), date(2025, 7, 26)),
        ("2025-07-26T10:00", datetime(2025, 7, 26, 10, tzinfo=UTC), date(2025, 7, 26)),
        ("Sat, 26 Jul 2025 00:30:00 +0200", datetime(2025, 7, 25, 22, 30, tzinfo=UTC),
         date(2025, 7, 26)),
        ("26 Jul 2025 10:00:00 GMT", datetime(2025, 7, 26, 10, tzinfo=UTC), date(2025, 7, 26)),
        ("26 juillet 2025", None, date(2025, 7, 26)),
        ("bientôt", None, None),
        ("", None, None),
        (None, None, None),
        ("9999-99-99", None, None),
        ("a" * 100_000, None, None),
    ],
)  # fmt: skip
def test_moments_and_days_are_read_as_they_are_written(
    written: str | None, moment: datetime | None, day: date | None
) -> None:
    assert moment_of(written) == moment
    assert day_of(written) == day
