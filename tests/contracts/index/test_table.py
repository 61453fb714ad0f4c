"""A table of Milvus: what is refused when it is opened, and what reaches an engine that is away."""

import time
from collections.abc import Iterator
from uuid import uuid4

import numpy as np
import pytest

from benchmarks.engine_servers import free_port
from index.errors import IncompatibleIndex, IndexUnavailable, MissingIndex
from index.milvus.engine import Engine
from index.milvus.layout import Layout
from index.milvus.packing import packed
from index.milvus.table import Table, Written, within
from index.segment import Additions
from tests.contracts.milvus_lite import KIND, WORDS, needs_lite, needs_words

pytestmark = needs_lite
MARK = '{"store": "ours"}'


@pytest.fixture
def engine(milvus: str) -> Engine:
    return Engine(milvus, timeout_seconds=20)


@pytest.fixture
def table(engine: Engine) -> Iterator[Table]:
    table = Table(engine, f"sourcier_test_{uuid4().hex}", Layout(8, KIND, WORDS))
    table.create(MARK)
    yield table
    table.drop()


def written(rows: list[int], *, collection: int = 1, term: int = 5) -> Written:
    vectors = np.eye(8, dtype=np.float32)[[row % 8 for row in rows]]
    languages = ["fr" for _ in rows]
    passages = Additions(rows, [collection] * len(rows), languages, vectors, [["x"]] * len(rows))
    contents = packed(1, {term: 1}, np.array([3], np.uint16), np.empty(0, np.uint64))
    return Written(passages, [{0: 1.0, term: 0.5}] * len(rows), [contents] * len(rows))


def test_a_table_is_opened_by_who_made_it(table: Table) -> None:
    list(table.upsert(written([1, 2, 3])))
    assert table.open(MARK) == 3
    table.create(MARK)  # once more, as after a crash
    assert table.open(MARK) == 3


def test_a_table_that_is_not_what_was_made_is_refused(engine: Engine, table: Table) -> None:
    with pytest.raises(IncompatibleIndex, match="made by something else"):
        table.open('{"store": "theirs"}')
    with pytest.raises(IncompatibleIndex, match=r"vector differ; .*rag rebuild"):
        Table(engine, table.name, Layout(9, KIND, WORDS)).open(MARK)
    with pytest.raises(IncompatibleIndex, match="words differ"):
        Table(engine, table.name, Layout(8, KIND, not WORDS)).open(MARK)
    with pytest.raises(MissingIndex, match="nowhere"):
        Table(engine, "nowhere", Layout(8, KIND, WORDS)).open(MARK)


def test_what_is_written_again_takes_the_place_of_what_was(table: Table) -> None:
    list(table.upsert(written([1, 2])))
    list(table.upsert(written([2], collection=7, term=9)))
    found = dict(zip((1, 2), table.contents(np.array([1, 2, 3])), strict=True))

    assert table.count() == 2
    assert sorted(part for part, _ in found.values()) == [(1, "fr"), (7, "fr")]


@needs_words
def test_words_are_searched_by_the_weights_that_were_written(table: Table) -> None:
    list(table.upsert(written([1, 2])))
    list(table.upsert(written([2], term=9)))

    hits = table.search("words", {9: 3.0, 7: 1.0}, 5, where=within(1, "fr"), consistency="Strong")
    assert (hits.rows.tolist(), hits.scores.tolist()) == ([2], [1.5])


def test_what_is_removed_is_not_found(table: Table) -> None:
    list(table.upsert(written(list(range(1, 20)))))
    table.remove(np.array([3, 4, 99]))

    vector = np.eye(8, dtype=np.float32)[3]
    hits = table.search("vector", vector, 50, where=within(1, "fr"), consistency="Strong")
    assert sorted(hits.rows.tolist()) == [row for row in range(1, 20) if row not in (3, 4)]
    assert table.count() == 17


def test_the_mark_is_no_passage(table: Table) -> None:
    vector = np.eye(8, dtype=np.float32)[0]
    hits = table.search("vector", vector, 5, where=within(1, "fr"), consistency="Strong")
    assert (len(hits.rows), table.count()) == (0, 0)


def test_an_engine_that_is_away_is_told_at_once_with_its_setting() -> None:
    address = f"http://127.0.0.1:{free_port()}"
    engine = Engine(address, timeout_seconds=30, setting="SOURCIER_MILVUS_URI")
    start = time.monotonic()
    for _ in range(20):
        with pytest.raises(IndexUnavailable, match=r"refused.*SOURCIER_MILVUS_URI"):
            engine.ping()
    assert time.monotonic() - start < 10


def test_over_a_connection_that_was_lost_nothing_is_asked(engine: Engine, table: Table) -> None:
    list(table.upsert(written([1])))
    before = engine.connection()

    def search() -> int:
        vector = np.eye(8, dtype=np.float32)[1]
        where = within(1, "fr")
        found = table.search("vector", vector, 5, where=where, consistency="Strong", over=before)
        return len(found.rows)

    assert search() == 1
    engine.close()
    with pytest.raises(IndexUnavailable, match="connected anew"):
        search()
    assert engine.connection() == before + 1
