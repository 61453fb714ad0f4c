"""Files and folders, one after the other, into the library; nothing stops the rest."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from documents.errors import DocumentError, StoreError, UnknownCollection
from documents.models import DEFAULT_COLLECTION
from rag.library import Added
from rag.service import Sourcier

SAMPLE_FOLDER = Path(__file__).parent.parent / "documents" / "corpus"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file, or a row of one, that did not come in, and why."""

    path: Path
    reason: str


@dataclass(slots=True)
class IngestReport:
    """What came of the files of one call; `removed` counts rows gone from their file."""

    new: int = 0
    replaced: int = 0
    unchanged: int = 0
    removed: int = 0
    skipped: list[Skipped] = field(default_factory=list)

    @property
    def kept(self) -> int:
        """How many documents are in the store because of these files."""
        return self.new + self.replaced + self.unchanged

    def count(self, path: Path, added: Added) -> None:
        """Take in what came of one file."""
        for stored in added.documents:
            setattr(self, stored.status, getattr(self, stored.status) + 1)
        self.removed += added.removed
        self.skipped += [Skipped(path, str(problem)) for problem in added.problems]


def ingest_paths(
    sourcier: Sourcier,
    paths: Sequence[Path],
    *,
    collection: str = DEFAULT_COLLECTION,
    progress: Callable[[Sequence[Path]], Iterable[Path]] = iter,
) -> IngestReport:
    """Add every file of `paths`, folders with all they hold; `progress` sees each go by.

    Raises:
        UnknownCollection, StoreError: going on would fail for each further file as well.
    """
    report = IngestReport()
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            report.skipped.append(Skipped(path, "there is no such file or folder"))
        found += _files(path)
    for path in progress(found):
        try:
            added = _add(sourcier, path, collection)
        except (UnknownCollection, StoreError):
            raise
        except (DocumentError, OSError) as error:
            report.skipped.append(Skipped(path, str(error)))
        else:
            report.count(path, added)
    return report


def _add(sourcier: Sourcier, path: Path, collection: str) -> Added:
    sourcier.check_size(path.stat().st_size, name=path.name)
    return sourcier.add_file(
        path.read_bytes(), name=path.name, collection=collection, source=_source(path)
    )


def _source(path: Path) -> str:
    """Return the name that a file keeps from one ingestion to the next."""
    whole = path.resolve()
    if whole.is_relative_to(SAMPLE_FOLDER):
        return f"sample/{whole.relative_to(SAMPLE_FOLDER).as_posix()}"
    return whole.as_posix()


def _files(path: Path) -> Iterator[Path]:
    """Yield `path`, or the files under it in a stable order, hidden ones left out."""
    if path.is_file():
        yield path
    elif path.is_dir():
        for child in sorted(path.iterdir()):
            if not child.name.startswith("."):
                yield from _files(child)
