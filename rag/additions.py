"""What derived indexes take from the store: its changes, with the passages ready to be indexed.

Whichever index takes them in, a passage is read, analysed and given its vector here.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from documents.records import Change, Entries, VectorEntries
from index.analyzer import terms
from index.encoder import Encoder, Vectors, are_unit, read_passages
from index.late_interaction import LateInteraction
from index.ranking import Rows
from index.segment import Additions
from index.stretches import unpacked
from rag.reading import read_as

logger = logging.getLogger(__name__)

PORTION = 16_384  # passages taken in at a time, which takes some hundred megabytes
_BATCH = 4096  # passages read from the store at a time


class Feed(Protocol):
    """What an index needs of the store."""

    def identity(self) -> str: ...

    def last_change(self) -> int: ...

    def changes(self, since: int) -> list[Change]: ...

    def entries(self, ranges: Iterable[range], *, batch: int) -> Iterator[Entries]: ...

    def vectors(
        self, ranges: Iterable[range], *, fingerprint: str, batch: int
    ) -> Iterator[VectorEntries]: ...


class _NotEncodedError(Exception):
    """The passage of `row`, and maybe others after it, has no vector by the index's encoder."""

    def __init__(self, row: int) -> None:
        super().__init__(row)
        self.row = row


@dataclass(frozen=True, slots=True)
class AdditionsReader:
    """Reads what `encoder` has encoded; safe to share between threads."""

    store: Feed
    encoder: Encoder
    interaction: LateInteraction

    def since(
        self, change: int, *, portion: int = PORTION
    ) -> Iterator[tuple[list[Change], Additions | None]]:
        """Yield the changes after `change`, about `portion` passages at a time, with what they add.

        It ends before the first that adds a passage without a vector by the encoder: another
        encoder serves, or does still, and what stands without is not mixed in. A passage that
        is gone by now is left out; the change that took it is there by now, and is read too, so
        that in the end no document is missing for having been replaced between two reads.
        """
        whole = False
        while not whole:
            whole = True
            for changes in in_portions(self.store.changes(change), portion):
                encoded, additions = self._encoded(changes)
                if encoded:
                    yield encoded, additions
                    change = encoded[-1].number
                    whole &= len(additions or ()) == sum(len(one.added) for one in encoded)
                if len(encoded) < len(changes):
                    return

    def _encoded(self, changes: list[Change]) -> tuple[list[Change], Additions | None]:
        """Return the first of `changes` that are encoded, and what they add."""
        while changes:
            try:
                return changes, self._additions([c.added for c in changes if c.added])
            except _NotEncodedError as missing:
                holding = [missing.row in change.added for change in changes]
                changes = changes[: holding.index(True)]
        return [], None

    def _additions(self, ranges: Sequence[range]) -> Additions | None:
        """Return the passages of `ranges` that still live, ready to be indexed.

        A document deleted between the two reads of the store is left out.

        Raises:
            _NotEncodedError: one of them has no vector by this encoder.
        """
        vectors = _vectors(
            self.store.vectors(ranges, fingerprint=self.encoder.fingerprint, batch=_BATCH)
        )
        parts = [
            self._part(entries, *vectors) for entries in self.store.entries(ranges, batch=_BATCH)
        ]
        return Additions.joined(parts) if parts else None

    def _part(
        self, entries: Entries, rows: Rows, vectors: Vectors, stretches: list[bytes]
    ) -> Additions:
        missing = np.flatnonzero(~np.isin(entries.rows, rows))
        if len(missing):
            raise _NotEncodedError(int(entries.rows[missing[0]]))
        texts = list(map(read_as, entries.titles, entries.heading_paths, entries.texts))
        places = np.searchsorted(rows, entries.rows)
        vectors = vectors[places]
        stretches = [stretches[at] for at in places.tolist()]
        self._mend(vectors, stretches, texts, entries)
        spoken = zip(texts, entries.languages, strict=True)
        return Additions(
            rows=entries.rows,
            collections=entries.collections,
            languages=entries.languages,
            vectors=vectors,
            terms=[terms(text, language) for text, language in spoken],
            tokens=self.interaction.index(texts),
            stretches=unpacked(stretches, vectors.shape[1]),
        )

    def _mend(
        self, vectors: Vectors, stretches: list[bytes], texts: Sequence[str], entries: Entries
    ) -> None:
        """Encode again, in place, what a disk has damaged: no encoder makes such vectors."""
        damaged = np.flatnonzero(~are_unit(vectors)).tolist()
        if damaged:
            logger.warning(
                "the vectors of rows %s are damaged in the store and made anew from their texts; "
                "check the disk, then: python -m rag doctor",
                entries.rows[damaged].tolist(),
            )
            made = read_passages(self.encoder, [texts[at] for at in damaged])
            vectors[damaged] = made.vectors
            for at, one in zip(damaged, made.stretches, strict=True):
                stretches[at] = one


def size(change: Change) -> int:
    """Return how many passages came and went with `change`."""
    return len(change.added) + len(change.removed)


def in_portions(changes: Iterable[Change], most: int = PORTION) -> Iterator[list[Change]]:
    """Yield `changes` in order, about `most` passages at a time."""
    portion: list[Change] = []
    passages = 0
    for change in changes:
        portion.append(change)
        passages += size(change)
        if passages >= most:
            yield portion
            portion, passages = [], 0
    if portion:
        yield portion


def _vectors(batches: Iterable[VectorEntries]) -> tuple[Rows, Vectors, list[bytes]]:
    """Return the rows, ascending, the vectors and the stretches of all `batches`."""
    read = list(batches)
    if not read:
        return np.empty(0, np.int64), np.empty((0, 0), np.float32), []
    return (
        np.concatenate([b.rows for b in read]),
        np.concatenate([b.vectors for b in read]),
        [stretched for b in read for stretched in b.stretches],
    )
