"""The service's log on standard error: lines for people, or JSON objects for programs.

Neither a question nor a document's text is ever in it, unless ``SOURCIER_LOG_QUESTIONS`` asks
for the questions; a key never is, wherever somebody put it. Each line written for a request
carries the request's id.
"""

import logging
import re
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime

import orjson
from pydantic import SecretStr

from rag.models import Answer, Question
from rag.settings import Settings

logger = logging.getLogger(__name__)

# Of the request that this task, or the thread that works for it, is about.
request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

# What a record may bring along beside its message; nothing else leaves the process.
_FIELDS = ("method", "route", "status", "ms", "answer_id", "answered", "language", "question")
# What a caller shows (rag/keyring.py); the first group is not secret.
_KEY = r"(src_[0-9a-f]{8}_)[A-Za-z0-9_-]{43}"
_HIDDEN = "…"
_TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
# A path or a question with a line break in it must not look like a line of its own.
_ESCAPED = {ord(c): f"\\x{ord(c):02x}" for c in map(chr, (*range(32), 127, 0x85))} | {
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}


def configure_logging(settings: Settings) -> None:
    """Send what this process logs to standard error as `settings` ask."""
    handler = logging.StreamHandler()
    lines: logging.Formatter = TextLines(_TEXT)
    if settings.log_format == "json":
        lines = JsonLines(tell_process=settings.workers > 1)
    handler.setFormatter(WithoutSecrets(lines, settings))
    logging.basicConfig(level=settings.log_level.upper(), handlers=[handler])
    # Each library it tries; each request to a model; each message of a client.
    for talkative in ("faiss", "httpx2", "mcp"):
        logging.getLogger(talkative).setLevel(logging.WARNING)


class WithoutSecrets(logging.Formatter):
    """What `lines` writes, without the keys of callers and the secrets of the settings.

    The code logs none. Libraries at the level debug do, and so do tracebacks, other servers'
    errors, and addresses that a key was written into.
    """

    def __init__(self, lines: logging.Formatter, settings: Settings) -> None:
        super().__init__()
        self.lines = lines
        self._unsaid = _unsaid(settings)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; of a key, its id stays."""
        return self._unsaid(self.lines.format(record))


def _unsaid(settings: Settings) -> Callable[[str], str]:
    values = [getattr(settings, name) for name in Settings.model_fields]
    secrets = [value.get_secret_value() for value in values if isinstance(value, SecretStr)]
    written = {form for each in secrets for form in (each, orjson.dumps(each).decode()[1:-1])}
    found = re.compile("|".join([_KEY, *map(re.escape, sorted(written - {""}))]), re.ASCII)
    return lambda text: found.sub(lambda match: f"{match[1] or ''}{_HIDDEN}", text)


class TextLines(logging.Formatter):
    """A line a record; control characters are escaped, a traceback has lines of its own."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """Return the line, with the id of its request at the end."""
        line = super().formatMessage(record).translate(_ESCAPED)
        about = request_id.get()
        return f"{line} [{about}]" if about else line


class JsonLines(logging.Formatter):
    """A JSON object a record: `time`, `level`, `logger`, `message`, and what else is known.

    Of several workers, `pid` is the one that says it.
    """

    def __init__(self, *, tell_process: bool = False) -> None:
        super().__init__()
        self._tell_process = tell_process

    def format(self, record: logging.LogRecord) -> str:
        """Return the object on one line."""
        content: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if self._tell_process:
            content["pid"] = record.process
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
