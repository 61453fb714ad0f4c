"""Cut a document into passages: whole sentences, 60 to 180 words where the text allows.

Passages break at boilerplate, so that none contains any; then, by preference, at headings,
at paragraphs, at sentences. A heading goes with what follows it. Where a passage goes on with
the text of the one before, it repeats its last sentence, so that no thought is cut in two.

Invariants: ``document.text[p.start:p.end] == p.text``; passages are in order; every visible
character that is not boilerplate lies in a passage, and no boilerplate does.
"""

from collections.abc import Sequence

from documents.language import detect
from documents.models import Document, Language, Passage, Sentence
from documents.packing import Limits, Packing
from documents.units import Unit, runs

MOST_OVERLAP_WORDS = 40

_LANGUAGE_SAMPLE = 250  # characters
_FEWEST_WORDS = 10  # fewer do not show another language than the document's


def passages(
    document: Document,
    *,
    min_words: int = 60,
    max_words: int = 180,
    overlap_sentences: int = 1,
) -> list[Passage]:
    """Return the passages of `document`, in order.

    A passage has more than `max_words` only where one sentence with its headings has, and
    fewer than `min_words` only where boilerplate, the end or a long sentence leaves no more.
    Raises: ValueError where `max_words` is less than twice `min_words`.
    """
    if not 0 < 2 * min_words <= max_words:
        raise ValueError(
            f"max_words is {max_words}: it must be at least twice min_words ({min_words}), "
            "and min_words above 0"
        )
    reserve = MOST_OVERLAP_WORDS if overlap_sentences else 0
    limits = Limits(min_words, max(min_words, max_words - reserve), max_words)
    headings: list[tuple[int, str]] = []
    found: list[Passage] = []
    for units in runs(document):
        packing = Packing(units, limits)
        for start, end in packing.pack():
            first = _with_overlap(packing, units, start, end, most=overlap_sentences)
            path = _follow_headings(document.text, units[start:end], headings)
            found.append(_passage(document, units[first:end], path))
    return found


def _with_overlap(
    packing: Packing, units: Sequence[Unit], start: int, end: int, *, most: int
) -> int:
    """Return the unit to begin with so that a passage repeats the end of the one before."""
    if units[start].level is not None:
        return start
    first = start
    for number in range(start - 1, max(-1, start - 1 - most), -1):
        too_much = packing.words(number, start) > MOST_OVERLAP_WORDS
        if units[number].level is not None or too_much or not packing.fits(number, end):
            break
        first = number
    return first


def _follow_headings(
    text: str, units: Sequence[Unit], headings: list[tuple[int, str]]
) -> tuple[str, ...]:
    """Take the headings of `units` into `headings`; return the path that `units` begin under."""
    path: tuple[str, ...] | None = None
    for unit in units:
        if unit.level is None:
            path = tuple(heading for _, heading in headings) if path is None else path
            continue
        while headings and headings[-1][0] >= unit.level:
            headings.pop()
        headings.append((unit.level, " ".join(text[unit.start : unit.end].split())))
    return tuple(heading for _, heading in headings) if path is None else path


def _passage(document: Document, units: Sequence[Unit], path: tuple[str, ...]) -> Passage:
    start, end = units[0].start, units[-1].end
    text = document.text[start:end]
    return Passage(
        start=start,
        end=end,
        text=text,
        language=_language(text, sum(unit.words for unit in units), document.language),
        sentences=tuple(Sentence(u.start, u.end, heading=u.level is not None) for u in units),
        heading_path=path,
        page=document.page_at(start),
    )


def _language(text: str, words: int, default: Language) -> Language:
    if words < _FEWEST_WORDS:
        return default
    return detect(text[:_LANGUAGE_SAMPLE], default=default)
