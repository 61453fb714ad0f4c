"""Learn which stems of one language translate which of the other, from aligned text.

``python -m training.lexicon --parallel FILE --out FOLDER`` (the questions are not read) writes the
folder that `index.lexicon.Lexicon` reads: for each stem the likeliest translations and
their probabilities, as structured queries use them [1].

[1] Darwish, Oard, Probabilistic Structured Query Methods,
    https://doi.org/10.1145/860435.860497
"""

import argparse
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.analyzer import terms
from training.alignment import Bitext, Floats, align, cross
from training.errors import TrainingError, command
from training.options import add_text, complete
from training.ragged import Ints, Ragged, from_lengths
from training.sources import Pair, read_dictionary, read_parallel, weight_of

_MAX_TERMS = 40  # longer lines align by chance
_DICTIONARY_WEIGHT = 2.0  # an entry is a fact; a line only contains its translations
_LEAST_COUNT = 0.8  # expected alignments below which a pair is chance
_LEAST_PROBABILITY = 0.05
_MOST_TRANSLATIONS = 6

Names = tuple[str, ...]


def sample(pairs: Iterable[Pair], *, seed: int) -> Iterator[Pair]:
    """Yield the pairs, each with the chance of its source."""
    chance = random.Random(seed)
    for pair in pairs:
        if chance.random() < weight_of(pair.source):
            yield pair


def analyse(pairs: Iterable[Pair]) -> tuple[Bitext, Names, Names]:
    """Return the lines that have terms in both languages, and the English and French terms."""
    numbers: tuple[dict[str, int], dict[str, int]] = ({}, {})
    rows: tuple[list[list[int]], list[list[int]]] = ([], [])
    weights: list[float] = []
    for pair in pairs:
        sides = (dict.fromkeys(terms(pair.english, "en")), dict.fromkeys(terms(pair.french, "fr")))
        if not all(0 < len(side) <= _MAX_TERMS for side in sides):
            continue
        for side, number, row in zip(sides, numbers, rows, strict=True):
            row.append([number.setdefault(term, len(number)) for term in side])
        weights.append(_DICTIONARY_WEIGHT if pair.source == "dictionary" else 1.0)
    english, french = (_ragged(row) for row in rows)
    return Bitext(english, french, np.array(weights)), tuple(numbers[0]), tuple(numbers[1])


def prune(given: Ints, other: Ints, counts: Floats, kept: NDArray[np.bool_]) -> "Table":
    """Return the likeliest translations of each term with their probabilities."""
    probability = counts / np.maximum(np.bincount(given, weights=counts)[given], 1e-9)
    rows = np.flatnonzero(kept & (probability >= _LEAST_PROBABILITY))
    rows = rows[np.lexsort((-probability[rows], given[rows]))]
    terms_found, first = np.unique(given[rows], return_index=True)
    place = np.arange(len(rows)) - first[np.searchsorted(terms_found, given[rows])]
    rows = rows[place < _MOST_TRANSLATIONS]
    return Table(given[rows], other[rows], probability[rows])


@dataclass(frozen=True, slots=True)
class Table:
    """Translations, one a row, likeliest first within a term."""

    term: Ints
    translation: Ints
    probability: Floats

    def lines(self, names: Names, other_names: Names) -> list[str]:
        """Return a line for each term, as `index.lexicon.Lexicon` reads them."""
        cells: dict[str, list[str]] = {}
        for term, translation, probability in zip(
            self.term, self.translation, self.probability, strict=True
        ):
            name = names[term]
            if name.isalpha():  # a number searches for itself
                hundredths = str(int(100 * probability))  # down: the sum stays below 1
                cells.setdefault(name, [name]).extend((other_names[translation], hundredths))
        return ["\t".join(cells[name]) + "\n" for name in sorted(cells)]


def learn(pairs: Iterable[Pair], folder: Path) -> None:
    """Write the lexicon of these aligned texts into `folder`.

    Raises:
        TrainingError: no line can be aligned.
    """
    bitext, english_terms, french_terms = analyse(pairs)
    if not len(bitext.weight):
        raise TrainingError("No line has 1 to 40 words that count in both languages.")
    cells = cross(bitext)
    counts = align(cells)
    kept = counts >= _LEAST_COUNT
    english = prune(cells.pair_english, cells.pair_french, counts, kept)
    french = prune(cells.pair_french, cells.pair_english, counts, kept)
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in (
        ("en.tsv", english.lines(english_terms, french_terms)),
        ("fr.tsv", french.lines(french_terms, english_terms)),
    ):
        (folder / name).write_text("".join(lines), encoding="utf-8")
        print(f"{name}: {len(lines)} terms")


def _ragged(rows: list[list[int]]) -> Ragged:
    tokens = np.array([token for row in rows for token in row], dtype=np.int32)
    return from_lengths(tokens, np.array([len(row) for row in rows], dtype=np.int64))


def main(given: Sequence[str] | None = None) -> None:
    """Run from the command line, whose words are `given` if it is not that of this process."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_text(parser)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=7)
    arguments = complete(parser.parse_args(given))
    parallel = sample(read_parallel(arguments.parallel), seed=arguments.seed)
    learn([*parallel, *read_dictionary(arguments.dictionary)], arguments.out)


if __name__ == "__main__":
    command(main)
