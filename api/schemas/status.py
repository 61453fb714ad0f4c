"""``/healthz``, ``/readyz`` and ``/v1/status``; and the problem document, for /openapi.json."""

from dataclasses import asdict
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
    degraded: Literal["encoder_unavailable"] | None = Field(
        None,
        description="There while the server of the encoder is away: words alone are searched, and "
        "nothing can be added.",
    )


class Reembedding(Wire):
    """How far the encoder is that the settings name; the other one serves meanwhile."""

    encoder: str
    fingerprint: str
    done: int = Field(description="Passages that it has encoded.")
    passages: int
    waits: str | None = Field(description="Why nothing is done at the moment, if so.")


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
    encoder_problem: str | None = Field(
        description="Why the encoder gives nothing at the moment, so that words alone are "
        "searched; null if it does."
    )
    reembedding: Reembedding | None = Field(
        description="How far a change of the encoder is; null where there is none, and for those "
        "who see some collections only."
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
            encoder_problem=status.encoder_problem,
            reembedding=status.reembedding and Reembedding(**asdict(status.reembedding)),
        )
