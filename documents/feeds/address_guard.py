"""Who may be asked: only addresses of the public internet, unless an operator says otherwise.

A name that a stranger gives can lead to this machine, to its neighbours, or to what a cloud
tells its machines (169.254.169.254). So a name is resolved here, every address that it has is
checked, and the caller connects to one of these very addresses: it is not resolved again.
"""

import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Self

from documents.errors import FetchError, ForbiddenAddress

IP = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolver = Callable[[str, int], Sequence[str]]

# [1] IANA IPv4 and IPv6 Special-Purpose Address Registries,
#     https://www.iana.org/assignments/iana-ipv4-special-registry
#     https://www.iana.org/assignments/iana-ipv6-special-registry
_SPECIAL = tuple(
    map(
        ip_network,
        (
            "192.0.0.0/24",
            "192.88.99.0/24",  # relays of 6to4
            "168.63.129.16/32",  # what Azure tells its machines
            "2001::/23",  # Teredo, ORCHID and other protocols
            "2001:db8::/32",
            "2002::/16",  # 6to4: any IPv4 address in disguise
            "3fff::/20",
        ),
    )
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")


def is_public(address: IP) -> bool:
    """Tell whether `address` is one of the public internet."""
    address = _meant(address)
    if any(address in network for network in _SPECIAL if network.version == address.version):
        return False
    if isinstance(address, IPv6Address):
        return address in _GLOBAL_UNICAST
    return address.is_global and not address.is_multicast


def system_resolver(host: str, port: int) -> Sequence[str]:
    """Return the addresses that this machine knows of `host`, in the order to try them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(place[0]) for *_, place in found))


@dataclass(frozen=True, slots=True)
class AddressGuard:
    """Resolves names to addresses that may be asked.

    `private` are the networks that may be asked although they are not public.
    """

    private: Sequence[Network] = ()
    resolve: Resolver = system_resolver

    @classmethod
    def allowing(cls, networks: Iterable[str]) -> Self:
        """Return a guard that lets `networks` be asked, written as ``10.0.0.0/8``.

        Raises:
            ValueError: one of them is no network.
        """
        return cls(tuple(map(ip_network, networks)))

    def addresses(self, host: str, port: int) -> list[str]:
        """Return the addresses of `host`, each of which may be connected to as it is.

        Raises:
            ForbiddenAddress: one of them is private or reserved.
            FetchError: it has none.
        """
        try:
            found = [ip_address(address) for address in self.resolve(host, port)]
        except (OSError, UnicodeError) as error:
            raise FetchError(f"{host} is not known: check how it is written.") from error
        if not found:
            raise FetchError(f"{host} has no address.")
        if not all(map(self.allows, found)):
            # What it leads to is not told: it may be the map of a network that is not shown.
            raise ForbiddenAddress(_not_public(host))
        return [str(address) for address in found]

    def check_number(self, host: str) -> None:
        """Refuse a `host` that is a number, not a name, and not allowed: that is known at once.

        Raises:
            ForbiddenAddress: it is private or reserved.
        """
        try:
            number = ip_address(host)
        except ValueError:
            return  # a name, which is looked up when it is asked
        if not self.allows(number):
            raise ForbiddenAddress(_not_public(host))

    def allows(self, address: IP) -> bool:
        """Tell whether `address` may be connected to."""
        meant = _meant(address)
        allowed = (one for one in self.private if one.version == meant.version)
        return is_public(address) or any(meant in network for network in allowed)


def _not_public(host: str) -> str:
    return (
        f"{host} leads to an address that is not public, which nobody is asked at. Whoever runs "
        "the service can allow a network in SOURCIER_PRIVATE_NETWORKS."
    )


def _meant(address: IP) -> IP:
    """Return the IPv4 address that an IPv6 address only carries, else the address itself."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address
