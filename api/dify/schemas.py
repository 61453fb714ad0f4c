"""What Dify sends to an external knowledge base, and what it reads.

Fields that later versions of Dify add are passed over, not refused: its users cannot change what
it sends.

[1] Dify, External Knowledge API, https://docs.dify.ai/en/use-dify/knowledge/external-knowledge-api
"""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.problem import Problem
from api.schemas.wire import Score, Whole, Wire, text_url
from rag.models import Hit

_MOST = 100


class DifyBody(BaseModel):
    """A part of what Dify sends."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


class RetrievalSetting(DifyBody):
    """How much is wanted."""

    top_k: Whole = Field(description="More than 100 are as good as 100.", ge=1)
    score_threshold: float | None = Field(
        None, description="Passages that score less are left out; scores compare within one reply."
    )

    @property
    def most(self) -> int:
        """How many passages to look for."""
        return min(self.top_k, _MOST)


class Condition(DifyBody):
    """What a field of a passage must be."""

    name: str | list[str] = Field(
        description="`language`, `document_id`, `published_at`, or a name in the metadata that "
        "the document was added with.",
        examples=["section"],
    )
    comparison_operator: str = Field(
        description="`is` or `=` for every field; `in` for `document_id`; `before`, `after`, `<`, "
        "`>`, `≤`, `≥` for `published_at`. Others are refused.",
        examples=["is"],
    )
    value: str | int | float | list[str] | None = None


class MetadataCondition(DifyBody):
    """Conditions that all must hold; `or` is taken for a single one only."""

    logical_operator: Literal["and", "or"] | None = "and"
    conditions: list[Condition] | None = None


class RetrievalRequest(DifyBody):
    """What Dify asks."""

    knowledge_id: str = Field(
        description="The collection to look in: what Dify calls the external knowledge ID.",
        min_length=1,
        max_length=64,
        examples=["default"],
    )
    query: str = Field(min_length=1, examples=["export controls on chips"])
    retrieval_setting: RetrievalSetting
    metadata_condition: MetadataCondition | None = None


class Record(Wire):
    """A passage as Dify shows and cites it."""

    content: str = Field(description="The passage, exactly as it is stored.")
    score: Score
    title: str
    metadata: dict[str, str | int] = Field(
        description="`url`, `document_id`, `passage_id`, `start`, `end`, `language`, and where "
        "they are known `published_at` and `page`."
    )

    @classmethod
    def from_domain(cls, hit: Hit) -> Self:
        """Return the record of `hit`; what is not known is left out, for Dify takes no null."""
        passage, document = hit.stored.passage, hit.stored.document
        about = {
            "url": document.url or text_url(document.id),
            "document_id": document.id,
            "passage_id": hit.stored.id,
            "start": passage.start,
            "end": passage.end,
            "language": passage.language,
            "published_at": document.published_at and document.published_at.isoformat(),
            "page": passage.page,
        }
        return cls(
            content=passage.text,
            score=hit.score,
            title=document.title,
            metadata={name: value for name, value in about.items() if value is not None},
        )


class DifyProblem(Problem):
    """A refusal with what Dify shows its user; a service that is too busy leaves it out."""

    error_code: int | None = None
    error_msg: str | None = None


class RetrievalResponse(Wire):
    """The passages that were found, best first."""

    records: list[Record]
