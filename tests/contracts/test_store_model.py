"""Any order of steps leaves a store holding what a plain dict would hold."""

import shutil
import tempfile
from pathlib import Path

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from documents.models import Document, Passage
from documents.records import StoredPassage, document_id
from documents.sqlite_store import SqliteStore

COLLECTIONS = st.sampled_from(["default", "autre"])
SOURCES = st.sampled_from(["a", "b", "c"])
TEXTS = st.lists(st.sampled_from(["Un.", "L’été.", "145\u00a0%", "œ" * 5000]), max_size=4)
ENCODERS = st.sampled_from(["one", "two"])


class StoreAgainstDict(RuleBasedStateMachine):
    """`model` holds the passages and the encoder of each (collection, source)."""

    @initialize()
    def start(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sourcier-"))
        self.store = SqliteStore.open(self.folder / "store.db")
        self.model: dict[tuple[str, str], tuple[list[str], str]] = {}
        self.index: dict[int, str] = {}  # a derived index: live rows and their texts
        self.indexed = 0
        self.store.create_collection("autre")

    @rule(collection=COLLECTIONS, source=SOURCES, texts=TEXTS, encoder=ENCODERS)
    def put(self, collection: str, source: str, texts: list[str], encoder: str) -> None:
        key = (collection, source)
        before = self.model.get(key)
        text = " ".join(texts)
        document = Document("", collection, source, source, "fr", text, f"{hash(text)}")
        passages, start = [], 0
        for part in texts:
            passages.append(Passage(start, start + len(part), part, "fr", ()))
            start += len(part) + 1
        vectors = np.full((len(texts), 4), len(text), np.float32)

        status = self.store.put(document, passages, vectors, fingerprint=encoder).status

        self.model[key] = (texts, encoder)
        assert status == (
            "new" if before is None else "unchanged" if before == (texts, encoder) else "replaced"
        )

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
        self.store = SqliteStore.open(self.folder / "store.db")

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
            texts, encoder = self.model[summary.collection, summary.source]
            document = self.store.document(summary.id)
            assert document is not None
            assert document.text == " ".join(texts)
            assert (summary.passages, summary.fingerprint) == (len(texts), encoder)
        held = sorted((p.document.id, p.ordinal, p.passage.text) for p in self._live().values())
        assert held == sorted(
            (document_id(*key), ordinal, text)
            for key, (texts, _) in self.model.items()
            for ordinal, text in enumerate(texts)
        )

    @invariant()
    def vectors_and_passages_have_the_same_rows(self) -> None:
        rows = {
            int(row)
            for fingerprint in self.store.fingerprints()
            for batch in self.store.vectors(fingerprint=fingerprint, batch=2)
            for row in batch.rows
        }
        assert rows == set(self._live())

    def _live(self) -> dict[int, StoredPassage]:
        rows = [int(row) for batch in self.store.entries() for row in batch.rows]
        return self.store.passages(rows)

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)


TestStoreAgainstDict = StoreAgainstDict.TestCase
TestStoreAgainstDict.settings = settings(max_examples=15, stateful_step_count=20, deadline=None)
