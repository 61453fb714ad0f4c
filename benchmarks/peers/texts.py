"""What every peer is given: the same passages, half French and half English, and questions.

The passages are the development passages (`development.DATA`) and, for the rest, lines of the
parallel text joined in the order of their documents. Of that, one stretch of lines is taken in
French and the next in English, so that nothing stands there in both. Deterministic.
"""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from benchmarks import development
from documents.models import LANGUAGES, Language

PARALLEL = "parallel.tsv.gz"
# In this order; laws and single sentences make poor passages.
_SOURCES = (
    "debian_news",
    "python",
    "canada_blog",
    "cds_canada",
    "hf_course",
    "django",
    "php",
    "debian_other",
    "justice_acts",
)
_WORDS = 110  # a passage is closed once it has as many
_STRETCH = 60  # lines


@dataclass(frozen=True, slots=True)
class Text:
    """A passage to be found."""

    id: str
    text: str
    language: Language


def passages(data: Path, training: Path, number: int) -> list[Text]:
    """Return `number` passages, French and English in turns.

    Raises:
        ValueError: the two folders hold fewer.
    """
    pairs = _lines(training / PARALLEL)
    found = []
    for language in LANGUAGES:
        own = (row["text"] for row in development.rows(data, development.PASSAGES[language]))
        texts = list(islice(chain(own, _joined(pairs, language)), number // 2))
        if len(texts) < number // 2:
            raise ValueError(f"{data} and {training} hold {len(texts)} passages in {language}")
        found.append([Text(f"{language}-{at}", text, language) for at, text in enumerate(texts)])
    return [text for both in zip(*found, strict=True) for text in both]


def further(data: Path, training: Path, number: int, *, after: int) -> list[Text]:
    """Return `number` passages that are not among the first `after`."""
    return passages(data, training, after + number)[after:]


def questions(data: Path) -> list[str]:
    """Return the development questions within a language, French and English in turns."""
    files = [development.QUESTIONS[language, language] for language in LANGUAGES]
    asked = [[one.text for one in development.questions(data, file)] for file in files]
    return list(dict.fromkeys(text for both in zip(*asked, strict=False) for text in both))


def _lines(path: Path) -> dict[str, list[tuple[str, str]]]:
    """Return the English and French lines of each source."""
    found: dict[str, list[tuple[str, str]]] = {source: [] for source in _SOURCES}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            source, english, french = line.rstrip("\n").split("\t")
            if source in found:
                found[source].append((english, french))
    return found


def _joined(pairs: dict[str, list[tuple[str, str]]], language: Language) -> Iterator[str]:
    """Yield passages of every second stretch of lines, those that are the language's."""
    for lines in pairs.values():
        for start in range(0, len(lines), _STRETCH):
            if (start // _STRETCH) % 2 == LANGUAGES.index(language):
                stretch = lines[start : start + _STRETCH]
                yield from _passages([pair[language == "fr"] for pair in stretch])


def _passages(lines: list[str]) -> Iterator[str]:
    kept: list[str] = []
    words = 0
    for line in lines:
        kept.append(line)
        words += len(line.split())
        if words >= _WORDS:
            yield " ".join(kept)
            kept, words = [], 0
