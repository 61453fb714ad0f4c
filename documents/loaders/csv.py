"""CSV: a header that names the columns, then a document per row.

One damaged row costs that row only: it is reported, and reading goes on after it.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest

from documents.errors import EmptyDocument, InvalidRecord, UnreadableDocument
from documents.extraction import Extraction
from documents.limits import Limits
from documents.tabular import DELIMITERS, Columns, Records, header_cells, sniff_delimiter


@dataclass(frozen=True, slots=True)
class _Row:
    """The cells that begin on `line` (1-based), or the `fault` that makes them unreadable."""

    line: int
    cells: Sequence[str] = ()
    fault: str | None = None


def read_csv(
    text: str, *, name: str, columns: Columns, limits: Limits
) -> Iterator[Extraction | InvalidRecord]:
    """Yield the document of each row of `text`, or what is wrong with that row.

    Raises: EmptyDocument where there is no row; UnreadableDocument where the header has no
        text column.
    """
    csv.field_size_limit(max(limits.text_characters, 1))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    delimiter = sniff_delimiter(text, columns=columns) or _likely_delimiter(text)
    rows = _rows([f"{line}\n" for line in text.split("\n")], delimiter=delimiter)
    header = next(rows, None)
    if header is None:
        raise EmptyDocument(f"{name} holds no rows")
    names = [cell.strip() for cell in header.cells]
    _check_header(names, name=name, columns=columns)
    records = Records(name=name, columns=columns)
    found = False
    for number, row in enumerate(islice(rows, limits.rows), start=1):
        found = True
        yield _document(row, names=names, records=records, number=number)
    if not found:
        raise EmptyDocument(f"{name} holds a header but no rows")
    if next(rows, None) is not None:
        yield records.too_many(limits.rows)


def _check_header(names: Sequence[str], *, name: str, columns: Columns) -> None:
    if not columns.is_text_column_among(names):
        raise UnreadableDocument(
            f"{name} has no column named {columns.text!r}; its first line names "
            f"{', '.join(names[:20]) or 'nothing'}; rename a column or say which one holds the text"
        )
    if twice := columns.repeated_among(names):
        raise UnreadableDocument(f"{name} has two columns named {twice!r}; rename one")


def _document(
    row: _Row, *, names: Sequence[str], records: Records, number: int
) -> Extraction | InvalidRecord:
    place = f"row {number} (line {row.line})"
    if row.fault:
        return records.invalid(place, row.fault)
    if any(cell.strip() for cell in row.cells[len(names) :]):
        return records.invalid(
            place,
            f"it has {len(row.cells)} cells where the header names {len(names)}; "
            "put quotation marks around texts that contain the delimiter",
        )
    try:
        cells = dict(zip_longest(names, row.cells[: len(names)], fillvalue=""))
        return records.read(cells, number=number, place=place)
    except InvalidRecord as problem:
        return problem


def _likely_delimiter(text: str) -> str:
    """Return the delimiter that splits the first line into the most cells."""
    first_line = text.lstrip("\ufeff\n").partition("\n")[0]
    return max(DELIMITERS, key=lambda mark: len(header_cells(first_line, delimiter=mark)))


def _rows(lines: Sequence[str], *, delimiter: str) -> Iterator[_Row]:
    """Yield the rows that are not blank; after a fault, go on with the next line.

    A quotation mark that is never closed makes its row reach to the next such mark, and only
    the last one to the end of the file, so that no line is read more than twice or so.
    """
    start = 0
    while start < len(lines):
        rest = map(lines.__getitem__, range(start, len(lines)))
        reader = csv.reader(rest, delimiter=delimiter, strict=True)
        line = start
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield _Row(line + 1, cells)
                line = start + reader.line_num
        except csv.Error as error:
            yield _Row(line + 1, fault=f"it is not well-formed CSV ({error})")
            start = line + 1
        else:
            return
