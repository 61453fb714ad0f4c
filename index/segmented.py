"""The live index: passages are added and removed while questions are answered.

Nothing that is being searched is ever changed. A change builds new segments or new tombstones
beside the old ones and then swaps one reference; a question keeps the view it began with.
"""

from collections.abc import Iterable, Sequence
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
from index.view import View


class SegmentedIndex:
    """Holds the current `View` and replaces it, one change at a time."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._lock = Lock()

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
            self._view = replace(self._view, segments=_tidied(segments), change=number)

    def compact(self) -> None:
        """Merge everything into one segment without dead passages."""
        with self._lock:
            segments = [live for live in self._view.segments if len(live)]
            if len(segments) > 1 or any(live.dead for live in segments):
                segments = [_merged(segments)]
            self._view = replace(self._view, segments=tuple(segments))

    def _build(self, additions: Additions) -> Segment:
        segment = Segment.build(additions)
        if segment.vectors.dimension != self._view.dimension:
            raise DimensionMismatch(
                f"the index holds vectors of {self._view.dimension} numbers, those to add have "
                f"{segment.vectors.dimension}; use the encoder that built the index, or re-embed"
            )
        return segment


def _check_new(added: Segment, segments: Iterable[LiveSegment]) -> None:
    for live in segments:
        _, there = live.living(added.rows)
        if there.any():
            row = added.rows[int(np.argmax(there))]
            raise InvalidRows(f"row {row} is in the index already; remove it before adding it")


def _tidied(segments: Iterable[LiveSegment]) -> tuple[LiveSegment, ...]:
    """Return the segments without empty ones, mostly dead ones and crowds."""
    tidy = [
        _merged([live]) if merging.mostly_dead(dead=live.dead, size=len(live.segment)) else live
        for live in segments
        if len(live)
    ]
    while chosen := set(merging.crowded([len(live) for live in tidy])):
        merged = _merged([tidy[number] for number in sorted(chosen)])
        tidy = [live for number, live in enumerate(tidy) if number not in chosen]
        tidy.append(merged)
    return tuple(tidy)


def _merged(segments: Sequence[LiveSegment]) -> LiveSegment:
    return LiveSegment.of(Segment.merge([(live.segment, live.alive) for live in segments]))
