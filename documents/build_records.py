"""Builds of the index in an engine outside, as the store keeps the books of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from documents.models import Language

# A collection's number, and the language of its passages that are counted together.
Part = tuple[int, Language]


@dataclass(frozen=True, slots=True)
class Build:
    """One build of the index: what the engine was given, and how far.

    `name` is the engine's for it, and no other's ever. `origin` says what made its vectors and
    its terms, `average_length` the terms of a passage that its weights were computed for. It
    counts all changes of the store up to `change`; what those up to `swept` removed is gone from
    the engine too.
    """

    number: int
    name: str
    origin: str
    average_length: float
    change: int
    swept: int


@dataclass(slots=True)
class PartCounts:
    """What comes to a part, or leaves it where negative.

    `words` holds, by the number of a term, how many passages hold it.
    """

    passages: int = 0
    terms: int = 0
    words: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counted:
    """The passages of a part, and their terms in all.

    `known` has the number of each term that was asked for and is known, and how many of the
    passages hold it.
    """

    passages: int
    terms: int
    known: Mapping[str, tuple[int, int]]
