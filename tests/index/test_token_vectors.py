"""Vectors kept in 16 bits: what is read is what was written, to the last bit."""

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from safetensors.numpy import save_file

from index.token_vectors import TokenVectors

FINITE = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
FINITE = FINITE[np.isfinite(FINITE)].reshape(-1, 32)
ROWS = st.lists(st.integers(0, 699), max_size=600).map(lambda rows: np.array(rows, np.int64))


def made() -> NDArray[np.float16]:
    return np.random.default_rng(5).normal(size=(700, 24)).astype(np.float16)


def test_every_finite_number_of_16_bits_is_read_exactly() -> None:
    vectors = TokenVectors.of(FINITE)
    assert (vectors.take(np.arange(len(vectors))) == FINITE.astype(np.float32)).all()


@given(texts=st.lists(ROWS, max_size=20))
def test_sums_are_those_of_the_vectors_in_32_bits(texts: list[NDArray[np.int64]]) -> None:
    whole, sums = made().astype(np.float32), TokenVectors.of(made()).sums(texts)
    assert sums.shape == (len(texts), 24)
    for rows, total in zip(texts, sums, strict=True):
        assert np.allclose(total, whole[rows].sum(axis=0), atol=1e-3)


@given(rows=ROWS)
def test_products_are_those_of_the_vectors_in_32_bits(rows: NDArray[np.int64]) -> None:
    whole, vectors = made().astype(np.float32), TokenVectors.of(made())
    assert np.allclose(vectors.products(rows, whole[:9]), whole[rows] @ whole[:9].T, atol=1e-4)


def test_lengths_are_those_of_all_vectors_in_order() -> None:
    expected = np.linalg.norm(made().astype(np.float32), axis=1)
    assert np.allclose(TokenVectors.of(made()).lengths(), expected)


def test_a_mapped_file_holds_what_safetensors_wrote(tmp_path: Path) -> None:
    other = np.arange(5, dtype=np.float16)
    save_file({"other": other, "embedding.weight": made()}, tmp_path / "model.safetensors")
    vectors = TokenVectors.mapped(tmp_path / "model.safetensors", "embedding.weight")
    assert (len(vectors), vectors.dimension) == (700, 24)
    assert (vectors.take(np.arange(700)) == made()).all()
