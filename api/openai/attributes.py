"""Attributes of files, which are a document's metadata, and the filters on them."""

from typing import Annotated, Literal

from pydantic import Field

from api.openai.errors import UnsupportedParameter
from api.openai.wire import OpenAIBody
from rag.vocabulary import Comparison, Condition, Joined

_MOST_ATTRIBUTES = 16  # as with OpenAI
_MOST_CONDITIONS = 100
_DEEPEST = 10

Value = bool | float | Annotated[str, Field(max_length=512)]
Attributes = Annotated[
    dict[Annotated[str, Field(min_length=1, max_length=64)], Value],
    Field(max_length=_MOST_ATTRIBUTES, examples=[{"section": "monde", "year": 2025}]),
]


class ComparisonFilter(OpenAIBody):
    """A condition on one attribute; `in` and `nin` take a list."""

    type: Literal["eq", "ne", "gt", "gte", "lt", "lte", "in", "nin"]
    key: str
    value: bool | float | str | list[float | str]


class CompoundFilter(OpenAIBody):
    """Conditions that must all hold, or of which one must."""

    type: Literal["and", "or"]
    filters: list["ComparisonFilter | CompoundFilter"] = Field(max_length=_MOST_CONDITIONS)


Filter = ComparisonFilter | CompoundFilter


def metadata_of(attributes: Attributes | None) -> dict[str, str]:
    """Return `attributes` as metadata, which are text: ``{"year": "2025", "final": "true"}``."""
    return {name: _written(value) for name, value in (attributes or {}).items()}


def condition_of(given: Filter | None, *, parameter: str) -> Condition | None:
    """Return the filter as the domain knows it.

    Raises:
        UnsupportedParameter: a list is compared, or there are too many conditions.
    """
    if given is None:
        return None
    if _count(given, parameter, depth=0) > _MOST_CONDITIONS:
        raise UnsupportedParameter(parameter, f"At most {_MOST_CONDITIONS} conditions are taken.")
    return _condition(given, parameter)


def _count(given: Filter, parameter: str, *, depth: int) -> int:
    if depth > _DEEPEST:
        raise UnsupportedParameter(parameter, f"At most {_DEEPEST} conditions within each other.")
    parts = given.filters if isinstance(given, CompoundFilter) else ()
    return 1 + sum(_count(part, parameter, depth=depth + 1) for part in parts)


def _condition(given: Filter, parameter: str) -> Condition:
    if isinstance(given, CompoundFilter):
        return Joined(given.type, tuple(_condition(part, parameter) for part in given.filters))
    several = given.type in ("in", "nin")
    if several != isinstance(given.value, list):
        wanted = "a list of values" if several else "one value"
        raise UnsupportedParameter(parameter, f"{given.type!r} compares with {wanted}.")
    values = given.value if isinstance(given.value, list) else [given.value]
    return Comparison(given.key, given.type, tuple(map(_compared, values)))


def _compared(value: bool | float | str) -> str | float:  # noqa: FBT001 - one of a list
    return _written(value) if isinstance(value, bool) else value


def _written(value: bool | float | str) -> str:  # noqa: FBT001 - one of a mapping
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return value
