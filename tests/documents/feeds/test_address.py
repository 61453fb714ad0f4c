"""Only plain addresses of the web are taken, each in one form."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.errors import ForbiddenAddress
from documents.feeds.address import Address


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://presse.example/a", "https://presse.example/a"),
        ("HTTPS://Presse.Example:443/A?b=1#fin", "https://presse.example/A?b=1"),
        ("http://presse.example", "http://presse.example/"),
        ("http://presse.example:8080/", "http://presse.example:8080/"),
        ("https://presse.example./x", "https://presse.example/x"),
        ("https://presse.example/l’économie d'été", "https://presse.example/l%E2%80%99%C3%A9conomie%20d'%C3%A9t%C3%A9"),
        ("https://économie.example/", "https://xn--conomie-9xa.example/"),
        ("https://[2001:0DB8:0:0::1]:8443/x", "https://[2001:db8::1]:8443/x"),
        (" https://presse.example/a%20b\n", "https://presse.example/a%20b"),
        ("http://\uff11\uff12\uff17.0.0.1/", "http://127.0.0.1/"),
    ],
)  # fmt: skip
def test_an_address_has_one_form(written: str, kept: str) -> None:
    assert str(Address.parse(written)) == kept
    assert Address.parse(kept) == Address.parse(written)


@pytest.mark.parametrize(
    "written",
    [
        "file:///etc/passwd",
        "gopher://presse.example:70/_x",
        "ftp://presse.example/a",
        "javascript:alert(1)",
        "data:text/html,x",
        "//presse.example/a",
        "presse.example/a",
        "",
        "https://",
        "https:///a",
        "https://presse.example:0x50/",
        "https://presse.example:99999/",
        "https://user:secret@presse.example/",
        "https://presse.example@127.0.0.1/",
        "https://@presse.example/",
        "https://presse.example\\@127.0.0.1/",
        "https://presse.example/a\tb",
        "https://presse.example/a\r\nHost: x",
        "https://presse\x00.example/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://0/",
        "http://1.2.3.4.5/",
        "http://999.1.1.1/",
        "http://[::1",
        "http://[fe80::1%25eth0]/",
        "http://[::1]x/",
        "http://-.example/",
        "http://a..example/",
        "http://" + "a" * 64 + ".example/",
        "https://presse.example/" + "a" * 2000,
    ],
)
def test_what_is_unusual_is_refused(written: str) -> None:
    with pytest.raises(ForbiddenAddress):
        Address.parse(written)


def test_a_refusal_shows_no_password() -> None:
    with pytest.raises(ForbiddenAddress) as refused:
        Address.parse("ftp://user:secret@presse.example/?key=hidden")

    assert "secret" not in str(refused.value)
    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize(
    ("link", "leads_to"),
    [
        ("/b", "https://presse.example/b"),
        ("c?d=1", "https://presse.example/a/c?d=1"),
        ("//autre.example/", "https://autre.example/"),
        ("http://autre.example/x", "http://autre.example/x"),
    ],
)
def test_a_link_is_followed_from_its_page(link: str, leads_to: str) -> None:
    assert str(Address.parse("https://presse.example/a/b").join(link)) == leads_to


@pytest.mark.parametrize("link", ["file:///etc/passwd", "http://[::1", "http://u:p@x.example/"])
def test_a_link_that_is_no_address_is_refused(link: str) -> None:
    with pytest.raises(ForbiddenAddress):
        Address.parse("https://presse.example/").join(link)


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("www.presse.example", "presse.example"),
        ("m.presse.example", "presse.example"),
        ("presse.example", "presse.example"),
        ("blog.presse.example", "blog.presse.example"),
        ("www.example", "www.example"),
    ],
)
def test_the_edition_of_a_site_is_no_other_site(host: str, site: str) -> None:
    assert Address.parse(f"https://{host}/").site == site


@settings(deadline=None)
@given(st.text(max_size=60), st.sampled_from(["http://", "https://", ""]))
def test_whatever_is_written_is_refused_or_kept_in_one_plain_form(text: str, front: str) -> None:
    try:
        address = Address.parse(front + text)
    except ForbiddenAddress:
        return
    shown = str(address)
    assert shown.isascii()
    assert shown.isprintable()
    assert " " not in shown
    assert "@" not in address.host
    assert "\\" not in shown
    assert Address.parse(shown) == address
