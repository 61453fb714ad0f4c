"""A segment in two files: its vectors as FAISS writes them, and its other arrays.

Files are written under a new name, made durable, and never changed again, so that they can be
mapped into memory while another process replaces the index.
"""

import mmap
import os
from collections.abc import Callable
from hashlib import blake2b, file_digest
from itertools import accumulate
from pathlib import Path
from typing import BinaryIO

import numpy as np

from index.errors import CorruptIndex
from index.live import LiveSegment
from index.manifest import StoredArray, StoredFile, StoredSegment
from index.postings import Arrays
from index.segment import Segment
from index.vector import Mask, VectorIndex

_ALIGNMENT = 64  # bytes: a cache line


def write_durably(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write a file so that `path` is either what it was or wholly new, even after a crash.

    The folder's entry becomes durable with `sync_folder`.
    """
    unfinished = path.with_name(path.name + ".new")
    with unfinished.open("wb") as file:
        write(file)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def sync_folder(folder: Path) -> None:
    """Make the names of the files in `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_segment(folder: Path, segment: Segment) -> StoredSegment:
    """Write a segment's files and say what they are; raises OSError as writing does."""
    vectors, arrays = folder / f"{segment.id}.vectors", folder / f"{segment.id}.arrays"
    contents = segment.arrays()
    layout = _layout(contents)
    write_durably(vectors, segment.vectors.save)
    write_durably(arrays, lambda file: _write_arrays(file, contents, layout))
    return StoredSegment(
        id=segment.id,
        passages=len(segment),
        vectors=_described(vectors),
        arrays_file=_described(arrays),
        arrays=layout,
    )


def read_segment(folder: Path, stored: StoredSegment) -> LiveSegment:
    """Map a segment from its files.

    Raises:
        CorruptIndex: a file is missing or is not what was written.
    """
    for file in stored.files:
        _check(folder / file.name, file)
    try:
        arrays = _map_arrays(folder / stored.arrays_file.name, stored.arrays)
    except (TypeError, ValueError) as error:  # no dtype, one of objects, or beyond the file
        raise CorruptIndex(
            f"{stored.arrays_file.name} has other arrays; rebuild the index"
        ) from error
    try:
        vectors = VectorIndex.load(folder / stored.vectors.name)
    except RuntimeError as error:  # what FAISS raises for all it cannot read
        raise CorruptIndex(f"FAISS cannot read {stored.vectors.name}; rebuild it") from error
    segment = Segment.from_arrays(arrays, vectors, id=stored.id)
    return LiveSegment.of(segment, _alive(stored))


def dead_ranges(live: LiveSegment) -> tuple[tuple[int, int], ...]:
    """Return the ranges ``[start, stop)`` of the positions that were removed."""
    if live.alive is None:
        return ()
    edges = np.flatnonzero(np.diff(~live.alive, prepend=False, append=False))
    return tuple((int(start), int(stop)) for start, stop in edges.reshape(-1, 2))


def _alive(stored: StoredSegment) -> Mask | None:
    if not stored.dead:
        return None
    alive = np.ones(stored.passages, np.bool_)
    for start, stop in stored.dead:
        alive[start:stop] = False
    return alive


def _layout(arrays: Arrays) -> tuple[StoredArray, ...]:
    sizes = [-(-array.nbytes // _ALIGNMENT) * _ALIGNMENT for array in arrays.values()]
    offsets = accumulate(sizes, initial=0)
    return tuple(
        StoredArray(name=name, dtype=array.dtype.str, length=len(array), offset=offset)
        for (name, array), offset in zip(arrays.items(), offsets, strict=False)
    )


def _write_arrays(file: BinaryIO, arrays: Arrays, layout: tuple[StoredArray, ...]) -> None:
    for stored in layout:
        file.seek(stored.offset)
        file.write(np.ascontiguousarray(arrays[stored.name]).data)


def _map_arrays(path: Path, layout: tuple[StoredArray, ...]) -> Arrays:
    with path.open("rb") as file:
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return {
        stored.name: np.frombuffer(content, stored.dtype, stored.length, stored.offset)
        for stored in layout
    }


def _described(path: Path) -> StoredFile:
    return StoredFile(name=path.name, size=path.stat().st_size, blake2b=_digest(path))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, lambda: blake2b(digest_size=16)).hexdigest()


def _check(path: Path, file: StoredFile) -> None:
    if Path(file.name).name != file.name:
        raise CorruptIndex(f"the manifest names {file.name}, outside the index; rebuild the index")
    try:
        size = path.stat().st_size
        if size != file.size:
            raise CorruptIndex(f"{file.name} has {size} bytes, not {file.size}; rebuild the index")
        if _digest(path) != file.blake2b:
            raise CorruptIndex(f"{file.name} is not what was written; rebuild the index")
    except OSError as error:
        raise CorruptIndex(f"{file.name} cannot be read ({error}); rebuild the index") from error
