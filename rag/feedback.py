"""What people think of answers: taken in, kept in the store, made into questions to evaluate with.

An answer that helped is an example of a question whose right quotes are known; a refusal that
helped, of a question that the documents do not answer.
"""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from documents.records import Feedback
from rag.errors import UnknownAnswer
from rag.models import Answer, Question
from rag.recent_answers import RecentAnswers


class FeedbackStore(Protocol):
    """Keeps feedback for good."""

    def put_feedback(self, feedback: Feedback) -> None: ...

    def feedback(self, collection: str) -> list[Feedback]: ...


class KnownAnswers(Protocol):
    """Remembers the answers of a while."""

    most: int

    def remember(self, question: Question, answer: Answer) -> None: ...

    def find(self, answer_id: str) -> Feedback | None: ...


@dataclass(frozen=True, slots=True)
class FeedbackLog:
    """Takes feedback on the answers of a while; thread-safe."""

    store: FeedbackStore
    answers: KnownAnswers = field(default_factory=RecentAnswers)

    def remember(self, question: Question, answer: Answer) -> None:
        """Make feedback on `answer` possible, until many more were given."""
        self.answers.remember(question, answer)

    def give(
        self,
        answer_id: str,
        *,
        helpful: bool,
        comment: str | None = None,
        within: AbstractSet[str] | None = None,
    ) -> None:
        """Keep what somebody thinks of an answer, in place of what was said of it before.

        Raises:
            UnknownAnswer: this service gave no answer of this id, too long ago, or not from the
                collections `within`.
            UnknownCollection: its collection was deleted.
            UnknownDocument: a document that it quotes was deleted.
        """
        known = self.answers.find(answer_id)
        if known is None or (within is not None and known.collection not in within):
            raise UnknownAnswer(
                f"No recent answer has the id {answer_id!r}; only the last {self.answers.most} "
                "since the service started are remembered: ask again, and send the new id."
            )
        said = (comment or "").strip() or None
        self.store.put_feedback(replace(known, helpful=helpful, comment=said))

    def given(self, collection: str) -> list[Feedback]:
        """Return the feedback on the answers from `collection`, oldest first.

        Raises:
            UnknownCollection: there is none of this name.
        """
        return self.store.feedback(collection)


def evaluation_lines(given: Iterable[Feedback]) -> Iterator[Mapping[str, Any]]:
    """Yield what helped as the lines that `rag.evaluation.read_dataset` reads."""
    for feedback in given:
        if not feedback.helpful:
            continue
        line: dict[str, Any] = {
            "id": feedback.answer_id,
            "question": feedback.standalone_question or feedback.question,
            "language": feedback.language,
            "answers": [quote.text for quote in feedback.quotes],
        }
        if feedback.quotes:
            first = feedback.quotes[0]
            line |= {"passage_id": first.document_id, "passage_language": first.language}
        yield line
