"""The answers of a while, of all workers of a service: feedback may come to another one."""

import logging
import sqlite3
from dataclasses import asdict
from pathlib import Path

import orjson

from documents.records import Feedback, QuotedSpan
from rag.feedback import KnownAnswers
from rag.models import Answer, Question
from rag.recent_answers import MOST_ANSWERS, RecentAnswers, without_opinion
from rag.scratch import Scratch
from rag.seat import Seat

logger = logging.getLogger(__name__)

_SCHEMA = """
    CREATE TABLE IF NOT EXISTS answers (
        number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, known BLOB NOT NULL
    )
"""


def answers_of(seat: Seat) -> KnownAnswers:
    """Return what remembers answers in this seat, for all workers if there are several."""
    return RecentAnswers() if seat.folder is None else SharedAnswers(seat.folder)


class SharedAnswers:
    """The last `most` answers, as the feedback that somebody may give on them; thread-safe."""

    def __init__(self, folder: Path, *, most: int = MOST_ANSWERS) -> None:
        self.most = most
        self._scratch = Scratch(folder, schema=_SCHEMA)

    def remember(self, question: Question, answer: Answer) -> None:
        """Keep `answer`, and let go of the oldest where there are too many.

        Where it cannot be kept, that is logged: the answer is good all the same.
        """
        known = orjson.dumps(asdict(without_opinion(question, answer)))
        try:
            with self._scratch.writing() as connection:
                found = connection.execute(
                    "INSERT INTO answers (id, known) VALUES (?, ?) RETURNING number",
                    (answer.id, known),
                )
                [[newest]] = found.fetchall()
                connection.execute("DELETE FROM answers WHERE number <= ?", (newest - self.most,))
        except sqlite3.Error as error:
            logger.warning("feedback on %s will not be taken: %s", answer.id, error)

    def find(self, answer_id: str) -> Feedback | None:
        """Return what is known of an answer, None where it is too long ago or never was."""
        found = self._scratch.found("SELECT known FROM answers WHERE id = ?", answer_id)
        if not found:
            return None
        known = orjson.loads(found[0][0])
        quotes = tuple(QuotedSpan(**quote) for quote in known.pop("quotes"))
        return Feedback(**known, quotes=quotes)
