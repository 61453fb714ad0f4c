"""Sentences that say the same: wire copy in several articles, a lead that is repeated.

Two sentences say the same when each shares nearly all its words with the other and neither has
a figure or a name that the other lacks: a longer one that adds something is not the same, nor is
one that gives another number or speaks of another city.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from typing import Final

from documents.normalization import fold
from rag.evidence import Evidence
from rag.quoting.quotable import is_quotable

_SAME = 0.8  # share of the words of each that the other must have
_WITHIN = 0.95  # share of the words of one that make it a part of the other
_MOST = 4  # documents that are named for one sentence
_WORDS: Final = re.compile(r"\w+")


def say_the_same(one: str, other: str) -> bool:
    """Tell whether two sentences are the same but for a few words."""
    first, second = _words(one), _words(other)
    if len(first & second) < _SAME * max(len(first), len(second)):
        return False
    return _telling(one) <= second and _telling(other) <= first


def adds_nothing(one: str, other: str) -> bool:
    """Tell whether all that `one` says stands in `other`, which may say more."""
    first, second = _words(one), _words(other)
    return len(first & second) >= _WITHIN * len(first) and _telling(one) <= second


def tellings(one: Evidence, evidence: Sequence[Evidence]) -> list[Evidence]:
    """Return `one` and what says the same in other documents, the best wording first.

    Those whose passages are copies of its own are among them. The most complete wording is the
    best, then the newest. Never more than four.
    """
    found = {one.found.hit.stored.document.id: one}
    for other in chain(_in_copies(one), evidence):
        document = other.found.hit.stored.document.id
        if document in found or other.language != one.language:
            continue
        if say_the_same(one.text, other.text) and is_quotable(other.text):
            found[document] = other
    # Cut before they are sorted: what ranks first is what the question asked for.
    return sorted(list(found.values())[:_MOST], key=_completeness, reverse=True)


def _in_copies(one: Evidence) -> Iterator[Evidence]:
    """Yield the sentence as the copies of its passage have it."""
    for copy in one.found.copies:
        passage = copy.hit.stored.passage
        for sentence in passage.sentences:
            text = passage.text[sentence.start - passage.start : sentence.end - passage.start]
            if not sentence.heading and say_the_same(one.text, text):
                yield replace(one, found=copy, sentence=sentence, text=text)
                break


def _completeness(one: Evidence) -> tuple[int, str]:
    published = one.found.hit.stored.document.published_at
    return len(_words(one.text)), published.isoformat() if published else ""


@lru_cache(maxsize=1024)  # each sentence is compared with several
def _words(text: str) -> frozenset[str]:
    return frozenset(_WORDS.findall(fold(text)))


def _telling(text: str) -> frozenset[str]:
    """Return the words that may not be missing: those with a digit or a capital in them."""
    _, *after = _WORDS.findall(text) or [""]
    return _words(" ".join(word for word in after if word != word.lower() or word.isdigit()))
