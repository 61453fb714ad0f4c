"""Passages that say something new: a copy of one that ranks better does not take its place.

A passage is a copy where each of its sentences stands in better ones, word for word, and its
document is a copy of theirs (documents/copies.py): the same words under another title may
speak of something else. It stays with the passage that it repeats, to be cited beside it.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from documents.normalization import fold

if TYPE_CHECKING:
    from rag.retrieval import Found

_MOST_COPIES = 3  # that stay with a passage
_WORDS = re.compile(r"\w+")


class Copies(Protocol):
    """Knows which documents are copies of one, and which of several may be, by generation."""

    def of(self, document_id: str) -> tuple[str, ...]: ...

    def alike(self, generations: Collection[int]) -> set[int]: ...


def distinct(pages: "Iterable[Sequence[Found]]", top_k: int, *, copies: Copies) -> "list[Found]":
    """Return the first `top_k` of what is ranked that are no copies, with those that are.

    They come a page at a time; once there are enough no further page is read.
    """
    kept: list[Found] = []
    beside: list[list[Found]] = []
    for page in pages:
        alike = copies.alike({_generation(one) for one in (*kept, *page)})
        said: dict[str, int] = {}
        for place, one in enumerate(kept):
            _note(said, one, place, alike)
        for one in page:
            if len(kept) == top_k:
                break
            repeated = _repeated(one, kept, said, copies) if _generation(one) in alike else None
            if repeated is not None:
                beside[repeated] += [one] * (len(beside[repeated]) < _MOST_COPIES)
                continue
            _note(said, one, len(kept), alike)
            kept.append(one)
            beside.append([])
        if len(kept) == top_k:
            break
    return [replace(one, copies=tuple(found)) for one, found in zip(kept, beside, strict=True)]


def _note(said: dict[str, int], one: "Found", place: int, alike: AbstractSet[int]) -> None:
    """Note that the passage at `place` says its sentences, if its document may have copies."""
    if _generation(one) in alike:
        for sentence in _sentences(one):
            said.setdefault(sentence, place)


def _generation(one: "Found") -> int:
    return one.hit.stored.document.generation


def _repeated(
    one: "Found", kept: "list[Found]", said: Mapping[str, int], copies: Copies
) -> int | None:
    """Return the place in `kept` of the passage that `one` repeats, None where it is new."""
    places = {said.get(sentence) for sentence in _sentences(one)}
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
