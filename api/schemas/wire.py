"""What all schemas share: strict requests, plain responses, days and filters.

Offsets are half-open ``[start, end)`` and count Unicode code points, everywhere.
"""

import re
from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from rag.vocabulary import DEFAULT_COLLECTION, Filters, Language

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

COLLECTION_PATTERN = "^[A-Za-z0-9_-]{1,64}$"
CODE_POINTS = "Half-open ranges count Unicode code points, not UTF-16 units or bytes."


class Body(BaseModel):
    """A request: unknown fields and wrong JSON types are refused, nothing is converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Wire(BaseModel):
    """A response: made from domain objects, so built once and not checked again."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _iso_day(value: object) -> object:
    """Return the day that an ISO 8601 string names; anything but a string passes through.

    Raises:
        ValueError: the string is no day.
    """
    if not isinstance(value, str):
        return value
    if not _DAY.fullmatch(value):
        raise ValueError("write a day as YYYY-MM-DD")
    return date.fromisoformat(value)


def _whole(value: object) -> object:
    """Return 8 for 8.0, which is an integer to JSON; anything else passes through."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Whole = Annotated[int, BeforeValidator(_whole)]
Day = Annotated[date, BeforeValidator(_iso_day)]

# Described as 0 to 1 but not checked: a reply must not fail on a rounding error.
Score = Annotated[float, WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1})]

CollectionName = Annotated[
    str,
    Field(
        description="The collection to look in.",
        min_length=1,
        max_length=64,
        examples=[DEFAULT_COLLECTION],
    ),
]


class FiltersBody(Body):
    """Conditions that all must hold for a passage to be looked at."""

    language: Language | None = Field(None, description="Language of the passage itself.")
    published_from: Day | None = Field(
        None, description="First day of publication, included.", examples=["2025-01-01"]
    )
    published_to: Day | None = Field(
        None, description="Last day of publication, included.", examples=["2025-12-31"]
    )
    document_ids: list[str] | None = Field(
        None, description="Only these documents.", max_length=1000
    )
    metadata: dict[str, str] = Field(
        default_factory=dict,
        description="Metadata that must be equal.",
        max_length=20,
        examples=[{"section": "monde"}],
    )

    def to_domain(self) -> Filters:
        """Return the same conditions as the domain knows them."""
        return Filters(
            language=self.language,
            published_from=self.published_from,
            published_to=self.published_to,
            document_ids=None if self.document_ids is None else frozenset(self.document_ids),
            metadata=self.metadata,
        )


def text_url(document_id: str) -> str:
    """Return where the stored text of a document can be read, to check a quote against it."""
    return f"/v1/documents/{document_id}/text"
