"""Calls of a moving window of time, counted for all workers of a service together."""

import logging
import sqlite3
from pathlib import Path
from time import time
from typing import TYPE_CHECKING

from rag.scratch import Scratch

if TYPE_CHECKING:
    from limits import RateLimitItem, WindowStats

logger = logging.getLogger(__name__)

_SCHEMA = """
    CREATE TABLE IF NOT EXISTS calls (caller TEXT NOT NULL, until REAL NOT NULL);
    CREATE INDEX IF NOT EXISTS calls_of ON calls (caller, until);
    CREATE INDEX IF NOT EXISTS calls_over ON calls (until)
"""


class SharedWindow:
    """Counts as `limits.strategies.MovingWindowRateLimiter` does, in `folder`; thread-safe.

    Where nothing can be counted, that is logged and calls pass.
    """

    def __init__(self, folder: Path) -> None:
        self._scratch = Scratch(folder, schema=_SCHEMA)

    def hit(self, item: "RateLimitItem", *identifiers: str) -> bool:
        """Count a call if it passes; tell whether it does."""
        caller, now = item.key_for(*identifiers), time()
        try:
            with self._scratch.writing() as connection:
                connection.execute("DELETE FROM calls WHERE until <= ?", (now,))
                counted = connection.execute(
                    "INSERT INTO calls SELECT ?1, ?2 "
                    "WHERE (SELECT count(*) FROM calls WHERE caller = ?1) < ?3",
                    (caller, now + item.get_expiry(), item.amount),
                )
                return counted.rowcount == 1
        except sqlite3.Error as error:
            logger.warning("calls are not counted: %s", error)
            return True

    def get_window_stats(self, item: "RateLimitItem", *identifiers: str) -> "WindowStats":
        """Return when the oldest call counts no more, and how many more may come."""
        from limits import WindowStats  # noqa: PLC0415 - only where there are limits

        caller, now = item.key_for(*identifiers), time()
        try:
            found = self._scratch.found(
                "SELECT count(*), min(until) FROM calls WHERE caller = ? AND until > ?", caller, now
            )
        except sqlite3.Error as error:
            logger.warning("calls are not counted: %s", error)
            found = [(0, None)]
        [(count, until)] = found
        return WindowStats(until or now + item.get_expiry(), item.amount - count)
