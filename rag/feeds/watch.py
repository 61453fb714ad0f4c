"""Look at a folder again and again, until told to stop."""

import logging
from collections.abc import Callable, Iterator
from threading import Event
from typing import Protocol

from documents.errors import DocumentError
from documents.job_records import JobItem
from index.errors import EncoderUnavailable

logger = logging.getLogger(__name__)

EVERY_SECONDS = 2.0


class Feed(Protocol):
    """Takes in what changed; see `rag.feeds.folder_feed`."""

    def look(self) -> Iterator[JobItem]: ...


def keep_watching(
    feed: Feed, stopping: Event, tell: Callable[[JobItem], None], *, every: float = EVERY_SECONDS
) -> None:
    """Take in what changes, and `tell` of each item, until `stopping` is set.

    What keeps folder, store or encoder from being used is logged once, and tried again.
    """
    trouble = None
    while not stopping.is_set():
        try:
            for item in feed.look():
                tell(item)
                if stopping.is_set():
                    return
            trouble = None
        except (OSError, DocumentError, EncoderUnavailable) as error:
            if str(error) != trouble:
                logger.warning("the watched folder is not read for now: %s", error)
            trouble = str(error)
        stopping.wait(every)


def log_item(item: JobItem) -> None:
    """Tell of an item in the log; why it was refused is worth a warning."""
    if item.problem is not None:
        logger.warning("%s was not taken in: %s", item.name, item.problem.detail)
    else:
        logger.info("%s: %s", item.outcome, item.name)
