"""The composition root: settings in, a working Sourcier out. Only here are classes chosen."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from importlib.util import find_spec

from threadpoolctl import threadpool_limits

from documents.feeds.address_guard import AddressGuard
from documents.limits import Limits
from documents.records import StoredEncoder
from documents.store.store import Store
from index.analyzer import fingerprint as analysis
from index.encoder import Encoder, RemoteEncoder, StretchEncoder
from index.late_interaction import LateInteraction
from index.lexicon import Lexicon
from index.milvus.engine import Engine
from index.readings import Readings
from index.remembering_encoder import RememberingEncoder
from index.static_encoder import StaticEncoder
from rag.abstention import Abstention
from rag.additions import AdditionsReader
from rag.by_words import ByWords
from rag.calibration import Calibration
from rag.claims.attribution import Attributor
from rag.close_reading import CloseReader
from rag.drafts import Generator
from rag.encoders import MODELS, STATIC, stored_encoder, wanted_encoder
from rag.errors import EncoderChanged, MissingExtra
from rag.evidence import SentenceRanker
from rag.feeds.gathering import FETCH
from rag.feeds.intake import Intake
from rag.generators.chat import ChatModel
from rag.generators.chosen import chat_model, follow_up_writer
from rag.jobs.office import JobOffice
from rag.jobs.uploads import UPLOAD, UploadWork
from rag.jobs.work import Work
from rag.library import Library
from rag.lines import LineReader
from rag.live import LiveIndex
from rag.milvus_index import MilvusIndex
from rag.pipeline import Pipeline
from rag.quoting.extractive import ExtractiveGenerator
from rag.reembedding import Reembedding, encode_beside
from rag.retrieval import Retriever, Views
from rag.seat import ALONE, Seat
from rag.sentence_vectors import SentenceVectors
from rag.service import Sourcier
from rag.serving import Index, Parts, Serving
from rag.settings import Settings
from rag.shared_answers import answers_of
from rag.stores import file_of, open_store

LEXICON = MODELS / "lexicon"

_REEMBED = "python -m rag rebuild --reembed"

logger = logging.getLogger(__name__)
_SCANNED_PAGES = 200  # a second or two each: what `Limits.scan_seconds` allows


def bootstrap(settings: Settings, *, writes: bool = True, seat: Seat = ALONE) -> Sourcier:
    """Open the store, the encoder, the index and the generator that `settings` ask for.

    Where the stored vectors are another encoder's, that one serves; the one asked for takes its
    place once `Sourcier.work_aside` has encoded everything. Without `writes`, no language
    model is loaded: whoever only adds or lists needs none. `seat` is this worker's, of several.

    Raises:
        EncoderUnavailable: the encoder cannot be loaded.
        GeneratorUnavailable: the language model cannot be loaded.
        EncoderChanged: the encoder of the stored vectors cannot be loaded.
        StoreError: the store cannot be opened.
    """
    # Questions run side by side; threads inside one only wait for each other (a search took
    # 16 ms with two, 2 ms with one). What an encoder brings along later keeps its own threads.
    threadpool_limits(1, user_api="blas")
    static = StaticEncoder.load(STATIC)
    store = open_store(settings)
    try:
        wanted, known_as = wanted_encoder(settings, static, store.encoders.known)
        store.encoders.adopt(known_as)
        generates = writes and settings.generator != "extractive"
        workshop = _Workshop(
            settings=settings,
            store=store,
            static=static,
            interaction=LateInteraction(static),
            lexicon=Lexicon.load(LEXICON),
            model=chat_model(settings) if generates else None,
            wanted=wanted,
            known_as=known_as,
            seat=seat,
        )
        return workshop.sourcier()
    except BaseException:
        store.close()
        raise


def reembed(settings: Settings) -> Iterator[tuple[int, int]]:
    """Encode all that is stored by the encoder of `settings`, which then serves.

    Yields how many passages are encoded and how many there are. A service that runs goes on
    with its own encoder to the end, then with this one.

    Raises:
        EncoderUnavailable: the encoder cannot be loaded.
        StoreError: the store cannot be used, or has no room; started again, it goes on.
    """
    static = StaticEncoder.load(STATIC)
    with open_store(settings) as store:
        encoder, known_as = wanted_encoder(settings, static, store.encoders.known)
        steps = encode_beside(store.encoders, encoder, known_as, database=file_of(settings))
        for _ in steps:
            yield store.encoders.progress(encoder.fingerprint)
        while store.encoders.drop_others(encoder.fingerprint):
            pass


@dataclass(frozen=True, slots=True)
class _Workshop:
    """Makes the parts of any encoder; `wanted` is the one that the settings name.

    The store knows that one as `known_as`.
    """

    settings: Settings
    store: Store
    static: StaticEncoder
    interaction: LateInteraction
    lexicon: Lexicon
    model: ChatModel | None
    wanted: Encoder
    known_as: StoredEncoder
    seat: Seat

    def sourcier(self) -> Sourcier:
        """Put everything together around the encoder that serves."""
        parts = self.parts(self.encoder_of(self.store.encoders.serving()))
        serving = Serving(self.store.encoders, parts, load=self.load)
        if parts.encoder is not self.wanted:
            logger.warning(
                "%s made the vectors and serves until %s has encoded everything: a running "
                "service does that, or at once: python -m rag rebuild --reembed",
                parts.encoder.name,
                self.wanted.name,
            )
        library = Library(
            store=self.store,
            encoder=serving.encoder,
            limits=Limits(
                file_bytes=self.settings.max_upload_bytes,
                scanned_pages=_SCANNED_PAGES if self.settings.ocr else 0,
            ),
            min_words=self.settings.passage_min_words,
            max_words=self.settings.passage_max_words,
        )
        guard = AddressGuard.allowing(self.settings.private_networks or ())
        intake = Intake.open(self.settings, self.store, library, guard)
        works: dict[str, Work] = {
            UPLOAD: UploadWork(library, self.store.job_queue),
            FETCH: intake.gathering,
        }
        return Sourcier(
            settings=self.settings,
            store=self.store,
            serving=serving,
            library=library,
            office=JobOffice.open(self.settings, self.store, works, guard, wake=self.seat.wake),
            intake=intake,
            answers=answers_of(self.seat),
            reembedding=Reembedding(
                self.store.encoders,
                self.wanted,
                self.known_as,
                database=file_of(self.settings),
                prepare=lambda: serving.prepare(lambda: self.parts(self.wanted, aside=True)),
                switched=serving.now,
            ),
        )

    def load(self, stored: StoredEncoder) -> Parts:
        """Return the parts of the encoder that the store knows as `stored`."""
        return self.parts(self.encoder_of(stored))

    def encoder_of(self, stored: StoredEncoder | None) -> Encoder:
        """Return the encoder that made the vectors; raises EncoderChanged if it cannot load."""
        if stored is None:
            raise EncoderChanged(
                "Several encoders made the stored vectors, because encoding again was cut short. "
                f"Do it to the end: {_REEMBED}"
            )
        if stored.fingerprint == self.wanted.fingerprint:
            return self.wanted
        if encoder := stored_encoder(self.settings, self.static, stored):
            return encoder
        raise EncoderChanged(
            f"{stored.name or 'An encoder'} ({stored.fingerprint}) made the stored vectors and "
            "cannot be loaded any more, or is another than it was. Bring it back to serve by it "
            f"while {self.wanted.name} encodes everything; or let that be done first: {_REEMBED}"
        )

    def parts(self, encoder: Encoder, *, aside: bool = False) -> Parts:
        """Return the index of the encoder's vectors and what answers by both."""
        index: Index
        if self.settings.index == "milvus":
            index = self._in_milvus(encoder)
        else:
            index = LiveIndex.open(
                store=self.store,
                encoder=encoder,
                interaction=self.interaction,
                tokens=self.static.fingerprint,
                folder=self.settings.index_folder,
                aside=aside,
                keeps=self.seat.leads,
            )
        lines = LineReader(self.interaction, self._readings(encoder))
        return Parts(encoder, index, self._pipeline(encoder, index, lines), lines)

    def _in_milvus(self, encoder: Encoder) -> Index:
        return MilvusIndex(
            reader=AdditionsReader(self.store, encoder, self.interaction),
            builds=self.store.builds,
            engine=engine(self.settings),
            tokens=self.static.fingerprint,
            kind=self.settings.milvus_vector_index,
        )

    def _readings(self, encoder: Encoder) -> Readings | None:
        """Return where to keep what is read ahead; a server is not asked before anybody asks."""
        if not self.settings.read_ahead or isinstance(encoder, RemoteEncoder):
            return None
        readers = f"{encoder.fingerprint} {self.static.fingerprint} {analysis()}"
        return Readings(
            self.settings.index_folder,
            fingerprint=blake2b(readers.encode(), digest_size=8).hexdigest(),
            dimension=encoder.dimension,
        )

    def _pipeline(self, encoder: Encoder, index: Views, lines: LineReader) -> Pipeline:
        stretches = isinstance(encoder, StretchEncoder)
        calibration = Calibration.fitted_to(encoder.name, stretches=stretches)
        if self.settings.calibration and encoder is self.wanted:
            calibration = Calibration.load(self.settings.calibration)
        by_words: Pipeline | None = None
        if isinstance(encoder, RemoteEncoder):
            encoder = encoder.for_questions()
            by_words = self._pipeline(self.static, ByWords(index, self.static), lines)
        reader = RememberingEncoder(encoder)
        return Pipeline(
            store=self.store,
            retriever=Retriever(
                store=self.store,
                index=index,
                encoder=reader,
                interaction=self.interaction,
                relevance=calibration.passage,
            ),
            ranker=CloseReader(
                SentenceRanker(lines, calibration.sentence),
                SentenceVectors(reader),
                calibration.close,
            ),
            abstention=Abstention(self.interaction, calibration.answer),
            generator=self._generator(Attributor(reader, self.interaction, self.lexicon)),
            fallback=ExtractiveGenerator(),
            translator=self.lexicon,
            by_words=by_words,
            rewriter=follow_up_writer(self.model, self.lexicon) if self.model else None,
        )

    def _generator(self, attributor: Attributor) -> Generator:
        if self.model is None:
            return ExtractiveGenerator()
        from rag.generators.written import WrittenGenerator  # noqa: PLC0415 - only with a model

        return WrittenGenerator(self.model, attributor, self.settings.unsupported)


def engine(settings: Settings) -> Engine:
    """Return the Milvus that `settings` name; nothing is asked of it yet.

    Raises:
        MissingExtra: its client is not installed.
    """
    if find_spec("pymilvus") is None:
        raise MissingExtra(
            "SOURCIER_INDEX=milvus needs the package of the extra `milvus`: pip install pymilvus"
        )
    token = settings.milvus_token
    return Engine(
        settings.milvus_uri,
        token=token.get_secret_value() if token else "",
        timeout_seconds=settings.milvus_timeout_seconds,
        setting="SOURCIER_MILVUS_URI",
    )
