from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from documents.limits import Limits
from documents.store.store import Store
from index.late_interaction import LateInteraction, TokenIndex
from index.reading import Reading
from index.readings import Readings
from rag.library import Library
from rag.lines import LineReader
from rag.reading_ahead import ReadingAhead
from tests.rag.fakes import FakeEncoder
from tests.rag.texts import BAKERY, LIGHTHOUSE
from tests.waiting import wait_for


@dataclass(frozen=True)
class Reader:
    encoder: FakeEncoder
    lines: LineReader


@pytest.fixture
def readings(tmp_path: Path) -> Iterator[Readings]:
    (tmp_path / "index").mkdir()
    readings = Readings(tmp_path / "index", fingerprint="fake-1", dimension=8)
    yield readings
    readings.close()


@pytest.fixture
def lines(interaction: LateInteraction, readings: Readings) -> LineReader:
    return LineReader(interaction, readings)


@pytest.fixture
def library(store: Store) -> Library:
    return Library(store, FakeEncoder, Limits(), min_words=60, max_words=180)


def known_rows(lines: LineReader, store: Store) -> set[int]:
    """Return the rows of which everything is known as it is stored."""
    rows = [row for change in store.changes(0) for row in change.added]
    stored = list(store.passages(rows).values())
    read = zip(stored, lines.read(stored), strict=True)
    return {one.row for one, found in read if found.vectors is not None}


def test_all_that_is_stored_is_read(store: Store, library: Library, lines: LineReader) -> None:
    for number in range(20):
        library.add_text(f"Le moulin numéro {number} tourne depuis 1887.", source=f"{number}")
    ahead = ReadingAhead(store, now=lambda: reader)
    reader = Reader(FakeEncoder(), lines)
    ahead.start()
    wait_for(lambda: len(known_rows(lines, store)) == 20)
    ahead.close()


def test_what_comes_is_read_and_what_goes_is_forgotten(
    store: Store,
    library: Library,
    readings: Readings,
    lines: LineReader,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("rag.reading_ahead._LOOK_SECONDS", 0.02)
    first = library.add_text(LIGHTHOUSE, source="phare")
    reader = Reader(FakeEncoder(), lines)
    ahead = ReadingAhead(store, now=lambda: reader)
    ahead.start()
    wait_for(lambda: bool(known_rows(lines, store)))
    library.add_text(BAKERY, source="four")
    store.delete(first.document.id)
    wait_for(lambda: set(readings.rows()) == known_rows(lines, store) != set())
    ahead.close()


def test_what_went_while_nobody_read_is_forgotten_at_the_start(
    store: Store, library: Library, readings: Readings, lines: LineReader
) -> None:
    nothing = Reading(np.ones((1, 8), np.float32), TokenIndex.empty(2), [[], []])
    readings.keep([(4711, ["Titre\n", "Une phrase d’un document supprimé."], nothing)])
    library.add_text(LIGHTHOUSE, source="phare")
    reader = Reader(FakeEncoder(), lines)
    ahead = ReadingAhead(store, now=lambda: reader)
    ahead.start()
    wait_for(lambda: set(readings.rows()) == known_rows(lines, store) != set())
    ahead.close()


def test_what_was_read_is_not_read_again(store: Store, library: Library, lines: LineReader) -> None:
    library.add_text(LIGHTHOUSE, source="phare")
    for expected in ("some", "none"):
        reader = Reader(FakeEncoder(), lines)
        ahead = ReadingAhead(store, now=lambda reader=reader: reader)  # type: ignore[misc]
        ahead.start()
        wait_for(lambda: bool(known_rows(lines, store)))
        ahead.close()
        assert bool(reader.encoder.read) == (expected == "some")


def test_another_encoder_that_serves_reads_for_itself(
    store: Store, library: Library, readings: Readings, lines: LineReader, tmp_path: Path
) -> None:
    library.add_text(LIGHTHOUSE, source="phare")
    serving = [Reader(FakeEncoder(), lines)]
    ahead = ReadingAhead(store, now=lambda: serving[-1])
    ahead.start()
    wait_for(lambda: bool(known_rows(lines, store)))
    anew = Readings(tmp_path / "index", fingerprint="fake-2", dimension=8)
    others = replace(lines, readings=anew)
    serving.append(Reader(FakeEncoder(fingerprint="fake-2"), others))
    wait_for(lambda: bool(known_rows(others, store)))
    ahead.close()
    anew.close()
    readings.close()
    assert known_rows(lines, store) == set()
