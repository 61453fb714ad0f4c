"""The units that passages are made of: sentences and headings, in runs without boilerplate.

Invariant: units are in order, do not overlap, have no white space at their borders, are no
longer than `LONGEST_UNIT`, and cover every visible character that is not boilerplate.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from documents.models import Document, Span
from documents.sentences import sentence_spans
from documents.structure import Part, parts

# Characters. What has no end for longer is cut, at a space if there is one: a passage must
# stay a bite for an encoder, whatever the text.
LONGEST_UNIT = 3_000

_WORD = re.compile(r"\w+")
_WHITE_SPACE = (" ", "\n", "\t", "\u00a0", "\u202f")


@dataclass(slots=True)
class Unit:
    """A sentence or a heading, with its number of words.

    `level` is the heading's, None for a sentence. `paragraph_words` is how many words the
    paragraph has that begins with this unit, None within a paragraph.
    """

    start: int
    end: int
    words: int
    level: int | None = None
    paragraph_words: int | None = None


def runs(document: Document) -> Iterator[list[Unit]]:
    """Yield the units between one stretch of boilerplate and the next."""
    run: list[Unit] = []
    for part in parts(document):
        if part.kind != "boilerplate":
            run.extend(_units(document.text, part))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _units(text: str, part: Part) -> list[Unit]:
    if part.level is None:
        sentences = sentence_spans(text[part.start : part.end], start=part.start)
    else:
        sentences = [Span(part.start, part.end)]
    units = [
        Unit(piece.start, piece.end, len(_WORD.findall(text, piece.start, piece.end)), part.level)
        for sentence in sentences
        for piece in _pieces(text, sentence)
    ]
    units[0].paragraph_words = sum(unit.words for unit in units)
    return units


def _pieces(text: str, span: Span) -> Iterator[Span]:
    """Cut `span` into pieces that are not longer than `LONGEST_UNIT`."""
    start = span.start
    while span.end - start > LONGEST_UNIT:
        limit = start + LONGEST_UNIT
        space = max(text.rfind(mark, start, limit + 1) for mark in _WHITE_SPACE)
        end = space if space > start else limit
        yield Span(start, start + len(text[start:end].rstrip()))
        start = end
        while text[start].isspace():
            start += 1
    yield Span(start, span.end)
