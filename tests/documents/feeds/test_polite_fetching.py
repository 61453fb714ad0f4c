"""Sites are asked as they wish to be."""

from collections.abc import Iterator
from ipaddress import ip_network

import pytest

from documents.errors import DisallowedByRobots
from documents.feeds.address_guard import AddressGuard
from documents.feeds.allowed_hosts import AllowedHosts
from documents.feeds.fetched import FetchLimits
from documents.feeds.fetching import Fetcher
from documents.feeds.guarded_transport import GuardedTransport
from documents.feeds.polite_fetching import PoliteFetcher
from tests.documents.feeds.web_server import Script, WebServer, moved, page, serving

TEXT = "text/plain"


class Clock:
    """Time that passes only while somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.waits.append(round(seconds, 3))
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def web() -> Iterator[WebServer]:
    pages: dict[str, Script] = {"/a": page("a"), "/b": page("b"), "/c": page("c")}
    with serving(pages) as server:
        yield server


@pytest.fixture
def polite(web: WebServer, clock: Clock) -> PoliteFetcher:
    fetcher = Fetcher(
        GuardedTransport(AddressGuard((ip_network("127.0.0.0/8"),))),
        AllowedHosts.parse([f"*:{web.port}"]),
        FetchLimits(seconds=5),
    )
    return PoliteFetcher(fetcher, pause=0.5, sleep=clock.sleep, clock=lambda: clock.now)


def test_robots_is_read_once_before_the_first_page(polite: PoliteFetcher, web: WebServer) -> None:
    polite.fetch(web.address("/a"))
    polite.fetch(web.address("/b"))

    assert web.paths() == ["/robots.txt", "/a", "/b"]


def test_what_robots_forbids_is_not_fetched(polite: PoliteFetcher, web: WebServer) -> None:
    web.pages["/robots.txt"] = page("User-agent: *\nDisallow: /b", TEXT)

    assert polite.fetch(web.address("/a")) is not None
    with pytest.raises(DisallowedByRobots, match=r"robots\.txt keeps programs away from /b"):
        polite.fetch(web.address("/b"))
    assert "/b" not in web.paths()


def test_a_redirection_to_what_robots_forbids_is_not_followed(
    polite: PoliteFetcher, web: WebServer
) -> None:
    web.pages["/robots.txt"] = page("User-agent: *\nDisallow: /b", TEXT)
    web.pages["/a"] = moved("/b")

    with pytest.raises(DisallowedByRobots):
        polite.fetch(web.address("/a"))
    assert "/b" not in web.paths()


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_without_a_robots_file_everything_is_allowed(
    polite: PoliteFetcher, web: WebServer, status: int
) -> None:
    web.pages["/robots.txt"] = lambda exchange: exchange.reply(status=status)

    assert polite.fetch(web.address("/a")) is not None


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_site_that_is_ill_is_left_alone(
    polite: PoliteFetcher, web: WebServer, status: int
) -> None:
    web.pages["/robots.txt"] = lambda exchange: exchange.reply(status=status)

    with pytest.raises(DisallowedByRobots, match="could not be read"):
        polite.fetch(web.address("/a"))
    assert "/a" not in web.paths()


def test_a_robots_file_may_stand_elsewhere(polite: PoliteFetcher, web: WebServer) -> None:
    web.pages["/robots.txt"] = moved("/rules")
    web.pages["/rules"] = page("User-agent: *\nDisallow: /b", TEXT)

    with pytest.raises(DisallowedByRobots):
        polite.fetch(web.address("/b"))


@pytest.mark.parametrize(("asked", "waited"), [("", 0.5), ("2", 2.0), ("0.1", 0.5), ("999", 30.0)])
def test_pauses_are_made_as_the_site_asks_within_bounds(
    polite: PoliteFetcher, web: WebServer, clock: Clock, asked: str, waited: float
) -> None:
    web.pages["/robots.txt"] = page(f"User-agent: *\nCrawl-delay: {asked}", TEXT)

    for path in ("/a", "/b", "/c"):
        polite.fetch(web.address(path))

    assert clock.waits == [waited, waited]


def test_sitemaps_are_those_that_robots_names_or_the_usual_one(
    polite: PoliteFetcher, web: WebServer
) -> None:
    assert polite.sitemaps(web.address("/a")) == [web.address("/sitemap.xml")]


def test_a_sitemap_that_robots_names_is_found(polite: PoliteFetcher, web: WebServer) -> None:
    web.pages["/robots.txt"] = page("Sitemap: /plan.xml", TEXT)

    assert polite.sitemaps(web.address("/")) == [web.address("/plan.xml")]
