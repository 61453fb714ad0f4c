"""The command line of a training: files, folders, and any field of its recipe."""

import argparse
from dataclasses import fields
from pathlib import Path
from typing import Any

_TEXT = Path("../shared/training")


def parse(
    description: str | None, recipe: type[Any], **folders: Path
) -> tuple[argparse.Namespace, Any]:
    """Return the files and folders that were named, and the `recipe` (a dataclass) to follow.

    `folders`: more options, with what each is if not named.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--parallel", type=Path, default=_TEXT / "parallel.tsv.gz")
    parser.add_argument("--dictionary", type=Path, default=_TEXT / "dictionary.tsv.gz")
    parser.add_argument("--questions", type=Path, default=_TEXT / "questions-en.jsonl.gz")
    parser.add_argument("--teacher", type=Path, help="a sentence-transformers folder of a BERT")
    parser.add_argument("--work", type=Path, default=Path("training/work"))
    parser.add_argument("--out", type=Path, required=True)
    for name, folder in folders.items():
        parser.add_argument(f"--{name}", type=Path, default=folder)
    parser.add_argument("--threads", type=int, default=2)
    for field in fields(recipe):
        flag = f"--{field.name.replace('_', '-')}"
        parser.add_argument(flag, type=type(field.default), default=field.default)
    named = parser.parse_args()
    return named, recipe(**{field.name: getattr(named, field.name) for field in fields(recipe)})
