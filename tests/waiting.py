"""Waiting for what another thread or process does, however busy the machine is."""

import time
from collections.abc import Callable


def wait_for(condition: Callable[[], bool], *, seconds: float = 60.0) -> None:
    """Return once `condition` holds; fail where it does not come to it in time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came to it"
        time.sleep(0.01)
