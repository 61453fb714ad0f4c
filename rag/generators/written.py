"""From a chat model's words to proved drafts: the same few steps for every sentence.

A sentence is made plain text, checked for its language, attributed to the passages, and kept,
flagged or removed. What the model marks as its source is a hint to the attribution, no more.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Literal, Protocol

from documents.language import is_in
from documents.models import Language
from documents.normalization import fold
from rag.drafts import Draft, Drafts, Quote, Task
from rag.errors import GeneratorUnavailable
from rag.generators.addresses import addresses
from rag.generators.chat import ChatModel, CutShort
from rag.generators.no_answer import declines, sounds_like_refusal
from rag.generators.plain_text import plain
from rag.generators.prompt import rewrite_prompt, write_prompt
from rag.generators.sentence_stream import sentences
from rag.generators.thoughts import without_thoughts
from rag.models import Degraded, Support
from rag.retrieval import Found

Unsupported = Literal["remove", "flag"]

_MOST_SENTENCES = 12
_MOST_REWRITTEN = 5  # a model that goes on in the wrong language is let go on
_MOST_CHARACTERS = 8000  # read of a model's answer
_LONGEST_SENTENCE = 600  # characters; what is longer is a model that runs away
_WORD = re.compile(r"[^\W\d_]{2,}|\d")


class Attribution(Protocol):
    """The quotes that prove a sentence, and how well."""

    @property
    def quotes(self) -> tuple[Quote, ...]: ...

    @property
    def support(self) -> Support: ...


class Attributor(Protocol):
    """Finds what proves a sentence; `hints` are positions in `found`, from 1."""

    def attribute(
        self,
        sentence: str,
        language: Language,
        found: Sequence[Found],
        *,
        hints: frozenset[int],
    ) -> Attribution: ...


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A sentence as it will be read, the passages it names, whether its language is right."""

    text: str
    hints: frozenset[int]
    in_language: bool


@dataclass(frozen=True, slots=True)
class WrittenGenerator:
    """Lets `model` write and proves what it wrote (`rag.drafts.Generator`).

    `unsupported` says what becomes of a sentence that nothing proves.
    """

    model: ChatModel
    attributor: Attributor
    unsupported: Unsupported = "remove"

    @property
    def name(self) -> str:
        """The name of the model."""
        return self.model.name

    def draft(self, task: Task) -> Drafts:
        """Yield the sentences that stand, each as soon as it is proved.

        Nothing is yielded where the model says that the passages do not answer, or where they
        bear out nothing of what it says.

        Raises:
            GeneratorUnavailable: the model cannot be reached, took too long, broke off, or
                wrote nothing that is a sentence.
        """
        language = task.question.language
        prompt = write_prompt(task, budget_tokens=self.model.prompt_tokens)
        said: set[str] = set()
        wrote = False
        with closing(self.model.stream(prompt.messages)) as pieces:
            for spoken in self._spoken(_prose(pieces), language, prompt.found):
                if spoken is None:
                    return
                wrote = True
                draft = self._proved(spoken, language, prompt.found)
                if draft is not None and fold(draft.text) not in said:
                    said.add(fold(draft.text))
                    yield draft
                if len(said) == _MOST_SENTENCES:
                    return
        if not wrote:
            raise GeneratorUnavailable(f"{self.name} wrote nothing that is a sentence.")

    def _spoken(
        self, proses: Iterator[str], language: Language, found: Sequence[Found]
    ) -> Iterator[_Spoken | None]:
        """Yield the sentences as plain text; None, last, where the model declines to answer."""
        kept = _addresses(one.hit.stored.passage.text for one in found)
        rewrites = _MOST_REWRITTEN
        while (prose := next(proses, None)) is not None:
            if declines(prose):
                yield None
                return
            told = plain(prose, kept=kept)
            if not _WORD.search(told.text) or len(told.text) > _LONGEST_SENTENCE:
                continue
            hints = frozenset(number for number in told.numbers if 1 <= number <= len(found))
            text, right = told.text, is_in(told.text, language)
            if not right and rewrites:
                proses = iter(list(proses))  # a model writes one text at a time: let it end this
                rewritten = self._rewritten(text, language, kept)
                right, text = rewritten is not None, rewritten or text
                rewrites = rewrites - 1 if right else 0  # one that could not will not
            yield _Spoken(text, hints, right)

    def _rewritten(self, text: str, language: Language, kept: frozenset[str]) -> str | None:
        """Return `text` as the model says it in `language`, None where it does not."""
        with closing(self.model.stream(rewrite_prompt(text, language))) as pieces:
            for prose in _prose(pieces):
                told = plain(prose, kept=kept).text
                if _WORD.search(told):
                    return told if is_in(told, language) else None
        return None

    def _proved(self, spoken: _Spoken, language: Language, found: Sequence[Found]) -> Draft | None:
        """Return the sentence with its quotes, None if it is to be removed."""
        if not spoken.in_language:
            language = "en" if language == "fr" else "fr"
        text = spoken.text
        proof = self.attributor.attribute(text, language, found, hints=spoken.hints)
        if addresses(text) - _addresses(quote.text for quote in proof.quotes):
            text = plain(text).text
            proof = self.attributor.attribute(text, language, found, hints=spoken.hints)
        unsupported = proof.support == "unsupported"
        if not _WORD.search(text) or (
            unsupported and (self.unsupported == "remove" or sounds_like_refusal(text))
        ):
            return None
        degraded: Degraded | None = None if spoken.in_language else "language"
        return Draft(text, proof.quotes, proof.support, degraded=degraded)


def _prose(pieces: Iterable[str]) -> Iterator[str]:
    """Yield the sentences of an answer as they were written, up to the bounds."""
    written = sentences(_bounded(without_thoughts(pieces)))
    while True:
        try:
            yield next(written)
        except (StopIteration, CutShort):
            return


def _bounded(pieces: Iterable[str]) -> Iterator[str]:
    left = _MOST_CHARACTERS
    for piece in pieces:
        yield piece[:left]
        left -= len(piece)
        if left <= 0:
            raise CutShort


def _addresses(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(address for text in texts for address in addresses(text))
