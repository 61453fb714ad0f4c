"""What may enter a store, whichever store it is: the checks, and the digest of the content.

The digest covers everything that a put writes but the vectors, so that equal digests (and
equal encoder fingerprints) mean that there is nothing to write.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from documents.copies import Sketch
from documents.errors import InvalidCollectionName, InvalidDocument, UnstorableText
from documents.models import LANGUAGES, Document, Passage

_COLLECTION_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def check_collection_name(name: str) -> None:
    """Refuse a name that is unfit for addresses and file names.

    Raises:
        InvalidCollectionName: anything but 1 to 64 ASCII letters, digits, "_" and "-".
    """
    if not _COLLECTION_NAME.fullmatch(name):
        raise InvalidCollectionName(
            f"{name!r} cannot name a collection: use 1 to 64 of the letters a-z and A-Z, "
            'the digits, "_" and "-"'
        )


@dataclass(frozen=True, slots=True, eq=False)
class Submission:
    """A document that may be stored, with its passages and their vectors.

    `vectors` is ``float32 (len(passages), dim)``, made by the encoder of `fingerprint`, and so
    are the bytes of `stretches`, some for each passage or none at all.
    """

    document: Document
    passages: Sequence[Passage]
    vectors: NDArray[np.float32]
    fingerprint: str
    digest: bytes
    sketch: Sketch
    stretches: Sequence[bytes]

    @classmethod
    def checked(
        cls,
        document: Document,
        passages: Sequence[Passage],
        vectors: NDArray[np.float32],
        *,
        fingerprint: str,
        stretches: Sequence[bytes] = (),
    ) -> Self:
        """Check that passages and vectors are those of `document`.

        Raises:
            InvalidDocument: says which passage, or which shape, is wrong.
            UnstorableText: a text holds a lone surrogate.
        """
        _check_text(document, passages)
        _check_vectors(document, len(passages), vectors)
        if len(stretches) not in (0, len(passages)):
            raise InvalidDocument(
                f"{document.source}: {len(passages)} passages came with the stretches of "
                f"{len(stretches)}; give those of each, or none"
            )
        sketch = Sketch.of(passage.text for passage in passages)
        digest = _digest(document, passages)
        return cls(document, passages, vectors, fingerprint, digest, sketch, stretches)


def _check_text(document: Document, passages: Sequence[Passage]) -> None:
    if document.language not in LANGUAGES:
        raise InvalidDocument(f"{document.source}: language {document.language!r} is not stored")
    for ordinal, passage in enumerate(passages):
        fault = _fault_of(passage, document.text)
        if fault:
            raise InvalidDocument(f"{document.source}: passage {ordinal} {fault}; split it again")


def _check_vectors(document: Document, passages: int, vectors: NDArray[np.float32]) -> None:
    if vectors.ndim != 2 or vectors.shape[0] != passages:
        raise InvalidDocument(
            f"{document.source}: {passages} passages need vectors of shape "
            f"({passages}, dim), not {vectors.shape}"
        )
    if vectors.dtype != np.float32 or not np.isfinite(vectors).all():
        raise InvalidDocument(
            f"{document.source}: vectors must be finite float32, not {vectors.dtype} "
            "or infinite or NaN; encode again"
        )


def _fault_of(passage: Passage, text: str) -> str | None:
    if not 0 <= passage.start < passage.end <= len(text):
        return f"lies at [{passage.start}, {passage.end}) of {len(text)} characters"
    if text[passage.start : passage.end] != passage.text:
        return "is not the document's text at its offsets"
    if passage.language not in LANGUAGES:
        return f"has the language {passage.language!r}"
    end = passage.start
    for sentence in passage.sentences:
        if not end <= sentence.start < sentence.end <= passage.end:
            return "has sentences that overlap, are out of order or leave it"
        end = sentence.end
    return None


def _digest(document: Document, passages: Sequence[Passage]) -> bytes:
    """Return 16 bytes that change with anything written for `document` but its vectors."""
    described = [
        document.source,
        document.title,
        document.language,
        document.sha256,
        document.url,
        document.published_at and document.published_at.isoformat(),
        [[heading.start, heading.end, heading.level] for heading in document.headings],
        document.page_starts,
        sorted(document.metadata.items()),
        [
            [passage.start, passage.end, passage.language, passage.page, passage.heading_path]
            + [[sentence.start, sentence.end, sentence.heading] for sentence in passage.sentences]
            for passage in passages
        ],
        document.text,
    ]
    try:
        written = json.dumps(described, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise UnstorableText(
            f"the document holds the lone surrogate U+{ord(error.object[error.start]):04X}, which "
            "is no character; normalise its text first (documents.normalization.normalize)"
        ) from error
    return hashlib.blake2b(written, digest_size=16).digest()
