"""The live index: passages are added and removed while questions are answered.

Nothing that is being searched is ever changed. A change builds new segments or new tombstones
beside the old ones and then swaps one reference; a question keeps the view it began with. What is
large is merged aside, while questions and changes go on; what was removed meanwhile is removed
from the result before it is swapped in.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from threading import Lock

import numpy as np

from index import merging
from index.analyzer import Language
from index.bm25 import DEFAULT_BM25, Bm25
from index.encoder import Vectors
from index.errors import DimensionMismatch, InvalidRows
from index.live import LiveSegment
from index.postings import IntArray
from index.ranking import Rows
from index.segment import Additions, Segment
from index.segment_merge import merge
from index.space import MEMORY, Space
from index.view import View


class SegmentedIndex:
    """Holds the current `View` and replaces it, one change at a time."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._lock = Lock()
        self._merging = Lock()  # one merge at a time, which holds up no change
        self._busy: frozenset[str] = frozenset()  # ids of the segments being merged

    @classmethod
    def empty(cls, dimension: int, *, bm25: Bm25 = DEFAULT_BM25) -> "SegmentedIndex":
        """Return an index of no passages."""
        return cls(View(dimension, bm25))

    def view(self) -> View:
        """Return the current state; use one view for the whole of a question."""
        return self._view

    def add(
        self,
        rows: Sequence[int] | Rows,
        collections: Sequence[int] | IntArray,
        languages: Sequence[Language],
        vectors: Vectors,
        terms: Sequence[Sequence[str]],
    ) -> None:
        """Add passages; the next view shows all of them. Raises as `apply` does."""
        self.apply(add=Additions(rows, collections, languages, vectors, terms))

    def remove(self, first_row: int, stop_row: int) -> None:
        """Remove the rows ``[first_row, stop_row)``; those not there are passed over."""
        self.apply(remove=[(first_row, stop_row)])

    def apply(
        self,
        *,
        remove: Iterable[tuple[int, int]] = (),
        add: Additions | None = None,
        change: int | None = None,
    ) -> None:
        """Remove ranges of rows, then add passages, in one step that no reader sees half of.

        `change` is the number of the store's change that this brings the index up to.

        Raises:
            InvalidRows: a row is given twice or is in the index already.
            InvalidVectors: not float32 unit vectors.
            DimensionMismatch: vectors of another width than the index.
        """
        added = self._build(add) if add is not None and len(add) else None
        with self._lock:
            segments = list(self._view.segments)
            for start, stop in remove:
                segments = [live.without(start, stop) for live in segments]
            if added is not None:
                _check_new(added, segments)
                segments.append(LiveSegment.of(added))
            number = self._view.change if change is None else change
            self._view = replace(self._view, segments=self._tidied(segments), change=number)

    def merge_due(self, space: Space = MEMORY) -> bool:
        """Do one merge that is due, beside questions and changes; tell whether one was.

        Raises:
            Stopped: `space` was told to stop.
            OSError: the disk has no room.
        """
        with self._merging:
            return self._merge(self._claimed(_due), space)

    def merge_is_due(self) -> bool:
        """Tell whether `merge_due` has something to do."""
        return bool(_due(self._view.segments))

    def merge_is_overdue(self) -> bool:
        """Tell whether so much is due that whoever adds should let it be done first."""
        return merging.overdue([len(live) for live in self._view.segments])

    def compact(self, space: Space = MEMORY) -> None:
        """Merge everything there is into one segment without dead passages, beside questions.

        Raises as `merge_due` does.
        """
        with self._merging:
            self._merge(self._claimed(_untidy), space)

    def exchange(self, saved: Mapping[str, Segment]) -> None:
        """Let segments that are the same, by their ids, take the places of those here."""
        with self._lock:
            segments = tuple(
                replace(live, segment=saved.get(live.segment.id, live.segment))
                for live in self._view.segments
            )
            self._view = replace(self._view, segments=segments)

    def _claimed(
        self, choose: Callable[[Iterable[LiveSegment]], list[LiveSegment]]
    ) -> list[LiveSegment]:
        """Return the segments chosen to be merged, which changes now leave alone."""
        with self._lock:
            chosen = choose(self._view.segments)
            self._busy = frozenset(live.segment.id for live in chosen)
            return chosen

    def _merge(self, chosen: Sequence[LiveSegment], space: Space) -> bool:
        """Merge segments without holding anybody up; then bring the result up to date."""
        if not chosen:
            return False
        try:
            merged = LiveSegment.of(merge([(live.segment, live.alive) for live in chosen], space))
            with self._lock:
                now = {live.segment.id: live for live in self._view.segments}
                for live in chosen:
                    merged = _without(merged, _died(live, now.get(live.segment.id)))
                others = [live for name, live in now.items() if name not in self._busy]
                segments = (*others, merged) if len(merged) else tuple(others)
                self._view = replace(self._view, segments=segments)
        finally:
            self._busy = frozenset()
        return True

    def _build(self, additions: Additions) -> Segment:
        segment = Segment.build(additions)
        if segment.vectors.dimension != self._view.dimension:
            raise DimensionMismatch(
                f"the index holds vectors of {self._view.dimension} numbers, those to add have "
                f"{segment.vectors.dimension}; use the encoder that built the index, or re-embed"
            )
        return segment

    def _tidied(self, segments: Iterable[LiveSegment]) -> tuple[LiveSegment, ...]:
        """Return the segments without empty ones, and small ones merged where that is due."""
        tidy = [live for live in segments if len(live)]
        while True:
            chosen = _due(
                live
                for live in tidy
                if live.segment.id not in self._busy and len(live.segment) <= merging.AT_ONCE
            )
            if not chosen or sum(map(len, chosen)) > merging.AT_ONCE:
                return tuple(tidy)
            merged = LiveSegment.of(merge([(live.segment, live.alive) for live in chosen]))
            tidy = [live for live in tidy if live not in chosen]
            tidy.append(merged)


def _due(segments: Iterable[LiveSegment]) -> list[LiveSegment]:
    """Return those of `segments` that should be merged now."""
    some = list(segments)
    due = merging.due([len(live) for live in some], [live.dead for live in some])
    return [some[number] for number in due]


def _untidy(segments: Iterable[LiveSegment]) -> list[LiveSegment]:
    """Return all of `segments`, none where they are one without dead passages."""
    some = [live for live in segments if len(live)]
    return some if len(some) > 1 or any(live.dead for live in some) else []


def _check_new(added: Segment, segments: Iterable[LiveSegment]) -> None:
    for live in segments:
        _, there = live.living(added.rows)
        if there.any():
            row = added.rows[int(np.argmax(there))]
            raise InvalidRows(f"row {row} is in the index already; remove it before adding it")


def _died(before: LiveSegment, now: LiveSegment | None) -> Rows:
    """Return the rows that lived `before` and do not `now`; None says that nothing does."""
    if now is None:
        died = before.alive
    elif now.alive is before.alive or now.alive is None:
        return np.empty(0, np.int64)
    else:
        died = ~now.alive if before.alive is None else before.alive & ~now.alive
    return before.segment.rows if died is None else before.segment.rows[died]


def _without(live: LiveSegment, rows: Rows) -> LiveSegment:
    if not len(rows):
        return live
    positions, there = live.living(rows)
    return live.without_positions(positions[there])
