"""What encoders and analyzers read of a passage: where it stands, then what it says."""

from collections.abc import Iterable


def read_as(title: str, heading_path: Iterable[str], text: str) -> str:
    """Return the text that stands for a passage in every index."""
    return "\n".join([title, *(heading for heading in heading_path if heading != title), text])
