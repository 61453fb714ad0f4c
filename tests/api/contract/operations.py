"""What of one OpenAPI document a client of another would miss: the breaking changes."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.api.contract.schemas import Comparison, Side

Document = Mapping[str, Any]
_ASKED, _ANSWERED = Comparison(asked=True), Comparison(asked=False)


def breaking_changes(old: Document, new: Document) -> list[str]:
    """Return each change from `old` to `new` that can break a client, with its place.

    What a request may hold may only grow, what a reply holds too: new routes, new optional
    fields of a request and new fields of a reply break nothing.
    """
    return [
        change
        for path, operations in old["paths"].items()
        for method, operation in operations.items()
        for change in _operation(
            Side(operation, old),
            new["paths"].get(path, {}).get(method),
            new,
            f"{method.upper()} {path}",
        )
    ]


def _operation(
    old: Side, found: Mapping[str, Any] | None, document: Document, where: str
) -> Iterator[str]:
    if found is None:
        yield f"{where}: is gone"
        return
    new = Side(found, document)
    opened = new.schema.get("security") or [{}]
    for way in old.schema.get("security") or [{}]:
        if way not in opened and {} not in opened:
            yield f"{where}: is no longer open with {' and '.join(way) or 'no key'}"
    yield from _parameters(old, new, where)
    yield from _body(old, new, where)
    yield from _replies(old, new, where)


def _parameters(old: Side, new: Side, where: str) -> Iterator[str]:
    before, after = (
        {(each["in"], each["name"]): each for each in side.schema.get("parameters", ())}
        for side in (old, new)
    )
    for (place, name), given in before.items():
        label = f"{where} {place} {name}"
        if (place, name) not in after:
            yield f"{label}: is gone"
            continue
        now = after[place, name]
        yield from _ASKED.breaks(old.inner(given["schema"]), new.inner(now["schema"]), label)
    for (place, name), now in after.items():
        was = before.get((place, name), {})
        if now.get("required") and not was.get("required"):
            yield f"{where} {place} {name}: is required now"


def _body(old: Side, new: Side, where: str) -> Iterator[str]:
    before, after = (side.inner(side.schema.get("requestBody")) for side in (old, new))
    if after.schema.get("required") and not before.schema.get("required"):
        yield f"{where}: a body is required now"
    yield from _content(before, after, f"{where} body", _ASKED)


def _replies(old: Side, new: Side, where: str) -> Iterator[str]:
    before, after = (side.schema["responses"] for side in (old, new))
    for status in sorted(after.keys() - before.keys()):
        if status < "400":
            yield f"{where} {status}: is a new status of success"
    for status, reply in before.items():
        label = f"{where} {status}"
        if status not in after:
            yield f"{label}: is gone"
            continue
        for name in sorted(reply.get("headers", {}).keys() - after[status].get("headers", {})):
            yield f"{label} header {name}: is gone"
        yield from _content(old.inner(reply), new.inner(after[status]), label, _ANSWERED)


def _content(old: Side, new: Side, where: str, comparison: Comparison) -> Iterator[str]:
    now = new.schema.get("content", {})
    for kind, given in old.schema.get("content", {}).items():
        label = f"{where} {kind}"
        if kind not in now:
            yield f"{label}: is gone"
            continue
        sides = old.inner(given.get("schema")), new.inner(now[kind].get("schema"))
        yield from comparison.breaks(*sides, label)
