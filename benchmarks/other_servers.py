"""Our server, uvicorn as it comes, and granian, each started over the same application.

granian is installed into benchmarks/.peers, over the packages of the environment that runs this.
"""

import asyncio
import os
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from pathlib import Path
from signal import SIGKILL

from benchmarks.clients import Address, get, once
from benchmarks.served import ROOT, Service, served

OURS, GRANIAN = "Sourcier's", "granian"
_WANTED = "granian==2.8.9"
_PEERS = Path(__file__).parent / ".peers"
_APP = "benchmarks.served_app:app"
_HEAD_MS = 8000  # as long as api/patience.py waits
_PATIENCE_SECONDS = 60.0

Start = Callable[[Path], AbstractContextManager[Service]]


def starts() -> dict[str, Start]:
    """Return how each server is started on a data folder; it is killed at the end."""
    uvicorn = [sys.executable, "-m", "uvicorn", "--factory", "--loop", "uvloop"]
    uvicorn += ["--http", "httptools", "--ws", "none", "--no-access-log", "--log-level", "warning"]
    granian = [str(granian_python()), "-m", "granian", "--factory", "--loop", "uvloop"]
    granian += ["--interface", "asgi", "--http", "1", "--no-ws", "--no-log"]
    granian += ["--http1-header-read-timeout", str(_HEAD_MS)]
    return {OURS: served, "uvicorn": partial(behind, uvicorn), GRANIAN: partial(behind, granian)}


def granian_python() -> Path:
    """Return the interpreter that has granian and all that runs this, made if need be."""
    folder = _PEERS / "granian"
    done = folder / ".installed"
    if not done.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        [packages] = (folder / "lib").glob("python*/site-packages")
        (packages / "zz_ours.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
        pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
        subprocess.run([*pip, "install", "--quiet", _WANTED], check=True)
        done.touch()
    return folder / "bin" / "python"


@contextmanager
def behind(command: Sequence[str], data_dir: Path) -> Iterator[Service]:
    """Start a server by `command` on a free port and yield it; it is killed at the end."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    process = subprocess.Popen(
        [*command, "--port", str(port), _APP],
        cwd=ROOT,
        env={**os.environ, "SOURCIER_DATA_DIR": str(data_dir), "SOURCIER_LOG_LEVEL": "warning"},
        text=True,
    )
    service = Service(process, port)
    try:
        end = time.monotonic() + _PATIENCE_SECONDS
        while asyncio.run(once(Address(port), get("/readyz"))).status != 200:
            assert time.monotonic() < end, command  # noqa: S101 - else nothing is measured
            time.sleep(0.05)
        yield service
    finally:
        for pid in reversed(processes(service)):
            with suppress(ProcessLookupError):
                os.kill(pid, SIGKILL)
        process.wait()


def processes(service: Service) -> list[int]:
    """Return the process of a service and its children, none where it has ended."""
    pid = service.process.pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    except OSError:
        return []
    return [pid, *map(int, children)]


def processor(service: Service) -> float:
    """Return the seconds of a processor that a service has had."""
    ticks = 0
    for pid in processes(service):
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        ticks += int(stat[11]) + int(stat[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def resident(service: Service) -> int:
    """Return the bytes of memory of its processes."""
    pages = sum(
        int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) for pid in processes(service)
    )
    return pages * os.sysconf("SC_PAGE_SIZE")
