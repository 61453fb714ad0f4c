"""The training text on disk: aligned sentences, dictionary entries, English questions.

Formats: ``source⇥English⇥French``, ``English⇥French`` and JSON Lines with ``question`` and
``sentence``, compressed by gzip or not; only the first is needed. Lines of a source stand
together and in document order.
"""

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.errors import TrainingError

# How often a line is drawn, relative to its number. Legislation and everyday sentences are
# most of the text and least like what people search.
_WEIGHTS = {
    "justice_acts": 0.35,
    "justice_regs": 0.35,
    "tatoeba": 0.6,
    "php": 0.5,
    "debian_security": 0.7,
    "debian_other": 0.8,
    "canada_blog": 2.0,
    "cds_canada": 2.0,
}
_GZIP = b"\x1f\x8b"
UNORDERED_SOURCES = frozenset({"tatoeba"})  # neighbouring lines are not neighbours in a text


@dataclass(frozen=True, slots=True)
class Pair:
    """One sentence or phrase in both languages, and where it comes from."""

    source: str
    english: str
    french: str


@dataclass(frozen=True, slots=True)
class QuestionPair:
    """An English question and the sentence that answers it."""

    question: str
    sentence: str


def weight_of(source: str) -> float:
    """Return how often a line of `source` is drawn, 1 for a source without a rule."""
    return _WEIGHTS.get(source, 1.0)


def read_parallel(path: Path) -> Iterator[Pair]:
    """Yield the aligned sentences of `path` in file order.

    Raises:
        TrainingError: it cannot be read, or a line has other columns.
    """
    for source, english, french in _columns(path, ("source", "English", "French")):
        yield Pair(source, english, french)


def read_dictionary(path: Path | None) -> Iterator[Pair]:
    """Yield the entries of `path`, if there is one, the English infinitive mark removed.

    Raises:
        TrainingError: it cannot be read, or a line has other columns.
    """
    if path:
        for english, french in _columns(path, ("English", "French")):
            yield Pair("dictionary", english.removeprefix("to "), french)


def read_questions(path: Path | None) -> Iterator[QuestionPair]:
    """Yield the English questions of `path`, if there is one, each with the sentence that answers.

    Raises:
        TrainingError: it cannot be read, or a line is not JSON with both.
    """
    if path:
        for number, line in enumerate(_lines(path), start=1):
            try:
                row = json.loads(line)
                pair = QuestionPair(row["question"], row["sentence"])
            except (ValueError, KeyError, TypeError) as error:
                message = f'{path}, line {number}: not JSON with "question" and "sentence".'
                raise TrainingError(message) from error
            yield pair


def _columns(path: Path, names: Sequence[str]) -> Iterator[list[str]]:
    for number, line in enumerate(_lines(path), start=1):
        columns = line.rstrip("\r\n").split("\t")
        if len(columns) != len(names):
            form = "⇥".join(names)
            message = (
                f"{path}, line {number}: {len(columns)} columns where {form} was expected, "
                "with one tab (⇥) between two."
            )
            raise TrainingError(message)
        yield columns


def _lines(path: Path) -> Iterator[str]:
    """Yield the lines of a file of UTF-8 text, compressed by gzip or not."""
    try:
        with path.open("rb") as start:
            compressed = start.read(2) == _GZIP
        with (
            gzip.open(path, "rt", encoding="utf-8")
            if compressed
            else path.open(encoding="utf-8") as lines
        ):
            yield from lines
    except (OSError, EOFError, UnicodeDecodeError) as error:
        message = f"{path} is not a text in UTF-8, compressed by gzip or not ({error})."
        raise TrainingError(message) from error
