"""The same application behind our server, behind uvicorn as it comes, and behind granian.

``python -m benchmarks.servers --store FOLDER`` starts all three over a store that
``python -m benchmarks.answering`` has made, and asks each the same by turns, from one client and
from eight: ``/healthz``, which is HTTP and little else, ``/v1/ask`` with questions that none has
seen, and the same streamed. Then it does to ours and to granian, each on its own, what ``python -m
benchmarks.overload`` does (slow sockets, bodies and heads without end, SIGTERM), and holds
connections without using them.
"""

import argparse
import asyncio
import json
import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import numpy as np
import uvloop

from api.connections import allow_files
from benchmarks import development, overload
from benchmarks.clients import Address, Streams, get, post
from benchmarks.held_connections import measure_held
from benchmarks.other_servers import (
    GRANIAN,
    OURS,
    Start,
    processes,
    processor,
    resident,
    starts,
)
from benchmarks.served import MIB, Service, store_sample

_CLIENTS = (1, 8)
_ASKED = {"healthz": 800, "ask": 48, "stream": 48}  # a round
_WARM = 16  # questions
_FILES = 4000  # open at once

Told = dict[str, list[float]]
Measured = tuple[list[overload.Figure], dict[str, Any]]


def speed(options: argparse.Namespace, servers: dict[str, Start]) -> dict[str, Any]:
    """Ask all servers the same, by turns; return the figures."""
    unasked = iter(_questions(options.data))
    found: dict[str, dict[str, Told]] = {
        f"{kind}, clients: {clients}": {name: defaultdict(list) for name in servers}
        for kind in _ASKED
        for clients in _CLIENTS
    }
    with ExitStack() as held:
        services = {
            name: held.enter_context(start(options.store)) for name, start in servers.items()
        }
        warm = [post("/v1/ask", {"question": next(unasked)}) for _ in range(_WARM)]
        for service in services.values():
            ask(service, warm, clients=4, into=defaultdict(list))
        for turn in range(options.rounds):
            for clients in _CLIENTS:
                for kind, count in _ASKED.items():
                    requests = _requests(kind, count, unasked)
                    into = found[f"{kind}, clients: {clients}"]
                    for name in _rotated(list(services), turn):
                        ask(services[name], requests, clients=clients, into=into[name])
        memory = {name: resident(service) // MIB for name, service in services.items()}
    return {
        **{
            kind: {name: _summary(told) for name, told in by_name.items()}
            for kind, by_name in found.items()
        },
        "memory MiB": memory,
    }


def ask(service: Service, requests: Sequence[bytes], *, clients: int, into: Told) -> None:
    """Let `clients` send the requests, each on a connection that it keeps; note what it took."""

    async def send(share: Sequence[bytes]) -> list[tuple[float, float]]:
        streams = await Address(service.port).connect()
        took = [await timed(streams, request) for request in share]
        streams[1].close()
        return took

    async def all_at_once() -> list[list[tuple[float, float]]]:
        shares = [requests[number::clients] for number in range(clients)]
        return await asyncio.gather(*map(send, shares))

    worked, start = processor(service), time.perf_counter()
    took = [pair for share in uvloop.run(all_at_once()) for pair in share]
    into["a second"].append(len(took) / (time.perf_counter() - start))
    into["processor"].append((processor(service) - worked) / len(took))
    into["first"] += [first for first, _ in took]
    into["whole"] += [whole for _, whole in took]


async def timed(streams: Streams, request: bytes) -> tuple[float, float]:
    """Return the seconds to the first piece of a reply's body, and to its end."""
    reader, writer = streams
    start = time.perf_counter()
    writer.write(request)
    lines = (await reader.readuntil(b"\r\n\r\n")).lower().split(b"\r\n")
    assert b" 200" in lines[0], lines[0]  # noqa: S101 - else nothing is measured
    fields = dict(line.split(b": ", 1) for line in lines[1:] if b": " in line)
    if b"content-length" in fields:
        await reader.readexactly(int(fields[b"content-length"]))
        return (time.perf_counter() - start,) * 2
    first = 0.0
    while size := int(await reader.readuntil(b"\r\n"), 16):
        await reader.readexactly(size + 2)
        first = first or time.perf_counter() - start
    await reader.readexactly(2)
    return first, time.perf_counter() - start


def _questions(folder: Path) -> list[str]:
    found = [
        one.text
        for name in development.QUESTIONS.values()
        for one in development.questions(folder, name)
    ]
    found = list(dict.fromkeys(found))
    Random(13).shuffle(found)
    return found


def _requests(kind: str, count: int, unasked: Iterator[str]) -> list[bytes]:
    if kind == "healthz":
        return [get("/healthz")] * count
    stream = kind == "stream"
    return [post("/v1/ask", {"question": next(unasked), "stream": stream}) for _ in range(count)]


def _rotated(names: list[str], turn: int) -> list[str]:
    start = turn % len(names)
    return [*names[start:], *names[:start]]


def _summary(told: Told) -> dict[str, float]:
    p50, p95 = np.percentile(told["whole"], (50, 95)) * 1000
    return {
        "a second": round(float(np.median(told["a second"])), 1),
        "p50 ms": round(float(p50), 2),
        "p95 ms": round(float(p95), 2),
        "first piece, p50 ms": round(1000 * float(np.median(told["first"])), 2),
        "processor ms": round(1000 * float(np.mean(told["processor"])), 3),
    }


def promises(servers: dict[str, Start], *, sockets: int) -> dict[str, Any]:
    """Do to servers what costs them most; return which promises of Sourcier they keep."""
    measures: dict[str, Callable[[Service], Awaitable[Measured]]] = {
        "slow": lambda service: overload.measure_slow_clients(service, seconds=6, sockets=sockets),
        "bodies": lambda service: overload.measure_bodies(_serving(service), total=64 * MIB),
        "stop": lambda service: overload.measure_stop(service, requests=20),
        "held": measure_held,
    }
    found: dict[str, Any] = {name: {} for name in servers}
    with tempfile.TemporaryDirectory() as folder:
        store_sample(Path(folder))
        for name, start in servers.items():
            for what, measure in measures.items():
                with start(Path(folder)) as service:
                    figures, _ = asyncio.run(_done(measure, service))
                found[name][what] = [asdict(one) for one in figures]
                for one in figures:
                    print(f"{name:12} {one.holds!s:5} {one.promise:50} {one.measured}", flush=True)
    return found


async def _done(measure: Callable[[Service], Awaitable[Measured]], service: Service) -> Measured:
    return await measure(service)


def _serving(service: Service) -> Service:
    """Return the service by the process that serves, whose memory grows: a child, if any."""
    process: Any = SimpleNamespace(pid=processes(service)[-1])
    return replace(service, process=process)


def main() -> None:
    """Measure, print and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=development.DATA)
    parser.add_argument("--store", type=Path, required=True, help="data folder with documents")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sockets", type=int, default=500, help="slow ones")
    parser.add_argument("--only", choices=("speed", "promises"), nargs="+")
    parser.add_argument("--json", type=Path, default=Path("benchmarks/results/servers.json"))
    options = parser.parse_args()
    allow_files(_FILES)
    servers = starts()
    steps: dict[str, Callable[[], dict[str, Any]]] = {
        "speed": lambda: speed(options, servers),
        "promises": lambda: promises(
            {name: servers[name] for name in (OURS, GRANIAN)}, sockets=options.sockets
        ),
    }
    figures = json.loads(options.json.read_text("utf-8")) if options.json.exists() else {}
    for step in options.only or steps:
        load = os.getloadavg()
        figures[step] = {"load_before": load, **steps[step](), "load_after": os.getloadavg()}
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
        print(json.dumps(figures[step], indent=1))


if __name__ == "__main__":
    main()
