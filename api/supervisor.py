"""Several worker processes behind one address: started, given connections, started again, stopped.

The supervisor accepts each connection and hands it to the worker that has the fewest; left to
the kernel, a burst of connections goes to one worker, or by chance. It opens neither store nor
index. Workers start one after the other: the first, which leads, upgrades the store and says what
is wrong with the set-up, if anything is.
"""

import logging
import selectors
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from time import monotonic

from api.channel import CONNECTION, GONE, READY, STOP, STOP_NOW, WAKE
from api.greeting import fail, greet
from api.shared_folder import SharedFolder, shared_folder
from rag.settings import Settings, environment_with

logger = logging.getLogger("api")

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
# How long a seat stays empty after a worker that did not live long: one death, two in a row, …
_PAUSES = (0.0, 1.0, 2.0, 5.0, 10.0, 30.0)
_LONG_SECONDS = 60.0
_AT_ONCE = 64  # connections accepted before anything else is looked at


def supervise(settings: Settings, listener: socket.socket, *, module: str = "api.worker") -> int:
    """Serve by several workers until SIGINT or SIGTERM; return the exit code.

    It is that of the worker that could not start, where none is up; else 0. A worker is a process
    that runs `module`.
    """
    with ExitStack() as held:
        try:
            folder = held.enter_context(shared_folder())
        except OSError as error:
            return fail(f"Several workers need a temporary folder ({error}): set TMPDIR.")
        signals = held.enter_context(_signals())
        return _Supervisor(settings, listener, folder, signals, module).run()


@dataclass(slots=True)
class _Worker:
    """A process in a seat, and the channel to it."""

    process: subprocess.Popen[bytes]
    channel: socket.socket
    started: float = field(default_factory=monotonic)
    ready: bool = False
    connections: int = 0


@dataclass(slots=True)
class _Place:
    """A seat: who is in it, and when the next one may be."""

    worker: _Worker | None = None
    deaths: int = 0  # in a row, of workers that did not live long
    due: float = float("inf")


class _Supervisor:
    def __init__(
        self,
        settings: Settings,
        listener: socket.socket,
        folder: SharedFolder,
        signals: socket.socket,
        module: str,
    ) -> None:
        self._module = module
        self._settings = settings
        self._listener = listener
        self._folder = folder
        self._signals = signals
        self._places = [_Place() for _ in range(settings.workers)]
        self._selector = selectors.DefaultSelector()
        self._greeted = False
        self._leaving = False
        self._close_at = float("inf")
        self._code = 0

    def run(self) -> int:
        self._listener.settimeout(0)
        self._selector.register(self._signals, selectors.EVENT_READ, self._on_signal)
        self._start(0)
        while any(place.worker for place in self._places) or not self._leaving:
            for key, _ in self._selector.select(self._seconds_to_wait()):
                key.data()
            now = monotonic()
            if now >= self._close_at:
                self._accept_no_more()
            for number, place in enumerate(self._places):
                if now >= place.due and not self._leaving:
                    self._start(number)
        self._accept_no_more()
        self._selector.close()
        return self._code

    def _seconds_to_wait(self) -> float | None:
        due = min(self._close_at, *(place.due for place in self._places))
        return None if due == float("inf") else max(0.0, due - monotonic())

    def _start(self, number: int) -> None:
        place = self._places[number]
        ours, theirs = socket.socketpair()
        ours.settimeout(0)
        end, folder = theirs.fileno(), str(self._folder.path)
        try:
            process = subprocess.Popen(  # noqa: S603 - ourselves
                [sys.executable, "-m", self._module, str(number), folder, str(end)],
                pass_fds=[end, self._folder.lock],
                env=environment_with(PROMETHEUS_MULTIPROC_DIR=folder),
                process_group=0,  # a terminal's Ctrl+C comes to the supervisor, which hands it on
            )
        except OSError as error:
            ours.close()
            place.due = monotonic() + _PAUSES[-1]
            logger.warning("worker %d cannot be started yet: %s", number + 1, error)
            return
        finally:
            theirs.close()
        place.worker = worker = _Worker(process, ours)
        place.due = float("inf")
        self._selector.register(ours, selectors.EVENT_READ, lambda: self._on_said(worker))

    def _on_said(self, worker: _Worker) -> None:
        """Take in what a worker says; at the end of all, see how it ended."""
        try:
            said = worker.channel.recv(4096)
        except BlockingIOError:
            return
        except ConnectionResetError:
            said = b""
        if not said:
            self._on_end(worker)
            return
        worker.connections -= said.count(GONE)
        if READY in said:
            self._on_ready(worker)
        leader = self._places[0].worker
        if WAKE in said and leader is not None:
            with suppress(OSError):  # it looks for itself once it can listen
                leader.channel.send(WAKE)

    def _on_ready(self, worker: _Worker) -> None:
        worker.ready = True
        if self._leaving:
            return
        if not self._greeted:
            self._greeted = True
            greet(self._listener, self._settings)
            for place in self._places[1:]:
                place.due = 0.0
        self._wait_for_connections()

    def _on_end(self, worker: _Worker) -> None:
        """See how a worker ended, and have another one take its seat in time."""
        self._selector.unregister(worker.channel)
        worker.channel.close()
        code = worker.process.wait()
        [(number, place)] = [
            (n, place) for n, place in enumerate(self._places) if place.worker is worker
        ]
        place.worker = None
        for path in self._folder.path.glob(f"gauge_live*_{worker.process.pid}.db"):
            path.unlink()
        if self._leaving:
            asked = code in (0, *(-each for each in _SIGNALS))
            self._code = self._code or (0 if asked else 1)
            return
        if not self._ready():
            self._listen_no_more()
        if not worker.ready and not self._ready():
            self._leave(signal.SIGTERM, code=code if code > 0 else 1)
            return
        lived = monotonic() - worker.started
        place.deaths = 1 if lived >= _LONG_SECONDS else place.deaths + 1
        pause = _PAUSES[min(place.deaths, len(_PAUSES)) - 1]
        place.due = monotonic() + pause
        logger.error(
            "worker %d (process %d) ended with %s: another takes its place in %g s",
            number + 1,
            worker.process.pid,
            _how(code),
            pause,
        )

    def _ready(self) -> list[_Worker]:
        return [p.worker for p in self._places if p.worker is not None and p.worker.ready]

    def _wait_for_connections(self) -> None:
        if self._listener not in self._selector.get_map() and self._listener.fileno() >= 0:
            self._selector.register(self._listener, selectors.EVENT_READ, self._accept)

    def _listen_no_more(self) -> None:
        """Let connections wait in the queue."""
        if self._listener.fileno() >= 0 and self._listener in self._selector.get_map():
            self._selector.unregister(self._listener)

    def _accept_no_more(self) -> None:
        self._close_at = float("inf")
        self._listen_no_more()
        self._listener.close()

    def _accept(self) -> None:
        for _ in range(_AT_ONCE):
            try:
                connection, _ = self._listener.accept()
            except OSError:  # nobody waits any more, or the client has left again
                return
            with connection:
                self._hand_over(connection)

    def _hand_over(self, connection: socket.socket) -> None:
        """Give a connection to the worker with the fewest, or to the next that can take it."""
        for worker in sorted(self._ready(), key=lambda each: each.connections):
            with suppress(OSError):  # it dies, or hangs with its channel full
                socket.send_fds(worker.channel, [CONNECTION], [connection.fileno()])
                worker.connections += 1
                return

    def _on_signal(self) -> None:
        for number in self._signals.recv(64):
            if number in _SIGNALS:
                self._leave(signal.Signals(number))

    def _leave(self, how: signal.Signals, *, code: int = 0) -> None:
        """Tell all workers to stop; those who come are served as long as workers take them."""
        self._code = self._code or code
        at_once = self._leaving or how != signal.SIGTERM
        self._leaving = True
        self._close_at = monotonic() + (0.0 if at_once else self._settings.drain_seconds)
        for place in self._places:
            if place.worker is not None and place.worker.ready:
                with suppress(OSError):  # it has ended
                    place.worker.channel.send(STOP_NOW if at_once else STOP)
            elif place.worker is not None:
                place.worker.process.send_signal(how)


@contextmanager
def _signals() -> Iterator[socket.socket]:
    """Yield a socket that brings the number of each signal to stop, a byte each."""
    reading, writing = socket.socketpair()
    writing.settimeout(0)
    before = {each: signal.signal(each, lambda *_: None) for each in _SIGNALS}
    known = signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)
    try:
        with reading, writing:
            yield reading
    finally:
        signal.set_wakeup_fd(known)
        for each, handler in before.items():
            signal.signal(each, handler)


def _how(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name
