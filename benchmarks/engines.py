"""The index in Milvus, on engines that start from the Python package index.

``python -m benchmarks.engines`` runs for each of them the contract of `tests/contracts/index`;
compares what it finds with what the embedded index finds, for the development questions; and
kills it while it is written to. Engines are installed into a folder once; the whole server
runs in a network namespace of its own, which needs root.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean, median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.development import DATA, MIXED, QUESTIONS, open_indexed, questions
from benchmarks.engine_deaths import deaths
from benchmarks.engine_servers import KINDS, Engine, EngineKind, install, running
from rag.bootstrap import bootstrap
from rag.models import Query
from rag.service import Sourcier

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "engines.json"
_SLOW_MS = 500.0  # a question; of such an engine fewer are asked
_FEW = 10


@dataclass(frozen=True, slots=True)
class Alike:
    """How like two indexes are.

    Of the first ten hits the share that both find, the largest difference of a score by words,
    and milliseconds a search.
    """

    direction: str
    questions: int
    overlap_at_10: float
    by_meaning_at_10: float
    by_words_at_10: float
    words_differ: float
    embedded_ms: float
    engine_ms: float


def contract(engine: Engine) -> dict[str, int]:
    """Run the contract of indexes; return how many tests passed, failed and were left out."""
    kind = engine.kind
    environment = {
        "SOURCIER_TEST_MILVUS": engine.address,
        "SOURCIER_TEST_MILVUS_INDEX": kind.vector_index,
        "SOURCIER_TEST_MILVUS_WORDS": "on" if kind.words else "off",
    }
    command = [
        sys.executable,
        "-m",
        "pytest",
        "tests/contracts/index",
        "-q",
        "-k",
        "milvus or table",
    ]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider"],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    last = done.stdout.strip().splitlines()[-1]
    if done.returncode:
        sys.stderr.write(done.stdout)
    return {word: int(count) for count, word in re.findall(r"(\d+) (passed|failed|skipped)", last)}


def alike(engine: Engine, data: Path, folder: Path, *, most: int) -> list[Alike]:
    """Ask both indexes the same questions of one collection in both languages."""
    with open_indexed(data, folder / "development", encoder="embedded-static") as embedded:
        settings = embedded.settings.model_copy(
            update={
                "index": "milvus",
                "milvus_uri": engine.address,
                "milvus_vector_index": engine.kind.vector_index,
                "milvus_timeout_seconds": 60.0,
            }
        )
        with bootstrap(settings) as other:
            other.rebuild()
            return [
                _compared(embedded, other, data, direction, most=most) for direction in QUESTIONS
            ]


def _compared(
    embedded: Sourcier, other: Sourcier, data: Path, direction: tuple[str, str], *, most: int
) -> Alike:
    shares: dict[str, list[float]] = {"hybrid": [], "dense": [], "lexical": []}
    times: tuple[list[float], list[float]] = ([], [])
    differ, asked = 0.0, 0
    for question in questions(data, QUESTIONS[direction])[:most]:
        if asked >= _FEW and median(times[1]) > _SLOW_MS:
            break
        asked += 1
        for mode, found in shares.items():
            query = Query(question.text, mode=mode, collection=MIXED)
            hits = []
            for sourcier, spent in zip((embedded, other), times, strict=True):
                start = time.perf_counter()
                hits.append({hit.stored.row: hit.score for hit in sourcier.search(query)})
                spent.append((time.perf_counter() - start) * 1000)
            ours, theirs = hits
            found.append(len(ours.keys() & theirs.keys()) / max(1, len(ours)))
            if mode == "lexical":
                both = ours.keys() & theirs.keys()
                differ = max(differ, *(abs(ours[row] - theirs[row]) for row in both), 0.0)
    return Alike(
        direction="→".join(direction),
        questions=asked,
        overlap_at_10=mean(shares["hybrid"]),
        by_meaning_at_10=mean(shares["dense"]),
        by_words_at_10=mean(shares["lexical"]),
        words_differ=differ,
        embedded_ms=round(median(times[0]), 1),
        engine_ms=round(median(times[1]), 1),
    )


def measure(kind: EngineKind, options: argparse.Namespace) -> dict[str, Any]:
    """Do all this with one engine."""
    packages = install(kind, options.folder / "packages")
    found: dict[str, Any] = {"what": kind.what}
    start = time.perf_counter()
    with (
        TemporaryDirectory(dir=options.folder) as folder,
        running(kind, (work := Path(folder)) / kind.name, packages) as engine,
    ):
        found["started_seconds"] = round(time.perf_counter() - start, 1)
        found["contract"] = contract(engine)
        if kind.words and options.questions:
            compared = alike(engine, options.data, options.folder, most=options.questions)
            found["alike"] = [asdict(one) for one in compared]
        died = list(deaths(engine, work, number=options.deaths))
        found["deaths"] = {
            "number": len(died),
            "in_the_middle": sum(death.in_the_middle for death in died),
            "faults": [fault for death in died for fault in death.faults],
            "refused_ms": _range([death.refused_ms for death in died]),
            "recovered_seconds": _range([death.recovered_seconds for death in died]),
        }
    return found


def _range(values: list[float]) -> list[float]:
    return [round(float(value), 1) for value in np.percentile(values or [0.0], [0, 50, 100])]


def apart(kind: EngineKind, options: argparse.Namespace) -> dict[str, Any]:
    """Do as `measure` in a network namespace of its own."""
    install(kind, options.folder / "packages")
    result = options.folder / f"{kind.name}.json"
    command = [sys.executable, "-m", "benchmarks.engines", "--inside", kind.name, "--json", result]
    command += ["--data", options.data, "--folder", options.folder, "--deaths", options.deaths]
    up = ["unshare", "-n", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    subprocess.run([*up, *map(str, command)], cwd=ROOT, check=True)
    return dict(json.loads(result.read_text(encoding="utf-8"))[kind.name])


def main() -> int:
    """Measure the engines that are named; 1 if one does not hold what it should."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engines", nargs="+", choices=list(KINDS), default=list(KINDS))
    parser.add_argument("--inside", choices=list(KINDS), help=argparse.SUPPRESS)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--folder", type=Path, default=Path("var/engines"))
    parser.add_argument("--questions", type=int, default=200, help="of each direction")
    parser.add_argument("--deaths", type=int, default=8)
    parser.add_argument("--json", type=Path, default=RESULTS)
    options = parser.parse_args()
    options.folder = options.folder.absolute()
    options.folder.mkdir(parents=True, exist_ok=True)
    known: dict[str, Any] = {}
    if options.json.exists() and not options.inside:
        known = json.loads(options.json.read_text(encoding="utf-8"))
    for name in [options.inside] if options.inside else options.engines:
        kind = KINDS[name]
        known[name] = (
            measure(kind, options) if options.inside or not kind.apart else apart(kind, options)
        )
        text = json.dumps(known, indent=1, ensure_ascii=False)
        options.json.write_text(text + "\n", encoding="utf-8")
        print(name, json.dumps(known[name], ensure_ascii=False), flush=True)
    return int(any(_fails(found) for found in known.values()))


def _fails(found: dict[str, Any]) -> bool:
    differing = [one for one in found.get("alike", ()) if one["overlap_at_10"] < 0.98]
    return bool(found["contract"].get("failed") or found["deaths"]["faults"] or differing)


if __name__ == "__main__":
    sys.exit(main())
