"""The index on disk: a folder that several processes may save to and load from at once.

A save writes what is new under new names, then swaps the manifest, then removes what the new
manifest does not name. A crash at any moment leaves the old index or the new one. Segments
never change, so one that is on disk already is not written again.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from pathlib import Path

from index.bm25 import DEFAULT_BM25, Bm25
from index.errors import CorruptIndex, IndexNotSaved, MissingIndex
from index.manifest import Manifest, Origin, StoredSegment
from index.segment import Segment
from index.segmented import SegmentedIndex
from index.storage import (
    check_files,
    dead_ranges,
    read_segment,
    sync_folder,
    write_durably,
    write_segment,
)
from index.view import View

MANIFEST = "manifest.json"
_OURS = (".vectors", ".arrays", ".new")


def save(view: View, folder: Path, *, origin: Origin) -> None:
    """Save a state of the index durably, in the place of the one before.

    Raises:
        IndexNotSaved: it cannot be written; what was saved before is whole.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _locked(folder, fcntl.LOCK_EX):
            try:
                _write(view, folder, origin)
            finally:
                _remove_unnamed(folder)
    except OSError as error:
        raise IndexNotSaved(
            f"the index cannot be saved to {folder} ({error}); free space or give access, "
            "the index in memory still serves"
        ) from error


def load(folder: Path, *, origin: Origin, bm25: Bm25 = DEFAULT_BM25) -> SegmentedIndex:
    """Map the index saved in `folder`, after checking every byte of it.

    Its view's `change` says after which change of the store to go on.

    Raises:
        MissingIndex: nothing was saved there.
        CorruptIndex: a file is damaged or missing.
        OutdatedIndex: other rules, another format or another store: rebuild it.
        IncompatibleIndex: another encoder built it: re-embed.
    """
    if not (folder / MANIFEST).exists():
        raise MissingIndex(f"there is no index in {folder} yet; build it from the store")
    try:
        with _locked(folder, fcntl.LOCK_SH):
            manifest = Manifest.from_json((folder / MANIFEST).read_bytes())
            manifest.check(origin)
            check_files(folder, chain.from_iterable(each.files for each in manifest.segments))
            segments = tuple(read_segment(folder, stored) for stored in manifest.segments)
    except OSError as error:
        raise CorruptIndex(f"the index in {folder} cannot be read: {error}") from error
    return SegmentedIndex(View(manifest.dimension, bm25, segments, manifest.change))


def saved(folder: Path, view: View) -> dict[str, Segment]:
    """Map the segments of `view` that were in memory until it was saved just now, by their ids.

    None where the folder has changed again since.
    """
    in_memory = {live.segment.id for live in view.segments if not live.segment.saved}
    try:
        with _locked(folder, fcntl.LOCK_SH):
            stored = [each for each in _named(folder) if each.id in in_memory]
            return {each.id: read_segment(folder, each).segment for each in stored}
    except OSError:
        return {}


def _write(view: View, folder: Path, origin: Origin) -> None:
    """Write the segments that the folder lacks, then the manifest of all."""
    known = {stored.id: stored for stored in _named(folder)}
    segments = tuple(
        replace(
            known.get(live.segment.id) or write_segment(folder, live.segment),
            dead=dead_ranges(live),
        )
        for live in view.segments
    )
    sync_folder(folder)
    manifest = Manifest.of(segments, origin=origin, dimension=view.dimension, change=view.change)
    text = manifest.to_json().encode()
    write_durably(folder / MANIFEST, lambda file: file.write(text))
    sync_folder(folder)


def _named(folder: Path) -> tuple[StoredSegment, ...]:
    """Return the segments that the manifest names; none where it cannot be trusted."""
    try:
        segments = Manifest.from_json((folder / MANIFEST).read_bytes()).segments
    except (FileNotFoundError, CorruptIndex):
        return ()
    return tuple(
        stored for stored in segments if all((folder / f.name).exists() for f in stored.files)
    )


def _remove_unnamed(folder: Path) -> None:
    """Remove what earlier saves left; who has mapped it keeps it until letting go."""
    named = {file.name for stored in _named(folder) for file in stored.files}
    for path in folder.iterdir():
        if path.suffix in _OURS and path.name not in named:
            path.unlink(missing_ok=True)


@contextmanager
def _locked(folder: Path, how: int) -> Iterator[None]:
    """Hold a lock on the folder itself, against other processes and other threads."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, how)
        yield
    finally:
        os.close(descriptor)
