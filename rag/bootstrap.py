"""The composition root: settings in, a working Sourcier out. Only here are classes chosen."""

from pathlib import Path

from threadpoolctl import threadpool_limits

from documents.limits import Limits
from documents.sqlite_store import SqliteStore
from index.encoder import Encoder
from index.late_interaction import LateInteraction
from index.lexicon import Lexicon
from index.remembering_encoder import RememberingEncoder
from index.static_encoder import StaticEncoder
from index.transformer_encoder import TransformerEncoder
from rag.abstention import Abstention
from rag.calibration import Calibration
from rag.claims.attribution import Attributor
from rag.close_reading import CloseReader
from rag.drafts import Generator
from rag.errors import EncoderChanged
from rag.evidence import SentenceRanker
from rag.generators.chat import ChatModel
from rag.library import Library
from rag.live import LiveIndex
from rag.pipeline import Pipeline
from rag.quoting.extractive import ExtractiveGenerator
from rag.retrieval import Retriever
from rag.service import Sourcier
from rag.settings import Settings

MODELS = Path(__file__).parent.parent / "index" / "models"
TRANSFORMER = MODELS / "embedded"
STATIC = MODELS / "embedded-static"
LEXICON = MODELS / "lexicon"


def bootstrap(
    settings: Settings, *, accept_other_vectors: bool = False, writes: bool = True
) -> Sourcier:
    """Open the store, the encoder, the index and the generator that `settings` ask for.

    Without `writes`, no language model is loaded: whoever only adds or lists needs none.

    Raises:
        EncoderUnavailable: the encoder cannot be loaded.
        GeneratorUnavailable: the language model cannot be loaded.
        EncoderChanged: the store holds vectors of another encoder, and
            `accept_other_vectors` is false.
        StoreError: the store cannot be opened.
    """
    # Questions run side by side; threads inside one only wait for each other (a search took
    # 16 ms with two, 2 ms with one). What an encoder brings along later keeps its own threads.
    threadpool_limits(1, user_api="blas")
    static = StaticEncoder.load(STATIC)
    encoder = load_encoder(settings.encoder, static)
    interaction = LateInteraction(static)
    store = SqliteStore.open(settings.database)
    if not accept_other_vectors:
        _check_vectors(store, encoder)
    index = LiveIndex.open(
        store=store,
        encoder=encoder,
        interaction=interaction,
        tokens=static.fingerprint,
        folder=settings.index_folder,
    )
    library = Library(
        store=store,
        encoder=encoder,
        limits=Limits(file_bytes=settings.max_upload_bytes),
        min_words=settings.passage_min_words,
        max_words=settings.passage_max_words,
    )
    return Sourcier(
        settings=settings,
        store=store,
        encoder=encoder,
        library=library,
        index=index,
        pipeline=_pipeline(
            settings if writes else settings.model_copy(update={"generator": "extractive"}),
            store,
            index,
            encoder,
            interaction,
        ),
    )


def _pipeline(
    settings: Settings,
    store: SqliteStore,
    index: LiveIndex,
    encoder: Encoder,
    interaction: LateInteraction,
) -> Pipeline:
    calibration = (
        Calibration.load(settings.calibration)
        if settings.calibration
        else Calibration.fitted_to(encoder.name)
    )
    translator = Lexicon.load(LEXICON)
    reader = RememberingEncoder(encoder)
    attributor = Attributor(reader, interaction, translator)
    return Pipeline(
        store=store,
        retriever=Retriever(
            store=store,
            index=index,
            encoder=reader,
            interaction=interaction,
            relevance=calibration.passage,
        ),
        ranker=CloseReader(
            SentenceRanker(interaction, calibration.sentence), reader, calibration.close
        ),
        abstention=Abstention(interaction, calibration.answer),
        generator=_generator(settings, attributor),
        fallback=ExtractiveGenerator(),
        translator=translator,
    )


def _generator(settings: Settings, attributor: Attributor) -> Generator:
    if settings.generator == "extractive":
        return ExtractiveGenerator()
    from rag.generators.written import WrittenGenerator  # noqa: PLC0415 - only with a model

    return WrittenGenerator(_chat_model(settings), attributor, settings.unsupported)


def _chat_model(settings: Settings) -> ChatModel:
    if settings.generator == "transformers":
        from rag.generators.local_chat import TransformersChat  # noqa: PLC0415 - imports torch
        from rag.generators.local_model import LocalModel  # noqa: PLC0415

        model = LocalModel.load(
            settings.transformers_model or "", quantization=settings.transformers_quantization
        )
        return TransformersChat(model, most_tokens=settings.answer_max_tokens)
    from rag.generators.openai_chat import OpenAIChat  # noqa: PLC0415 - imports an HTTP client

    key = settings.openai_api_key
    return OpenAIChat.connect(
        settings.openai_base_url or "",
        settings.openai_model or "",
        api_key=key.get_secret_value() if key else None,
        timeout_seconds=settings.openai_timeout_seconds,
        context_tokens=settings.openai_context_tokens,
        most_tokens=settings.answer_max_tokens,
    )


def load_encoder(name: str, static: StaticEncoder) -> Encoder:
    """Return the encoder that the setting names.

    Raises:
        EncoderUnavailable: it cannot be loaded.
    """
    if name == STATIC.name:
        return static
    if name == TRANSFORMER.name:
        return TransformerEncoder.load(TRANSFORMER)
    from index.sentence_transformer_encoder import SentenceTransformerEncoder  # noqa: PLC0415

    return SentenceTransformerEncoder.load(name)


def _check_vectors(store: SqliteStore, encoder: Encoder) -> None:
    others = {name: n for name, n in store.fingerprints().items() if name != encoder.fingerprint}
    if others:
        store.close()
        raise EncoderChanged(
            f"{sum(others.values())} passages were encoded by another encoder than "
            f"{encoder.name} ({encoder.fingerprint}). Set SOURCIER_ENCODER back, or encode them "
            "again: python -m rag rebuild --reembed"
        )
