"""Every kind of break that is planted in a small contract is found, and nothing else."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.api.contract.__main__ import described
from tests.api.contract.operations import breaking_changes

Document = dict[str, Any]

ASKED = {
    "type": "object",
    "additionalProperties": False,
    "required": ["question"],
    "properties": {
        "question": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "."},
        "top_k": {"type": "integer", "minimum": 1, "maximum": 50, "default": 8},
        "language": {"anyOf": [{"enum": ["fr", "en"], "type": "string"}, {"type": "null"}]},
        "filters": {"$ref": "#/components/schemas/Filters"},
        "ids": {"type": "array", "items": {"type": ["string", "integer"]}},
    },
}
FILTERS = {
    "type": "object",
    "properties": {
        "section": {"type": "string"},
        "not": {"anyOf": [{"$ref": "#/components/schemas/Filters"}, {"type": "null"}]},
        "metadata": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}
ANSWERED = {
    "type": "object",
    "required": ["answer", "citations", "status"],
    "properties": {
        "answer": {"type": "string"},
        "short": {"type": "string"},
        "status": {"const": "done", "type": "string"},
        "score": {"type": "number", "minimum": 0, "maximum": 1},
        "citations": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["quote"],
                "properties": {"quote": {"type": "string"}, "day": {"type": "string"}},
            },
        },
    },
}
CONTRACT: Document = {
    "paths": {
        "/ask": {
            "post": {
                "security": [{"bearer": []}, {"header": []}],
                "parameters": [
                    {"in": "query", "name": "format", "schema": {"enum": ["a", "b"]}},
                    {"in": "query", "name": "limit", "schema": {"type": "integer"}},
                ],
                "requestBody": {
                    "required": False,
                    "content": {"application/json": {"schema": ASKED}, "text/plain": {}},
                },
                "responses": {
                    "200": {
                        "headers": {"ETag": {}},
                        "content": {"application/json": {"schema": ANSWERED}, "text/plain": {}},
                    },
                    "404": {"description": "None."},
                },
            },
            "get": {"responses": {"200": {"description": "All."}}},
        },
    },
    "components": {"schemas": {"Filters": FILTERS}},
}


def changed(change: Callable[[Document], object]) -> list[str]:
    """Return the breaks that `change` makes in a copy of the contract."""
    new = copy.deepcopy(CONTRACT)
    change(new)
    assert new != CONTRACT
    return breaking_changes(CONTRACT, new)


def post(document: Document) -> Document:
    operation: Document = document["paths"]["/ask"]["post"]
    return operation


def asked(document: Document) -> Document:
    schema: Document = post(document)["requestBody"]["content"]["application/json"]["schema"]
    return schema


def answered(document: Document) -> Document:
    schema: Document = post(document)["responses"]["200"]["content"]["application/json"]["schema"]
    return schema


def filters(document: Document) -> Document:
    schema: Document = document["components"]["schemas"]["Filters"]
    return schema


BREAKS: dict[str, tuple[Callable[[Document], object], str]] = {
    "a route is gone": (lambda d: d["paths"].pop("/ask"), "GET /ask: is gone"),
    "a method is gone": (lambda d: d["paths"]["/ask"].pop("get"), "GET /ask: is gone"),
    "a way to give the key is gone": (lambda d: post(d)["security"].pop(), "no longer open"),
    "a key is needed": (
        lambda d: d["paths"]["/ask"]["get"].update(security=[{"bearer": []}]),
        "is no longer open with no key",
    ),
    "a parameter is gone": (lambda d: post(d)["parameters"].pop(), "query limit: is gone"),
    "a parameter is required": (
        lambda d: post(d)["parameters"][1].update(required=True),
        "query limit: is required now",
    ),
    "a required parameter is new": (
        lambda d: post(d)["parameters"].append(
            {"in": "query", "name": "x", "required": True, "schema": {}}
        ),
        "query x: is required now",
    ),
    "a parameter loses a value": (
        lambda d: post(d)["parameters"][0]["schema"]["enum"].pop(),
        "query format: 'b' is not one of ['a']",
    ),
    "a body is required": (
        lambda d: post(d)["requestBody"].update(required=True),
        "a body is required now",
    ),
    "a body's media type is gone": (
        lambda d: post(d)["requestBody"]["content"].pop("text/plain"),
        "body text/plain: is gone",
    ),
    "a field of a request is gone": (
        lambda d: asked(d)["properties"].pop("top_k"),
        ".top_k: is gone",
    ),
    "a field of a request is required": (
        lambda d: asked(d)["required"].append("top_k"),
        ".top_k: is required now",
    ),
    "a required field of a request is new": (
        lambda d: (asked(d)["required"].append("x"), asked(d)["properties"].update(x={})),
        ".x: is required now",
    ),
    "a type of a request is another": (
        lambda d: asked(d)["properties"]["top_k"].update(type="string"),
        ".top_k: integer is not taken",
    ),
    "a type of a request is narrowed": (
        lambda d: asked(d)["properties"]["ids"]["items"].update(type="string"),
        ".ids[]: integer is not taken",
    ),
    "a null of a request is refused": (
        lambda d: asked(d)["properties"]["language"]["anyOf"].pop(),
        ".language: null is not taken",
    ),
    "a value of a request is refused": (
        lambda d: asked(d)["properties"]["language"]["anyOf"][0]["enum"].pop(),
        ".language: 'en' is not one of ['fr']",
    ),
    "any text becomes a list of values": (
        lambda d: filters(d)["properties"]["section"].update(enum=["a"]),
        ".filters.section: is not always one of ['a']",
    ),
    "a lower bound rises": (
        lambda d: asked(d)["properties"]["top_k"].update(minimum=2),
        ".top_k: minimum 1 does not fit minimum 2",
    ),
    "an upper bound falls": (
        lambda d: asked(d)["properties"]["question"].update(maxLength=50),
        ".question: maxLength 100 does not fit maxLength 50",
    ),
    "a bound is new": (
        lambda d: filters(d)["properties"]["section"].update(maxLength=9),
        ".section: maxLength None does not fit maxLength 9",
    ),
    "a pattern changes": (
        lambda d: asked(d)["properties"]["question"].update(pattern="^x"),
        ".question: pattern . does not fit pattern ^x",
    ),
    "a default changes": (
        lambda d: asked(d)["properties"]["top_k"].update(default=9),
        ".top_k: another default",
    ),
    "other fields are refused": (
        lambda d: filters(d).update(additionalProperties=False),
        ".filters: fields of other names are refused now",
    ),
    "what other fields may be is narrowed": (
        lambda d: filters(d)["properties"]["metadata"]["additionalProperties"].update(type="null"),
        ".metadata.*: string is not taken",
    ),
    "a status is gone": (lambda d: post(d)["responses"].pop("404"), "404: is gone"),
    "a status of success is another": (
        lambda d: post(d)["responses"].update({"202": post(d)["responses"].pop("200")}),
        "202: is a new status of success",
    ),
    "a media type of a reply is gone": (
        lambda d: post(d)["responses"]["200"]["content"].pop("text/plain"),
        "200 text/plain: is gone",
    ),
    "a header is gone": (
        lambda d: post(d)["responses"]["200"].pop("headers"),
        "200 header ETag: is gone",
    ),
    "a field of a reply is gone": (
        lambda d: answered(d)["properties"].pop("short"),
        ".short: is gone",
    ),
    "a required field of a reply is gone": (
        lambda d: (answered(d)["properties"].pop("answer"), answered(d)["required"].pop(0)),
        ".answer: is gone",
    ),
    "a field of a reply may be missing": (
        lambda d: answered(d)["required"].remove("answer"),
        ".answer: may be missing now",
    ),
    "a field deep in a reply is gone": (
        lambda d: answered(d)["properties"]["citations"]["items"]["properties"].pop("day"),
        ".citations[].day: is gone",
    ),
    "a field of a reply may be null": (
        lambda d: answered(d)["properties"]["answer"].update(type=["string", "null"]),
        ".answer: null is not taken",
    ),
    "a type of a reply is another": (
        lambda d: answered(d)["properties"]["answer"].update(type="integer"),
        ".answer: integer is not taken",
    ),
    "a value of a reply is new": (
        lambda d: answered(d)["properties"]["status"].update(const="waiting"),
        ".status: 'waiting' is not one of ['done']",
    ),
    "a bound of a reply is wider": (
        lambda d: answered(d)["properties"]["score"].update(maximum=100),
        ".score: maximum 100 does not fit maximum 1",
    ),
}


@pytest.mark.parametrize("kind", BREAKS)
def test_a_break_is_found(kind: str) -> None:
    change, said = BREAKS[kind]
    assert any(said in found for found in changed(change)), changed(change)


COMPATIBLE: dict[str, Callable[[Document], object]] = {
    "a new route": lambda d: d["paths"].update({"/new": {"get": {"responses": {}}}}),
    "a new method": lambda d: d["paths"]["/ask"].update(put={"responses": {}}),
    "no key is needed any more": lambda d: post(d).pop("security"),
    "a new optional parameter": lambda d: post(d)["parameters"].append(
        {"in": "query", "name": "x", "schema": {"type": "string"}}
    ),
    "a new optional field of a request": lambda d: asked(d)["properties"].update(x={}),
    "a field of a request may be left out": lambda d: asked(d).pop("required"),
    "more values of a request": lambda d: asked(d)["properties"]["language"]["anyOf"][0][
        "enum"
    ].append("de"),
    "more types of a request": lambda d: filters(d)["properties"]["section"].update(
        type=["string", "null"]
    ),
    "a number where there was an integer": lambda d: asked(d)["properties"]["top_k"].update(
        type="number"
    ),
    "wider bounds of a request": lambda d: asked(d)["properties"]["top_k"].update(
        minimum=0, maximum=100
    ),
    "a new field of a reply": lambda d: answered(d)["properties"].update(x={"type": "string"}),
    "a field of a reply is always there": lambda d: answered(d)["required"].append("short"),
    "tighter bounds of a reply": lambda d: answered(d)["properties"]["score"].update(maximum=0.5),
    "a new status of refusal": lambda d: post(d)["responses"].update({"409": {}}),
    "other words": lambda d: answered(d)["properties"]["answer"].update(description="Said."),
    "a schema of its own": lambda d: (
        d["components"]["schemas"].update(Asked=asked(d)),
        post(d)["requestBody"]["content"].update(
            {"application/json": {"schema": {"$ref": "#/components/schemas/Asked"}}}
        ),
    ),
}


@pytest.mark.parametrize("kind", COMPATIBLE)
def test_what_breaks_nothing_is_let_through(kind: str) -> None:
    assert changed(COMPATIBLE[kind]) == []


def test_the_real_contract_is_compatible_with_itself() -> None:
    assert breaking_changes(described(), described()) == []


def test_without_any_route_every_route_is_missed() -> None:
    real = described()
    missed = breaking_changes(real, {**real, "paths": {}})
    assert len(missed) == sum(map(len, real["paths"].values()))
