"""The events of ``/v1/ask`` with ``stream: true``, one after the other."""

from collections.abc import Iterator
from typing import Self

from pydantic import Field

from api.schemas.ask import AskResponse, Citation, Sentence
from api.schemas.search import Passage
from api.schemas.wire import Wire
from rag.events import Answered, Event, PassagesFound, SentenceProved
from rag.vocabulary import Language


class Passages(Wire):
    """`passages`, once and first: what will be read for the answer."""

    language: Language = Field(description="As in the answer.")
    standalone_question: str | None = Field(description="As in the answer.")
    passages: list[Passage]

    @classmethod
    def from_domain(cls, found: PassagesFound) -> Self:
        """Return the wire form of `found`."""
        return cls(
            language=found.language,
            standalone_question=found.standalone_question,
            passages=[Passage.from_domain(hit) for hit in found.passages],
        )


class Delta(Wire):
    """`delta`: what a verified sentence adds to the text of the answer."""

    text: str = Field(description="The space before the sentence included.")


def wire_events(event: Event) -> Iterator[tuple[str, Wire]]:
    """Yield the name and the content of each event that tells of `event`."""
    match event:
        case PassagesFound():
            yield "passages", Passages.from_domain(event)
        case SentenceProved(text=text, sentence=sentence, citations=citations):
            for citation in citations:
                yield "citation", Citation.from_domain(citation)
            yield "delta", Delta(text=text)
            yield "sentence", Sentence.from_domain(sentence)
        case Answered(answer=answer):
            yield "done", AskResponse.from_domain(answer)
