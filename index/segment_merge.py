"""Segments made one, without those of their passages that are gone.

Array by array, a stretch at a time: what is made may be larger than memory, and whoever asks a
question meanwhile waits for none of it.
"""

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from index.analyzer import LANGUAGES
from index.lexical import LexicalIndex
from index.postings import IntArray
from index.segment import Places, Segment
from index.space import MEMORY, Space
from index.text_parts import TextParts
from index.vector import Mask, VectorIndex

_AT_ONCE = 8192  # passages

Parts = TypeVar("Parts", bound=TextParts)


def merge(parts: Sequence[tuple[Segment, Mask | None]], space: Space = MEMORY) -> Segment:
    """Merge what is alive in each segment; a mask of None says all of it.

    Raises:
        Stopped: `space` was told to stop.
        OSError: the disk has no room.
    """
    segments = [segment for segment, _ in parts]
    alive = [np.ones(len(s), np.bool_) if mask is None else mask for s, mask in parts]
    rows = _kept([segment.places.rows for segment in segments], alive)
    collections = _kept([segment.places.collections for segment in segments], alive)
    languages = _kept([segment.places.languages for segment in segments], alive)
    order = Places.order(rows, collections, languages)
    places = Places(rows[order], collections[order], languages[order])
    targets = _targets(alive, order)
    vectors = space.empty((len(order), segments[0].vectors.dimension), np.float32)
    for segment, target in zip(segments, targets, strict=True):
        _move(segment, target, vectors, space)
    return Segment(
        places=places,
        vectors=VectorIndex.coded(vectors, places.parts.values(), space),
        lexical={
            language: LexicalIndex.merge(
                list(zip((s.lexical[language] for s in segments), targets, strict=True)),
                len(order),
                space,
            )
            for language in LANGUAGES
        },
        tokens=_parts([segment.tokens for segment in segments], targets, space),
        stretches=_parts([segment.stretches for segment in segments], targets, space),
    )


def _kept(arrays: Sequence[NDArray[Any]], alive: Sequence[Mask]) -> NDArray[Any]:
    return np.concatenate([array[mask] for array, mask in zip(arrays, alive, strict=True)])


def _targets(alive: Sequence[Mask], order: NDArray[np.int64]) -> list[IntArray]:
    """Return for each segment the new position of each old one, -1 where it is dead."""
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    targets = np.full(sum(map(len, alive)), -1, np.int32)
    targets[np.concatenate(alive)] = place
    return np.split(targets, np.cumsum([len(mask) for mask in alive])[:-1])


def _move(segment: Segment, targets: IntArray, vectors: NDArray[np.float32], space: Space) -> None:
    for start in range(0, len(targets), _AT_ONCE):
        space.go_on()
        to = targets[start : start + _AT_ONCE]
        vectors[to[to >= 0]] = segment.vectors.vectors[start : start + _AT_ONCE][to >= 0]


def _parts(parts: Sequence[Parts], targets: Sequence[IntArray], space: Space) -> Parts:
    kept = [target >= 0 for target in targets]
    lengths = np.zeros(sum(map(np.count_nonzero, kept)), np.int64)
    for part, target, there in zip(parts, targets, kept, strict=True):
        lengths[target[there]] = np.diff(part.starts)[there]
    starts = np.concatenate([[0], np.cumsum(lengths)])
    items = space.empty((int(starts[-1]),), parts[0].KIND)
    for part, target in zip(parts, targets, strict=True):
        for start in range(0, len(target), _AT_ONCE):
            space.go_on()
            to = target[start : start + _AT_ONCE]
            some = part.take(np.flatnonzero(to >= 0) + start)
            moved = starts[to[to >= 0]] - some.starts[:-1]
            places = np.repeat(moved, np.diff(some.starts)) + np.arange(len(some.items))
            items[places] = some.items
    return type(parts[0])(starts, items)
