"""One document added until it is on disk and a search sees it, then deleted until it is gone.

``python -m benchmarks.durable --folder FOLDER`` makes stores of 1,000, 20,000 and 200,000
invented passages (benchmarks/made_up.py; they are kept), opens all of them at once and adds the
same real documents of one passage to each in turns, so that whatever else the machine does hits
them alike. Nothing else is running in the process. Of each step stands what it takes:

* **add**: `Sourcier.add_text` returns, the document is on disk; *encoding* is what of that the
  encoder takes, and the goal is about the rest;
* **index**: the index holds it, and the next search finds it (this is looked at, not timed);
* **delete**, **index**: the same until it is gone.

First each is deleted right after it was added. Then many are added, and deleted after that, as
the index merges what came. Beside it, in turns, an empty commit: a page appended to a file and
synced, which no durable write can be faster than.
"""

import argparse
import json
import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks import development
from benchmarks.made_up import fill
from benchmarks.peers import texts
from documents.records import document_id
from documents.store.store import Store
from index.encoder import ReadPassages
from index.transformer_encoder import TransformerEncoder
from rag.bootstrap import bootstrap
from rag.models import Query
from rag.service import Sourcier
from rag.settings import Settings

SIZES = (1_000, 20_000, 200_000)
_PORTION = 20_000  # passages that are made with one seed
_WARM = 10  # documents before any counts
_PAGE = b"\0" * 4096
_TITLES = ("untitled", "titled")

Seconds = dict[str, list[float]]  # by step


def filled(folder: Path, size: int) -> Path:
    """Return a data folder with `size` passages and its index, made where it is not there."""
    data_dir = folder / f"durable-{size}"
    done = data_dir / "filled"
    if not done.exists():
        with bootstrap(Settings(data_dir=data_dir)) as sourcier:
            for seed, start in enumerate(range(0, size, _PORTION)):
                with Store.open(sourcier.settings.database) as store:
                    passages = min(_PORTION, size - start)
                    fill(store, sourcier.encoder, passages=passages, seed=seed)
            sourcier.rebuild()
        done.touch()
    return data_dir


@contextmanager
def encoding() -> Iterator[list[float]]:
    """Yield the seconds that each call of the encoder takes, as they come."""
    read, seconds = TransformerEncoder.read_passages, []

    def timed(self: TransformerEncoder, passages: Sequence[str]) -> ReadPassages:
        started = time.perf_counter()
        made = read(self, passages)
        seconds.append(time.perf_counter() - started)
        return made

    with patch.object(TransformerEncoder, "read_passages", timed):
        yield seconds


def seconds_of(work: Callable[[], object]) -> float:
    """Return how long `work` takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def add(sourcier: Sourcier, text: texts.Text, title: str | None, *, into: Seconds) -> None:
    """Add a document, and let the index take it in."""
    with encoding() as encoded:
        whole = seconds_of(lambda: sourcier.add_text(text.text, title=title, source=text.id))
    into["encoding"].append(sum(encoded))
    into["add"].append(whole - sum(encoded))
    into["add, index"].append(seconds_of(sourcier.ready))


def delete(sourcier: Sourcier, text: texts.Text, *, into: Seconds) -> None:
    """Delete it again, and let the index forget it."""
    wanted = document_id("default", text.id)
    into["delete"].append(seconds_of(lambda: sourcier.delete_document(wanted)))
    into["delete, index"].append(seconds_of(sourcier.ready))


def is_found(sourcier: Sourcier, text: texts.Text) -> bool:
    """Tell whether a search for the words of `text` finds it."""
    hits = sourcier.search(Query(text.text[:200]))
    return text.id in {hit.stored.document.source for hit in hits}


def one_by_one(
    services: dict[int, Sourcier], documents: Sequence[texts.Text], empty: Callable[[], object]
) -> dict[str, Any]:
    """Add and delete each, in turns, with a title and without; return the figures."""
    told: dict[str, Any] = {}
    for kind in _TITLES:
        found: dict[int, Seconds] = {size: defaultdict(list) for size in services}
        missed = 0
        for turn, text in enumerate(documents):
            for size in _rotated(services, turn):
                title = f"{text.text[:40]} {turn}" if kind == "titled" else None
                add(services[size], text, title, into=found[size])
                missed += not is_found(services[size], text)
                delete(services[size], text, into=found[size])
                missed += is_found(services[size], text)
                found[size]["empty commit"].append(seconds_of(empty))
        told[kind] = {str(size): _figures(each) for size, each in found.items()}
        told[kind]["not found, or found when gone"] = missed
        print(kind, json.dumps(told[kind]), flush=True)
    return told


def one_after_the_other(
    services: dict[int, Sourcier], documents: Sequence[texts.Text]
) -> dict[str, Any]:
    """Add all, then delete all, in turns; return the figures."""
    found: dict[int, Seconds] = {size: defaultdict(list) for size in services}
    for turn, text in enumerate(documents):
        for size in _rotated(services, turn):
            add(services[size], text, None, into=found[size])
    for turn, text in enumerate(documents):
        for size in _rotated(services, turn):
            delete(services[size], text, into=found[size])
    return {str(size): _figures(each) for size, each in found.items()}


def _rotated(services: dict[int, Sourcier], turn: int) -> list[int]:
    sizes = list(services)
    start = turn % len(sizes)
    return [*sizes[start:], *sizes[:start]]


def _figures(seconds: Seconds) -> dict[str, dict[str, float]]:
    counted = {step: each[_WARM:] for step, each in seconds.items()}
    for step in ("add", "delete"):
        counted[f"{step}, in all"] = [
            sum(pair) for pair in zip(counted[step], counted[f"{step}, index"], strict=True)
        ]
    return {step: _milliseconds(each) for step, each in counted.items()}


def _milliseconds(seconds: Sequence[float]) -> dict[str, float]:
    values = np.percentile(seconds, (50, 95, 99)) * 1000
    return dict(zip(("p50", "p95", "p99"), map(float, values.round(2)), strict=True))


@contextmanager
def empty_commits(folder: Path) -> Iterator[Callable[[], object]]:
    """Yield what appends a page to a file on the disk of `folder` and syncs it."""
    with tempfile.TemporaryFile(dir=folder) as file:

        def append() -> None:
            os.write(file.fileno(), _PAGE)
            os.fdatasync(file.fileno())

        yield append


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Do all of it; return the figures."""
    folders = {size: filled(options.folder, size) for size in options.sizes}
    many = 3 * options.documents
    documents = texts.further(options.data, options.training, many, after=options.after)
    first, others = documents[: options.documents], documents[options.documents :]
    figures: dict[str, Any] = {"load_before": os.getloadavg(), "documents": options.documents}
    with ExitStack() as held:
        services = {
            size: held.enter_context(bootstrap(Settings(data_dir=data_dir)))
            for size, data_dir in folders.items()
        }
        empty = held.enter_context(empty_commits(options.folder))
        figures["each deleted at once"] = one_by_one(services, first, empty)
        figures["added, then deleted"] = one_after_the_other(services, others)
    return {**figures, "load_after": os.getloadavg()}


def main() -> None:
    """Measure, print and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="the stores are kept here")
    parser.add_argument("--data", type=Path, default=development.DATA)
    parser.add_argument("--training", type=Path, default=Path("../shared/training"))
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--documents", type=int, default=150, help="the second part takes twice")
    parser.add_argument("--after", type=int, default=20_000, help="passages that are left out")
    parser.add_argument("--json", type=Path, default=Path("benchmarks/results/durable.json"))
    options = parser.parse_args()
    figures = measure(options)
    options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
