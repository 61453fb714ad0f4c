"""Which encoder a name means: an embedded one, a model of this machine, or one behind a server."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from documents.records import StoredEncoder
from index.encoder import Encoder
from index.errors import EncoderUnavailable
from index.static_encoder import StaticEncoder
from index.transformer_encoder import TransformerEncoder
from rag.encoder_settings import is_address
from rag.settings import Settings

MODELS = Path(__file__).parent.parent / "index" / "models"
TRANSFORMER = MODELS / "embedded"
STATIC = MODELS / "embedded-static"


def wanted_encoder(
    settings: Settings, static: StaticEncoder, known: Callable[[], Sequence[StoredEncoder]]
) -> tuple[Encoder, StoredEncoder]:
    """Return the encoder that the settings name, and how the store knows it.

    One behind a server is recognised among those `known`.

    Raises:
        EncoderUnavailable: it cannot be loaded, or does not answer and was never met.
        TextRefused: its server does not take texts as long as passages are.
    """
    if is_address(settings.encoder):
        from rag import http_encoders  # noqa: PLC0415 - imports an HTTP client

        reached = http_encoders.reach(settings, known())
        return reached, http_encoders.stored_as(reached, settings.encoder)
    encoder = load_encoder(settings.encoder, static)
    folder = Path(settings.encoder)
    name = str(folder.resolve()) if folder.is_dir() else settings.encoder
    return encoder, StoredEncoder(encoder.fingerprint, name, encoder.dimension)


def stored_encoder(
    settings: Settings, static: StaticEncoder, stored: StoredEncoder
) -> Encoder | None:
    """Return the encoder that the store knows as `stored`, None if it is not there any more.

    One behind a server may be away, or have become another; that shows when it is asked.
    """
    if stored.probe:
        from rag import http_encoders  # noqa: PLC0415 - imports an HTTP client

        return http_encoders.remembered(settings, stored)
    return recognised_encoder(stored, static)


def recognised_encoder(stored: StoredEncoder, static: StaticEncoder) -> Encoder | None:
    """Return the encoder of this machine that the store knows as `stored`, None without it."""
    for name in filter(None, (stored.name, TRANSFORMER.name, STATIC.name)):
        with suppress(EncoderUnavailable):
            encoder = load_encoder(name, static)
            if encoder.fingerprint == stored.fingerprint:
                return encoder
    return None


def load_encoder(name: str, static: StaticEncoder) -> Encoder:
    """Return the encoder of this machine that is called `name`.

    Raises:
        EncoderUnavailable: it cannot be loaded.
    """
    if name == STATIC.name:
        return static
    folder = TRANSFORMER if name == TRANSFORMER.name else Path(name)
    if TransformerEncoder.is_in(folder):
        return TransformerEncoder.load(folder)
    from index.sentence_transformer_encoder import SentenceTransformerEncoder  # noqa: PLC0415

    return SentenceTransformerEncoder.load(name)
