"""Raw HTTP/1.1 clients for `benchmarks.overload`: many, quick, and as rude as need be."""

import asyncio
import json
import time
from dataclasses import dataclass
from typing import Any

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, 0 where the connection broke; `seconds` from the first byte sent."""

    status: int
    body: bytes
    seconds: float


@dataclass(frozen=True, slots=True)
class Address:
    """Where the service listens, and the address that the client calls from."""

    port: int
    host: str = "127.0.0.1"
    source: str = "127.0.0.1"

    async def connect(self) -> Streams:
        """Return the two ends of a new connection."""
        return await asyncio.open_connection(self.host, self.port, local_addr=(self.source, 0))


def post(path: str, value: dict[str, Any]) -> bytes:
    """Return a POST of `value` as JSON."""
    body = json.dumps(value).encode()
    return head("POST", path, length=len(body), kind="application/json") + body


def get(path: str) -> bytes:
    """Return a GET."""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def head(method: str, path: str, *, length: int | None, kind: str) -> bytes:
    """Return the head of a request whose body has `length` bytes, or comes in chunks."""
    size = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
    return (
        f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\n{size}\r\n\r\n"
    ).encode()


async def exchange(streams: Streams, request: bytes) -> Reply:
    """Send `request` and return the whole reply."""
    reader, writer = streams
    start = time.perf_counter()
    try:
        writer.write(request)
        await writer.drain()
        status, body = await read_reply(reader)
    except (OSError, asyncio.IncompleteReadError):
        return Reply(0, b"", time.perf_counter() - start)
    return Reply(status, body, time.perf_counter() - start)


async def read_reply(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Return status and body of the next reply.

    Raises:
        asyncio.IncompleteReadError: the connection was closed in the middle.
    """
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
    status = int(lines[0].split()[1])
    fields = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
    if fields.get("transfer-encoding") != "chunked":
        return status, await reader.readexactly(int(fields.get("content-length", "0")))
    parts = []
    while size := int(await reader.readuntil(b"\r\n"), 16):
        parts.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readexactly(2)
    return status, b"".join(parts)


async def once(address: Address, request: bytes) -> Reply:
    """Send `request` on a connection of its own."""
    start = time.perf_counter()
    try:
        streams = await address.connect()
    except OSError:
        return Reply(0, b"", time.perf_counter() - start)
    try:
        return await exchange(streams, request)
    finally:
        streams[1].close()
