"""A real HTTP server on this machine that plays an OpenAI-compatible one, by script."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SSE = "text/event-stream"


class Connection:
    """What a script may do: send a head, send bytes, wait, see that the client has left.

    `body` is what the client sent.
    """

    def __init__(
        self, handler: BaseHTTPRequestHandler, released: threading.Event, body: dict[str, Any]
    ) -> None:
        self._handler = handler
        self._released = released
        self.body = body

    def head(self, status: int = 200, kind: str = SSE, **headers: str) -> None:
        """Send the status and the headers; the body ends with the connection."""
        self._handler.send_response(status)
        self._handler.send_header("Content-Type", kind)
        for name, value in headers.items():
            self._handler.send_header(name.replace("_", "-"), value)
        self._handler.send_header("Connection", "close")
        self._handler.end_headers()

    def send(self, data: bytes) -> None:
        """Send raw bytes of the body at once."""
        self._handler.wfile.write(data)
        self._handler.wfile.flush()

    def event(self, payload: object) -> None:
        """Send one event of a stream."""
        text = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)
        self.send(f"data: {text}\n\n".encode())

    def wait(self, seconds: float) -> None:
        """Wait, unless the test is over before."""
        self._released.wait(seconds)


Script = Callable[[Connection], None]


@dataclass
class ModelServer:
    """Plays `scripts`, the last one for ever; remembers what it was sent."""

    url: str
    scripts: list[Script] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    left: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)

    def play(self, connection: Connection) -> None:
        """Play the next script; `left` is set when the client was gone before its end."""
        script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
        try:
            script(connection)
        except (BrokenPipeError, ConnectionResetError):
            self.left.set()


@contextmanager
def serving(*scripts: Script) -> Iterator[ModelServer]:
    """Serve on a free port until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            self._play(json.loads(self.rfile.read(length)) | {"path": self.path})

        def do_GET(self) -> None:
            self._play({"path": self.path})

        def _play(self, body: dict[str, Any]) -> None:
            model.bodies.append(body)
            model.headers.append({k.lower(): v for k, v in self.headers.items()})
            self.close_connection = True
            model.play(Connection(self, model.released, body))

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            """Say nothing: the server is part of a test."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    model = ModelServer(f"http://127.0.0.1:{server.server_port}/v1", list(scripts))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield model
    finally:
        model.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


def part(text: str | None = None, *, finish: str | None = None) -> dict[str, Any]:
    """One part of a stream."""
    delta = {} if text is None else {"content": text}
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def saying(text: str, *, finish: str = "stop") -> Script:
    """A well-behaved server that streams `text` word by word."""

    def script(connection: Connection) -> None:
        connection.head()
        connection.event({"choices": [{"delta": {"role": "assistant", "content": None}}]})
        for word in text.split(" "):
            connection.event(part(word + " "))
        connection.event(part(finish=finish))
        connection.event({"choices": [], "usage": {"total_tokens": 3}})
        connection.event("[DONE]")

    return script


def refusing(status: int, body: object = None, **headers: str) -> Script:
    """A server that answers with an error."""

    def script(connection: Connection) -> None:
        connection.head(status, "application/json", **headers)
        connection.send(json.dumps(body or {"error": {"code": "overloaded"}}).encode())

    return script


def replying(body: bytes, kind: str = "application/json") -> Script:
    """A server that sends `body` whole, as `kind`."""

    def script(connection: Connection) -> None:
        connection.head(200, kind)
        connection.send(body)

    return script


def stalling(*texts: str, seconds: float) -> Script:
    """A server that waits before it sends the first text, and then before each other."""

    def script(connection: Connection) -> None:
        connection.head()
        for text in texts:
            connection.wait(seconds)
            connection.event(part(text))
        connection.event("[DONE]")

    return script
