"""One process that serves: everything opened, requests answered until a signal, then the end."""

import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

import uvicorn

from api.app import create_app
from api.arenas import share_one_arena
from api.connections import Connections, allow_files
from api.greeting import greet, say_what_to_do_first
from api.patience import PatientConnection
from api.stopping import Service
from rag.bootstrap import bootstrap
from rag.keyring import check_opening
from rag.seat import ALONE, Seat
from rag.service import Sourcier
from rag.settings import Settings

_BACKLOG = 2048
_KEEP_ALIVE_SECONDS = 30
# The loop that serves everybody takes turns with threads that compute: at Python's own 5 ms a
# turn it would come too late to turn anybody away in time.
_TURN_SECONDS = 0.0005
# What is being answered when a stop is asked for may take this long to finish.
_SHUTDOWN_SECONDS = 8
# Then the document that a job is at, then the file of a watched folder; deploy/ allows all of it
# together twenty seconds.
_JOB_SECONDS = 5
_LEVELS_SECONDS = 1  # between two notes of what runs and waits, for other workers to tell


def serve(settings: Settings, listener: socket.socket) -> None:
    """Answer requests until SIGINT or SIGTERM, then finish those that have begun.

    Raises what `opened` does.
    """
    with opened(settings) as sourcier:
        greet(listener, settings)
        say_what_to_do_first(sourcier)
        with working(sourcier):
            config, connections = configured(sourcier)
            drain = settings.drain_seconds
            Service(config, connections=connections, drain_seconds=drain).run([listener])


@contextmanager
def opened(settings: Settings, seat: Seat = ALONE) -> Iterator[Sourcier]:
    """Open all that serves; from then on signals end the process in order.

    Raises:
        NoKeys: callers need a key, and there is none.
        RagError, DocumentError, IndexingError: as `bootstrap` raises them.
    """
    share_one_arena()
    with bootstrap(settings, seat=seat) as sourcier:
        check_opening(sourcier.keys, settings)
        _leave_on_signals()
        yield sourcier


@contextmanager
def working(sourcier: Sourcier, *, leads: bool = True) -> Iterator[None]:
    """Do what is done in the background, for the length of a `with` block; all of it who leads."""
    sourcier.work_aside(leads=leads)
    with ExitStack() as entered:
        if leads:
            entered.enter_context(sourcier.background.working(seconds=_JOB_SECONDS))
            entered.enter_context(sourcier.intake.watching(seconds=_JOB_SECONDS))
        yield


def configured(
    sourcier: Sourcier, seat: Seat = ALONE, *, gone: Callable[[], None] = lambda: None
) -> tuple[uvicorn.Config, Connections]:
    """Return how uvicorn is to serve, and what counts its connections; `gone` hears of each end."""
    settings = sourcier.settings
    app = create_app(sourcier, seat=seat)
    connections = Connections(
        most=seat.share(settings.max_connections),
        most_per_address=seat.share(settings.max_connections_per_address, least=1),
        gone=gone,
    )
    allow_files(settings.max_connections)
    app.state.leaving = lambda: connections.closing
    sys.setswitchinterval(_TURN_SECONDS)
    return uvicorn.Config(
        app,
        loop="uvloop",
        # Uvicorn calls it for each connection; that it is no class does not matter.
        http=partial(PatientConnection, connections=connections),  # type: ignore[arg-type]
        ws="none",
        log_config=None,
        log_level="debug" if settings.log_level == "debug" else "warning",
        access_log=False,  # api/served.py tells of requests, without what was asked
        server_header=False,
        backlog=_BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
        callback_notify=app.state.note_tasks if seat.folder else None,
        timeout_notify=_LEVELS_SECONDS,
    ), connections


def _leave_on_signals() -> None:
    """Make SIGTERM and SIGINT end the process in order: uvicorn raises them again at its end."""

    def leave(*_: object) -> None:
        sys.exit(0)

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)
