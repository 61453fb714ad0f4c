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
GROUP = 64  # passages of a small collection: a handful of articles


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


def open_indexed(
    folder: Path, data_dir: Path, *, encoder: str = "embedded", groups: bool = False
) -> Sourcier:
    """Return a Sourcier whose collections ``fr``, ``en`` and ``mixed`` hold the passages.

    With `groups`, each also stands in a small collection of its neighbours (`group_of`), so
    that a question can be asked where its answer is and where it is not.
    """
    sourcier = bootstrap(Settings(data_dir=data_dir, encoder=encoder))
    for language in LANGUAGES:
        stored = list(rows(folder, PASSAGES[language]))
        stored.sort(key=lambda row: row["title"])
        for number, row in enumerate(stored):
            small = [f"{language}-{number // GROUP}"] if groups else []
            for collection in (language, MIXED, *small):
                sourcier.create_collection(collection)
                sourcier.add_text(
                    row["text"],
                    title=row["title"].replace("_", " "),
                    language=language,
                    source=row["id"],
                    collection=collection,
                )
    return sourcier


def group_of(folder: Path, language: Language) -> dict[str, int]:
    """Return the number of the small collection that each passage stands in, by source."""
    stored = sorted(rows(folder, PASSAGES[language]), key=lambda row: row["title"])
    return {row["id"]: number // GROUP for number, row in enumerate(stored)}
