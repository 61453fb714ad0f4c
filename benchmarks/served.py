"""A real service on the bundled sample, in a process of its own, and what it takes."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
MIB = 2**20


@dataclass(frozen=True, slots=True)
class Service:
    """A service that runs."""

    process: subprocess.Popen[str]
    port: int

    def forget_peak(self) -> int:
        """Start measuring the peak of memory anew; return the bytes that are held now."""
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5", encoding="ascii")
        return self._bytes("VmRSS")

    def peak(self) -> int:
        """Return the most bytes of memory that were held since `forget_peak`."""
        return self._bytes("VmHWM")

    def _bytes(self, field: str) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        found = re.search(rf"^{field}:\s+(\d+) kB$", status, re.MULTILINE)
        assert found, field  # noqa: S101 - Linux has both
        return int(found[1]) * 1024


def store_sample(data_dir: Path) -> None:
    """Put the bundled sample into the store of `data_dir`."""
    subprocess.run(
        [sys.executable, "-m", "rag", "ingest", "--sample"],
        cwd=ROOT,
        env={**os.environ, "SOURCIER_DATA_DIR": str(data_dir)},
        stdout=subprocess.DEVNULL,
        check=True,
    )


@contextmanager
def served(data_dir: Path, **settings: str) -> Iterator[Service]:
    """Start ``python -m api`` on a free port and yield it; it is killed at the end."""
    said = {"DATA_DIR": str(data_dir), "PORT": "0", "LOG_LEVEL": "warning", **settings}
    process = subprocess.Popen(
        [sys.executable, "-m", "api"],
        cwd=ROOT,
        env={**os.environ, **{f"SOURCIER_{name}": value for name, value in said.items()}},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None  # noqa: S101 - it is piped
    try:
        lines = iter(process.stderr.readline, "")
        address = re.compile(r'http://[^\s"]+:(\d+)')
        found = next(match for line in lines if (match := address.search(line)))
        yield Service(process, int(found[1]))
    finally:
        process.kill()
        process.wait()
        process.stderr.close()
