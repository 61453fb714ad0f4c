"""What a reasoning model thinks aloud before it answers, ``<think>…</think>``, is left out."""

import re
from collections.abc import Iterable, Iterator

_NAMES = r"(?:think|thinking|thought|thoughts|reasoning|reflection|scratchpad)"
_OPEN = re.compile(rf"<{_NAMES}>", re.IGNORECASE)
_CLOSE = re.compile(rf"</{_NAMES}>", re.IGNORECASE)
_LONGEST_TAG = len("</scratchpad>")


def without_thoughts(pieces: Iterable[str]) -> Iterator[str]:
    """Yield the text of `pieces` outside such blocks; one that never closes goes to the end.

    At most a tag's length is held back. A block that closes without having been opened was
    opened in the prompt: what came before it in the same piece is dropped.
    """
    text, thinking = "", False
    for piece in pieces:
        text += piece
        while tag := (_CLOSE if thinking else _OPEN).search(text):
            if not thinking:
                yield text[: tag.start()]
            text, thinking = text[tag.end() :], not thinking
        if not thinking and (stray := _CLOSE.search(text)):
            text = text[stray.end() :]
        held = _held_back(text)
        if not thinking and held:
            yield text[:held]
        text = text[held:]
    if not thinking:
        yield text


def _held_back(text: str) -> int:
    """Return where the last thing begins that may become a tag."""
    at = text.rfind("<", max(0, len(text) - _LONGEST_TAG + 1))
    return len(text) if at < 0 or ">" in text[at:] else at
