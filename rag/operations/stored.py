"""Is what is stored sound: the store, its vectors, the models, and the index derived from it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from documents.errors import StoreError
from documents.store.facts import StoreFacts
from documents.store.schema import MIGRATIONS
from documents.store.sqlite_backup import check_store
from index import snapshot
from index.encoder import Encoder, problem_of
from index.errors import CorruptIndex, IncompatibleIndex, IndexingError, MissingIndex
from index.lexicon import Lexicon
from index.manifest import Origin
from index.static_encoder import StaticEncoder
from index.transformer_encoder import TransformerEncoder
from rag.bootstrap import LEXICON
from rag.encoders import STATIC, TRANSFORMER, wanted_encoder
from rag.operations.finding import Finding, well
from rag.settings import Settings

_RESTORE = "restore a backup: python -m rag restore FILE --replace"
_CLOCK_SLACK = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Models:
    """The encoders that the settings ask for, loaded."""

    static: StaticEncoder
    encoder: Encoder


def check_database(settings: Settings) -> tuple[StoreFacts | None, list[Finding]]:
    """Read every page of the store; return what it holds, None where it cannot be used."""
    try:
        if not settings.database.exists():
            return None, [well("store", "there is none yet; the first start makes it")]
        facts = check_store(settings.database, in_use=True)
    except OSError as error:
        remedy = "work as the user who runs Sourcier"
        return None, [Finding("store", "fail", f"it cannot be reached ({error})", remedy)]
    except StoreError as error:
        return None, [Finding("store", "fail", str(error), _RESTORE)]
    return facts, [check_schema(facts), *check_clock(facts, datetime.now(UTC))]


def check_schema(facts: StoreFacts) -> Finding:
    """See whether the schema is this program's; the store itself was found sound."""
    sound = f"every page is sound: {facts.documents} documents, {facts.passages} passages"
    if facts.schema < len(MIGRATIONS):
        message = f"{sound}, in schema {facts.schema} of {len(MIGRATIONS)}"
        remedy = "the next start brings it up to date; take a backup first"
        return Finding("store", "warn", message, remedy)
    return well("store", sound)


def check_models(settings: Settings, facts: StoreFacts | None) -> tuple[Models | None, Finding]:
    """Load the embedded models, whose checksums are checked, and the encoder that is set.

    One behind a server is asked who it is, and held against those that the store knows.
    """
    try:
        static = StaticEncoder.load(STATIC)
        TransformerEncoder.load(TRANSFORMER)
        Lexicon.load(LEXICON)
    except IndexingError as error:
        remedy = "check out index/models again: git checkout -- index/models"
        return None, Finding("models", "fail", str(error), remedy)
    try:
        encoder, _ = wanted_encoder(settings, static, lambda: facts.encoders if facts else ())
    except IndexingError as error:
        remedy = "correct SOURCIER_ENCODER, or unset it"
        return None, Finding("models", "fail", str(error), remedy)
    if problem := problem_of(encoder):
        remedy = "start that server; until then words alone are searched, and nothing can be added"
        return Models(static, encoder), Finding("models", "fail", problem, remedy)
    message = f"whole; {encoder.name} encodes ({encoder.fingerprint})"
    return Models(static, encoder), well("models", message)


def check_vectors(facts: StoreFacts, encoder: Encoder) -> Finding:
    """See whether the encoder that is set made the vectors that are stored."""
    if others := sum(n for made, n in facts.fingerprints if made != encoder.fingerprint):
        whole = len(facts.fingerprints) == 1
        message = f"{others} of {facts.passages} passages were encoded by another encoder"
        return Finding(
            "vectors",
            "warn" if whole else "fail",
            f"{message}, which serves until this one has encoded all" if whole else message,
            "run the service, which encodes again, or do it now: python -m rag rebuild --reembed",
        )
    return well("vectors", "all are by the encoder that is set")


def check_index(settings: Settings, facts: StoreFacts, models: Models) -> Finding:
    """See whether the index on disk is whole and of this store."""
    encoder, tokens = models.encoder, models.static.fingerprint
    made = facts.fingerprints[0][0] if len(facts.fingerprints) == 1 else encoder.fingerprint
    origin = Origin(encoder.name, made, f"{facts.identity}.{tokens}")
    rebuild = "nothing: the next start builds it anew, or do so now: python -m rag rebuild"
    try:
        change = snapshot.load(settings.index_folder, origin=origin).view().change
    except MissingIndex:
        return well("index", "none is saved; a start builds it from the store")
    except (CorruptIndex, IncompatibleIndex) as error:
        return Finding("index", "warn", str(error), rebuild)
    if change > facts.change:
        return Finding("index", "warn", "it knows of more than the store", rebuild)
    return well("index", f"whole; {facts.change - change} changes to take in at a start")


def check_clock(facts: StoreFacts, now: datetime) -> Iterator[Finding]:
    """See whether the clock ran backwards since the last document came in."""
    if facts.newest is None:
        return
    if facts.newest > now + _CLOCK_SLACK:
        message = f"the newest document is of {facts.newest:%Y-%m-%d %H:%M} UTC, which is to come"
        yield Finding("clock", "warn", message, "set the clock of this machine (timedatectl)")
    else:
        yield well("clock", f"the newest document is of {facts.newest:%Y-%m-%d %H:%M} UTC")
