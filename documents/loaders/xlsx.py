"""XLSX: a document for each row where the first sheet has the text column; else one document.

Rows with a text column are read as those of a CSV file are. Any other workbook is one
document: a heading for each sheet, and for each row a line that names its columns ("Pays:
France | Voix: 1200"), so that a quoted row can be understood. Hidden sheets are left out;
formulas give the value that was last computed.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import islice, zip_longest
from pathlib import PurePath
from typing import Any

import openpyxl

from documents.errors import DocumentTooLarge, EmptyDocument, InvalidRecord
from documents.extraction import Block, Extraction
from documents.limits import Limits
from documents.loaders.lists_and_tables import one_line, table_text
from documents.loaders.office_package import open_package
from documents.loaders.xlsx_cells import shown
from documents.tabular import Columns, Records

_Workbook = Any  # openpyxl's objects are untyped
_Sheet = Any
_Outcome = Extraction | InvalidRecord

_MAIN_PART = re.compile(r"xl/workbook\d*\.xml")
_PLACEHOLDERS = {"openpyxl"}
_LAST_ROW = 2**20  # of the format; a file that names a later one has none before it
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class _Row:
    """The `cells` of the row `number` (1-based), of which some hold text."""

    number: int
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Table:
    """A sheet that is shown and has rows."""

    title: str
    rows: Sequence[_Row]

    @property
    def header(self) -> Sequence[str]:
        """The first row: what names the columns of a sheet that holds documents."""
        return self.rows[0].cells


def read_xlsx(data: bytes, *, name: str, columns: Columns, limits: Limits) -> Iterator[_Outcome]:
    """Yield the document of each row, or what is wrong with it, or one document for all.

    Raises: UnreadableDocument, DocumentTooLarge, ProtectedDocument, UnsupportedFormat.
    """
    about = open_package(data, main_part=_MAIN_PART, suffix="XLSX", name=name, limits=limits)
    book = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
    sheets = _sheets(book, name=name, limits=limits)
    if sheets and columns.is_text_column_among(sheets[0].header):
        yield from _records(sheets, name=name, columns=columns)
        return
    author = None if about.author in _PLACEHOLDERS else about.author
    yield Extraction(
        blocks=[block for sheet in sheets for block in _blocks(sheet)],
        title=about.title or PurePath(name).stem,  # sheets are named "Feuil1"
        published_at=about.created,
        metadata={"author": author} if author else {},
    )


def _sheets(book: _Workbook, *, name: str, limits: Limits) -> list[_Table]:
    """Return the sheets that are shown and hold something."""
    found: list[_Table] = []
    left = limits.rows
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        sheet.reset_dimensions()  # a file may claim fewer cells than it has
        rows = list(islice(_rows(sheet), left + 1))
        left -= len(rows)
        if left < 0:
            raise DocumentTooLarge(f"{name} has more than {limits.rows} rows: split it")
        if rows:
            found.append(_Table(sheet.title, rows))
    return found


def _rows(sheet: _Sheet) -> Iterator[_Row]:
    for number, row in enumerate(sheet.iter_rows(max_row=_LAST_ROW), start=1):
        cells = [shown(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield _Row(number, cells)


def _records(sheets: Sequence[_Table], *, name: str, columns: Columns) -> Iterator[_Outcome]:
    """Yield the rows of the sheets with a text column, and a problem for each other sheet.

    Raises: EmptyDocument where there is no row.
    """
    records = Records(name=name, columns=columns)
    number = 0
    for sheet in sheets:
        place = f"sheet {sheet.title!r}"
        if not columns.is_text_column_among(sheet.header):
            reason = f"it has no column named {columns.text!r} and is left out"
            yield records.invalid(place, reason, key=place)
            continue
        if twice := columns.repeated_among(sheet.header):
            reason = f"it has two columns named {twice!r}; rename one"
            yield records.invalid(place, reason, key=place)
            continue
        for row in sheet.rows[1:]:
            number += 1
            named = row.cells[: len(sheet.header)]
            cells = dict(zip_longest(sheet.header, named, fillvalue=""))
            try:
                yield records.read(cells, number=number, place=f"{place}, row {row.number}")
            except InvalidRecord as problem:
                yield problem
    if number == 0:
        raise EmptyDocument(f"{name} holds a header but no rows")


def _blocks(sheet: _Table) -> Iterator[Block]:
    """Yield the heading of a sheet, the lines above its table, and the table's rows."""
    yield Block(sheet.title, heading_level=1)
    start = next((place for place, row in enumerate(sheet.rows) if _filled(row) > 1), None)
    above = sheet.rows[:start]
    for row in above:
        yield Block(one_line("".join(row.cells)))
    if start is None:
        return
    header, *rows = sheet.rows[start:]
    if rows and _names_columns(header):
        lines = [_named(row, header) for row in rows]
        yield Block("\n".join(lines))
    else:
        yield Block(table_text(row.cells for row in sheet.rows[start:]))


def _filled(row: _Row) -> int:
    return sum(map(bool, row.cells))


def _names_columns(row: _Row) -> bool:
    """Tell whether a row is a header: words, and years where there are several."""
    numbers = [cell for cell in row.cells if cell and not any(map(str.isalpha, cell))]
    return not numbers or (len(numbers) > 1 and all(map(_YEAR.fullmatch, numbers)))


def _named(row: _Row, header: _Row) -> str:
    """Return the cells of a row with the names of their columns; a lone cell needs none."""
    names = [one_line(name) for name in header.cells]
    cells = [one_line(cell) for cell in row.cells]
    if _filled(row) == 1:
        return "".join(cells)
    named = zip_longest(names, cells, fillvalue="")
    return " | ".join(f"{name}: {cell}" if name else cell for name, cell in named if cell)
