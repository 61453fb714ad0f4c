"""Measure how often an encoder finds the marked passage, per direction.

``python -m training.measure MODEL_FOLDER --data FOLDER`` prints recall@1, @5 and @10 over the
questions of the folder, and recall@1 of translations among the first 1,000 news pairs; what the
folder does not hold is left out. ``--most 200`` takes only the first passages and pairs.
``--exact training/work/transformer`` is the gate of the integers: it measures the weights they
were made from as well, and prints what was lost and how many of the ten nearest stayed.
"""

import argparse
import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.encoder import Encoder, Vectors
from index.static_encoder import StaticEncoder
from index.transformer_encoder import TransformerEncoder
from training.errors import command

_CUTOFFS = (1, 5, 10)
_DIRECTIONS = (
    ("fr→fr", "piaf-questions-fr", "piaf-passages"),
    ("en→en", "squad-questions-en", "squad-passages"),
    ("en→fr", "piaf-questions-en", "piaf-passages"),
    ("fr→en", "squad-questions-fr", "squad-passages"),
)
_NEWS = 1000
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Measured:
    """`recall` at each cutoff; `nearest` int64 (questions, 10): the passages found first."""

    recall: tuple[float, ...]
    nearest: Ints


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a gzipped JSON Lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def measure(encoder: Encoder, folder: Path, *, most: int | None = None) -> dict[str, Measured]:
    """Return what is found in each direction, and for news translations both ways.

    Of what `folder` does not hold nothing is returned. `most`: passages of a collection.
    """
    figures: dict[str, Measured] = {}
    collections: dict[str, tuple[dict[str, int], Vectors]] = {}
    for direction, questions_name, passages_name in _DIRECTIONS:
        files = [folder / f"{name}.jsonl.gz" for name in (questions_name, passages_name)]
        if not all(file.exists() for file in files):
            continue
        if passages_name not in collections:
            passages = read_rows(files[1])[:most]
            row_of = {passage["id"]: row for row, passage in enumerate(passages)}
            vectors = encoder.encode_passages([passage["text"] for passage in passages])
            collections[passages_name] = (row_of, vectors)
        row_of, vectors = collections[passages_name]
        questions = [row for row in read_rows(files[0]) if row["passage_id"] in row_of]
        asked = encoder.encode_questions([question["question"] for question in questions])
        right = [row_of[question["passage_id"]] for question in questions]
        figures[direction] = found(asked, vectors, right)
    news = folder / "news-bitext.tsv.gz"
    return figures | (_translations(encoder, news, most=most or _NEWS) if news.exists() else {})


def _translations(encoder: Encoder, news: Path, *, most: int) -> dict[str, Measured]:
    with gzip.open(news, "rt", encoding="utf-8") as lines:
        pairs = [line.rstrip("\n").split("\t") for line in lines][:most]
    english, french = (encoder.encode_passages([pair[side] for pair in pairs]) for side in (0, 1))
    return {
        "news en→fr": found(english, french, range(len(pairs))),
        "news fr→en": found(french, english, range(len(pairs))),
    }


def found(questions: Vectors, passages: Vectors, right: Sequence[int]) -> Measured:
    """Return how often the right passage is near enough, and the ten nearest of each question."""
    scores = questions @ passages.T
    own = scores[np.arange(len(scores)), np.asarray(right)]
    ranks = np.sum(scores > own[:, None], axis=1)
    return Measured(
        tuple(float(np.mean(ranks < cutoff)) for cutoff in _CUTOFFS),
        np.argsort(-scores, axis=1)[:, :10],
    )


def overlap(one: Ints, other: Ints) -> float:
    """Return the mean share of `one` (questions, 10) that `other` has as well."""
    shared = [len(np.intersect1d(*pair)) for pair in zip(one, other, strict=True)]
    return float(np.mean(shared) / one.shape[1])


@dataclass(frozen=True, slots=True)
class ExactEncoder:
    """The trained weights as they are, in 32 bits (`index.encoder.Encoder`)."""

    name: str
    dimension: int
    fingerprint: str
    student: Any
    tokenizer: Any

    @classmethod
    def load(cls, run: Path) -> "ExactEncoder":
        """Read the weights and the tokenizer of a run of `training.transformer`."""
        from tokenizers import Tokenizer  # noqa: PLC0415 - with its neighbours
        from transformers import BertModel  # noqa: PLC0415 - heavy

        from training.student import Student  # noqa: PLC0415 - imports torch

        body = BertModel.from_pretrained(run / "body", add_pooling_layer=False)
        student = Student(body.config).eval()
        student.body = body.eval()
        tokenizer = Tokenizer.from_file(str(run / "tokenizer.json"))
        return cls("exact", body.config.hidden_size, "exact", student, tokenizer)

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Return ``float32 (len(texts), dimension)``, rows L2-normalised."""
        return self.encode_passages(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return ``float32 (len(texts), dimension)``, rows L2-normalised."""
        import torch  # noqa: PLC0415 - heavy

        from training.corpus import tokenise  # noqa: PLC0415 - with its neighbours

        with torch.inference_mode():
            vectors: Vectors = self.student.embed(tokenise(self.tokenizer, texts)).numpy()
        return vectors


def load(folder: Path) -> Encoder:
    """Return the encoder in `folder`, whichever kind it is."""
    if (folder / "model.onnx").exists():
        return TransformerEncoder.load(folder)
    if (folder / "body").exists():
        return ExactEncoder.load(folder)
    return StaticEncoder.load(folder)


def format_recall(recall: Sequence[float]) -> str:
    """Return ``recall@1/@5/@10``."""
    return "/".join(f"{value:.3f}".removeprefix("0") for value in recall)


def main(given: Sequence[str] | None = None) -> None:
    """Run from the command line, whose words are `given` if it is not that of this process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared/eval"))
    parser.add_argument("--exact", type=Path, help="the run that the model was made from")
    parser.add_argument("--most", type=int, help="passages of a collection, all if not named")
    arguments = parser.parse_args(given)
    data, most = arguments.data, arguments.most
    figures = measure(load(arguments.model), data, most=most)
    if not figures:
        print(f"There is nothing to measure with in {data}; training/README.md says what could be.")
    exact = measure(load(arguments.exact), data, most=most) if arguments.exact else {}
    for direction, measured in figures.items():
        line = f"{direction:10}  {format_recall(measured.recall)}"
        if direction in exact:
            before = exact[direction]
            lost = [
                round(one - other, 3)
                for one, other in zip(before.recall, measured.recall, strict=True)
            ]
            same = overlap(measured.nearest, before.nearest)
            line += f"  exact {format_recall(before.recall)}  lost {lost}  overlap {same:.3f}"
        print(line, flush=True)


if __name__ == "__main__":
    command(main)
