"""Whether what one JSON Schema describes is taken by another, and if not, why.

A reader breaks where it does not take all that the writer may write. A request is written by
those who know the old contract and read by the new service; a reply the other way round. So one
comparison serves both; only that a field is gone is a break in both.

Keywords that are not known here must be equal, so that nothing passes unseen.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

_LOWEST = {"minLength", "minItems", "minProperties", "minimum", "exclusiveMinimum"}
_HIGHEST = {"maxLength", "maxItems", "maxProperties", "maximum", "exclusiveMaximum"}
_SAID_ONLY = {"title", "description", "examples", "example", "deprecated", "discriminator"}
_COMPARED = {"type", "enum", "const", "default", "properties", "required", "items"}
_COMPARED |= {"additionalProperties"}


@dataclass(frozen=True, slots=True)
class Side:
    """A schema within its OpenAPI document, whose components its references name."""

    schema: Mapping[str, Any]
    document: Mapping[str, Any]
    reference: str | None = None

    def inner(self, schema: object) -> "Side":
        """Return a schema of the same document; True and a missing one take anything."""
        return Side(schema if isinstance(schema, Mapping) else {}, self.document)

    def branches(self) -> list["Side"]:
        """Return the alternatives, each of one type and without a reference at its top."""
        schema = dict(self.schema)
        if reference := schema.pop("$ref", None):
            target: Any = self.document
            for step in reference.removeprefix("#/").split("/"):
                target = target[step]
            return Side({**target, **schema}, self.document, reference).branches()
        for word in ("anyOf", "oneOf"):
            if options := schema.pop(word, None):
                # What stands beside the options only describes them, or is their default.
                return [one for option in options for one in self.inner(option).branches()]
        if isinstance(kinds := schema.get("type"), list):
            return [replace(self, schema={**schema, "type": kind}) for kind in kinds]
        return [self]

    @property
    def type(self) -> str | None:
        """The one type of a branch; None takes any."""
        kind: str | None = self.schema.get("type")
        return kind

    @property
    def values(self) -> list[Any] | None:
        """The only values that there may be, None where there are no such bounds."""
        return [self.schema["const"]] if "const" in self.schema else self.schema.get("enum")


@dataclass(frozen=True, slots=True)
class Comparison:
    """`asked` where clients write and the service reads (a request), else the other way round.

    `seen` holds the pairs of references that are being compared, for schemas within themselves.
    """

    asked: bool
    seen: frozenset[tuple[str | None, str | None]] = frozenset()

    def breaks(self, old: Side, new: Side, where: str) -> Iterator[str]:
        """Yield what no longer fits, each with its place."""
        if self.asked and old.schema.get("default") != new.schema.get("default"):
            yield f"{where}: another default"
        written, read = self._turned(old.branches(), new.branches())
        for branch in written:
            found = [list(self._within(branch, each, where)) for each in read]
            if [] not in found:
                yield from _nearest(branch, read, found, where)

    def _turned(self, one: Any, other: Any) -> tuple[Any, Any]:  # noqa: ANN401 - sides or fields
        """Return old and new as writer and reader, or writer and reader as old and new."""
        return (one, other) if self.asked else (other, one)

    def _within(self, written: Side, read: Side, where: str) -> Iterator[str]:
        """Yield why the branch `read` does not take all that the branch `written` describes."""
        pair = written.reference, read.reference
        if None not in pair and pair in self.seen:
            return
        if read.type not in (None, written.type) and (written.type, read.type) != (
            "integer",
            "number",
        ):
            yield f"{where}: {written.type or 'anything'} is not {read.type}"
            return
        inner = replace(self, seen=self.seen | {pair})
        yield from _values(written, read, where)
        yield from _bounds(written, read, where)
        yield from inner._fields(written, read, where)
        if "items" in read.schema:
            items = written.inner(written.schema.get("items")), read.inner(read.schema["items"])
            yield from inner.breaks(*self._turned(*items), f"{where}[]")

    def _fields(self, written: Side, read: Side, where: str) -> Iterator[str]:
        writes, reads = (side.schema.get("properties", {}) for side in (written, read))
        old, new = self._turned(writes, reads)
        for name in sorted(old.keys() - new.keys()):
            yield f"{where}.{name}: is gone"
        needed = {*read.schema.get("required", ())} - {*written.schema.get("required", ())}
        for name in sorted(needed if self.asked else needed & writes.keys()):
            yield f"{where}.{name}: " + ("is required now" if self.asked else "may be missing now")
        for name in sorted(writes.keys() & reads.keys()):
            sides = written.inner(writes[name]), read.inner(reads[name])
            yield from self.breaks(*self._turned(*sides), f"{where}.{name}")
        others, taken = (side.schema.get("additionalProperties", True) for side in (written, read))
        if taken is False and others is not False and written.type == "object":
            yield f"{where}: fields of other names are refused now"
        elif isinstance(taken, Mapping):
            sides = written.inner(others), read.inner(taken)
            yield from self.breaks(*self._turned(*sides), f"{where}.*")


def _nearest(
    branch: Side, read: Sequence[Side], found: Sequence[list[str]], where: str
) -> list[str]:
    """Return the fewest reasons that a reader of the same type has."""
    alike = [why for each, why in zip(read, found, strict=True) if each.type == branch.type]
    return min(alike, key=len) if alike else [f"{where}: {branch.type or 'anything'} is not taken"]


def _values(written: Side, read: Side, where: str) -> Iterator[str]:
    if read.values is None:
        return
    if written.values is None:
        yield f"{where}: is not always one of {read.values}"
        return
    for value in written.values:
        if value not in read.values:
            yield f"{where}: {value!r} is not one of {read.values}"


def _bounds(written: Side, read: Side, where: str) -> Iterator[str]:
    if written.values is not None:  # all of them were looked at
        return
    for name, bound in read.schema.items():
        own = written.schema.get(name)
        if name in _LOWEST:
            fits = own is not None and own >= bound
        elif name in _HIGHEST:
            fits = own is not None and own <= bound
        else:
            fits = name in _SAID_ONLY | _COMPARED or own == bound
        if not fits:
            yield f"{where}: {name} {own} does not fit {name} {bound}"
