"""RTF: the running text through striprtf, with headings, list items and table rows.

striprtf gives characters only, so the outline level of a paragraph and the borders of cells
are handed to it as characters: of those for private use. Footnotes and text boxes are not read.
"""

import re
from collections.abc import Iterator
from datetime import date

from striprtf.striprtf import rtf_to_text

from documents.dates import find_date
from documents.encodings import decode
from documents.extraction import Block, Extraction
from documents.loaders.lists_and_tables import join_items, table_text

_Marked = Iterator[tuple[Block, bool]]

_FIRST_LEVEL = 0xE000
_LEVEL = re.compile("[\ue000-\ue008]")
_OUTLINE = re.compile(r"\\outlinelevel([0-8])(?![0-9])")
_ROW_START, _CELL_END, _ROW_END = "\ue010\ue011\ue012"
_BORDERS = {"trowd": _ROW_START, "intbl": _ROW_START, "cell": _CELL_END, "row": _ROW_END}
_BORDER = re.compile(r"\\(trowd|intbl|cell|row)(?![a-zA-Z0-9-]) ?")
# Pictures are long runs of hexadecimal digits, which striprtf would read one by one.
_PICTURE = re.compile(r"[0-9a-fA-F\s]{400,}")
# striprtf adds its address to what a link shows, unless the field has another name.
_FIELD, _OTHER_FIELD = r"\*\fldinst", r"\*\fldtype"
_ITEM = re.compile(r"\s*(?:[•·▪◦\uf0b7\uf0a7o-]|\(?\w{1,3}[.)])\t\s*")
_TITLE = re.compile(r"\{\\title ((?:[^{}\\]|\\[^{}]){1,2000})\}")
_AUTHOR = re.compile(r"\{\\author ((?:[^{}\\]|\\[^{}]){1,500})\}")
_CREATED = re.compile(r"\{\\creatim\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})")
_HEAD = 100_000  # characters among which a file says what it is about


def read_rtf(data: bytes) -> Extraction:
    """Return the blocks of an RTF document and what its information group says."""
    code = decode(data)
    head = code[:_HEAD]
    blocks = tuple(join_items(_marked_blocks(_text(code))))
    author = _about(_AUTHOR, head)
    return Extraction(
        blocks=blocks,
        title=_about(_TITLE, head),
        published_at=find_date("\n".join(block.text for block in blocks)) or _created(head),
        metadata={"author": author} if author else {},
    )


def _text(code: str) -> str:
    code = _PICTURE.sub(" ", code).replace(_FIELD, _OTHER_FIELD)
    code = _OUTLINE.sub(lambda found: _as_code(chr(_FIRST_LEVEL + int(found[1]))), code)
    code = _BORDER.sub(lambda found: _as_code(_BORDERS[found[1]]), code)
    text: str = rtf_to_text(code, errors="replace")  # type: ignore[no-untyped-call]
    # Characters beyond the first 65,536 come in two halves; optional hyphens are not seen.
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\xad", "")


def _as_code(mark: str) -> str:
    """Return the code of a character, in a group that leaves the settings around it alone."""
    return f"{{\\uc1\\u{ord(mark)} ?}}"


def _marked_blocks(text: str) -> _Marked:
    """Yield each block with whether it is the item of a list; a table is one block."""
    rows: list[list[str]] = []
    for part in text.split(_ROW_END):
        before, row = _split_row(part)
        if before.strip():
            yield from _table(rows)
            rows = []
            yield from _paragraphs(before)
        if row:
            cells = _LEVEL.sub("", row).split(_CELL_END)
            rows.append(cells[:-1] if not cells[-1].strip() else cells)
    yield from _table(rows)


def _split_row(part: str) -> tuple[str, str]:
    """Return what stands before the row that `part` ends with, and that row."""
    head, cell_end, rest = part.partition(_CELL_END)
    if not cell_end:
        return part.replace(_ROW_START, ""), ""
    before, start, first_cell = head.partition(_ROW_START)
    if not start:  # a row should say that it is one
        before, _, first_cell = head.rpartition("\n")
    return before, f"{first_cell}{_CELL_END}{rest}".replace(_ROW_START, "")


def _table(rows: list[list[str]]) -> _Marked:
    if all(len(cells) <= 1 for cells in rows):  # a frame around text, not a table
        for cells in rows:
            yield from _paragraphs("\n".join(cells))
    elif text := table_text(rows):
        yield Block(text), False


def _paragraphs(text: str) -> _Marked:
    for line in text.split("\n"):
        mark = _LEVEL.search(line)
        shown = _LEVEL.sub("", line)
        item = _ITEM.match(shown)
        shown = shown[item.end() :] if item else shown
        if shown.strip():
            level = ord(mark[0]) - _FIRST_LEVEL + 1 if mark else None
            yield Block(shown.strip(), heading_level=level), item is not None and level is None


def _about(pattern: re.Pattern[str], head: str) -> str | None:
    found = pattern.search(head)
    return _text(f"{{\\rtf1 {found[1]}}}").strip() or None if found else None


def _created(head: str) -> date | None:
    found = _CREATED.search(head)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
