"""How long to wait before a server is asked again.

Pauses grow and are drawn by lot, so that those who were refused together do not come back
together [1].

[1] Exponential backoff and jitter,
    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
"""

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def drawn_pause(attempt: int, *, first: float) -> float:
    """Return the seconds to wait after `attempt`, from 1: at most `first`, doubled each time."""
    return random.uniform(0, first * 2 ** (attempt - 1))  # noqa: S311 - no secret


def asked_wait(header: str | None) -> float | None:
    """Return the seconds of a Retry-After header, which may be a date; None without one."""
    if header is None:
        return None
    if header.strip().isdecimal():
        return float(header)
    try:
        at = parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
