"""The passages of one build of the index: a table of Milvus, written, searched and checked.

Nothing here depends on what a user wrote: every condition is made of integers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from index.analyzer import LANGUAGES, Language
from index.encoder import Vectors
from index.errors import IncompatibleIndex, MissingIndex
from index.milvus.engine import Engine
from index.milvus.layout import Layout
from index.milvus.packing import Contents, unpacked
from index.milvus.weights import PRESENT, Weights
from index.ranking import Rows, Scores
from index.segment import Additions, Part

Consistency = Literal["Strong", "Bounded"]

_AT_ONCE = 1000  # rows: some megabytes, below what the engine takes in one message
# Stands in each table, under a row and a collection that no passage has, and says what made it.
_MARK = 0
_LONG = 10.0  # times longer than a question may a change of the table take


@dataclass(frozen=True, slots=True, eq=False)
class Searched:
    """What a search found, best first: rows (k,), inner products (k,), contents as packed."""

    rows: Rows
    scores: Scores
    contents: Sequence[str]

    def taken(self, places: NDArray[np.int64]) -> "Searched":
        """Return what is at `places`, in that order."""
        contents = [self.contents[at] for at in places.tolist()]
        return Searched(self.rows[places], self.scores[places], contents)


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """Passages to write, with the words of each as a vector and its contents, packed."""

    passages: Additions
    words: Sequence[Weights]
    contents: Sequence[str]


class Table:
    """The table `name`; all methods raise IndexUnavailable where the engine is away."""

    def __init__(self, engine: Engine, name: str, layout: Layout) -> None:
        self._engine = engine
        self._timeout = engine.timeout_seconds
        self.name = name
        self.layout = layout

    def create(self, mark: str) -> None:
        """Make the table, which says `mark` of itself, whether or not a part of it is there."""
        slow = self._timeout * _LONG

        def made(client: Any) -> None:  # noqa: ANN401 - pymilvus has no types
            if not client.has_collection(self.name, timeout=self._timeout):
                client.create_collection(self.name, schema=self.layout.schema(), timeout=slow)
            for field in self.layout.searched:
                if not client.list_indexes(self.name, field_name=field, timeout=slow):
                    index = self.layout.index_of(field)
                    client.create_index(self.name, index, timeout=slow, sync=False)
            client.load_collection(self.name, timeout=slow)

        self._engine.do(made)
        empty: dict[str, Any] = {"words": {PRESENT: 1.0}} if self.layout.words else {}
        about = {"row": _MARK, "collection": 0, "language": 0, "contents": mark, **empty}
        self._upsert([about | {"vector": np.zeros(self.layout.dimension, np.float32)}])

    def open(self, mark: str) -> int:
        """Check that this is the table that said `mark`; return how many passages it holds.

        Raises:
            MissingIndex: there is no such table.
            IncompatibleIndex: it has other fields, another metric, or another mark.
        """

        def opened(client: Any) -> bool:  # noqa: ANN401
            if not client.has_collection(self.name, timeout=self._timeout):
                return False
            described = client.describe_collection(self.name, timeout=self._timeout)
            indexed = client.describe_index(self.name, "vector", timeout=self._timeout)
            self.layout.check(self.name, described, indexed)
            client.load_collection(self.name, timeout=self._timeout * _LONG)
            return True

        if not self._engine.do(opened):
            raise MissingIndex(f"Milvus has no collection {self.name}; it is built from the store")
        found = self._query(f"row in [{_MARK}]", ["contents"], "Strong")
        if found and found[0]["contents"] != mark:
            raise IncompatibleIndex(
                f"the collection {self.name} of Milvus was made by something else; build another: "
                "python -m rag rebuild"
            )
        return self.count()

    def count(self) -> int:
        """Return how many passages the table holds; less than it does if it lost its mark."""
        [counted] = self._query("", ["count(*)"], "Strong")
        return int(counted["count(*)"]) - 1

    def drop(self) -> None:
        """Remove the table, if it is there."""
        slow = self._timeout * _LONG
        self._engine.do(lambda client: client.drop_collection(self.name, timeout=slow))

    def upsert(self, written: Written) -> Iterator[None]:
        """Write passages, in the place of those of the same rows; yield after each portion."""
        passages = written.passages
        for start in range(0, len(passages), _AT_ONCE):
            portion = range(start, min(start + _AT_ONCE, len(passages)))
            self._upsert(
                [
                    {
                        "row": int(passages.rows[at]),
                        "collection": int(passages.collections[at]),
                        "language": LANGUAGES.index(passages.languages[at]),
                        "vector": passages.vectors[at],
                        "contents": written.contents[at],
                    }
                    | ({"words": written.words[at]} if self.layout.words else {})
                    for at in portion
                ]
            )
            yield

    def remove(self, rows: Rows) -> None:
        """Remove the passages of these rows; those that are not there are passed over."""
        delete = partial(_delete, name=self.name, timeout=self._timeout * _LONG)
        for ids in _portions(rows):
            self._engine.do(partial(delete, ids=ids))

    def search(
        self,
        field: Literal["vector", "words"],
        wanted: Vectors | Weights,
        k: int,
        *,
        where: str,
        consistency: Consistency,
        over: int | None = None,
        whole: bool = True,
    ) -> Searched:
        """Return the `k` passages with the highest inner product of `field` and `wanted`.

        It is asked over the connection of number `over`, if given. Unless `whole`, contents are
        left out.
        """
        [hits] = self._engine.do(
            lambda client: client.search(
                self.name,
                data=[wanted],
                anns_field=field,
                limit=k,
                filter=where,
                output_fields=["contents" if whole else "row"],
                search_params=self.layout.search(field, k),
                consistency_level=consistency,
                timeout=self._timeout,
            ),
            over=over,
        )
        return Searched(
            rows=np.array(hits.ids, np.int64),
            scores=np.array(hits.distances, np.float32),
            contents=[hit["entity"]["contents"] for hit in hits] if whole else [],
        )

    def contents(self, rows: Rows) -> Iterator[tuple[Part, Contents]]:
        """Yield the collection, the language and the contents of those of `rows` that are there."""
        for ids in _portions(rows):
            fields = ["collection", "language", "contents"]
            for row in self._query(f"row in {ids}", fields, "Strong"):
                yield (row["collection"], LANGUAGES[row["language"]]), unpacked(row["contents"])

    def _query(
        self, where: str, fields: list[str], consistency: Consistency
    ) -> list[dict[str, Any]]:
        return list(
            self._engine.do(
                lambda client: client.query(
                    self.name,
                    filter=where,
                    output_fields=fields,
                    consistency_level=consistency,
                    timeout=self._timeout,
                )
            )
        )

    def _upsert(self, rows: list[dict[str, Any]]) -> None:
        slow = self._timeout * _LONG
        self._engine.do(lambda client: client.upsert(self.name, rows, timeout=slow))


def within(collection: int, language: Language, among: Rows | None = None) -> str:
    """Return the condition for the passages of a collection in a language, of rows `among`."""
    part = f"collection == {collection:d} and language == {LANGUAGES.index(language):d}"
    return part if among is None else f"{part} and row in {among.tolist()}"


def _delete(client: Any, *, name: str, ids: list[int], timeout: float) -> None:  # noqa: ANN401
    client.delete(name, ids=ids, timeout=timeout)


def _portions(rows: Rows) -> Iterator[list[int]]:
    for start in range(0, len(rows), _AT_ONCE):
        yield rows[start : start + _AT_ONCE].tolist()
