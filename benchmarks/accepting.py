"""How connections come to two workers: as the kernel does it, or handed out by a supervisor.

``python -m benchmarks.accepting`` lets two processes serve a protocol of one byte that costs 4 ms
of a processor in a thread, in each of three ways: both accept on one socket; each has a socket of
its own on the same port (SO_REUSEPORT); a third process accepts and hands each connection to the
one with fewer. It tells how many connections each of the two got, and how long clients waited.
"""

import argparse
import asyncio
import contextlib
import json
import os
import selectors
import signal
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
import uvloop

Way = Literal["shared", "reuseport", "handed"]
_WAYS: tuple[Way, ...] = ("shared", "reuseport", "handed")
_CLIENTS = (1, 2, 8)
_WORK_SECONDS = 0.004
_PATIENCE_SECONDS = 120


def _work() -> bytes:
    end = time.thread_time() + _WORK_SECONDS
    while time.thread_time() < end:
        pass
    return f"{os.getpid()}\n".encode()


class _Answering(asyncio.Protocol):
    """Answers each byte with the number of the process; tells `gone` when the client has left."""

    def __init__(self, gone: Callable[[], object]) -> None:
        self._gone = gone

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def connection_lost(self, _: Exception | None) -> None:
        self._gone()

    def data_received(self, _: bytes) -> None:
        self._task = asyncio.ensure_future(self._answer())

    async def _answer(self) -> None:
        self._transport.write(await asyncio.get_running_loop().run_in_executor(None, _work))


async def _serve(listener: socket.socket | None, channel: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    if listener is not None:
        await loop.create_server(lambda: _Answering(lambda: None), sock=listener)
    else:
        channel.settimeout(0)

        gone = partial(channel.send, b"-")

        def take() -> None:
            _, descriptors, _, _ = socket.recv_fds(channel, 4096, 64)
            for each in descriptors:
                connection = socket.socket(fileno=each)
                tasks.append(
                    asyncio.ensure_future(
                        loop.connect_accepted_socket(partial(_Answering, gone), connection)
                    )
                )

        tasks: list[Any] = []
        loop.add_reader(channel, take)
    await asyncio.sleep(_PATIENCE_SECONDS)


def _hand_out(listener: socket.socket, channels: list[socket.socket]) -> None:
    listener.settimeout(0)
    counts = [0] * len(channels)
    with selectors.DefaultSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        for number, channel in enumerate(channels):
            selector.register(channel, selectors.EVENT_READ, number)
        while True:
            for key, _ in selector.select():
                if key.data is not None:
                    counts[key.data] -= len(channels[key.data].recv(4096))
                    continue
                with contextlib.suppress(BlockingIOError):
                    connection, _ = listener.accept()
                    least = counts.index(min(counts))
                    counts[least] += 1
                    with connection:
                        socket.send_fds(channels[least], [b"c"], [connection.fileno()])


def _forked(run: Callable[[], object]) -> int:
    pid = os.fork()
    if not pid:
        sys.setswitchinterval(0.0005)  # as the service does
        run()
        os._exit(0)
    return pid


@contextlib.contextmanager
def serving(way: Way) -> Iterator[int]:
    """Serve by two processes in this way; yield the port."""
    first = socket.create_server(("127.0.0.1", 0), backlog=2048, reuse_port=way == "reuseport")
    port = first.getsockname()[1]
    second = first
    if way == "reuseport":
        second = socket.create_server(("127.0.0.1", port), backlog=2048, reuse_port=True)
    pairs = [socket.socketpair() for _ in range(2)]
    listeners = (None, None) if way == "handed" else (first, second)
    pids = [
        _forked(lambda one=one, end=end: uvloop.run(_serve(one, end)))  # type: ignore[misc]
        for one, (_, end) in zip(listeners, pairs, strict=True)
    ]
    if way == "handed":
        pids.append(_forked(lambda: _hand_out(first, [ours for ours, _ in pairs])))
    time.sleep(0.5)
    try:
        yield port
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        for each in (first, second, *(end for pair in pairs for end in pair)):
            each.close()


async def _client(port: int, number: int, *, fresh: bool, found: dict[int, bytes]) -> list[float]:
    seconds = []
    writer = None
    for _ in range(25):
        start = time.perf_counter()
        if writer is None:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"x")
        found[number] = await reader.readline()
        seconds.append(time.perf_counter() - start)
        if fresh:
            writer.close()
            writer = None
    if writer is not None:
        writer.close()
    return seconds


async def ask(port: int, *, clients: int, fresh: bool, rounds: int) -> dict[str, Any]:
    """Let `clients` ask at once, `rounds` times; return the figures."""
    shares: Counter[str] = Counter()
    seconds: list[float] = []
    start = time.perf_counter()
    for _ in range(rounds):
        found: dict[int, bytes] = {}
        asking = (_client(port, n, fresh=fresh, found=found) for n in range(clients))
        seconds += [one for each in await asyncio.gather(*asking) for one in each]
        most = max(Counter(found.values()).values())
        shares[f"{most}:{clients - most}"] += 1
    rate = len(seconds) / (time.perf_counter() - start)
    p50, p95 = (np.percentile(seconds, (50, 95)) * 1000).round(1)
    told = {"per_second": round(rate, 1), "p50_ms": float(p50), "p95_ms": float(p95)}
    return told if fresh else {**told, "shares": dict(shares.most_common())}


def main() -> None:
    """Measure, print and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--json", type=Path, default=Path("benchmarks/results/accepting.json"))
    options = parser.parse_args()
    figures: dict[str, Any] = {"load_before": os.getloadavg()}
    for fresh in (False, True):
        for clients in _CLIENTS:
            for way in _WAYS:
                with serving(way) as port:
                    asking = ask(port, clients=clients, fresh=fresh, rounds=options.rounds)
                    found = asyncio.run(asking)
                kind = "a connection for each question" if fresh else "connections kept"
                figures.setdefault(kind, {}).setdefault(f"{clients} clients", {})[way] = found
                print(kind, clients, way, found, flush=True)
    figures["load_after"] = os.getloadavg()
    options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
