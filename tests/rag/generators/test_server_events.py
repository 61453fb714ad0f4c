import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import GeneratorUnavailable
from rag.generators.server_events import event_data

STREAM = (
    ": a comment\r\n\r\ndata: l’été\r\n\r\nevent: x\ndata:deux\ndata:  lignes\nid: 3\n\n"
    "data\r\rretry: 5\n\ndata: [DONE]\n\ndata: cut off"
).encode()
EXPECTED = ["l’été", "deux\n lignes", "", "[DONE]"]


def test_each_event_gives_its_data() -> None:
    assert list(event_data([STREAM])) == EXPECTED


@given(st.sets(st.integers(0, len(STREAM))))
def test_a_chunk_may_end_anywhere(cuts: set[int]) -> None:
    ordered = sorted(cuts)
    chunks = [STREAM[a:b] for a, b in zip([0, *ordered], [*ordered, len(STREAM)], strict=True)]

    assert list(event_data(chunks)) == EXPECTED


def test_bytes_that_are_no_text_are_replaced() -> None:
    assert list(event_data([b"data: \xff\n\n"])) == ["\ufffd"]


@pytest.mark.parametrize("line", [b"x" * 4096, b"data: x\n" * 512])
def test_an_event_without_end_is_given_up(line: bytes) -> None:
    with pytest.raises(GeneratorUnavailable, match="without end"):
        list(event_data(line for _ in range(4096)))
