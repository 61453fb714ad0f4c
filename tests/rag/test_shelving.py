"""Rows of a file are encoded in few calls, and each is stored, or refused, on its own."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from documents.limits import Limits
from documents.records import StoredEncoder
from documents.store.store import Store
from index.encoder import ReadPassages, Vectors
from index.errors import TextRefused
from rag.library import Library
from tests.rag.fakes import FakeEncoder

ROWS = "id,text\n" + "".join(f"r{number},Le moulin {number} tourne.\n" for number in range(150))


@dataclass
class Calls(FakeEncoder):
    """Remembers how many texts came at a time; refuses those that hold `refused`."""

    sizes: list[int] = field(default_factory=list)
    refused: str = "∅"

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.sizes.append(len(texts))
        if any(self.refused in text for text in texts):
            raise TextRefused("too long")
        return super().encode_passages(texts)


@pytest.fixture
def encoder() -> Calls:
    return Calls()


@pytest.fixture
def library(store: Store, encoder: Calls) -> Library:
    return Library(store, lambda: encoder, Limits(), min_words=60, max_words=180)


def test_rows_are_encoded_many_at_a_time(library: Library, encoder: Calls, store: Store) -> None:
    added = library.add_file(ROWS.encode(), name="rows.csv")

    assert len(added.documents) == 150
    assert encoder.sizes == [64, 64, 22]
    alone = Calls()
    [vectors] = store.vectors(fingerprint=alone.fingerprint)
    texts = [f"{stored.document.title}\n{stored.document.text}" for stored in added.documents]
    assert (vectors.vectors == alone.encode_passages(texts)).all()


def test_rows_that_are_stored_already_are_not_encoded(library: Library, encoder: Calls) -> None:
    library.add_file(ROWS.encode(), name="rows.csv")
    encoder.sizes.clear()
    added = library.add_file(ROWS.replace("moulin 7 ", "four 7 ").encode(), name="rows.csv")

    assert [stored.status for stored in added.documents].count("replaced") == 1
    assert encoder.sizes == [1]


def test_a_row_that_the_encoder_refuses_is_the_only_one(library: Library, encoder: Calls) -> None:
    encoder.refused = "moulin 70 "
    added = library.add_file(ROWS.encode(), name="rows.csv")

    assert len(added.documents) == 149
    assert [problem.key for problem in added.problems] == ["r70"]


def test_rows_encoded_while_the_encoder_changes_are_encoded_again(store: Store) -> None:
    new = FakeEncoder(name="b", fingerprint="fake-2", dimension=4)

    class Switching(FakeEncoder):
        def encode_passages(self, texts: Sequence[str]) -> Vectors:
            made = ReadPassages(super().encode_passages(texts), [b""] * len(texts))
            store.encoders.switch(StoredEncoder("fake-2", "b", 4), lambda _: made, most=0)
            serving[0] = new
            return made.vectors

    serving: list[FakeEncoder] = [Switching()]
    library = Library(store, lambda: serving[0], Limits(), min_words=60, max_words=180)

    assert len(library.add_file(ROWS.encode(), name="rows.csv").documents) == 150
    assert store.fingerprints() == {"fake-2": 150}
