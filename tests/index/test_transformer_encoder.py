"""The transformer in integers, on a model of a few kilobytes that the tests build, and shipped."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from index.encoder import Encoder, StretchEncoder, read_passages
from index.errors import EncoderUnavailable
from index.static_encoder import StaticEncoder
from index.stretches import closeness, unpacked
from index.transformer_encoder import TransformerEncoder
from rag.encoders import STATIC, TRANSFORMER

WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "la", "pluie", "tombe", "the", "rain", "sur")


@pytest.fixture(scope="module")
def body() -> Any:  # noqa: ANN401 - a BertModel, imported late
    """A random BERT of two layers."""
    import torch  # noqa: PLC0415 - heavy
    from transformers import BertConfig, BertModel  # noqa: PLC0415 - heavy

    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        initializer_range=0.3,
    )
    return BertModel(config, add_pooling_layer=False).eval()


@pytest.fixture(scope="module")
def folder(body: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: ANN401
    return write_model(body, tmp_path_factory.mktemp("models") / "tiny")


def write_model(body: Any, folder: Path) -> Path:  # noqa: ANN401
    """Write the model folder, as training does."""
    from training.transformer_export import export  # noqa: PLC0415 - imports torch

    vocabulary = {word: row for row, word in enumerate(WORDS)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token=WORDS[1]))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    folder.mkdir()
    tokenizer.save(str(folder / "tokenizer.json"))
    export(body, folder / "tokenizer.json", folder, texts=["la pluie tombe", "the rain"], recipe={})
    return folder


@pytest.fixture(scope="module")
def tiny(folder: Path) -> TransformerEncoder:
    return TransformerEncoder.load(folder)


@pytest.fixture(scope="module")
def shipped() -> TransformerEncoder:
    return TransformerEncoder.load(TRANSFORMER)


def test_vectors_are_float32_unit_rows_of_the_stated_width(tiny: TransformerEncoder) -> None:
    encoder: Encoder = tiny
    vectors = encoder.encode_passages(["la pluie tombe", "the rain", "", "œ"])
    assert vectors.dtype == np.float32
    assert vectors.shape == (4, encoder.dimension) == (4, 32)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_no_text_gives_no_rows_of_the_stated_width(tiny: TransformerEncoder) -> None:
    assert tiny.encode_questions([]).shape == (0, 32)


def test_integers_give_nearly_the_vectors_of_the_model_they_were_made_from(
    tiny: TransformerEncoder,
    body: Any,  # noqa: ANN401
) -> None:
    import torch  # noqa: PLC0415 - heavy

    words = [2, 5, 6, 7, 10, 5, 6, 3]  # [CLS] la pluie tombe sur la pluie [SEP]
    with torch.no_grad():
        hidden = body(torch.tensor([words])).last_hidden_state[0].numpy()
    expected = hidden.mean(axis=0) / np.linalg.norm(hidden.mean(axis=0))
    [vector] = tiny.encode_passages(["La pluie tombe sur la pluie"])
    assert float(vector @ expected) > 0.99


def test_words_in_another_order_are_another_text(tiny: TransformerEncoder) -> None:
    one, other = tiny.encode_passages(["la pluie tombe", "tombe la pluie"])
    assert float(one @ other) < 0.999


def test_unknown_words_say_nothing(tiny: TransformerEncoder) -> None:
    plain, strange = tiny.encode_passages(["la pluie", "la xyz pluie"])
    assert (plain == strange).all()


def test_what_is_beyond_the_longest_text_is_not_read(tiny: TransformerEncoder) -> None:
    long = ["la"] * (tiny.longest - 2)
    whole, longer = tiny.encode_passages([" ".join(long), " ".join([*long, "pluie"])])
    assert (whole == longer).all()


@settings(deadline=None, max_examples=25)
@given(
    texts=st.lists(st.lists(st.sampled_from(WORDS[5:])).map(" ".join), min_size=1, max_size=6),
    place=st.integers(0, 5),
)
def test_a_text_has_the_same_vector_in_any_company(
    tiny: TransformerEncoder, texts: list[str], place: int
) -> None:
    chosen = place % len(texts)
    alone = tiny.encode_questions([texts[chosen]])[0]
    assert (tiny.encode_passages(texts)[chosen] == alone).all()


def test_more_texts_than_a_block_come_back_in_order(tiny: TransformerEncoder) -> None:
    texts = ["la pluie", "tombe", "the rain"] * 200
    expected = np.tile(tiny.encode_passages(texts[:3]), (200, 1))
    assert (tiny.encode_passages(texts) == expected).all()


@settings(deadline=None, max_examples=25)
@given(texts=st.lists(st.lists(st.sampled_from(WORDS[5:])).map(" ".join), max_size=6))
def test_passages_are_read_with_the_same_vectors_and_the_stretches_of_each(
    tiny: TransformerEncoder, texts: list[str]
) -> None:
    encoder: StretchEncoder = tiny
    read = read_passages(encoder, texts)

    assert (read.vectors == tiny.encode_passages(texts)).all()
    assert list(read.stretches) == [read_passages(tiny, [one]).stretches[0] for one in texts]
    # All of a short text is one stretch: its signs are those of the vector.
    short = [at for at, text in enumerate(texts) if len(text.split()) <= 14]
    for at in short:
        index = unpacked([read.stretches[at]], tiny.dimension)
        expected = np.abs(read.vectors[at]).sum() / np.sqrt(tiny.dimension)
        assert closeness(read.vectors[at], index)[0] == pytest.approx(expected, abs=1e-4)


def test_a_graph_without_the_states_of_tokens_is_refused(tmp_path: Path, folder: Path) -> None:
    import onnx  # noqa: PLC0415 - heavy

    from training.export import checksums, write_json  # noqa: PLC0415 - imports torch

    copied = copy(folder, tmp_path / "copy")
    graph = onnx.load(copied / "model.onnx", load_external_data=False)
    del graph.graph.output[1]
    onnx.save(graph, copied / "model.onnx")
    sums = checksums(copied, ("tokenizer.json", "model.onnx", "model.bin"))
    write_json(copied / "config.json", {"blake2b": sums, "longest": 256})
    with pytest.raises(EncoderUnavailable, match=r"(?s)states.*make train"):
        TransformerEncoder.load(copied)


def test_sentence_transformers_reads_the_same_folder_and_gives_the_same_vectors(
    tiny: TransformerEncoder, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_MODULES_CACHE", str(tmp_path))
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - heavy

    model = SentenceTransformer(
        str(folder), device="cpu", trust_remote_code=True, local_files_only=True
    )
    texts = ["la pluie tombe", "the rain sur la pluie", "", "xyz"]
    assert (model.encode(texts) == tiny.encode_passages(texts)).all()
    assert model.get_embedding_dimension() == tiny.dimension
    model.save(str(tmp_path / "copy"), create_model_card=False)
    assert TransformerEncoder.load(tmp_path / "copy").fingerprint == tiny.fingerprint


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.onnx", "model.bin"])
def test_a_missing_file_is_named_with_the_remedy(tmp_path: Path, folder: Path, name: str) -> None:
    copied = copy(folder, tmp_path / "copy")
    (copied / name).unlink()
    with pytest.raises(EncoderUnavailable, match=rf"(?s){name}.*make train"):
        TransformerEncoder.load(copied)


@pytest.mark.parametrize("name", ["tokenizer.json", "model.onnx", "model.bin"])
def test_a_damaged_file_is_refused(tmp_path: Path, folder: Path, name: str) -> None:
    copied = copy(folder, tmp_path / "copy")
    (copied / name).write_bytes((copied / name).read_bytes()[:-1])
    with pytest.raises(EncoderUnavailable, match=f"{name} is damaged"):
        TransformerEncoder.load(copied)


def test_a_graph_that_is_none_is_refused_though_its_checksum_is_right(
    tmp_path: Path, folder: Path
) -> None:
    from training.export import checksums, write_json  # noqa: PLC0415 - imports torch

    copied = copy(folder, tmp_path / "copy")
    (copied / "model.onnx").write_bytes(b"no graph")
    sums = checksums(copied, ("tokenizer.json", "model.onnx", "model.bin"))
    write_json(copied / "config.json", {"blake2b": sums, "longest": 256})
    with pytest.raises(EncoderUnavailable, match="can run"):
        TransformerEncoder.load(copied)


def copy(folder: Path, target: Path) -> Path:
    target.mkdir()
    for path in folder.iterdir():
        if path.is_file():
            (target / path.name).write_bytes(path.read_bytes())
    return target


# The shipped model


def test_the_shipped_models_are_two_that_never_mix(shipped: TransformerEncoder) -> None:
    static = StaticEncoder.load(STATIC)
    assert (shipped.name, shipped.dimension) == ("embedded", 384)
    assert shipped.fingerprint != static.fingerprint


def test_the_shipped_folder_has_the_module_that_these_tests_ran() -> None:
    shipped, source = (TRANSFORMER, Path(__file__).parents[2] / "training")
    assert (shipped / "onnx_module.py").read_text() == (source / "onnx_module.py").read_text()


def test_the_shipped_models_fit_in_45_megabytes() -> None:
    models = (TRANSFORMER, STATIC)
    files = [path for folder in models for path in folder.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 45_000_000


@settings(deadline=None, max_examples=50)
@given(texts=st.lists(st.text(), max_size=8))
def test_any_text_has_a_unit_vector(shipped: TransformerEncoder, texts: list[str]) -> None:
    norms = np.linalg.norm(shipped.encode_passages(texts), axis=1)
    assert norms == pytest.approx(1, abs=1e-5)


def test_accents_case_and_apostrophes_do_not_change_a_vector(shipped: TransformerEncoder) -> None:
    first, *others = shipped.encode_questions(
        [
            "L’économie du cœur",
            "l'economie du coeur",
            "L'ÉCONOMIE DU CŒUR ?",
            "« l’économie » du cœur",
        ]
    )
    for other in others:
        assert (other == first).all()


@pytest.mark.parametrize(
    ("question", "answer", "decoys"),
    [
        (
            "Who was elected president?",
            "Le président a été élu au second tour.",
            ("Le président du club a vendu la maison.", "La pluie tombe sur la ville."),
        ),
        (
            "Combien coûte le pain ?",
            "The price of bread rose to two euros.",
            ("The price of houses fell.", "Bread is baked at night."),
        ),
        (
            "Which country left the OTAN exercises?",
            "Les États-Unis ont quitté les manœuvres de l’OTAN.",
            ("Le cabinet d’avocats a quitté la ville.", "Les exercices de mathématiques ont plu."),
        ),
    ],
)
def test_a_question_is_nearest_to_its_answer_in_the_other_language(
    shipped: TransformerEncoder, question: str, answer: str, decoys: tuple[str, ...]
) -> None:
    cosines = shipped.encode_passages([answer, *decoys]) @ shipped.encode_questions([question])[0]
    assert cosines.argmax() == 0
