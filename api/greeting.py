"""What a service says of itself when it starts, or cannot."""

import logging
import socket
import sys
from typing import TYPE_CHECKING

from rag.settings import Settings

if TYPE_CHECKING:
    from rag.service import Sourcier

logger = logging.getLogger("api")


def greet(listener: socket.socket, settings: Settings) -> None:
    """Say where the service is."""
    host, port = listener.getsockname()[:2]
    _say(f"Sourcier listens on http://{f'[{host}]' if ':' in host else host}:{port}", settings)


def say_what_to_do_first(sourcier: "Sourcier") -> None:
    """Say how documents come in, where there are none; the index is then as the store is."""
    if sourcier.status().documents == 0:
        _say(
            f"{sourcier.settings.data_dir} holds no document yet: add some on the page, with "
            "`python -m rag ingest PATH…`, or the sample with `python -m rag ingest --sample`.",
            sourcier.settings,
        )


def fail(*lines: str) -> int:
    """Say what is wrong, and return the exit code."""
    for line in lines:
        sys.stderr.write(f"sourcier: {line}\n")
    return 1


def _say(line: str, settings: Settings) -> None:
    if settings.log_format == "json":
        logger.info(line)
    else:
        sys.stderr.write(f"{line}\n")
