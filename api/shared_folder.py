"""The folder that the workers of one service share, which ends with them, however they end.

A supervisor that is killed removes nothing. So the folder has a file that is locked for as long
as the supervisor or one of its workers lives, and the next one removes every folder of which
nobody holds the lock: the kernel frees it at a death, and knows no process that took the number
of another.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

_PREFIX = "sourcier-"
_LOCK = "lock"


@dataclass(frozen=True, slots=True)
class SharedFolder:
    """`path`, and the descriptor of its `lock`: a process that inherits it keeps the folder."""

    path: Path
    lock: int


@contextmanager
def shared_folder() -> Iterator[SharedFolder]:
    """Yield a new folder, gone after the `with` block; what dead services left is removed first.

    Raises:
        OSError: there is no temporary folder that can be written to.
    """
    _remove_abandoned(Path(gettempdir()))
    with TemporaryDirectory(prefix=_PREFIX) as made:
        path = Path(made)
        lock = os.open(path / "unlocked", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            (path / "unlocked").rename(path / _LOCK)  # none is ever seen that is not held
            yield SharedFolder(path, lock)
        finally:
            os.close(lock)


def _remove_abandoned(within: Path) -> None:
    """Remove the folders of services of this user of which no process lives."""
    for folder in within.glob(f"{_PREFIX}*"):
        with suppress(OSError):  # another removes it too, or it is not ours
            if folder.lstat().st_uid == os.geteuid() and _is_abandoned(folder):
                shutil.rmtree(folder)


def _is_abandoned(folder: Path) -> bool:
    """Tell whether `folder` has a lock that nobody holds; raises OSError where it has none."""
    lock = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(lock)
    return True
