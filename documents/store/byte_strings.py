"""Several byte strings in one blob: how long each is, then all of them."""

from collections.abc import Sequence

import numpy as np

_LENGTH = 4  # bytes


def joined(strings: Sequence[bytes]) -> bytes:
    """Return `strings` as one; nothing where all are empty."""
    if not any(strings):
        return b""
    lengths = np.array([len(one) for one in strings], "<u4")
    return lengths.tobytes() + b"".join(strings)


def apart(blob: bytes, count: int) -> list[bytes]:
    """Return the `count` strings that `joined` put together; all empty where that is damaged."""
    if len(blob) < count * _LENGTH:
        return [b""] * count
    ends = np.cumsum(np.frombuffer(blob, "<u4", count), dtype=np.int64) + count * _LENGTH
    if not count or ends[-1] != len(blob):
        return [b""] * count
    starts = [count * _LENGTH, *ends[:-1].tolist()]
    return [blob[start:end] for start, end in zip(starts, ends.tolist(), strict=True)]
