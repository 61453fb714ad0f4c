"""A name, or a folder, becomes the encoder that it means."""

from index.static_encoder import StaticEncoder
from index.transformer_encoder import TransformerEncoder
from rag.encoders import STATIC, TRANSFORMER, load_encoder


def test_a_folder_of_eight_bit_integers_runs_as_the_embedded_one_does() -> None:
    static = StaticEncoder.load(STATIC)
    by_folder = load_encoder(str(TRANSFORMER), static)

    assert isinstance(by_folder, TransformerEncoder)
    assert by_folder.fingerprint == load_encoder("embedded", static).fingerprint


def test_a_folder_of_other_files_is_not_taken_for_one() -> None:
    assert not TransformerEncoder.is_in(STATIC)
