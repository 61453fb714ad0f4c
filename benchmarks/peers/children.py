"""A participant in a process of its own, told what to do by JSON lines."""

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from benchmarks.peers.participants import ROOT, Contender, environment


class Broken(Exception):
    """A participant ended in the middle."""


class Child:
    """A participant that runs."""

    def __init__(self, process: subprocess.Popen[str], name: str) -> None:
        self._process = process
        self._name = name

    def do(self, what: str, **said: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Let it do one thing and return what it tells.

        Raises:
            Broken: it ended instead; its own complaint stands in its log.
        """
        assert self._process.stdin  # noqa: S101 - piped
        assert self._process.stdout  # noqa: S101 - piped
        with suppress(BrokenPipeError):
            print(json.dumps({"do": what, **said}), file=self._process.stdin, flush=True)
        if not (line := self._process.stdout.readline()):
            raise Broken(f"{self._name} ended while told to {what}")
        reply: dict[str, Any] = json.loads(line)
        return reply


@contextmanager
def running(
    contender: Contender, folder: Path, *, threads: int, on_copy: bool = False
) -> Iterator[Child]:
    """Start a participant on its store under `folder`, or a copy of that; it is ended after."""
    store = folder / "stores" / contender.folder
    store.parent.mkdir(parents=True, exist_ok=True)
    if on_copy:
        kept, store = store, folder / "copies" / contender.folder
        shutil.rmtree(store, ignore_errors=True)
        if kept.exists():
            shutil.copytree(kept, store)
    with (folder / "stores" / f"{contender.folder}.log").open("a", encoding="utf-8") as log:
        process = subprocess.Popen(
            [contender.interpreter(), "-m", f"benchmarks.peers.{contender.module}", str(store)],
            cwd=ROOT,
            env=environment(contender, threads),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        yield Child(process, contender.name)
    finally:
        process.kill()
        process.wait()
        if on_copy:
            shutil.rmtree(store, ignore_errors=True)


def cold_start(contender: Contender, folder: Path, question: str, *, threads: int) -> float:
    """Return the seconds from starting a process to its first answer."""
    started = time.perf_counter()
    with running(contender, folder, threads=threads) as child:
        child.do("open")
        child.do("search", questions=[question])
        return time.perf_counter() - started
