"""How the tests of hostile files read them, and what they may expect."""

import random

import pytest

from documents.errors import DocumentError
from documents.extraction import assemble
from documents.limits import MIB, Limits
from documents.loading import load

LIMITS = Limits(memory_bytes=256 * MIB, cpu_seconds=3, wall_seconds=30)
NOISE = random.Random(7).randbytes(4000)

Expected = type[DocumentError] | str


def check(data: bytes, expected: Expected, *, name: str) -> None:
    """Compare what comes of the file with what should: an error that names it, or its text."""
    if not isinstance(expected, str):
        with pytest.raises(expected, match=rf"^{name} ") as caught:
            load(data, name=name, limits=LIMITS)
        assert caught.type is expected
        return
    loaded = load(data, name=name, limits=LIMITS)
    text = "\n".join(assemble(extraction.blocks).text for extraction in loaded.extractions)
    assert expected in text
    assert "root:" not in text  # of /etc/passwd
    text.encode()
