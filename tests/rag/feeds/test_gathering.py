"""What stands at an address comes in once, under its own name, and again only where it changed."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from documents.errors import SiteUnavailable, UnreadableDocument
from documents.job_records import JobItem
from rag.service import Sourcier
from tests.documents.feeds.web_server import Exchange, WebServer, moved, page

Gather = Callable[..., list[JobItem]]

LIGHTHOUSE = (
    "Le phare de Kerbrat a rouvert samedi après trois ans de travaux. Le chantier a coûté "
    "2,4 millions d’euros, dont la moitié a été payée par la région. La mairie attend "
    "30 000 visiteurs par an."
)
MILL = (
    "The mill of Oakley will grind flour again from September. Two carpenters spent a winter "
    "on its sails, which a storm had torn off in 1987. The village paid for the timber."
)


def article(text: str, *, title: str = "Le phare rouvre", head: str = "", lang: str = "fr") -> str:
    return (
        f'<html lang="{lang}"><head><title>{title}</title>{head}</head><body><nav>Menu</nav>'
        f"<article><h1>{title}</h1><p>{text}</p></article></body></html>"
    )


def feed(web: WebServer, *paths: str, date: str = "Sat, 26 Jul 2025 08:00:00 +0200") -> str:
    items = "".join(
        f"<item><title>Titre</title><link>{web.url}{path}</link><pubDate>{date}</pubDate></item>"
        for path in paths
    )
    return f"<rss version='2.0'><channel>{items}</channel></rss>"


def versioned(web: WebServer, path: str, body: str, kind: str = "text/html") -> None:
    """Serve `body` with an ETag of its own, and only to those who do not have it."""
    tag = f'"{hash(body)}"'

    def script(exchange: Exchange) -> None:
        if exchange.headers.get("if-none-match") == tag:
            exchange.reply(status=304)
        else:
            exchange.reply(body, kind=kind, ETag=tag)

    web.pages[path] = script


def outcomes(items: list[JobItem]) -> list[str]:
    return [item.outcome for item in items]


def test_a_page_comes_in_under_its_canonical_address(
    gather: Gather, web: WebServer, sourcier: Sourcier
) -> None:
    head = f'<link rel="canonical" href="{web.url}/phare"><base href="{web.url}/">'
    head += '<meta property="article:published_time" content="2025-07-26T08:00:00+02:00">'
    web.pages["/a"] = page(article(LIGHTHOUSE, head=head))

    [item] = gather("/a?utm_source=lettre")

    assert item.outcome == "added"
    assert item.document_id is not None
    document = sourcier.document(item.document_id)
    assert document.url == document.source == f"{web.url}/phare"
    assert document.published_at == date(2025, 7, 26)
    assert document.title == "Le phare rouvre"
    assert document.language == "fr"
    assert "2,4 millions" in document.text


def test_a_page_may_not_take_the_place_of_another_sites(
    gather: Gather, web: WebServer, sourcier: Sourcier
) -> None:
    head = '<link rel="canonical" href="https://autre.example/phare">'
    web.pages["/a"] = page(article(LIGHTHOUSE, head=head))

    [item] = gather("/a")

    document = sourcier.document(item.document_id or "")
    assert document.url == document.source == f"{web.url}/a"


@pytest.mark.parametrize(
    "head", ['<base href="/accueil">', '<link rel="alternate" hreflang="x-default" href="/en">']
)
def test_what_all_pages_of_a_site_share_is_no_address_of_one(
    gather: Gather, web: WebServer, sourcier: Sourcier, head: str
) -> None:
    web.pages["/a"] = page(article(LIGHTHOUSE, head=head.replace('href="', f'href="{web.url}')))

    [item] = gather("/a")

    assert sourcier.document(item.document_id or "").source == f"{web.url}/a"


def test_a_page_that_moved_is_known_by_where_it_is(
    gather: Gather, web: WebServer, sourcier: Sourcier
) -> None:
    web.pages["/vieux"] = moved("/neuf", status=301)
    web.pages["/neuf"] = page(article(LIGHTHOUSE))

    [item] = gather("/vieux")

    assert sourcier.document(item.document_id or "").source == f"{web.url}/neuf"


def test_what_has_not_changed_is_not_sent_again(gather: Gather, web: WebServer) -> None:
    versioned(web, "/a", article(LIGHTHOUSE))
    [first] = gather("/a")
    [second] = gather("/a")
    versioned(web, "/a", article(MILL, lang="en"))
    [third] = gather("/a")

    assert outcomes([first, second, third]) == ["added", "unchanged", "replaced"]
    assert first.document_id == second.document_id == third.document_id
    assert "if-none-match" in web.asked[-1].headers


def test_what_was_deleted_meanwhile_comes_in_again(
    gather: Gather, web: WebServer, sourcier: Sourcier
) -> None:
    versioned(web, "/a", article(LIGHTHOUSE))
    [first] = gather("/a")
    sourcier.delete_document(first.document_id or "")

    [again] = gather("/a")

    assert again.outcome == "added"


def test_what_one_collection_has_the_other_has_not(
    gather: Gather, web: WebServer, sourcier: Sourcier, collection: str
) -> None:
    versioned(web, "/a", article(LIGHTHOUSE))
    gather("/a")
    sourcier.delete_collection(collection)
    sourcier.create_collection(collection)

    assert outcomes(gather("/a")) == ["added"]


def test_a_feed_brings_its_entries_with_their_dates(
    gather: Gather, web: WebServer, sourcier: Sourcier
) -> None:
    web.pages["/flux"] = page(feed(web, "/phare", "/moulin", "/phare"), "application/rss+xml")
    web.pages["/phare"] = page(article(LIGHTHOUSE))
    web.pages["/moulin"] = page(article(MILL, title="The mill", lang="en"))

    items = gather("/flux")

    assert [(item.name, item.outcome) for item in items] == [
        (f"{web.url}/phare", "added"),
        (f"{web.url}/moulin", "added"),
    ]
    for item in items:
        assert sourcier.document(item.document_id or "").published_at == date(2025, 7, 26)


def test_a_feed_that_has_not_changed_costs_one_request(gather: Gather, web: WebServer) -> None:
    versioned(web, "/flux", feed(web, "/phare"), "application/rss+xml")
    web.pages["/phare"] = page(article(LIGHTHOUSE))
    gather("/flux")
    web.asked.clear()

    assert outcomes(gather("/flux")) == ["unchanged"]
    assert web.paths() == ["/robots.txt", "/flux"]


def test_a_feed_of_which_something_failed_is_read_again(gather: Gather, web: WebServer) -> None:
    versioned(web, "/flux", feed(web, "/phare", "/moulin"), "application/rss+xml")
    web.pages["/phare"] = page(article(LIGHTHOUSE))
    assert outcomes(gather("/flux")) == ["added", "refused"]

    web.pages["/moulin"] = page(article(MILL, lang="en"))

    assert outcomes(gather("/flux")) == ["unchanged", "added"]


def test_only_so_many_entries_are_taken(gather: Gather, web: WebServer) -> None:
    versioned(web, "/flux", feed(web, "/phare", "/moulin"), "application/rss+xml")
    web.pages["/phare"] = page(article(LIGHTHOUSE))
    web.pages["/moulin"] = page(article(MILL, lang="en"))

    assert outcomes(gather("/flux", most=1)) == ["added"]
    assert outcomes(gather("/flux")) == ["unchanged", "added"]


def test_what_was_done_before_an_interruption_is_not_done_again(
    gather: Gather, web: WebServer
) -> None:
    web.pages["/flux"] = page(feed(web, "/phare", "/moulin"), "application/rss+xml")
    web.pages["/moulin"] = page(article(MILL, lang="en"))

    [item] = gather("/flux", finished=[f"{web.url}/phare"])

    assert item.key == f"{web.url}/moulin"
    assert "/phare" not in web.paths()


def sitemap(*entries: tuple[str, str | None]) -> str:
    urls = "".join(
        f"<url><loc>{address}</loc>{f'<lastmod>{moment}</lastmod>' if moment else ''}</url>"
        for address, moment in entries
    )
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'


def test_a_sitemap_brings_its_own_site_the_newest_first(gather: Gather, web: WebServer) -> None:
    web.pages["/plan.xml"] = page(
        sitemap(
            (f"{web.url}/phare", "2024-01-01"),
            ("https://autre.example/x", "2025-07-01"),
            (f"{web.url}/moulin", "2025-06-01"),
        ),
        "application/xml",
    )
    web.pages["/phare"] = page(article(LIGHTHOUSE))
    web.pages["/moulin"] = page(article(MILL, lang="en"))

    items = gather("/plan.xml")

    assert [item.name for item in items] == [f"{web.url}/moulin", f"{web.url}/phare"]


def test_what_a_sitemap_says_is_unchanged_is_not_asked_for(gather: Gather, web: WebServer) -> None:
    now = datetime.now(UTC)
    web.pages["/plan.xml"] = page(
        sitemap((f"{web.url}/phare", (now - timedelta(days=1)).isoformat())), "application/xml"
    )
    web.pages["/phare"] = page(article(LIGHTHOUSE))
    gather("/plan.xml")
    web.asked.clear()

    assert outcomes(gather("/plan.xml")) == ["unchanged"]
    assert "/phare" not in web.paths()

    later = (now + timedelta(days=1)).isoformat()
    web.pages["/plan.xml"] = page(sitemap((f"{web.url}/phare", later)), "application/xml")
    gather("/plan.xml")
    assert "/phare" in web.paths()


def test_a_site_is_gone_through_by_the_sitemap_that_its_robots_names(
    gather: Gather, web: WebServer
) -> None:
    web.pages["/robots.txt"] = page(
        "Sitemap: /index.xml\nUser-agent: *\nDisallow: /prive", "text/plain"
    )
    index = "".join(f"<sitemap><loc>{web.url}/{name}.xml</loc></sitemap>" for name in "ab")
    web.pages["/index.xml"] = page(f"<sitemapindex>{index}</sitemapindex>", "text/xml")
    web.pages["/a.xml"] = page(sitemap((f"{web.url}/phare", None)), "text/xml")
    web.pages["/b.xml"] = page(sitemap((f"{web.url}/prive", None)), "text/xml")
    web.pages["/phare"] = page(article(LIGHTHOUSE))
    web.pages["/prive"] = page(article(MILL, lang="en"))

    items = gather("/", kind="sitemap")

    assert outcomes(items) == ["added", "refused"]
    assert items[1].problem is not None
    assert items[1].problem.error == "DisallowedByRobots"
    assert "/prive" not in web.paths()


def test_what_is_said_to_be_a_list_and_is_none_fails(gather: Gather, web: WebServer) -> None:
    web.pages["/a"] = page(article(LIGHTHOUSE))

    with pytest.raises(UnreadableDocument, match="no sitemap and no feed"):
        gather("/a", kind="feed")


def test_what_cannot_be_read_is_refused_and_the_rest_comes_in(
    gather: Gather, web: WebServer
) -> None:
    web.pages["/flux"] = page(
        feed(web, "/image", "/vide", "/absent", "/phare"), "application/rss+xml"
    )
    web.pages["/image"] = page(b"\x89PNG", "image/png")
    web.pages["/vide"] = page("<html><body></body></html>")
    web.pages["/phare"] = page(article(LIGHTHOUSE))

    items = gather("/flux")

    assert outcomes(items) == ["refused", "refused", "refused", "added"]
    assert [item.problem.error for item in items if item.problem] == [
        "FetchError",
        "EmptyDocument",
        "FetchError",
    ]


def test_a_site_that_fails_five_times_in_a_row_is_left_alone(
    gather: Gather, web: WebServer
) -> None:
    paths = [f"/{number}" for number in range(9)]
    web.pages["/flux"] = page(feed(web, *paths), "application/rss+xml")
    for path in paths:
        web.pages[path] = lambda exchange: exchange.reply(status=503)

    with pytest.raises(SiteUnavailable, match="status 503"):
        gather("/flux")
    assert web.paths().count("/4") == 1
    assert "/5" not in web.paths()


def test_a_table_comes_in_row_by_row(gather: Gather, web: WebServer, sourcier: Sourcier) -> None:
    rows = "id,title,text\n1,Phare,Le phare de Kerbrat a été bâti en 1887.\n2,Moulin,\n"
    web.pages["/textes.csv"] = page(rows, "text/csv")

    items = gather("/textes.csv")

    assert outcomes(items) == ["added", "refused"]
    assert sourcier.document(items[0].document_id or "").source == f"{web.url}/textes.csv#1"
    assert len({item.key for item in items}) == 2


def test_a_pdf_or_a_text_comes_in_by_its_name(gather: Gather, web: WebServer) -> None:
    web.pages["/notes/phare.md"] = page(f"# Le phare\n\n{LIGHTHOUSE}\n", "text/plain")

    [item] = gather("/notes/phare.md")

    assert item.outcome == "added"
