"""The answers of a while, so that feedback on one only needs to name it; safe between threads."""

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock

from documents.records import Feedback, QuotedSpan
from rag.models import Answer, Question

MOST_ANSWERS = 1000


@dataclass(slots=True)
class RecentAnswers:
    """The last `most` answers, as the feedback that somebody may give on them."""

    most: int = MOST_ANSWERS
    _kept: OrderedDict[str, Feedback] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def remember(self, question: Question, answer: Answer) -> None:
        """Keep `answer`, and let go of the oldest where there are too many."""
        kept = without_opinion(question, answer)
        with self._lock:
            self._kept[answer.id] = kept
            while len(self._kept) > self.most:
                self._kept.popitem(last=False)

    def find(self, answer_id: str) -> Feedback | None:
        """Return what is known of an answer, None where it is too long ago or never was."""
        with self._lock:
            found = self._kept.get(answer_id)
            if found is not None:
                self._kept.move_to_end(answer_id)
        return found


def without_opinion(question: Question, answer: Answer) -> Feedback:
    """Return what feedback on `answer` will be, but for what somebody thinks of it."""
    return Feedback(
        answer_id=answer.id,
        collection=question.collection,
        question=answer.question,
        standalone_question=answer.standalone_question,
        language=answer.language,
        answer=answer.text,
        quotes=tuple(
            QuotedSpan(
                document_id=citation.document_id,
                passage_id=citation.passage_id,
                language=citation.language,
                text=citation.quote,
                start=citation.start,
                end=citation.end,
            )
            for citation in answer.citations
        ),
        helpful=False,
    )
