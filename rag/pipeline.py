"""A question's way to its answer: analyse, retrieve, weigh, write, verify.

Events come out as they happen; `answer` waits for the last.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from typing import Concatenate, ParamSpec, Protocol, TypeVar
from uuid import uuid4

from documents.models import Language
from documents.normalization import normalize
from index.errors import EncoderUnavailable, TextRefused
from rag.abstention import Abstention
from rag.close_reading import Ranker
from rag.conversation.follow_ups import spoken_language
from rag.conversation.follow_ups import standalone as standalone_question
from rag.conversation.rewording import FollowUp
from rag.drafts import Generator, Task
from rag.errors import GeneratorUnavailable
from rag.events import Answered, Event, Events, PassagesFound, SentenceProved
from rag.models import Answer, Degraded, Query, Question, Searched
from rag.proving import Proof, SpanStore
from rag.question import AnalysedQuestion, Translator, analyse
from rag.refusals import refusal
from rag.retrieval import Found, Retriever
from rag.weighing import Weighed, Weighing

logger = logging.getLogger(__name__)
Given = ParamSpec("Given")
Done = TypeVar("Done")

_LEAST_PASSAGES = 8  # read for evidence, however few the caller wants to see
_FURTHER_PASSAGES = 24  # found where some of those are set behind others
_ATTEMPTS = 5  # at an answer whose quotes the store still holds


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


class Rewriter(Protocol):
    """Words a follow-up better than the rules complete it; None where it cannot."""

    def reword(self, asked: FollowUp) -> str | None: ...


@dataclass(slots=True)
class _Writing:
    """Who writes the answer, and why it is less than it could be."""

    generator: str
    degraded: Degraded | None = None


@dataclass(slots=True)
class _Means:
    """What the work is done by: all parts, or those that need no encoder where it is away."""

    parts: "Pipeline"
    degraded: Degraded | None = None

    def do(
        self,
        step: "Callable[Concatenate[Pipeline, Given], Done]",
        *given: Given.args,
        **options: Given.kwargs,
    ) -> Done:
        """Return what `step` of the parts gives; raises what says that the encoder is needed."""
        try:
            return step(self.parts, *given, **options)
        except (EncoderUnavailable, TextRefused) as error:
            if self.parts.by_words is None:
                raise
            logger.debug("by words alone: %s", error)
            self.parts, self.degraded = self.parts.by_words, "encoder_unavailable"
        return step(self.parts, *given, **options)


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Answers questions; safe to share between threads.

    `generator` writes; where it cannot, `fallback` does. `by_words` are the parts that answer
    while the encoder is away, None where it cannot be. Without a `rewriter`, rules alone complete
    what leans on the conversation.
    """

    store: SpanStore
    retriever: Retriever
    ranker: Ranker
    abstention: Abstention
    generator: Generator
    fallback: Generator
    translator: Translator
    by_words: "Pipeline | None" = None
    rewriter: Rewriter | None = None

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
        watch, means = Stopwatch(), _Means(self)
        with watch.stage("total"):
            with watch.stage("analysis"):
                language = question.language or spoken_language(question.text, question.history)
                standalone = self.standalone(question, language)
                analysed = analyse(
                    standalone or question.text, translator=self.translator, language=language
                )
            with watch.stage("retrieval"):
                found = means.do(Pipeline.find, question, analysed)
            passages = tuple(one.hit for one in found[: question.top_k])
            yield PassagesFound(analysed.language, standalone, passages)
            for _ in range(_ATTEMPTS):
                with watch.stage("evidence"):
                    weighed = means.do(Pipeline.weigh, question, analysed, found)
                parts = means.parts
                proof, writing = Proof(self.store), _Writing(parts.generator.name, means.degraded)
                with watch.stage("generation"):
                    if weighed.confidence >= parts.abstention.threshold:
                        read = weighed.found[: max(question.top_k, _LEAST_PASSAGES)]
                        task = Task(analysed, weighed.evidence, read, question.history)
                        yield from parts.write(task, proof, writing)
                if proof.sentences or not proof.outdated:
                    break
                # What was found is no longer stored: documents were replaced meanwhile.
                found = means.do(Pipeline.find, question, analysed)
                passages = tuple(one.hit for one in found[: question.top_k])
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
                confidence=round(weighed.confidence, 4),
                sentences=tuple(proof.sentences) if proof.citations else (),
                citations=tuple(proof.citations),
                passages=passages,
                encoder=means.parts.retriever.encoder.name,
                generator=writing.generator,
                timings=watch.timings,
                short_answer=proof.short_answer,
                standalone_question=standalone,
            )
        )

    def search(self, query: Query) -> Searched:
        """Return the passages that match `query` best, without an answer.

        Raises:
            InvalidQuestion, UnknownCollection: as `answer` does.
            EncoderUnavailable: only meaning is to count, and the encoder is away.
        """
        analysed = analyse(query.text, translator=self.translator, language=query.language)
        means = _Means(replace(self, by_words=None) if query.mode == "dense" else self)
        found = means.do(Pipeline.look_up, query, analysed)
        degraded = means.degraded if query.mode == "hybrid" else None  # else words are all it takes
        return Searched([one.hit for one in found], degraded)

    def look_up(self, query: Query, analysed: AnalysedQuestion) -> list[Found]:
        """Return what is found for `query`, best first."""
        return self.retriever.retrieve(
            analysed,
            collection=query.collection,
            filters=query.filters,
            top_k=query.top_k,
            mode=query.mode,
        )

    def standalone(self, question: Question, language: Language) -> str | None:
        """Return what `question` asks without its history, None where it does not lean on it."""
        text, history = question.text, question.history
        completed = standalone_question(text, history, language=language)
        if completed is None or self.rewriter is None:
            return completed
        return self.rewriter.reword(FollowUp(text, completed, history, language)) or completed

    def find(
        self, question: Question, analysed: AnalysedQuestion, *, least: int = _LEAST_PASSAGES
    ) -> list[Found]:
        """Return what is read for an answer, best first."""
        return self.retriever.retrieve(
            analysed,
            collection=question.collection,
            filters=question.filters,
            top_k=max(question.top_k, least),
        )

    def weigh(self, question: Question, analysed: AnalysedQuestion, found: list[Found]) -> Weighed:
        """Return the sentences of `found` that may answer, and how likely they do."""
        return Weighing(self.ranker, self.abstention).weigh(
            analysed,
            found,
            further=lambda: self.find(question, analysed, least=_FURTHER_PASSAGES),
        )

    def write(self, task: Task, proof: Proof, writing: _Writing) -> Iterator[Event]:
        """Yield the sentences that are proved; the fallback's where the generator wrote none."""
        try:
            yield from _proved(self.generator, task, proof, writing)
        except (GeneratorUnavailable, EncoderUnavailable, TextRefused) as error:
            logger.warning("%s: %s", self.generator.name, error)
            away = isinstance(error, GeneratorUnavailable)
            writing.degraded = "generator_unavailable" if away else "encoder_unavailable"
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
