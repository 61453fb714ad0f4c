"""Made-up texts for indexes, and questions to them."""

import random
from collections.abc import Mapping, Sequence

import numpy as np

from documents.models import Document, Language
from index.analyzer import terms
from index.proposals import Proposals
from index.ranking import Rows
from rag.serving import Index
from tests.contracts.stores import Store, passages_of, written
from tests.rag.fakes import FakeEncoder

WORDS: Mapping[Language, Sequence[str]] = {
    "fr": ("phare", "granit", "marée", "gardien", "lanterne", "tempête", "voilier", "quai", "sel"),
    "en": ("lighthouse", "granite", "tide", "keeper", "lantern", "storm", "boat", "quay", "salt"),
}
MOST = 10


def put(
    store: Store,
    source: str,
    *paragraphs: str,
    language: Language = "fr",
    collection: str = "default",
) -> Document:
    """Put a document whose passages are `paragraphs`."""
    store.create_collection(collection)
    document = written(source, *paragraphs, collection=collection)
    passages = passages_of(document, language=language)
    vectors = FakeEncoder().encode_passages([passage.text for passage in passages])
    return store.put(document, passages, vectors, fingerprint="fake-1").document


def fill(store: Store, *, seed: int = 1, documents: int = 30) -> None:
    """Put documents of made-up sentences, in both languages and two collections."""
    chance = random.Random(seed)
    for number in range(documents):
        language: Language = chance.choice(("fr", "en"))
        paragraphs = [
            " ".join(chance.choices(WORDS[language], k=chance.randint(1, 40)))
            for _ in range(chance.randint(1, 4))
        ]
        collection = chance.choice(("default", "other"))
        put(store, f"{seed}-{number}", *paragraphs, language=language, collection=collection)


def propose(
    index: Index,
    text: str,
    *,
    language: Language = "fr",
    collection: int = 1,
    among: Rows | None = None,
    groups: Sequence[Mapping[str, float]] | None = None,
) -> Proposals:
    """Return what an index proposes of a text, its words each a group of their own."""
    return index.view().propose(
        FakeEncoder().encode_questions([text])[0],
        [{term: 1.0} for term in terms(text, language)] if groups is None else groups,
        MOST,
        collection=collection,
        language=language,
        among=among,
    )


def by_words(
    index: Index, text: str, *, language: Language = "fr", collection: int = 1
) -> set[int]:
    """Return the rows that hold a word of `text`."""
    found = propose(index, text, language=language, collection=collection)
    return set(found.by_words.rows.tolist())


def rows_of(store: Store, document: Document) -> list[int]:
    """Return the rows of a document's passages."""
    [change] = [c for c in store.changes(0) if c.number == document.generation]
    return list(change.added)


def vectors_of_rows(store: Store, rows: Sequence[int]) -> np.ndarray:
    """Return the vectors that the store keeps of `rows`."""
    kept = {
        int(row): vector
        for batch in store.vectors(fingerprint="fake-1")
        for row, vector in zip(batch.rows, batch.vectors, strict=True)
    }
    return np.array([kept[row] for row in rows])
