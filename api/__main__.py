"""``python -m api``: serve the web page and the HTTP API until stopped."""

import errno
import socket
import sys

from pydantic import ValidationError

from api.greeting import fail
from api.logs import configure_logging
from rag.errors import RagError
from rag.settings import Settings, problems
from rag.vocabulary import DocumentError, IndexingError

_BACKLOG = 2048


def main() -> int:
    """Serve, and return the exit code; what is wrong with the set-up is said in one line."""
    try:
        settings = Settings()
    except ValidationError as error:
        return fail(*problems(error))
    configure_logging(settings)
    try:
        # Before anything slow: a port that is taken is known at once, and who comes early waits.
        with listen(settings.host, settings.port) as listener:
            return _serve(settings, listener)
    except OSError as error:
        return fail(_listening_problem(error, settings))
    except (DocumentError, IndexingError, RagError) as error:
        return fail(str(error))


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on `host` and `port`; port 0 takes a free one.

    Raises:
        OSError: the address is taken, not ours, or not allowed.
    """
    family, _, _, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    return socket.create_server(address[:2], family=family, backlog=_BACKLOG)


def _serve(settings: Settings, listener: socket.socket) -> int:
    if settings.workers > 1:
        from api.supervisor import supervise  # noqa: PLC0415 - it serves nothing itself

        return supervise(settings, listener)
    from api.serving import serve  # noqa: PLC0415 - imports all that serves

    serve(settings, listener)
    return 0


def _listening_problem(error: OSError, settings: Settings) -> str:
    place = f"{settings.host}, port {settings.port}"
    if error.errno == errno.EADDRINUSE:
        return f"{place} is taken: stop what uses it, or choose another with SOURCIER_PORT."
    return f"Cannot listen on {place}: {error.strerror or error}. See SOURCIER_HOST and _PORT."


if __name__ == "__main__":
    sys.exit(main())
