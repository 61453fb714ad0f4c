"""What products read is made even, and 8 bits then hold more of it."""

from pathlib import Path

import numpy as np
import pytest

from training.smoothing import factors, sample_texts
from training.sources import Pair


def test_factors_even_out_what_is_read_and_do_not_scale_it() -> None:
    largest = np.array([100, 1, 1], np.float32)
    factor = factors(largest, np.ones((3, 2), np.float32))
    assert np.exp(np.log(factor).mean()) == pytest.approx(1)
    assert factor[0] > 10 * factor[1]
    assert (largest / factor).max() / (largest / factor).min() < 100


def test_a_channel_that_is_never_read_is_no_harm() -> None:
    factor = factors(np.zeros(3, np.float32), np.zeros((3, 2), np.float32))
    assert factor == pytest.approx(1)


def test_texts_come_from_all_over_in_both_languages() -> None:
    pairs = [Pair("news", f"line {n}", f"ligne {n}") for n in range(1000)]
    texts = sample_texts(pairs)
    assert texts[0] == "line 0"
    assert any("ligne 995" in text for text in texts)
    assert max(len(text.split()) for text in texts) == 10
    assert sample_texts(pairs[:1])[0] == "line 0"


def test_integers_are_nearer_to_the_weights_where_one_channel_outgrows_the_others(
    teacher_folder: Path, tmp_path: Path
) -> None:
    import torch  # noqa: PLC0415 - heavy
    from transformers import BertModel  # noqa: PLC0415 - heavy

    from index.transformer_encoder import TransformerEncoder  # noqa: PLC0415 - with its neighbours
    from training import onnx_export, transformer_export  # noqa: PLC0415 - imports torch
    from training.measure import ExactEncoder  # noqa: PLC0415 - with its neighbours

    body = BertModel.from_pretrained(teacher_folder, add_pooling_layer=False)
    with torch.no_grad():
        body.embeddings.LayerNorm.weight[3] = 60
    run = tmp_path / "run"
    body.save_pretrained(run / "body")
    (run / "tokenizer.json").write_bytes((teacher_folder / "tokenizer.json").read_bytes())
    texts = ["the cat sleeps", "the dog burns the house", "the king sings"]
    expected = ExactEncoder.load(run).encode_passages(texts)

    def error() -> float:
        made = TransformerEncoder.load(tmp_path / "model").encode_passages(texts)
        return float(1 - (made * expected).sum(axis=1).mean())

    def export() -> None:
        tokenizer = run / "tokenizer.json"
        transformer_export.export(body, tokenizer, tmp_path / "model", texts=texts, recipe={})

    export()
    smooth = error()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(onnx_export, "factors", lambda largest, _: np.ones_like(largest))
        export()
    assert smooth < 0.5 * error()
