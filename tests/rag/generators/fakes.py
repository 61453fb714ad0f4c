"""A model that says what it is told to, and an attributor that believes what stands there."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from documents.models import Language
from documents.normalization import fold
from rag.drafts import Quote, Task
from rag.generators.chat import Message, Pieces
from rag.models import Support, Turn
from rag.question import analyse
from rag.retrieval import Found
from tests.rag.fakes import FakeTranslator, make_found

PHARE = "Le phare a été allumé en 1887. Il mesure 47 mètres."
TOWER = "The tower was finished in 1934. It weighs 21 tonnes."


@dataclass
class ScriptedModel:
    """Gives one script an answer; remembers the messages and whether it was left early."""

    scripts: list[Iterable[str] | Exception]
    name: str = "scripted"
    prompt_tokens: int = 4000
    asked: list[Sequence[Message]] = field(default_factory=list)
    seconds: list[float | None] = field(default_factory=list)
    open: int = 0

    def stream(self, messages: Sequence[Message], *, seconds: float | None = None) -> Pieces:
        self.asked.append(messages)
        self.seconds.append(seconds)
        assert not self.open, "a model writes one text at a time"
        script = self.scripts.pop(0)
        self.open += 1
        try:
            if isinstance(script, Exception):
                raise script
            yield from script
        finally:
            self.open -= 1


@dataclass(frozen=True)
class Proof:
    quotes: tuple[Quote, ...]
    support: Support


@dataclass
class LiteralAttributor:
    """Supports a sentence that stands in a passage, the hinted passages first."""

    hinted: list[frozenset[int]] = field(default_factory=list)
    spoken: list[Language] = field(default_factory=list)

    def attribute(
        self, sentence: str, language: Language, found: Sequence[Found], *, hints: frozenset[int]
    ) -> Proof:
        self.hinted.append(hints)
        self.spoken.append(language)
        assert all(1 <= hint <= len(found) for hint in hints)
        for _, one in sorted(enumerate(found, start=1), key=lambda pair: pair[0] not in hints):
            passage = one.hit.stored.passage
            for part in passage.sentences:
                said = passage.text[part.start - passage.start : part.end - passage.start]
                if fold(sentence).strip(" .!?") in fold(said):
                    return Proof((Quote(one, part.start, part.end),), "supported")
        return Proof((), "unsupported")


@dataclass
class GullibleAttributor:
    """Supports everything with the first sentence of the first passage."""

    def attribute(
        self, sentence: str, language: Language, found: Sequence[Found], *, hints: frozenset[int]
    ) -> Proof:
        assert sentence
        assert language
        assert hints is not None
        part = found[0].hit.stored.passage.sentences[0]
        return Proof((Quote(found[0], part.start, part.end),), "supported")


def make_task(
    *texts: str,
    question: str = "Quand le phare a-t-il été allumé ?",
    language: Language = "fr",
    history: tuple[Turn, ...] = (),
    make: Callable[..., Found] = make_found,
) -> Task:
    """A task over passages with these texts, in the language of the question."""
    found = [
        make(text, row=row, language=language, document_id=f"doc_{row:016x}")
        for row, text in enumerate(texts or (PHARE,), start=1)
    ]
    analysed = analyse(question, translator=FakeTranslator(), language=language)
    return Task(analysed, (), found, history)
