"""Encoders behind a server: as the settings name them, and as the store knows them.

The store's name of one is its address and its model, ``http://gpu:8080/v1#bge-m3``; its probe is
what it is known by again, wherever it moves.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from documents.records import StoredEncoder
from index.errors import EncoderUnavailable
from index.http_encoder import HttpEncoder, Identity
from index.over_http.forms import OpenAIForm, TeiForm
from index.over_http.server import EmbeddingServer, client_of
from index.over_http.tei_info import read_info
from index.sentence_transformer_encoder import Prompts, choose_prompts
from rag.encoder_settings import is_tei
from rag.settings import Settings

logger = logging.getLogger(__name__)


def reach(settings: Settings, known: Sequence[StoredEncoder]) -> HttpEncoder:
    """Return the encoder at the address that is set, recognised if it is among those `known`.

    Where it does not answer, the newest of this address and model is returned as it is known: it
    proves itself once it answers.

    Raises:
        EncoderUnavailable: it does not answer, and was never met.
        TextRefused: it does not take texts as long as passages are.
    """
    place = _Place.set_in(settings)
    identities = [_identity(one) for one in known if one.probe]
    try:
        return place.named_by_itself(settings).recognised(settings, identities)
    except EncoderUnavailable as error:
        for one in known:
            if one.probe and place.may_be(one):
                encoder = remembered(settings, one)
                encoder.server.problem = str(error)
                logger.warning("%s Questions are answered from words until it does.", error)
                return encoder
        raise


def remembered(settings: Settings, stored: StoredEncoder) -> HttpEncoder:
    """Return the encoder that the store knows as `stored`; nothing is asked of it yet."""
    return _Place.of(stored).encoder(settings, _identity(stored))


def stored_as(encoder: HttpEncoder, address: str) -> StoredEncoder:
    """Return how the store knows `encoder`, which answers at `address`."""
    model = encoder.name.removeprefix("http:")
    probe = encoder.identity.probe.astype("<f4").tobytes()
    return StoredEncoder(
        encoder.fingerprint, f"{address.rstrip('/')}#{model}", encoder.dimension, probe
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a model answers; no `model` is one that is still to tell its name."""

    address: str
    model: str | None
    batch: int | None = None  # that the server takes at most

    @classmethod
    def set_in(cls, settings: Settings) -> "_Place":
        return cls(settings.encoder.rstrip("/"), settings.encoder_model)

    @classmethod
    def of(cls, stored: StoredEncoder) -> "_Place":
        address, _, model = stored.name.partition("#")
        return cls(address, model)

    def may_be(self, stored: StoredEncoder) -> bool:
        there = _Place.of(stored)
        return there.address == self.address and self.model in (None, there.model)

    def named_by_itself(self, settings: Settings) -> "_Place":
        """Return this place with what a server of TEI tells of itself."""
        if not is_tei(self.address):
            return self
        with client_of(api_key=_key(settings, self.address)) as client:
            info = read_info(client, self.address)
        return _Place(self.address, self.model or info.model, info.batch)

    def recognised(self, settings: Settings, known: Sequence[Identity]) -> HttpEncoder:
        return HttpEncoder.recognised(
            self._server(settings),
            known,
            name=self._name,
            prompts=self._prompts(settings),
            batch=self._batch(settings),
        )

    def encoder(self, settings: Settings, identity: Identity) -> HttpEncoder:
        return HttpEncoder(
            name=self._name,
            identity=identity,
            prompts=self._prompts(settings),
            batch=self._batch(settings),
            server=self._server(settings),
        )

    @property
    def _name(self) -> str:
        return f"http:{self.model}"

    def _server(self, settings: Settings) -> EmbeddingServer:
        form = (
            TeiForm(self.address, settings.encoder_dimensions)
            if is_tei(self.address)
            else OpenAIForm(self.address, self.model or "", settings.encoder_dimensions)
        )
        return EmbeddingServer(
            form,
            client=client_of(api_key=_key(settings, self.address)),
            seconds=settings.encoder_timeout_seconds,
            parallel=settings.encoder_parallel,
        )

    def _batch(self, settings: Settings) -> int:
        return min(settings.encoder_batch, self.batch or settings.encoder_batch)

    def _prompts(self, settings: Settings) -> Prompts:
        usual = choose_prompts(self.model or "", {})
        question, passage = settings.encoder_question_prefix, settings.encoder_passage_prefix
        return Prompts(
            question=usual.question if question is None else question,
            passage=usual.passage if passage is None else passage,
        )


def _key(settings: Settings, address: str) -> str | None:
    """Return the key of the server at `address`: another one that is set has another."""
    key, named = settings.encoder_api_key, settings.encoder.rstrip("/")
    if key is None or (named.startswith("http") and named != address):
        return None
    return key.get_secret_value()


def _identity(stored: StoredEncoder) -> Identity:
    probe = np.frombuffer(stored.probe, np.dtype("<f4")).reshape(-1, stored.dimension)
    return Identity(stored.fingerprint, probe)
