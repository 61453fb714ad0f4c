"""Nobody is asked but the public internet, whatever name it goes by."""

from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.errors import FetchError, ForbiddenAddress
from documents.feeds.address_guard import AddressGuard, is_public, system_resolver

PUBLIC = "93.184.216.34"


def leading_to(*addresses: str, private: tuple[str, ...] = ()) -> AddressGuard:
    """Return a guard for whom every name has `addresses`."""
    return replace(AddressGuard.allowing(private), resolve=lambda _host, _port: addresses)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.9.1", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255",  # noqa: S104
        "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.192",
        "198.18.0.1", "192.0.2.1", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1",
        "255.255.255.255", "168.63.129.16", "192.88.99.1",
        "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "fec0::1",
        "::ffff:10.0.0.1", "::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "::10.0.0.1",
        "64:ff9b::a00:1", "64:ff9b::169.254.169.254", "64:ff9b:1::a00:1", "2002:a00:1::1",
        "2001:0:1::1", "2001:db8::1", "100::1", "4000::1", "3fff::1",
    ],
)  # fmt: skip
def test_what_is_not_public_is_refused(address: str) -> None:
    assert not is_public(ip_address(address))
    with pytest.raises(ForbiddenAddress, match="SOURCIER_PRIVATE_NETWORKS"):
        leading_to(address).addresses("presse.example", 443)


@pytest.mark.parametrize(
    "address",
    [PUBLIC, "8.8.8.8", "2606:2800:220:1::1", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::808:808"],
)
def test_what_is_public_is_taken_as_it_is(address: str) -> None:
    assert leading_to(address).addresses("presse.example", 443) == [str(ip_address(address))]


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(ForbiddenAddress):
        leading_to(PUBLIC, "10.0.0.1").addresses("presse.example", 443)


def test_a_private_number_is_refused_before_anything_is_looked_up() -> None:
    def unasked(host: str, port: int) -> tuple[str, ...]:
        raise AssertionError(f"{host}:{port} was looked up")

    guard = AddressGuard.allowing(["10.1.0.0/16"])
    guard = replace(guard, resolve=unasked)

    for host in ("presse.example", "8.8.8.8", "10.1.2.3"):
        guard.check_number(host)
    for host in ("10.2.0.1", "169.254.169.254", "::1", "::ffff:10.2.0.1"):
        with pytest.raises(ForbiddenAddress):
            guard.check_number(host)


def test_where_a_name_leads_is_not_told() -> None:
    with pytest.raises(ForbiddenAddress) as refused:
        leading_to("10.20.30.40").addresses("intranet.example", 80)

    assert "10.20.30.40" not in str(refused.value)


def test_an_operator_may_allow_a_private_network() -> None:
    guard = leading_to("10.1.2.3", private=("10.1.0.0/16", "fd00::/8"))

    assert guard.addresses("intranet.example", 80) == ["10.1.2.3"]
    assert guard.allows(ip_address("::ffff:10.1.2.3"))
    assert guard.allows(ip_address("fd00::1"))
    assert not guard.allows(ip_address("10.2.0.1"))
    assert not guard.allows(ip_address("127.0.0.1"))


@pytest.mark.parametrize("entry", ["10.0.0.1/8", "intranet", "", "10.0.0.0/99"])
def test_an_entry_that_is_no_network_is_refused(entry: str) -> None:
    with pytest.raises(ValueError, match=r"does not appear to be|has host bits"):
        AddressGuard.allowing([entry])


def test_a_name_without_an_address_is_told() -> None:
    with pytest.raises(FetchError, match="no address"):
        leading_to().addresses("presse.example", 443)


def test_a_name_that_is_not_known_is_told() -> None:
    def unknown(host: str, port: int) -> tuple[str, ...]:
        raise OSError(f"{host}:{port}")

    with pytest.raises(FetchError, match=r"presse\.example is not known"):
        AddressGuard(resolve=unknown).addresses("presse.example", 443)


@pytest.mark.parametrize(
    "written", ["localhost", "127.0.0.1", "::1", "2130706433", "0x7f.1", "0177.0.0.1", "0"]
)
def test_the_systems_own_ways_to_write_this_machine_lead_nowhere(written: str) -> None:
    with pytest.raises(FetchError):
        AddressGuard(resolve=system_resolver).addresses(written, 80)


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_an_ipv4_address_is_public_in_every_dress_or_in_none(address: IPv4Address) -> None:
    mapped = IPv6Address(0xFFFF_0000_0000 | int(address))
    nat64 = IPv6Address(int(IPv6Address("64:ff9b::")) | int(address))

    assert is_public(mapped) == is_public(nat64) == is_public(address)
    if not address.is_global or address.is_multicast:
        assert not is_public(address)


@settings(deadline=None)
@given(st.integers(0, 2**128 - 1).map(IPv6Address))
def test_no_ipv6_address_outside_the_public_range_is_public(address: IPv6Address) -> None:
    if is_public(address) and address.ipv4_mapped is None:
        first = int(address) >> 125
        assert first == 1 or address in ip_network("64:ff9b::/96")
    if address.is_private or address.is_link_local or address.is_multicast:
        assert not is_public(address)
