"""What people thought of answers, kept and read inside the caller's transaction.

It holds words of documents, so it goes with them: with a document that it quotes, and with
its collection.
"""

import sqlite3
from datetime import UTC, datetime
from itertools import groupby

from documents.errors import UnknownDocument
from documents.records import Feedback, QuotedSpan
from documents.sqlite_collections import collection_number

_FEEDBACK = "SELECT * FROM feedback WHERE collection = ? ORDER BY number"
_QUOTES = """
    SELECT q.* FROM feedback_quotes AS q JOIN feedback AS f ON f.number = q.feedback
    WHERE f.collection = ? ORDER BY q.feedback, q.position
"""


def write_feedback(connection: sqlite3.Connection, feedback: Feedback) -> None:
    """Keep `feedback`, in place of an earlier one on the same answer."""
    collection = collection_number(connection, feedback.collection)
    for quote in feedback.quotes:
        _refuse_if_gone(connection, quote.document_id)
    connection.execute("DELETE FROM feedback WHERE answer_id = ?", (feedback.answer_id,))
    written = connection.execute(
        """
        INSERT INTO feedback (answer_id, collection, question, standalone_question, language,
                              answer, helpful, comment, given_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        (
            feedback.answer_id,
            collection,
            feedback.question,
            feedback.standalone_question,
            feedback.language,
            feedback.answer,
            feedback.helpful,
            feedback.comment,
            datetime.now(UTC).isoformat(),
        ),
    )
    connection.executemany(
        "INSERT INTO feedback_quotes VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                written.lastrowid,
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


def read_feedback(connection: sqlite3.Connection, collection: str) -> list[Feedback]:
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


def forget_document(connection: sqlite3.Connection, document_id: str) -> None:
    """Delete the feedback on answers that quote a document."""
    connection.execute(
        """
        DELETE FROM feedback WHERE number IN
            (SELECT feedback FROM feedback_quotes WHERE document_id = ?)
        """,
        (document_id,),
    )


def _refuse_if_gone(connection: sqlite3.Connection, document_id: str) -> None:
    # A quote kept now would outlive the document that was deleted.
    known = connection.execute("SELECT 1 FROM documents WHERE id = ?", (document_id,)).fetchone()
    if known is None:
        raise UnknownDocument(
            f"the answer quotes the document {document_id!r}, which was deleted since; ask again"
        )


def _feedback(row: sqlite3.Row, collection: str, quotes: tuple[QuotedSpan, ...]) -> Feedback:
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


def _quoted_span(row: sqlite3.Row) -> QuotedSpan:
    return QuotedSpan(
        document_id=row["document_id"],
        passage_id=row["passage_id"],
        language=row["language"],
        text=row["text"],
        start=row["start"],
        end=row["stop"],
    )
