"""A bilingual lexicon: which terms of one language translate a term of the other [1].

Keys and translations are terms of `index.analyzer` (stems), so that a question word can be
searched in documents of the other language. A term without an entry has only itself: names
and numbers are written alike in both.

A lexicon is a folder with two text files, ``en.tsv`` and ``fr.tsv``: one term a line, then
its translations, likeliest first, each followed by its probability in hundredths, separated
by tabs. The probabilities of a term sum to 1 at most.

[1] Darwish, Oard, Probabilistic Structured Query Methods,
    https://doi.org/10.1145/860435.860497
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from index.errors import CorruptIndex

Translations = tuple[tuple[str, float], ...]

_REMEDY = "Get the folder index/models/lexicon again, or make it with `python -m training.lexicon`."


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Translations of English terms and of French ones.

    `english` and `french` map a term to the rest of its line, which is read only when the
    term is asked for: loading takes milliseconds.
    """

    english: Mapping[str, str]
    french: Mapping[str, str]

    @classmethod
    def load(cls, folder: Path) -> "Lexicon":
        """Read the lexicon in `folder`.

        Raises:
            CorruptIndex: a file is missing or a line of it has no translation.
        """
        return cls(english=_read(folder / "en.tsv"), french=_read(folder / "fr.tsv"))

    def translate(self, term: str, *, source: Literal["en", "fr"]) -> Translations:
        """Return the translations of `term` with their probabilities, likeliest first."""
        cells = (self.english if source == "en" else self.french).get(term, "").split("\t")
        return tuple(
            (translation, int(hundredths) / 100)
            for translation, hundredths in zip(cells[::2], cells[1::2], strict=False)
        )


def _read(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        message = f"The lexicon cannot be read: {error}. {_REMEDY}"
        raise CorruptIndex(message) from error
    try:
        return dict(line.split("\t", 1) for line in lines)
    except ValueError as error:
        message = f"The lexicon {path} has a line without translation. {_REMEDY}"
        raise CorruptIndex(message) from error
