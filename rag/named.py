"""Whether what a question names stands where its answer would.

« Qui a allumé le phare de Cordouan ? » is not answered by who lit another lighthouse. A name
counts as said where it is spelt nearly alike, where its translation stands, or where the other
language has its own word for it (Londres, London).
"""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from documents.models import Language
from index.analyzer import terms
from index.tokenizer import bare, fold, tokens
from rag.claims.exonyms import known_things
from rag.claims.names_said import Name, names_said, spelt_alike
from rag.question import AnalysedQuestion, Group
from rag.retrieval import Found

_CENTURY = re.compile("[ivx]+(?:e|eme|er|ere|th|st|nd|rd)?")  # XXe, folded
_MORE_LETTERS = 2  # than the asked name, that another spelling of it may have


def names_asked(question: AnalysedQuestion) -> list[Name]:
    """Return the names that the question says."""
    names = names_said(question.text, question.language)
    return [name for name in names if not _CENTURY.fullmatch(name.words[-1])]


def all_of(found: Sequence[Found]) -> str:
    """Return what `found`, passages of one document, say with its title and their headings."""
    stored = [one.hit.stored for one in found]
    parts = [stored[0].document.title] if stored else []
    for one in stored:
        parts += [*one.passage.heading_path, one.passage.text]
    return "\n".join(parts)


def names_missing(
    asked: Sequence[Name], question: AnalysedQuestion, text: str, language: Language
) -> list[Name]:
    """Return which of the names `asked` by `question` stand nowhere in `text`."""
    if not asked or not text:
        return []
    things = {key for _, key in known_things(text)} if any(name.key for name in asked) else set()
    # Quiller-Couch and V&A are one word in one place and two in another.
    spellings = {fold(bare(word)) for word in {*tokens(text), *text.split()}}
    unspelt = [name for name in asked if name.key not in things and not _is_spelt(name, spellings)]
    meant = set(terms(text, language)) if unspelt else set()
    return [
        name
        for name in unspelt
        if not _is_translated(name, question.groups[language], language, meant)
    ]


def _is_spelt(name: Name, spellings: AbstractSet[str]) -> bool:
    """Tell whether the last word of `name` stands there: people are called by it."""
    last = name.words[-1]
    return last in spellings or any(
        spelt_alike(last, spelling)
        for spelling in spellings
        if spelling[:1] == last[0] and abs(len(spelling) - len(last)) <= _MORE_LETTERS
    )


def _is_translated(
    name: Name, groups: Sequence[Group], language: Language, meant: AbstractSet[str]
) -> bool:
    """Tell whether a translation of the last word of `name` is among the terms `meant`."""
    as_it_stands = terms(name.words[-1], language)
    return any(
        group.keys() & meant for group in groups if not group.keys().isdisjoint(as_it_stands)
    )
