"""Keys and secrets, wherever somebody puts them, stand in no log, reply or report."""

import json
import logging
import traceback
from pathlib import Path
from typing import get_args

import httpx2
import pytest
from pydantic import SecretStr, ValidationError
from starlette.testclient import TestClient
from typer.testing import CliRunner

from api.app import create_app
from api.logs import JsonLines, TextLines, WithoutSecrets
from documents.store.store import Store
from rag.__main__ import app as command_line
from rag.bootstrap import bootstrap
from rag.errors import GeneratorUnavailable
from rag.generators.openai_chat import OpenAIChat
from rag.keyring import Keyring
from rag.settings import Settings, problems
from tests.browser.service import running_service

MODEL_KEY = 'sk-model-0123456789"é\\abcdef'
WEBHOOK_SECRET = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldY"
KEY = "src_0badc0de_" + "S" * 21 + "-_" + "e" * 20
SECRETS = (MODEL_KEY, json.dumps(MODEL_KEY)[1:-1], WEBHOOK_SECRET, KEY[13:])


def settings_with_secrets(**chosen: object) -> Settings:
    return Settings.model_validate(
        {
            "generator": "openai",
            "openai_base_url": "http://127.0.0.1:1/v1",
            "openai_model": "m",
            "openai_api_key": MODEL_KEY,
            "webhook_secret": WEBHOOK_SECRET,
            **chosen,
        }
    )


def stated(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


# Requests with keys in all the right and wrong places


def ask_everywhere(client: httpx2.Client | TestClient, key: str) -> str:
    """Send `key` in every place that one may think of; return all that is replied."""
    headers = {
        "Authorization": f"Bearer {key}",
        "X-API-Key": key,
        "X-Request-ID": key,
        "Cookie": f"key={key}",
        "User-Agent": key,
        "Referer": f"http://localhost/?key={key}",
        "Origin": f"http://{key}.example",
        "Idempotency-Key": key,
    }
    replies = [client.get("/v1/status", headers={name: value}) for name, value in headers.items()]
    own = {"Authorization": f"Bearer {key}"}
    replies += [
        client.get(f"/v1/status?api_key={key}&key={key}", headers=own),
        client.get(f"/v1/nowhere?key={key}"),
        client.post("/v1/ask", json={"api_key": key}, headers=own),
        client.post("/v1/ask", json={"question": 1, "note": key}, headers=own),
        client.post("/v1/ask", content=f'{{"key": "{key}"'.encode(), headers=own),
        client.post("/v1/search", json={"query": "x", "top_k": key}, headers=own),
        client.post("/v1/chat/completions", json={"model": 1, "api_key": key}, headers=own),
        client.post("/mcp", json={"jsonrpc": "2.0", "id": 1, "params": {"key": key}}, headers=own),
        client.post("/v1/documents", files={"file": ("a", b"")}, data={"note": key}, headers=own),
        client.get("/metrics", headers=own),
        client.get("/openapi.json", headers=own),
        client.get("/", headers=own),
    ]
    return "\n".join(
        f"{reply.text}\n{json.dumps(dict(reply.headers.items()))}"
        for reply in replies
        if reply.request.headers.get("x-request-id") != key  # given back as it was sent
    )


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str, str]:
    """What a service at the level debug logs and replies, and the secret of its key."""
    folder = tmp_path_factory.mktemp("data")
    with Store.open(folder / "sourcier.db") as store:
        _, key = Keyring(store.keys).create("client", "admin")
    chosen = {
        "GENERATOR": "openai",
        "OPENAI_BASE_URL": "http://127.0.0.1:1/v1",
        "OPENAI_MODEL": "m",
        "OPENAI_API_KEY": "sk-model-0123456789-abcdef",
        "WEBHOOK_SECRET": WEBHOOK_SECRET,
        "KEYS": "on",
        "ENCODER": "embedded-static",
        "LOG_LEVEL": "debug",
        "LOG_QUESTIONS": "true",
    }
    with running_service(folder, **chosen) as service:
        replies = ask_everywhere(service.http, key) + ask_everywhere(service.http, KEY)
        own = {"X-API-Key": key}
        text = {"text": "Le phare de Belrive a été bâti en 1887 par Armand Kerbrat.", "source": "a"}
        service.http.post("/v1/documents", json=text, headers=own)
        asked = {"question": f"Quand le phare de Belrive a-t-il été bâti ? {key}"}
        answer = service.http.post("/v1/ask", json=asked, headers=own)
        assert answer.status_code == 200
        log = (folder / "service.log").read_text(encoding="utf-8")
    return log, replies, key[13:]


def test_the_log_of_a_service_says_no_secret(logged: tuple[str, str, str]) -> None:
    log, _, secret = logged

    assert "Quand le phare" in log
    assert secret not in log
    assert "sk-model" not in log
    assert stated(log) == []


def test_no_reply_repeats_a_key_or_tells_a_secret(logged: tuple[str, str, str]) -> None:
    _, replies, secret = logged

    assert "sourcier_build_info" in replies
    assert "openapi" in replies
    assert secret not in replies
    assert "sk-model" not in replies
    assert stated(replies) == []


# The net under the log


@pytest.mark.parametrize("lines", [TextLines("%(message)s"), JsonLines()])
def test_what_somebody_logs_all_the_same_is_left_out(lines: logging.Formatter) -> None:
    formatter = WithoutSecrets(lines, settings_with_secrets())
    error = ValueError(f"refused {KEY}, {MODEL_KEY}, {WEBHOOK_SECRET}")
    record = logging.LogRecord(
        "x", logging.ERROR, "", 1, "sent %s %s", (KEY, MODEL_KEY), (type(error), error, None)
    )
    written = formatter.format(record)

    assert stated(written) == []
    assert written.count("src_0badc0de_…") == 2
    assert "ValueError: refused" in written


def test_without_secrets_a_line_stays_as_it_is() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 1, "src_0badc0de_ … sk- %s", ("",), None)

    assert (
        WithoutSecrets(TextLines("%(message)s"), Settings()).format(record) == record.getMessage()
    )


# Settings and what tells of them


def test_settings_show_no_secret() -> None:
    settings = settings_with_secrets()

    assert stated(repr(settings) + str(settings) + settings.model_dump_json()) == []
    kept = {
        name
        for name, field in Settings.model_fields.items()
        if SecretStr in get_args(field.annotation)
    }
    named = {
        name
        for name in Settings.model_fields
        if name.endswith(("_key", "_secret", "_token", "_password"))
    }
    assert kept == named | {"store"}  # an address, with a password in it


def test_a_wrong_secret_is_not_repeated() -> None:
    with pytest.raises(ValidationError) as caught:
        settings_with_secrets(webhook_secret=KEY, openai_model="")

    assert stated("\n".join(problems(caught.value))) == []


def test_the_address_of_a_model_can_have_no_password_in_it() -> None:
    with pytest.raises(ValidationError, match="openai_base_url"):
        settings_with_secrets(openai_base_url="https://user:hidden@models.example/v1")


def test_a_traceback_of_the_client_of_a_model_has_no_key() -> None:
    chat = OpenAIChat.connect(
        "http://127.0.0.1:1/v1",
        "m",
        api_key=MODEL_KEY.encode("ascii", "replace").decode(),
        timeout_seconds=1,
        context_tokens=4096,
        most_tokens=64,
    )
    key = MODEL_KEY.encode("ascii", "replace").decode()
    with pytest.raises(GeneratorUnavailable) as caught:
        list(chat.stream([]))
    assert key not in "".join(traceback.format_exception(caught.value)) + repr(vars(chat))


def test_doctor_tells_no_secret(tmp_path: Path) -> None:
    environment = {
        "SOURCIER_DATA_DIR": str(tmp_path),
        "SOURCIER_GENERATOR": "openai",
        "SOURCIER_OPENAI_BASE_URL": "http://127.0.0.1:1/v1",
        "SOURCIER_OPENAI_MODEL": "m",
        "SOURCIER_OPENAI_API_KEY": MODEL_KEY.encode("ascii", "replace").decode(),
        "SOURCIER_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "SOURCIER_ENCODER": "embedded-static",
        "SOURCIER_PORT": "0",
    }
    for options in ((), ("--json",)):
        done = CliRunner().invoke(command_line, ["doctor", *options], env=environment)
        assert "generator" in done.output
        assert "sk-model" not in done.output
        assert stated(done.output) == []


def test_the_openapi_document_shows_no_key_that_could_be_real(tmp_path: Path) -> None:
    settings = settings_with_secrets(data_dir=tmp_path, encoder="embedded-static")
    with bootstrap(settings, writes=False) as sourcier:
        document = json.dumps(create_app(sourcier).openapi())

    assert "src_" in document
    assert WithoutSecrets(TextLines(), settings)._unsaid(document) == document
