"""Documents whose every sentence says of which source and which version it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b

from documents.chunking import passages
from documents.models import Document, Language, Passage

# In every passage, in both languages, and nowhere else: finding it finds all there is.
EVERYWHERE = "zorvak"

_HEIGHTS = (12, 19, 27, 34, 48, 56, 61, 73, 85, 92)
_LINES: Mapping[Language, str] = {
    "fr": "La station {source} a relevé {height} mètres à la borne {line} du canal zorvak, "
    "pendant la campagne {version} de ses hydrologues.",
    "en": "Station {source} recorded {height} metres at marker {line} of the zorvak canal, "
    "during campaign {version} of its hydrologists.",
}
_QUESTIONS: Mapping[Language, str] = {
    "fr": "Combien de mètres la station {source} a-t-elle relevés à la borne {line} ?",
    "en": "How many metres did station {source} record at marker {line}?",
}


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the document of `source`; its number says all that it holds."""

    source: str
    number: int

    @property
    def language(self) -> Language:
        """The language of the source, for ever the same."""
        return "fr" if _drawn(self.source) % 2 else "en"

    @property
    def text(self) -> str:
        """The whole text: 4 to 24 sentences, which are one to three passages."""
        lines = 4 + _drawn(f"{self.source} {self.number}") % 21
        return " ".join(self._line(line) for line in range(1, lines + 1))

    @property
    def document(self) -> Document:
        """The document, as it is put into a store."""
        return Document("", "default", self.source, self.source, self.language, self.text, "")

    @property
    def passages(self) -> list[Passage]:
        """The passages of the document, as the default settings cut them."""
        return passages(self.document, min_words=60, max_words=180)

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Where the passages begin and end."""
        return [(passage.start, passage.end) for passage in self.passages]

    def question(self, line: int) -> str:
        """A question that the sentence of a line answers."""
        return _QUESTIONS[self.language].format(source=self.source, line=line)

    def _line(self, line: int) -> str:
        height = _HEIGHTS[_drawn(f"{self.source} {self.number} {line}") % len(_HEIGHTS)]
        return _LINES[self.language].format(
            source=self.source, height=height, line=line, version=self.number
        )


def version_in(text: str, source: str) -> int | None:
    """Return the number of the version of `source` whose whole text this is."""
    marks = {"fr": "campagne ", "en": "campaign "}
    _, _, rest = text.partition(marks[Version(source, 0).language])
    said = rest.partition(" ")[0]
    found = Version(source, int(said)) if said.isdigit() else None
    return found.number if found and found.text == text else None


def _drawn(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=4).digest(), "big")
