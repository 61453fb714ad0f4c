"""A page is known by the address that it gives itself, if that is its own to give."""

import pytest

from documents.feeds.address import Address
from documents.feeds.page import file_name, known_as

HERE = "https://www.presse.example/a?utm_source=rss"


@pytest.mark.parametrize(
    ("canonical", "known"),
    [
        (None, "https://www.presse.example/a"),
        ("https://www.presse.example/article-1", "https://www.presse.example/article-1"),
        ("http://presse.example/article-1", "http://presse.example/article-1"),
        ("https://amp.presse.example/article-1", "https://amp.presse.example/article-1"),
        ("/article-1", "https://www.presse.example/article-1"),
        ("https://autre.example/article-1", "https://www.presse.example/a"),
        ("https://presse.example.autre.example/", "https://www.presse.example/a"),
        ("https://presse.example:8080/x", "https://www.presse.example/a"),
        ("https://blog.presse.example/x", "https://www.presse.example/a"),
        ("javascript:alert(1)", "https://www.presse.example/a"),
        ("https://www.presse.example/", "https://www.presse.example/a"),
        ("https://u:p@www.presse.example/", "https://www.presse.example/a"),
        ("", "https://www.presse.example/a"),
    ],
)
def test_a_page_may_name_itself_but_no_other_site(canonical: str | None, known: str) -> None:
    assert str(known_as(Address.parse(HERE), canonical)) == known


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("https://x.example/a?id=3&utm_source=rss&utm_medium=mail", "https://x.example/a?id=3"),
        ("https://x.example/a?fbclid=1", "https://x.example/a"),
        ("https://x.example/a?xtor=RSS-3208", "https://x.example/a"),
        ("https://x.example/a?id=%C3%A9t%C3%A9&b", "https://x.example/a?id=%C3%A9t%C3%A9&b"),
        ("https://x.example/a?", "https://x.example/a"),
    ],
)
def test_what_counts_visitors_tells_no_two_pages_apart(written: str, known: str) -> None:
    assert str(known_as(Address.parse(written), None)) == known


@pytest.mark.parametrize(
    ("path", "name"), [("/a/rapport.pdf?x=1", "rapport.pdf"), ("/a/", "page"), ("/", "page")]
)
def test_a_page_has_the_name_of_its_file(path: str, name: str) -> None:
    assert file_name(Address.parse(f"https://x.example{path}")) == name
