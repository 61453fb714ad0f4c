"""An engine played in memory: tables of rows, and what may go wrong with them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from index.errors import IncompatibleIndex, IndexUnavailable, MissingIndex
from index.milvus.layout import Layout
from index.milvus.packing import Contents, unpacked
from index.milvus.table import Written
from index.ranking import Rows
from index.segment import Part


@dataclass
class FakeEngine:
    """Keeps tables by name, each with its mark and its rows: part and contents, packed.

    `before` and `after` are called around each thing that it does.
    """

    tables: dict[str, tuple[str, dict[int, tuple[Part, str]]]] = field(default_factory=dict)
    timeout_seconds: float = 1.0
    number: int = 1
    away: bool = False
    before: Callable[[], None] = lambda: None
    after: Callable[[], None] = lambda: None

    def doing(self) -> None:
        self.connection()
        self.before()

    def connection(self) -> int:
        if self.away:
            raise IndexUnavailable("Milvus at nowhere:1 cannot be used")
        return self.number

    def ping(self) -> None:
        self.doing()

    def close(self) -> None: ...

    def restart(self, *, away: bool = False) -> None:
        """Be away, or come back: whoever asks next is connected anew."""
        self.away = away
        self.number += 1

    def rows(self) -> set[int]:
        """Return the rows of the only table."""
        [(_, rows)] = self.tables.values()
        return set(rows)


class FakeTable:
    """What `index.milvus.table.Table` does, in a FakeEngine."""

    def __init__(self, engine: FakeEngine, name: str, layout: Layout) -> None:
        self._engine = engine
        self.name = name
        self.layout = layout

    def create(self, mark: str) -> None:
        self._engine.doing()
        _, rows = self._engine.tables.get(self.name, ("", {}))
        self._engine.tables[self.name] = (mark, rows)
        self._engine.after()

    def open(self, mark: str) -> int:
        self._engine.doing()
        if self.name not in self._engine.tables:
            raise MissingIndex("there is no such table")
        found, rows = self._engine.tables[self.name]
        if found != mark:
            raise IncompatibleIndex("it was made by something else")
        return len(rows)

    def drop(self) -> None:
        self._engine.doing()
        self._engine.tables.pop(self.name, None)
        self._engine.after()

    def upsert(self, written: Written) -> Iterator[None]:
        passages = written.passages
        for at in range(len(passages)):
            self._engine.doing()
            part = (int(passages.collections[at]), passages.languages[at])
            self._rows[int(passages.rows[at])] = (part, written.contents[at])
            self._engine.after()
            yield

    def remove(self, rows: Rows) -> None:
        for row in rows.tolist():
            self._engine.doing()
            self._rows.pop(row, None)
            self._engine.after()

    def contents(self, rows: Rows) -> Iterator[tuple[Part, Contents]]:
        if len(rows):
            self._engine.doing()
        for row in np.unique(rows).tolist():
            if row in self._rows:
                part, text = self._rows[row]
                yield part, unpacked(text)

    @property
    def _rows(self) -> dict[int, tuple[Part, str]]:
        if self.name not in self._engine.tables:
            raise IndexUnavailable(f"collection {self.name} does not exist")
        return self._engine.tables[self.name][1]
