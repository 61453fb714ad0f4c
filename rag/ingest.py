"""Files and folders, one after the other, into the library; nothing stops the rest."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from documents.errors import DocumentError, StoreError, UnknownCollection
from documents.models import DEFAULT_COLLECTION
from rag.library import Added
from rag.service import Sourcier

SAMPLE_FOLDER = Path(__file__).resolve().parent.parent / "documents" / "corpus"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file, or a row of one, that did not come in, and why."""

    path: Path
    reason: str


@dataclass(slots=True)
class IngestReport:
    """What came of the files of one call.

    `removed` counts rows gone from their file, `retained` those whose new version failed.
    """

    new: int = 0
    replaced: int = 0
    unchanged: int = 0
    removed: int = 0
    retained: int = 0
    skipped: list[Skipped] = field(default_factory=list)

    @property
    def kept(self) -> int:
        """How many documents are in the store because of these files."""
        return self.new + self.replaced + self.unchanged

    def count(self, path: Path, added: Added) -> None:
        """Take in what came of one file."""
        for stored in added.documents:
            match stored.status:
                case "new":
                    self.new += 1
                case "replaced":
                    self.replaced += 1
                case "unchanged":
                    self.unchanged += 1
        self.removed += added.removed
        self.retained += added.retained
        self.skipped += [Skipped(path, str(problem)) for problem in added.problems]


def ingest_paths(
    sourcier: Sourcier,
    paths: Sequence[Path],
    *,
    collection: str = DEFAULT_COLLECTION,
    progress: Callable[[Sequence[Path]], Iterable[Path]] = iter,
    adding: Callable[[Sequence[Path]], Callable[[Path], Added]] | None = None,
) -> IngestReport:
    """Add every file of `paths`, folders with all they hold; `progress` sees each go by.

    `adding`, if given, is told all files and returns what adds each in its turn.

    Raises:
        UnknownCollection, StoreError: going on would fail for each further file as well.
    """
    report = IngestReport()
    found = [one for path in paths for one in _files(path)]
    report.skipped += [one for one in found if isinstance(one, Skipped)]
    files = list(dict.fromkeys(one for one in found if isinstance(one, Path)))
    add = adding(files) if adding else partial(add_path, sourcier, collection=collection)
    for path in progress(files):
        try:
            added = add(path)
        except (UnknownCollection, StoreError):
            raise
        except OSError as error:
            report.skipped.append(Skipped(path, f"it cannot be read: {error.strerror}"))
        except DocumentError as error:
            report.skipped.append(Skipped(path, str(error)))
        else:
            report.count(path, added)
    return report


def add_path(sourcier: Sourcier, path: Path, *, collection: str) -> Added:
    """Add the file `path`.

    Raises:
        OSError: it cannot be read.
        DocumentError: it holds no document, is too large, or cannot be stored.
    """
    sourcier.check_size(path.stat().st_size, name=path.name)
    return sourcier.add_file(
        path.read_bytes(), name=path.name, collection=collection, source=source_of(path)
    )


def source_of(path: Path) -> str:
    """Return the name that a file keeps from one ingestion to the next."""
    whole = path.resolve()
    if whole.is_relative_to(SAMPLE_FOLDER):
        return f"sample/{whole.relative_to(SAMPLE_FOLDER).as_posix()}"
    return whole.as_posix()


def _files(path: Path) -> Iterator[Path | Skipped]:
    """Yield `path`, or the files under it in a stable order, and what keeps from reading one.

    Hidden files are left out, and links to folders not followed, unless they are `path` itself.
    """
    try:
        if path.is_file():
            yield path
            return
        if not path.is_dir():
            reason = "it is neither a file nor a folder"
            yield Skipped(path, reason if path.exists() else "there is no such file or folder")
            return
        children = sorted(path.iterdir())
    except OSError as error:
        yield Skipped(path, f"it cannot be read: {error.strerror}")
        return
    for child in children:
        if not child.name.startswith(".") and not (child.is_symlink() and child.is_dir()):
            yield from _files(child)
