"""Plain text: one block, its lines as they stand."""

from documents.extraction import Block, Extraction


def read_plain_text(text: str) -> Extraction:
    """Return the whole of `text` as one block."""
    return Extraction(blocks=(Block(text),))
