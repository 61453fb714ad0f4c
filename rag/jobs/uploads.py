"""The job of uploads: files, or texts, that were spooled when they came, read one by one."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from documents.errors import DocumentError, StoreError, UnknownCollection
from documents.job_records import JobItem, JobProblem, Spooled
from rag.jobs.work import Doing, Read, Step, Task, item_of
from rag.library import Expected, Library

UPLOAD = "upload"


class Spool(Protocol):
    """What is asked of the store: the pieces of a job that are still to be read."""

    def pending(self, job_id: str) -> Sequence[int]: ...

    def piece(self, job_id: str, position: int) -> Spooled: ...


def file_piece(data: bytes, *, name: str, media_type: str | None, source: str) -> Spooled:
    """Return what is kept of a file until it is read."""
    return Spooled({"name": name, "media_type": media_type, "source": source}, data)


def text_piece(text: str, *, published_at: date | None, **about: object) -> Spooled:
    """Return what is kept of a text until it is read; `about` as `Library.add_text` takes it."""
    day = published_at and published_at.isoformat()
    return Spooled({"text": {**about, "published_at": day}}, text.encode())


class UploadWork:
    """Reads what was uploaded (`rag.jobs.work.Work`).

    The key of an item is the position of its piece, and what tells it from others of that piece.
    """

    def __init__(self, library: Library, spool: Spool) -> None:
        self._library = library
        self._spool = spool

    def steps(self, task: Task) -> Iterator[Step]:
        """Read the pieces that are left, each to its end."""
        pending = self._spool.pending(task.id)
        left = set(pending)
        dealt_with = sum(_position(key) not in left for key in task.finished)
        known = dealt_with + len(pending)
        for following, position in zip(range(len(pending) - 1, -1, -1), pending, strict=True):
            piece = self._spool.piece(task.id, position)
            yield Doing(_name(piece))
            keys = set()
            for step in self._items(piece, task.collection):
                if isinstance(step, Expected):
                    total = dealt_with + step.documents + following
                    if total != known:
                        known = total
                        yield Doing(_name(piece), total=total)
                else:
                    keys.add(step.key)
                    yield step
            dealt_with += len(keys)
            yield Read(position)

    def _items(self, piece: Spooled, collection: str) -> Iterator[Expected | JobItem]:
        try:
            if "text" in piece.about:
                yield self._add_text(piece, collection)
            else:
                yield from self._add_file(piece, collection)
        except (StoreError, UnknownCollection):
            raise
        except DocumentError as error:
            problem = JobProblem.of(error)
            yield JobItem(f"{piece.position}:", _name(piece), "refused", problem=problem)

    def _add_text(self, piece: Spooled, collection: str) -> JobItem:
        about = dict(piece.about["text"])
        day = about.pop("published_at")
        stored = self._library.add_text(
            piece.content.decode(),
            published_at=date.fromisoformat(day) if day else None,
            collection=collection,
            **about,
        )
        return item_of(f"{piece.position}:", stored.document.source, stored)

    def _add_file(self, piece: Spooled, collection: str) -> Iterator[Expected | JobItem]:
        source = piece.about["source"]
        steps = self._library.adding_file(piece.content, collection=collection, **piece.about)
        while True:
            try:
                step = next(steps)
            except StopIteration as end:
                added = end.value
                break
            if isinstance(step, Expected):
                yield step
            else:
                known_as = step.document.source
                yield item_of(f"{piece.position}:{known_as}", known_as, step)
        for number, error in enumerate(added.problems):
            problem = JobProblem.of(error)
            yield JobItem(f"{piece.position}!{number}", source, "refused", problem=problem)
        for number in range(added.removed):
            yield JobItem(f"{piece.position}-{number}", source, "removed")


def _name(piece: Spooled) -> str:
    about: Mapping[str, Any] = piece.about.get("text", piece.about)
    return str(about.get("source") or about.get("title") or about.get("url") or "text")


def _position(key: str) -> int:
    digits = len(key) - len(key.lstrip("0123456789"))
    return int(key[:digits])
