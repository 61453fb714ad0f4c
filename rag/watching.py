"""Who is told of each answer once it is whole: what remembers, counts or logs them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rag.models import Answer, Question

Watcher = Callable[[Question, Answer], None]


class Watchers:
    """Those who are told, in the thread that answers; they must be quick and not raise."""

    def __init__(self, *watchers: Watcher) -> None:
        self._watchers = watchers

    def tell(self, question: Question, answer: Answer) -> None:
        """Tell all of them of an answer."""
        for watcher in self._watchers:
            watcher(question, answer)

    @contextmanager
    def joined_by(self, *watchers: Watcher) -> Iterator[None]:
        """Tell `watchers` too, for the length of a `with` block."""
        before = self._watchers
        self._watchers = (*before, *watchers)
        try:
            yield
        finally:
            self._watchers = before
