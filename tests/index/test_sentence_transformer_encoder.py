"""Real loading code on a model of a few kilobytes that the tests write themselves."""

import json
from pathlib import Path

import numpy as np
import pytest

from index.encoder import Encoder
from index.errors import EncoderUnavailable
from index.sentence_transformer_encoder import (
    Prompts,
    SentenceTransformerEncoder,
    choose_prompts,
)

WORDS = ("la", "pluie", "tombe", "the", "rain", "falls", "query", "passage", ":", "sur", "on")


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a random BERT of one layer with a vocabulary of a dozen words."""
    import torch  # noqa: PLC0415 - heavy
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - heavy
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer  # noqa: PLC0415 - heavy
    from transformers import BertConfig, BertModel, BertTokenizerFast  # noqa: PLC0415 - heavy

    folder = tmp_path_factory.mktemp("model")
    vocabulary = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS)
    (folder / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=32,
    )
    body = folder / "body"
    BertModel(config).eval().save_pretrained(body)
    BertTokenizerFast(vocab={word: row for row, word in enumerate(vocabulary)}).save_pretrained(
        body
    )
    transformer = Transformer(str(body), max_seq_length=32)
    pooling = Pooling(transformer.get_embedding_dimension())
    whole = folder / "whole"
    SentenceTransformer(modules=[transformer, pooling], device="cpu").save(
        str(whole), create_model_card=False
    )
    return whole


@pytest.fixture(scope="module")
def encoder(model_folder: Path) -> Encoder:
    return SentenceTransformerEncoder.load(str(model_folder), device="cpu")


def copy_with_prompts(folder: Path, target: Path, prompts: dict[str, str]) -> Path:
    """Copy a model and give it other prompts."""
    for path in folder.rglob("*"):
        if path.is_file():
            copied = target / path.relative_to(folder)
            copied.parent.mkdir(parents=True, exist_ok=True)
            copied.write_bytes(path.read_bytes())
    settings = target / "config_sentence_transformers.json"
    content = json.loads(settings.read_text()) | {"prompts": prompts}
    settings.write_text(json.dumps(content))
    return target


def test_vectors_are_float32_unit_rows_of_the_stated_width(encoder: Encoder) -> None:
    vectors = encoder.encode_passages(["la pluie tombe", "the rain falls", ""])
    assert vectors.dtype == np.float32
    assert vectors.shape == (3, encoder.dimension)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_no_text_gives_no_rows_of_the_stated_width(encoder: Encoder) -> None:
    assert encoder.encode_questions([]).shape == (0, encoder.dimension)


def test_a_text_has_the_same_vector_alone_and_in_company(encoder: Encoder) -> None:
    alone = encoder.encode_passages(["la pluie"])
    in_company = encoder.encode_passages(["the rain falls on the rain", "la pluie"])
    assert in_company[1] == pytest.approx(alone[0], abs=1e-5)


def test_without_prompts_a_question_is_embedded_like_a_passage(encoder: Encoder) -> None:
    text = ["la pluie"]
    assert encoder.encode_questions(text) == pytest.approx(encoder.encode_passages(text))


def test_the_models_own_prompts_are_put_in_front(model_folder: Path, tmp_path: Path) -> None:
    folder = copy_with_prompts(
        model_folder, tmp_path, {"query": "query : ", "document": "passage : "}
    )
    prompted = SentenceTransformerEncoder.load(str(folder), device="cpu")
    plain = SentenceTransformerEncoder.load(str(model_folder), device="cpu")
    expected = plain.encode_passages(["query : la pluie", "passage : la pluie"])
    assert prompted.encode_questions(["la pluie"])[0] == pytest.approx(expected[0], abs=1e-5)
    assert prompted.encode_passages(["la pluie"])[0] == pytest.approx(expected[1], abs=1e-5)


def test_a_folder_named_e5_gets_the_prefixes_of_e5(model_folder: Path, tmp_path: Path) -> None:
    folder = copy_with_prompts(model_folder, tmp_path / "multilingual-e5-tiny", {})
    e5 = SentenceTransformerEncoder.load(str(folder), device="cpu")
    plain = SentenceTransformerEncoder.load(str(model_folder), device="cpu")
    expected = plain.encode_passages(["query: la pluie"])
    assert e5.encode_questions(["la pluie"]) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(
    ("name", "own", "question", "passage"),
    [
        ("intfloat/multilingual-e5-small", {}, "query: ", "passage: "),
        ("intfloat/e5-base", {"query": "", "document": ""}, "query: ", "passage: "),
        ("some/e5-small", {"query": "ask: "}, "ask: ", ""),
        ("some/model", {"query": "q: ", "passage": "p: "}, "q: ", "p: "),
        ("BAAI/bge-m3", {}, "", ""),
        ("some/base5-large", {}, "", ""),
        ("models/core5", {}, "", ""),
    ],
)
def test_prompts_come_from_the_model_then_from_its_family(
    name: str, own: dict[str, str], question: str, passage: str
) -> None:
    assert choose_prompts(name, own) == Prompts(question=question, passage=passage)


def test_instructed_e5_has_a_prompt_for_questions_alone() -> None:
    prompts = choose_prompts("intfloat/multilingual-e5-large-instruct", {})
    assert prompts.question.startswith("Instruct: ")
    assert prompts.question.endswith("\nQuery: ")
    assert prompts.passage == ""


def test_the_fingerprint_is_that_of_the_content_not_of_the_place(
    model_folder: Path, tmp_path: Path, encoder: Encoder
) -> None:
    settings = json.loads((model_folder / "config_sentence_transformers.json").read_text())
    copied = copy_with_prompts(model_folder, tmp_path, settings["prompts"])
    (copied / "config_sentence_transformers.json").write_bytes(
        (model_folder / "config_sentence_transformers.json").read_bytes()
    )
    (copied / "README.md").write_text("Words about the model change no vector.")
    again = SentenceTransformerEncoder.load(str(copied), device="cpu")
    assert again.fingerprint == encoder.fingerprint


def test_other_prompts_give_another_fingerprint(
    model_folder: Path, tmp_path: Path, encoder: Encoder
) -> None:
    folder = copy_with_prompts(model_folder, tmp_path, {"query": "query : ", "document": ""})
    prompted = SentenceTransformerEncoder.load(str(folder), device="cpu")
    assert prompted.fingerprint != encoder.fingerprint


def test_a_model_that_is_not_there_is_named_with_the_command_that_fetches_it() -> None:
    with pytest.raises(EncoderUnavailable, match="hf download nobody/no-such-model"):
        SentenceTransformerEncoder.load("nobody/no-such-model")


def test_a_short_name_is_looked_for_among_the_models_of_sentence_transformers() -> None:
    with pytest.raises(EncoderUnavailable, match="hf download sentence-transformers/no-such"):
        SentenceTransformerEncoder.load("no-such")


def test_a_path_that_is_not_there_is_an_unavailable_encoder(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable, match="There is no folder"):
        SentenceTransformerEncoder.load(str(tmp_path / "nothing"))


def test_a_folder_that_is_no_model_is_an_unavailable_encoder(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(EncoderUnavailable, match="is not a model"):
        SentenceTransformerEncoder.load(str(tmp_path))
