"""The store's statements as PostgreSQL understands them.

They are all our own, so that a handful of exact replacements is enough: how values are named,
lists that come as JSON, hints to SQLite's planner, and what SQLite means by a number in a text.
"""

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from documents.store.connection import Values

# A list in JSON as rows of its values, as text, with their positions.
_AS_JSON: Final = " AS json)"
_ROWS: Final = rf"json_array_elements_text(CAST(\1{_AS_JSON}) WITH ORDINALITY AS "
_REFUSED: Final = re.compile("[\0\ud800-\udfff]")  # NUL and lone surrogates
_ESCAPED: Final = re.compile(r"\\u(0000|d[89a-f])")  # in JSON, where a pair is a character

# A text counts as a number where it is written as one; with so few digits it is in range.
_NUMBER = "^ *[+-]?([0-9]{1,200}[.]?[0-9]{0,200}|[.][0-9]{1,200})([eE][+-]?[0-9]{1,2})? *$"
_AS_NUMBER = f"CASE WHEN m.value ~ '{_NUMBER}' THEN CAST(m.value AS DOUBLE PRECISION) END"

_IDIOMS: Final = (
    (re.compile(r"json_each\(([^)]+)\) AS (\w+)"), _ROWS + r"\2 (value, key)"),
    (re.compile(r"json_each\(([^)]+)\)(?! AS)"), _ROWS + "listed (value, key)"),
    (re.compile(r"json_extract\(([\w.]+), '\$\[(\d)\]'\)"), r"(CAST(\1 AS json) ->> \2)"),
    # SQLite joins in the order that is written; PostgreSQL finds its own.
    (re.compile(r"\bCROSS JOIN\b"), "JOIN"),
    (re.compile(r"\s+INDEXED BY \w+"), ""),
    (
        re.compile(
            r"\(m\.value (\S+) CAST\((:\w+) AS REAL\) AND m\.value <= CAST\(9e999 AS REAL\)\)"
        ),
        rf"({_AS_NUMBER} \1 CAST(\2 AS DOUBLE PRECISION))",
    ),
)

# Strings in quotes are passed over.
_PLACEHOLDER = re.compile(r"'[^']*'|\?(\d*)|(?<!:):([a-z]\w*)")


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with ``$1``, ``$2``…, which stand for the values of `keys`, in order.

    Those of `lists` are lists in JSON.
    """

    text: str
    keys: tuple[int | str, ...]
    lists: frozenset[int | str]

    @property
    def finds(self) -> bool:
        """Whether it gives rows."""
        return self.text.lstrip().startswith("SELECT") or " RETURNING " in self.text

    def arguments(self, values: Values) -> list[object]:
        """Return the values in the order of the statement's own."""
        return [
            _storable(values[key]) if key in self.lists else values[key]  # type: ignore[index]
            for key in self.keys
        ]


@lru_cache(maxsize=512)
def translated(sql: str) -> Statement:
    """Return one of the store's statements for PostgreSQL."""
    for idiom, replacement in _IDIOMS:
        sql = idiom.sub(replacement, sql)
    keys: list[int | str] = []
    lists: set[int | str] = set()
    unnumbered = 0

    def place(found: re.Match[str]) -> str:
        nonlocal unnumbered
        number, name = found.groups()
        if number is None and name is None:
            return found[0]
        if name is None and not number:
            unnumbered += 1
        key = name or int(number or unnumbered) - 1
        if key not in keys:
            keys.append(key)
        if sql.startswith(_AS_JSON, found.end()):
            lists.add(key)
        return f"${keys.index(key) + 1}"

    text = _PLACEHOLDER.sub(place, sql)
    return Statement(text, tuple(keys), frozenset(lists))


def _storable(values: str | None) -> str | None:
    """Return a list in JSON without the texts that PostgreSQL refuses: no row equals them."""
    if values is None or not _ESCAPED.search(values):
        return values
    return json.dumps([one for one in json.loads(values) if not _is_refused(one)])


def _is_refused(value: object) -> bool:
    if isinstance(value, list):
        return any(map(_is_refused, value))
    return isinstance(value, str) and bool(_REFUSED.search(value))
