"""Any order of steps leaves a store holding what a plain dict would hold."""

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from benchmarks.postgres_server import PostgresServer
from documents.models import Document, Passage
from documents.records import Entries, StoredEncoder, StoredPassage, document_id
from documents.store.store import Store
from tests.contracts.stores import Made, Opener, stretches_of

COLLECTIONS = st.sampled_from(["default", "autre"])
SOURCES = st.sampled_from(["a", "b", "c"])
TEXTS = st.lists(st.sampled_from(["Un.", "L’été.", "145\u00a0%", "œ" * 5000]), max_size=4)
ENCODERS = st.sampled_from([StoredEncoder(name, name, len(name)) for name in ("one", "four")])


def made_of(encoder: StoredEncoder, texts: Sequence[str]) -> Made:
    """Vectors and stretches that tell their text and their encoder."""
    lengths = np.array([len(text) for text in texts], np.float32)
    vectors = np.repeat(lengths[:, None], encoder.dimension, axis=1)
    return Made(vectors, [encoder.name.encode() + one for one in stretches_of(texts)])


class StoreAgainstDict(RuleBasedStateMachine):
    """`model` holds the passages of each (collection, source), `encoder` is the one that serves."""

    def opener(self) -> Opener:
        return lambda: Store.open(self.folder / "store.db")

    @initialize()
    def start(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sourcier-"))
        self.open = self.opener()
        self.store = self.open()
        self.model: dict[tuple[str, str], list[str]] = {}
        self.encoder = StoredEncoder("one", "one", 3)
        self.store.encoders.adopt(self.encoder)
        self.index: dict[int, str] = {}  # a derived index: live rows and their texts
        self.indexed = 0
        self.store.create_collection("autre")

    @rule(collection=COLLECTIONS, source=SOURCES, texts=TEXTS)
    def put(self, collection: str, source: str, texts: list[str]) -> None:
        key = (collection, source)
        before = self.model.get(key)
        text = " ".join(texts)
        document = Document("", collection, source, source, "fr", text, f"{hash(text)}")
        passages, start = [], 0
        for part in texts:
            passages.append(Passage(start, start + len(part), part, "fr", ()))
            start += len(part) + 1
        made = made_of(self.encoder, texts)

        status = self.store.put(
            document,
            passages,
            made.vectors,
            fingerprint=self.encoder.fingerprint,
            stretches=made.stretches,
        ).status

        self.model[key] = texts
        assert status == (
            "new" if before is None else "unchanged" if before == texts else "replaced"
        )

    @rule(encoder=ENCODERS, most=st.integers(1, 5))
    def encode_beside(self, encoder: StoredEncoder, most: int) -> None:
        batch = self.store.encoders.unencoded(encoder.fingerprint, most=most)
        if batch is None:
            done, passages = self.store.encoders.progress(encoder.fingerprint)
            assert done == passages == self.store.counts().passages
        else:
            self.store.encoders.add_vectors(encoder, batch.rows, made_of(encoder, batch.texts))

    @rule(encoder=ENCODERS)
    def switch(self, encoder: StoredEncoder) -> None:
        done, passages = self.store.encoders.progress(encoder.fingerprint)

        def encode(entries: Entries) -> Made:
            return made_of(encoder, entries.texts)

        assert self.store.encoders.switch(encoder, encode, most=2) == (passages - done <= 2)
        if passages - done <= 2:
            self.encoder = encoder

    @rule(encoder=ENCODERS)
    def drop_others(self, encoder: StoredEncoder) -> None:
        while self.store.encoders.drop_others(encoder.fingerprint):
            pass
        stored = {self.encoder, encoder}
        for other in {StoredEncoder("one", "one", 3), StoredEncoder("four", "four", 4)} - stored:
            assert not list(self.store.vectors(fingerprint=other.fingerprint))

    @rule(collection=COLLECTIONS, source=SOURCES)
    def delete(self, collection: str, source: str) -> None:
        was_there = self.model.pop((collection, source), None) is not None
        assert self.store.delete(document_id(collection, source)) == was_there

    @rule(name=COLLECTIONS)
    def empty_collection(self, name: str) -> None:
        gone = [key for key in self.model if key[0] == name]
        assert self.store.delete_collection(name) == len(gone)
        for key in gone:
            del self.model[key]
        self.store.create_collection(name)

    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.store = self.open()

    @precondition(lambda self: self.indexed < self.store.last_change())
    @rule(batch=st.integers(1, 5))
    def follow_the_feed(self, batch: int) -> None:
        changes = self.store.changes(self.indexed)
        for change in changes:
            for row in change.removed:
                self.index.pop(row, None)
        for entries in self.store.entries([c.added for c in changes], batch=batch):
            self.index.update(zip(entries.rows.tolist(), entries.texts, strict=True))
        self.indexed = changes[-1].number
        assert self.index == {row: held.passage.text for row, held in self._live().items()}

    @invariant()
    def every_way_of_reading_agrees_with_the_model(self) -> None:
        listed = [
            summary
            for collection in ("default", "autre")
            for summary in self.store.documents(collection).documents
        ]
        assert {(d.collection, d.source) for d in listed} == set(self.model)
        assert self.store.counts().documents == len(listed) == len(self.model)
        for summary in listed:
            texts = self.model[summary.collection, summary.source]
            document = self.store.document(summary.id)
            assert document is not None
            assert document.text == " ".join(texts)
            assert summary.passages == len(texts)
            assert summary.fingerprint == self.encoder.fingerprint
        held = sorted((p.document.id, p.ordinal, p.passage.text) for p in self._live().values())
        assert held == sorted(
            (document_id(*key), ordinal, text)
            for key, texts in self.model.items()
            for ordinal, text in enumerate(texts)
        )

    @invariant()
    def each_encoder_has_vectors_of_the_first_passages_and_the_serving_one_of_all(self) -> None:
        live = self._live()
        assert self.store.encoders.serving() == self.encoder
        for encoder in (StoredEncoder("one", "one", 3), StoredEncoder("four", "four", 4)):
            batches = list(self.store.vectors(fingerprint=encoder.fingerprint, batch=2))
            rows = [int(row) for batch in batches for row in batch.rows]
            assert rows == sorted(live)[: len(rows)]
            assert self.store.encoders.progress(encoder.fingerprint) == (len(rows), len(live))
            if batches:
                texts = [live[row].passage.text for row in rows]
                vectors = np.concatenate([batch.vectors for batch in batches])
                np.testing.assert_array_equal(vectors, made_of(encoder, texts).vectors)
            assert encoder != self.encoder or len(rows) == len(live)

    def _live(self) -> dict[int, StoredPassage]:
        rows = [int(row) for batch in self.store.entries() for row in batch.rows]
        return self.store.passages(rows)

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)


class PostgresStoreAgainstDict(StoreAgainstDict):
    """The same over a server."""

    server: ClassVar[PostgresServer]

    def opener(self) -> Opener:
        from documents.store.postgres_connections import PostgresConnections  # noqa: PLC0415

        url = self.server.new_url()
        return lambda: Store(PostgresConnections.open(url))


def test_any_order_of_steps_leaves_a_server_with_what_a_dict_holds(
    postgres: PostgresServer,
) -> None:
    PostgresStoreAgainstDict.server = postgres
    run_state_machine_as_test(
        PostgresStoreAgainstDict,
        settings=settings(max_examples=6, stateful_step_count=15, deadline=None),
    )


TestStoreAgainstDict = StoreAgainstDict.TestCase
TestStoreAgainstDict.settings = settings(max_examples=15, stateful_step_count=20, deadline=None)
