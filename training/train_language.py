"""Learn the weights of `documents.language` from parallel sentences.

    python -m training.train_language ../shared/training/parallel.tsv.gz

The English and the French side of each line give one example each: a few words in a row,
half of them without accents, half in lower case, so that short and carelessly typed questions
are judged as well as prose. A logistic regression with an L1 penalty keeps the pieces that
matter; weights are rounded to tenths. Deterministic; less than a minute on one core.
"""

import argparse
import gzip
import random
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from documents.language import WEIGHTS_PATH, counted_words, pieces

# How many lines of each source, at most; sources whose licence is plainly open.
QUOTAS = {
    "tatoeba": 80_000,
    "python": 12_000,
    "justice_acts": 12_000,
    "cds_canada": 6_000,
    "canada_blog": 3_000,
    "hf_course": 3_000,
    "php": 6_000,
    "open_contracting": 1_100,
    "opensource_guide": 1_100,
}
LENGTHS = [1, 2, 2, 3, 3, 4, 5, 6, 8, 10]  # words of an example
PENALTY = 0.3
HEADER = (
    "# Weights of documents/language.py: piece (_ is a border), tenths of log-odds of French.\n"
    "# Written by training/train_language.py from text of " + ", ".join(sorted(QUOTAS)) + ".\n"
)


def main() -> None:
    """Train on the file named on the command line and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "parallel", type=Path, nargs="?", default="../shared/training/parallel.tsv.gz"
    )
    parser.add_argument("--output", type=Path, default=WEIGHTS_PATH)
    arguments = parser.parse_args()
    texts, french = zip(*examples(arguments.parallel), strict=True)
    weights = learn(texts, french)
    rows = sorted(weights.items())
    lines = "".join(f"{piece.replace(' ', '_')}\t{weight}\n" for piece, weight in rows)
    arguments.output.write_text(HEADER + lines, encoding="utf-8")
    print(f"{len(weights)} weights from {len(texts)} examples in {arguments.output}")


def examples(path: Path) -> Iterator[tuple[str, bool]]:
    """Yield (text, is French) for a sample of the lines of `path`."""
    chance = random.Random(1)
    left = dict(QUOTAS)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            source, english, french = line.rstrip("\n").split("\t")
            if left.get(source, 0) > 0 and chance.random() < 0.5:
                left[source] -= 1
                yield as_typed(english, chance), False
                yield as_typed(french, chance), True


def as_typed(text: str, chance: random.Random) -> str:
    """Return some words of `text`, perhaps without accents, perhaps in lower case."""
    words = text.split()
    size = chance.choice(LENGTHS)
    start = chance.randrange(max(1, len(words) - size + 1))
    part = " ".join(words[start : start + size])
    if chance.random() < 0.5:
        part = "".join(
            c for c in unicodedata.normalize("NFD", part) if not unicodedata.combining(c)
        )
        part = part.replace("œ", "oe").replace("Œ", "Oe")
    return part.lower() if chance.random() < 0.5 else part


def learn(texts: tuple[str, ...], french: tuple[bool, ...]) -> dict[str, int]:
    """Return the weights that are not zero, in tenths."""
    vectorizer = CountVectorizer(analyzer=features, min_df=20)
    counts = vectorizer.fit_transform(texts)
    model = LogisticRegression(
        C=PENALTY, l1_ratio=1.0, solver="liblinear", fit_intercept=False, random_state=1
    )
    model.fit(counts, np.array(french))
    tenths = np.rint(model.coef_[0] * 10).astype(int)
    names = vectorizer.get_feature_names_out()
    return {str(name): int(weight) for name, weight in zip(names, tenths, strict=True) if weight}


def features(text: str) -> list[str]:
    """Return the pieces of all words that count in `text`."""
    return [piece for word in counted_words(text) for piece in pieces(word)]


if __name__ == "__main__":
    main()
