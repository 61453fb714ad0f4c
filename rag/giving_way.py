"""Work in the background that lets questions go first."""

import os
import sys
from threading import get_native_id

_NICER = 10  # than those who answer


def give_way() -> None:
    """Give this thread, and those it starts, what processor others leave."""
    if sys.platform == "linux":  # where each thread has a priority of its own
        own = os.getpriority(os.PRIO_PROCESS, get_native_id())
        os.setpriority(os.PRIO_PROCESS, get_native_id(), min(own + _NICER, 19))
