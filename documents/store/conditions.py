"""Conditions on metadata as SQL over the tables `documents AS d` and `metadata`."""

from collections.abc import Mapping
from typing import Final

from documents.conditions import Comparison, Condition, Operator

_SIGNS: Final[Mapping[Operator, str]] = {
    "eq": "=", "in": "=", "ne": "=", "nin": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<=",
}  # fmt: skip
_NEGATED: Final = ("ne", "nin")


def condition_sql(condition: Condition, values: dict[str, object]) -> str:
    """Return `condition` as an SQL expression; what it compares with is put into `values`.

    Only constants and the names of bound values are put together.
    """
    if isinstance(condition, Comparison):
        return _comparison(condition, values)
    parts = [condition_sql(part, values) for part in condition.parts]
    if not parts:
        return "1 = 1" if condition.by == "and" else "1 = 0"
    return "(" + f" {condition.by.upper()} ".join(parts) + ")"


def _comparison(condition: Comparison, values: dict[str, object]) -> str:
    key = _bound(condition.key, values)
    sign = _SIGNS[condition.operator]
    tests = " OR ".join(_test(sign, value, values) for value in condition.values) or "1 = 0"
    found = f"EXISTS (SELECT 1 FROM metadata AS m WHERE m.generation = d.generation AND m.key = {key} AND ({tests}))"  # noqa: E501, S608
    return f"NOT {found}" if condition.operator in _NEGATED else found


def _test(sign: str, value: str | float, values: dict[str, object]) -> str:
    name = _bound(value, values)
    if isinstance(value, str):
        return f"m.value {sign} {name}"
    # Beside a number a text that is one counts as one, and any other is larger than all numbers.
    return f"(m.value {sign} CAST({name} AS REAL) AND m.value <= CAST(9e999 AS REAL))"


def _bound(value: str | float, values: dict[str, object]) -> str:
    name = f"condition_{len(values)}"
    values[name] = value if not isinstance(value, str) or _can_be_stored(value) else None
    return f":{name}"


def _can_be_stored(text: str) -> bool:
    """Tell whether a stored text may equal `text`; beside NULL every test fails."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
