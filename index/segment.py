"""Passages indexed together: their rows, vectors and words; immutable.

Position i of every array and index of a segment is the same passage, whose row is ``rows[i]``.
Rows ascend.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from index.analyzer import LANGUAGES, Language
from index.bm25 import Statistics
from index.encoder import Vectors
from index.errors import InvalidRows
from index.late_interaction import TokenIndex
from index.lexical import LexicalIndex
from index.postings import Arrays, IntArray
from index.ranking import Rows
from index.vector import Mask, VectorIndex

# What a question is asked of: a collection's passages in one language.
Part = tuple[int, Language]


@dataclass(frozen=True, slots=True, eq=False)
class Additions:
    """Passages to index, one entry each: row, collection, language, unit vector, terms.

    `tokens` are for late interaction; without them passages cover no token of any question.
    """

    rows: Sequence[int] | Rows
    collections: Sequence[int] | IntArray
    languages: Sequence[Language]
    vectors: Vectors
    terms: Sequence[Sequence[str]]
    tokens: TokenIndex | None = None

    @classmethod
    def joined(cls, parts: Sequence["Additions"]) -> "Additions":
        """Return all of `parts`, at least one, as one."""
        return cls(
            rows=np.concatenate([part.rows for part in parts]),
            collections=np.concatenate([part.collections for part in parts]),
            languages=[language for part in parts for language in part.languages],
            vectors=np.concatenate([part.vectors for part in parts]),
            terms=[terms for part in parts for terms in part.terms],
            tokens=TokenIndex.joined(
                [part.tokens or TokenIndex.empty(len(part)) for part in parts]
            ),
        )

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """`rows` int64, `collections` int32, `languages` int8 (numbers of `LANGUAGES`), all (n,).

    `id` names the segment for ever, in memory and on disk.
    """

    rows: Rows
    collections: IntArray
    languages: NDArray[np.int8]
    vectors: VectorIndex
    lexical: Mapping[Language, LexicalIndex]
    tokens: TokenIndex
    id: str = field(default_factory=lambda: uuid4().hex)

    @classmethod
    def build(cls, additions: Additions) -> "Segment":
        """Index passages.

        Raises:
            InvalidRows: a row comes twice, or the entries are not equally many.
            InvalidVectors: not float32 unit vectors.
        """
        rows, order = _ascending(additions)
        languages = np.array([LANGUAGES.index(name) for name in additions.languages], np.int8)
        languages = languages[order]
        terms = [additions.terms[i] for i in order]
        return cls(
            rows=rows,
            collections=np.asarray(additions.collections, np.int32)[order],
            languages=languages,
            vectors=VectorIndex.build(additions.vectors[order]),
            lexical={
                language: LexicalIndex.build(
                    [t if number == n else () for t, n in zip(terms, languages, strict=True)]
                )
                for number, language in enumerate(LANGUAGES)
            },
            tokens=(additions.tokens or TokenIndex.empty(len(rows))).take(order),
        )

    @classmethod
    def merge(cls, parts: Sequence[tuple["Segment", Mask | None]]) -> "Segment":
        """Merge what is alive in each segment; a mask of None says all of it."""
        alive = [np.ones(len(s), np.bool_) if mask is None else mask for s, mask in parts]
        segments = [segment for segment, _ in parts]
        order = np.argsort(_kept([segment.rows for segment in segments], alive))
        targets = _targets(alive, order)
        vectors = _kept([segment.vectors.vectors for segment in segments], alive)
        return cls(
            rows=_kept([segment.rows for segment in segments], alive)[order],
            collections=_kept([segment.collections for segment in segments], alive)[order],
            languages=_kept([segment.languages for segment in segments], alive)[order],
            vectors=VectorIndex.build(vectors[order]),
            lexical={
                language: LexicalIndex.merge(
                    list(zip((s.lexical[language] for s in segments), targets, strict=True)),
                    len(order),
                )
                for language in LANGUAGES
            },
            tokens=TokenIndex.joined([segment.tokens for segment in segments]).take(
                np.flatnonzero(np.concatenate(alive))[order]
            ),
        )

    def __len__(self) -> int:
        return len(self.rows)

    def statistics(self, positions: slice | NDArray[np.int64]) -> dict[Part, Statistics]:
        """Return how many passages, with how many terms, each part has at these positions."""
        collections, languages = self.collections[positions], self.languages[positions]
        found: dict[Part, Statistics] = {}
        for number, language in enumerate(LANGUAGES):
            spoken = languages == number
            lengths = self.lexical[language].lengths[positions][spoken]
            names, place = np.unique(collections[spoken], return_inverse=True)
            terms = np.bincount(place, lengths, len(names))
            passages = np.bincount(place, minlength=len(names))
            for name, count, total in zip(names, passages, terms, strict=True):
                found[int(name), language] = Statistics(int(count), int(total))
        return found

    def arrays(self) -> Arrays:
        """Return all there is to save but the vectors."""
        arrays: dict[str, NDArray[Any]] = {
            "rows": self.rows,
            "collections": self.collections,
            "languages": self.languages,
            "tokens.starts": self.tokens.starts,
            "tokens.ids": self.tokens.ids,
        }
        for language, lexical in self.lexical.items():
            arrays |= {f"{language}.{name}": array for name, array in lexical.arrays().items()}
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Arrays, vectors: VectorIndex, *, id: str) -> "Segment":  # noqa: A002
        """Return the segment whose `arrays`, `vectors` and `id` these are."""
        return cls(
            rows=arrays["rows"],
            collections=arrays["collections"],
            languages=arrays["languages"],
            vectors=vectors,
            lexical={
                language: LexicalIndex.from_arrays(_under(f"{language}.", arrays))
                for language in LANGUAGES
            },
            tokens=TokenIndex(arrays["tokens.starts"], arrays["tokens.ids"]),
            id=id,
        )


def _ascending(additions: Additions) -> tuple[Rows, NDArray[np.int64]]:
    """Return the rows in ascending order and the order that puts them so."""
    rows = np.asarray(additions.rows, np.int64)
    others = (additions.collections, additions.languages, additions.vectors, additions.terms)
    if any(len(other) != len(rows) for other in others):
        counts = ", ".join(str(len(other)) for other in others)
        raise InvalidRows(
            f"{len(rows)} rows came with {counts} collections, languages, vectors and terms; "
            "give one of each for each row"
        )
    order = np.argsort(rows)
    twice = np.flatnonzero(np.diff(rows[order]) == 0)
    if len(twice):
        raise InvalidRows(f"row {rows[order][twice[0]]} is given twice; give each row once")
    return rows[order], order


def _kept(arrays: Sequence[NDArray[Any]], alive: Sequence[Mask]) -> NDArray[Any]:
    return np.concatenate([array[mask] for array, mask in zip(arrays, alive, strict=True)])


def _targets(alive: Sequence[Mask], order: NDArray[np.int64]) -> list[IntArray]:
    """Return for each segment the new position of each old one, -1 where it is dead."""
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    targets = np.full(sum(map(len, alive)), -1, np.int32)
    targets[np.concatenate(alive)] = place
    return np.split(targets, np.cumsum([len(mask) for mask in alive])[:-1])


def _under(prefix: str, arrays: Arrays) -> Arrays:
    return {
        name.removeprefix(prefix): array
        for name, array in arrays.items()
        if name.startswith(prefix)
    }
