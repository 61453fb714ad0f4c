"""Names that a text says: capitalised runs, acronyms, and countries whatever their language.

A word with a capital at the start of a sentence may be any word. It is taken for a name where
another capitalised word follows, or where it is `known` as a name from elsewhere.
"""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from documents.models import Language, Span
from index.analyzer import terms
from index.tokenizer import bare, fold
from rag.claims.exonyms import known_things

_CAPITALISED = r"(?:[^\W\d_a-zß-öø-ÿ][\w&]*(?:[-\u2011][^\W\d_][\w]*)*)"
_WORD = re.compile(
    rf"(?<![\w’'])(?:[dlDL][’'])?(?P<word>{_CAPITALISED}(?:[’'](?!s\b){_CAPITALISED})?)"
)
_LINK = re.compile(
    r"[ \u00a0\u202f](?:(?:de|du|des|d[’']|de la|le|la|von|van|van der|der|den|bin|al|of|of the|&)"
    r"[ \u00a0\u202f]?)?"
)
_OPENS = re.compile(r"(?:^|[.!?…:;]\s|[«“\"(—–]\s?|\n\s*[-•*]?\s?)$")
_ABBREVIATED = re.compile(r"(?<!\w)(?:M|Mr|Mrs|Ms|Dr|Pr|St|[A-Z])\.\s$")
# Titles and offices: who holds one may be called by another word.
_HOLDERS = """
M Mme Mlle Me Dr Pr Mr Mrs Ms Sir Lady Lord Dame Maître Monsieur Madame Président
Présidente President Premier Première Prime Minister Ministre Ministry Ministère Senator
Sénateur Sénatrice Professor Professeur Professeure Commissioner Commissaire Commander
Commandant Colonel General Général Générale Captain Capitaine Mayor Maire Director
Directeur Directrice Chairman Chief Chef Secretary Secrétaire Governor Gouverneur Judge
Juge King Queen Roi Reine Prince Princess Princesse Pope Pape State État Etat Interior
Intérieur Finance Finances Justice Health Santé Budget Foreign Industry Industrie I Mount
"""
_TITLES = frozenset(fold(word) for word in _HOLDERS.split())
_ALIKE = 0.84  # ratio of matching letters: « Zelenski » and "Zelensky"
_LONG = 5  # letters from which a spelling may differ


@dataclass(frozen=True, slots=True)
class Name:
    """A name at ``text[start:end]`` and its telling words; `key` stands for a known thing."""

    text: str
    start: int
    end: int
    words: tuple[str, ...]
    key: str | None = None


@lru_cache(maxsize=1024)
def capitalised(text: str, language: Language) -> frozenset[str]:
    """Return the words, folded, that bear a capital inside a sentence of `text`."""
    return frozenset(
        fold(bare(match["word"]))
        for match in _WORD.finditer(text)
        if not _opens(text, match.start()) and terms(match["word"], language)
    )


def possible_names(text: str) -> frozenset[str]:
    """Return the words, folded, that bear a capital anywhere in `text`."""
    return frozenset(fold(bare(match["word"])) for match in _WORD.finditer(text))


def names_said(
    text: str,
    language: Language,
    *,
    known: AbstractSet[str] = frozenset(),
    but: tuple[Span, ...] = (),
) -> list[Name]:
    """Return the names in `text` from left to right, except where they touch spans of `but`.

    `known` are folded words that are names at the start of a sentence too.
    """
    things = known_things(text)
    names = [
        Name(span.of(text), span.start, span.end, (fold(span.of(text)),), key)
        for span, key in things
        if any(letter.isupper() for letter in span.of(text))
    ]
    taken = [*but, *(span for span, _ in things)]
    for run in _runs(text):
        words = [word for word in run if not _touches(word, taken)]
        if not words:
            continue
        if len(run) == 1 and _opens(text, words[0].start()):
            word = words[0]["word"]
            if fold(bare(word)) not in known and not (len(word) > 1 and word.isupper()):
                continue
        telling = [word for word in words if _tells(text, word, language, run, known)]
        if telling:
            start, end = telling[0].start("word"), telling[-1].end()
            spelt = tuple(fold(word["word"]) for word in telling)
            names.append(Name(text[start:end], start, end, spelt))
    return sorted(names, key=lambda name: name.start)


def _runs(text: str) -> Iterator[list[re.Match[str]]]:
    """Yield capitalised words that stand together, particles between them allowed."""
    run: list[re.Match[str]] = []
    for match in _WORD.finditer(text):
        if run and _LINK.fullmatch(text, run[-1].end(), match.start("word")):
            run.append(match)
        else:
            if run:
                yield run
            run = [match]
    if run:
        yield run


def _tells(
    text: str,
    word: re.Match[str],
    language: Language,
    run: list[re.Match[str]],
    known: AbstractSet[str],
) -> bool:
    spelt = fold(word["word"])
    if spelt in _TITLES or not terms(word["word"], language) or len(spelt) < 2:
        return False
    # The first word of a sentence may only happen to stand before a name: "Researcher Ann Lee".
    happens = word is run[0] and len(run) > 2 and _opens(text, word.start())
    return not happens or spelt in known


def _touches(word: re.Match[str], spans: list[Span]) -> bool:
    return any(word.start("word") < span.end and span.start < word.end() for span in spans)


def _opens(text: str, start: int) -> bool:
    before = text[max(0, start - 5) : start]
    return start == 0 or (_OPENS.search(before) is not None and not _ABBREVIATED.search(before))


def spelt_alike(one: str, other: str) -> bool:
    """Tell whether two folded words may be one name: equal, plural or possessive, or nearly."""
    if one == other or one.rstrip("s") == other.rstrip("s"):
        return True
    if min(len(one), len(other)) < _LONG or one[0] != other[0]:
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _ALIKE
