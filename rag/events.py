"""What happens while a question is answered, in order: for those who do not want to wait.

`PassagesFound` once, `SentenceProved` for each sentence as soon as its quotes are verified,
`Answered` last, with the whole. Where documents are replaced meanwhile, the answer may have been
written from other passages than those that were found first.
"""

from collections.abc import Generator
from dataclasses import dataclass

from documents.models import Language
from rag.models import Answer, AnswerSentence, Citation, Hit


@dataclass(frozen=True, slots=True)
class PassagesFound:
    """What will be read; `standalone_question` is set where the history was needed."""

    language: Language
    standalone_question: str | None
    passages: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class SentenceProved:
    """The next sentence of the answer, and the citations that it is the first to make.

    `text` is what it adds to the answer, the space before it included.
    """

    text: str
    sentence: AnswerSentence
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """The end: the same answer that is given to those who wait."""

    answer: Answer


Event = PassagesFound | SentenceProved | Answered
Events = Generator[Event, None, None]  # closed early, it stops the work
