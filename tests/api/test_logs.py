import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.logs import JsonLines, TextLines, WithoutSecrets, configure_logging, request_id
from rag.settings import Settings
from tests.api.fakes import TEXT, FakeSourcier

QUESTION = "Qui a bâti le phare secret ?"


def record_of(message: str, *arguments: object, **more: object) -> logging.LogRecord:
    record = logging.LogRecord("rag.live", logging.WARNING, "", 1, message, arguments, None)
    vars(record).update(more)
    return record


@pytest.fixture
def about() -> Iterator[str]:
    token = request_id.set("request-1")
    yield "request-1"
    request_id.reset(token)


def test_json_is_one_object_a_line(about: str) -> None:
    line = JsonLines().format(
        record_of("saved %s\nthen “più”", "it", route="/v1/ask", status=200, ms=1.5, method="POST")
    )

    assert "\n" not in line
    content = json.loads(line)
    assert content.pop("time").endswith("+00:00")
    assert content == {
        "level": "warning",
        "logger": "rag.live",
        "message": "saved it\nthen “più”",
        "request_id": about,
        "method": "POST",
        "route": "/v1/ask",
        "status": 200,
        "ms": 1.5,
    }


def test_json_takes_along_only_what_is_meant_for_it() -> None:
    content = json.loads(JsonLines().format(record_of("saved", document="Il était une fois")))
    assert set(content) == {"time", "level", "logger", "message"}


def test_json_has_the_traceback_in_the_same_line() -> None:
    record = record_of("it failed")
    try:
        int("seven")
    except ValueError:
        record.exc_info = sys.exc_info()

    line = JsonLines().format(record)

    assert "\n" not in line
    assert "ValueError: invalid literal" in json.loads(line)["exception"]


@pytest.mark.parametrize("breaking", ["\n", "\r\n", "\u2028", "\x85", "\x1b[2J"])
def test_a_message_cannot_forge_a_line_of_text(breaking: str) -> None:
    line = TextLines("%(levelname)s %(message)s").format(
        record_of("GET /%s failed", f"x{breaking}ERROR all is lost")
    )
    assert len(line.splitlines()) == 1
    assert "\x1b" not in line


def test_a_line_of_text_ends_with_the_id_of_its_request(about: str) -> None:
    assert TextLines("%(message)s").format(record_of("done")) == f"done [{about}]"


@pytest.mark.parametrize(("log_format", "formatter"), [("text", TextLines), ("json", JsonLines)])
def test_the_settings_choose_the_format(
    monkeypatch: pytest.MonkeyPatch, log_format: str, formatter: type
) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "level", root.level)

    configure_logging(Settings.model_validate({"log_format": log_format, "log_level": "error"}))

    [handler] = root.handlers
    assert isinstance(handler.formatter, WithoutSecrets)
    assert type(handler.formatter.lines) is formatter
    assert root.level == logging.ERROR


def everything_logged(settings: Settings, folder: Path, caplog: pytest.LogCaptureFixture) -> str:
    """Ask, stream, search, add and fail; return what was logged in JSON, at every level."""
    sourcier = FakeSourcier(settings=settings)
    app = create_app(sourcier, page_folder=folder)
    with (
        caplog.at_level(logging.DEBUG),
        TestClient(app, raise_server_exceptions=False) as client,
    ):
        for stream in (False, True):
            client.post("/v1/ask", json={"question": QUESTION, "stream": stream})
        client.post("/v1/search", json={"query": QUESTION})
        client.post("/v1/documents", json={"text": TEXT})
        client.post("/v1/ask", json={"question": QUESTION, "top_k": 10_000})
        sourcier.failure = RuntimeError("a fault of ours")
        client.post("/v1/ask", json={"question": QUESTION})
    ours = [record for record in caplog.records if record.name.partition(".")[0] in ("api", "rag")]
    assert any(record.levelno == logging.ERROR for record in ours)
    return "\n".join(JsonLines().format(record) for record in ours)


def test_no_question_and_no_document_is_logged(
    page_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    logged = everything_logged(Settings(log_level="debug"), page_folder, caplog)
    assert "secret" not in logged
    assert "1889" not in logged


def test_questions_are_logged_where_the_operator_asks_for_them(
    page_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    logged = everything_logged(Settings(log_questions=True), page_folder, caplog)
    told = [json.loads(line) for line in logged.splitlines() if "api.logs" in line]
    assert [(one["question"], one["answered"]) for one in told] == [(QUESTION, True)] * 2
    assert "1889" not in logged
