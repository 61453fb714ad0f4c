"""What measures a passage, as a string of ASCII beside its vectors: its words and its tokens.

An engine gives the numbers of a sparse vector back one by one, which takes longer than the
search; a string it gives back as it is. It keeps strings only up to a length: of a passage that
has endless headings, what comes last is left out.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.late_interaction import TokenIds, TokenIndex
from index.stretches import StretchIndex, Words

FORMAT = 2  # of what `packed` makes: a build of another one is not read
LONGEST = 65_535  # characters: what Milvus keeps of a VARCHAR
_MOST_BYTES = LONGEST // 4 * 3
_MOST_COUNTED = np.iinfo(np.uint16).max
_HEAD = 3  # numbers: how many terms in all, how many different ones, how many words of stretches


@dataclass(frozen=True, slots=True, eq=False)
class Contents:
    """A passage of `length` terms: each of them once (n,), how often (n,); tokens; stretches."""

    length: int
    terms: NDArray[np.int64]
    counts: NDArray[np.float32]
    tokens: TokenIds
    stretches: Words


@dataclass(frozen=True, slots=True, eq=False)
class AllContents:
    """The contents of m passages; term i, told `counts[i]` times, is of passage `owners[i]`."""

    lengths: NDArray[np.int32]
    owners: NDArray[np.int64]
    terms: NDArray[np.int64]
    counts: NDArray[np.float32]
    tokens: TokenIndex
    stretches: StretchIndex


def packed(length: int, counts: Mapping[int, int], tokens: TokenIds, stretches: Words) -> str:
    """Return a passage of `length` terms as a string; `counts` has how often it holds each."""
    most = (_MOST_BYTES - 4 * _HEAD - 8 * len(stretches)) // 6
    terms = np.fromiter(counts, "<u4", len(counts))[:most]
    times = np.fromiter((min(n, _MOST_COUNTED) for n in counts.values()), "<u2", len(counts))
    head = np.array([length, len(terms), len(stretches)], "<u4")
    data = head.tobytes() + stretches.astype("<u8").tobytes()
    data += terms.tobytes() + times[:most].tobytes()
    room = (_MOST_BYTES - len(data)) // 2
    return b64encode(data + tokens[:room].astype("<u2").tobytes()).decode()


def unpacked(text: str) -> Contents:
    """Return the contents that `packed` made a string of."""
    data = b64decode(text)
    length, terms, words = np.frombuffer(data, "<u4", _HEAD).tolist()
    first = 4 * _HEAD + 8 * words
    counts = first + 4 * terms
    return Contents(
        length=length,
        terms=np.frombuffer(data, "<u4", terms, first).astype(np.int64),
        counts=np.frombuffer(data, "<u2", terms, counts).astype(np.float32),
        tokens=np.frombuffer(data, "<u2", offset=counts + 2 * terms).astype(np.uint16, copy=False),
        stretches=np.frombuffer(data, "<u8", words, 4 * _HEAD).astype(np.uint64, copy=False),
    )


def all_unpacked(texts: Sequence[str]) -> AllContents:
    """Return the contents of many passages, each as `packed` made it a string."""
    passages = list(map(unpacked, texts))
    sizes = [len(passage.terms) for passage in passages]
    return AllContents(
        lengths=np.array([passage.length for passage in passages], np.int32),
        owners=np.repeat(np.arange(len(passages)), sizes),
        terms=np.concatenate([np.empty(0, np.int64), *(p.terms for p in passages)]),
        counts=np.concatenate([np.empty(0, np.float32), *(p.counts for p in passages)]),
        tokens=TokenIndex.build([passage.tokens for passage in passages]),
        stretches=StretchIndex.build([passage.stretches for passage in passages]),
    )
