"""The parser process: imports the parsers once and forks a confined child for each file.

Started by `documents.isolation`, which sends it, for each file, two sockets: one carries the
request and the reply, the other the child's exit status. A child has its own bounds on
memory, processor and time, may write no file, sees no network (where the system allows), and
is gone after its reply, so that nothing of one file reaches the next.
"""

import contextlib
import ctypes
import gc
import importlib
import json
import os
import resource
import selectors
import signal
import socket
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

OUT_OF_MEMORY = 3  # the exit status of a child whose memory did not suffice
_FAILED = 1
_IDLE_SECONDS = 300
_NEW_NETWORK, _NEW_USER = 0x4000_0000, 0x1000_0000  # of unshare(2)

Answer = Callable[[bytes], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class _Job:
    """A child at work: its end closes `lifeline`, whereupon its status goes to `status`."""

    pid: int
    lifeline: int
    status: socket.socket


def main(arguments: list[str]) -> None:
    """Serve until the owner is gone or has not asked for a while."""
    descriptor, target = arguments
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the owner says when to stop
    module, _, function = target.partition(":")
    answer: Answer = getattr(importlib.import_module(module), function)()
    _leave_network()
    gc.freeze()  # keeps the collector of a child from copying the shared pages
    with socket.socket(fileno=int(descriptor)) as control:
        _serve(control, answer)


def _leave_network() -> None:
    """Move to a network of our own, with nobody in it, where the system lets us."""
    if sys.platform == "linux":
        unshare = ctypes.CDLL(None).unshare
        if unshare(_NEW_NETWORK) != 0:  # not root: only with a user namespace
            unshare(_NEW_NETWORK | _NEW_USER)


def _serve(control: socket.socket, answer: Answer) -> None:
    jobs: dict[int, _Job] = {}
    with selectors.DefaultSelector() as selector:
        selector.register(control, selectors.EVENT_READ)
        while ready := selector.select(None if jobs else _IDLE_SECONDS):
            for key, _ in ready:
                if key.fileobj is not control:
                    selector.unregister(key.fileobj)
                    _finish(jobs.pop(key.fd))
                    continue
                _, descriptors, _, _ = socket.recv_fds(control, 1, 2)
                if len(descriptors) < 2:
                    return
                job = _start(descriptors, answer, others=[control, *jobs.values()])
                jobs[job.lifeline] = job
                selector.register(job.lifeline, selectors.EVENT_READ)


def _start(descriptors: list[int], answer: Answer, *, others: list[Any]) -> _Job:
    connection, status = (socket.socket(fileno=descriptor) for descriptor in descriptors)
    lifeline, held_by_child = os.pipe()
    pid = os.fork()
    if pid == 0:
        status.close()
        for other in others:  # what a child keeps open never looks closed to its owner
            other.status.close() if isinstance(other, _Job) else other.close()
        _run(connection, answer)
    connection.close()
    os.close(held_by_child)
    return _Job(pid, lifeline, status)


def _finish(job: _Job) -> None:
    _, status = os.waitpid(job.pid, 0)
    os.close(job.lifeline)
    with job.status, contextlib.suppress(OSError):  # the owner may have gone
        job.status.sendall(status.to_bytes(4, "little"))


def _run(connection: socket.socket, answer: Answer) -> NoReturn:
    exit_status = _FAILED
    try:
        os.dup2(1, 2)  # what a parser says about a damaged file is of no use
        with connection.makefile("rb") as stream:
            bounds, request = json.loads(stream.readline()), stream.read()
        _confine(**bounds)
        for part in answer(request):
            connection.sendall(part)
        exit_status = 0
    except MemoryError:
        exit_status = OUT_OF_MEMORY
    finally:
        os._exit(exit_status)


def _confine(*, memory_bytes: int, cpu_seconds: int, wall_seconds: float) -> None:
    """Bound this process; the signals that end it cannot be held up by a parser in C."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, wall_seconds)
    _limit(resource.RLIMIT_CPU, cpu_seconds, cpu_seconds + 1)
    _limit(resource.RLIMIT_CORE, 0, 0)
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # under memory pressure this process goes first
            Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        space = pages * resource.getpagesize() + memory_bytes
        _limit(resource.RLIMIT_AS, space, space)
    _limit(resource.RLIMIT_FSIZE, 0, 0)


def _limit(kind: int, soft: int, hard: int) -> None:
    _, highest = resource.getrlimit(kind)
    if highest != resource.RLIM_INFINITY:
        soft, hard = min(soft, highest), min(hard, highest)
    resource.setrlimit(kind, (soft, hard))


if __name__ == "__main__":
    main(sys.argv[1:])
