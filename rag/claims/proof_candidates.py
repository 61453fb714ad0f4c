"""The sentences of passages that may prove something, each with what stands above it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from documents.models import Language
from rag.claims.names_said import capitalised
from rag.drafts import Quote
from rag.reading import read_as
from rag.retrieval import Found


@dataclass(frozen=True, slots=True)
class Candidate:
    """Sentence `at` of passage `number`, which counts from 1."""

    found: Found
    number: int
    at: int

    @property
    def quote(self) -> Quote:
        """The whole sentence."""
        sentence = self.found.hit.stored.passage.sentences[self.at]
        return Quote(self.found, sentence.start, sentence.end)

    @property
    def above(self) -> str:
        """The title and the headings over the sentence."""
        stored = self.found.hit.stored
        return read_as(stored.document.title, stored.passage.heading_path, "").strip()


def known_names(found: Sequence[Found]) -> frozenset[str]:
    """Return the words, folded, that bear a capital inside a sentence of `found`."""
    passages = [one.hit.stored.passage for one in found]
    return frozenset[str]().union(
        *(capitalised(passage.text, passage.language) for passage in passages)
    )


def sentences_of(found: Sequence[Found]) -> list[Candidate]:
    """Return the sentences of `found` but headings, each once, though passages overlap."""
    seen: set[tuple[str, int]] = set()
    candidates: list[Candidate] = []
    for number, one in enumerate(found, start=1):
        stored = one.hit.stored
        for at, sentence in enumerate(stored.passage.sentences):
            place = (stored.document.id, sentence.start)
            if not sentence.heading and place not in seen:
                seen.add(place)
                candidates.append(Candidate(one, number, at))
    return candidates


def source(candidate: Candidate, text: str) -> tuple[str, Language, date | None]:
    """Return `text` with the language and the day that the document of `candidate` bears."""
    stored = candidate.found.hit.stored
    return text, stored.passage.language, stored.document.published_at
