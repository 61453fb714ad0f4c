from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from documents.limits import Limits
from documents.store.store import Store
from index.encoder import Vectors
from index.readings import Readings
from rag.library import Library
from rag.reading_ahead import ReadingAhead
from rag.retrieval import Found
from rag.sentence_vectors import SentenceVectors, sentences_of
from tests.rag.fakes import FakeEncoder, make_evidence, make_found
from tests.rag.texts import BAKERY, LIGHTHOUSE
from tests.waiting import wait_for


@dataclass(frozen=True)
class Reader:
    encoder: FakeEncoder
    readings: Readings | None


@pytest.fixture
def readings(tmp_path: Path) -> Iterator[Readings]:
    (tmp_path / "index").mkdir()
    readings = Readings(tmp_path / "index", fingerprint="fake-1", dimension=8)
    yield readings
    readings.close()


@pytest.fixture
def library(store: Store) -> Library:
    return Library(store, FakeEncoder, Limits(), min_words=60, max_words=180)


def known_rows(readings: Readings, store: Store) -> set[int]:
    """Return the rows of which everything is known as it is stored."""
    rows = [row for change in store.changes(0) for row in change.added]
    texts = {row: sentences_of(stored) for row, stored in store.passages(rows).items()}
    return {row for row, known in readings.known(texts).items() if len(known) == len(texts[row])}


def test_all_that_is_stored_is_read(store: Store, library: Library, readings: Readings) -> None:
    for number in range(20):
        library.add_text(f"Le moulin numéro {number} tourne depuis 1887.", source=f"{number}")
    ahead = ReadingAhead(store, now=lambda: reader)
    reader = Reader(FakeEncoder(), readings)
    ahead.start()
    wait_for(lambda: len(known_rows(readings, store)) == 20)
    ahead.close()


def test_what_comes_is_read_and_what_goes_is_forgotten(
    store: Store, library: Library, readings: Readings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.reading_ahead._LOOK_SECONDS", 0.02)
    first = library.add_text(LIGHTHOUSE, source="phare")
    reader = Reader(FakeEncoder(), readings)
    ahead = ReadingAhead(store, now=lambda: reader)
    ahead.start()
    wait_for(lambda: bool(known_rows(readings, store)))
    library.add_text(BAKERY, source="four")
    store.delete(first.document.id)
    wait_for(lambda: set(readings.rows()) == known_rows(readings, store) != set())
    ahead.close()


def test_what_went_while_nobody_read_is_forgotten_at_the_start(
    store: Store, library: Library, readings: Readings
) -> None:
    readings.keep([(4711, ["Une phrase d’un document supprimé."], np.ones((1, 8), np.float32))])
    library.add_text(LIGHTHOUSE, source="phare")
    reader = Reader(FakeEncoder(), readings)
    ahead = ReadingAhead(store, now=lambda: reader)
    ahead.start()
    wait_for(lambda: set(readings.rows()) == known_rows(readings, store) != set())
    ahead.close()


def test_what_was_read_is_not_read_again(
    store: Store, library: Library, readings: Readings
) -> None:
    library.add_text(LIGHTHOUSE, source="phare")
    for expected in ("some", "none"):
        reader = Reader(FakeEncoder(), readings)
        ahead = ReadingAhead(store, now=lambda reader=reader: reader)  # type: ignore[misc]
        ahead.start()
        wait_for(lambda: bool(known_rows(readings, store)))
        ahead.close()
        assert bool(reader.encoder.read) == (expected == "some")


def test_another_encoder_that_serves_reads_for_itself(
    store: Store, library: Library, readings: Readings, tmp_path: Path
) -> None:
    library.add_text(LIGHTHOUSE, source="phare")
    serving = [Reader(FakeEncoder(), readings)]
    ahead = ReadingAhead(store, now=lambda: serving[-1])
    ahead.start()
    wait_for(lambda: bool(known_rows(readings, store)))
    others = Readings(tmp_path / "index", fingerprint="fake-2", dimension=8)
    serving.append(Reader(FakeEncoder(fingerprint="fake-2"), others))
    wait_for(lambda: bool(known_rows(others, store)))
    ahead.close()
    others.close()
    readings.close()
    assert known_rows(readings, store) == set()


class NothingToRead(FakeEncoder):
    """Fails where it is asked to read."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        raise AssertionError(f"it was read before: {texts}")


def sentences(found: Found) -> list[str]:
    return sentences_of(found.hit.stored)


def test_a_sentence_has_the_same_vector_read_ahead_or_not(readings: Readings) -> None:
    tower, oven = make_found(), make_found(BAKERY, row=2, document_id="doc_00000000000000bb")
    evidence = [make_evidence(tower, 1), make_evidence(oven, 0), make_evidence(tower, 0)]
    live = SentenceVectors(FakeEncoder(), readings).of(evidence)
    for found in (tower, oven):
        texts = sentences(found)
        readings.keep([(found.hit.stored.row, texts, FakeEncoder().encode_passages(texts))])
    assert np.array_equal(SentenceVectors(NothingToRead(), readings).of(evidence), live)


def test_a_sentence_that_was_not_read_is_read_among_others_that_were(readings: Readings) -> None:
    tower, oven = make_found(), make_found(BAKERY, row=2, document_id="doc_00000000000000bb")
    evidence = [make_evidence(tower, 1), make_evidence(oven, 0)]
    live = SentenceVectors(FakeEncoder()).of(evidence)
    texts = sentences(oven)
    readings.keep([(oven.hit.stored.row, texts, FakeEncoder().encode_passages(texts))])
    encoder = FakeEncoder()
    assert np.array_equal(SentenceVectors(encoder, readings).of(evidence), live)
    assert encoder.read == 1
