"""Which hosts an operator lets documents be fetched from, and at which ports."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from documents.errors import HostNotAllowed
from documents.feeds.address import Address

EVERY = "*"
_WEB_PORTS = frozenset({80, 443})
_ENTRY = re.compile(
    r"(?P<host>\*|(?:\*\.)?[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\])(?::(?P<port>\d{1,5}))?"
)


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """The entries of an operator's list: ``example.org``, ``*.example.org``, ``intra:8080``.

    ``*`` stands for every host. Without a port an entry allows 80 and 443.
    """

    entries: frozenset[tuple[str, int | None]] = frozenset()

    @classmethod
    def parse(cls, entries: Iterable[str]) -> Self:
        """Return the list that `entries` write.

        Raises:
            ValueError: one of them is no host.
        """
        return cls(frozenset(map(_entry, entries)))

    def check(self, address: Address) -> None:
        """Refuse an address whose host or port is not allowed.

        Raises:
            HostNotAllowed: says which setting would allow it.
        """
        if not self.entries:
            raise HostNotAllowed(
                "Nothing is fetched from the web here: whoever runs the service allows it with "
                "SOURCIER_FETCH_HOSTS (a list of hosts, or * for every public one)."
            )
        if not any(_covers(entry, address) for entry in self.entries):
            raise HostNotAllowed(
                f"{address.origin} is none of the hosts that documents are fetched from: whoever "
                "runs the service names them in SOURCIER_FETCH_HOSTS, with the port where it is "
                "neither 80 nor 443."
            )


def _entry(written: str) -> tuple[str, int | None]:
    found = _ENTRY.fullmatch(written.lower())
    if found is None:
        raise ValueError(
            f"{written!r} is no host: write example.org, *.example.org, intranet:8080, or *"
        )
    return found["host"].strip("[]"), int(found["port"]) if found["port"] else None


def _covers(entry: tuple[str, int | None], address: Address) -> bool:
    host, port = entry
    at_port = address.port in _WEB_PORTS if port is None else address.port == port
    if not at_port:
        return False
    if host.startswith("*."):
        return address.host.endswith(host[1:])
    return host in (EVERY, address.host)
