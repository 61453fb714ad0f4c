"""A model behind a server as an encoder: vLLM, Ollama, llama.cpp, TEI, a provider, Sourcier.

The server may be away, and may come back as another one. So each request carries a text whose
vector is known: what another model says is never stored, nor compared with what this one said.
"""

import hashlib
import logging
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from index.encoder import Vectors
from index.errors import EncoderUnavailable
from index.over_http.probe import PROBE, same
from index.over_http.server import EmbeddingServer
from index.sentence_transformer_encoder import Prompts

logger = logging.getLogger(__name__)

_CHANGED = (
    "Another model answers than the one that made the vectors. Bring that one back, or restart "
    "Sourcier, which then encodes everything by the new one."
)


@dataclass(frozen=True, slots=True, eq=False)
class Identity:
    """A fingerprint, and the vectors of `PROBE` that a model goes with it, float32 (n, d)."""

    fingerprint: str
    probe: Vectors


@dataclass(frozen=True, slots=True, eq=False)
class HttpEncoder:
    """Embeds text with the model of a server (`index.encoder.Encoder`); safe between threads.

    `batch` texts at most go with one request. One that is `urgent` reads passages as
    impatiently as questions.

    Its methods raise EncoderUnavailable where the server is away or became another, and
    TextRefused where it does not take a text.
    """

    name: str
    identity: Identity
    prompts: Prompts
    batch: int
    server: EmbeddingServer
    urgent: bool = False

    @classmethod
    def recognised(
        cls,
        server: EmbeddingServer,
        known: Iterable[Identity],
        *,
        name: str,
        prompts: Prompts,
        batch: int,
    ) -> Self:
        """Ask the server who it is: one of those `known`, or another.

        Raises:
            EncoderUnavailable: it does not answer.
            TextRefused: it does not take texts as long as passages are.
        """
        probe = server.vectors([prompts.passage + text for text in PROBE], urgent=False)
        if not same(probe, probe):
            raise EncoderUnavailable("The embedding server gave vectors of zeros. Check its model.")
        found = next((one for one in known if same(one.probe, probe)), None)
        if found is None:
            about = f"{name}\0{prompts.passage}\0".encode() + probe.astype("<f4").tobytes()
            found = Identity(hashlib.blake2b(about, digest_size=16).hexdigest(), probe)
        return cls(name=name, identity=found, prompts=prompts, batch=batch, server=server)

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the model, as it was when it was first met."""
        return self.identity.fingerprint

    @property
    def dimension(self) -> int:
        """The number of values of a vector."""
        return int(self.identity.probe.shape[1])

    @property
    def problem(self) -> str | None:
        """Why the last request failed, None if it did not."""
        return self.server.problem

    def for_questions(self) -> Self:
        """Return this encoder as those use it who answer a question, and go first."""
        return replace(self, urgent=True)

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Return ``float32 (len(texts), dimension)``, rows L2-normalised."""
        return self._encode([self.prompts.question + text for text in texts], urgent=True)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return ``float32 (len(texts), dimension)``, rows L2-normalised."""
        return self._encode([self.prompts.passage + text for text in texts], urgent=self.urgent)

    def _encode(self, texts: Sequence[str], *, urgent: bool) -> Vectors:
        size = self.batch - 1  # one place is for the known text
        batches = [texts[start : start + size] for start in range(0, len(texts), size)]
        if not batches:
            return np.empty((0, self.dimension), np.float32)
        try:
            encoded = self._side_by_side(batches, urgent=urgent)
        except EncoderUnavailable as error:
            self._note(str(error))
            raise
        self._note(None)
        return encoded

    def _note(self, problem: str | None) -> None:
        """Remember how it went; a change is logged, once."""
        before, self.server.problem = self.server.problem, problem
        if before is None and problem is not None:
            logger.warning("%s gives no vectors: %s", self.name, problem)
        elif before is not None and problem is None:
            logger.info("%s gives vectors again", self.name)

    def _side_by_side(self, batches: Sequence[Sequence[str]], *, urgent: bool) -> Vectors:
        if len(batches) == 1:
            return self._one(batches[0], urgent=urgent)
        with ThreadPoolExecutor(min(len(batches), self.server.parallel)) as pool:
            running = [pool.submit(self._one, batch, urgent=urgent) for batch in batches]
            try:
                return np.concatenate([one.result() for one in running])
            finally:
                pool.shutdown(wait=False, cancel_futures=True)  # where one failed, the rest

    def _one(self, texts: Sequence[str], *, urgent: bool) -> Vectors:
        vectors = self.server.vectors([self.prompts.passage + PROBE[0], *texts], urgent=urgent)
        if not same(vectors[:1], self.identity.probe[:1]):
            raise EncoderUnavailable(_CHANGED)
        return vectors[1:]
