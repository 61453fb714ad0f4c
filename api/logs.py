"""The service's log on standard error: lines for people, or JSON objects for programs.

Neither a question nor a document's text is ever in it, unless ``SOURCIER_LOG_QUESTIONS`` asks
for the questions. Each line written for a request carries the request's id.
"""

import logging
from contextvars import ContextVar
from datetime import UTC, datetime

import orjson

from rag.models import Answer, Question
from rag.settings import Settings

logger = logging.getLogger(__name__)

# Of the request that this task, or the thread that works for it, is about.
request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

# What a record may bring along beside its message; nothing else leaves the process.
_FIELDS = ("method", "route", "status", "ms", "answer_id", "answered", "language", "question")
_TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
# A path or a question with a line break in it must not look like a line of its own.
_ESCAPED = {ord(c): f"\\x{ord(c):02x}" for c in map(chr, (*range(32), 127, 0x85))} | {
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}


def configure_logging(settings: Settings) -> None:
    """Send what this process logs to standard error as `settings` ask."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if settings.log_format == "json" else TextLines(_TEXT))
    logging.basicConfig(level=settings.log_level.upper(), handlers=[handler])
    # Each library it tries; each request to a model; each message of a client.
    for talkative in ("faiss", "httpx2", "mcp"):
        logging.getLogger(talkative).setLevel(logging.WARNING)


class TextLines(logging.Formatter):
    """A line a record; control characters are escaped, a traceback has lines of its own."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """Return the line, with the id of its request at the end."""
        line = super().formatMessage(record).translate(_ESCAPED)
        about = request_id.get()
        return f"{line} [{about}]" if about else line


class JsonLines(logging.Formatter):
    """A JSON object a record: `time`, `level`, `logger`, `message`, and what else is known."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the object on one line."""
        content: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if about := request_id.get():
            content["request_id"] = about
        content |= {name: vars(record)[name] for name in _FIELDS if name in vars(record)}
        if record.exc_info:
            content["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(content, default=str).decode()


def log_question(question: Question, answer: Answer) -> None:
    """Log what was asked; for operators who want that (`rag.watching.Watcher`)."""
    logger.info(
        "%s: %s",
        answer.id,
        question.text,
        extra={
            "answer_id": answer.id,
            "answered": answer.answered,
            "language": answer.language,
            "question": question.text,
        },
    )
