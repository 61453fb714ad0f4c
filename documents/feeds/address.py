"""The address of something on the web: http or https, a host, a port, a target, nothing else.

Programs read unusual addresses differently, and who is asked must not depend on who reads. So
what is unusual is refused: user names, backslashes, numbers for hosts other than four in
decimal. What is kept is written in one form, in ASCII.
"""

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Self
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from documents.errors import ForbiddenAddress

LONGEST = 2000
_PORTS = {"http": 80, "https": 443}
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\\\ud800-\udfff]")
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?!.{{254}})(?:{_LABEL}\.)*{_LABEL}")
_PLACE = re.compile(r"(?:\[[^\[\]]*\]|[^\[\]:]*)(?::[0-9]{0,5})?")
_NUMBER = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)", re.IGNORECASE)
# What RFC 3986 lets stand in a path and a query, and what is escaped already.
_IN_PATH = "/%:@!$&'()*+,;=~-._"
_IN_QUERY = _IN_PATH + "?"
_FRONTS = ("www.", "m.", "amp.")


@dataclass(frozen=True, slots=True)
class Address:
    """Where something is: `host` in lower case, `target` the path with its query."""

    scheme: str
    host: str
    port: int
    target: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the address that `text` writes; what follows a ``#`` is left out.

        Raises:
            ForbiddenAddress: it is none of the web, or written so that it may be misread.
        """
        text = text.strip(" \t\r\n")
        if _UNSEEN.search(text) or len(text) > LONGEST:
            raise ForbiddenAddress(
                "An address has no control characters, no backslash, and at most "
                f"{LONGEST} characters."
            )
        parts, port = _parts(text)
        if parts.scheme not in _PORTS:
            raise ForbiddenAddress(
                f"{_shown(text)} is no address of the web: write https://… or http://…"
            )
        if "@" in parts.netloc:
            raise ForbiddenAddress(
                "An address with a user name or a password in it is not fetched: leave them out."
            )
        if not _PLACE.fullmatch(parts.netloc):
            raise ForbiddenAddress(f"{_shown(text)} names no host that can be asked.")
        target = quote(parts.path or "/", safe=_IN_PATH)
        if parts.query:
            target += "?" + quote(parts.query, safe=_IN_QUERY)
        host = _host(parts.hostname or "")
        return cls(parts.scheme, host, port or _PORTS[parts.scheme], target)

    def join(self, link: str) -> Self:
        """Return the address that `link`, found at this one, leads to; raises as `parse` does."""
        try:
            return self.parse(urljoin(str(self), link.strip(" \t\r\n")))
        except ValueError as error:
            raise ForbiddenAddress(f"{_shown(link)} leads nowhere.") from error

    @property
    def origin(self) -> str:
        """Scheme, host and port, as an address writes them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}"

    @property
    def site(self) -> str:
        """The host without what tells only the edition of a site: www, m, amp."""
        front = next((front for front in _FRONTS if self.host.startswith(front)), "")
        rest = self.host.removeprefix(front)
        return rest if "." in rest else self.host

    def __str__(self) -> str:
        return self.origin + self.target


def _parts(text: str) -> tuple[SplitResult, int | None]:
    try:
        return (parts := urlsplit(text)), parts.port
    except ValueError as error:
        raise ForbiddenAddress(f"{_shown(text)} is no address: {error}.") from error


def _host(written: str) -> str:
    """Return the one form of a host: a name in ASCII, or a canonical number."""
    try:
        if ":" in written:
            return IPv6Address(_without_zone(written)).compressed
        name = written if written.isascii() else _ascii(written)
        name = name.lower().removesuffix(".")
        if _NUMBER.fullmatch(name.rpartition(".")[2]):
            return str(IPv4Address(name))
    except (AddressValueError, UnicodeError) as error:
        raise ForbiddenAddress(f"{_shown(written)} is no host that can be asked.") from error
    if not _NAME.fullmatch(name):
        raise ForbiddenAddress(f"{_shown(written) or 'Nothing'} is no host that can be asked.")
    return name


def _without_zone(written: str) -> str:
    if "%" in written:
        raise AddressValueError("a zone is of this machine only")
    return written


def _ascii(name: str) -> str:
    import idna  # noqa: PLC0415 - its tables take a while, and few hosts need them

    return idna.encode(name, uts46=True).decode("ascii")


def _shown(text: str) -> str:
    """Return the beginning of what somebody wrote, for a message; no secret of a link in it."""
    shown = text.rpartition("@")[2].partition("?")[0]
    return shown if len(shown) <= 80 else shown[:80] + "…"
