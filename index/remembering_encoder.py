"""An encoder that remembers what it read: a text that comes again costs a lookup.

For what is read again and again, a question and the sentences of popular passages; not for
ingestion, which reads everything once.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from threading import Lock

import numpy as np

from index.encoder import Encoder, Vectors

_MOST = 8192  # vectors: 12.6 MB of 384 dimensions


@dataclass(frozen=True, slots=True)
class RememberingEncoder:
    """Gives the vectors of `encoder`; keeps the last `most` of them. Thread-safe."""

    encoder: Encoder
    most: int = _MOST
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

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Return ``float32 (n, dimension)`` as the encoder does."""
        return self._encode(texts, b"question", self.encoder.encode_questions)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return ``float32 (n, dimension)`` as the encoder does."""
        return self._encode(texts, b"passage", self.encoder.encode_passages)

    def _encode(
        self, texts: Sequence[str], kind: bytes, encode: Callable[[Sequence[str]], Vectors]
    ) -> Vectors:
        keys = [
            blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16, person=kind).digest()
            for text in texts
        ]
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
