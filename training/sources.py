"""The training text on disk: aligned sentences, dictionary entries, English questions.

Formats: ``source⇥English⇥French`` (gzip), ``English⇥French`` (gzip) and JSON Lines with
``question`` and ``sentence`` (gzip). Lines of a source stand in document order.
"""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

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
    """Yield the aligned sentences of `path` in file order."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            source, english, french = line.rstrip("\n").split("\t")
            yield Pair(source, english, french)


def read_dictionary(path: Path) -> Iterator[Pair]:
    """Yield the entries of `path`, the English infinitive mark removed."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            english, french = line.rstrip("\n").split("\t")
            yield Pair("dictionary", english.removeprefix("to "), french)


def read_questions(path: Path) -> Iterator[QuestionPair]:
    """Yield the English questions of `path`, each with the sentence that answers it."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield QuestionPair(row["question"], row["sentence"])
