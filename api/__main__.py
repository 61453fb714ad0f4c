"""``python -m api``: serve the web page and the HTTP API until stopped."""

import errno
import logging
import signal
import socket
import sys
from functools import partial

import uvicorn
from pydantic import ValidationError

from api.app import create_app
from api.connections import Connections, allow_files
from api.logs import configure_logging
from api.patience import PatientConnection
from api.stopping import Service
from rag.bootstrap import bootstrap
from rag.errors import RagError
from rag.keyring import check_opening
from rag.service import Sourcier
from rag.settings import Settings, problems
from rag.vocabulary import DocumentError, IndexingError

logger = logging.getLogger("api")

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


def main() -> int:
    """Serve, and return the exit code; what is wrong with the set-up is said in one line."""
    try:
        settings = Settings()
    except ValidationError as error:
        return _fail(*problems(error))
    configure_logging(settings)
    try:
        # Before anything slow: a port that is taken is known at once, and who comes early waits.
        with listen(settings.host, settings.port) as listener, bootstrap(settings) as sourcier:
            check_opening(sourcier.keys, settings)
            _leave_on_signals()
            _greet(listener, sourcier)
            sourcier.reembed_aside()
            with (
                sourcier.background.working(seconds=_JOB_SECONDS),
                sourcier.intake.watching(seconds=_JOB_SECONDS),
            ):
                serve(sourcier, listener)
    except OSError as error:
        return _fail(_listening_problem(error, settings))
    except (DocumentError, IndexingError, RagError) as error:
        return _fail(str(error))
    return 0


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on `host` and `port`; port 0 takes a free one.

    Raises:
        OSError: the address is taken, not ours, or not allowed.
    """
    family, _, _, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    return socket.create_server(address[:2], family=family, backlog=_BACKLOG)


def serve(sourcier: Sourcier, listener: socket.socket) -> None:
    """Answer requests until SIGINT or SIGTERM, then finish those that have begun."""
    settings = sourcier.settings
    debug = settings.log_level == "debug"
    app = create_app(sourcier)
    connections = Connections(
        most=settings.max_connections, most_per_address=settings.max_connections_per_address
    )
    allow_files(settings.max_connections)
    app.state.leaving = lambda: connections.closing
    config = uvicorn.Config(
        app,
        loop="uvloop",
        # Uvicorn calls it for each connection; that it is no class does not matter.
        http=partial(PatientConnection, connections=connections),  # type: ignore[arg-type]
        ws="none",
        log_config=None,
        log_level="debug" if debug else "warning",
        access_log=False,  # api/served.py tells of requests, without what was asked
        server_header=False,
        backlog=_BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
    )
    sys.setswitchinterval(_TURN_SECONDS)
    Service(config, connections=connections, drain_seconds=settings.drain_seconds).run([listener])


def _leave_on_signals() -> None:
    """Make SIGTERM and SIGINT end the process in order: uvicorn raises them again at its end."""

    def leave(*_: object) -> None:
        sys.exit(0)

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)


def _greet(listener: socket.socket, sourcier: Sourcier) -> None:
    host, port = listener.getsockname()[:2]
    say = logger.info if sourcier.settings.log_format == "json" else _say
    say(f"Sourcier listens on http://{f'[{host}]' if ':' in host else host}:{port}")
    if sourcier.status().documents == 0:
        say(
            f"{sourcier.settings.data_dir} holds no document yet: add some on the page, with "
            "`python -m rag ingest PATH…`, or the sample with `python -m rag ingest --sample`."
        )


def _listening_problem(error: OSError, settings: Settings) -> str:
    place = f"{settings.host}, port {settings.port}"
    if error.errno == errno.EADDRINUSE:
        return f"{place} is taken: stop what uses it, or choose another with SOURCIER_PORT."
    return f"Cannot listen on {place}: {error.strerror or error}. See SOURCIER_HOST and _PORT."


def _fail(*lines: str) -> int:
    for line in lines:
        _say(f"sourcier: {line}")
    return 1


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
