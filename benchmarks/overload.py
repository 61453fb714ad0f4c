"""A service under more load, slower clients and larger bodies than it can take.

``python -m benchmarks.overload`` starts ``python -m api`` on the bundled sample and measures,
each time against a new process: questions answered at the best load and at five times that;
how fast the rest is turned away; what 500 slow sockets do to others, and how long they live;
how much memory bodies without end take; what is lost on SIGTERM.
"""

import argparse
import asyncio
import json
import os
import random
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.attacks import endless_bodies, hold_slow_sockets, send_without_end
from benchmarks.clients import Address, Reply, Streams, exchange, get, once, post
from benchmarks.served import MIB, Service, served, store_sample

_QUESTIONS = (
    "Quand le règlement européen sur l'intelligence artificielle est-il entré en vigueur ?",
    "Who makes the machines that print chips?",
    "Combien coûte une usine de puces ?",
    "Which practices does the European regulation forbid?",
    "Qui a signé la convention du Conseil de l'Europe ?",
    "What is a foundation model?",
)
_WORKERS = (2, 4, 8)


@dataclass(frozen=True, slots=True)
class Figure:
    """One promise: what was promised, what was measured, whether it holds."""

    promise: str
    aim: str
    measured: str
    holds: bool


def _ask(number: int, *, stream: bool = False) -> bytes:
    """Return a question that no cache has seen."""
    question = f"{_QUESTIONS[number % len(_QUESTIONS)]} ({number})"
    return post("/v1/ask", {"question": question, "stream": stream})


def _percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


async def _closed_loop(address: Address, *, workers: int, seconds: float) -> list[Reply]:
    """Let each of `workers` ask one question after the other."""
    until = time.perf_counter() + seconds
    replies: list[Reply] = []

    async def work() -> None:
        streams = await address.connect()
        while time.perf_counter() < until:
            replies.append(await exchange(streams, _ask(random.randrange(10**9))))
        streams[1].close()

    await asyncio.gather(*(work() for _ in range(workers)))
    return replies


async def _open_loop(address: Address, *, rate: float, seconds: float) -> list[Reply]:
    """Ask `rate` questions a second, whether they are answered or not."""
    idle: list[Streams] = []
    replies: list[Reply] = []

    async def ask() -> None:
        streams = idle.pop() if idle else await address.connect()
        reply = await exchange(streams, _ask(random.randrange(10**9)))
        replies.append(reply)
        if reply.status:
            idle.append(streams)
        else:
            streams[1].close()

    start = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(int(rate * seconds)):
            await asyncio.sleep(max(0.0, start + number / rate - time.perf_counter()))
            group.create_task(ask())
    for _, writer in idle:
        writer.close()
    return replies


async def measure_load(service: Service, *, seconds: float) -> tuple[list[Figure], dict[str, Any]]:
    """Return what of the best throughput is left at five times that load."""
    address = Address(service.port)
    await _closed_loop(address, workers=2, seconds=2)  # caches and lazy imports
    rates = {}
    for workers in _WORKERS:
        replies = await _closed_loop(address, workers=workers, seconds=seconds)
        rates[workers] = sum(reply.status == 200 for reply in replies) / seconds
    peak = max(rates.values())
    service.forget_peak()
    await _closed_loop(address, workers=8, seconds=2)
    before = service.peak()
    start = time.perf_counter()
    replies = await _open_loop(address, rate=5 * peak, seconds=seconds * 2)
    elapsed = time.perf_counter() - start
    answered = [reply.seconds for reply in replies if reply.status == 200]
    refused = [reply.seconds * 1000 for reply in replies if reply.status == 503]
    goodput = len(answered) / elapsed
    grown = service.peak() / before
    others = sum(reply.status not in (200, 503) for reply in replies)
    p99 = _percentile(refused, 0.99)
    figures = [
        Figure("goodput at 5× the load", "≥ 80 % of the best", f"{goodput / peak:.0%}",
               goodput >= 0.8 * peak),
        Figure("a 503 at 5× the load, p99", "≤ 50 ms", f"{p99:.0f} ms", p99 <= 50),
        Figure("memory at 5× the load", "≤ 1.5× that at the best", f"{grown:.2f}×", grown <= 1.5),
        Figure("other replies at 5× the load", "none", str(others), others == 0),
    ]  # fmt: skip
    return figures, {
        "questions a second, by workers": rates,
        "answered": len(answered),
        "refused": len(refused),
        "goodput": goodput,
        "answered p50 s": statistics.median(answered),
        "answered p99 s": _percentile(answered, 0.99),
        "refused p50 ms": statistics.median(refused) if refused else None,
        "refused p99 ms": p99,
    }


async def _healthy(address: Address, *, seconds: float) -> list[float]:
    """Return the seconds of one question after the other, each on a new connection."""
    until, found = time.perf_counter() + seconds, []
    while time.perf_counter() < until:
        reply = await once(address, _ask(random.randrange(10**9)))
        found.append(reply.seconds if reply.status == 200 else float("inf"))
        await asyncio.sleep(0.02)
    return found


async def measure_slow_clients(
    service: Service, *, seconds: float, sockets: int
) -> tuple[list[Figure], dict[str, Any]]:
    """Return what `sockets` slow sockets do to a client that behaves, and how long they live."""
    address = Address(service.port)
    await _healthy(address, seconds=2)
    idle = await _healthy(address, seconds=seconds)
    lived: list[float] = []
    holding = asyncio.create_task(
        hold_slow_sockets(
            Address(service.port, source="127.0.0.2"),
            count=sockets,
            seconds=seconds + 15,
            lived=lived,
        )
    )
    await asyncio.sleep(3)  # until they are all there
    under = await _healthy(address, seconds=seconds)
    await holding
    before, after = _percentile(idle, 0.99), _percentile(under, 0.99)
    longest = max(lived, default=float("inf"))
    figures = [
        Figure(f"p99 of others beside {sockets} slow sockets", "≤ 2× that without",
               f"{after / before:.2f}×", after <= 2 * before),
        Figure("a slow head or body is closed", "≤ 10 s", f"{longest:.1f} s", longest <= 10),
    ]  # fmt: skip
    return figures, {
        "p99 ms without": before * 1000,
        "p99 ms beside": after * 1000,
        "p50 ms without": statistics.median(idle) * 1000,
        "p50 ms beside": statistics.median(under) * 1000,
        "sockets": len(lived),
        "longest life s": longest,
    }


async def measure_bodies(service: Service, *, total: int) -> tuple[list[Figure], dict[str, Any]]:
    """Return how much memory bodies of `total` bytes take before they are refused."""
    address = Address(service.port)
    await once(address, _ask(0))
    figures, details = [], {}
    for name, (opening, pieces) in endless_bodies(total).items():
        limit = (50 if b" /v1/documents " in opening else 1) * MIB
        before = service.forget_peak()
        start = time.perf_counter()
        status = await send_without_end(address, opening, pieces)
        grown = service.peak() - before
        alive = (await once(address, get("/healthz"))).status == 200
        details[name] = {
            "status": status,
            "seconds": time.perf_counter() - start,
            "grown MiB": grown / MIB,
        }
        holds = alive and status in (0, 400, 404, 408, 413, 431) and grown <= 2 * limit
        aim = f"refused, memory grows ≤ {2 * limit // MIB} MiB"
        figures.append(Figure(name, aim, f"{status}, {grown / MIB:.1f} MiB", holds))
    return figures, details


async def measure_stop(service: Service, *, requests: int) -> tuple[list[Figure], dict[str, Any]]:
    """Return what becomes of `requests` questions, half of them streamed, on SIGTERM."""
    address = Address(service.port)
    await asyncio.gather(*(once(address, _ask(number)) for number in range(4)))
    asked = [
        asyncio.create_task(once(address, _ask(number, stream=bool(number % 2))))
        for number in range(requests)
    ]
    await asyncio.sleep(0.03)
    unfinished = sum(not each.done() for each in asked)
    service.process.send_signal(signal.SIGTERM)
    start = time.perf_counter()
    status = 200
    while status == 200:
        status = (await once(address, get("/readyz"))).status
    unready = time.perf_counter() - start
    replies = await asyncio.gather(*asked)
    whole = sum(reply.status == 200 and _whole(reply.body) for reply in replies)
    code = await asyncio.to_thread(service.process.wait, 30)
    gone = time.perf_counter() - start
    figures = [
        Figure("not ready after SIGTERM", "≤ 1 s", f"{unready * 1000:.0f} ms", unready <= 1),
        Figure("readyz while it stops", "503", str(status), status == 503),
        Figure(f"of {requests} questions under way, answered whole", str(requests), str(whole),
               whole == requests),
        Figure("gone after SIGTERM", "≤ 15 s", f"{gone:.1f} s, exit code {code}",
               gone <= 15 and code == 0),
    ]  # fmt: skip
    return figures, {"under way at the signal": unfinished, "seconds until gone": gone}


def _whole(body: bytes) -> bool:
    return b"event: done\n" in body or (body.startswith(b"{") and body.endswith(b"}"))


Measure = Callable[[Service], Awaitable[tuple[list[Figure], dict[str, Any]]]]


def main() -> int:
    """Measure, print a table, and return 1 if a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10, help="of each stage of load")
    parser.add_argument("--sockets", type=int, default=500, help="slow ones")
    parser.add_argument("--only", choices=("load", "slow", "bodies", "stop"), action="append")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    options = parser.parse_args()
    measures: dict[str, Measure] = {
        "load": lambda service: measure_load(service, seconds=options.seconds),
        "slow": lambda service: measure_slow_clients(
            service, seconds=options.seconds, sockets=options.sockets
        ),
        "bodies": lambda service: measure_bodies(service, total=200 * MIB),
        "stop": lambda service: measure_stop(service, requests=20),
    }
    result: dict[str, Any] = {"load average before": os.getloadavg()[0], "cores": os.cpu_count()}
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        store_sample(Path(folder))
        for name, measure in measures.items():
            if options.only and name not in options.only:
                continue
            with served(Path(folder)) as service:
                found, details = asyncio.run(_measured(measure, service))
            figures += found
            result[name] = {"figures": [asdict(figure) for figure in found], "details": details}
    for figure in figures:
        mark = "ok  " if figure.holds else "FAIL"
        print(f"{mark} {figure.promise:55} {figure.aim:35} {figure.measured}")
    if options.json:
        options.json.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    return 0 if all(figure.holds for figure in figures) else 1


async def _measured(measure: Measure, service: Service) -> tuple[list[Figure], dict[str, Any]]:
    return await measure(service)


if __name__ == "__main__":
    sys.exit(main())
