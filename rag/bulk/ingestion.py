"""Files into the library, read and encoded on a cluster: ``python -m rag ingest --ray``.

The cluster only saves work. Each file comes in as any other does, through the library, which
asks an encoder for its vectors; this one knows those that the cluster made, and makes the rest
itself. So whatever the cluster does twice or leaves out, nothing is stored twice and nothing is
missing.
"""

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from documents.errors import DocumentError, InvalidRecord
from documents.extraction import Extraction
from documents.loading import Loaded
from documents.models import DEFAULT_COLLECTION
from documents.sniffing import Format
from documents.store import byte_strings
from documents.transfer import unpack_reply
from index.encoder import RemoteEncoder, Vectors
from rag.bulk.elsewhere import EncodedElsewhere
from rag.bulk.pieces import Asked, Piece, Recipe, apart, digest, joined
from rag.errors import MissingExtra
from rag.ingest import IngestReport, add_path, ingest_paths, source_of
from rag.library import Added, Library, storable, to_the_end
from rag.rows import ROW_MARK
from rag.service import Sourcier
from rag.shelving import said_by

logger = logging.getLogger(__name__)

Cluster = Callable[[Recipe, Sequence[Asked]], AbstractContextManager[Iterator[Piece]]]


def ingest_on_ray(
    sourcier: Sourcier,
    paths: Sequence[Path],
    *,
    collection: str = DEFAULT_COLLECTION,
    progress: Callable[[Sequence[Path]], Iterable[Path]] = iter,
) -> IngestReport:
    """Do as `ingest_paths` does, with a Ray cluster that reads and encodes.

    Raises:
        MissingExtra: Ray is not installed.
        ClusterFailed: the cluster cannot be reached, or gave up.
        UnknownCollection, StoreError: going on would fail for each further file as well.
    """
    if find_spec("ray") is None or find_spec("pyarrow") is None:
        raise MissingExtra('--ray needs the packages of the extra `ray`: pip install "ray[data]"')
    from rag.bulk.ray_cluster import running  # noqa: PLC0415 - an extra

    return ingest_on(running, sourcier, paths, collection=collection, progress=progress)


def ingest_on(
    cluster: Cluster,
    sourcier: Sourcier,
    paths: Sequence[Path],
    *,
    collection: str,
    progress: Callable[[Sequence[Path]], Iterable[Path]] = iter,
) -> IngestReport:
    """Do as `ingest_paths` does, with a `cluster` that reads and encodes."""
    recipe = _recipe(sourcier, collection)
    with ExitStack() as stack:

        def adding(files: Sequence[Path]) -> Callable[[Path], Added]:
            asked = dict(_asked(sourcier, files, collection))
            pieces: Iterator[Piece] = iter(())
            if asked:
                pieces = stack.enter_context(cluster(recipe, list(asked.values())))
            arriving = _Arriving(pieces, recipe.fingerprint)

            def add(path: Path) -> Added:
                piece = arriving.file(asked[path].number) if path in asked else None
                if piece is None:
                    return add_path(sourcier, path, collection=collection)
                library = _knowing(sourcier.library, arriving)
                source = asked[path].source
                return to_the_end(
                    library.adding(_loaded(piece), collection=collection, source=source)
                )

            return add

        return ingest_paths(
            sourcier, paths, collection=collection, progress=progress, adding=adding
        )


def _knowing(library: Library, arriving: "_Arriving") -> Library:
    """Return `library` with an encoder that knows what arrives."""
    return replace(
        library, encoder=lambda: EncodedElsewhere(library.encoder(), found=arriving.made)
    )


def _loaded(piece: Piece) -> Loaded:
    """Return what a file says; raises the DocumentError with which a node could not read it."""
    outcomes = list(unpack_reply(piece.loaded))
    return Loaded(
        Format(piece.format),
        tuple(one for one in outcomes if isinstance(one, Extraction)),
        tuple(one for one in outcomes if isinstance(one, InvalidRecord)),
    )


def _recipe(sourcier: Sourcier, collection: str) -> Recipe:
    library, encoder, name = sourcier.library, sourcier.encoder, sourcier.settings.encoder
    if isinstance(encoder, RemoteEncoder):
        name = ""  # one server encodes for all: this machine asks it
    elif Path(name).is_dir():
        name = str(Path(name).resolve())
    return Recipe(
        collection=collection,
        encoder=name,
        fingerprint=encoder.fingerprint,
        dimension=encoder.dimension,
        limits=library.limits,
        min_words=library.min_words,
        max_words=library.max_words,
    )


def _asked(
    sourcier: Sourcier, files: Sequence[Path], collection: str
) -> Iterator[tuple[Path, Asked]]:
    """Yield what the cluster is asked for each file; not for what is refused unread."""
    for number, path in enumerate(files):
        try:
            sourcier.check_size(path.stat().st_size, name=path.name)
        except (OSError, DocumentError):
            continue
        source = storable(source_of(path))
        known = _known(sourcier.library, collection, source)
        yield path, Asked(number, os.fsencode(path.absolute()), source, known)


def _known(library: Library, collection: str, source: str) -> bytes:
    """Return digests of the documents that `source` has: those need not be encoded again."""
    rows = library.store.sources(collection, prefix=source + ROW_MARK)
    found = {name: library.store.find(collection, name) for name in (source, *rows)}
    return joined(repr((name, said_by(one))) for name, one in found.items() if one)


class _Arriving:
    """The pieces that a cluster sends, file after file; holds what was made of the current one."""

    def __init__(self, pieces: Iterator[Piece], fingerprint: str) -> None:
        self._pieces = pieces
        self._fingerprint = fingerprint
        self._seen: Piece | None = None
        self._number = -1
        self._made: dict[bytes, tuple[Vectors, bytes]] = {}
        self._told = False

    def file(self, number: int) -> Piece | None:
        """Go on to the file `number`; return its first piece, None where a node has not read it."""
        self._number = number
        self._made.clear()
        while (piece := self._look()) is not None and piece.number < number:
            self._seen = None
        piece = self._take()
        return piece if piece is not None and piece.loaded else None

    def made(self, text: str, fingerprint: str) -> tuple[Vectors, bytes] | None:
        """Return the vector and the stretches of a text of the current file, if somebody did."""
        if fingerprint != self._fingerprint:
            return None
        key = digest(text)
        while key not in self._made and self._take() is not None:
            pass
        return self._made.get(key)

    def _look(self) -> Piece | None:
        """Return the next piece, and leave it."""
        self._seen = self._seen or next(self._pieces, None)
        return self._seen

    def _take(self) -> Piece | None:
        """Take the next piece, if it is of the current file."""
        piece = self._look()
        if piece is None or piece.number != self._number:
            return None
        self._seen = None
        if piece.problem and not self._told:
            logger.warning("this machine does what the cluster could not: %s", piece.problem)
            self._told = True
        if keys := apart(piece.keys):
            vectors = np.frombuffer(piece.vectors, "<f4").reshape(len(keys), -1)
            stretches = byte_strings.apart(piece.stretches, len(keys))
            self._made.update(zip(keys, zip(vectors, stretches, strict=True), strict=True))
        return piece
