"""The embedded index from 20,000 to 1,000,000 passages: speed, recall, memory, start, growth.

``python -m benchmarks.growth --folder FOLDER`` makes the passages once
(benchmarks/grown_passages.py) and, for each size, in processes of their own:

* **builds** the index from portions as a rebuild does, and saves it;
* **starts**: loads what was saved, with the files in the page cache and without, and asks first;
* **asks** in both languages, as a question does: 100 passages by meaning and as many by words in
  each; recall is against all cosines;
* **grows**: asks while documents of ten passages come in, as fast as the default encoder reads
  (`_COMING` passages a second), each taken in by the next question, as in the service; then
  while everything is merged.

What a question costs beyond the index (encoder, late interaction, the store) is not in it.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks import development, grown_passages
from benchmarks.growth_questions import MOST, Asked, prepare, questions, recall
from documents.models import LANGUAGES, Language
from index import snapshot
from index.background import BackgroundMerges
from index.manifest import Origin
from index.segment import Additions
from index.segmented import SegmentedIndex
from index.view import View
from rag.giving_way import give_way

SIZES = (20_000, 200_000, 1_000_000)
RESULTS = Path(__file__).parent / "results" / "growth.json"
_ORIGIN = Origin("made", "made")
_COMING = 200  # passages a second
_DOCUMENT = 10  # passages
_GROWING_SECONDS = 30.0
_FIELDS = ("VmRSS", "VmHWM", "RssAnon", "RssFile", "RssShmem")


def memory() -> dict[str, float]:
    """Return what this process holds, in MiB: resident, its peak, anonymous, mapped files."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    pairs = (line.split(":", 1) for line in lines)
    return {name: int(value.split()[0]) // 1024 for name, value in pairs if name in _FIELDS}


def milliseconds(seconds: Sequence[float]) -> dict[str, float]:
    """Return the median and the tail."""
    shares = {"p50": 50, "p95": 95, "p99": 99, "worst": 100}
    return {name: round(1000 * float(np.percentile(seconds, at)), 2) for name, at in shares.items()}


def build(folder: Path, size: int) -> dict[str, Any]:
    """Index the passages as a rebuild does, then save."""
    index = SegmentedIndex.empty(384)
    merges = BackgroundMerges(folder, begin=give_way)
    seconds = []
    for portion in grown_passages.portions(folder / "passages", size):
        started = time.perf_counter()
        index.apply(add=portion)
        merges.wake(index)
        seconds.append(time.perf_counter() - started)
    grown = memory()  # with a portion of the passages themselves
    started = time.perf_counter()
    merges.compact(index)
    merged = time.perf_counter()
    snapshot.save(index.view(), folder / f"index-{size}", origin=_ORIGIN)
    saved = time.perf_counter()
    files = (path.stat().st_size for path in (folder / f"index-{size}").iterdir())
    return {
        "passages a second": round(size / sum(seconds)),
        "longest portion s": round(max(seconds), 2),
        "merge all s": round(merged - started, 2),
        "save s": round(saved - merged, 2),
        "on disk MiB": sum(files) >> 20,
        "memory before MiB": grown,
        "memory MiB": memory(),
    }


def start(folder: Path, size: int, *, cold: bool) -> dict[str, float]:
    """Load what was saved and ask once."""
    if cold:
        for path in (folder / f"index-{size}").iterdir():
            with path.open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    first = questions(folder)[0]
    began = time.perf_counter()
    index = snapshot.load(folder / f"index-{size}", origin=_ORIGIN)
    ready = time.perf_counter()
    first.search(index.view())
    asked = time.perf_counter()
    return {"ready s": round(ready - began, 2), "first question s": round(asked - ready, 3)}


def ask(folder: Path, size: int) -> dict[str, Any]:
    """Ask every question, of an index that nothing is added to."""
    view = snapshot.load(folder / f"index-{size}", origin=_ORIGIN).view()
    asked = questions(folder)
    for one in asked[:50]:
        one.search(view)

    def timed(work: Callable[[Asked, Language], object]) -> dict[str, dict[str, float]]:
        seconds, processor = [], []
        for one in asked:
            started, used = time.perf_counter(), time.thread_time()
            for language in LANGUAGES:
                work(one, language)
            seconds.append(time.perf_counter() - started)
            processor.append(time.thread_time() - used)
        return {"passed": milliseconds(seconds), "processor": milliseconds(processor)}

    def both(one: Asked, language: Language) -> object:
        return view.propose(one.vector, one.groups[language], MOST, collection=1, language=language)

    def meaning(one: Asked, language: Language) -> object:
        return view.dense(one.vector, MOST, collection=1, language=language)

    def words(one: Asked, language: Language) -> object:
        return view.lexical({language: one.groups[language]}, MOST, collection=1)

    return {
        "search ms": timed(both),
        "by meaning ms": timed(meaning),
        "by words ms": timed(words),
        "memory MiB": memory(),
        **recall(folder, size, view, asked),
    }


def grow(folder: Path, size: int) -> dict[str, Any]:
    """Ask while documents come in, and while everything is merged."""
    index = snapshot.load(folder / f"index-{size}", origin=_ORIGIN)
    merges = BackgroundMerges(folder, begin=give_way)
    asked = questions(folder)
    coming = _documents(folder, size)
    for one in asked:
        one.search(index.view())
    idle = _asked_for(asked, _GROWING_SECONDS / 2, lambda _: index.view())

    taken = 0

    def with_what_came(passed: float) -> View:
        nonlocal taken
        due = min(int(passed * _COMING / _DOCUMENT), len(coming))
        if due > taken:
            index.apply(add=Additions.joined(coming[taken:due]))
            merges.wake(index)
            taken = due
        return index.view()

    growing = _asked_for(asked, _GROWING_SECONDS, with_what_came)
    segments = index.view().segment_count
    merges.close()

    def merge_all() -> None:
        give_way()
        BackgroundMerges(folder).compact(index)

    merging = Thread(target=merge_all)
    merging.start()
    started = time.perf_counter()
    meanwhile: list[float] = []
    anonymous = 0.0
    while merging.is_alive():
        meanwhile += _asked_for(asked, 0.5, lambda _: index.view())
        anonymous = max(anonymous, memory()["RssAnon"])
    return {
        "idle ms": milliseconds(idle),
        "while passages come in ms": milliseconds(growing),
        "passages that came in": taken * _DOCUMENT,
        "segments then": segments,
        "while all is merged ms": milliseconds(meanwhile),
        "merging all took s": round(time.perf_counter() - started, 1),
        "anonymous memory meanwhile, most MiB": anonymous,
        "memory MiB": memory(),
    }


def _documents(folder: Path, size: int) -> list[Additions]:
    """Return documents of ten passages that the index of this size does not have."""
    more = int(_COMING * _GROWING_SECONDS)
    documents: list[Additions] = []
    for portion in grown_passages.portions(folder / "passages", size + more):
        rows = np.asarray(portion.rows)
        documents += [
            grown_passages.cut(portion, start, start + _DOCUMENT)
            for start in range(0, len(rows) - _DOCUMENT + 1, _DOCUMENT)
            if rows[start] > size
        ]
    return documents


def _asked_for(
    asked: Sequence[Asked], seconds: float, view: Callable[[float], View]
) -> list[float]:
    """Ask one after the other for so many seconds; return how long each took."""
    began, took = time.perf_counter(), []
    number = 0
    while (started := time.perf_counter()) - began < seconds:
        asked[number % len(asked)].search(view(started - began))
        took.append(time.perf_counter() - started)
        number += 1
    return took


def _in_process(options: argparse.Namespace, step: str, size: int) -> Any:  # noqa: ANN401
    """Run a step in a process of its own, so that its memory is its own."""
    command = [sys.executable, "-m", "benchmarks.growth", "--folder", str(options.folder)]
    command += ["--text", str(options.text), "--data", str(options.data)]
    ran = subprocess.run(
        [*command, "--step", step, "--sizes", str(size)], stdout=subprocess.PIPE, check=True
    )
    return json.loads(ran.stdout)


def main() -> None:
    """Make, build, start, ask, grow; print and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="what is made is kept here")
    parser.add_argument("--text", type=Path, default=Path("../shared/training/parallel.tsv.gz"))
    parser.add_argument("--data", type=Path, default=development.DATA)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--only", nargs="+", default=["build", "start", "ask", "grow"])
    parser.add_argument(
        "--json", type=Path, help=f"beside those of other sizes, as in {RESULTS.name}"
    )
    parser.add_argument("--step", help=argparse.SUPPRESS)
    options = parser.parse_args()
    threadpool_limits(1, user_api="blas")
    steps: dict[str, Callable[[Path, int], Any]] = {
        "prepare": lambda folder, size: prepare(
            folder, options.text, options.data, size + int(_COMING * _GROWING_SECONDS)
        ),
        "build": build,
        "start": lambda folder, size: start(folder, size, cold=False),
        "cold": lambda folder, size: start(folder, size, cold=True),
        "ask": ask,
        "grow": grow,
    }
    if options.step:
        print(json.dumps(steps[options.step](options.folder, options.sizes[0])))
        return
    results = {}
    for size in options.sizes:
        _in_process(options, "prepare", size)
        result = {"load average": os.getloadavg()[0]}
        for step in options.only:
            result[step] = _in_process(options, step, size)
            if step == "start":
                result["cold start"] = _in_process(options, "cold", size)
            print(size, step, json.dumps(result[step]), flush=True)
        results[size] = result
    if options.json:
        _keep(options.json, results)


def _keep(path: Path, results: dict[int, Any]) -> None:
    """Write figures beside those of other sizes."""
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    kept |= {
        "machine": f"{os.cpu_count()} processors, Python {platform.python_version()}",
        "day": time.strftime("%Y-%m-%d"),
    }
    for size, result in results.items():
        kept.setdefault("sizes", {}).setdefault(str(size), {}).update(result)
    path.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
