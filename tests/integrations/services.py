"""The services that examples speak to, as their pages have them set up."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.browser.service import running_service
from tests.integrations.running import ROOT, Services


@contextmanager
def running_services(data: Path) -> Iterator[Services]:
    """Start both over the bundled sample, and stop them at the end."""
    _rag(data, "ingest", "--sample")
    key = _rag(data, "keys", "create", "--name", "Examples", "--role", "ask")
    locked = data / "locked"  # only for its log: both work on one store
    locked.mkdir()
    with (
        running_service(data) as opened,
        running_service(locked, DATA_DIR=str(data), KEYS="on") as asking,
    ):
        yield Services(opened.url.rstrip("/"), asking.url.rstrip("/"), key)


def _rag(data: Path, *arguments: str) -> str:
    """Return what ``python -m rag`` prints."""
    done = subprocess.run(
        [sys.executable, "-m", "rag", *arguments],
        cwd=ROOT,
        env={"SOURCIER_DATA_DIR": str(data)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()
