"""The command line of a training: files, folders, and any field of its recipe."""

import argparse
import os
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from training.errors import TrainingError
from training.kept import digest

TEXT = Path("../shared/training")
CHECKPOINT_SECONDS = 180.0
PARALLEL, DICTIONARY, QUESTIONS = "parallel.tsv.gz", "dictionary.tsv.gz", "questions-en.jsonl.gz"


def parse(
    given: Sequence[str] | None, description: str | None, recipe: type[Any], **folders: Path
) -> tuple[argparse.Namespace, Any]:
    """Return the files and folders that were named, and the `recipe` (a dataclass) to follow.

    `given`: the words of the command line, those of this process if None. `folders`: more
    options, with what each is if not named.
    """
    parser = argparse.ArgumentParser(description=description)
    add_text(parser)
    parser.add_argument("--teacher", type=Path, help="a sentence-transformers folder of a BERT")
    parser.add_argument("--work", type=Path, default=Path("training/work"))
    parser.add_argument("--out", type=Path, required=True)
    for name, folder in folders.items():
        parser.add_argument(f"--{name}", type=Path, default=folder)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--checkpoint-seconds", type=float, default=CHECKPOINT_SECONDS)
    for field in fields(recipe):
        flag = f"--{field.name.replace('_', '-')}"
        parser.add_argument(flag, type=type(field.default), default=field.default)
    named = complete(parser.parse_args(given))
    return named, recipe(**{field.name: getattr(named, field.name) for field in fields(recipe)})


def add_text(parser: argparse.ArgumentParser) -> None:
    """Add the options that name the text."""
    parser.add_argument("--parallel", type=Path, default=TEXT / PARALLEL)
    parser.add_argument(
        "--dictionary", type=Path, help=f"{DICTIONARY} beside the parallel text, if it is there"
    )
    parser.add_argument(
        "--questions", type=Path, help=f"{QUESTIONS} beside the parallel text, if it is there"
    )


def complete(named: argparse.Namespace) -> argparse.Namespace:
    """Return what was named, with the dictionary and questions that lie beside the text."""
    for option, name in (("dictionary", DICTIONARY), ("questions", QUESTIONS)):
        beside = named.parallel.with_name(name)
        if getattr(named, option) is None:
            setattr(named, option, beside if beside.exists() else None)
    return named


def digest_of_text(named: argparse.Namespace) -> str:
    """Return a hash of all the text that was named.

    Raises:
        TrainingError: there is no such text.
    """
    files = (named.parallel, named.dictionary, named.questions)
    missing = [file for file in files if file and not file.is_file()]
    if missing:
        message = (
            f"There is no {missing[0]}. Text is source⇥English⇥French lines; training/README.md "
            "says how to name it and what else there can be."
        )
        raise TrainingError(message)
    return digest(file for file in files if file)
