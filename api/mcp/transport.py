"""MCP over streamable HTTP: no session to keep, one JSON reply a request.

Imports the SDK: see the package. A page that somebody visits must not reach a service on their own
machine under a name that an attacker points there, so only the machine's own are answered [1].

[1] Model Context Protocol, Transports, security warning,
    https://modelcontextprotocol.io/specification/latest/basic/transports
"""

from collections.abc import Iterable

from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings

from api.mcp.server import Door, build_server
from rag.settings import Settings

_OWN_NAMES = ("127.0.0.1", "localhost", "[::1]")
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared with, not listened on


def session_manager(
    door: Door, settings: Settings, *, version: str
) -> StreamableHTTPSessionManager:
    """Return what answers requests; it does so while its `run` is entered."""
    server = build_server(door, address=address(settings), version=version)
    server.streamable_http_app(
        stateless_http=True,
        json_response=True,
        max_request_body_size=settings.max_body_bytes,
        transport_security=security(settings),
    )
    return server.session_manager


def security(settings: Settings) -> TransportSecuritySettings:
    """Return which names and origins are answered, each with any port or none.

    Where keys are asked for, whoever shows one may come by any name: an attacker's page has none.
    """
    if settings.asks_for_keys:
        return TransportSecuritySettings(enable_dns_rebinding_protection=False)
    names = (*_OWN_NAMES, _bracketed(settings.host))
    own = [f"{scheme}://{name}" for scheme in ("http", "https") for name in names]
    return TransportSecuritySettings(
        allowed_hosts=_with_any_port(names),
        allowed_origins=[*_with_any_port(own), *(settings.cors_origins or ())],
    )


def address(settings: Settings) -> str:
    """Return where a service with these settings is reached from its own machine."""
    host = "127.0.0.1" if settings.host in _EVERYWHERE else _bracketed(settings.host)
    return f"http://{host}:{settings.port}/"


def _with_any_port(names: Iterable[str]) -> list[str]:
    return [form for name in names for form in (name, f"{name}:*")]


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
