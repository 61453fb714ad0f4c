"""The same vectors, made once."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from index.remembering_encoder import RememberingEncoder, within
from tests.rag.fakes import FakeEncoder

TEXTS = ["La tour", "The tower", "La tour", "Le phare"]


def test_it_gives_the_vectors_of_the_encoder_in_order() -> None:
    remembering = RememberingEncoder(FakeEncoder())

    for _ in range(2):
        assert np.array_equal(
            remembering.encode_passages(TEXTS), FakeEncoder().encode_passages(TEXTS)
        )


def test_each_text_is_read_once() -> None:
    encoder = FakeEncoder()
    remembering = RememberingEncoder(encoder)
    remembering.encode_passages(TEXTS)
    remembering.encode_passages(["Le phare", "The tower", "Autre"])

    assert encoder.read == 4


def test_a_question_is_not_taken_for_a_passage() -> None:
    encoder = FakeEncoder()
    remembering = RememberingEncoder(encoder)
    remembering.encode_passages(["La tour"])
    remembering.encode_questions(["La tour"])

    assert encoder.read == 2


def test_the_oldest_is_forgotten_and_what_is_used_is_kept() -> None:
    encoder = FakeEncoder()
    remembering = RememberingEncoder(encoder, most=2)
    for text in ("a", "b", "a", "c", "a"):  # c drives b out
        remembering.encode_passages([text])
    assert encoder.read == 3

    remembering.encode_passages(["b"])
    assert encoder.read == 4


def test_more_texts_than_are_kept_still_have_their_vectors() -> None:
    texts = [str(number) for number in range(9)]
    remembering = RememberingEncoder(FakeEncoder(), most=2)

    assert np.array_equal(remembering.encode_passages(texts), FakeEncoder().encode_passages(texts))


def test_nothing_has_no_vectors() -> None:
    assert RememberingEncoder(FakeEncoder()).encode_passages([]).shape == (0, 8)


def test_it_passes_for_its_encoder() -> None:
    encoder = FakeEncoder()
    remembering = RememberingEncoder(encoder)

    assert (remembering.name, remembering.fingerprint, remembering.dimension) == (
        encoder.name,
        encoder.fingerprint,
        encoder.dimension,
    )


def test_threads_may_share_it() -> None:
    remembering = RememberingEncoder(FakeEncoder(), most=50)
    batches = [[str((first * step) % 97) for step in range(20)] for first in range(40)]
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(remembering.encode_passages, batches))

    for texts, vectors in zip(batches, made, strict=True):
        assert np.array_equal(vectors, FakeEncoder().encode_passages(texts))


def test_what_was_read_for_another_is_read_again() -> None:
    encoder = FakeEncoder()
    remembering = RememberingEncoder(encoder)
    for owner in ("presse", "presse", "ventes"):
        remembering.within(owner).encode_passages(["La tour"])
        within(remembering, owner).encode_questions(["Quand ?"])

    assert encoder.read == 4


def test_owners_share_what_room_there_is() -> None:
    encoder = FakeEncoder()
    remembering = RememberingEncoder(encoder, most=1)
    remembering.within("presse").encode_passages(["a"])
    remembering.within("ventes").encode_passages(["a"])
    remembering.within("presse").encode_passages(["a"])

    assert encoder.read == 3


def test_one_owner_cannot_be_mistaken_for_another() -> None:
    encoder = FakeEncoder()
    remembering = RememberingEncoder(encoder)
    remembering.within("a").encode_passages(["b\0c"])
    remembering.within("a\0b").encode_passages(["c"])

    assert encoder.read == 2


def test_an_encoder_without_memory_reads_for_anybody() -> None:
    encoder = FakeEncoder()

    assert within(encoder, "presse") is encoder
