"""Where big arrays are made: in files without a name, so that memory does not bound a merge.

The system writes what it has no room for to disk, and the file is gone with the array, or with
the process.
"""

import mmap
import os
import sys
from pathlib import Path
from tempfile import TemporaryFile
from threading import Event
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

_SMALL = 1 << 22  # bytes: memory holds what is smaller


class Stopped(Exception):
    """Whoever asked for the work does not want it any more."""


class Space:
    """Makes arrays in files in `folder`, or in memory without one; long work asks it to go on."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._stopped = Event()

    def empty(self, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
        """Return an array to be filled; raises OSError where the disk has no room."""
        kind = np.dtype(dtype)
        size = int(np.prod(shape)) * kind.itemsize
        if self._folder is None or size <= _SMALL:
            return np.empty(shape, kind)
        self._folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=self._folder) as file:
            if sys.platform == "linux":
                # Room is taken now: where it ran out later, writing to memory ends the process.
                os.posix_fallocate(file.fileno(), 0, size)
            else:
                file.truncate(size)
            content = mmap.mmap(file.fileno(), size)
        return np.frombuffer(content, kind).reshape(shape)

    def stop(self) -> None:
        """Let long work end soon."""
        self._stopped.set()

    def go_on(self) -> None:
        """Raise Stopped if `stop` was called."""
        if self._stopped.is_set():
            raise Stopped


MEMORY = Space()
