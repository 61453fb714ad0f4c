"""JSON Lines: an object per line; a JSON array of objects and one single object do as well.

Objects are decoded one after the other, wherever they stand, so that a damaged one costs
itself only and a file cut short keeps what came before.
"""

import json
import re
from collections.abc import Iterator

from documents.errors import EmptyDocument, InvalidRecord
from documents.extraction import Extraction
from documents.limits import Limits
from documents.tabular import Columns, Records

_VALUE_START = re.compile(r"[^\s,]")
_ARRAY_START = re.compile(r"\s*\[")
_ARRAY_END = re.compile(r"\][\s\]]*\Z")
# Where reading goes on after a damaged object: a line that begins one, no deeper than it did.
_NEXT_OBJECT = "\n[ \t]{{0,{indent}}}(?=\\{{)"

# The decoder counts all lines of the file for each fault that it words.
_MOST_FAULTS = 1_000


def read_json_lines(
    text: str, *, name: str, columns: Columns, limits: Limits
) -> Iterator[Extraction | InvalidRecord]:
    """Yield the document of each object in `text`, or what is wrong with that object.

    Raises: EmptyDocument where there is no object.
    """
    records = Records(name=name, columns=columns)
    number = 0
    for number, (line, value) in enumerate(_values(text), start=1):
        if number > limits.rows:
            yield records.too_many(limits.rows)
            return
        yield _document(value, records=records, number=number, place=f"row {number} (line {line})")
    if number == 0:
        raise EmptyDocument(f"{name} holds no rows")


class _Fault(str):
    """Why a value could not be decoded."""

    __slots__ = ()


def _document(
    value: object, *, records: Records, number: int, place: str
) -> Extraction | InvalidRecord:
    if isinstance(value, _Fault):
        return records.invalid(place, value)
    if not isinstance(value, dict):
        return records.invalid(place, "it is not a JSON object with named fields")
    try:
        return records.read(value, number=number, place=place)
    except InvalidRecord as problem:
        return problem


def _values(text: str) -> Iterator[tuple[int, object]]:
    """Yield each value of `text`, or its fault, with the 1-based line on which it begins."""
    decoder = json.JSONDecoder()
    array = _ARRAY_START.match(text)
    position = array.end() if array else 0
    line, counted, faults = 1, 0, 0
    while start := _VALUE_START.search(text, position):
        position = start.start()
        if array and _ARRAY_END.match(text, position):
            return
        line += text.count("\n", counted, position)
        counted = position
        try:
            value, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError) as error:
            faults += 1
            if faults > _MOST_FAULTS:
                yield line, _Fault("too many rows are not well-formed JSON; the rest is unread")
                return
            value = _Fault(f"it is not well-formed JSON ({_reason(error)})")
            position = _next_object(text, position)
        yield line, value


def _next_object(text: str, position: int) -> int:
    indent = position - (text.rfind("\n", 0, position) + 1)
    match = re.compile(_NEXT_OBJECT.format(indent=indent)).search(text, position)
    return match.end() if match else len(text)


def _reason(error: ValueError | RecursionError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg}, line {error.lineno}"
    return "nested too deeply" if isinstance(error, RecursionError) else "a number is too long"
