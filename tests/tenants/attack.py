"""Hostile requests of one tenant for what is another's, each with a twin for what never was.

A request names something of the victim, written in one of many ways, on one of the routes of
tests/properties/test_tenants.py or through MCP; its twin names something of the same form that
does not exist. Nothing of the victim may be in the reply, and the twins must be answered alike.
"""

import json
import random
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import quote

from httpx2 import InvalidURL, Response
from starlette.testclient import TestClient

from tests.properties.test_tenants import ROUTES, Named

Disguise = Callable[[str], Any]

# Ways to write a name, so that a check and a lookup might read it differently.
DISGUISES: tuple[Disguise, ...] = (
    lambda name: name,
    lambda name: name.upper(),
    lambda name: name.title(),
    lambda name: f" {name}",
    lambda name: f"{name} ",
    lambda name: f"{name}\n",
    lambda name: f"{name}\x00",
    lambda name: f"{name}.",
    lambda name: f"{name}/",
    lambda name: f"../{name}",
    lambda name: f"mine/../{name}",
    lambda name: f"./{name}",
    lambda name: quote(name, safe="").replace("-", "%2D"),
    lambda name: "".join(f"%{byte:02x}" for byte in name.encode()),
    lambda name: "".join(f"%25{byte:02x}" for byte in name.encode()),
    lambda name: unicodedata.normalize("NFD", name),
    lambda name: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name),
    lambda name: name.replace("a", "\u0430").replace("e", "\u0435"),  # Cyrillic
    "\u200b".join,
    lambda name: f"\u202e{name[::-1]}",
    lambda name: f"{name}' OR '1'='1",
    lambda name: f'{name}" OR 1=1 --',
    lambda name: f"mine' UNION SELECT '{name}",
    lambda name: f"{name[:-1]}%",
    lambda name: f"{name[:-1]}_",
    lambda name: f"{name[:-1]}*",
    lambda name: f"{name}#",
    lambda name: f"{name}?collection=mine",
    lambda name: f"mine,{name}",
    lambda name: f"{name}.0",
    lambda name: f"sourcier/{name}",
    lambda name: f"file:{name}",
    lambda name: name * 40,
    lambda name: [name],
    lambda name: ["mine", name],
    lambda name: {"$eq": name},
    lambda name: {"name": name},
)

_TOOLS: tuple[tuple[str, Callable[[Named], dict[str, Any]]], ...] = (
    ("ask", lambda n: {"question": "Qui a bâti le phare ?", "collection": n.collection}),
    ("search", lambda n: {"query": "phare", "collection": n.collection}),
    ("fetch", lambda n: {"id": n.document}),
    ("fetch", lambda n: {"id": n.document, "start": 3}),
)
_FILES = "/{store_id}/file"  # where a document is named beside a collection
_FORMATS = ("native", "anthropic", "cohere")
# Of a reply, what is its own every time.
_OWN = re.compile(rb'"timings":\{[^}]*\}|ans_[0-9a-f]{32}|vsfb_\w+|"created(?:_at)?":[0-9.]+')


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is asked: how to say it of anybody's things, and which one is disguised.

    With `at_home` the collection is the attacker's own, and the rest is not.
    """

    route: str
    send: Callable[[TestClient, Named], Response]
    disguised: str
    disguise: Disguise
    at_home: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, without what is its own every time."""

    status: int
    content_type: str
    body: bytes


def attempts(seed: int, headers: dict[str, str]) -> Iterator[Attempt]:
    """Yield hostile requests without end, the same for the same `seed`."""
    chosen = random.Random(seed)
    calls = [*_route_calls(headers), *_tool_calls(headers), *_search_calls(headers)]
    names = [field.name for field in fields(Named)]
    while True:
        route, send = chosen.choice(calls)
        disguised, disguise = chosen.choice(names), chosen.choice(DISGUISES)
        at_home = _FILES in route and disguised != "collection" and chosen.random() < 0.5
        yield Attempt(route, send, disguised, disguise, at_home)


def reply_to(client: TestClient, attempt: Attempt, named: Named, *, mine: Named) -> Reply | None:
    """Return what is answered about `named`; None where no client can send such a name."""
    values = {field.name: getattr(named, field.name) for field in fields(Named)}
    if attempt.at_home:
        values["collection"] = mine.collection
    written = attempt.disguise(values[attempt.disguised])
    values[attempt.disguised] = written
    try:
        response = attempt.send(client, Named(**values))
    except (InvalidURL, TypeError, ValueError):  # the client's own refusal
        return None
    body = response.content
    for name in sorted(_said_of(named, written, mine=mine), key=len, reverse=True):
        body = body.replace(name, b"NAME")
    return Reply(
        response.status_code, response.headers.get("content-type", ""), _OWN.sub(b"OWN", body)
    )


def _said_of(named: Named, written: object, *, mine: Named) -> set[bytes]:
    """Return the forms in which a reply may repeat what was asked for."""
    said = {getattr(named, field.name) for field in fields(Named)}
    texts = [*said, *_strings(written)]
    forms = {form for text in texts for form in _forms(text)}
    own = {getattr(mine, field.name).encode() for field in fields(Named)}
    return forms - own


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from map(str, value.values())
    elif isinstance(value, list):
        yield from map(str, value)


def _forms(text: str) -> Iterator[bytes]:
    for one in {text, text.strip(), unicodedata.normalize("NFC", text), text.partition(".")[0]}:
        if one:
            yield one.encode("utf-8", "replace")
            yield json.dumps(one)[1:-1].encode()
            yield json.dumps(one, ensure_ascii=False)[1:-1].encode("utf-8", "replace")
            yield json.dumps(repr(one)[1:-1], ensure_ascii=False)[1:-1].encode("utf-8", "replace")


def _route_calls(
    headers: dict[str, str],
) -> Iterator[tuple[str, Callable[[TestClient, Named], Response]]]:
    for (method, path), calls in ROUTES.items():
        for call in calls:

            def send(
                client: TestClient,
                named: Named,
                *,
                method: str = method,
                path: str = path,
                call: Callable[[Named], dict[str, Any]] = call,
            ) -> Response:
                places = {
                    "document_id": named.document,
                    "job_id": named.job,
                    "file_id": named.document,
                    "name": named.collection,
                    "store_id": named.collection,
                    "batch_id": "vsfb_68a1b2c30002",
                    "model": f"sourcier/{named.collection}",
                }
                arguments = call(named)
                sent = {**arguments.get("headers", {}), **headers}
                full = path.format(**{k: _in_a_path(str(v)) for k, v in places.items()})
                return client.request(method, full, **{**arguments, "headers": sent})

            yield f"{method} {path}", send


def _in_a_path(name: str) -> str:
    """Return `name` as it can stand in an address; what has a meaning there keeps it."""
    return "".join(quote(c) if c <= " " else c for c in name)


def _tool_calls(
    headers: dict[str, str],
) -> Iterator[tuple[str, Callable[[TestClient, Named], Response]]]:
    accept = {"Accept": "application/json, text/event-stream", **headers}
    for tool, arguments in _TOOLS:

        def send(
            client: TestClient,
            named: Named,
            *,
            tool: str = tool,
            arguments: Callable[[Named], dict[str, Any]] = arguments,
        ) -> Response:
            call = {"name": tool, "arguments": arguments(named)}
            body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
            return client.post("/mcp", json=body, headers=accept)

        yield f"MCP {tool}", send


def _search_calls(
    headers: dict[str, str],
) -> Iterator[tuple[str, Callable[[TestClient, Named], Response]]]:
    """Yield searches of one's own collection that filter by what is another's."""
    for form in _FORMATS:

        def send(client: TestClient, named: Named, *, form: str = form) -> Response:
            filters = {"document_ids": [named.document], "metadata": {"of": named.collection}}
            body = {"query": "phare", "collection": "mine", "format": form, "filters": filters}
            return client.post("/v1/search", json=body, headers=headers)

        yield f"POST /v1/search as {form}", send


def leaked(replies: Sequence[Reply | None], secrets: Sequence[str]) -> list[str]:
    """Return which of the `secrets` stand in the replies."""
    return [
        secret
        for reply in replies
        if reply is not None
        for secret in secrets
        if secret.encode() in reply.body
    ]
