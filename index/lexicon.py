"""A bilingual lexicon: which terms of one language translate a term of the other [1].

Keys and translations are terms of `index.analyzer` (stems), so that a question word can be
searched in documents of the other language. A term without an entry has only itself: names
and numbers are written alike in both.

A lexicon is a folder with two text files, ``en.tsv`` and ``fr.tsv``: one term a line, then
its translations, likeliest first, each followed by its probability in hundredths, separated
by tabs. The probabilities of a term sum to 1 at most. Lines are sorted by the code points of
their terms.

[1] Darwish, Oard, Probabilistic Structured Query Methods,
    https://doi.org/10.1145/860435.860497
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np

from index.errors import CorruptIndex

Translations = tuple[tuple[str, float], ...]

_REMEDY = "Get the folder index/models/lexicon again, or make it with `python -m training.lexicon`."


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """The lines of one language as bytes end to end, a sixth of what as many strings take.

    Line i is ``content[starts[i] : starts[i + 1] - 1]``, then a line feed; they are sorted.
    """

    content: bytes
    starts: Sequence[int]

    @classmethod
    def of(cls, content: bytes) -> "Entries":
        """Return the entries in `content`, a line each."""
        content = content if content.endswith(b"\n") else content + b"\n"
        ends = np.flatnonzero(np.frombuffer(content, np.uint8) == ord("\n")) + 1
        return cls(content, array("I", [0, *ends.tolist()]))

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, number: int) -> bytes:
        return self.content[self.starts[number] : self.starts[number + 1] - 1]

    def terms(self) -> Iterator[str]:
        """Yield every term that has an entry, sorted."""
        return (self[number].decode().split("\t", 1)[0] for number in range(len(self)))

    def find(self, term: str) -> str:
        """Return what follows `term` and its tab on its line, nothing if there is no such line."""
        start = f"{term}\t".encode(errors="surrogatepass")
        # A tab sorts before all that is in a term, so that lines are in the order of their terms.
        number = bisect_left(self, start)
        line = self[number] if number < len(self) else b""
        return line[len(start) :].decode() if line.startswith(start) else ""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Translations of English terms and of French ones."""

    english: Entries
    french: Entries

    @classmethod
    def load(cls, folder: Path) -> "Lexicon":
        """Read the lexicon in `folder`, in some thirty milliseconds.

        Raises:
            CorruptIndex: a file is missing, a line of it has no translation or is not in order.
        """
        return cls(english=_read(folder / "en.tsv"), french=_read(folder / "fr.tsv"))

    def translate(self, term: str, *, source: Literal["en", "fr"]) -> Translations:
        """Return the translations of `term` with their probabilities, likeliest first."""
        cells = (self.english if source == "en" else self.french).find(term).split("\t")
        return tuple(
            (translation, int(hundredths) / 100)
            for translation, hundredths in zip(cells[::2], cells[1::2], strict=False)
        )


def _read(path: Path) -> Entries:
    try:
        content = path.read_bytes()
        content.decode()
    except (OSError, UnicodeDecodeError) as error:
        message = f"The lexicon cannot be read: {error}. {_REMEDY}"
        raise CorruptIndex(message) from error
    # A line at a time: a list of all of them would take many times the memory.
    if not all(b"\t" in line for line in BytesIO(content)):
        raise CorruptIndex(f"The lexicon {path} has a line without translation. {_REMEDY}")
    if not all(one < other for one, other in pairwise(BytesIO(content))):
        raise CorruptIndex(f"The lexicon {path} is not sorted. {_REMEDY}")
    return Entries.of(content)
