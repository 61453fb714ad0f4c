"""One process against several that share one index: answers a second, memory, start.

``python -m benchmarks.workers`` asks development questions over a store that
``python -m benchmarks.answering`` has made, of a service with each number of workers by turns, in
one run: from 1, 2, 4 and 8 clients at once, each question once. A client keeps its connection;
with ``--fresh`` it makes one for each question.
"""

import argparse
import asyncio
import json
import os
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from benchmarks import development
from benchmarks.clients import Address, Reply, exchange, once, post
from benchmarks.served import Service, served

_CLIENTS = (1, 2, 4, 8)
_WARM = 40  # questions before any is measured


def processes(service: Service) -> list[int]:
    """Return the processes of a service, its first one first."""
    pid = service.process.pid
    workers = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    return [pid, *map(int, workers)]


def memory(service: Service) -> dict[str, list[float]]:
    """Return the MiB of each process: all that is there, and its part of what is shared."""
    kinds = {"resident": "Rss", "proportional": "Pss"}
    found: dict[str, list[float]] = {kind: [] for kind in kinds}
    for pid in processes(service):
        told = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
        for kind, field in kinds.items():
            size = re.search(rf"^{field}:\s+(\d+) kB$", told, re.MULTILINE)
            assert size, field  # noqa: S101 - Linux has both
            found[kind].append(round(int(size[1]) / 1024, 1))
    return found


def _processor(pids: Sequence[int]) -> float:
    """Return the seconds of a processor that processes have had."""
    ticks = 0
    for pid in pids:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        ticks += int(stat[11]) + int(stat[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _everything() -> float:
    """Return the seconds of all processors that anything at all has had."""
    user, nice, system = Path("/proc/stat").read_text("ascii").splitlines()[0].split()[1:4]
    return (int(user) + int(nice) + int(system)) / os.sysconf("SC_CLK_TCK")


async def _asked(service: Service, asked: Sequence[str], *, fresh: bool) -> list[Reply]:
    address = Address(service.port)
    bodies = [post("/v1/ask", {"question": one}) for one in asked]
    if fresh:
        return [await once(address, body) for body in bodies]
    streams = await address.connect()
    replies = [await exchange(streams, body) for body in bodies]
    streams[1].close()
    return replies


def ask(service: Service, asked: Sequence[str], *, clients: int, fresh: bool) -> dict[str, Any]:
    """Let `clients` ask at once; return the rate, each question's seconds, and who computed."""
    pids = [*processes(service), os.getpid()]

    async def all_at_once() -> list[list[Reply]]:
        shares = [asked[number::clients] for number in range(clients)]
        return await asyncio.gather(*(_asked(service, share, fresh=fresh) for share in shares))

    start, ours, every = time.perf_counter(), _processor(pids), _everything()
    replies = [reply for share in asyncio.run(all_at_once()) for reply in share]
    seconds = time.perf_counter() - start
    assert all(reply.status == 200 for reply in replies)  # noqa: S101 - else nothing is measured
    ours, every = _processor(pids) - ours, _everything() - every
    return {
        "rate": len(replies) / seconds,
        "seconds": [reply.seconds for reply in replies],
        "ours": ours / seconds,
        "others": (every - ours) / seconds,
    }


def started(data_dir: Path, workers: int, held: ExitStack) -> tuple[Service, dict[str, float]]:
    """Start a service; return it with the seconds to its first answer, and to all of it."""
    start = time.perf_counter()
    service = held.enter_context(served(data_dir, WORKERS=str(workers)))
    reply = asyncio.run(once(Address(service.port), post("/v1/ask", {"question": "Qui ?"})))
    assert reply.status == 200  # noqa: S101 - else nothing is measured
    first = time.perf_counter() - start
    while workers > 1 and len(_up(service)) < workers:
        time.sleep(0.02)
    whole = time.perf_counter() - start
    return service, {"first_answer": round(first, 2), "all_up": round(whole, 2)}


def _up(service: Service) -> list[int]:
    """Return the workers that serve: those whose event loop waits, as its thread's name says."""
    return [pid for pid in processes(service)[1:] if _serves(pid)]


def _serves(pid: int) -> bool:
    return any("anon_inode:[eventpoll]" in each for each in _files(pid))


def _files(pid: int) -> Iterator[str]:
    for path in Path(f"/proc/{pid}/fd").iterdir():
        try:
            yield str(path.readlink())
        except OSError:
            continue


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Do all of it; return the figures."""
    questions = [
        one.text
        for name in development.QUESTIONS.values()
        for one in development.questions(options.data, name)
    ]
    Random(11).shuffle(questions)
    unasked = iter(questions)
    figures: dict[str, Any] = {"load_before": os.getloadavg(), "passages": options.store.name}
    with ExitStack() as held:
        services = {}
        for workers in options.workers:
            services[workers], seconds = started(options.store, workers, held)
            figures[str(workers)] = {"start_seconds": seconds}
        warm = [next(unasked) for _ in range(_WARM)]
        for service in services.values():
            ask(service, warm, clients=4, fresh=False)
        for clients in options.clients:
            runs: dict[int, list[dict[str, Any]]] = {workers: [] for workers in services}
            for _ in range(options.rounds):
                asked = [next(unasked) for _ in range(options.questions)]
                for workers, service in services.items():
                    runs[workers].append(ask(service, asked, clients=clients, fresh=options.fresh))
            for workers, found in runs.items():
                told = figures[str(workers)].setdefault("clients", {})
                told[str(clients)] = _summary(found)
                print(workers, "workers,", clients, "clients:", told[str(clients)], flush=True)
        for workers, service in services.items():
            figures[str(workers)]["memory_mib"] = memory(service)
    return {**figures, "load_after": os.getloadavg()}


def _summary(runs: Sequence[dict[str, Any]]) -> dict[str, float]:
    values = np.percentile([each for run in runs for each in run["seconds"]], (50, 95)) * 1000
    return {
        "per_second": round(float(np.median([run["rate"] for run in runs])), 1),
        "p50_ms": round(float(values[0]), 1),
        "p95_ms": round(float(values[1]), 1),
        "processors_ours": round(float(np.median([run["ours"] for run in runs])), 2),
        "processors_of_others": round(float(np.median([run["others"] for run in runs])), 2),
    }


def main() -> None:
    """Measure, print and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=development.DATA)
    parser.add_argument("--store", type=Path, required=True, help="data folder with documents")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--clients", type=int, nargs="+", default=_CLIENTS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--questions", type=int, default=60, help="of each round")
    parser.add_argument("--fresh", action="store_true", help="a connection for each question")
    parser.add_argument("--json", type=Path, default=Path("benchmarks/results/workers.json"))
    options = parser.parse_args()
    figures = measure(options)
    known = json.loads(options.json.read_text("utf-8")) if options.json.exists() else {}
    known["connections fresh" if options.fresh else "connections kept"] = figures
    options.json.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
