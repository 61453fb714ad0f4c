"""What of a claim the chosen quotes do not bear out: numbers, dates, names, speakers, negation.

A problem is a word for machines: its kind, then what it is about (``number:146``).
"""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from documents.models import Span
from rag.claims.claim import Claim
from rag.claims.claim_reading import Reading, covered, says_day, says_name
from rag.claims.dates_said import Day, supports, whole_day
from rag.claims.names_said import Name
from rag.claims.polarity import Negation
from rag.claims.word_alignment import telling_words, within

_SAME_WORD = 0.6  # alike enough for a denial of one to be a denial of the other
_OTHER_SPEAKER = 0.35  # speakers that are less alike are two
_UNSAID = 0.25  # a word that is less alike than this to all of the quotes is not said by them
_UNSAID_WORDS = 4  # so many in a row are a statement of their own
_UNSAID_CLAUSE = 2  # and so many that are a clause
CLOSE, _VERY_CLOSE = 0.72, 0.80  # cosines of sentences that mean the same, or surely do
_LITERAL = 0.8  # mean likeness of words that were kept
_CLAUSE = re.compile(r"[,;:](?=\s)|(?<!\w)(?:et|and|mais|but|tandis|alors|while|whereas)(?!\w)")


def problems_of(
    claim: Claim, quotes: Sequence[Reading], context: Sequence[Reading], *, meaning: float
) -> tuple[str, ...]:
    """Return what `quotes`, with the titles and headings in `context`, do not bear out.

    `meaning` is the encoder's cosine of the claim with the nearest quote: where it is high,
    words that no quote says are only said otherwise.
    """
    facts = claim.facts
    n_words, n_numbers = len(claim.words), len(facts.numbers)
    best = np.max([covered(claim, quote) for quote in quotes], axis=0)
    found = [
        f"number:{number}"
        for number, share in zip(facts.numbers, best[n_words : n_words + n_numbers], strict=True)
        if not share
    ]
    found += [
        f"date:{day}"
        for day in facts.days
        if not any(says_day(day, reading) for reading in (*quotes, *context))
        and not _is_publication(day, quotes)
    ]
    for name in facts.names:
        if not any(says_name(claim, name, reading) for reading in (*quotes, *context)):
            speaks = any(name.start < s.end and s.start < name.end for s in facts.speakers)
            found.append(f"{'speaker' if speaks else 'name'}:{name.text}")
    found += [f"speaker:{who}" for who in _other_speakers(claim, quotes)]
    if _denial_differs(claim, quotes, meaning):
        found.append("negation")
    if unsaid := _unsaid(claim, [*quotes, *context], meaning):
        found.append(f"words:{unsaid}")
    return tuple(dict.fromkeys(found))


def _named_speakers(names_said: Sequence[Name], speakers: Sequence[Span]) -> list[Name]:
    return [
        name
        for name in names_said
        if name.key is None and any(s.start <= name.start and name.end <= s.end for s in speakers)
    ]


def _is_publication(day: Day, quotes: Sequence[Reading]) -> bool:
    """Tell whether `day` is when a quote was published; a quote with a day of its own says no."""
    if any(said.day is not None for quote in quotes for said in quote.facts.days):
        return False
    return any(
        supports(day, [whole_day(quote.published)], None) for quote in quotes if quote.published
    )


def _other_speakers(claim: Claim, quotes: Sequence[Reading]) -> list[str]:
    """Return the speakers of the claim where the quotes tell of other speakers only."""
    speakers = claim.facts.speakers
    said = _named_speakers(claim.facts.names, speakers)
    others = [
        name
        for quote in quotes
        for name in _named_speakers(quote.facts.names, quote.facts.speakers)
    ]
    if said and others:
        spoken = {word for name in others for word in name.words}
        return [name.text for name in said if not spoken & set(name.words)]
    if said or others or len(speakers) > 1 or len(quotes) > 1:
        return []
    words = telling_words(claim.text, claim.language)
    return [
        span.of(claim.text)
        for span in speakers
        if (rows := [at for at, word in enumerate(words) if within(word, [span])])
        and _speaks_otherwise(rows, quotes)
    ]


def _speaks_otherwise(rows: Sequence[int], quotes: Sequence[Reading]) -> bool:
    """Tell whether the quotes have speakers, and none is alike to the words in `rows`."""
    spoken = [
        float(quote.alike[np.ix_(rows, columns)].max())
        for quote in quotes
        if (columns := [at for at, w in enumerate(quote.words) if within(w, quote.facts.speakers)])
    ]
    anywhere = max(float(quote.alike[rows].max(initial=0)) for quote in quotes)
    return bool(spoken) and max(spoken) < _OTHER_SPEAKER and anywhere < _SAME_WORD


def _denial_differs(claim: Claim, quotes: Sequence[Reading], meaning: float) -> bool:
    """Tell whether the claim denies what the quotes say, or says what they deny."""
    said = telling_words(claim.text, claim.language)
    denials = claim.facts.negations
    denied = np.array([within(word, [one.scope for one in denials]) for word in said], bool)
    there = [
        np.array([within(w, [one.scope for one in q.facts.negations]) for w in q.words], bool)
        for q in quotes
    ]
    if _agrees_to_a_refusal(claim, quotes) or _goes_the_other_way(claim, quotes):
        return True
    unpaired = False  # a denial of words that the quotes do not have may be theirs in other words
    for denial in denials:
        scope = [at for at, word in enumerate(said) if within(word, [denial.scope])][:4]
        meets = _meets(scope, quotes, there)
        if meets is False and (
            not quotes[0].facts.negations or _says_all(scope, quotes[0], there[0])
        ):
            return True
        unpaired = unpaired or not meets
    if unpaired and meaning >= CLOSE and not any(quote.facts.negations for quote in quotes):
        return True
    return not unpaired and any(
        _is_contradicted(denial, quote, denied)
        for quote in quotes
        for denial in quote.facts.negations
    )


def _agrees_to_a_refusal(claim: Claim, quotes: Sequence[Reading]) -> bool:
    """Tell whether the claim says that somebody agreed where the quotes only tell of a refusal."""
    refused = any(one.is_verb for quote in quotes for one in quote.facts.negations)
    agreed = any(quote.facts.assents for quote in quotes)
    return bool(claim.facts.assents) and refused and not agreed and not claim.facts.negations


def _goes_the_other_way(claim: Claim, quotes: Sequence[Reading]) -> bool:
    """Tell whether the claim says "rose", "open", "won" where the quotes only say the opposite."""
    there = frozenset[tuple[int, bool]]().union(*(quote.facts.ways for quote in quotes))
    mine = claim.facts.ways
    return any(
        (pair, not way) in there and (pair, way) not in there and (pair, not way) not in mine
        for pair, way in mine
    )


def _meets(
    scope: Sequence[int], quotes: Sequence[Reading], there: Sequence[NDArray[np.bool_]]
) -> bool | None:
    """Tell whether a word in a denial's `scope` is denied by a quote; None: said by none."""
    alike = False
    for quote, denied in zip(quotes, there, strict=True):
        rows = quote.alike[list(scope)]
        if denied.any() and rows[:, denied].max(initial=0) >= _SAME_WORD:
            return True
        alike = alike or bool(rows.max(initial=0) >= _SAME_WORD)
    return False if alike else None


def _says_all(scope: Sequence[int], quote: Reading, denied: NDArray[np.bool_]) -> bool:
    """Tell whether `quote` says, undenied, every one of several words in a denial's `scope`."""
    rows = quote.alike[list(scope)][:, ~denied]
    return len(scope) > 1 and bool((rows.max(axis=1, initial=0) >= _SAME_WORD).all())


def _is_contradicted(denial: Negation, quote: Reading, denied: NDArray[np.bool_]) -> bool:
    """Tell whether the claim says a word that `denial` denies and itself denies none of them."""
    scope = [at for at, word in enumerate(quote.words) if within(word, [denial.scope])][:4]
    if not scope or not len(denied):
        return False
    columns = quote.alike[:, scope]
    if denied.any() and columns[denied].max() >= _SAME_WORD:
        return False
    return bool(columns.max() >= _SAME_WORD)


def _unsaid(claim: Claim, readings: Sequence[Reading], meaning: float) -> str:
    """Return the first clause that nothing says, or a run of words as long; or ''."""
    said = np.max([covered(claim, reading) for reading in readings], axis=0)
    units = sorted(zip(claim.spans, said.tolist(), strict=True))
    borders = [match.start() for match in _CLAUSE.finditer(claim.text)]
    run: list[Span] = []
    whole = True  # the run began with its clause
    for at, (span, share) in enumerate(units):
        begins = at == 0 or _parted(units[at - 1][0], span, borders)
        if share >= _UNSAID:
            run = []
        else:
            if not run:
                whole = begins
            run.append(span)
        ends = at + 1 == len(units) or _parted(span, units[at + 1][0], borders)
        is_clause = whole and ends and len(run) >= _UNSAID_CLAUSE
        # Who keeps to the words of the quotes elsewhere does not say the same otherwise here.
        literal = float(said.sum()) >= _LITERAL * (len(units) - len(run))
        if (is_clause and (literal or meaning < _VERY_CLOSE)) or (
            len(run) >= _UNSAID_WORDS and meaning < CLOSE
        ):
            return claim.text[run[0].start : run[-1].end]
    return ""


def _parted(one: Span, other: Span, borders: Sequence[int]) -> bool:
    return any(one.end <= border <= other.start for border in borders)
