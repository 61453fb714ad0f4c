"""The development questions: read them, and index their passages into collections.

``DATA`` is the folder with the ``piaf-*`` and ``squad-*`` files; see docs/evaluation.md.
"""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from documents.models import LANGUAGES, Language
from rag.bootstrap import bootstrap
from rag.service import Sourcier
from rag.settings import Settings

DATA = Path("../shared/eval")
PASSAGES: dict[Language, str] = {"fr": "piaf-passages.jsonl.gz", "en": "squad-passages.jsonl.gz"}
QUESTIONS = {
    ("fr", "fr"): "piaf-questions-fr.jsonl.gz",
    ("en", "en"): "squad-questions-en.jsonl.gz",
    ("en", "fr"): "piaf-questions-en.jsonl.gz",
    ("fr", "en"): "squad-questions-fr.jsonl.gz",
}
UNANSWERABLE = "squad-unanswerable-en.jsonl.gz"
MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Asked:
    """A development question; `passage` is the source of the passage that answers it."""

    text: str
    language: Language
    passage: str | None
    answers: tuple[str, ...]


def rows(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of a gzipped JSON Lines file."""
    with gzip.open(folder / name, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def questions(folder: Path, name: str) -> list[Asked]:
    """Return the questions of one file."""
    return [
        Asked(row["question"], row["language"], row.get("passage_id"), tuple(row["answers"]))
        for row in rows(folder, name)
    ]


def open_indexed(folder: Path, data_dir: Path, *, encoder: str = "embedded-static") -> Sourcier:
    """Return a Sourcier whose collections ``fr``, ``en`` and ``mixed`` hold the passages."""
    sourcier = bootstrap(Settings(data_dir=data_dir, encoder=encoder))
    for language in LANGUAGES:
        for collection in (language, MIXED):
            if sourcier.create_collection(collection) or collection == MIXED:
                for row in rows(folder, PASSAGES[language]):
                    sourcier.add_text(
                        row["text"],
                        title=row["title"].replace("_", " "),
                        language=language,
                        source=row["id"],
                        collection=collection,
                    )
    return sourcier
