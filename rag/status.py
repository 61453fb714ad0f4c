"""How much there is and what made it, as a whole or of some collections only."""

import platform
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from importlib.metadata import version
from typing import Protocol

from documents.records import Collection
from index.encoder import Encoder, problem_of
from rag.reembedding import Progress

VERSION = "0.1.0"
_PACKAGES = ("faiss-cpu", "fastapi", "numpy", "tokenizers")


class CountedView(Protocol):
    """What is asked of the index; `kind` says how it searches, `reason` why so."""

    @property
    def kind(self) -> str: ...

    @property
    def reason(self) -> str: ...

    @property
    def change(self) -> int: ...

    @property
    def segment_count(self) -> int: ...

    def __len__(self) -> int: ...


class CountedStore(Protocol):
    """What is asked of the store."""

    def collections(self, *, within: AbstractSet[str] | None) -> list[Collection]: ...

    def last_change(self, *, within: AbstractSet[str] | None) -> int: ...


@dataclass(frozen=True, slots=True)
class Status:
    """How much there is, and what made it; `change` is the newest change of what is counted.

    `encoder_problem` is why the encoder gives nothing at the moment; `reembedding` is how far
    another one is that shall serve.
    """

    version: str
    encoder: str
    fingerprint: str
    dimension: int
    generator: str
    collections: int
    documents: int
    passages: int
    change: int
    index: Mapping[str, int | str]
    versions: Mapping[str, str]
    encoder_problem: str | None = None
    reembedding: Progress | None = None


def status_of(
    store: CountedStore,
    view: CountedView,
    encoder: Encoder,
    *,
    generator: str,
    within: AbstractSet[str] | None,
    reembedding: Progress | None,
) -> Status:
    """Return the status of the collections `within`, None for all.

    Of some collections it tells nothing that the others change, such as the index's segments.
    """
    counted = store.collections(within=within)
    change = store.last_change(within=within)
    passages = sum(each.passages for each in counted)
    index: dict[str, int | str] = {"passages": passages}
    if within is None:
        index = {
            "type": view.kind,
            "reason": view.reason,
            "passages": len(view),
            "segments": view.segment_count,
            "change": view.change,
        }
    return Status(
        version=VERSION,
        encoder=encoder.name,
        fingerprint=encoder.fingerprint,
        dimension=encoder.dimension,
        generator=generator,
        collections=len(counted),
        documents=sum(each.documents for each in counted),
        passages=passages,
        change=change,
        index=index,
        versions={
            "python": platform.python_version(),
            **{name: version(name) for name in _PACKAGES},
        },
        encoder_problem=problem_of(encoder),
        reembedding=reembedding if within is None else None,
    )
