"""The graph that is written for other runtimes is the shipped one, but for the integers."""

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.runtimes import graphs, participant
from index.transformer_encoder import TransformerEncoder
from rag.encoders import TRANSFORMER

TEXTS = ("Le boulanger ouvre à six heures.", "The bakery opens at six.", "Qui garde le phare ?")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("graphs")
    tokens = TransformerEncoder.load(TRANSFORMER)._tokens(TEXTS)
    (made / "texts.json").write_text(json.dumps({"questions": tokens, "passages": tokens}))
    graphs.write(TRANSFORMER / "model.onnx", made, tokens)
    return made


@pytest.mark.parametrize(
    ("graph", "least"), [("shipped", 0.99999), ("floats", 0.99), ("fixed", 0.98)]
)
def test_each_graph_gives_the_vectors_of_the_encoder(
    folder: Path, graph: str, least: float
) -> None:
    figures = participant.main(participant.onnx_runtime, folder, graph)
    vectors = np.load(folder / f"onnx_runtime-{graph}.npy")
    shipped = TransformerEncoder.load(TRANSFORMER).encode_passages(TEXTS)
    assert np.sum(vectors * shipped, axis=1).min() > least
    assert all(figures[name] > 0 for name in ("question_ms", "passages_a_second", "start_ms"))
