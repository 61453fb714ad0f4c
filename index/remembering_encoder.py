"""An encoder that remembers what it read: a text that comes again costs a lookup.

For what is read again and again, a question and the sentences of popular passages; not for
ingestion, which reads everything once. What was read for one owner is not known to another, who
could tell by the time.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from threading import Lock
from typing import Self

import numpy as np

from index.encoder import Encoder, Vectors

_MOST = 8192  # vectors: 12.6 MB of 384 dimensions


@dataclass(frozen=True, slots=True)
class RememberingEncoder:
    """Gives the vectors of `encoder`; keeps the last `most` of them. Thread-safe."""

    encoder: Encoder
    most: int = _MOST
    owner: str = ""
    _kept: OrderedDict[bytes, Vectors] = field(default_factory=OrderedDict, compare=False)
    _lock: Lock = field(default_factory=Lock, compare=False)

    @property
    def name(self) -> str:
        """The name of the encoder."""
        return self.encoder.name

    @property
    def dimension(self) -> int:
        """The number of values of a vector."""
        return self.encoder.dimension

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the encoder: the vectors are the same."""
        return self.encoder.fingerprint

    def within(self, owner: str) -> Self:
        """Return this encoder with what it read for `owner`, whoever else shares its memory."""
        return replace(self, owner=owner)

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Return ``float32 (n, dimension)`` as the encoder does."""
        return self._encode(texts, b"question", self.encoder.encode_questions)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return ``float32 (n, dimension)`` as the encoder does."""
        return self._encode(texts, b"passage", self.encoder.encode_passages)

    def _encode(
        self, texts: Sequence[str], kind: bytes, encode: Callable[[Sequence[str]], Vectors]
    ) -> Vectors:
        owner = _digest(self.owner, person=kind)
        keys = [_digest(text, person=kind, salt=owner) for text in texts]
        known = self._known(keys)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            made = encode(list(missing.values()))
            known |= dict(zip(missing, made, strict=True))
            self._keep(known)
        found = [known[key] for key in keys]
        return np.stack(found) if found else np.zeros((0, self.dimension), np.float32)

    def _known(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        with self._lock:
            known = {key: self._kept[key] for key in keys if key in self._kept}
            for key in known:
                self._kept.move_to_end(key)
        return known

    def _keep(self, vectors: dict[bytes, Vectors]) -> None:
        with self._lock:
            for key, vector in vectors.items():
                self._kept[key] = vector.copy()  # a row would keep its whole batch alive
            while len(self._kept) > self.most:
                self._kept.popitem(last=False)


def _digest(text: str, *, person: bytes, salt: bytes = b"") -> bytes:
    """Return a digest of 16 bytes, which is as long as a salt may be."""
    written = text.encode("utf-8", "surrogatepass")
    return blake2b(written, digest_size=16, person=person, salt=salt).digest()


def within(encoder: Encoder, owner: str) -> Encoder:
    """Return `encoder` as it reads for `owner`: what it remembers of others is left aside."""
    return encoder.within(owner) if isinstance(encoder, RememberingEncoder) else encoder
