"""The static encoder, on a model of a few words that the tests write, and as it is shipped."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from index.encoder import Encoder
from index.errors import EncoderUnavailable
from index.static_encoder import StaticEncoder

UNKNOWN = "[UNK]"
VOCABULARY = {UNKNOWN: 0, "pluie": 1, "tombe": 2, "rain": 3, "falls": 4, "##s": 5}
VECTORS = np.array(
    [[0, 0, 0], [2, 0, 0], [0, 1, 0], [3, 0, 0.5], [0, 1.5, 0], [0, 0, 0.25]], dtype=np.float16
)
SHIPPED = Path(__file__).parents[2] / "index" / "models" / "embedded-static"


def write_model(folder: Path, vectors: np.ndarray = VECTORS) -> Path:
    """Write a model whose vectors can be added up by hand."""
    folder.mkdir(exist_ok=True)
    tokenizer = Tokenizer(models.WordPiece(VOCABULARY, unk_token=UNKNOWN))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    save_file({"embedding.weight": vectors}, folder / "model.safetensors")
    sums = {
        name: hashlib.blake2b((folder / name).read_bytes()).hexdigest()
        for name in ("tokenizer.json", "model.safetensors")
    }
    (folder / "config.json").write_text(json.dumps({"blake2b": sums}))
    return folder


@pytest.fixture
def encoder(tmp_path: Path) -> StaticEncoder:
    return StaticEncoder.load(write_model(tmp_path / "tiny"))


@pytest.fixture(scope="module")
def shipped() -> StaticEncoder:
    return StaticEncoder.load(SHIPPED)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(SHIPPED / "tokenizer.json"))


def test_a_text_points_where_the_sum_of_its_token_vectors_points(encoder: StaticEncoder) -> None:
    vectors = encoder.encode_passages(["Pluie tombe", "rains"])
    assert vectors[0] == pytest.approx(np.array([2, 1, 0]) / np.sqrt(5))
    assert vectors[1] == pytest.approx(np.array([3, 0, 0.75]) / np.hypot(3, 0.75))


def test_a_text_without_a_known_token_is_the_zero_vector(encoder: StaticEncoder) -> None:
    vectors = encoder.encode_passages(["", "xyz", " \n", "pluie"])
    assert not vectors[:3].any()
    assert np.linalg.norm(vectors[3]) == pytest.approx(1)


def test_no_text_gives_no_rows_of_the_stated_width(encoder: StaticEncoder) -> None:
    assert encoder.encode_questions([]).shape == (0, encoder.dimension) == (0, 3)


def test_more_texts_than_a_block_come_back_in_order(encoder: StaticEncoder) -> None:
    texts = ["pluie", "tombe", "rains"] * 700
    vectors = encoder.encode_passages(texts)
    assert vectors.reshape(700, 3, 3) == pytest.approx(
        np.broadcast_to(encoder.encode_passages(texts[:3]), (700, 3, 3))
    )


def test_token_ids_are_the_rows_that_a_text_sums(encoder: StaticEncoder) -> None:
    rains, nothing = encoder.token_ids(["pluie rains", ""])
    assert rains.tolist() == [1, 3, 5]
    assert nothing.tolist() == []
    assert rains.dtype == nothing.dtype == np.uint16


def test_the_encoder_is_named_after_its_folder(encoder: StaticEncoder) -> None:
    assert encoder.name == "tiny"


def test_the_fingerprint_is_that_of_the_content_not_of_the_place(tmp_path: Path) -> None:
    here = StaticEncoder.load(write_model(tmp_path / "here"))
    there = StaticEncoder.load(write_model(tmp_path / "there"))
    other = StaticEncoder.load(write_model(tmp_path / "other", -VECTORS))
    assert here.fingerprint == there.fingerprint != other.fingerprint


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
def test_a_missing_file_is_named_with_the_remedy(tmp_path: Path, name: str) -> None:
    (write_model(tmp_path) / name).unlink()
    with pytest.raises(EncoderUnavailable, match=rf"(?s){name}.*training\.static"):
        StaticEncoder.load(tmp_path)


@pytest.mark.parametrize("name", ["tokenizer.json", "model.safetensors"])
def test_a_damaged_file_is_refused(tmp_path: Path, name: str) -> None:
    path = write_model(tmp_path) / name
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(EncoderUnavailable, match=f"{name} is damaged"):
        StaticEncoder.load(tmp_path)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"blake2b": 3}', "not JSON", "\udc80"])
def test_a_configuration_that_is_none_is_refused(tmp_path: Path, content: str) -> None:
    (write_model(tmp_path) / "config.json").write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(EncoderUnavailable, match=r"is not the configuration|is damaged"):
        StaticEncoder.load(tmp_path)


def test_the_shipped_model_is_an_encoder_of_256_dimensions(shipped: StaticEncoder) -> None:
    encoder: Encoder = shipped
    assert encoder.name == "embedded-static"
    assert encoder.dimension == 256


@settings(deadline=None, max_examples=50)
@given(texts=st.lists(st.text(), max_size=8))
def test_any_text_has_a_unit_vector_or_none(shipped: StaticEncoder, texts: list[str]) -> None:
    norms = np.linalg.norm(shipped.encode_passages(texts), axis=1)
    assert all(norm == pytest.approx(1, abs=1e-5) or norm == 0 for norm in norms)


def test_accents_case_and_apostrophes_do_not_change_a_vector(shipped: StaticEncoder) -> None:
    first, *others = shipped.encode_questions(
        [
            "L’économie du cœur",
            "l'economie du coeur",
            "L'ÉCONOMIE DU CŒUR ?",
            "« l’économie » du cœur",
        ]
    )
    for other in others:
        assert other == pytest.approx(first, abs=1e-6)


def test_numbers_grouped_by_comma_or_space_have_the_same_vector(shipped: StaticEncoder) -> None:
    first, *others = shipped.encode_questions(["1,200 km", "1 200 km", "1\u202f200 km"])
    for other in others:
        assert other == pytest.approx(first, abs=1e-6)


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
    ],
)
def test_a_question_is_nearest_to_its_answer_in_the_other_language(
    shipped: StaticEncoder, question: str, answer: str, decoys: tuple[str, ...]
) -> None:
    cosines = shipped.encode_passages([answer, *decoys]) @ shipped.encode_questions([question])[0]
    assert cosines.argmax() == 0
    assert cosines[0] > 0.3


def test_sentence_transformers_reads_the_same_folder_and_gives_the_same_vectors(
    shipped: StaticEncoder,
) -> None:
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - heavy

    texts = ["La pluie tombe sur Paris.", "Who wrote the law of 1905?", "œuvre"]
    model = SentenceTransformer(str(SHIPPED), device="cpu", local_files_only=True)
    assert model.encode(texts) == pytest.approx(shipped.encode_passages(texts), abs=1e-3)


@settings(deadline=None)
@given(st.text(st.sampled_from("aÉœI19.,’ -\u00a0\u0301\n\t\x1c\x85Σ中[UNK]")))
def test_a_text_is_read_word_by_word_as_it_is_read_whole(
    shipped: StaticEncoder, tokenizer: Tokenizer, text: str
) -> None:
    [tokens] = shipped.token_ids([text])
    assert tokens.tolist() == tokenizer.encode(text, add_special_tokens=False).ids
