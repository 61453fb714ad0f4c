import base64
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from starlette.testclient import TestClient

from tests.api.fakes import FakeSourcier

URL = "/v1/embeddings"
MODEL = "sourcier-embedding"


class LengthEncoder:
    """Its vectors tell how long a text is, and that it was read as a passage."""

    name, dimension, fingerprint = "fake", 3, "f"

    def encode_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        raise AssertionError(f"{texts} were read as questions")

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.array([[len(text), 0.5, -1] for text in texts], dtype=np.float32)


@pytest.fixture(autouse=True)
def encoder(sourcier: FakeSourcier) -> None:
    sourcier.encoder = LengthEncoder()  # type: ignore[attr-defined]


def test_each_text_has_its_vector_in_order(client: TestClient) -> None:
    reply = client.post(URL, json={"model": MODEL, "input": ["été", "x", "eau 🎈"]}).json()

    assert (reply["object"], reply["model"]) == ("list", MODEL)
    assert [(one["index"], one["embedding"]) for one in reply["data"]] == [
        (0, [3.0, 0.5, -1.0]),
        (1, [1.0, 0.5, -1.0]),
        (2, [5.0, 0.5, -1.0]),
    ]
    assert reply["usage"] == {"prompt_tokens": 4, "total_tokens": 4}


def test_one_text_is_a_list_of_one(client: TestClient) -> None:
    assert len(client.post(URL, json={"model": MODEL, "input": "été"}).json()["data"]) == 1


def test_base64_holds_the_same_numbers(client: TestClient) -> None:
    body = {"model": MODEL, "input": "été", "encoding_format": "base64"}

    [one] = client.post(URL, json=body).json()["data"]

    assert np.frombuffer(base64.b64decode(one["embedding"]), "<f4").tolist() == [3.0, 0.5, -1.0]


def test_the_dimensions_of_the_encoder_may_be_named(client: TestClient) -> None:
    body = {"model": MODEL, "input": "x", "dimensions": 3}
    assert client.post(URL, json=body).status_code == 200


def test_other_dimensions_are_refused(client: TestClient) -> None:
    response = client.post(URL, json={"model": MODEL, "input": "x", "dimensions": 256})

    assert response.status_code == 400
    assert response.json()["error"]["param"] == "dimensions"
    assert "3 dimensions" in response.json()["error"]["message"]


@pytest.mark.parametrize("texts", ["", [], [""], [1, 2], [[1, 2]], ["x"] * 257])
def test_what_is_no_text_or_too_much_is_refused(client: TestClient, texts: object) -> None:
    response = client.post(URL, json={"model": MODEL, "input": texts})

    assert response.status_code == 422
    assert response.json()["error"]["param"].startswith("input")


def test_a_model_that_answers_does_not_encode(client: TestClient) -> None:
    response = client.post(URL, json={"model": "sourcier/default", "input": "x"})

    assert response.status_code == 404
    assert response.json()["error"]["code"] == "model_not_found"
