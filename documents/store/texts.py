"""The stored text of documents, in blocks of equal length.

A slice reads the one or two blocks that it lies in, so that showing a quote of a book costs
no more than showing one of a press article.
"""

import json
from collections.abc import Sequence

from documents.store.connection import Connection

BLOCK_CHARACTERS = 4_096

_WANTED = """
    SELECT generation, block, text FROM texts
    WHERE (generation, block) IN (
        SELECT CAST(json_extract(value, '$[0]') AS BIGINT),
               CAST(json_extract(value, '$[1]') AS BIGINT)
        FROM json_each(?)
    )
"""


def write_text(connection: Connection, generation: int, text: str) -> None:
    """Store `text` as the text of `generation`."""
    starts = range(0, len(text), BLOCK_CHARACTERS)
    connection.executemany(
        "INSERT INTO texts (generation, block, text) VALUES (?, ?, ?)",
        (
            (generation, block, text[start : start + BLOCK_CHARACTERS])
            for block, start in enumerate(starts)
        ),
    )


def read_text(connection: Connection, generation: int) -> str:
    """Return the whole text of `generation`."""
    blocks = connection.execute(
        "SELECT text FROM texts WHERE generation = ? ORDER BY block", (generation,)
    )
    return "".join(text for (text,) in blocks)


def read_slices(connection: Connection, spans: Sequence[tuple[int, int, int]]) -> list[str]:
    """Return the text of each ``(generation, start, end)``, clipped to what there is."""
    wanted = {(generation, b) for generation, start, end in spans for b in _blocks(start, end)}
    blocks = {
        (generation, block): text
        for generation, block, text in connection.execute(_WANTED, (json.dumps(sorted(wanted)),))
    }
    slices = []
    for generation, start, end in spans:
        touched = _blocks(start, end)
        joined = "".join(blocks.get((generation, block), "") for block in touched)
        offset = touched.start * BLOCK_CHARACTERS
        slices.append(joined[start - offset : end - offset])
    return slices


def _blocks(start: int, end: int) -> range:
    return range(start // BLOCK_CHARACTERS, -(-end // BLOCK_CHARACTERS))
