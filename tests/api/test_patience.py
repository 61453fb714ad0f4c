"""A client that is slow, silent, endless or deaf, on a real socket."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from api import patience
from api.connections import Connections
from api.patience import HEAD_BYTES, PatientConnection

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def hello(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001
    await answer(send, b"hello")


async def answer(send: Send, body: bytes) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": body})


@asynccontextmanager
async def listening(
    app: Application = hello, connections: Connections | None = None
) -> AsyncIterator[Callable[[], Awaitable[Streams]]]:
    """Yield what connects to `app`."""
    config = uvicorn.Config(cast(Any, app), ws="none", lifespan="off", log_config=None)
    config.load()
    room = connections or Connections(most=99, most_per_address=99)
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(
        lambda: PatientConnection(
            config=config, server_state=state, app_state={}, connections=room
        ),
        "127.0.0.1",
    )
    async with server:
        address = server.sockets[0].getsockname()
        opened: list[Streams] = []

        async def connect() -> Streams:
            opened.append(await asyncio.open_connection(*address))
            return opened[-1]

        yield connect
        for connection in list(state.connections):
            connection.transport.abort()
        await asyncio.gather(*state.tasks)
        for _, writer in opened:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()


def run(test: Callable[[], Awaitable[None]]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(30):
            await test()

    asyncio.run(bounded())


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "HEAD_SECONDS", 0.05)
    monkeypatch.setattr(patience, "LISTEN_SECONDS", 0.05)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("begun", [b"", GET])
def test_a_head_that_does_not_end_is_refused(begun: bytes) -> None:
    async def test() -> None:
        async with listening() as connect:
            reader, writer = await connect()
            writer.write(begun + GET[:-2])
            said = await reader.read()
        head, _, body = said[said.rindex(b"HTTP/1.1") :].partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
        assert b"Connection: close" in head
        assert json.loads(body)["status"] == 408

    run(test)


@pytest.mark.usefixtures("impatient")
def test_a_silent_connection_is_closed_without_a_word() -> None:
    async def test() -> None:
        async with listening() as connect:
            reader, _ = await connect()
            assert await reader.read() == b""

    run(test)


@pytest.mark.usefixtures("impatient")
def test_an_answer_may_take_longer_than_a_question() -> None:
    async def late(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(0.3)
        await hello(scope, receive, send)

    async def test() -> None:
        async with listening(late) as connect:
            reader, writer = await connect()
            writer.write(GET + GET[:-2])  # the second is behind it, unfinished
            assert (await reader.readuntil(b"hello")).startswith(b"HTTP/1.1 200")

    run(test)


@pytest.mark.usefixtures("impatient")
def test_the_rest_of_a_body_that_nobody_reads_is_not_waited_for() -> None:
    async def test() -> None:
        async with listening() as connect:
            reader, writer = await connect()
            writer.write(CHUNKED + b"1\r\na\r\n")
            assert (await reader.read()).endswith(b"hello")  # and then the end

    run(test)


@pytest.mark.parametrize(
    "endless",
    [
        pytest.param(GET[:-2] + b"X-A: a\r\n" * (HEAD_BYTES // 8), id="headers"),
        pytest.param(GET[:-2] + b"X-A: " + b"a" * HEAD_BYTES, id="a header"),
        pytest.param(b"GET /" + b"a" * HEAD_BYTES, id="a path"),
    ],
)
def test_a_head_without_end_is_refused(endless: bytes) -> None:
    async def test() -> None:
        async with listening() as connect:
            reader, writer = await connect()
            writer.write(endless)
            assert (await reader.read()).startswith(b"HTTP/1.1 431 ")

    run(test)


@pytest.mark.parametrize("endless", [b"X-A: a\r\n" * HEAD_BYTES, b"X-A: " + b"a" * 8 * HEAD_BYTES])
def test_trailers_without_end_close_the_connection(endless: bytes) -> None:
    left = asyncio.Event()

    async def reading(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001
        while (await receive())["type"] != "http.disconnect":
            pass
        left.set()

    async def test() -> None:
        async with listening(reading) as connect:
            reader, writer = await connect()
            writer.write(CHUNKED + b"1\r\na\r\n0\r\n" + endless)
            with suppress(ConnectionResetError):
                assert await reader.read() == b""
            await left.wait()

    run(test)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("pieces", [1, 1000])
def test_who_does_not_take_the_reply_is_cut_off(pieces: int) -> None:
    ended = asyncio.Event()

    async def large(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001
        start = {"type": "http.response.start", "status": 200, "headers": []}
        await send(start)
        piece = {"type": "http.response.body", "body": b"x" * (30_000_000 // pieces)}
        for _ in range(pieces - 1):
            await send({**piece, "more_body": True})
        await send(piece)
        ended.set()

    async def test() -> None:
        async with listening(large) as connect:
            reader, writer = await connect()
            writer.write(GET)
            await ended.wait()
            await asyncio.sleep(0.3)
            with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
                await reader.readexactly(30_000_000)

    run(test)


class SlowTransport(asyncio.Transport):
    """Takes what is written as fast as `sizes` of its buffer say."""

    def __init__(self, *sizes: int) -> None:
        super().__init__()
        self.sizes = list(sizes)
        self.aborted = False

    def get_write_buffer_size(self) -> int:
        return self.sizes.pop(0) if len(self.sizes) > 1 else self.sizes[0]

    def get_extra_info(self, name: str, default: object = None) -> object:
        return ("192.0.2.1", 1) if name == "peername" else default

    def abort(self) -> None:
        self.aborted = True

    def close(self) -> None:
        """Go on sending."""


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("sizes", "end"),
    [
        ((200_000, 150_000, 100_000, 50_000, 0), "whole"),
        ((200_000, 150_000, 149_000), "aborted"),
        ((20_000, 1), "aborted"),
        ((20_000, 0), "whole"),
    ],
)
def test_a_slow_listener_is_waited_for_while_it_gets_on(sizes: tuple[int, ...], end: str) -> None:
    async def test() -> None:
        config = uvicorn.Config(cast(Any, hello), ws="none", lifespan="off", log_config=None)
        connection = PatientConnection(
            config=config,
            server_state=ServerState(),
            app_state={},
            connections=Connections(most=9, most_per_address=9),
        )
        transport = SlowTransport(*sizes)
        connection.connection_made(transport)
        connection.pause_writing()
        await asyncio.sleep(0.4)
        connection.connection_lost(None)
        assert transport.aborted == (end == "aborted")

    run(test)


def test_beyond_the_bound_the_longest_silent_connection_is_closed() -> None:
    async def test() -> None:
        async with listening(connections=Connections(most=2, most_per_address=9)) as connect:
            silent, _ = await connect()
            second, third = await connect(), await connect()
            assert await silent.read() == b""
            for reader, writer in (second, third):
                writer.write(GET)
                assert await reader.readuntil(b"hello")

    run(test)


def test_beyond_the_bound_of_its_address_a_connection_is_refused_in_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(patience, "is_loopback", lambda _: False)

    async def test() -> None:
        async with listening(connections=Connections(most=9, most_per_address=1)) as connect:
            await connect()
            reader, _ = await connect()
            said = await reader.read()
            assert said.startswith(b"HTTP/1.1 503 ")
            assert b"Retry-After: 2\r\n" in said

    run(test)


def test_a_service_that_stops_closes_each_connection_after_its_reply() -> None:
    connections = Connections(most=9, most_per_address=9)

    async def test() -> None:
        async with listening(connections=connections) as connect:
            reader, writer = await connect()
            writer.write(GET)
            assert b"close" not in await reader.readuntil(b"hello")
            connections.closing = True
            writer.write(GET)
            assert b"connection: close" in await reader.read()

    run(test)
