"""Measure how often an encoder finds the marked passage, per direction.

``python -m training.measure MODEL_FOLDER --eval FOLDER`` prints recall@1, @5 and @10 over
the questions of the folder, and recall@1 of translations among the first 1,000 news pairs.
"""

import argparse
import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index.encoder import Encoder
from index.static_encoder import StaticEncoder

_CUTOFFS = (1, 5, 10)
_DIRECTIONS = (
    ("fr→fr", "piaf-questions-fr", "piaf-passages"),
    ("en→en", "squad-questions-en", "squad-passages"),
    ("en→fr", "piaf-questions-en", "piaf-passages"),
    ("fr→en", "squad-questions-fr", "squad-passages"),
)


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a gzipped JSON Lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def measure(encoder: Encoder, folder: Path) -> dict[str, tuple[float, ...]]:
    """Return recall at each cutoff for each direction, and for news translations at 1."""
    figures: dict[str, tuple[float, ...]] = {}
    for direction, questions_name, passages_name in _DIRECTIONS:
        passages = read_rows(folder / f"{passages_name}.jsonl.gz")
        questions = read_rows(folder / f"{questions_name}.jsonl.gz")
        row_of = {passage["id"]: row for row, passage in enumerate(passages)}
        ranks = ranks_of(
            encoder.encode_questions([question["question"] for question in questions]),
            encoder.encode_passages([passage["text"] for passage in passages]),
            [row_of[question["passage_id"]] for question in questions],
        )
        figures[direction] = tuple(float(np.mean(ranks < cutoff)) for cutoff in _CUTOFFS)
    with gzip.open(folder / "news-bitext.tsv.gz", "rt", encoding="utf-8") as lines:
        pairs = [line.rstrip("\n").split("\t") for line in lines][:1000]
    english = encoder.encode_passages([pair[0] for pair in pairs])
    french = encoder.encode_passages([pair[1] for pair in pairs])
    figures["news"] = tuple(
        float(np.mean(ranks_of(left, right, range(len(pairs))) == 0))
        for left, right in ((english, french), (french, english))
    )
    return figures


def ranks_of(questions: np.ndarray, passages: np.ndarray, right: Sequence[int]) -> np.ndarray:
    """Return int64 (n,): how many passages score higher than the right one."""
    scores = questions @ passages.T
    own = scores[np.arange(len(scores)), np.asarray(right)]
    ranks: np.ndarray = np.sum(scores > own[:, None], axis=1)
    return ranks


def format_figures(figures: dict[str, tuple[float, ...]]) -> str:
    """Return one line: ``direction recall@1/@5/@10`` for each."""
    return "  ".join(
        f"{name} " + "/".join(f"{value:.3f}".removeprefix("0") for value in values)
        for name, values in figures.items()
    )


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--eval", type=Path, default=Path("../shared/eval"))
    arguments = parser.parse_args()
    print(format_figures(measure(StaticEncoder.load(arguments.model), arguments.eval)))


if __name__ == "__main__":
    main()
