"""Services started, killed and started again in one data folder."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx2

ROOT = Path(__file__).parents[2]
_GREETING = re.compile(r"Sourcier listens on (http://\S+)")
_PATIENCE_SECONDS = 60.0


@dataclass(slots=True)
class Service:
    """A running service; `seconds` passed from its birth until it was ready."""

    process: int
    launcher: "Launcher"
    log: Path
    url: str = ""
    seconds: float = 0.0

    def kill(self) -> int:
        """End it as the kernel does, in the middle of anything; return how it ended."""
        return self.end(signal.SIGKILL)

    def stop(self) -> int:
        """Ask it to leave in order; return how it ended."""
        return self.end(signal.SIGTERM)

    def end(self, how: signal.Signals) -> int:
        """Send it a signal, unless it is dead; return how it ended."""
        with suppress(ProcessLookupError):
            os.kill(self.process, how)
        return self.wait()

    def wait(self) -> int:
        """Wait until it is dead; return how it ended."""
        return self.launcher.ended(self.process)


class Launcher:
    """Starts services one after the other."""

    def __init__(self, folder: Path, *, preloaded: Mapping[str, str] | None = None) -> None:
        kept = {name: v for name, v in os.environ.items() if not name.startswith("SOURCIER_")}
        settings = {"SOURCIER_PORT": "0", "SOURCIER_ENCODER": "embedded-static"}
        self._folder = folder
        self._births = 0
        self._forks = subprocess.Popen(
            [sys.executable, "-m", "tests.torture.forks"],
            cwd=ROOT,
            env={**kept, **settings, **(preloaded or {}), "TOKENIZERS_PARALLELISM": "false"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.running: int | None = None

    def start(self, data: Path, environment: Mapping[str, str] | None = None) -> Service:
        """Start a service over the folder `data`, in the place of the one that runs.

        Returns once it is ready.

        Raises:
            ServiceDied: it ended before.
        """
        self._end_the_last()
        self._births += 1
        log = self._folder / f"service-{self._births}.log"
        asked = {"SOURCIER_DATA_DIR": str(data), **(environment or {})}
        begun = time.perf_counter()
        self._tell({"environment": asked, "log": str(log)})
        self.running = self._told()
        service = Service(self.running, self, log)
        service.url = self._greeting(service)
        with client_of(service) as http:
            http.get("/readyz").raise_for_status()
        service.seconds = time.perf_counter() - begun
        return service

    def ended(self, process: int) -> int:
        """Wait for the end of a service; return its exit code, negative for a signal."""
        assert self.running == process
        code = self._told()
        self.running = None
        return code

    def bury(self) -> int:
        """Wait for the end of the service that died under a request; return how it ended."""
        assert self.running is not None
        return self.ended(self.running)

    def _greeting(self, service: Service) -> str:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            said = service.log.read_text() if service.log.exists() else ""
            if found := _GREETING.search(said):
                return found[1]
            if not _alive(service.process):
                raise ServiceDied(service.wait(), said)
            time.sleep(0.005)
        raise TimeoutError(f"no greeting: {service.log.read_text()}")

    def _tell(self, asked: object) -> None:
        assert self._forks.stdin is not None
        self._forks.stdin.write(json.dumps(asked) + "\n")
        self._forks.stdin.flush()

    def _told(self) -> int:
        assert self._forks.stdout is not None
        return int(self._forks.stdout.readline())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end_the_last()
        self._forks.communicate()

    def _end_the_last(self) -> None:
        """Kill the service that runs, as a test that failed may leave one."""
        if self.running is not None:
            with suppress(ProcessLookupError):
                os.kill(self.running, signal.SIGKILL)
            self.bury()


class ServiceDied(Exception):
    """A service ended before it was ready; `code` is how, `said` its log."""

    def __init__(self, code: int, said: str) -> None:
        super().__init__(f"{code}: {said}")
        self.code = code
        self.said = said


def _alive(process: int) -> bool:
    """Tell whether a process still runs: one that is dead but not buried does not."""
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


@contextmanager
def client_of(service: Service) -> Iterator[httpx2.Client]:
    """Speak to a service, in plain HTTP: certificates, slow to read, are left unread."""
    with httpx2.Client(base_url=service.url, timeout=_PATIENCE_SECONDS, verify=False) as http:
        yield http
