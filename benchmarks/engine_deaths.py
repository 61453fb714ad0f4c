"""An engine killed while it is written to, many times: is all there, and counted once?

Documents come, are replaced and go while an index is brought up to date; at a random moment the
engine is killed, then started again. The index is the same object throughout.
"""

import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from benchmarks.engine_servers import Engine as Server
from benchmarks.generations import text_of
from documents.limits import Limits
from documents.store.store import Store
from index.analyzer import terms
from index.errors import IndexUnavailable
from index.late_interaction import LateInteraction
from index.milvus.engine import Engine
from index.static_encoder import StaticEncoder
from rag.additions import AdditionsReader
from rag.bootstrap import STATIC
from rag.library import Library
from rag.milvus_index import MilvusIndex
from rag.reading import read_as

_DOCUMENTS = 300
_CHANGED = 60
_PATIENCE_SECONDS = 180.0


@dataclass(frozen=True, slots=True)
class Death:
    """What came of one: was it in the middle, how fast questions were refused, how long to recover.

    `faults` are what was wrong afterwards.
    """

    in_the_middle: bool
    refused_ms: float
    recovered_seconds: float
    faults: tuple[str, ...]


def deaths(server: Server, folder: Path, *, number: int, seed: int = 1) -> Iterator[Death]:
    """Kill `server` so many times; yield what came of each."""
    static = StaticEncoder.load(STATIC)
    chance = random.Random(seed)
    with Store.open(folder / "deaths.db") as store:
        library = Library(
            store=store, encoder=lambda: static, limits=Limits(), min_words=15, max_words=40
        )
        index = MilvusIndex(
            reader=AdditionsReader(store, static, LateInteraction(static)),
            builds=store.builds,
            engine=Engine(server.address, timeout_seconds=5),
            tokens=static.fingerprint,
            kind=server.kind.vector_index,
            words=server.kind.words,
        )
        for document in range(_DOCUMENTS):
            library.add_text(text_of(document, 1), source=f"port-{document}")
        index.refresh()
        started = time.monotonic()
        index.rebuild()
        whole = time.monotonic() - started
        for mark in range(2, number + 2):
            _change(store, library, chance, mark)
            yield _death(server, store, index, chance.random() * whole)


def _change(store: Store, library: Library, chance: random.Random, mark: int) -> None:
    for document in chance.sample(range(_DOCUMENTS), _CHANGED):
        found = store.find("default", f"port-{document}")
        if found is not None and chance.random() < 0.3:
            store.delete(found.id)
        else:
            library.add_text(text_of(document, mark), source=f"port-{document}")


def _death(server: Server, store: Store, index: MilvusIndex, seconds: float) -> Death:
    """Kill the engine after some of the time that building anew takes, while that is done."""
    failures: list[IndexUnavailable] = []

    def rebuild() -> None:
        try:
            index.refresh()
            index.rebuild()
        except IndexUnavailable as failure:
            failures.append(failure)

    writer = Thread(target=rebuild)
    writer.start()
    time.sleep(seconds)
    server.kill()
    writer.join()
    started = time.monotonic()
    with suppress(IndexUnavailable):
        index.ready()
    refused = time.monotonic() - started
    server.start()
    started = time.monotonic()
    while not _is_ready(index) and time.monotonic() - started < _PATIENCE_SECONDS:
        time.sleep(0.1)
    recovered = time.monotonic() - started
    return Death(bool(failures), refused * 1000, recovered, tuple(_faults(store, index)))


def _is_ready(index: MilvusIndex) -> bool:
    try:
        return index.ready()
    except IndexUnavailable:
        return False


def _faults(store: Store, index: MilvusIndex) -> Iterator[str]:
    """Yield what is not as the store has it: passages in the engine, and what the books count."""
    view = index.view()
    wanted: Counter[tuple[int, str, str]] = Counter()
    passages = 0
    for entries in store.entries():
        held = sum(1 for _ in view.table.contents(entries.rows))
        if held != len(entries.rows):
            yield f"{len(entries.rows) - held} passages are not in the engine"
        passages += len(entries.rows)
        for at, language in enumerate(entries.languages):
            text = read_as(entries.titles[at], entries.heading_paths[at], entries.texts[at])
            part = int(entries.collections[at]), language
            wanted.update((*part, term) for term in set(terms(text, language)))
    if view.table.count() != passages:
        yield f"the engine holds {view.table.count()} passages of {passages}"
    for (collection, language, term), count in wanted.items():
        counted = view.counts.counted(collection, language, [term])
        if counted.known.get(term, (0, 0))[1] != count:
            yield f"{term!r} is counted {counted.known.get(term)}, and stands in {count}"
