"""The extractive generator: a few sentences of the documents, the likeliest first.

It adds no words of its own, except to announce a quote that is in the other language or that
another source contradicts, and a name in brackets after a pronoun.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from documents.models import Language, Sentence, Span
from documents.records import DocumentSummary
from rag.drafts import Draft, Drafts, Quote, Task
from rag.evidence import Evidence
from rag.models import Degraded
from rag.phrases import dated_statement, framed_quote, quoted
from rag.question import AnalysedQuestion
from rag.quoting.antecedent import Antecedent, antecedent_of, with_bracket
from rag.quoting.disagreement import disagreeing
from rag.quoting.repetition import tellings
from rag.quoting.selection import quotable, select
from rag.quoting.short_answer import short_answer

_AS_GOOD = 0.5  # log-odds behind the best within which a sentence may give the short answer


@dataclass(frozen=True, slots=True)
class _Statement:
    """A sentence to say, `told` by one or more documents, the one that is spoken first.

    `antecedent` is what it needs to be understood, `short` the short answer in it.
    """

    told: tuple[Evidence, ...]
    antecedent: Antecedent | None = None
    short: Span | None = None

    @property
    def spoken(self) -> Evidence:
        """The wording that is said."""
        return self.told[0]

    @property
    def document(self) -> DocumentSummary:
        """The document whose wording is said."""
        return self.spoken.found.hit.stored.document


@dataclass(frozen=True, slots=True)
class ExtractiveGenerator:
    """Picks what to quote.

    `margin` is how much less likely, in log-odds, a further sentence may be than the best one.
    """

    margin: float = 1.5
    name: str = "extractive"

    def draft(self, task: Task) -> Drafts:
        """Yield the sentences of the answer, in the order they are to be read."""
        question = task.question
        evidence = quotable(question, task.evidence, margin=self.margin)
        if contrary := disagreeing(question, evidence):
            yield from _contradiction(question, contrary)
            return
        chosen = select(question, evidence, margin=self.margin)
        announced: str | None = None
        for one in _in_order(_statements(question, chosen, task.evidence)):
            announce = one.document.id != announced
            yield Draft(
                _in_language(one, question.language, announce=announce),
                _quotes(one),
                short=one.short,
                degraded=_degraded(one.spoken, question.language),
            )
            announced = one.document.id


def _contradiction(question: AnalysedQuestion, contrary: Sequence[Evidence]) -> Iterator[Draft]:
    """Yield what each source says, led in by its date and title."""
    for one in contrary:
        document = one.found.hit.stored.document
        lead_in = dated_statement if one.language == question.language else framed_quote
        yield Draft(
            lead_in(
                _one_line(one.text),
                title=document.title,
                published_at=document.published_at,
                language=question.language,
            ),
            (_quote(one),),
            short=_short(question, one),
            degraded=_degraded(one, question.language),
        )


def _statements(
    question: AnalysedQuestion, chosen: Sequence[Evidence], evidence: Sequence[Evidence]
) -> list[_Statement]:
    """Return what is to be said, the likeliest first; the first that can is given a short one.

    No sentence is said twice: what a sentence brings along is not said again by itself.
    """
    statements: list[_Statement] = []
    said: set[tuple[str, int]] = set()
    short: Span | None = None
    for one in chosen:
        told = tuple(tellings(one, evidence))
        if _place(told[0], told[0].sentence) in said:
            continue
        as_good = one.log_odds >= chosen[0].log_odds - _AS_GOOD
        found = _short(question, told[0]) if as_good and short is None else None
        short = short or found
        antecedent = antecedent_of(told[0].found.hit.stored.passage, told[0].sentence)
        if antecedent and _place(told[0], antecedent.sentence) in said:
            antecedent = None
        said.add(_place(told[0], told[0].sentence))
        if antecedent and antecedent.name is None:
            said.add(_place(told[0], antecedent.sentence))
        statements.append(_Statement(told, antecedent, found))
    return statements


def _place(one: Evidence, sentence: Sentence) -> tuple[str, int]:
    return one.found.hit.stored.document.id, sentence.start


def _short(question: AnalysedQuestion, one: Evidence) -> Span | None:
    """Return the span of the short answer, in offsets of the document."""
    span = short_answer(question, one.text, one.language)
    start = one.sentence.start
    return span and Span(start + span.start, start + span.end)


def _in_order(statements: Sequence[_Statement]) -> list[_Statement]:
    """Return the likeliest statement, then the others by document as they are written."""
    ids = [one.document.id for one in statements]
    rest = sorted(
        statements[1:], key=lambda one: (ids.index(one.document.id), one.spoken.sentence.start)
    )
    return [*statements[:1], *rest]


def _quotes(statement: _Statement) -> tuple[Quote, ...]:
    """Return the quotes that prove it: the sentence, what names its subject, its copies."""
    spoken, antecedent = statement.spoken, statement.antecedent
    naming = (
        (Quote(spoken.found, antecedent.sentence.start, antecedent.sentence.end),)
        if antecedent
        else ()
    )
    return (_quote(spoken), *naming, *map(_quote, statement.told[1:]))


def _quote(one: Evidence) -> Quote:
    return Quote(one.found, one.sentence.start, one.sentence.end)


def _degraded(one: Evidence, language: Language) -> Degraded | None:
    return None if one.language == language else "untranslated"


def _in_language(statement: _Statement, language: Language, *, announce: bool) -> str:
    """Return the statement on one line; quoted, when it is in the other language.

    The quote is announced with its document, unless the quote before was from there too.
    """
    text = _text(statement)
    if statement.spoken.language == language:
        return text
    if not announce:
        return quoted(text, language)
    document = statement.document
    return framed_quote(
        text, title=document.title, published_at=document.published_at, language=language
    )


def _text(statement: _Statement) -> str:
    """Return the sentence with the one that it leans on, or with the name in brackets."""
    spoken, antecedent = statement.spoken, statement.antecedent
    if antecedent is None:
        return _one_line(spoken.text)
    if antecedent.name is not None:
        return _one_line(with_bracket(spoken.text, antecedent))
    naming = Quote(spoken.found, antecedent.sentence.start, antecedent.sentence.end)
    return _one_line(f"{naming.text} {spoken.text}")


def _one_line(text: str) -> str:
    return " ".join(text.split("\n"))
