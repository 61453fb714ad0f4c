"""What each thread of a service would keep for itself."""

import subprocess
import sys

_PROGRAM = """
import ctypes, sys
from threading import Barrier, Thread
from api.arenas import share_one_arena

if sys.argv[1] == "shared":
    share_one_arena()
together = Barrier(4)

def take():
    kept = bytearray(100_000), together.wait()

threads = [Thread(target=take) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
library = ctypes.CDLL(None)
library.fdopen.restype = ctypes.c_void_p
library.malloc_info(0, ctypes.c_void_p(library.fdopen(1, b"w")))
library.fflush(None)
"""


def pools(how: str) -> int:
    """Return how many pools of memory a process has after four threads."""
    told = subprocess.run(
        [sys.executable, "-c", _PROGRAM, how], capture_output=True, text=True, check=True
    ).stdout
    return told.count("<heap nr=")


def test_threads_share_one_pool_of_memory() -> None:
    assert pools("shared") == 1
    assert pools("apart") > 1
