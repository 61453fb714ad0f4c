"""Passages indexed together: their rows, vectors and words; immutable.

Position i of every array and index of a segment is the same passage, whose row is ``rows[i]``.
The passages of a part, a collection's in one language, stand together, in the order of their
rows: what one question may see is a range of positions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from index.analyzer import LANGUAGES, Language
from index.bm25 import Statistics
from index.codes import Codes
from index.encoder import Vectors
from index.errors import InvalidRows
from index.late_interaction import TokenIndex
from index.lexical import LexicalIndex
from index.postings import Arrays, IntArray
from index.ranking import Rows
from index.stretches import StretchIndex
from index.vector import Mask, Positions, VectorIndex

# What a question is asked of: a collection's passages in one language.
Part = tuple[int, Language]
LanguageNumbers = NDArray[np.int8]

STRETCHES = "stretches.words"  # among the arrays of a segment


@dataclass(frozen=True, slots=True, eq=False)
class Additions:
    """Passages to index, one entry each: row, collection, language, unit vector, terms.

    `tokens` are for late interaction; without them passages cover no token of any question.
    `stretches` are what the encoder made of those of each passage, if it does.
    """

    rows: Sequence[int] | Rows
    collections: Sequence[int] | IntArray
    languages: Sequence[Language]
    vectors: Vectors
    terms: Sequence[Sequence[str]]
    tokens: TokenIndex | None = None
    stretches: StretchIndex | None = None

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
            stretches=StretchIndex.joined(
                [part.stretches or StretchIndex.empty(len(part)) for part in parts]
            ),
        )

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Who stands where: `rows` int64, `collections` int32, `languages` int8, all (n,).

    Languages are numbers of `LANGUAGES`. `by_row` are the positions in the order of their rows,
    `parts` the range of each part.
    """

    rows: Rows
    collections: IntArray
    languages: LanguageNumbers
    by_row: Positions = field(init=False)
    parts: Mapping[Part, range] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_row", np.argsort(self.rows, kind="stable"))
        object.__setattr__(self, "parts", _ranges(self.collections, self.languages))

    @staticmethod
    def order(rows: Rows, collections: IntArray, languages: LanguageNumbers) -> Positions:
        """Return the order in which passages stand in a segment."""
        return np.lexsort((rows, collections, languages))


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """`id` names the segment for ever, in memory and on disk; `saved` says that it is mapped."""

    places: Places
    vectors: VectorIndex
    lexical: Mapping[Language, LexicalIndex]
    tokens: TokenIndex
    stretches: StretchIndex
    id: str = field(default_factory=lambda: uuid4().hex)
    saved: bool = False

    @classmethod
    def build(cls, additions: Additions) -> "Segment":
        """Index passages.

        Raises:
            InvalidRows: a row comes twice, or the entries are not equally many.
            InvalidVectors: not float32 unit vectors.
        """
        rows = _checked(additions)
        collections = np.asarray(additions.collections, np.int32)
        languages = np.array([LANGUAGES.index(name) for name in additions.languages], np.int8)
        order = Places.order(rows, collections, languages)
        places = Places(rows[order], collections[order], languages[order])
        terms = [additions.terms[i] for i in order]
        return cls(
            places=places,
            vectors=VectorIndex.build(additions.vectors[order], places.parts.values()),
            lexical={
                language: LexicalIndex.build(
                    [
                        said if number == spoken else ()
                        for said, spoken in zip(terms, places.languages, strict=True)
                    ]
                )
                for number, language in enumerate(LANGUAGES)
            },
            tokens=(additions.tokens or TokenIndex.empty(len(rows))).take(order),
            stretches=(additions.stretches or StretchIndex.empty(len(rows))).take(order),
        )

    def __len__(self) -> int:
        return len(self.places.rows)

    @property
    def rows(self) -> Rows:
        """The row of the passage at each position."""
        return self.places.rows

    @property
    def coded(self) -> int:
        """How many passages are in parts whose vectors have codes."""
        return sum(map(len, self.vectors.codes))

    def statistics(self, alive: Mask | None = None) -> dict[Part, Statistics]:
        """Return how many passages, with how many terms, are `alive` in each part that has any."""
        found: dict[Part, Statistics] = {}
        for part, within in self.places.parts.items():
            lengths = self.lexical[part[1]].lengths[within.start : within.stop]
            if alive is not None:
                lengths = lengths[alive[within.start : within.stop]]
            if len(lengths):
                found[part] = Statistics(len(lengths), int(lengths.sum(dtype=np.int64)))
        return found

    def statistics_at(self, positions: Positions) -> dict[Part, Statistics]:
        """Return how many passages, with how many terms, each part has at these positions."""
        found: dict[Part, Statistics] = {}
        spoken = self.places.languages[positions].tolist()
        for at, number, collection in zip(
            positions.tolist(), spoken, self.places.collections[positions].tolist(), strict=True
        ):
            part = (collection, LANGUAGES[number])
            one = Statistics(1, int(self.lexical[part[1]].lengths[at]))
            found[part] = found.get(part, Statistics()) + one
        return found

    def arrays(self) -> Arrays:
        """Return all there is to save but the vectors."""
        arrays: dict[str, NDArray[Any]] = {
            "rows": self.places.rows,
            "collections": self.places.collections,
            "languages": self.places.languages,
            "tokens.starts": self.tokens.starts,
            "tokens.ids": self.tokens.items,
            "stretches.starts": self.stretches.starts,
            STRETCHES: self.stretches.items,
        }
        for language, lexical in self.lexical.items():
            arrays |= {f"{language}.{name}": array for name, array in lexical.arrays().items()}
        for part, codes in self.vectors.codes.items():
            arrays[f"codes.{part.start}"] = codes.to_bytes()
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Arrays, vectors: Vectors, *, id: str) -> "Segment":  # noqa: A002
        """Return the segment whose `arrays`, `vectors` and `id` these are, as saved."""
        places = Places(arrays["rows"], arrays["collections"], arrays["languages"])
        coded = _under("codes.", arrays)
        codes = {
            part: Codes.from_bytes(coded[str(part.start)])
            for part in places.parts.values()
            if str(part.start) in coded
        }
        return cls(
            places=places,
            vectors=VectorIndex(vectors, codes),
            lexical={
                language: LexicalIndex.from_arrays(_under(f"{language}.", arrays))
                for language in LANGUAGES
            },
            tokens=TokenIndex(arrays["tokens.starts"], arrays["tokens.ids"]),
            stretches=StretchIndex(arrays["stretches.starts"], arrays[STRETCHES]),
            id=id,
            saved=True,
        )


def _checked(additions: Additions) -> Rows:
    rows = np.asarray(additions.rows, np.int64)
    others = (additions.collections, additions.languages, additions.vectors, additions.terms)
    if any(len(other) != len(rows) for other in others):
        counts = ", ".join(str(len(other)) for other in others)
        raise InvalidRows(
            f"{len(rows)} rows came with {counts} collections, languages, vectors and terms; "
            "give one of each for each row"
        )
    ordered = np.sort(rows)
    twice = np.flatnonzero(np.diff(ordered) == 0)
    if len(twice):
        raise InvalidRows(f"row {ordered[twice[0]]} is given twice; give each row once")
    return rows


def _ranges(collections: IntArray, languages: LanguageNumbers) -> dict[Part, range]:
    if not len(collections):
        return {}
    changes = (np.diff(collections) != 0) | (np.diff(languages) != 0)
    edges = [0, *(np.flatnonzero(changes) + 1).tolist(), len(collections)]
    return {
        (int(collections[start]), LANGUAGES[languages[start]]): range(start, stop)
        for start, stop in pairwise(edges)
    }


def _under(prefix: str, arrays: Arrays) -> Arrays:
    return {
        name.removeprefix(prefix): array
        for name, array in arrays.items()
        if name.startswith(prefix)
    }
