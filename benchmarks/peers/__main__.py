"""Sourcier beside its peers: same passages, same questions, same encoder, same machine, in turns.

``python -m benchmarks.peers`` installs each peer into an environment of its own under
``benchmarks/.peers``, encodes the passages once, fills every store with the same vectors, and
measures; ``--phases`` does a part. It prints tables, and writes JSON and a picture.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import development
from benchmarks.peers import environments, figures, over_http, plot, texts, turns
from benchmarks.peers.participants import (
    BARE,
    CONTENDERS,
    INTEGERS,
    ROOT,
    environment,
    server,
)
from benchmarks.peers.table import COLUMNS, table
from training.options import PARALLEL

RESULTS = Path("benchmarks/results/peers.json")
PICTURE = Path("docs/peers.png")
PHASES = ("questions", "many", "one", "start", "http")
_NEW = 1000  # passages that are added


def prepare(options: argparse.Namespace) -> Path:
    """Write the passages and encode them; return their folder."""
    folder: Path = options.folder.absolute() / str(options.passages)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "passages.jsonl"
    if not file.exists():
        found = texts.passages(options.data, options.training, options.passages)
        rows = (json.dumps({"id": one.id, "text": one.text}, ensure_ascii=False) for one in found)
        file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    if not INTEGERS.exists():
        command = [sys.executable, "-m", "benchmarks.peers.minilm_in_integers"]
        command += map(str, (environments.model(), INTEGERS, options.training / PARALLEL))
        subprocess.run(command, cwd=ROOT, check=True)
    for name, interpreter in (
        ("minilm", str(environments.bare_python())),
        ("embedded", sys.executable),
    ):
        if not (folder / f"{name}.npy").exists():
            command = [interpreter, "-m", "benchmarks.peers.encode", str(folder), name]
            variables = environment(CONTENDERS[0], os.cpu_count() or 1)
            subprocess.run(command, cwd=ROOT, env=variables, check=True)
    return folder


def measure(phase: str, folder: Path, options: argparse.Namespace) -> figures.Figures:
    """Measure one phase on all participants that take part in it."""
    contenders = [one for one in CONTENDERS if not options.only or one.module in options.only]
    questions = texts.questions(options.data)
    new = texts.further(options.data, options.training, _NEW, after=options.passages)
    threads = options.threads
    works: dict[str, Callable[[], Any]] = {
        "questions": lambda: turns.ask(
            contenders, folder, questions[: options.questions], threads=threads
        ),
        "many": lambda: turns.add_many(
            contenders, folder, new[: options.many], threads=options.ingest_threads
        ),
        "one": lambda: turns.one_by_one(
            contenders, folder, new[-options.one :], threads=threads
        ),
        "start": lambda: turns.start(contenders, folder, questions, threads=threads),
        "http": lambda: over_http.compare(
            [one for one in contenders if server(one, folder, 0)],
            folder,
            questions[options.questions :],
            threads=threads,
            rounds=options.rounds,
        ),
    }  # fmt: skip
    told = works[phase]()
    match phase:
        case "questions":
            return figures.of_questions(told, BARE)
        case "many":
            return figures.of_many(told, BARE)
        case "one":
            same = [one.name for one in contenders if one.encoder is None]
            return figures.of_one(told, BARE, same_encoder=same)
        case "start":
            return figures.of_starts(told)
    return figures.of_http(told)


def conditions(options: argparse.Namespace) -> dict[str, Any]:
    """Return what the figures depend on."""
    return {
        "passages": options.passages,
        "threads": options.threads,
        "ingest_threads": options.ingest_threads,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "packages": {name: list(wanted) for name, wanted in environments.REQUIREMENTS.items()},
    }


def main() -> None:
    """Prepare, measure phase by phase, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=development.DATA)
    parser.add_argument("--training", type=Path, default=Path("../shared/training"))
    parser.add_argument("--folder", type=Path, default=Path("var/peers"))
    parser.add_argument("--passages", type=int, default=20_000)
    parser.add_argument("--questions", type=int, default=310)
    parser.add_argument("--many", type=int, default=288, help="passages added in three goes")
    parser.add_argument("--one", type=int, default=20, help="passages added one by one")
    parser.add_argument("--rounds", type=int, default=8, help="of questions over HTTP")
    parser.add_argument("--threads", type=int, default=1, help="of each participant")
    parser.add_argument("--ingest-threads", type=int, default=os.cpu_count(), help="when many")
    parser.add_argument("--phases", nargs="+", choices=("prepare", *PHASES), default=PHASES)
    parser.add_argument("--only", nargs="+", help="modules, such as bare and sourcier")
    parser.add_argument("--json", type=Path, default=RESULTS)
    parser.add_argument("--picture", type=Path, default=PICTURE)
    options = parser.parse_args()
    folder = prepare(options)
    turns.fill(
        [one for one in CONTENDERS if not options.only or one.module in options.only],
        folder,
        threads=options.threads,
    )
    known: dict[str, Any] = {"phases": {}}
    if options.json.exists():
        known = json.loads(options.json.read_text(encoding="utf-8"))
    known |= conditions(options)
    for phase in options.phases:
        if phase == "prepare":
            continue
        load = os.getloadavg()[0]
        found = measure(phase, folder, options)
        known["phases"][phase] = {
            "at": datetime.now(UTC).isoformat(timespec="minutes"),
            "load_before": round(load, 2),
            "load_after": round(os.getloadavg()[0], 2),
            "figures": found,
        }
        text = json.dumps(known, indent=1, ensure_ascii=False)
        options.json.write_text(text + "\n", encoding="utf-8")
        print(f"\n{phase}, load {load:.2f} before\n\n{table(found, COLUMNS[phase])}", flush=True)
    plot.draw({name: one["figures"] for name, one in known["phases"].items()}, options.picture)


if __name__ == "__main__":
    main()
