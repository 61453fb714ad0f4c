"""How many connections there may be; silent and slow ones never keep others out."""

import resource
from collections import Counter
from collections.abc import Callable
from typing import Protocol

# Open files that are no connections: the store, the index, uploads while they come.
_OTHER_FILES = 200


class Connection(Protocol):
    """What is counted."""

    address: str  # an IPv4 address or an IPv6 network
    is_local: bool  # from this machine, where a proxy may speak for many

    def give_up(self) -> None:
        """Close at once."""


class Connections:
    """Counts connections, in all and by address; for one event loop. `gone` is told of each end.

    Where all places are taken, the connection that has waited longest without a request gives
    up its place. An address of this machine is not bounded by itself.
    """

    def __init__(
        self, *, most: int, most_per_address: int, gone: Callable[[], None] = lambda: None
    ) -> None:
        self.closing = False  # whether the service is about to stop
        self._most = most
        self._most_per_address = most_per_address
        self._by_address: Counter[str] = Counter()
        self._count = 0
        self._gone = gone
        self._waiting: dict[Connection, None] = {}  # the longest first

    def enter(self, connection: Connection) -> bool:
        """Count `connection`; tell whether there is a place for it."""
        self._count += 1
        self._by_address[connection.address] += 1
        crowded = self._by_address[connection.address] > self._most_per_address
        if crowded and not connection.is_local:
            return False
        if self._count > self._most:
            longest = next(iter(self._waiting), None)
            if longest is None:
                return False
            self.works(longest)
            longest.give_up()
        return True

    def leave(self, connection: Connection) -> None:
        """Count `connection` no more."""
        self.works(connection)
        self._count -= 1
        self._by_address[connection.address] -= 1
        if not self._by_address[connection.address]:
            del self._by_address[connection.address]
        self._gone()

    def waits(self, connection: Connection) -> None:
        """Note that `connection` has no request under way."""
        self._waiting[connection] = None

    def works(self, connection: Connection) -> None:
        """Note that `connection` has a request under way."""
        self._waiting.pop(connection, None)


def allow_files(connections: int) -> None:
    """Let this process open as many files as `connections` need, if the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + _OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        reachable = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (reachable, hard))
