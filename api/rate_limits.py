"""How often a caller may call, counted over a moving window: in memory, or for several workers.

The headers are those that most clients read, with seconds to wait [1].

[1] RateLimit Fields for HTTP, https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-06
"""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from math import ceil
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Protocol, Self

from starlette.types import Scope

from api.shared_window import SharedWindow

if TYPE_CHECKING:
    from limits import RateLimitItem, WindowStats

# Whoever has one IPv6 address has all of its network.
_IPV6_PREFIX = 64


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a call passes; `wait` are the seconds until the oldest one counts no more."""

    passes: bool
    limit: int
    remaining: int
    wait: int

    @property
    def headers(self) -> Mapping[str, str]:
        """What the reply tells of the limit."""
        told = {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.wait),
        }
        return told if self.passes else {**told, "Retry-After": str(self.wait)}


class Window(Protocol):
    """Where calls are counted; as the package limits has it."""

    def hit(self, item: "RateLimitItem", *identifiers: str) -> bool: ...

    def get_window_stats(self, item: "RateLimitItem", *identifiers: str) -> "WindowStats": ...


class RateLimits:
    """At most so many calls a caller in any window of time; safe between threads."""

    def __init__(self, item: "RateLimitItem", window: Window) -> None:
        self._item = item
        self._window = window

    @classmethod
    def of(cls, rate: str, *, folder: Path | None = None) -> Self:
        """Return the limits that `rate` says, such as ``60/minute``.

        Workers with the same `folder` count together.
        """
        from limits import parse  # noqa: PLC0415 - a start without limits need not wait for it
        from limits.storage import MemoryStorage  # noqa: PLC0415
        from limits.strategies import MovingWindowRateLimiter  # noqa: PLC0415

        if folder is not None:
            return cls(parse(rate), SharedWindow(folder))
        return cls(parse(rate), MovingWindowRateLimiter(MemoryStorage()))

    @property
    def said(self) -> str:
        """The limit in words: ``60 per 1 minute``."""
        return str(self._item)

    def count(self, caller: str) -> Verdict:
        """Count a call of `caller` if it passes; one that does not costs nothing more."""
        passes = self._window.hit(self._item, caller)
        reset, remaining = self._window.get_window_stats(self._item, caller)
        return Verdict(passes, self._item.amount, remaining, max(1, ceil(reset - time())))


def client_network(scope: Scope) -> str:
    """Return the address that a request came from, of IPv6 the network.

    Behind a proxy it is uvicorn that finds the client's address (``FORWARDED_ALLOW_IPS``).
    """
    host: str = (scope.get("client") or ("unknown", 0))[0]  # all of a Unix socket are one
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if address.version == 4:
        return str(address)
    mapped = address.ipv4_mapped  # how an IPv4 address looks on a socket of both kinds
    return str(mapped or ip_network((address, _IPV6_PREFIX), strict=False))
