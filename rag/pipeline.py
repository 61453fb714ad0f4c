"""A question's way to its answer: analyse, retrieve, weigh, write, verify.

Events come out as they happen; `answer` waits for the last.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

from documents.normalization import normalize
from rag.abstention import Abstention
from rag.close_reading import Ranker
from rag.conversation.follow_ups import spoken_language
from rag.conversation.follow_ups import standalone as standalone_question
from rag.drafts import Generator, Task
from rag.errors import GeneratorUnavailable
from rag.events import Answered, Event, Events, PassagesFound, SentenceProved
from rag.models import Answer, Degraded, Question
from rag.proving import Proof, SpanStore
from rag.question import AnalysedQuestion, Translator, analyse
from rag.refusals import refusal
from rag.retrieval import Found, Retriever

logger = logging.getLogger(__name__)

_LEAST_PASSAGES = 8  # read for evidence, however few the caller wants to see


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


@dataclass(slots=True)
class _Writing:
    """Who writes the answer, and why it is less than it could be."""

    generator: str
    degraded: Degraded | None = None


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Answers questions; safe to share between threads.

    `generator` writes; where it cannot, `fallback` does.
    """

    store: SpanStore
    retriever: Retriever
    ranker: Ranker
    abstention: Abstention
    generator: Generator
    fallback: Generator
    translator: Translator

    def answer(self, question: Question) -> Answer:
        """Return the answer to `question`, every citation of it verified.

        Raises:
            InvalidQuestion: there is nothing in it to search for.
            UnknownCollection: its collection does not exist.
        """
        *_, last = self.events(question)
        assert isinstance(last, Answered)  # noqa: S101 - what events() promises
        return last.answer

    def events(self, question: Question) -> Events:
        """Yield what happens, `Answered` last; raises as `answer` does, before the first event.

        Closed early, it stops the work.
        """
        watch = Stopwatch()
        with watch.stage("total"):
            with watch.stage("analysis"):
                language = question.language or spoken_language(question.text, question.history)
                standalone = standalone_question(question.text, question.history, language=language)
                analysed = analyse(
                    standalone or question.text, translator=self.translator, language=language
                )
            with watch.stage("retrieval"):
                found = self._found(question, analysed)
            passages = tuple(one.hit for one in found[: question.top_k])
            yield PassagesFound(analysed.language, standalone, passages)
            with watch.stage("evidence"):
                evidence = self.ranker.rank(analysed, found)
                confidence = self.abstention.confidence(analysed, evidence)
            proof, writing = Proof(self.store), _Writing(self.generator.name)
            with watch.stage("generation"):
                if confidence >= self.abstention.threshold:
                    task = Task(analysed, evidence, found, question.history)
                    yield from self._written(task, proof, writing)
        yield Answered(
            Answer(
                id=f"ans_{uuid4().hex}",
                question=normalize(question.text).strip(),
                language=analysed.language,
                answered=bool(proof.citations),
                text=proof.text
                if proof.citations
                else refusal(question, analysed.language, found=bool(found)),
                degraded=writing.degraded,
                confidence=round(confidence, 4),
                sentences=tuple(proof.sentences) if proof.citations else (),
                citations=tuple(proof.citations),
                passages=passages,
                encoder=self.retriever.encoder.name,
                generator=writing.generator,
                timings=watch.timings,
                short_answer=proof.short_answer,
                standalone_question=standalone,
            )
        )

    def _found(self, question: Question, analysed: AnalysedQuestion) -> list[Found]:
        return self.retriever.retrieve(
            analysed,
            collection=question.collection,
            filters=question.filters,
            top_k=max(question.top_k, _LEAST_PASSAGES),
        )

    def _written(self, task: Task, proof: Proof, writing: _Writing) -> Iterator[Event]:
        """Yield the sentences that are proved; the fallback's where the generator wrote none."""
        try:
            yield from _proved(self.generator, task, proof, writing)
        except GeneratorUnavailable as error:
            logger.warning("%s: %s", self.generator.name, error)
            writing.degraded = "generator_unavailable"
            if not proof.sentences:
                writing.generator = self.fallback.name
                yield from _proved(self.fallback, task, proof, writing)


def _proved(
    generator: Generator, task: Task, proof: Proof, writing: _Writing
) -> Iterator[SentenceProved]:
    with closing(generator.draft(task)) as drafts:
        for draft in drafts:
            if proved := proof.add(draft):
                writing.degraded = writing.degraded or draft.degraded
                yield proved
