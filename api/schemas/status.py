"""``/healthz``, ``/readyz`` and ``/v1/status``; and the problem document, for /openapi.json."""

from typing import Literal, Self

from pydantic import Field

from api.schemas.wire import Wire
from rag import status as domain


class Alive(Wire):
    """The process answers."""

    status: Literal["alive"] = "alive"


class Ready(Wire):
    """Questions can be asked."""

    status: Literal["ready"] = "ready"


class Status(Wire):
    """What is stored, and what serves it."""

    version: str
    encoder: str
    fingerprint: str = Field(description="Hash of everything that changes the encoder's vectors.")
    dimension: int
    generator: str
    collections: int
    documents: int
    passages: int
    change: int = Field(description="Number of the store's last change; it only grows.")
    index: dict[str, int | str] = Field(description="Measures of the live index.")
    versions: dict[str, str] = Field(
        description="Of Python and the libraries that matter.", examples=[{"python": "3.11.2"}]
    )

    @classmethod
    def from_domain(cls, status: domain.Status) -> Self:
        """Return the wire form of `status`."""
        return cls(
            version=status.version,
            encoder=status.encoder,
            fingerprint=status.fingerprint,
            dimension=status.dimension,
            generator=status.generator,
            collections=status.collections,
            documents=status.documents,
            passages=status.passages,
            change=status.change,
            index=dict(status.index),
            versions=dict(status.versions),
        )
