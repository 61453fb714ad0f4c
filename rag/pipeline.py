"""A question's way to its answer: analyse, retrieve, weigh, write, cite, verify."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol
from uuid import uuid4

from documents.models import Language
from documents.records import StoredSpan
from rag.abstention import Abstention
from rag.citations import cite, stored_span, verify
from rag.close_reading import Ranker
from rag.evidence import Evidence
from rag.extractive import NAME as EXTRACTIVE
from rag.extractive import Draft
from rag.models import Answer, AnswerSentence, Citation, Degraded, Question
from rag.phrases import PHRASES
from rag.question import AnalysedQuestion, Translator, analyse
from rag.retrieval import Found, Retriever

_LEAST_PASSAGES = 8  # read for evidence, however few the caller wants to see


class Generator(Protocol):
    """Turns evidence into the sentences of an answer."""

    def draft(self, question: AnalysedQuestion, evidence: Sequence[Evidence]) -> list[Draft]: ...


class SpanStore(Protocol):
    """Gives stored text back, so that a quote can be checked, and the page it is on."""

    def spans(self, spans: Sequence[StoredSpan]) -> list[str | None]: ...

    def pages(self, spans: Sequence[StoredSpan]) -> list[int | None]: ...


@dataclass(slots=True)
class Stopwatch:
    """Milliseconds by stage."""

    timings: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what runs inside as `name`."""
        start = time.perf_counter()
        yield
        self.timings[name] = round((time.perf_counter() - start) * 1000, 3)


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Answers questions; safe to share between threads."""

    store: SpanStore
    retriever: Retriever
    ranker: Ranker
    abstention: Abstention
    generator: Generator
    translator: Translator

    def answer(self, question: Question) -> Answer:
        """Return the answer to `question`, every citation of it verified.

        Raises:
            InvalidQuestion: there is nothing in it to search for.
            UnknownCollection: its collection does not exist.
        """
        watch = Stopwatch()
        with watch.stage("total"):
            with watch.stage("analysis"):
                analysed = analyse(
                    question.text, translator=self.translator, language=question.language
                )
            with watch.stage("retrieval"):
                found = self._found(question, analysed)
            with watch.stage("evidence"):
                evidence = self.ranker.rank(analysed, found)
                confidence = self.abstention.confidence(analysed, evidence)
            with watch.stage("generation"):
                enough = confidence >= self.abstention.threshold
                drafts = self.generator.draft(analysed, evidence) if enough else []
            with watch.stage("verification"):
                sentences, citations = self._proved(drafts)
        answer = Answer(
            id=f"ans_{uuid4().hex}",
            question=analysed.text,
            language=analysed.language,
            answered=bool(sentences),
            text=" ".join(sentence.text for sentence in sentences),
            degraded=_degraded(citations, analysed.language),
            confidence=round(confidence, 4),
            sentences=sentences,
            citations=citations,
            passages=tuple(one.hit for one in found[: question.top_k]),
            encoder=self.retriever.encoder.name,
            generator=EXTRACTIVE,
            timings=watch.timings,
        )
        return answer if sentences else _refusal(answer, found)

    def _found(self, question: Question, analysed: AnalysedQuestion) -> list[Found]:
        return self.retriever.retrieve(
            analysed,
            collection=question.collection,
            filters=question.filters,
            top_k=max(question.top_k, _LEAST_PASSAGES),
        )

    def _proved(
        self, drafts: Sequence[Draft]
    ) -> tuple[tuple[AnswerSentence, ...], tuple[Citation, ...]]:
        """Cite each draft and keep those whose quote the store holds word for word."""
        cited = [
            cite(draft.evidence, number=number) for number, draft in enumerate(drafts, start=1)
        ]
        spans = [
            stored_span(citation, draft.evidence.found.hit.stored.document.generation)
            for citation, draft in zip(cited, drafts, strict=True)
        ]
        checked = verify(cited, self.store.spans(spans), self.store.pages(spans))
        kept = [
            (draft, citation)
            for draft, citation in zip(drafts, checked, strict=True)
            if citation.verified
        ]
        return _numbered(kept)


def _numbered(
    kept: Sequence[tuple[Draft, Citation]],
) -> tuple[tuple[AnswerSentence, ...], tuple[Citation, ...]]:
    """Lay the sentences out in one text and number their citations from 1."""
    sentences: list[AnswerSentence] = []
    citations: list[Citation] = []
    offset = 0
    for number, (draft, citation) in enumerate(kept, start=1):
        end = offset + len(draft.text)
        sentences.append(AnswerSentence(draft.text, offset, end, (number,)))
        citations.append(replace(citation, number=number))
        offset = end + 1
    return tuple(sentences), tuple(citations)


def _degraded(citations: Sequence[Citation], language: Language) -> Degraded | None:
    return "untranslated" if any(c.language != language for c in citations) else None


def _refusal(answer: Answer, found: Sequence[Found]) -> Answer:
    phrases = PHRASES[answer.language]
    return replace(answer, text=phrases.refusal if found else phrases.empty_collection)
