"""A folder that is watched: which of its files are whole and new, and which are gone.

Looked at again and again rather than by events of the system: that works on every file
system, network drives among them, and misses nothing. A file counts once its size and times
have stood still for a while, so that one which is still being written is left alone.
"""

import os
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

_UNFINISHED = (".crdownload", ".download", ".filepart", ".part", ".partial", ".swp", ".tmp")


@dataclass(frozen=True, slots=True)
class Stamp:
    """What changes when a file does."""

    size: int
    modified_ns: int
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> "Stamp":
        """Return the stamp of a file whose `status` this is."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ino)

    def __str__(self) -> str:
        return f"{self.size}-{self.modified_ns}-{self.inode}"


class WatchedFolder:
    """The files under `folder`; what is hidden, temporary or a link is none of them.

    `quiet` is how many seconds a file must have stood still.
    """

    def __init__(
        self, folder: Path, *, quiet: float = 2.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.folder = folder.resolve()
        self._quiet = quiet
        self._clock = clock
        self._seen: dict[Path, tuple[Stamp, float]] = {}

    def look(self) -> dict[Path, Stamp | None]:
        """Return all files there are; those that are still moving have no stamp.

        Raises:
            OSError: the folder is not there, or cannot be read.
        """
        now = self._clock()
        found = dict(_files(self.folder))
        self._seen = {
            path: (stamp, now)
            if path not in self._seen or self._seen[path][0] != stamp
            else self._seen[path]
            for path, stamp in found.items()
        }
        return {
            path: stamp if now - since >= self._quiet else None
            for path, (stamp, since) in self._seen.items()
        }


def read_whole(path: Path, stamp: Stamp) -> bytes | None:
    """Return what is in the file at `path`, None if it is no more the one of `stamp`.

    Raises:
        OSError: it cannot be read, or is a link now.
    """
    # Between the look and now somebody may have put a link or a pipe there.
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if Stamp.of(os.fstat(descriptor)) == stamp:
            data = file.read(stamp.size + 1)
            if Stamp.of(os.fstat(descriptor)) == stamp and len(data) == stamp.size:
                return data
    return None


def _files(folder: Path) -> Iterator[tuple[Path, Stamp]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if _is_passed_over(entry.name):
                continue
            try:
                if entry.is_dir(follow_symlinks=False):
                    yield from _files(Path(entry.path))
                    continue
                status = entry.stat(follow_symlinks=False)
            except FileNotFoundError:  # gone between the two looks
                continue
            if stat.S_ISREG(status.st_mode):
                yield Path(entry.path), Stamp.of(status)


def _is_passed_over(name: str) -> bool:
    return name.startswith((".", "~$")) or name.endswith("~") or name.lower().endswith(_UNFINISHED)
