"""How a build of the index in Milvus takes in what the store has written.

The store keeps the books (`documents/store/builds.py`). First passages are written to the
engine, then the books say so, then what is gone is removed from the engine. A process may die
at any of these: the next one does the step again. Two processes at once cost twice the work
and no more, and with much to do they take turns.
"""

import logging
import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol
from uuid import uuid4

import numpy as np

from documents.build_records import Build, Counted, Part, PartCounts
from documents.models import Language
from documents.records import Change
from index.errors import IndexUnavailable
from index.late_interaction import TokenIndex
from index.milvus.packing import Contents, packed
from index.milvus.table import Table, Written
from index.milvus.weights import Weights, WordWeights
from index.ranking import Rows
from index.segment import Additions
from index.stretches import StretchIndex
from rag.additions import AdditionsReader, size

logger = logging.getLogger(__name__)

_PORTION = 4096  # passages, about a second or two of the engine's time
_WORTH_A_TURN = 256  # passages that came or went
_TURN_SECONDS = 10.0  # kept up while it lasts, so this is how long the others wait for a dead one
_PAUSE_SECONDS = 0.02


class Builds(Protocol):
    """The books of builds."""

    def serving(self, origin: str) -> Build | None: ...

    def find(self, number: int) -> Build | None: ...

    def all(self) -> list[Build]: ...

    def begin(self, origin: str, *, average_length: float, beside: bool = False) -> Build: ...

    def serve(self, number: int) -> None: ...

    def drop(self, number: int) -> None: ...

    def hold(self, number: int, holder: str, *, now: float, seconds: float) -> bool: ...

    def numbers(self, terms: Collection[str]) -> dict[str, int]: ...

    def advance(
        self, build: Build, change: int, counts: Mapping[Part, PartCounts], *, swept: bool
    ) -> bool: ...

    def sweep(self, number: int, change: int) -> None: ...

    def counted(
        self, number: int, collection: int, language: Language, terms: Collection[str]
    ) -> Counted: ...

    def totals(self, number: int) -> tuple[int, int]: ...


class _OvertakenError(Exception):
    """Another process got further with this build."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Brings builds up to date; one call at a time."""

    builds: Builds
    reader: AdditionsReader
    name: str = field(default_factory=lambda: uuid4().hex)

    def bring_up(self, number: int, table: Table) -> None:
        """Let the build of this number hold all that the store does and its encoder encoded.

        Raises:
            IndexUnavailable: the engine is away, or another process is at it for long.
            StoreError: the books cannot be kept.
        """
        while True:
            build = self._found(number)
            newest = self.reader.store.last_change()
            if build.change >= newest and build.swept >= build.change:
                return
            try:
                self._go_on(build, table)
            except _OvertakenError:
                continue
            return

    def _found(self, number: int) -> Build:
        build = self.builds.find(number)
        if build is None:
            raise IndexUnavailable("The index was replaced by another at this moment: try again.")
        return build

    def _go_on(self, build: Build, table: Table) -> None:
        if build.swept < build.change:
            changes = self.reader.store.changes(build.swept)
            self._sweep(build, table, [c for c in changes if c.number <= build.change])
        held = False
        try:
            for changes, additions in self.reader.since(build.change, portion=_PORTION):
                if held or sum(map(size, changes)) >= _WORTH_A_TURN:
                    self._take_turn(build)
                    held = True
                build = self._take_in(build, table, changes, additions)
        finally:
            if held:
                self.builds.hold(build.number, self.name, now=0.0, seconds=0.0)

    def _take_turn(self, build: Build) -> None:
        """Hold the build, or wait for who does; raises _OvertakenError if they got further."""
        patience = time.monotonic() + 2 * _TURN_SECONDS
        while not self._hold(build):
            if self._found(build.number).change != build.change:
                raise _OvertakenError
            if time.monotonic() > patience:
                raise IndexUnavailable(
                    "Another process is bringing the index up to date and takes long: try again."
                )
            time.sleep(_PAUSE_SECONDS)

    def _hold(self, build: Build) -> bool:
        return self.builds.hold(build.number, self.name, now=time.time(), seconds=_TURN_SECONDS)

    def _take_in(
        self, build: Build, table: Table, changes: list[Change], additions: Additions | None
    ) -> Build:
        """Write the portion to the engine, then to the books, then remove; return the build."""
        weights = WordWeights(build.average_length)
        counts: defaultdict[Part, PartCounts] = defaultdict(PartCounts)
        added = _rows(change.added for change in changes)
        living = np.empty(0, np.int64) if additions is None else np.asarray(additions.rows)
        gone = np.setdiff1d(_rows(change.removed for change in changes), added)
        for part, passage in table.contents(gone):
            _count_out(counts[part], passage)
        if additions is not None:
            for _ in table.upsert(self._counted_in(additions, weights, counts)):
                if len(additions) >= _WORTH_A_TURN and not self._hold(build):
                    raise _OvertakenError
        # An earlier attempt may have written what was deleted before this one.
        table.remove(np.setdiff1d(added, living))
        change = changes[-1].number
        if not self.builds.advance(build, change, counts, swept=not len(gone)):
            self._take_back(build, table, living)
            raise _OvertakenError
        build = replace(build, change=change, swept=build.swept if len(gone) else change)
        if len(gone):
            self._sweep(build, table, changes)
        return build

    def _counted_in(
        self, additions: Additions, weights: WordWeights, counts: defaultdict[Part, PartCounts]
    ) -> Written:
        """Return what to write of each passage, and count it in."""
        numbers = self.builds.numbers({term for terms in additions.terms for term in terms})
        tokens = additions.tokens or TokenIndex.empty(len(additions))
        stretches = additions.stretches or StretchIndex.empty(len(additions))
        words: list[Weights] = []
        contents: list[str] = []
        for at, terms in enumerate(additions.terms):
            part = counts[int(additions.collections[at]), additions.languages[at]]
            part.passages += 1
            part.terms += len(terms)
            said = {numbers[term]: times for term, times in Counter(terms).items()}
            for term in said:
                part.words[term] = part.words.get(term, 0) + 1
            words.append(weights.of_passage(said, len(terms)))
            contents.append(packed(len(terms), said, tokens.text(at), stretches.text(at)))
        return Written(additions, words, contents)

    def _sweep(self, build: Build, table: Table, changes: Iterable[Change]) -> None:
        table.remove(_rows(change.removed for change in changes))
        self.builds.sweep(build.number, build.change)

    def _take_back(self, build: Build, table: Table, written: Rows) -> None:
        """Remove what was written too late: whoever got further may have removed it already."""
        since = self.reader.store.changes(build.change)
        table.remove(np.intersect1d(written, _rows(change.removed for change in since)))


def _count_out(part: PartCounts, passage: Contents) -> None:
    part.passages -= 1
    part.terms -= passage.length
    for term in passage.terms.tolist():
        part.words[term] = part.words.get(term, 0) - 1


def _rows(ranges: Iterable[range]) -> Rows:
    """Return all rows of `ranges`, ascending."""
    parts = [np.arange(rows.start, rows.stop, dtype=np.int64) for rows in ranges]
    return np.unique(np.concatenate(parts)) if parts else np.empty(0, np.int64)
