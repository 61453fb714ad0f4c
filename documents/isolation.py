"""Run a parser where it cannot harm: in a child process with bounds on what it may take.

A parser process is started at the first use, with the parsers imported, and forks a child
for each file in a few milliseconds (`documents.parser_server`). It knows nothing of the
service's memory, environment or files, imports no model library, and is replaced when it
dies. Several threads may call at once.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import weakref
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from documents.errors import DocumentTooLarge, UnreadableDocument
from documents.limits import MIB, Limits
from documents.parser_server import OUT_OF_MEMORY

_ROOT = Path(__file__).resolve().parent.parent
_OUT_OF_TIME = {signal.SIGXCPU, signal.SIGALRM, signal.SIGKILL}
_GRACE_SECONDS = 10
_PART_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class _Server:
    process: subprocess.Popen[bytes]
    control: socket.socket


class Sandbox:
    """Calls one function in confined child processes.

    `target` is ``module:function``; the function prepares what all calls share and returns
    another, which takes a request's bytes and yields the reply's. At most `parallel` calls
    run at once; others wait.
    """

    def __init__(
        self,
        *,
        target: str = "documents.parsing:prepare",
        search_path: Sequence[Path] = (),
        parallel: int = 4,
    ) -> None:
        self._target = target
        self._search_path = (_ROOT, *search_path)
        self._slots = threading.BoundedSemaphore(parallel)
        self._lock = threading.Lock()
        self._server: _Server | None = None
        self._stop: weakref.finalize[..., Sandbox] | None = None

    def call(self, request: bytes, *, name: str, limits: Limits) -> bytes:
        """Return the reply to `request`, which is about the file `name`.

        Raises: DocumentTooLarge where the child used up its time or memory;
            UnreadableDocument where it crashed.
        """
        with self._slots:
            for _ in range(2):  # the parser process may have ended since the last call
                reply, status = self._exchange(request, limits)
                if status is not None:
                    break
        if status == 0:
            return reply
        raise _failure(status, name=name, limits=limits)

    def close(self) -> None:
        """End the parser process; the next call starts another."""
        with self._lock:
            if self._stop is not None:
                self._stop()
            self._server = None

    def _exchange(self, request: bytes, limits: Limits) -> tuple[bytes, int | None]:
        """Return the reply and the child's wait status, None where its parent ended first."""
        connection, theirs = socket.socketpair()
        status, their_status = socket.socketpair()
        with connection, status:
            with theirs, their_status:
                self._hand_over([theirs.fileno(), their_status.fileno()])
            bounds = {
                "memory_bytes": limits.memory_bytes,
                "cpu_seconds": limits.cpu_seconds,
                "wall_seconds": limits.wall_seconds,
            }
            for channel in (connection, status):
                channel.settimeout(limits.wall_seconds + _GRACE_SECONDS)
            with suppress(BrokenPipeError, ConnectionResetError):  # the child died: see status
                connection.sendall(json.dumps(bounds).encode() + b"\n")
                connection.sendall(request)
                connection.shutdown(socket.SHUT_WR)
            reply = _receive(connection)
            exit_status = status.recv(4)
        return reply, int.from_bytes(exit_status, "little") if exit_status else None

    def _hand_over(self, descriptors: list[int]) -> None:
        with self._lock:
            if self._server is not None:
                with suppress(OSError):
                    socket.send_fds(self._server.control, [b"\0"], descriptors)
                    return
            if self._stop is not None:
                self._stop()
            self._server = self._start()
            self._stop = weakref.finalize(self, _end, self._server, os.getpid())
            socket.send_fds(self._server.control, [b"\0"], descriptors)

    def _start(self) -> _Server:
        ours, theirs = socket.socketpair()
        environment = {
            "PYTHONPATH": os.pathsep.join(map(str, self._search_path)),
            "PYTHONHASHSEED": "0",  # the same bytes give the same text
            "OPENBLAS_NUM_THREADS": "1",  # a process with threads cannot fork safely
        }
        with theirs:
            process = subprocess.Popen(  # noqa: S603 - our own module, no user input
                [
                    sys.executable,
                    "-m",
                    "documents.parser_server",
                    str(theirs.fileno()),
                    self._target,
                ],
                cwd="/",
                env=environment,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )
        return _Server(process, ours)


def _receive(connection: socket.socket) -> bytes:
    parts: list[bytes] = []
    with suppress(ConnectionResetError, TimeoutError):
        while part := connection.recv(_PART_BYTES):
            parts.append(part)
    return b"".join(parts)


def _end(server: _Server, owner: int) -> None:
    server.control.close()
    if os.getpid() == owner:  # a fork of the service must not end what it shares
        server.process.kill()
        server.process.wait()


def _failure(status: int | None, *, name: str, limits: Limits) -> UnreadableDocument:
    if status is None:
        return UnreadableDocument(f"{name} was not read: the parser process ended; try again")
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) == OUT_OF_MEMORY:
        return DocumentTooLarge(
            f"{name} takes more than {limits.memory_bytes // MIB} MiB of memory to read: split it"
        )
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) in _OUT_OF_TIME:
        return DocumentTooLarge(
            f"{name} takes more than {limits.cpu_seconds} s to read: split it or save it again"
        )
    return UnreadableDocument(
        f"{name} is damaged or too costly to read: its parser crashed; save it again"
    )
