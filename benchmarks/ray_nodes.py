"""Bulk ingestion on Ray: a node killed in mid-job, many times; and what it costs on one machine.

``python -m benchmarks.ray_nodes deaths`` starts a cluster of this machine's own: a node without
cores, on which ``python -m rag ingest --ray`` runs, and two with one core each. At a random moment
all processes of one are killed with SIGKILL. The store is then compared with what ingestion
without a cluster makes of the same files: each passage once, with the same vector.

``python -m benchmarks.ray_nodes speed`` ingests the same files with and without one, in turns.
"""

import argparse
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import psutil
import ray
from ray.cluster_utils import Cluster

from benchmarks.made_up import drawn_words
from documents.store.store import Store
from rag.bootstrap import bootstrap
from rag.bulk.ingestion import ingest_on
from rag.bulk.on_a_node import cut, encode, fetch
from rag.bulk.pieces import Asked, Piece, Recipe
from rag.settings import Settings

RESULTS = Path(__file__).parent / "results" / "ray.json"

_SENTENCES, _WORDS = 6, 20  # of a passage, of a sentence
_PASSAGES = 5  # of a file
_ROWS = 60  # of the one file of rows
_PATIENCE_SECONDS = 300


def write(folder: Path, passages: int, *, seed: int) -> None:
    """Write files of about so many passages, in French and English; one holds rows."""
    chance = random.Random(seed)
    words = {"fr": drawn_words("fr", chance), "en": drawn_words("en", chance)}

    def passage(language: str) -> str:
        sentences = (" ".join(islice(words[language], _WORDS)) for _ in range(_SENTENCES))
        return ". ".join(sentence.capitalize() for sentence in sentences) + "."

    folder.mkdir(parents=True)
    rows = [f'{{"id": "{n}", "text": "{passage("fr")}"}}' for n in range(_ROWS)]
    (folder / "rows.jsonl").write_text("\n".join(rows), encoding="utf-8")
    (folder / "damaged.pdf").write_bytes(b"%PDF-1.4 nothing")
    for number in range(max(1, (passages - _ROWS) // _PASSAGES)):
        language = ("fr", "en")[number % 2]
        text = "\n\n".join(passage(language) for _ in range(_PASSAGES))
        (folder / f"text-{number:05}.txt").write_text(f"Texte {number}\n\n{text}", encoding="utf-8")


def contents(data: Path) -> Counter[tuple[str, int, bytes]]:
    """Return how often each passage is stored: its text, and the vector of the serving encoder."""
    with Store.open(data / "sourcier.db") as store:
        [fingerprint] = store.fingerprints()
        vectors = {
            int(row): vector.tobytes()
            for entries in store.vectors(fingerprint=fingerprint)
            for row, vector in zip(entries.rows, entries.vectors, strict=True)
        }
        return Counter(
            (title, text, vectors[int(row)])
            for entries in store.entries()
            for row, title, text in zip(entries.rows, entries.titles, entries.texts, strict=True)
        )


def stored(data: Path) -> int:
    """Return how many documents are stored."""
    try:
        with Store.open(data / "sourcier.db") as store:
            return store.counts().documents
    except OSError:
        return 0


def ingesting(data: Path, folder: Path, *options: str, **variables: str) -> subprocess.Popen[str]:
    """Start an ingestion."""
    return subprocess.Popen(
        [sys.executable, "-m", "rag", "ingest", *options, str(folder)],
        env={**os.environ, "SOURCIER_DATA_DIR": str(data), **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> str:
    """Wait until an ingestion is over; return what it said last."""
    told, complaints = process.communicate(timeout=_PATIENCE_SECONDS)
    if process.returncode != 0:
        raise RuntimeError(complaints[-2000:])
    return told.strip().splitlines()[-1]


@contextmanager
def cluster() -> Iterator[tuple[str, list[Any]]]:
    """Start three nodes; yield their address and those that encode."""
    started = Cluster(initialize_head=True, head_node_args={"num_cpus": 0})
    try:
        nodes = [started.add_node(num_cpus=1) for _ in range(2)]
        yield started.address, nodes
    finally:
        started.shutdown()


def kill(node: Any) -> int:  # noqa: ANN401 - a Node of Ray
    """Kill every process of a node; return how many."""
    roots = [info.process.pid for infos in node.all_processes.values() for info in infos]
    family = [psutil.Process(pid) for pid in roots if psutil.pid_exists(pid)]
    family += [child for root in family for child in root.children(recursive=True)]
    for process in family:
        try:
            process.send_signal(signal.SIGKILL)
        except psutil.NoSuchProcess:
            continue
    return len(family)


def death(folder: Path, data: Path, *, documents: int, chance: random.Random) -> dict[str, Any]:
    """Kill a node while files come in; return what was there then, and how long it all took."""
    with cluster() as (address, nodes):
        began = time.monotonic()
        variables = {"RAY_ADDRESS": address, "RAY_AUTH_MODE": os.environ["RAY_AUTH_MODE"]}
        process = ingesting(data, folder, "--ray", **variables)
        wanted = chance.randrange(1, documents * 3 // 4)
        while process.poll() is None and (there := stored(data)) < wanted:
            if time.monotonic() - began > _PATIENCE_SECONDS:
                raise TimeoutError("nothing comes in")
            time.sleep(0.2)
        in_time = process.poll() is None
        killed = kill(chance.choice(nodes))
        at = time.monotonic()
        said = finish(process)
        return {
            "killed in mid-job": in_time,
            "processes killed": killed,
            "documents stored by then": there,
            "seconds from then to the end": round(time.monotonic() - at, 1),
            "said": said,
        }


def deaths(options: argparse.Namespace) -> None:
    """Kill a node so many times; compare each store with the one made without a cluster."""
    os.environ["RAY_AUTH_MODE"] = "disabled"  # of a cluster that lives for a minute
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    chance, runs = random.Random(options.seed), []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "files"
        write(folder, options.passages, seed=options.seed)
        finish(ingesting(Path(place) / "plain", folder))
        wanted = contents(Path(place) / "plain")
        documents = stored(Path(place) / "plain")
        for number in range(options.times):
            data = Path(place) / f"data-{number}"
            run = death(folder, data, documents=documents, chance=chance)
            found = contents(data)
            run["missing"] = sum((wanted - found).values())
            run["too many"] = sum((found - wanted).values())
            runs.append(run)
            keep("deaths", summary(runs, sum(wanted.values()), documents))


def summary(runs: list[dict[str, Any]], passages: int, documents: int) -> dict[str, Any]:
    """Return the figures of all deaths so far."""
    ends = [run["seconds from then to the end"] for run in runs]
    return {
        "ray": ray.__version__,
        "passages": passages,
        "documents": documents,
        "times": len(runs),
        "in mid-job": sum(run["killed in mid-job"] for run in runs),
        "missing": sum(run["missing"] for run in runs),
        "too many": sum(run["too many"] for run in runs),
        "seconds to the end, median": statistics.median(ends),
        "runs": runs,
    }


def keep(what: str, figures: dict[str, Any]) -> None:
    """Write figures beside those of the other kind, and print them."""
    figures["load"] = round(os.getloadavg()[0], 1)
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    RESULTS.write_text(json.dumps({**kept, what: figures}, indent=1, ensure_ascii=False) + "\n")
    print(json.dumps(figures, ensure_ascii=False), flush=True)


def speed(options: argparse.Namespace) -> None:
    """Ingest two sizes of folder, with a cluster of this machine and without, in turns."""
    os.environ["RAY_ADDRESS"] = "local"
    took: dict[tuple[str, int], list[float]] = {}
    sizes = (options.passages // 6, options.passages)
    with tempfile.TemporaryDirectory() as place:
        for size in sizes:
            write(Path(place) / str(size), size, seed=options.seed)
        alone = storing(Path(place) / str(sizes[-1]), Path(place) / "alone")
        for turn in range(options.times):
            for size in sizes:
                for name, how in (("plain", ()), ("ray", ("--ray",))):
                    data = Path(place) / f"{name}-{size}-{turn}"
                    began = time.monotonic()
                    finish(ingesting(data, Path(place) / str(size), *how))
                    took.setdefault((name, size), []).append(time.monotonic() - began)
            medians = {key: statistics.median(seconds) for key, seconds in took.items()}
            found: dict[str, Any] = {
                "times": turn + 1,
                "passages a second that this machine stores": round(alone),
            }
            for name in ("plain", "ray"):
                small, large = (medians[name, size] for size in sizes)
                found[name] = {
                    f"seconds for {sizes[0]} passages": round(small, 1),
                    f"seconds for {sizes[1]} passages": round(large, 1),
                    "passages a second of what is more": round(
                        (sizes[1] - sizes[0]) / (large - small), 1
                    ),
                }
            keep("speed", found)


def storing(folder: Path, data: Path) -> float:
    """Return passages a second that this machine stores, to which all is sent at once."""
    kept: list[Piece] = []

    @contextmanager
    def done(recipe: Recipe, asked: Sequence[Asked]) -> Iterator[Iterator[Piece]]:
        kept.extend(encode(part, recipe) for one in asked for part in cut(fetch(one), recipe))
        nonlocal began
        began = time.monotonic()
        yield iter(kept)

    began = 0.0
    with bootstrap(Settings(data_dir=data, encoder="embedded-static")) as sourcier:
        ingest_on(done, sourcier, [folder], collection="default")
        return sourcier.status().passages / (time.monotonic() - began)


def main() -> None:
    """Measure what was asked for, and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("deaths", "speed"))
    parser.add_argument("--passages", type=int, default=600)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    {"deaths": deaths, "speed": speed}[options.what](options)


if __name__ == "__main__":
    main()
