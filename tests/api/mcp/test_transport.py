"""Which names of the service, and which pages, may speak to it over HTTP."""

from pathlib import Path
from typing import Any

import pytest
from mcp.server.transport_security import TransportSecurityMiddleware
from starlette.requests import Request
from starlette.testclient import TestClient

from api.app import create_app
from api.mcp.transport import address, security
from rag.settings import Settings
from tests.api.fakes import FakeSourcier


async def status(settings: Settings, **headers: str) -> int:
    scope = {
        "type": "http",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    refusal = await TransportSecurityMiddleware(security(settings)).validate_request(Request(scope))
    return refusal.status_code if refusal else 200


@pytest.mark.anyio
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:8000", "10.0.0.5:8000"])
async def test_the_names_of_the_machine_are_answered(host: str) -> None:
    settings = Settings(host="10.0.0.5", keys="off")

    assert await status(settings, host=host) == 200
    assert await status(settings, host=host, origin=f"http://{host}") == 200
    assert await status(settings, host=host, origin="http://attacker.example") == 403


@pytest.mark.anyio
async def test_other_names_are_answered_only_where_keys_are_asked_for() -> None:
    name = "docs.example.org"

    assert await status(Settings(keys="off"), host=name) == 421
    assert await status(Settings(keys="on"), host=name, origin=f"https://{name}") == 200


@pytest.mark.anyio
async def test_a_page_that_may_call_from_a_browser_may_call_here() -> None:
    page = "https://page.example.org"
    settings = Settings(keys="off", cors_origins=page)

    assert await status(settings, host="localhost", origin=page) == 200
    assert await status(Settings(keys="off"), host="localhost", origin=page) == 403


def test_a_browser_may_send_the_headers_of_the_protocol(page_folder: Path) -> None:
    page = "https://page.example.org"
    sourcier: Any = FakeSourcier(settings=Settings(cors_origins=page))
    asked = {
        "Origin": page,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,mcp-method,mcp-name,mcp-protocol-version",
    }

    with TestClient(create_app(sourcier, page_folder=page_folder)) as client:
        assert client.options("/mcp", headers=asked).status_code == 200


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000/"),
        ("0.0.0.0", "http://127.0.0.1:8000/"),  # noqa: S104
        ("::1", "http://[::1]:8000/"),
    ],
)
def test_the_address_is_one_that_can_be_opened(host: str, url: str) -> None:
    assert address(Settings(host=host)) == url
