"""What people thought of answers, kept and read inside the caller's transaction.

It holds words of documents, so it goes with them: with a document that it quotes, and with
its collection.
"""

from datetime import UTC, datetime
from itertools import groupby

from documents.errors import UnknownDocument
from documents.records import Feedback, QuotedSpan
from documents.store.collections import collection_number
from documents.store.connection import Connection, Row

_FEEDBACK = "SELECT * FROM feedback WHERE collection = ? ORDER BY number"
_QUOTES = """
    SELECT q.* FROM feedback_quotes AS q JOIN feedback AS f ON f.number = q.feedback
    WHERE f.collection = ? ORDER BY q.feedback, q.position
"""


def write_feedback(connection: Connection, feedback: Feedback) -> None:
    """Keep `feedback`, in place of an earlier one on the same answer."""
    collection = collection_number(connection, feedback.collection)
    for quote in feedback.quotes:
        _refuse_if_gone(connection, quote.document_id)
    connection.execute("DELETE FROM feedback WHERE answer_id = ?", (feedback.answer_id,))
    written = connection.execute(
        """
        INSERT INTO feedback (answer_id, collection, question, standalone_question, language,
                              answer, helpful, comment, given_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING number
        """,
        (
            feedback.answer_id,
            collection,
            feedback.question,
            feedback.standalone_question,
            feedback.language,
            feedback.answer,
            int(feedback.helpful),
            feedback.comment,
            datetime.now(UTC).isoformat(),
        ),
    )
    [[number]] = written
    connection.executemany(
        "INSERT INTO feedback_quotes VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                number,
                position,
                quote.document_id,
                quote.passage_id,
                quote.language,
                quote.text,
                quote.start,
                quote.end,
            )
            for position, quote in enumerate(feedback.quotes)
        ),
    )


def read_feedback(connection: Connection, collection: str) -> list[Feedback]:
    """Return the feedback on the answers from `collection`, oldest first."""
    number = collection_number(connection, collection)
    rows = connection.execute(_QUOTES, (number,))
    quotes = {
        feedback: tuple(map(_quoted_span, group))
        for feedback, group in groupby(rows, key=lambda row: row["feedback"])
    }
    return [
        _feedback(row, collection, quotes.get(row["number"], ()))
        for row in connection.execute(_FEEDBACK, (number,))
    ]


def forget_document(connection: Connection, document_id: str) -> None:
    """Delete the feedback on answers that quote a document."""
    connection.execute(
        """
        DELETE FROM feedback WHERE number IN
            (SELECT feedback FROM feedback_quotes WHERE document_id = ?)
        """,
        (document_id,),
    )


def _refuse_if_gone(connection: Connection, document_id: str) -> None:
    # A quote kept now would outlive the document that was deleted.
    known = connection.execute("SELECT 1 FROM documents WHERE id = ?", (document_id,)).fetchone()
    if known is None:
        raise UnknownDocument(
            f"the answer quotes the document {document_id!r}, which was deleted since; ask again"
        )


def _feedback(row: Row, collection: str, quotes: tuple[QuotedSpan, ...]) -> Feedback:
    return Feedback(
        answer_id=row["answer_id"],
        collection=collection,
        question=row["question"],
        standalone_question=row["standalone_question"],
        language=row["language"],
        answer=row["answer"],
        quotes=quotes,
        helpful=bool(row["helpful"]),
        comment=row["comment"],
        given_at=datetime.fromisoformat(row["given_at"]),
    )


def _quoted_span(row: Row) -> QuotedSpan:
    return QuotedSpan(
        document_id=row["document_id"],
        passage_id=row["passage_id"],
        language=row["language"],
        text=row["text"],
        start=row["start"],
        end=row["stop"],
    )
