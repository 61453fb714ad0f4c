"""Lines read ahead of a question are those read when it is asked."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from documents.models import Language
from documents.records import StoredPassage
from index.encoder import Vectors
from index.late_interaction import LateInteraction
from index.readings import Readings
from rag.calibration import Calibration
from rag.evidence import SentenceRanker
from rag.lines import LineReader, Lines
from rag.question import analyse
from rag.sentence_vectors import SentenceVectors
from tests.rag.fakes import FakeEncoder, FakeTranslator, make_found
from tests.rag.texts import BAKERY, LIGHTHOUSE

TOWER = make_found()
OVEN = make_found(BAKERY, row=2, document_id="doc_00000000000000bb")
LIGHT = make_found(LIGHTHOUSE, row=3, language="en", document_id="doc_00000000000000cc")
ALL = (TOWER, OVEN, LIGHT)
STORED = [found.hit.stored for found in ALL]


class NothingToRead(FakeEncoder):
    """Fails where it is asked to read."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        raise AssertionError(f"it was read before: {texts}")


@pytest.fixture
def readings(tmp_path: Path) -> Iterator[Readings]:
    readings = Readings(tmp_path, fingerprint="fake-1", dimension=8)
    yield readings
    readings.close()


def keep(readings: Readings, interaction: LateInteraction, *stored: StoredPassage) -> None:
    readings.keep(LineReader(interaction).ahead(stored, FakeEncoder()))


def said(lines: Lines) -> tuple[object, ...]:
    tokens = [lines.tokens.text(at).tolist() for at in range(len(lines.tokens))]
    return list(lines.texts), list(lines.sentences), tokens, [list(one) for one in lines.terms]


def test_the_first_line_is_what_stands_over_the_others(interaction: LateInteraction) -> None:
    [lines] = LineReader(interaction).read([TOWER.hit.stored])
    assert lines.texts == ["La tour\n", "La tour a été bâtie en 1889.", "Elle mesure 330 m."]
    assert lines.terms == [["tour"], ["tour", "ete", "bat", "1889"], ["mesur", "330"]]
    assert len(lines.tokens) == 3
    assert lines.vectors is None


@pytest.mark.parametrize("ahead", [(), (1,), (0, 2), (0, 1, 2)])
def test_lines_are_the_same_read_ahead_or_not(
    readings: Readings, interaction: LateInteraction, ahead: tuple[int, ...]
) -> None:
    keep(readings, interaction, *(STORED[at] for at in ahead))
    expected = LineReader(interaction).read(STORED)
    found = LineReader(interaction, readings).read(STORED)
    assert [said(lines) for lines in found] == [said(lines) for lines in expected]
    assert [at for at, lines in enumerate(found) if lines.vectors is not None] == list(ahead)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_sentences_rank_the_same_read_ahead_or_not(
    readings: Readings, interaction: LateInteraction, language: Language
) -> None:
    model = Calibration.fitted_to("embedded-static").sentence
    question = analyse("Qui a bâti la tour ?", translator=FakeTranslator(), language=language)
    live = SentenceRanker(LineReader(interaction), model).rank(question, ALL)
    keep(readings, interaction, *STORED)
    looked_up = SentenceRanker(LineReader(interaction, readings), model).rank(question, ALL)

    assert [(one.text, one.log_odds, one.measures) for one in looked_up] == [
        (one.text, one.log_odds, one.measures) for one in live
    ]
    expected = SentenceVectors(FakeEncoder()).of(live)
    assert np.array_equal(SentenceVectors(NothingToRead()).of(looked_up), expected)


def test_a_sentence_that_was_not_read_is_read_among_others_that_were(
    readings: Readings, interaction: LateInteraction
) -> None:
    model = Calibration.fitted_to("embedded-static").sentence
    question = analyse("Quelle tour ?", translator=FakeTranslator(), language="fr")
    keep(readings, interaction, OVEN.hit.stored)
    reader = LineReader(interaction, readings)
    evidence = SentenceRanker(reader, model).rank(question, (TOWER, OVEN))
    encoder = FakeEncoder()
    unread = SentenceRanker(LineReader(interaction), model).rank(question, (TOWER, OVEN))
    live = SentenceVectors(FakeEncoder()).of(unread)
    assert np.array_equal(SentenceVectors(encoder).of(evidence), live)
    assert encoder.read == 2
