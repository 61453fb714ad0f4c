"""From ``python -m api`` to the first answer, with 20,000 stored passages.

``python -m benchmarks.startup`` fills a store once (texts of the development passages, each
under many sources), then starts the service several times as a new process and asks one
French and one English question over HTTP. It prints medians in seconds, the memory of the
service, and which heavy modules it had imported.
"""

import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

from benchmarks import development
from documents.models import LANGUAGES
from rag.bootstrap import bootstrap
from rag.settings import Settings

_QUESTIONS = ("Qui a écrit ce livre ?", "Who led the programme?")
_HEAVY = ("torch", "transformers", "sentence_transformers")


def fill(folder: Path, data_dir: Path, passages: int) -> int:
    """Store development passages again and again until there are `passages` of them."""
    with bootstrap(Settings(data_dir=data_dir)) as sourcier:
        texts = [
            row
            for name in LANGUAGES
            for row in development.rows(folder, development.PASSAGES[name])
        ]
        stored = sourcier.status().passages
        for number, row in enumerate(cycle(texts)):
            if stored >= passages:
                break
            sourcier.add_text(
                f"{row['text']} ({number})", title=row["title"], source=f"{row['id']}.{number}"
            )
            if number % 500 == 0:
                stored = sourcier.status().passages
        return sourcier.status().passages


@contextmanager
def served(data_dir: Path) -> Iterator[tuple[int, subprocess.Popen[bytes], float]]:
    """Start ``python -m api`` on a free port; yield the port, the process, when it started."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "SOURCIER_DATA_DIR": str(data_dir),
        "SOURCIER_PORT": str(port),
        "SOURCIER_LOG_LEVEL": "error",
    }
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "api"], env=environment)
    try:
        yield port, process, started
    finally:
        process.terminate()
        process.wait()


def ask(port: int, question: str) -> dict[str, object]:
    """Ask over HTTP, as soon as somebody listens."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/v1/ask",
        data=json.dumps({"question": question}).encode(),
        headers={"Content-Type": "application/json"},
    )
    while True:
        try:
            with urllib.request.urlopen(request) as reply:
                answer: dict[str, object] = json.load(reply)
                return answer
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.005)


def memory_mib(process: subprocess.Popen[bytes]) -> float:
    """Return the resident memory of a process."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    [line] = [line for line in status.splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


def heavy_modules(data_dir: Path) -> list[str]:
    """Return which heavy modules a process has imported once it has answered."""
    code = (
        "import sys; from rag.bootstrap import bootstrap; from rag.settings import Settings;"
        "from rag.models import Question; import api.app;"
        "s = bootstrap(Settings()); s.ask(Question('Qui ?'));"
        f"print([name for name in {_HEAVY!r} if name in sys.modules])"
    )
    environment = {**os.environ, "SOURCIER_DATA_DIR": str(data_dir)}
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    return list(json.loads(ran.stdout.replace("'", '"')))


def main() -> None:
    """Fill, start, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=development.DATA)
    parser.add_argument("--index", type=Path, help="folder to keep the store in")
    parser.add_argument("--passages", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    data_dir = options.index or Path(tempfile.mkdtemp())
    print("passages", fill(options.data, data_dir, options.passages))
    first, warm, memory = [], [], []
    for _ in range(options.runs):
        with served(data_dir) as (port, process, started):
            ask(port, _QUESTIONS[0])
            first.append(time.perf_counter() - started)
            for question in _QUESTIONS * 20:
                before = time.perf_counter()
                ask(port, question)
                warm.append(time.perf_counter() - before)
            memory.append(memory_mib(process))
    print(
        f"start to first answer: median {statistics.median(first):.2f} s, worst {max(first):.2f} s"
    )
    print(f"then a question: median {1000 * statistics.median(warm):.1f} ms")
    print(f"memory: {statistics.median(memory):.0f} MiB; heavy modules: {heavy_modules(data_dir)}")
    if options.index is None:
        shutil.rmtree(data_dir)


if __name__ == "__main__":
    main()
