"""``/v1/ask``: a question, and an answer whose every sentence is proved by a quote."""

from datetime import date
from typing import Literal, Self

from pydantic import Field

from api.schemas.search import Passage
from api.schemas.wire import (
    CODE_POINTS,
    Body,
    CollectionName,
    FiltersBody,
    Score,
    Whole,
    Wire,
    text_url,
)
from rag import models as domain
from rag.vocabulary import DEFAULT_COLLECTION, Language

# A conversation may be long: all of it is taken, its last turns are used.
_MOST_TURNS = 50
_LONGEST_ANSWER = 20_000


class Turn(Body):
    """An earlier question of the conversation, and what was answered."""

    question: str = Field(description="Not longer than a question may be.", min_length=1)
    answer: str = Field("", description="Empty for a refusal.", max_length=_LONGEST_ANSWER)


class AskRequest(Body):
    """A question, and where to look for its answer."""

    question: str = Field(
        description="The question, in French or English.",
        min_length=1,
        examples=["Où la Chine veut-elle installer l’organisation mondiale de l’IA ?"],
    )
    language: Literal["auto", "fr", "en"] = Field(
        "auto", description="Language of the answer; `auto` answers in the question's."
    )
    collection: CollectionName = DEFAULT_COLLECTION
    top_k: Whole = Field(8, description="How many of the passages read to return.", ge=1, le=50)
    filters: FiltersBody = FiltersBody()
    history: list[Turn] = Field(
        default_factory=list,
        description="The conversation so far, oldest first; a question that leans on it is "
        "understood from its last turns.",
        max_length=_MOST_TURNS,
    )
    stream: bool = Field(
        default=False, description="Send the answer as it is made, as server-sent events."
    )

    def to_domain(self) -> domain.Question:
        """Return the question as the domain knows it."""
        return domain.Question(
            text=self.question,
            language=None if self.language == "auto" else self.language,
            collection=self.collection,
            top_k=self.top_k,
            filters=self.filters.to_domain(),
            history=tuple(domain.Turn(turn.question, turn.answer) for turn in self.history),
        )


class Sentence(Wire):
    """A sentence of the answer: ``answer[start:end] == text``."""

    text: str
    start: int = Field(description=f"Where the sentence starts in `answer`. {CODE_POINTS}")
    end: int = Field(description="Where it ends, excluded.")
    citations: list[int] = Field(description="Numbers of the citations that prove it.")
    support: domain.Support = Field(
        description="Whether the quotes bear out all of it, a part, or nothing."
    )

    @classmethod
    def from_domain(cls, sentence: domain.AnswerSentence) -> Self:
        """Return the wire form of `sentence`."""
        return cls(
            text=sentence.text,
            start=sentence.start,
            end=sentence.end,
            citations=list(sentence.citations),
            support=sentence.support,
        )


class ShortAnswer(Wire):
    """The few words that answer: the cited document's stored text from `start` to `end`."""

    text: str
    citation: int = Field(description="Number of the citation whose quote holds them.")
    start: int = Field(description=f"Where they start in the stored text. {CODE_POINTS}")
    end: int = Field(description="Where they end, excluded.")

    @classmethod
    def from_domain(cls, short: domain.ShortAnswer) -> Self:
        """Return the wire form of `short`."""
        return cls(text=short.text, citation=short.citation, start=short.start, end=short.end)


class Citation(Wire):
    """A verbatim quote: the document's stored text from `start` to `end` is `quote`."""

    number: int = Field(description="What `sentences[].citations` refer to; starts at 1.")
    document_id: str = Field(examples=["doc_3f2a9c0d11e84b57"])
    passage_id: str = Field(examples=["doc_3f2a9c0d11e84b57.12.3"])
    title: str
    url: str | None = Field(description="Where the document was published, if that is known.")
    text_url: str = Field(
        description="Path of the document's stored text, on this service: check the quote there.",
        examples=["/v1/documents/doc_3f2a9c0d11e84b57/text"],
    )
    published_at: date | None
    language: Language = Field(description="Language of the quote, whatever the answer's.")
    page: int | None = Field(description="1-based page, null where the format has no pages.")
    quote: str = Field(description="The exact words of the document.")
    start: int = Field(description=f"Where the quote starts in the stored text. {CODE_POINTS}")
    end: int = Field(description="Where it ends, excluded.")
    score: Score = Field(description="0 to 1: how well the quote answers.")
    verified: bool = Field(description="The quote was compared with the stored text just now.")

    @classmethod
    def from_domain(cls, citation: domain.Citation) -> Self:
        """Return the wire form of `citation`."""
        return cls(
            number=citation.number,
            document_id=citation.document_id,
            passage_id=citation.passage_id,
            title=citation.title,
            url=citation.url,
            text_url=text_url(citation.document_id),
            published_at=citation.published_at,
            language=citation.language,
            page=citation.page,
            quote=citation.quote,
            start=citation.start,
            end=citation.end,
            score=citation.score,
            verified=citation.verified,
        )


class AskResponse(Wire):
    """An answer, or a refusal: then `answered` is false and nothing is cited."""

    id: str = Field(description="Identifies this answer.")
    question: str
    standalone_question: str | None = Field(
        description="What was searched for, where the question leaned on the conversation; else "
        "null."
    )
    language: Language = Field(
        description="The question's language, detected or forced; the answer is written or "
        "framed in it."
    )
    answered: bool = Field(description="False when the documents do not answer the question.")
    answer: str = Field(
        description="Plain text; a refusal says in `language` what was searched, and the first "
        "`passages` are the closest."
    )
    short_answer: ShortAnswer | None = Field(
        description="The few words of a quote that answer by themselves, where there are such."
    )
    degraded: domain.Degraded | None = Field(
        description="Why the answer is less than it could be: `untranslated` quotes the other "
        "language as it stands; `generator_unavailable` had to do without the language model, "
        "`encoder_unavailable` without the encoder, with what words find; "
        "`language` is not wholly in the question's language; null when nothing is wrong."
    )
    confidence: Score = Field(
        description="0 to 1: how likely it is that the evidence answers the question."
    )
    sentences: list[Sentence]
    citations: list[Citation] = Field(description="Always present, empty in a refusal.")
    passages: list[Passage] = Field(description="What was read for the answer, best first.")
    encoder: str = Field(description="The encoder that found the passages.")
    generator: str = Field(description="What wrote the answer.", examples=["extractive"])
    timings: dict[str, float] = Field(
        description="Milliseconds by stage.", examples=[{"retrieve": 2.1, "total": 4.7}]
    )

    @classmethod
    def from_domain(cls, answer: domain.Answer) -> Self:
        """Return the wire form of `answer`."""
        return cls(
            id=answer.id,
            question=answer.question,
            standalone_question=answer.standalone_question,
            language=answer.language,
            answered=answer.answered,
            answer=answer.text,
            short_answer=(
                ShortAnswer.from_domain(answer.short_answer) if answer.short_answer else None
            ),
            degraded=answer.degraded,
            confidence=answer.confidence,
            sentences=[Sentence.from_domain(sentence) for sentence in answer.sentences],
            citations=[Citation.from_domain(citation) for citation in answer.citations],
            passages=[Passage.from_domain(hit) for hit in answer.passages],
            encoder=answer.encoder,
            generator=answer.generator,
            timings=dict(answer.timings),
        )
