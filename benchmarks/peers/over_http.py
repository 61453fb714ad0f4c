"""The same participants as servers: one client and eight, beside the same search in Python."""

import asyncio
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.clients import Address, exchange, once
from benchmarks.peers.participants import (
    ROOT,
    Contender,
    environment,
    request,
    server,
    server_environment,
)
from benchmarks.peers.turns import Told, opened, rotated

_START_SECONDS = 120.0
_OK = 200
_PORTS = range(18_000, 19_000)  # not among those of clients: one could connect to itself


class NotServed(Exception):
    """A server does not answer."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers, and how long that took from its start."""

    contender: Contender
    process: subprocess.Popen[bytes]
    port: int
    seconds: float

    def cpu_ms(self) -> float:
        """Return how long the processor has worked for it."""
        stat = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii")
        ticks = sum(map(int, stat.rsplit(")", 1)[1].split()[11:13]))
        return 1000 * ticks / os.sysconf("SC_CLK_TCK")

    def memory_mib(self) -> float:
        """Return its resident memory."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20


@contextmanager
def served(contender: Contender, folder: Path, *, question: str, threads: int) -> Iterator[Server]:
    """Start a server, ask it until it answers, and end it after.

    Raises:
        NotServed: it does not answer within two minutes.
    """
    store = folder / "stores" / contender.folder
    port = next(port for port in _PORTS if _is_free(port))
    command = server(contender, store, port)
    assert command  # noqa: S101 - only those with a server come here
    variables = environment(contender, threads) | server_environment(contender, store, port)
    with store.with_suffix(".server.log").open("ab") as log:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=log, stderr=log)
    try:
        while asyncio.run(once(Address(port), request(contender, question))).status != _OK:
            if time.perf_counter() - started > _START_SECONDS or process.poll() is not None:
                raise NotServed(f"{contender.name} does not answer, see {log.name}")
            time.sleep(0.01)
        yield Server(contender, process, port, time.perf_counter() - started)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


async def _asked(server: Server, questions: Sequence[str], clients: int) -> tuple[list[float], int]:
    """Let clients share the questions; return the seconds of each and how many failed."""
    waiting = list(questions[::-1])
    seconds: list[float] = []
    failed = 0

    async def client() -> None:
        nonlocal failed
        streams = await Address(server.port).connect()
        while waiting:
            reply = await exchange(streams, request(server.contender, waiting.pop()))
            seconds.append(reply.seconds)
            failed += reply.status != _OK
        streams[1].close()

    await asyncio.gather(*(client() for _ in range(clients)))
    return seconds, failed


def compare(
    contenders: Sequence[Contender],
    folder: Path,
    questions: Sequence[str],
    *,
    threads: int,
    rounds: int,
    block: int = 20,
) -> Told:
    """Ask servers and, in the same turns, the same stores in Python.

    Of one client, the milliseconds of each question both ways; of eight, how many a second.
    """
    asked = iter(questions)

    def more(count: int) -> list[str]:
        return [next(asked) for _ in range(count)]

    with ExitStack() as stack:
        first = more(1)[0]
        servers = {
            one.name: stack.enter_context(served(one, folder, question=first, threads=threads))
            for one in contenders
        }
        children = stack.enter_context(opened(contenders, folder, threads=threads))
        told: Told = {
            name: {
                "start_s": one.seconds,
                "failed": 0,
                "ms": [],
                "python_ms": [],
                "eight": [],
                "cpu": [],
            }
            for name, one in servers.items()
        }
        for turn in range(rounds + 1):  # the first warms and does not count
            single, several = more(block), more(block * 4)
            for name in rotated(list(servers), turn):
                in_python = children[name].do("search", questions=single)["ms"]
                alone, failed = asyncio.run(_asked(servers[name], single, 1))
                started, worked = time.perf_counter(), servers[name].cpu_ms()
                crowd, failed_too = asyncio.run(_asked(servers[name], several, 8))
                elapsed = time.perf_counter() - started
                worked = servers[name].cpu_ms() - worked
                if turn:
                    told[name]["cpu"].append(worked / len(crowd))
                    told[name]["python_ms"] += in_python
                    told[name]["ms"] += [second * 1000 for second in alone]
                    told[name]["eight"].append(
                        {"qps": len(crowd) / elapsed, "ms": [second * 1000 for second in crowd]}
                    )
                    told[name]["failed"] += failed + failed_too
        for name, one in servers.items():
            told[name]["mib"] = one.memory_mib()
        return told
