"""Find the title of a text that does not name it: a headline among its first lines."""

import re
from collections.abc import Iterator

from documents.dates import is_dateline

_HEAD_LINES = 12
_EDGE_CHARACTERS = 4_000
_FEWEST_WORDS = 4
_LONGEST_TITLE = 180

# Lines that open a text without being its title: bylines, captions, sources, dates, prompts.
_OPENERS = re.compile(
    r"(?:par|by|photo|image|source|crédits?|credits?|publié|published|posted|mis à jour|updated"
    r"|temps de lecture|reading time|lire|read|écouter|listen|accueil|home|menu|partager|share)\b",
    re.IGNORECASE,
)


def find_title(text: str) -> str | None:
    """Return the headline at the head of `text`, or None where nothing looks like one."""
    for line in _head(text):
        words = line.split()
        if (
            len(words) >= _FEWEST_WORDS
            and not line.endswith((".", ",", ";", ":"))
            and not _OPENERS.match(line)
            and not is_dateline(line)
        ):
            return " ".join(words)
    return None


def _head(text: str) -> Iterator[str]:
    """Yield the lines above the first paragraph."""
    lines = (line.strip() for line in text[:_EDGE_CHARACTERS].split("\n"))
    for count, line in enumerate(line for line in lines if line):
        if count >= _HEAD_LINES or len(line) > _LONGEST_TITLE:
            return
        yield line
