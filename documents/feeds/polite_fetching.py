"""Fetch as the sites wish: what their robots.txt allows, one at a time, with pauses between.

[1] RFC 9309, section 2.3.1, https://www.rfc-editor.org/rfc/rfc9309#section-2.3.1
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from documents.encodings import decode
from documents.errors import DisallowedByRobots, DocumentTooLarge, FetchError, SiteUnavailable
from documents.feeds.address import Address
from documents.feeds.fetched import UNKNOWN, Fetched, Validators
from documents.feeds.fetching import Fetcher
from documents.feeds.robots import EVERYTHING, NOTHING, Robots
from documents.limits import MIB

_PAUSE = 0.5  # seconds between two requests to one host that asks for nothing
_LONGEST_PAUSE = 30.0  # a site that wants longer ones gets these
_ROBOTS_BYTES = 1 * MIB


class PoliteFetcher:
    """One visit to some sites by one thread; each robots.txt is read once."""

    def __init__(
        self,
        fetcher: Fetcher,
        *,
        pause: float = _PAUSE,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetcher = fetcher
        self._pause = pause
        self._sleep = sleep
        self._clock = clock
        self._robots: dict[str, Robots] = {}
        self._free_at: dict[str, float] = {}

    def fetch(self, address: Address, *, known: Validators = UNKNOWN) -> Fetched | None:
        """Return what stands at `address`, as `Fetcher.fetch` does, when its turn has come.

        Raises:
            DisallowedByRobots: its robots.txt, or that of where it is redirected, forbids it.
            FetchError, DocumentTooLarge: as `Fetcher.fetch`.
        """
        return self._fetcher.fetch(address, known=known, check=self._turn)

    def sitemaps(self, address: Address) -> Sequence[Address]:
        """Return the sitemaps that the site of `address` names, or where they usually are."""
        named = self._robots_of(address).sitemaps
        return [address.join(one) for one in named] or [address.join("/sitemap.xml")]

    def _turn(self, address: Address) -> None:
        """Wait until `address` may be fetched, or refuse it."""
        robots = self._robots_of(address)
        if not robots.allows(address.target):
            raise DisallowedByRobots(
                f"{address.origin}/robots.txt keeps programs away from {address.target[:200]}, or "
                "could not be read."
            )
        now = self._clock()
        free_at = self._free_at.get(address.host, now)
        pause = min(max(robots.delay, self._pause), _LONGEST_PAUSE)
        self._free_at[address.host] = max(now, free_at) + pause
        if free_at > now:
            self._sleep(free_at - now)

    def _robots_of(self, address: Address) -> Robots:
        known = self._robots.get(address.origin)
        if known is None:
            known = self._robots[address.origin] = self._read_robots(address)
        return known

    def _read_robots(self, address: Address) -> Robots:
        limits = replace(self._fetcher.limits, most_bytes=_ROBOTS_BYTES)
        fetcher = replace(self._fetcher, limits=limits)
        try:
            fetched = fetcher.fetch(address.join("/robots.txt"))
        except (DocumentTooLarge, SiteUnavailable):
            return NOTHING  # a site that is ill or overrun is left alone [1]
        except FetchError as error:
            return EVERYTHING if error.status else NOTHING
        text = decode(fetched.data) if fetched else ""
        return Robots.parse(text, agent=self._fetcher.agent.partition("/")[0])
