"""How long a question takes, over HTTP, and where its time goes; how fast files come in.

``python -m benchmarks.answering`` lets ``python -m rag ingest`` take in a file of passages, waits
until their sentences are read ahead, starts ``python -m api``, and asks development questions that
it has not seen: one client after the other, then eight at once. Beside it, in turns, the encoder
alone reads the same questions: what no answer can be faster than.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from benchmarks import development
from benchmarks.clients import Address, Reply, exchange, post
from benchmarks.peers import texts
from benchmarks.served import ROOT, Service, served
from rag.bootstrap import bootstrap
from rag.settings import Settings

_CLIENTS = 8
_WARM = 20  # questions before any is measured
_BLOCK = 25  # questions asked before the encoder has its turn
_LOOK_SECONDS = 2.0


def take_in(options: argparse.Namespace, data_dir: Path) -> dict[str, float]:
    """Have the passages taken in, each a row of a file; return how fast."""
    rows = data_dir.with_suffix(".jsonl")
    found = texts.passages(options.data, options.training, options.passages)
    lines = (json.dumps({"id": one.id, "text": one.text}, ensure_ascii=False) for one in found)
    rows.write_text("\n".join(lines) + "\n", encoding="utf-8")
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "rag", "ingest", str(rows)],
        cwd=ROOT,
        env=_environment(options, data_dir),
        stdout=subprocess.DEVNULL,
        check=True,
    )
    seconds = time.perf_counter() - start
    return {"passages_per_second": round(options.passages / seconds, 1)}


def read_ahead(options: argparse.Namespace, data_dir: Path) -> dict[str, float]:
    """Wait until all sentences are read; return how fast that was."""
    with bootstrap(Settings(data_dir=data_dir, encoder=options.encoder)) as sourcier:
        before, start = sourcier.levels(), time.perf_counter()
        if before.read_passages == before.passages:
            return {}
        sourcier.work_aside()
        while (now := sourcier.levels()).read_passages < now.passages:
            time.sleep(_LOOK_SECONDS)
        read = now.read_passages - before.read_passages
        return {"passages_per_second": round(read / (time.perf_counter() - start), 1)}


def one_client(service: Service, asked: Sequence[str], encoder: Any) -> dict[str, Any]:  # noqa: ANN401
    """Ask one question after the other; return percentiles, the stages, and the encoder's own."""
    answers: list[Reply] = []
    alone: list[float] = []
    before = _processor_seconds(service)
    for start in range(0, len(asked), _BLOCK):
        block = asked[start : start + _BLOCK]
        answers += asyncio.run(_ask(service, block))
        for question in block:
            began = time.perf_counter()
            encoder.encode_questions([question])
            alone.append(time.perf_counter() - began)
    spent = _processor_seconds(service) - before
    timings = [json.loads(answer.body)["timings"] for answer in answers]
    return {
        "ms": _percentiles([answer.seconds for answer in answers]),
        "encoder_alone_ms": _percentiles(alone),
        "processor_ms": round(1000 * spent / len(asked), 2),
        "stages_ms": {
            name: round(float(np.median([one[name] for one in timings])), 2) for name in timings[0]
        },
    }


def many_clients(service: Service, asked: Sequence[str]) -> dict[str, Any]:
    """Ask from eight clients at once; return questions a second, and percentiles."""

    async def all_at_once() -> list[list[Reply]]:
        shares = [asked[number::_CLIENTS] for number in range(_CLIENTS)]
        return await asyncio.gather(*(_ask(service, share) for share in shares))

    start = time.perf_counter()
    answers = [answer for share in asyncio.run(all_at_once()) for answer in share]
    seconds = time.perf_counter() - start
    return {
        "per_second": round(len(answers) / seconds, 1),
        "ms": _percentiles([answer.seconds for answer in answers]),
    }


async def _ask(service: Service, asked: Sequence[str]) -> list[Reply]:
    streams = await Address(service.port).connect()
    answers = [await exchange(streams, post("/v1/ask", {"question": one})) for one in asked]
    streams[1].close()
    assert all(answer.status == 200 for answer in answers)  # noqa: S101 - else nothing is measured
    return answers


def _percentiles(seconds: Sequence[float]) -> dict[str, float]:
    values = np.percentile(seconds, (50, 95, 99)) * 1000
    return dict(zip(("p50", "p95", "p99"), map(float, values.round(2)), strict=True))


def _processor_seconds(service: Service) -> float:
    stat = Path(f"/proc/{service.process.pid}/stat").read_text(encoding="ascii")
    user, system = stat.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _environment(options: argparse.Namespace, data_dir: Path) -> dict[str, str]:
    said = {"SOURCIER_DATA_DIR": str(data_dir), "SOURCIER_ENCODER": options.encoder}
    return {**os.environ, **said}


def measure(options: argparse.Namespace, data_dir: Path) -> dict[str, Any]:
    """Do all of it; return the figures."""
    figures: dict[str, Any] = {"passages": options.passages, "load_before": os.getloadavg()}
    if not (data_dir / "sourcier.db").exists():
        figures["taken_in"] = take_in(options, data_dir)
        print("taken in", figures["taken_in"], flush=True)
    if read := read_ahead(options, data_dir):
        figures["read_ahead"] = read
        print("read ahead", read, flush=True)
    asked = [
        one.text
        for name in development.QUESTIONS.values()
        for one in development.questions(options.data, name)
    ]
    Random(7).shuffle(asked)
    first, second = asked[_WARM : _WARM + options.questions], asked[-options.questions :]
    with bootstrap(Settings(data_dir=data_dir, encoder=options.encoder)) as sourcier:
        encoder = sourcier.encoder
    with served(data_dir, ENCODER=options.encoder) as service:
        asyncio.run(_ask(service, asked[:_WARM]))
        figures["one_client"] = one_client(service, first, encoder)
        figures["eight_clients"] = many_clients(service, second)
        figures["memory_mib"] = service.forget_peak() >> 20
    return {**figures, "load_after": os.getloadavg()}


def main() -> None:
    """Measure, print and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=development.DATA)
    parser.add_argument("--training", type=Path, default=Path("../shared/training"))
    parser.add_argument("--folder", type=Path, help="folder to keep the stores in")
    parser.add_argument("--encoder", default="embedded")
    parser.add_argument("--passages", type=int, default=20_000)
    parser.add_argument("--questions", type=int, default=500)
    parser.add_argument("--json", type=Path, default=Path("benchmarks/results/answering.json"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = (options.folder or Path(temporary)).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        figures = measure(options, folder / f"{options.encoder}-{options.passages}")
    known = json.loads(options.json.read_text("utf-8")) if options.json.exists() else {}
    known[options.encoder] = figures
    options.json.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
