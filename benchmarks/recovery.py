"""How soon the service answers again: killed, or without its index, with 100,000 passages.

``python -m benchmarks.recovery`` fills a store with invented passages (kept in `--folder`), then

* kills the service with SIGKILL when nearly as much came in since the last save of the index as
  ever may, and starts it again, several times;
* removes the index and starts the service, which builds it anew from the stored vectors, and
  compares what 200 probes find before and after.

It prints seconds from ``python -m api`` until ``/readyz`` answers 200, and in brackets those of
the processor, which say more on a machine that is busy with something else.
"""

import argparse
import os
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np

from benchmarks.made_up import drawn_words, fill
from benchmarks.startup import ask, served
from documents.store.store import Store
from index.analyzer import terms
from index.encoder import Encoder
from index.late_interaction import LateInteraction
from index.static_encoder import StaticEncoder
from index.view import View
from rag.encoders import STATIC, load_encoder
from rag.live import LiveIndex
from rag.settings import Settings

_UNSAVED = 1_900  # passages: with 2,000 the service saves its index by itself
_PROBES = 200


class Times(NamedTuple):
    """Seconds that passed, and those of the processor."""

    wall: float
    processor: float

    def __str__(self) -> str:
        return f"{self.wall:.2f} s ({self.processor:.2f} s)"


def opened(store: Store, encoder: Encoder, static: StaticEncoder, folder: Path) -> LiveIndex:
    """Open the index as the service does."""
    return LiveIndex.open(
        store=store,
        encoder=encoder,
        interaction=LateInteraction(static),
        tokens=static.fingerprint,
        folder=folder,
    )


def ready(port: int) -> None:
    """Wait until the service says that it can be asked."""
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz") as reply:
                if reply.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.005)


def start(settings: Settings) -> Times:
    """Return how long it takes until the service is ready, then kill it."""
    before = os.times()
    with served(settings.data_dir) as (port, process, started):
        ready(port)
        seconds = time.perf_counter() - started
        process.kill()
    after = os.times()
    user = after.children_user - before.children_user
    return Times(seconds, user + after.children_system - before.children_system)


def kill_with_unsaved(settings: Settings, encoder: Encoder, *, seed: int) -> None:
    """Let a service take in what another process writes, and kill it before it saves that."""
    with served(settings.data_dir) as (port, process, _):
        ready(port)
        with Store.open(settings.database) as store:
            fill(store, encoder, passages=_UNSAVED, seed=seed)
        ask(port, "Qui ?")
        process.kill()


def probes(view: View) -> Iterator[tuple[list[int], list[int]]]:
    """Yield the rows that random vectors, and words of the vocabulary, find best."""
    chance, numbers = Random(9), np.random.default_rng(9)
    drawn = islice(drawn_words("fr", Random(9)), 5000)
    words = sorted({term for word in drawn for term in terms(word, "fr")})
    for _ in range(_PROBES):
        vector = numbers.standard_normal(view.dimension, np.float32)
        dense = view.dense(vector / np.linalg.norm(vector), 10, collection=1)
        question = [{word: 1.0} for word in chance.sample(words, 3)]
        lexical = view.lexical({"fr": question}, 10, collection=1)
        yield dense.rows.tolist(), lexical.rows.tolist()


def rebuild(settings: Settings, encoder: Encoder, static: StaticEncoder) -> tuple[Times, int, int]:
    """Return how long building the index anew takes, how many passages, how many probes agree."""
    with Store.open(settings.database) as store:
        saved = opened(store, encoder, static, settings.index_folder)
        saved.view()
        saved.save()
        before = list(probes(saved.view()))
        shutil.rmtree(settings.index_folder)
        begun = Times(time.perf_counter(), time.process_time())
        anew = opened(store, encoder, static, settings.index_folder)
        view = anew.view()
        times = Times(time.perf_counter() - begun.wall, time.process_time() - begun.processor)
        anew.save()  # one segment, as before
        same = sum(a == b for a, b in zip(before, probes(anew.view()), strict=True))
        return times, len(view), same


def main() -> None:
    """Fill, kill, remove, start, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="folder to keep the store in")
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    settings = Settings(data_dir=options.folder)
    static = StaticEncoder.load(STATIC)
    encoder = load_encoder(settings.encoder, static)
    if not settings.database.exists():
        with Store.open(settings.database) as store:
            fill(store, encoder, passages=options.passages)

    times, passages, same = rebuild(settings, encoder, static)
    print(f"{passages} passages indexed anew in {times}; {same} of {_PROBES} probes agree")
    shutil.rmtree(settings.index_folder)
    print(f"ready without an index after {start(settings)}")
    with Store.open(settings.database) as store:
        opened(store, encoder, static, settings.index_folder).save()
    print(f"ready with the index whole after {start(settings)}")
    killed = []
    for run in range(options.runs):
        kill_with_unsaved(settings, encoder, seed=time.time_ns() + run)
        killed.append(start(settings))
        with Store.open(settings.database) as store:
            opened(store, encoder, static, settings.index_folder).save()
    killed.sort()
    print(
        f"ready after a kill with {_UNSAVED} passages unsaved: median {killed[len(killed) // 2]}, "
        f"worst {killed[-1]}"
    )


if __name__ == "__main__":
    main()
