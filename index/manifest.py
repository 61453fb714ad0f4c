"""What a saved index says of itself: what built it, what it holds, a checksum of each file.

The manifest is written last and carries its own checksum, so that a reader finds either a
whole index or none.
"""

import json
from dataclasses import asdict, dataclass
from hashlib import blake2b
from importlib.metadata import version
from typing import Any

from index import analyzer
from index.errors import CorruptIndex, IncompatibleIndex, OutdatedIndex

FORMAT = 3


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of the folder, its size in bytes and the checksum of its content, in hex."""

    name: str
    size: int
    checksum: str


@dataclass(frozen=True, slots=True)
class StoredArray:
    """An array inside the arrays file of a segment; `offset` in bytes."""

    name: str
    dtype: str
    length: int
    offset: int


@dataclass(frozen=True, slots=True)
class StoredSegment:
    """A segment: its two files, its arrays, and the ranges of positions that are dead."""

    id: str
    passages: int
    vectors: StoredFile
    arrays_file: StoredFile
    arrays: tuple[StoredArray, ...]
    dead: tuple[tuple[int, int], ...] = ()

    @property
    def files(self) -> tuple[StoredFile, StoredFile]:
        """All files of this segment."""
        return self.vectors, self.arrays_file


@dataclass(frozen=True, slots=True)
class Origin:
    """What an index is built from: the encoder of its vectors, the store of its rows."""

    encoder: str
    fingerprint: str
    store: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the files of an index folder are.

    `analysis` names the rules that made the terms; `change` is the last change of the store
    that the index contains; `passages` live.
    """

    origin: Origin
    dimension: int
    change: int
    segments: tuple[StoredSegment, ...]
    passages: int
    analysis: str
    faiss: str
    metric: str = "inner product of unit vectors"
    format: int = FORMAT

    @classmethod
    def of(
        cls, segments: tuple[StoredSegment, ...], *, origin: Origin, dimension: int, change: int
    ) -> "Manifest":
        """Describe segments as built here and now."""
        dead = sum(stop - start for segment in segments for start, stop in segment.dead)
        return cls(
            origin=origin,
            dimension=dimension,
            change=change,
            segments=segments,
            passages=sum(segment.passages for segment in segments) - dead,
            analysis=analyzer.fingerprint(),
            faiss=version("faiss-cpu"),
        )

    def to_json(self) -> str:
        """Return the manifest and its checksum, as a person can read them."""
        content = asdict(self)
        return _written({"blake2b": _digest(content), "manifest": content})

    @classmethod
    def from_json(cls, text: str | bytes) -> "Manifest":
        """Read what `to_json` wrote.

        Raises:
            CorruptIndex: it is not what was written.
            OutdatedIndex: another version of Sourcier wrote it.
        """
        try:
            document = json.loads(text)
            content, digest = document["manifest"], document["blake2b"]
            found = content["format"]
        except (ValueError, KeyError, TypeError) as error:
            raise CorruptIndex("the manifest of the index cannot be read; rebuild it") from error
        written = _written(document)  # not a byte may differ, not even of the white space
        if digest != _digest(content) or text not in (written, written.encode()):
            raise CorruptIndex("the manifest of the index is damaged; rebuild the index")
        if found != FORMAT:
            raise OutdatedIndex(f"the index has format {found}, expected {FORMAT}; rebuild it")
        segments = tuple(_segment(**segment) for segment in content.pop("segments"))
        return cls(origin=Origin(**content.pop("origin")), segments=segments, **content)

    def check(self, origin: Origin) -> None:
        """Check that the index was built from `origin`, by the rules of today.

        Raises:
            IncompatibleIndex: its vectors come from another encoder.
            OutdatedIndex: it has terms of other rules, or rows of another store.
        """
        if self.origin.fingerprint != origin.fingerprint:
            raise IncompatibleIndex(
                f"the index was built by encoder {self.origin.encoder} "
                f"({self.origin.fingerprint}), the settings ask for {origin.encoder} "
                f"({origin.fingerprint}); re-embed the documents, or set the encoder back"
            )
        if self.origin.store != origin.store:
            raise OutdatedIndex(
                f"the index was built from store {self.origin.store!r}, "
                f"not {origin.store!r}; rebuild it"
            )
        if self.analysis != analyzer.fingerprint():
            raise OutdatedIndex(
                f"the index has terms of analysis {self.analysis}, "
                f"now it is {analyzer.fingerprint()}; rebuild it"
            )


def _segment(
    *,
    vectors: dict[str, Any],
    arrays_file: dict[str, Any],
    arrays: list[dict[str, Any]],
    dead: list[list[int]],
    **rest: Any,  # noqa: ANN401 - its types are those of the fields
) -> StoredSegment:
    return StoredSegment(
        vectors=StoredFile(**vectors),
        arrays_file=StoredFile(**arrays_file),
        arrays=tuple(StoredArray(**array) for array in arrays),
        dead=tuple((start, stop) for start, stop in dead),
        **rest,
    )


def _written(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1)


def _digest(content: dict[str, Any]) -> str:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return blake2b(canonical.encode(), digest_size=16).hexdigest()
