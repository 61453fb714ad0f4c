"""How lists and tables are written as text, the same way for every office format."""

import re
from collections.abc import Iterable, Iterator

from documents.extraction import Block

_WHITE_SPACE = re.compile(r"[ \t\r\n\f\v]+")


def join_items(marked: Iterable[tuple[Block, bool]]) -> Iterator[Block]:
    """Yield the blocks; those marked as items of one list become the lines of one block."""
    items: list[str] = []
    page: int | None = None
    for block, is_item in marked:
        if items and not is_item:
            yield Block("\n".join(items), page=page)
            items = []
        if is_item:
            page = block.page
            items.append(f"- {block.text}")
        else:
            yield block
    if items:
        yield Block("\n".join(items), page=page)


def table_text(rows: Iterable[Iterable[str]]) -> str:
    """Return a line for each of the `rows` that has text, the cells parted by bars."""
    lines = (" | ".join(map(one_line, cells)) for cells in rows)
    return "\n".join(line for line in lines if line.strip(" |"))


def one_line(text: str) -> str:
    """Return `text` on one line; spaces that do not break stay what they are."""
    return _WHITE_SPACE.sub(" ", text).strip(" ")
