"""A site of another origin, whose pages load the widget under the strictest of policies."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar


@dataclass
class Site:
    """A running site; `page` is what it answers to every request, under `policy`."""

    origin: str
    page: str = ""
    policy: str = field(default="default-src 'none'")

    def load(self, service: str, *, lang: str = "en", times: int = 1, **attributes: str) -> None:
        """Make a page whose tag loads the widget from `service`, with these attributes of data."""
        data = " ".join(f'data-{name}="{escape(value)}"' for name, value in attributes.items())
        tag = f'<script src="{service}widget.js" {data} defer></script>\n' * times
        self.page = (
            f'<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>A site</title>\n'
            f'<meta name="viewport" content="width=device-width">\n'
            f'{tag}<h1>A site</h1><p>Its <a href="#more">own</a> words.</p></html>'
        )
        origin = service.removesuffix("/")
        self.policy = (
            f"default-src 'none'; script-src {origin}; connect-src {origin}; "
            "require-trusted-types-for 'script'; trusted-types 'none'"
        )


@contextmanager
def running_site() -> Iterator[Site]:
    """Serve a site on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        site: ClassVar[Site]

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", self.site.policy)
            self.end_headers()
            self.wfile.write(self.site.page.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Handler.site = Site(origin=f"http://127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Handler.site
        server.shutdown()
