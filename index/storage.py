"""A segment in two files: its vectors as NumPy writes an array, and its other arrays.

Files are written under a new name, made durable, and never changed again, so that they can be
mapped into memory while another process replaces the index.
"""

import mmap
import os
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from hashlib import blake2b
from itertools import accumulate
from pathlib import Path
from typing import Any, BinaryIO
from weakref import finalize
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from index.errors import CorruptIndex
from index.live import LiveSegment
from index.manifest import StoredArray, StoredFile, StoredSegment
from index.postings import Arrays
from index.segment import STRETCHES, Segment
from index.vector import Mask, VectorIndex

_ALIGNMENT = 64  # bytes: a cache line
_BLOCK = 1 << 22  # bytes with a checksum of their own
_READERS = 2  # threads: reading and summing leave Python alone


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


def check_files(folder: Path, files: Iterable[StoredFile]) -> None:
    """Read every byte of `files` and compare it with what was written.

    Raises:
        CorruptIndex: a file is missing or is not what was written.
    """
    with ThreadPoolExecutor(_READERS) as readers:
        for file in files:
            _check(folder, file, readers)


def read_segment(folder: Path, stored: StoredSegment) -> LiveSegment:
    """Map a segment from its files, which were checked.

    Raises:
        CorruptIndex: they do not hold what they should.
        OSError: a file is missing.
    """
    try:
        arrays = _map_arrays(folder / stored.arrays_file.name, stored.arrays)
        vectors = VectorIndex.load(folder / stored.vectors.name).vectors
        segment = Segment.from_arrays(arrays, vectors, id=stored.id)
        words = next(array for array in stored.arrays if array.name == STRETCHES)
        read = _Reader(folder / stored.arrays_file.name, words).read
        stretches = replace(segment.stretches, read=read)
    except (TypeError, ValueError, KeyError) as error:  # no dtype, one of objects, or beyond
        raise CorruptIndex(
            f"{stored.id} has other arrays than the manifest says; rebuild the index"
        ) from error
    except RuntimeError as error:  # what FAISS raises for all it cannot read
        raise CorruptIndex(f"FAISS cannot read the codes of {stored.id}; rebuild it") from error
    return LiveSegment.of(replace(segment, stretches=stretches), _alive(stored))


class _Reader:
    """Reads items of an array where it lies in a file, even once another has its name."""

    def __init__(self, path: Path, array: StoredArray) -> None:
        self._path, self._offset, self._kind = path, array.offset, np.dtype(array.dtype)
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        finalize(self, os.close, self._descriptor)

    def read(self, start: int, stop: int) -> NDArray[Any]:
        size = self._kind.itemsize
        length = (stop - start) * size
        read = os.pread(self._descriptor, length, self._offset + start * size)
        if len(read) < length:
            raise CorruptIndex(f"{self._path.name} has become shorter; rebuild the index")
        return np.frombuffer(read, self._kind)


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
    with ThreadPoolExecutor(1) as reader:
        return StoredFile(path.name, path.stat().st_size, _checksum(path, reader))


def _checksum(path: Path, readers: Executor) -> str:
    """Return a digest of the CRC-32 of each block, which notices every byte that flips."""
    with path.open("rb") as file:
        starts = range(0, os.fstat(file.fileno()).st_size, _BLOCK)
        sums = readers.map(lambda start: crc32(os.pread(file.fileno(), _BLOCK, start)), starts)
        text = " ".join(f"{each:08x}" for each in sums)
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _check(folder: Path, file: StoredFile, readers: Executor) -> None:
    if Path(file.name).name != file.name:
        raise CorruptIndex(f"the manifest names {file.name}, outside the index; rebuild the index")
    path = folder / file.name
    try:
        size = path.stat().st_size
        if size != file.size:
            raise CorruptIndex(f"{file.name} has {size} bytes, not {file.size}; rebuild the index")
        if _checksum(path, readers) != file.checksum:
            raise CorruptIndex(f"{file.name} is not what was written; rebuild the index")
    except OSError as error:
        raise CorruptIndex(f"{file.name} cannot be read ({error}); rebuild the index") from error
