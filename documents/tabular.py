"""Rows of named columns (CSV, JSON Lines) as documents: one row, one document."""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Final

from documents.dates import parse_date
from documents.errors import InvalidRecord
from documents.extraction import Block, Extraction
from documents.language_names import parse_language

_SUBSTANCE = re.compile(r"[^\W_]")

DELIMITERS: Final = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True)
class Columns:
    """The names of the columns that a document is made of; all others become metadata.

    Names are compared without regard to case and surrounding white space.
    """

    text: str = "text"
    title: str = "title"
    url: str = "url"
    published_at: str = "published_at"
    language: str = "language"
    id: str = "id"

    def names(self) -> frozenset[str]:
        """Return all names, folded for comparison."""
        return frozenset(_fold(getattr(self, field.name)) for field in fields(self))

    def is_text_column_among(self, names: Iterable[str]) -> bool:
        """Tell whether a header with these `names` has the text column."""
        return _fold(self.text) in {_fold(name) for name in names}

    def repeated_among(self, names: Iterable[str]) -> str | None:
        """Return the first column of ours that a header with these `names` has twice."""
        folded = [_fold(name) for name in names]
        return next((name for name in self.names() if folded.count(name) > 1), None)


def _fold(name: str) -> str:
    """Return the form of a column name that is compared."""
    return name.strip().removeprefix("\ufeff").casefold()


def sniff_delimiter(text: str, *, columns: Columns) -> str | None:
    """Return the delimiter of the header of `text`, or None where there is no such header.

    A header has the text column and at least one other column that we know.
    """
    first_line = text.lstrip("\ufeff\r\n").partition("\n")[0].rstrip("\r")
    for delimiter in DELIMITERS:
        names = {_fold(cell) for cell in header_cells(first_line, delimiter=delimiter)}
        if _fold(columns.text) in names and len(names & columns.names()) >= 2:
            return delimiter
    return None


def header_cells(line: str, *, delimiter: str) -> list[str]:
    """Split one header `line`; a damaged one gives no cells."""
    try:
        return next(csv.reader([line[:10_000]], delimiter=delimiter), [])
    except csv.Error:
        return []


def holds_text(text: str) -> bool:
    """Tell whether `text` has a letter or a digit."""
    return _SUBSTANCE.search(text) is not None


class Records:
    """Turns the rows of one file into extractions, and remembers the ids it has seen."""

    def __init__(self, *, name: str, columns: Columns) -> None:
        self._name = name
        self._columns = columns
        self._places: dict[str, str] = {}

    def read(self, row: Mapping[str, object], *, number: int, place: str) -> Extraction:
        """Return the document of one row.

        `number` is the row's 1-based number, `place` says where it stands ("row 3, line 7").

        Raises: InvalidRecord where the row has no text or repeats an id.
        """
        cells = {_fold(key): value for key, value in row.items()}
        known = {
            field.name: _as_text(cells.get(_fold(getattr(self._columns, field.name))))
            for field in fields(Columns)
        }
        key = known["id"] or str(number)
        text = cells.get(_fold(self._columns.text))
        if not isinstance(text, str) or not holds_text(text):
            raise self.invalid(place, self._missing_text(cells, text), key=key)
        metadata = dict(self._metadata(row))
        published_at = parse_date(known["published_at"] or "")
        language = parse_language(known["language"])
        if known["published_at"] and published_at is None:
            metadata["published_at"] = known["published_at"]
        if known["language"] and language is None:
            metadata["language"] = known["language"]
        return Extraction(
            blocks=(Block(text),),
            title=known["title"],
            url=known["url"],
            published_at=published_at,
            language=language,
            metadata=metadata,
            key=self._unrepeated(key, place=place),
        )

    def invalid(self, place: str, reason: str, *, key: str | None = None) -> InvalidRecord:
        """Return the problem of the row at `place`."""
        return InvalidRecord(f"{self._name}, {place}: {reason}", key=key)

    def too_many(self, rows: int) -> InvalidRecord:
        """Return the problem that the file has more than `rows` rows."""
        return self.invalid(f"row {rows + 1}", f"only {rows} rows are read; split the file")

    def _unrepeated(self, key: str, *, place: str) -> str:
        first = self._places.setdefault(key, place)
        if first != place:
            reason = f"its id {key!r} is that of {first}; ids must differ"
            raise self.invalid(place, reason, key=key)
        return key

    def _missing_text(self, cells: Mapping[str, object], text: object) -> str:
        column = self._columns.text
        if _fold(column) not in cells:
            return f"there is no {column!r}; found {', '.join(sorted(cells)) or 'nothing'}"
        if text is None or isinstance(text, str):
            return f"{column!r} is empty"
        return f"{column!r} is not a string"

    def _metadata(self, row: Mapping[str, object]) -> Iterator[tuple[str, str]]:
        known = self._columns.names()
        for name, value in row.items():
            if _fold(name) not in known and (text := _as_text(value)):
                yield name.strip(), text


def _as_text(value: object) -> str | None:
    """Return a cell as text, None where it is empty."""
    if value is None or isinstance(value, str):
        return (value or "").strip() or None
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:  # nested almost too deeply to be read, and no use as metadata
        return None
