"""Flame graphs of the two hot paths: a question answered over HTTP, and documents taken in.

``python -m benchmarks.flames --folder FOLDER`` samples both with py-spy [1], which it installs into
an environment of its own, on a store that `benchmarks.answering` keeps in FOLDER. Only threads
that run are sampled; what waits for the disk or for a lock does not show.

[1] https://github.com/benfred/py-spy
"""

import argparse
import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random

from benchmarks import development
from benchmarks.clients import Address, exchange, post
from benchmarks.peers import texts
from benchmarks.served import ROOT, served

_SAMPLER = ROOT / "benchmarks" / ".peers" / "py-spy"
_VERSION = "py-spy==0.4.1"
_RATE = 250  # samples a second
_TITLE = re.compile(r'(<text id="title"[^>]*>)[^<]*(</text>)')


def sampler() -> Path:
    """Return py-spy, installed where it is not there yet."""
    program = _SAMPLER / "bin" / "py-spy"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", str(_SAMPLER)], check=True)
        pip = [str(_SAMPLER / "bin" / "python"), "-m", "pip", "install", "--quiet", _VERSION]
        subprocess.run(pip, check=True)
    return program


@contextmanager
def sampled(process: int, picture: Path, *, title: str) -> Iterator[None]:
    """Sample `process` while the block runs, then draw it under `title`."""
    command = [str(sampler()), "record", "--pid", str(process), "--rate", str(_RATE)]
    command += ["--duration", "unlimited", "--output", str(picture)]
    watching = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        watching.send_signal(signal.SIGINT)
        watching.wait()
        # py-spy writes its own command there, with where it lies on this machine.
        drawn = _TITLE.sub(rf"\g<1>{title}\g<2>", picture.read_text(encoding="utf-8"))
        picture.write_text(drawn, encoding="utf-8")


def questions(data: Path, number: int) -> list[str]:
    """Return development questions in an order of their own."""
    asked = [
        one.text
        for name in development.QUESTIONS.values()
        for one in development.questions(data, name)
    ]
    Random(11).shuffle(asked)
    return asked[:number]


async def _ask(port: int, asked: Sequence[str]) -> None:
    streams = await Address(port).connect()
    for one in asked:
        await exchange(streams, post("/v1/ask", {"question": one}))
    streams[1].close()


def of_a_question(options: argparse.Namespace) -> None:
    """Sample a service while one client asks."""
    store = options.folder.absolute() / "embedded-20000"
    asked = questions(options.data, options.questions)
    with served(store, READ_AHEAD="on") as service:
        asyncio.run(_ask(service.port, asked[:20]))
        with sampled(
            service.process.pid, options.out / "flame-question.svg", title="A question over HTTP"
        ):
            asyncio.run(_ask(service.port, asked[20:]))


def of_taking_in(options: argparse.Namespace) -> None:
    """Sample ``python -m rag ingest`` on a file of passages."""
    found = texts.passages(options.data, options.training, options.passages)
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder) / "passages.jsonl"
        lines = (json.dumps({"id": one.id, "text": one.text}, ensure_ascii=False) for one in found)
        rows.write_text("\n".join(lines) + "\n", encoding="utf-8")
        process = subprocess.Popen(
            [sys.executable, "-m", "rag", "ingest", str(rows)],
            cwd=ROOT,
            env={**os.environ, "SOURCIER_DATA_DIR": folder, "SOURCIER_ENCODER": options.encoder},
            stdout=subprocess.DEVNULL,
        )
        with sampled(process.pid, options.out / "flame-ingest.svg", title="Documents taken in"):
            process.wait()


def main() -> None:
    """Draw both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=development.DATA)
    parser.add_argument("--training", type=Path, default=Path("../shared/training"))
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--encoder", default="embedded-static", help="for taking in")
    parser.add_argument("--questions", type=int, default=1000)
    parser.add_argument("--passages", type=int, default=20_000)
    parser.add_argument("--out", type=Path, default=Path("docs"))
    options = parser.parse_args()
    of_a_question(options)
    of_taking_in(options)


if __name__ == "__main__":
    main()
