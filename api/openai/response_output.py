"""What a response puts out: the search, for clients that know of it, then the message."""

from collections.abc import Sequence
from typing import Literal, Self

from pydantic import Field

from api.openai.annotations import UrlCitation, cited, url_citation
from api.schemas.wire import Score, Wire
from rag.models import Answer, AnswerSentence, Citation, Hit

Status = Literal["in_progress", "completed"]


class SearchResult(Wire):
    """A passage that was read for the answer."""

    file_id: str = Field(description="The id of its document.")
    filename: str = Field(description="The title of its document.")
    score: Score
    text: str
    attributes: dict[str, str] = Field(description="The document's metadata.")

    @classmethod
    def of(cls, hit: Hit) -> Self:
        """Return `hit` as a result."""
        document = hit.stored.document
        return cls(
            file_id=document.id,
            filename=document.title,
            score=hit.score,
            text=hit.stored.passage.text,
            attributes=dict(document.metadata),
        )


class FileSearchCall(Wire):
    """The search that the answer begins with; said where `file_search` is among `tools`."""

    id: str
    type: Literal["file_search_call"] = "file_search_call"
    status: Status | Literal["searching"]
    queries: list[str] = Field(description="The question as it was understood.")
    results: list[SearchResult] | None = Field(description="Null unless `include` asks for them.")


class ResponseUrlCitation(UrlCitation):
    """A sentence of the text and one source of it."""

    type: Literal["url_citation"] = "url_citation"


class FileCitation(Wire):
    """A document that the text cites, once; said where `file_search` is among `tools`."""

    type: Literal["file_citation"] = "file_citation"
    file_id: str = Field(description="The id of the document.")
    filename: str = Field(description="Its title.")
    index: int = Field(description="Its place among the documents that are cited, from 0.")


Annotation = ResponseUrlCitation | FileCitation


class OutputText(Wire):
    """The text of the answer, or of the refusal."""

    type: Literal["output_text"] = "output_text"
    text: str
    annotations: list[Annotation]
    logprobs: list[str] = Field(default_factory=list, description="Always empty.")


class OutputMessage(Wire):
    """The answer."""

    id: str
    type: Literal["message"] = "message"
    role: Literal["assistant"] = "assistant"
    status: Status
    content: list[OutputText]


Output = FileSearchCall | OutputMessage


class Annotator:
    """Makes the annotations of a message, sentence by sentence.

    Without `with_files` none is of a file.
    """

    def __init__(self, *, base_url: str, with_files: bool) -> None:
        self._base_url = base_url
        self._with_files = with_files
        self._files: list[str] = []

    def all_of(self, answer: Answer) -> list[Annotation]:
        """Return the annotations of all sentences of `answer`."""
        return [
            annotation
            for sentence, citations in cited(answer.sentences, answer.citations)
            for annotation in self.of(sentence, citations)
        ]

    def of(self, sentence: AnswerSentence, citations: Sequence[Citation]) -> list[Annotation]:
        """Return the annotations of the next sentence, which `citations` prove."""
        made: list[Annotation] = []
        for one in citations:
            place = url_citation(sentence, one, base_url=self._base_url)
            made.append(ResponseUrlCitation(**place.model_dump()))
            if self._with_files and one.document_id not in self._files:
                made.append(self._file(one))
        return made

    def _file(self, citation: Citation) -> FileCitation:
        index = len(self._files)
        self._files.append(citation.document_id)
        return FileCitation(file_id=citation.document_id, filename=citation.title, index=index)
