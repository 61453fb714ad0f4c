"""robots.txt is read as RFC 9309 says."""

import time

import pytest

from documents.feeds.robots import EVERYTHING, NOTHING, Robots


def robots(*lines: str) -> Robots:
    return Robots.parse("\n".join(lines), agent="Sourcier")


@pytest.mark.parametrize(
    ("lines", "allowed", "refused"),
    [
        (["User-agent: *", "Disallow: /prive"], ["/", "/article"], ["/prive", "/prive/a"]),
        (["User-agent: *", "Disallow:"], ["/", "/prive"], []),
        (["User-agent: *", "Disallow: /"], [], ["/", "/a?b"]),
        (["User-agent: *", "Disallow: /a", "Allow: /a/b"], ["/a/b", "/a/bc"], ["/a", "/a/c"]),
        (["User-agent: *", "Disallow: /a", "Allow: /a"], ["/a"], []),
        (["User-agent: *", "Disallow: /*.pdf$"], ["/a.pdf?x", "/a.html"], ["/a.pdf", "/b/c.pdf"]),
        (["User-agent: *", "Disallow: /*/edit*x"], ["/edit"], ["/a/edit/x", "/a/b/editx"]),
        (["User-agent: *", "Disallow: /fin$"], ["/fin/", "/finale"], ["/fin"]),
        (["User-agent: *", "Disallow: /été"], ["/"], ["/%C3%A9t%C3%A9"]),
        (["USER-AGENT : sourcier # nous", "dISALLOW : /a # non"], ["/"], ["/a"]),
        (["User-agent: autre", "Disallow: /"], ["/"], []),
        (
            ["User-agent: *", "Disallow: /", "", "User-agent: Sourcier", "Disallow: /a"],
            ["/"],
            ["/a"],
        ),
        (["User-agent: Sourcier", "User-agent: autre", "Disallow: /a"], ["/"], ["/a"]),
        (["User-agent: autre", "Disallow: /", "User-agent: Sourcier/2.0", "Allow: /"], ["/"], []),
        (
            ["User-agent: Sourcier", "Disallow: /a", "User-agent: sourcier", "Disallow: /b"],
            ["/c"],
            ["/a", "/b"],
        ),
        (["User-agent: Sourcierbot", "Disallow: /"], ["/"], []),
        (["Disallow: /"], ["/"], []),
        (["<html>", "nothing of use", ":", "User-agent"], ["/"], []),
        ([], ["/"], []),
    ],
)
def test_the_longest_rule_of_our_group_decides(
    lines: list[str], allowed: list[str], refused: list[str]
) -> None:
    read = robots(*lines)

    assert [target for target in allowed if not read.allows(target)] == []
    assert [target for target in refused if read.allows(target)] == []


@pytest.mark.parametrize(
    ("value", "delay"), [("2", 2.0), ("0.5", 0.5), ("-1", 0), ("inf", 0), ("nan", 0), ("soon", 0)]
)
def test_the_pause_that_is_asked_for_is_read(value: str, delay: float) -> None:
    assert robots("User-agent: *", f"Crawl-delay: {value}").delay == delay


def test_sitemaps_are_named_wherever_they_stand() -> None:
    read = robots(
        "Sitemap: https://presse.example/un.xml",
        "User-agent: *",
        "Sitemap: /deux.xml",
        "Disallow: /a",
    )

    assert read.sitemaps == ("https://presse.example/un.xml", "/deux.xml")
    assert not read.allows("/a")


def test_everything_and_nothing_are_what_they_say() -> None:
    assert EVERYTHING.allows("/a")
    assert not NOTHING.allows("/")


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"User-agent: a{n}\n" for n in range(14_000))
        + "".join(f"Disallow: /{n}\n" for n in range(14_000)),
        "User-agent: *\n" + "Disallow: /" + "*a" * 250_000 + "b\n",
        "User-agent: *\n" * 40_000,
        "User-agent: *\n" + "Disallow: /*a*a*a*a*a*a*a*a*a*a*b\n" * 14_000,
        ":" * 500_000,
    ],
    ids=["names and rules", "stars", "names", "rules", "colons"],
)
def test_a_hostile_file_takes_no_time(text: str) -> None:
    began = time.process_time()
    Robots.parse(text, agent="Sourcier").allows("/" + "a" * 2000)
    assert time.process_time() - began < 5
