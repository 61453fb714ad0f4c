"""Conditions on what the metadata of a document say, as trees: comparisons, joined by and or or."""

from dataclasses import dataclass
from typing import Literal

Operator = Literal["eq", "ne", "gt", "gte", "lt", "lte", "in", "nin"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A condition on the value that a document has under `key`.

    `values` is one value, or several for ``in`` and ``nin``. A number is compared with values
    that are written as numbers, a text with all values, code point by code point, which orders
    days written as 2025-07-28. A document without the key meets ``ne`` and ``nin`` alone.
    """

    key: str
    operator: Operator
    values: tuple[str | float, ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """Conditions that must all hold (``and``), or of which one must (``or``)."""

    by: Literal["and", "or"]
    parts: tuple["Condition", ...]


Condition = Comparison | Joined
