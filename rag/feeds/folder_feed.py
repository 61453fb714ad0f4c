"""A watched folder as a feed of documents: what is new or changed comes in, what is gone may go."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from documents.errors import DocumentError, DocumentTooLarge, StoreError, UnknownCollection
from documents.feeds.folder import Stamp, WatchedFolder, read_whole
from documents.job_records import JobItem, JobProblem
from documents.limits import MIB
from documents.records import Stored
from documents.store.fetches import Fetch
from rag.feeds.gathering import Fetches
from rag.jobs.work import item_of
from rag.library import Library
from rag.rows import ROW_MARK


class Shelf(Protocol):
    """What is asked of the store: which documents came from the folder, and to delete one."""

    def sources(self, collection: str, *, prefix: str) -> Mapping[str, str]: ...

    def delete(self, document_id: str) -> bool: ...


@dataclass(slots=True)
class FolderFeed:
    """Brings what `watched` holds into a collection, each file under its whole path.

    With `removes`, the documents of files that are gone are deleted; an empty folder removes
    nothing, for it may be a disk that is not mounted.
    """

    library: Library
    fetches: Fetches
    shelf: Shelf
    watched: WatchedFolder
    collection: str
    removes: bool = False
    _taken: dict[Path, Stamp] = field(default_factory=dict)
    _there: frozenset[Path] | None = None
    _gone: frozenset[str] = frozenset()

    def look(self) -> Iterator[JobItem]:
        """Take in what changed since the last look, and yield what came of each file.

        Raises:
            OSError: the folder is not there, or cannot be read; nothing was changed.
            UnknownCollection, StoreError: nothing was changed by the file that failed.
        """
        found = self.watched.look()
        for path, stamp in found.items():
            if stamp is not None and self._taken.get(path) != stamp:
                yield from self._take(path, stamp)
        if self.removes:
            yield from self._remove(frozenset(found))

    def _take(self, path: Path, stamp: Stamp) -> Iterator[JobItem]:
        source = path.as_posix()
        known = self.fetches.find(self.collection, source)
        if known is None or known.etag != str(stamp):
            try:
                data = self._data(path, stamp)
                if data is None:  # it is being written again: its turn comes
                    return
                yield from self._add(data, path, stamp)
            except (UnknownCollection, StoreError):
                raise
            except OSError as error:
                problem = JobProblem(type(error).__name__, f"it cannot be read: {error.strerror}")
                yield JobItem(source, source, "refused", problem=problem)
            except DocumentError as error:
                yield JobItem(source, source, "refused", problem=JobProblem.of(error))
        self._taken[path] = stamp

    def _data(self, path: Path, stamp: Stamp) -> bytes | None:
        most = self.library.limits.file_bytes
        if stamp.size > most:
            raise DocumentTooLarge(
                f"{path.name} has {stamp.size / MIB:.1f} MiB, at most {most / MIB:.1f} MiB are "
                "read: split it"
            )
        return read_whole(path, stamp)

    def _add(self, data: bytes, path: Path, stamp: Stamp) -> Iterator[JobItem]:
        source = path.as_posix()
        first = None
        steps = self.library.adding_file(
            data, name=path.name, collection=self.collection, source=source
        )
        while True:
            try:
                step = next(steps)
            except StopIteration as end:
                added = end.value
                break
            if isinstance(step, Stored):
                first = first or step.document.id
                yield item_of(step.document.source, step.document.source, step)
        for error in added.problems:
            yield JobItem(source, source, "refused", problem=JobProblem.of(error))
        self.fetches.put(self.collection, Fetch(source, first, etag=str(stamp)))

    def _remove(self, found: frozenset[Path]) -> Iterator[JobItem]:
        """Delete what came from files that were gone at the last look already."""
        nothing_went = self._there is not None and self._there <= found
        self._there = found
        if not found or (nothing_went and not self._gone):
            return
        folder = self.watched.folder.as_posix().rstrip("/") + "/"
        sources = self.shelf.sources(self.collection, prefix=folder)
        names = {path.as_posix() for path in found}
        gone = frozenset(source for source in sources if not _is_there(source, names))
        for source in sorted(gone & self._gone):
            if self.shelf.delete(sources[source]):
                self._taken.pop(Path(source), None)
                yield JobItem(source, source, "removed", sources[source])
        self._gone = gone - self._gone


def _is_there(source: str, names: set[str]) -> bool:
    """Tell whether the file that `source` is, or is a row of, is among `names` or on the disk.

    What is passed over, as hidden files are, may have come in by another way.
    """
    ends = [mark.start() for mark in re.finditer(re.escape(ROW_MARK), source)]
    files = [source, *(source[:end] for end in ends)]
    return any(file in names for file in files) or any(Path(file).exists() for file in files)
