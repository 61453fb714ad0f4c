"""What is fetched is bounded in size, time and reach, whatever a server does."""

import gzip
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import httpx2
import pytest

from documents.errors import DocumentTooLarge, FetchError, ForbiddenAddress, HostNotAllowed
from documents.feeds.address import Address
from documents.feeds.address_guard import AddressGuard, system_resolver
from documents.feeds.allowed_hosts import AllowedHosts
from documents.feeds.fetched import FetchLimits, Validators
from documents.feeds.fetching import Fetcher
from documents.feeds.guarded_transport import GuardedTransport
from tests.documents.feeds.web_server import Exchange, WebServer, moved, page, serving

ARTICLE = "<html><body><p>Le phare de Kerbrat a été bâti en 1887.</p></body></html>"
LOOPBACK = (ip_network("127.0.0.0/8"),)
SMALL = FetchLimits(most_bytes=100_000, seconds=0.6)


@pytest.fixture
def web() -> Iterator[WebServer]:
    with serving({"/article": page(ARTICLE)}) as server:
        yield server


def fetcher_for(web: WebServer, **changes: object) -> Fetcher:
    """Return one that may ask this machine, at the port of `web`."""
    fetcher = Fetcher(
        GuardedTransport(AddressGuard(LOOPBACK)),
        AllowedHosts.parse([f"*:{web.port}"]),
        SMALL,
        "Sourcier/0.1",
    )
    return replace(fetcher, **changes)  # type: ignore[arg-type]


def resolving_to(*answers: list[str]) -> Callable[[str, int], list[str]]:
    """Return a resolver that gives one answer after the other."""
    left = iter(answers)
    return lambda _host, _port: next(left)


def test_a_page_comes_with_its_type_and_its_validators(web: WebServer) -> None:
    web.pages["/article"] = page(
        ARTICLE, ETag='"v1"', Last_Modified="Sat, 26 Jul 2025 10:00:00 GMT"
    )

    fetched = fetcher_for(web).fetch(web.address("/article"))

    assert fetched is not None
    assert fetched.data.decode() == ARTICLE
    assert fetched.media_type == "text/html; charset=utf-8"
    assert fetched.address == web.address("/article")
    assert fetched.validators == Validators('"v1"', "Sat, 26 Jul 2025 10:00:00 GMT")


def test_a_server_is_told_who_asks_and_nothing_more(web: WebServer) -> None:
    fetcher_for(web).fetch(web.address("/article"))

    [asked] = web.asked
    assert asked.headers["user-agent"] == "Sourcier/0.1"
    assert asked.headers["host"] == f"127.0.0.1:{web.port}"
    assert set(asked.headers) <= {"host", "user-agent", "accept", "accept-encoding", "connection"}


def test_a_cookie_is_not_kept(web: WebServer) -> None:
    web.pages["/article"] = page(ARTICLE, Set_Cookie="who=you; Path=/")
    fetcher = fetcher_for(web)

    fetcher.fetch(web.address("/article"))
    fetcher.fetch(web.address("/article"))

    assert "cookie" not in web.asked[1].headers


def test_a_proxy_of_the_environment_is_not_used(
    web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")

    assert fetcher_for(web).fetch(web.address("/article")) is not None


def test_what_is_known_is_not_sent_again(web: WebServer) -> None:
    def conditional(exchange: Exchange) -> None:
        same = exchange.headers.get("if-none-match") == '"v1"'
        exchange.reply(status=304) if same else exchange.reply(ARTICLE, ETag='"v1"')

    web.pages["/article"] = conditional
    first = fetcher_for(web).fetch(web.address("/article"))

    assert first is not None
    assert fetcher_for(web).fetch(web.address("/article"), known=first.validators) is None


# Reach


def test_nothing_is_fetched_where_nothing_is_allowed(web: WebServer) -> None:
    with pytest.raises(HostNotAllowed, match="SOURCIER_FETCH_HOSTS"):
        fetcher_for(web, hosts=AllowedHosts()).fetch(web.address("/article"))
    assert web.asked == []


@pytest.mark.parametrize(
    ("entries", "address", "allowed"),
    [
        (["presse.example"], "https://presse.example/", True),
        (["Presse.Example"], "http://presse.example/", True),
        (["presse.example"], "https://www.presse.example/", False),
        (["presse.example"], "https://presse.example:8443/", False),
        (["presse.example:8443"], "https://presse.example:8443/", True),
        (["*.presse.example"], "https://www.presse.example/", True),
        (["*.presse.example"], "https://presse.example/", False),
        (["*.presse.example"], "https://xpresse.example/", False),
        (["*"], "https://autre.example/", True),
        (["*"], "https://autre.example:22/", False),
        (["[2001:db8::1]:80"], "http://[2001:db8::1]/", True),
    ],
)
def test_only_the_hosts_and_ports_of_the_list_are_allowed(
    entries: list[str], address: str, *, allowed: bool
) -> None:
    hosts = AllowedHosts.parse(entries)
    if allowed:
        hosts.check(Address.parse(address))
    else:
        with pytest.raises(HostNotAllowed):
            hosts.check(Address.parse(address))


@pytest.mark.parametrize("entry", ["https://presse.example", "a b", "", "*example", "x:y", "a/b"])
def test_an_entry_that_is_no_host_is_refused(entry: str) -> None:
    with pytest.raises(ValueError, match="is no host"):
        AllowedHosts.parse([entry])


def test_this_machine_is_not_asked_unless_it_is_allowed(web: WebServer) -> None:
    guarded = GuardedTransport(AddressGuard())

    for address in (web.address("/article"), Address.parse(f"http://localhost:{web.port}/article")):
        with pytest.raises(ForbiddenAddress, match="not public"):
            fetcher_for(web, transport=guarded).fetch(address)
    assert web.asked == []


def test_a_redirection_to_a_private_network_is_refused(web: WebServer) -> None:
    for location in ("http://169.254.169.254/latest", "http://[::1]/", "http://10.0.0.1/"):
        web.pages["/leads"] = moved(location)
        fetcher = fetcher_for(web, hosts=AllowedHosts.parse([f"*:{web.port}", "*"]))
        with pytest.raises(ForbiddenAddress):
            fetcher.fetch(web.address("/leads"))


@pytest.mark.parametrize("location", ["file:///etc/passwd", "gopher://x.example/", "//u:p@x/"])
def test_a_redirection_out_of_the_web_is_refused(web: WebServer, location: str) -> None:
    web.pages["/leads"] = moved(location)

    with pytest.raises(ForbiddenAddress):
        fetcher_for(web).fetch(web.address("/leads"))


def test_a_redirection_to_a_host_that_is_not_allowed_is_refused(web: WebServer) -> None:
    web.pages["/leads"] = moved("https://autre.example/")

    with pytest.raises(HostNotAllowed, match=r"autre\.example"):
        fetcher_for(web).fetch(web.address("/leads"))


def test_the_address_that_was_checked_is_the_one_that_is_asked(web: WebServer) -> None:
    # The name leads to `web` first and elsewhere a moment later: it is looked up once.
    guard = AddressGuard(LOOPBACK, resolving_to(["127.0.0.1"], ["10.0.0.1"]))
    fetcher = fetcher_for(web, transport=GuardedTransport(guard))
    named = Address.parse(f"http://presse.example:{web.port}/article")

    assert fetcher.fetch(named) is not None
    assert web.asked[0].headers["host"] == f"presse.example:{web.port}"

    with pytest.raises(ForbiddenAddress):
        fetcher.fetch(named)
    assert len(web.asked) == 1


def test_every_step_of_a_redirection_is_looked_up_anew(web: WebServer) -> None:
    guard = AddressGuard(LOOPBACK, resolving_to(["127.0.0.1"], ["169.254.169.254"]))
    web.pages["/leads"] = moved("/article")
    fetcher = fetcher_for(web, transport=GuardedTransport(guard))

    with pytest.raises(ForbiddenAddress):
        fetcher.fetch(Address.parse(f"http://presse.example:{web.port}/leads"))
    assert web.paths() == ["/leads"]


def test_the_next_address_of_a_name_is_tried(web: WebServer) -> None:
    guard = AddressGuard(LOOPBACK, lambda _host, _port: ["127.0.0.9", "127.0.0.1"])

    fetched = fetcher_for(web, transport=GuardedTransport(guard)).fetch(web.address("/article"))

    assert fetched is not None


def test_redirections_are_followed_up_to_five(web: WebServer) -> None:
    for step in range(6):
        web.pages[f"/{step}"] = moved(f"/{step + 1}", status=301 + step % 3)
    web.pages["/6"] = page(ARTICLE)

    fetched = fetcher_for(web).fetch(web.address("/1"))
    assert fetched is not None
    assert fetched.address == web.address("/6")
    with pytest.raises(FetchError, match="more than 5 times"):
        fetcher_for(web).fetch(web.address("/0"))


def test_a_loop_ends(web: WebServer) -> None:
    web.pages["/leads"] = moved("/leads")

    with pytest.raises(FetchError, match="redirected"):
        fetcher_for(web).fetch(web.address("/leads"))


# Size and time


def test_an_endless_body_is_cut_off(web: WebServer) -> None:
    def endless(exchange: Exchange) -> None:
        exchange.head()
        while not exchange.wait(0):
            exchange.send(b"a" * 65536)

    web.pages["/endless"] = endless
    with pytest.raises(DocumentTooLarge, match=r"0\.1 MiB"):
        fetcher_for(web).fetch(web.address("/endless"))


def test_a_body_that_announces_too_much_is_not_read(web: WebServer) -> None:
    web.pages["/large"] = lambda exchange: exchange.head(Content_Length="99999999999")

    with pytest.raises(DocumentTooLarge):
        fetcher_for(web).fetch(web.address("/large"))


@pytest.mark.parametrize("length", ["100", "99"])
def test_a_body_shorter_than_announced_is_refused(web: WebServer, length: str) -> None:
    def short(exchange: Exchange) -> None:
        exchange.head(Content_Length=length)
        exchange.send(b"<p>Le phare")

    web.pages["/short"] = short
    with pytest.raises(FetchError, match="cannot be fetched"):
        fetcher_for(web).fetch(web.address("/short"))


def test_a_body_longer_than_announced_is_cut_where_it_was_announced(web: WebServer) -> None:
    def long(exchange: Exchange) -> None:
        exchange.head(Content_Length="4")
        exchange.send(b"abcdHTTP/1.1 200 OK\r\n\r\n")

    web.pages["/long"] = long
    fetched = fetcher_for(web).fetch(web.address("/long"))

    assert fetched is not None
    assert fetched.data == b"abcd"


def test_a_packed_body_is_unpacked(web: WebServer) -> None:
    web.pages["/packed"] = page(gzip.compress(ARTICLE.encode()), Content_Encoding="gzip")

    fetched = fetcher_for(web).fetch(web.address("/packed"))

    assert fetched is not None
    assert fetched.data.decode() == ARTICLE


def test_a_bomb_is_not_unpacked(web: WebServer) -> None:
    bomb = gzip.compress(b"\0" * 60_000_000)
    assert len(bomb) < SMALL.most_bytes
    web.pages["/bomb"] = page(bomb, Content_Encoding="gzip")

    began = time.monotonic()
    with pytest.raises(DocumentTooLarge):
        fetcher_for(web).fetch(web.address("/bomb"))
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd", "deflate, gzip, gzip"])
def test_an_encoding_that_was_not_asked_for_is_refused(web: WebServer, encoding: str) -> None:
    web.pages["/packed"] = page(b"x", Content_Encoding=encoding)

    with pytest.raises(FetchError, match="encoding"):
        fetcher_for(web).fetch(web.address("/packed"))


def test_a_damaged_packing_is_refused(web: WebServer) -> None:
    web.pages["/packed"] = page(b"no gzip at all", Content_Encoding="gzip")

    with pytest.raises(FetchError):
        fetcher_for(web).fetch(web.address("/packed"))


def drip(exchange: Exchange) -> None:
    """Send a body that never ends, a byte at a time."""
    exchange.head()
    while not exchange.wait(0.05):
        exchange.send(b"a")


def drip_head(exchange: Exchange) -> None:
    """Send a head that never ends, a byte at a time."""
    exchange.send(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while not exchange.wait(0.05):
        exchange.send(b"a")


def silent(exchange: Exchange) -> None:
    """Say nothing at all."""
    exchange.wait(30)


@pytest.mark.parametrize("script", [drip, drip_head, silent])
def test_a_slow_server_is_left(web: WebServer, script: Callable[[Exchange], None]) -> None:
    web.pages["/slow"] = script

    began = time.monotonic()
    with pytest.raises(FetchError, match=r"within 0\.6 s"):
        fetcher_for(web).fetch(web.address("/slow"))
    assert time.monotonic() - began < 10


def test_waiting_for_its_turn_is_no_slowness_of_the_server(web: WebServer) -> None:
    fetched = fetcher_for(web).fetch(web.address("/article"), check=lambda _: time.sleep(0.7))

    assert fetched is not None


# What is no document


@pytest.mark.parametrize("status", [204, 206, 401, 404, 410, 429, 500, 503])
def test_what_is_not_there_is_told_with_its_status(web: WebServer, status: int) -> None:
    web.pages["/gone"] = lambda exchange: exchange.reply(status=status)

    with pytest.raises(FetchError, match=str(status)) as failed:
        fetcher_for(web).fetch(web.address("/gone"))
    assert failed.value.status == status


@pytest.mark.parametrize("kind", ["image/png", "video/mp4", "AUDIO/mpeg", "font/woff2"])
def test_what_cannot_be_a_document_is_not_read(web: WebServer, kind: str) -> None:
    web.pages["/picture"] = page(b"\x89PNG", kind)

    with pytest.raises(FetchError, match="no document"):
        fetcher_for(web).fetch(web.address("/picture"))


def test_a_server_that_is_not_there_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    fetcher = Fetcher(
        GuardedTransport(AddressGuard(LOOPBACK)), AllowedHosts.parse([f"*:{port}"]), SMALL
    )

    with pytest.raises(FetchError, match="cannot be fetched"):
        fetcher.fetch(Address.parse(f"http://127.0.0.1:{port}/"))


def test_what_speaks_no_http_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def greet() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"220 mail.example ESMTP\r\n")

        thread = threading.Thread(target=greet)
        thread.start()
        port = listener.getsockname()[1]
        fetcher = Fetcher(
            GuardedTransport(AddressGuard(LOOPBACK)), AllowedHosts.parse([f"*:{port}"]), SMALL
        )
        with pytest.raises(FetchError, match="cannot be fetched"):
            fetcher.fetch(Address.parse(f"http://127.0.0.1:{port}/"))
        thread.join()


# TLS, and other users of the transport


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of presse.example, with its key, in one file."""
    folder = tmp_path_factory.mktemp("tls")
    path = folder / "presse.pem"
    command = [
        *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
        *("-nodes", "-days", "2", "-subj", "/CN=presse.example"),
        *("-addext", "subjectAltName=DNS:presse.example", "-keyout", folder / "key", "-out", path),
    ]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("there is no openssl here")
    path.write_bytes((folder / "key").read_bytes() + path.read_bytes())
    return path


@pytest.mark.parametrize(("name", "trusted"), [("presse.example", True), ("autre.example", False)])
def test_a_certificate_must_be_of_the_name_not_of_the_address(
    certificate: Path, name: str, *, trusted: bool
) -> None:
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(certificate)
    ours = ssl.create_default_context(cafile=str(certificate))
    guard = AddressGuard(LOOPBACK, lambda _host, _port: ["127.0.0.1"])

    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with (
                suppress(ssl.SSLError, ConnectionError),
                connection,
                theirs.wrap_socket(connection, server_side=True) as secured,
            ):
                secured.recv(4096)
                secured.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

        thread = threading.Thread(target=answer)
        thread.start()
        port = listener.getsockname()[1]
        fetcher = Fetcher(
            GuardedTransport(guard, tls=ours), AllowedHosts.parse([f"*:{port}"]), SMALL
        )
        address = Address.parse(f"https://{name}:{port}/")
        if trusted:
            fetched = fetcher.fetch(address)
            assert fetched is not None
            assert fetched.data == b"ok"
        else:
            with pytest.raises(FetchError, match="certificate"):
                fetcher.fetch(address)
        thread.join()


def test_a_client_of_httpx2_is_guarded_as_well(web: WebServer) -> None:
    web.pages["/article"] = page(ARTICLE)
    guard = AddressGuard(LOOPBACK, system_resolver)
    with httpx2.Client(transport=GuardedTransport(guard), trust_env=False) as client:
        assert client.get(f"{web.url}/article").text == ARTICLE
    guarded = GuardedTransport(AddressGuard())
    with (
        httpx2.Client(transport=guarded, trust_env=False) as client,
        pytest.raises(ForbiddenAddress),
    ):
        client.get(f"{web.url}/article")
