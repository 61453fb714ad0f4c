"""One pool of memory for all threads of the process.

The GNU C library gives each thread a pool of its own, and what one has freed no other can use:
of a service with 20,000 passages some 20 MiB. Threads here take turns anyway.
"""

import ctypes

_ARENA_MAX = -8  # M_ARENA_MAX of its malloc.h


def share_one_arena() -> None:
    """Have threads that start from now on share one pool, where the C library knows of pools."""
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):
        mallopt(_ARENA_MAX, 1)
