"""An encoder, a translator and evidence made by hand."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import numpy as np

from documents.models import Language, Passage, Sentence
from documents.records import DocumentSummary, StoredPassage
from index.encoder import Vectors
from rag.evidence import Evidence
from rag.models import Hit
from rag.retrieval import Found

NOW = datetime(2025, 8, 1, 9, 30, tzinfo=UTC)


@dataclass
class FakeEncoder:
    """Gives each text a vector of its own; remembers how many texts it read."""

    name: str = "fake"
    fingerprint: str = "fake-1"
    dimension: int = 8
    read: int = 0

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        return self.encode_passages(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.read += len(texts)
        seeds = [hashlib.blake2b(text.encode(), digest_size=8).digest() for text in texts]
        drawn = [np.random.default_rng(list(seed)).normal(size=self.dimension) for seed in seeds]
        vectors = np.array(drawn, np.float32).reshape(-1, self.dimension)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


@dataclass
class FakeTranslator:
    """Knows the translations that it was given, by term."""

    known: Mapping[str, tuple[tuple[str, float], ...]] = field(default_factory=dict)

    def translate(self, term: str, *, source: Language) -> tuple[tuple[str, float], ...]:
        assert source in ("fr", "en")
        return self.known.get(term, ())


def make_found(
    text: str = "La tour a été bâtie en 1889. Elle mesure 330 m.",
    *,
    row: int = 1,
    language: Language = "fr",
    title: str = "La tour",
    log_odds: float = 1.0,
    document_id: str = "doc_00000000000000aa",
    published_at: date | None = None,
) -> Found:
    """A passage that is all of its document; its sentences end at full stops."""
    sentences, start = [], 0
    for sentence in text.split(". "):
        end = start + len(sentence) + (0 if sentence.endswith(".") else 1)
        sentences.append(Sentence(start, end))
        start = end + 1
    document = DocumentSummary(
        id=document_id,
        collection="default",
        source=document_id,
        title=title,
        language=language,
        url=None,
        published_at=published_at,
        added_at=NOW,
        generation=7,
        sha256="",
        fingerprint="fake-1",
        characters=len(text),
        passages=1,
        metadata={},
    )
    passage = Passage(0, len(text), text, language, tuple(sentences))
    measures = {"tokens": 0.5, "words": 0.5, "cosine": 0.5, "crowd": 1.0}
    return Found(Hit(StoredPassage(row, 0, passage, document), 0.9, 1, 1), log_odds, measures)


def make_evidence(
    found: Found, sentence: int = 0, *, log_odds: float = 1.0, covered: Sequence[float] = ()
) -> Evidence:
    """The evidence that is one sentence of a passage."""
    passage = found.hit.stored.passage
    span = passage.sentences[sentence]
    text = passage.text[span.start : span.end]
    measures = dict.fromkeys(("tokens", "before", "kind"), 0.5)
    measures |= dict.fromkeys(("other_year", "opposed"), 0.0)
    over = f"{found.hit.stored.document.title}\n"
    return Evidence(found, span, text, log_odds, measures, np.array(covered, np.float32), over)
