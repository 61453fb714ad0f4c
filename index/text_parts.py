"""What texts are made of, end to end in one array: a run of items for each text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class TextParts:
    """The items of n texts end to end: text i has ``items[starts[i]:starts[i+1]]``.

    Immutable; `starts` is ``int64 (n + 1,)``, `items` of the type `KIND`.
    """

    KIND: ClassVar[type[np.unsignedinteger[Any]]]

    starts: NDArray[np.int64]
    items: NDArray[Any]

    @classmethod
    def build(cls, texts: Sequence[NDArray[Any]]) -> Self:
        """Return the parts of `texts`, each given as its items."""
        starts = np.zeros(len(texts) + 1, dtype=np.int64)
        np.cumsum([len(text) for text in texts], out=starts[1:])
        items = np.concatenate(texts) if texts else np.empty(0, cls.KIND)
        return cls(starts, items.astype(cls.KIND, copy=False))

    @classmethod
    def empty(cls, size: int) -> Self:
        """Return the parts of `size` texts that have none."""
        return cls(np.zeros(size + 1, np.int64), np.empty(0, cls.KIND))

    def __len__(self) -> int:
        return len(self.starts) - 1

    def take(self, positions: NDArray[np.int64]) -> Self:
        """Return the texts at `positions`, in that order."""
        lengths = self.starts[positions + 1] - self.starts[positions]
        starts = np.concatenate([[0], np.cumsum(lengths)])
        where = np.repeat(self.starts[positions] - starts[:-1], lengths)
        where += np.arange(len(where))
        return type(self)(starts, self.items[where])

    def text(self, position: int) -> NDArray[Any]:
        """Return the items of the text at `position`."""
        return self.items[self.starts[position] : self.starts[position + 1]]

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Return the texts of all `parts`, in order."""
        offsets = np.cumsum([0, *(len(part.items) for part in parts)])
        starts = [part.starts[:-1] + offset for part, offset in zip(parts, offsets, strict=False)]
        items = [part.items for part in parts]
        return cls(
            np.concatenate([*starts, offsets[-1:]]).astype(np.int64),
            np.concatenate(items) if items else np.empty(0, cls.KIND),
        )
