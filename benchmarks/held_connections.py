"""Connections that are held without a use, and how long a server lets them be.

For `benchmarks.servers`: nothing is said, nothing more is said after a reply, a reply is not
taken; and a question comes while more connections than a server takes say nothing.
"""

import asyncio
import socket
import time
from contextlib import suppress
from typing import Any

from benchmarks.clients import Address, Streams, exchange, get, once
from benchmarks.overload import Figure
from benchmarks.served import Service

_MOST_SECONDS = 45.0
_SILENT = 1500  # more than SOURCIER_MAX_CONNECTIONS and than granian's backlog
_UNREAD = 400  # replies of 200 KB that nobody takes: more than the kernel keeps


async def measure_held(service: Service) -> tuple[list[Figure], dict[str, Any]]:
    """Return how long connections live that are held, and how long a question waits beside."""
    address = Address(service.port)
    silent, kept, unread = await asyncio.gather(_silent(address), _kept(address), _unread(address))
    beside = await _beside_silent(address)
    figures = [
        Figure("a connection that says nothing is closed", "≤ 10 s", _seconds(silent),
               silent <= 10),
        Figure("one that is kept after a reply lives", "≥ 15 s", _seconds(kept), kept >= 15),
        Figure("a client that takes no reply is cut off", "≤ 30 s", _seconds(unread),
               unread <= 30),
        Figure(f"a new connection beside {_SILENT} silent ones is served", "≤ 1 s",
               _seconds(beside), beside <= 1),
    ]  # fmt: skip
    return figures, {}


async def _silent(address: Address) -> float:
    return await _closed(await address.connect())


async def _kept(address: Address) -> float:
    streams = await address.connect()
    await exchange(streams, get("/healthz"))
    return await _closed(streams)


async def _closed(streams: Streams) -> float:
    """Return after how many seconds the server closes the connection."""
    start = time.perf_counter()
    with suppress(OSError):
        async with asyncio.timeout(_MOST_SECONDS):
            await streams[0].read()
    streams[1].close()
    return time.perf_counter() - start


async def _unread(address: Address) -> float:
    """Return after how many seconds a client is cut off that asks on and reads nothing."""
    loop, start = asyncio.get_running_loop(), time.perf_counter()
    with socket.socket() as client:
        client.settimeout(0)
        await loop.sock_connect(client, (address.host, address.port))
        with suppress(OSError):
            async with asyncio.timeout(_MOST_SECONDS):
                await loop.sock_sendall(client, get("/openapi.json") * _UNREAD)
                while True:
                    await asyncio.sleep(0.5)
                    with suppress(BlockingIOError):
                        client.send(b"\r\n")
    return time.perf_counter() - start


async def _beside_silent(address: Address) -> float:
    """Return the seconds that a new connection takes while many others say nothing."""
    held = [await address.connect() for _ in range(_SILENT)]
    reply = await once(address, get("/healthz"))
    for _, writer in held:
        writer.close()
    return reply.seconds if reply.status == 200 else float("inf")


def _seconds(value: float) -> str:
    return "never" if value >= _MOST_SECONDS else f"{value:.1f} s"
