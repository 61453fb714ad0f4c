"""The index in Milvus kept in step with the store, as `rag/live.py` does with the embedded one.

Each question sees every change before it. The engine may be away: questions are refused then,
documents still come in, for only the store acknowledges them, and the index catches up when
the engine is back. Nothing has to be started again.
"""

import json
import logging
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

from documents.build_records import Build, Counted
from documents.errors import StoreError
from documents.models import Language
from index import analyzer
from index.bm25 import DEFAULT_BM25
from index.errors import IndexUnavailable, MissingIndex
from index.milvus.engine import Engine
from index.milvus.layout import Layout, VectorIndexKind
from index.milvus.packing import FORMAT
from index.milvus.table import Table
from index.milvus.view import MilvusView
from index.milvus.weights import NOMINAL_LENGTH, WordWeights
from rag.additions import AdditionsReader
from rag.live import Retiring
from rag.milvus_writing import Builds, Writer

logger = logging.getLogger(__name__)

_PATIENCE_SECONDS = 30.0  # of a question, while others bring the index up to date
_RECOVERY_SECONDS = 60.0  # that an engine is given to show what it had before it died
_ENOUGH = 1000  # passages whose average length is taken for that of the next build
# An engine shows what it was given to all who ask for what is older than some seconds; sooner,
# to those who pay for asking strictly.
_SETTLED_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class _Counts:
    """What the books say of one build."""

    builds: Builds
    number: int

    def counted(self, collection: int, language: Language, terms: Collection[str]) -> Counted:
        return self.builds.counted(self.number, collection, language, terms)

    def passages(self) -> int:
        return self.builds.totals(self.number)[0]


class MilvusIndex:
    """Derives an index in `engine` from the store; safe to share between threads.

    `tokens` is the fingerprint of the static encoder that makes the tokens. Without `words`, as
    for an engine that has no sparse vectors, nothing is proposed by words.
    """

    def __init__(
        self,
        *,
        reader: AdditionsReader,
        builds: Builds,
        engine: Engine,
        tokens: str,
        kind: VectorIndexKind,
        words: bool = True,
    ) -> None:
        encoder = reader.encoder
        weighing = f"{analyzer.fingerprint()}.{DEFAULT_BM25.k1}.{DEFAULT_BM25.b}"
        self._origin = f"{encoder.fingerprint}.{tokens}.{weighing}.{kind}.{FORMAT}"
        self._store = reader.store
        self._builds = builds
        self._engine = engine
        self._layout = Layout(encoder.dimension, kind, words)
        self._writer = Writer(builds, reader)
        self._checked = (0, 0)
        self._lost = (0, 0.0)
        self._latest = (0, 0)
        self._moved = 0.0
        self._closed = False
        self._lock = Lock()

    def view(self) -> MilvusView:
        """Return a state of the index that holds every change committed before this call.

        Raises:
            IndexUnavailable: the engine is away.
            IncompatibleIndex: what it holds is not what was made.
        """
        return self._view(self._refreshed())

    def seen(self) -> MilvusView:
        """Return the state of the index as it is, without what was written since."""
        return self._view(self._serving())

    def ready(self) -> bool:
        """Tell whether the index holds every change of the store; raises as `view` does."""
        self._engine.ping()
        newest = self._store.last_change()
        return self.view().change >= newest

    def refresh(self) -> None:
        """Take in what the store has written since; raises as `view` does."""
        self._refreshed()

    def rebuild(self) -> None:
        """Make another build beside the one that serves, then let it serve; raises as `view`."""
        with self._turn():
            build = self._begun(beside=True)
            self._writer.bring_up(build.number, self._table(build))
            self._builds.serve(build.number)
            self._drop([b for b in self._builds.all() if b.origin == self._origin], but=build)

    def save(self) -> None:
        """Take in what the store has written since; the engine keeps it."""
        self.refresh()

    def take_over(self, other: Retiring) -> None:
        """Serve in the place of `other`: the builds of other encoders are dropped."""
        other.retire()
        try:
            self._drop(self._builds.all(), but=self._serving())
        except IndexUnavailable as error:
            logger.warning("what the engine holds of other encoders stays there: %s", error)

    def retire(self) -> None:
        """Do nothing on `close`; who still searches may go on."""
        self._closed = True

    def close(self) -> None:
        """Take in what the store has written since, if the engine is there."""
        if not self._closed:
            self._closed = True
            try:
                self.refresh()
            except (IndexUnavailable, StoreError) as error:
                logger.warning("the index catches up later: %s", error)
        self._engine.close()

    def _refreshed(self) -> Build:
        """Return the build that serves, up to date."""
        build = self._checked_build()
        if build.change >= self._store.last_change() and build.swept >= build.change:
            return build
        with self._turn():
            self._writer.bring_up(build.number, self._table(build))
        return self._serving()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Hold the lock against other threads; raises IndexUnavailable if that takes long."""
        if not self._lock.acquire(timeout=_PATIENCE_SECONDS):
            raise IndexUnavailable("The index is being brought up to date, for long: try again.")
        try:
            yield
        finally:
            self._lock.release()

    def _serving(self) -> Build:
        return self._builds.serving(self._origin) or self._builds.begin(
            self._origin, average_length=self._average_length()
        )

    def _checked_build(self) -> Build:
        """Return the build that serves, once it was compared with what the engine holds."""
        build, connection = self._serving(), self._engine.connection()
        if self._checked == (connection, build.number):
            return build
        with self._turn():
            build, connection = self._serving(), self._engine.connection()
            if self._checked != (connection, build.number):
                build = self._compared(build)
                self._checked = (connection, build.number)
            return build

    def _compared(self, build: Build) -> Build:
        """Return `build`, or one begun in its place where the engine lost of it."""
        table = self._table(build)
        if build.change == 0:  # nothing is counted yet: it may be half made
            table.create(self._mark(build))
            return build
        try:
            held = table.open(self._mark(build))
            counted, _ = self._builds.totals(build.number)
            if held >= counted or self._builds.find(build.number) != build:  # or they just write
                self._lost = (0, 0.0)
                return build
            lost = f"Milvus holds {held} passages of {counted}"
            self._wait_for_recovery(build, lost)
        except MissingIndex as error:
            lost = str(error)
        logger.warning("the index is built anew from the store: %s", lost)
        table.drop()
        self._builds.drop(build.number)
        return self._begun()

    def _wait_for_recovery(self, build: Build, lost: str) -> None:
        """Raise IndexUnavailable for as long as an engine may take to read what it has again."""
        if self._lost[0] != build.number:
            self._lost = (build.number, time.monotonic())
        if time.monotonic() - self._lost[1] < _RECOVERY_SECONDS:
            raise IndexUnavailable(
                f"{lost}. It may be recovering: try again. If not, the index is built anew."
            )

    def _begun(self, *, beside: bool = False) -> Build:
        length = self._average_length()
        build = self._builds.begin(self._origin, average_length=length, beside=beside)
        self._table(build).create(self._mark(build))
        return build

    def _average_length(self) -> float:
        """Return the terms of a passage in the newest build that holds enough of them."""
        for build in reversed(self._builds.all()):
            passages, terms = self._builds.totals(build.number)
            if passages >= _ENOUGH:
                return terms / passages
        return NOMINAL_LENGTH

    def _drop(self, builds: list[Build], *, but: Build) -> None:
        for build in builds:
            if build.number != but.number:
                self._table(build).drop()
                self._builds.drop(build.number)

    def _view(self, build: Build) -> MilvusView:
        if self._latest != (build.number, build.change):
            self._latest, self._moved = (build.number, build.change), time.monotonic()
        settled = time.monotonic() - self._moved > _SETTLED_SECONDS
        return MilvusView(
            table=self._table(build),
            counts=_Counts(self._builds, build.number),
            weights=WordWeights(build.average_length),
            change=build.change,
            consistency="Bounded" if settled else "Strong",
            connection=self._checked[0],
        )

    def _table(self, build: Build) -> Table:
        return Table(self._engine, build.name, self._layout)

    def _mark(self, build: Build) -> str:
        about = {"store": self._store.identity(), "origin": build.origin, "build": build.name}
        return json.dumps(about)
