"""The stores under contract, and what their tests put into them. A new store joins `STORES`."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from documents.models import Document, Heading, Language, Passage, Sentence
from documents.store.store import Store

Opener = Callable[[], Store]

STORES = ("sqlite", "postgres")
DIMENSION = 8


def opener(name: str, request: pytest.FixtureRequest, folder: Path) -> Opener:
    """Return what opens one and the same store, as often as it is called."""
    if name == "sqlite":
        return lambda: Store.open(folder / "store.db")
    from documents.store.postgres_connections import PostgresConnections  # noqa: PLC0415 - an extra

    url = request.getfixturevalue("postgres").emptied_url()
    return lambda: Store(PostgresConnections.open(url))


def written(source: str, *paragraphs: str, collection: str = "default") -> Document:
    text = "\n\n".join(paragraphs)
    return Document(
        id="",
        collection=collection,
        source=source,
        title=f"Titre de {source}",
        language="fr",
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )


def passages_of(document: Document, *, language: Language = "fr") -> list[Passage]:
    """Each paragraph is a passage of one sentence."""
    passages, start = [], 0
    for paragraph in document.text.split("\n\n"):
        end = start + len(paragraph)
        if paragraph:
            sentences = (Sentence(start, end),)
            passages.append(Passage(start, end, paragraph, language, sentences))
        start = end + 2
    return passages


def vectors_of(passages: Sequence[Passage], *, dimension: int = DIMENSION) -> NDArray[np.float32]:
    """Each text has a vector of its own."""
    seeds = [hashlib.sha256(p.text.encode("utf-8", "replace")).digest() for p in passages]
    drawn = [np.random.default_rng(list(seed)).normal(size=dimension) for seed in seeds]
    return np.array(drawn, dtype=np.float32).reshape(-1, dimension)


@dataclass(frozen=True)
class Made:
    """What an encoder made of passages (`documents.records.Encodings`)."""

    vectors: NDArray[np.float32]
    stretches: Sequence[bytes] = ()


def stretches_of(texts: Sequence[str]) -> list[bytes]:
    """Bytes that tell their text, of any length."""
    return [text.encode("utf-8", "replace") for text in texts]


def put(
    store: Store, document: Document, *, language: Language = "fr", fingerprint: str = "one"
) -> Document:
    passages = passages_of(document, language=language)
    return store.put(document, passages, vectors_of(passages), fingerprint=fingerprint).document


def live_rows(store: Store) -> set[int]:
    return {int(row) for batch in store.entries() for row in batch.rows}


RICH = Document(
    id="",
    collection="default",
    source="/presse/chine.pdf",
    title="L’« énergie » à Shanghai — 1\u202f200 puces",
    language="fr",
    text="Un œuf.\n\nL’économie a crû de 145\u00a0%.\n\n🐙nicode, U+0001 compris:\x01.",
    sha256="a" * 64,
    url="https://example.org/a?b=«c»",
    published_at=date(2025, 4, 26),
    headings=(Heading(0, 7, 1),),
    page_starts=(0, 9),
    metadata={"rubrique": "éco", "": "clé vide", "contrôle": "a\x01b", "quote": "\"'; --"},
)
