"""A real HTTP server on this machine that says what a test wants, byte by byte."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from documents.feeds.address import Address


class Exchange:
    """One request, and what may be said to it."""

    def __init__(self, handler: BaseHTTPRequestHandler, released: threading.Event) -> None:
        self.path = handler.path
        self.headers = {name.lower(): value for name, value in handler.headers.items()}
        self._handler = handler
        self._released = released

    def reply(
        self,
        body: bytes | str = b"",
        *,
        status: int = 200,
        kind: str = "text/html; charset=utf-8",
        **headers: str,
    ) -> None:
        """Send a whole reply."""
        data = body.encode() if isinstance(body, str) else body
        self.head(status, kind=kind, **{"Content-Length": str(len(data)), **headers})
        self.send(data)

    def head(self, status: int = 200, *, kind: str = "text/html", **headers: str) -> None:
        """Send the status and the headers; without a length the body ends with the connection."""
        self._handler.send_response(status)
        self._handler.send_header("Content-Type", kind)
        for name, value in headers.items():
            self._handler.send_header(name.replace("_", "-"), value)
        self._handler.end_headers()

    def send(self, data: bytes) -> None:
        """Send raw bytes at once."""
        self._handler.wfile.write(data)
        self._handler.wfile.flush()

    def wait(self, seconds: float) -> bool:
        """Wait, unless the test is over before; tell whether it is."""
        return self._released.wait(seconds)


Script = Callable[[Exchange], None]


@dataclass
class WebServer:
    """Answers each path by its script; what has none is not found."""

    port: int
    pages: dict[str, Script]
    asked: list[Exchange] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Where it is, without a last slash."""
        return f"http://127.0.0.1:{self.port}"

    def address(self, path: str = "/") -> Address:
        """Return the address of `path` here."""
        return Address.parse(self.url + path)

    def paths(self) -> list[str]:
        """Return what was asked for, in order."""
        return [exchange.path for exchange in self.asked]


def page(body: bytes | str, kind: str = "text/html; charset=utf-8", **headers: str) -> Script:
    """Return the script that sends a whole page."""
    return lambda exchange: exchange.reply(body, kind=kind, **headers)


def moved(location: str, status: int = 302) -> Script:
    """Return the script that redirects."""
    return lambda exchange: exchange.reply(status=status, Location=location)


@contextmanager
def serving(pages: dict[str, Script]) -> Iterator[WebServer]:
    """Serve `pages` on a free port of 127.0.0.1 until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            exchange = Exchange(self, server.released)
            server.asked.append(exchange)
            self.close_connection = True
            script = server.pages.get(self.path.partition("?")[0])
            try:
                if script is None:
                    exchange.reply("not here", status=404)
                else:
                    script(exchange)
            except (BrokenPipeError, ConnectionResetError):
                pass

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listener:
        server = WebServer(listener.server_port, pages)
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.released.set()
            listener.shutdown()
            thread.join()
