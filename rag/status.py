"""How much there is and what made it, as a whole or of some collections only."""

import platform
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from importlib.metadata import version
from typing import Protocol

from documents.records import Collection
from index.encoder import Encoder
from index.view import View

VERSION = "0.1.0"
_PACKAGES = ("faiss-cpu", "fastapi", "numpy", "tokenizers")


class CountedStore(Protocol):
    """What is asked of the store."""

    def collections(self, *, within: AbstractSet[str] | None) -> list[Collection]: ...

    def last_change(self, *, within: AbstractSet[str] | None) -> int: ...


@dataclass(frozen=True, slots=True)
class Status:
    """How much there is, and what made it; `change` is the newest change of what is counted."""

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


def status_of(
    store: CountedStore,
    view: View,
    encoder: Encoder,
    *,
    generator: str,
    within: AbstractSet[str] | None,
) -> Status:
    """Return the status of the collections `within`, None for all.

    Of some collections it tells nothing that the others change, such as the index's segments.
    """
    counted = store.collections(within=within)
    change = store.last_change(within=within)
    passages = sum(each.passages for each in counted)
    index: dict[str, int | str] = {"type": "exact", "passages": passages}
    if within is None:
        index |= {"passages": len(view), "segments": len(view.segments), "change": view.change}
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
    )
