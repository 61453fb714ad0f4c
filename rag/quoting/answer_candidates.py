"""What in a sentence may be the short answer to a question, and how fit each is by its form.

A person stands after a title or "by", a place after "in", a number before what it counts. How
near they stand to the words of the question is judged elsewhere (rag/quoting/short_answer.py).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from documents.models import Language, Span
from documents.normalization import fold
from index.analyzer import terms
from index.tokenizer import tokens
from rag.question import AnalysedQuestion
from rag.quoting.expressions import Name, dates, names, quantities
from rag.quoting.wanted import Wanted, asks_for_several

_UNITS: Final = frozenset({"share", "time", "length", "weight", "degree", "money"})
# "How many states …": the first word of the question that means something is what it counts.
_COUNTS: Final = re.compile(r"(?:\w+ )?(?:how many|combien de?) ")
_HEAD: Final = 0
_LIKELY: Final = 0.1  # translations that are less likely say nothing

_REASON: Final = re.compile(
    r"(?:\b(?:because(?: of)?|due to|owing to|in order to|so that|so as to|thanks to|"
    r"as a result of|on account of|parce qu(?:e\b|['’])|afin (?:de\b|d['’]|que\b|qu['’])|"
    r"en raison d(?:es?\b|u\b|['’])|à cause d(?:es?\b|u\b|['’])|grâce (?:à|aux?)\b|"
    r"faute d(?:e\b|['’])|puisqu(?:e\b|['’])|car\b|en vue d(?:e\b|['’])|(?<=, )since\b|"
    r"dans le but d(?:e\b|['’])|de peur d(?:e\b|['’])|"
    r"(?:pour|to) (?=(?:ne pas |s['’]|se |l['’]|les? |la )?\w+(?:er|ir|re)\b)))",
    re.IGNORECASE,
)
_CLAUSE_END: Final = re.compile(
    r"[;:!?)]|\.(?=\s|$)|, (?=(?:et|mais|and|but|while|tandis|alors|which|qui|ce qui)\b)|$"
)
_APPOSITION: Final = re.compile(
    r",\s(?!n[ée]e?\b|born|qui\b|who|dont\b|et\b|and\b)([^,.;:()]{3,80})(?=[,.;:)]|$)"
)
_WITHIN: Final = re.compile(
    r"\b(?:à|aux?|en|dans|vers|depuis|près de|chez|in|at|near|from|into|across|throughout)"
    r"(?: la| le| les| the| ville de| région de| city of| town of)?\s?(?:l[’'])?$",
    re.IGNORECASE,
)
_OF: Final = re.compile(
    r"(?:\b(?:de|du|des|of|sur|on|to)(?: la| le| les| the)?\s|[dD][’'](?:une? )?)\s?$"
)
_BY: Final = re.compile(r"\b(?:par|by)\b(?:(?!\b(?:par|by|de|of|in|dans|à)\b)[^,.;:()A-Z]){0,60}$")
_NAMED: Final = re.compile(
    r"(?:\b(?:appel|nomm|surnomm|baptis|dénomm|intitul)\w+|"
    r"\b(?:called|named|titled|known as|dubbed)|\bnom d[e’'])"
    r"\s?(?:the |le |la |l[’'])?[«“\"]?\s?$"
)
_BEGIN: Final = re.compile(
    r"\b(?:nee?s?|born|naissance|naitre|commence|debut\w*|start|begin|began|begun)\b"
)
_END: Final = re.compile(
    r"\b(?:morte?|meurt|mourut|deces|decede\w*|die|died|death|end|ended|fin|fall|fell|finish)\b"
)
_RANGE: Final = re.compile(r"(\d{4})\W+(?:(?:et|and|à|to)\s)?(\d{4})")
PAUSES: Final = re.compile(r"[,;:()]|\b(?:et|and|ou|or|mais|but|tandis|while)\b")
_LISTED: Final = re.compile(
    r"(?:\s?\([^)]{1,30}\))?(?:\s?,\s?(?:et|and|ou|or)?|\s(?:et|and|ou|or|&))\s?"
    r"(?:l[ae]s? |l[’']|the |d[eu]s? |d[’']|en |aux? )?"
)
_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span that may be the answer, and how fit it is wherever it stands."""

    span: Span
    fitness: float = 1.0


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the sentence; `groups` are the words of the question that it says."""

    start: int
    end: int
    groups: frozenset[int]


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence read for a question; `asked` is the folded question."""

    text: str
    words: Sequence[Token]
    asked: str
    several: bool

    def said(self, span: Span) -> bool:
        """Tell whether the question says a word of `span` itself."""
        return any(w.groups for w in self.words if span.start < w.end and w.start < span.end)

    def before(self, span: Span) -> str:
        """Return the little that stands before `span`."""
        return self.text[max(0, span.start - 70) : span.start]


def read(question: AnalysedQuestion, sentence: str, language: Language) -> Reading:
    """Return `sentence`, in `language`, with what each word says of the question."""
    groups = question.groups[language]
    words, at = [], 0
    for token in tokens(sentence):
        start = sentence.find(token, at)
        if start >= 0:  # a text that is not in NFC has tokens that do not stand in it
            at = start + len(token)
            said = terms(token, language)
            numbers = (
                n
                for n, group in enumerate(groups)
                if any(group.get(term, 0) >= _LIKELY for term in said)
            )
            words.append(Token(start, at, frozenset(numbers)))
    return Reading(sentence, words, fold(question.text), asks_for_several(question.text))


def candidates(wanted: Wanted, reading: Reading) -> Iterator[Candidate]:
    """Yield what may be the answer, in the order of the sentence."""
    if wanted == "reason":
        return _reasons(reading)
    if wanted == "role":
        return _roles(reading)
    if wanted in ("date", "year"):
        return _dates(wanted, reading)
    if wanted in ("person", "place", "name"):
        return _names(wanted, reading)
    return _quantities(wanted, reading)


def _reasons(reading: Reading) -> Iterator[Candidate]:
    for match in _REASON.finditer(reading.text):
        if end := _CLAUSE_END.search(reading.text, match.end()):
            clause = reading.text[match.start() : end.start()].rstrip(" \n\t\u00a0\u202f,")
            yield Candidate(Span(match.start(), match.start() + len(clause)))


def _roles(reading: Reading) -> Iterator[Candidate]:
    """Yield what stands in apposition to the person that is asked about."""
    for one in names(reading.text):
        after = _APPOSITION.match(reading.text, one.span.end)
        if after and reading.said(one.span):
            yield Candidate(Span(*after.span(1)))


def _dates(wanted: Wanted, reading: Reading) -> Iterator[Candidate]:
    asked = set(_WORD.findall(reading.asked))
    for one in dates(reading.text):
        said = _WORD.findall(fold(one.span.of(reading.text)))
        dated = wanted == "date" or any(len(word) >= 4 and word[:4].isdigit() for word in said)
        if dated and not asked.issuperset(said):
            yield Candidate(_end_of_range(one.span, reading), 0.4 + 0.2 * one.detail)


def _end_of_range(span: Span, reading: Reading) -> Span:
    """Return the end of the range that the question asks for, if it asks for one."""
    match = _RANGE.search(reading.text, span.start, span.end)
    if match and _BEGIN.search(reading.asked):
        return Span(*match.span(1))
    return Span(*match.span(2)) if match and _END.search(reading.asked) else span


def _names(wanted: Wanted, reading: Reading) -> Iterator[Candidate]:
    found = [one for one in names(reading.text) if not reading.said(one.span)]
    for number, one in enumerate(found):
        fitness = _fitness(wanted, one, reading)
        last = number
        if reading.several or wanted == "person":
            last = _last_of_list(found, number, reading.text)
        if reading.several:
            fitness *= 1.5 if last > number else 0.5
        yield Candidate(Span(one.span.start, found[last].span.end), fitness)


def _last_of_list(found: Sequence[Name], first: int, text: str) -> int:
    """Return which name ends the list that `first` begins: "A, B and C"."""
    last = first
    while last + 1 < len(found) and _LISTED.fullmatch(
        text, found[last].span.end, found[last + 1].span.start
    ):
        last += 1
    return last


def _fitness(wanted: Wanted, name: Name, reading: Reading) -> float:
    """Return how much `name` looks like a person, a place or the name of a thing."""
    before = reading.before(name.span)
    if wanted == "place":
        return (
            0.15
            if name.first
            else 1.0
            if _WITHIN.search(before)
            else 0.25 + 0.25 * bool(_OF.search(before))
        )
    if wanted == "name":
        near = [word for word in reading.words if word.end <= name.span.start][-2:]
        return 1.0 if _NAMED.search(before) else 0.6 if any(w.groups for w in near) else 0.2
    fitness = 1.0 if name.titled or name.words > 1 else 0.25 if name.first else 0.5
    if name.institution:
        fitness *= 0.5
    if _BY.search(before):
        return 1.6 * fitness
    if _WITHIN.search(before):
        return 0.3 * fitness
    return fitness * (0.6 if _OF.search(before) else 1.3 if name.first else 1.0)


def _quantities(wanted: Wanted, reading: Reading) -> Iterator[Candidate]:
    asked = set(_WORD.findall(reading.asked))
    years = [one.span for one in dates(reading.text) if one.detail == 2]
    for one in quantities(reading.text):
        figures = _WORD.findall(fold(one.span.of(reading.text)))
        if not figures or figures[0] in asked or (wanted in _UNITS and one.unit != wanted):
            continue
        if wanted in _UNITS:
            yield Candidate(one.span)
            continue
        year = any(span.start <= one.span.start < span.end for span in years)
        yield _counted(one.span, reading, fitness=0.3 if one.unit else 0.1 if year else 1.0)


def _counted(span: Span, reading: Reading, *, fitness: float) -> Candidate:
    """Return the number with the noun it counts, if that is what the question counts."""
    after = [word for word in reading.words if word.start >= span.end][:3]
    for gap, word in enumerate(after):
        if word.groups:
            head = _COUNTS.match(reading.asked) is None or _HEAD in word.groups
            whole = head and gap == 0 and not PAUSES.search(reading.text, span.end, word.start)
            near = (3 if head else 1) / (1 + gap)
            return Candidate(Span(span.start, word.end) if whole else span, fitness * max(near, 1))
    return Candidate(span, fitness)
