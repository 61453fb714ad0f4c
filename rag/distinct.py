"""Passages that say something new: a copy of one that ranks better does not take its place.

A passage is a copy where each of its sentences stands in better ones, word for word, and its
document is a copy of theirs (documents/copies.py): the same words under another title may
speak of something else. It stays with the passage that it repeats, to be cited beside it.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from documents.normalization import fold

if TYPE_CHECKING:
    from rag.retrieval import Found

_MOST_COPIES = 3  # that stay with a passage
_WORDS = re.compile(r"\w+")


class Copies(Protocol):
    """Knows which documents are copies of one."""

    def of(self, document_id: str) -> tuple[str, ...]: ...


def distinct(ranked: Iterable["Found"], top_k: int, *, copies: Copies) -> "list[Found]":
    """Return the first `top_k` of `ranked` that are no copies, with those that are."""
    kept: list[Found] = []
    beside: list[list[Found]] = []
    said: dict[str, int] = {}
    for one in ranked:
        sentences = _sentences(one)
        place = _repeated(one, sentences, kept, said, copies)
        if place is not None:
            beside[place] += [one] * (len(beside[place]) < _MOST_COPIES)
            continue
        for sentence in sentences:
            said.setdefault(sentence, len(kept))
        kept.append(one)
        beside.append([])
        if len(kept) == top_k:
            break  # what follows is not even read
    return [replace(one, copies=tuple(found)) for one, found in zip(kept, beside, strict=True)]


def _repeated(
    one: "Found",
    sentences: Collection[str],
    kept: "list[Found]",
    said: dict[str, int],
    copies: Copies,
) -> int | None:
    """Return the place in `kept` of the passage that `one` repeats, None where it is new."""
    places = {said.get(sentence) for sentence in sentences}
    if not places or None in places:
        return None
    place = min(place for place in places if place is not None)
    original, own = (found.hit.stored.document.id for found in (kept[place], one))
    return place if own != original and own in copies.of(original) else None


def _sentences(one: "Found") -> list[str]:
    """Return the words of each sentence of a passage."""
    passage = one.hit.stored.passage
    return [
        " ".join(
            _WORDS.findall(fold(passage.text[s.start - passage.start : s.end - passage.start]))
        )
        for s in passage.sentences
        if not s.heading
    ]
