"""Whoever answers does so by the encoder that serves, whichever process changed it."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from documents.limits import Limits
from documents.records import StoredEncoder
from documents.store.store import Store
from index.late_interaction import LateInteraction
from rag.bootstrap import bootstrap, reembed
from rag.errors import EncoderChanged
from rag.library import Library
from rag.live import LiveIndex
from rag.models import Question
from rag.reembedding import encode_beside
from rag.service import Sourcier
from rag.serving import Parts, Serving
from rag.settings import Settings
from tests.rag.fakes import FakeEncoder
from tests.rag.texts import BAKERY, LIBRARY, LIGHTHOUSE

NEW = StoredEncoder("fake-2", "new", 4)
QUESTION = Question("Quand le phare a-t-il été allumé ?")


def new_encoder() -> FakeEncoder:
    return FakeEncoder(name="new", fingerprint="fake-2", dimension=4)


def settings(folder: Path, encoder: str = "embedded-static") -> Settings:
    return Settings(data_dir=folder, encoder=encoder)


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """A folder whose documents the static encoder encoded."""
    with bootstrap(settings(tmp_path)) as sourcier:
        for text in (LIGHTHOUSE, BAKERY):
            sourcier.add_text(text)
    return tmp_path


def texts_of(sourcier: Sourcier) -> set[str]:
    return {one.source for one in sourcier.all_documents()}


def test_the_encoder_of_the_vectors_serves_until_the_other_has_them_all(
    filled: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with bootstrap(settings(filled, "embedded")) as sourcier:
        assert "embedded-static made the vectors and serves" in caplog.text
        answer = sourcier.ask(QUESTION)
        assert (answer.answered, answer.encoder) == (True, "embedded-static")
        seen = sourcier.status().reembedding
        assert seen is not None
        assert (seen.encoder, seen.done, seen.passages) == ("embedded", 0, 2)
        assert sourcier.ready()
        assert sourcier.add_text(LIBRARY).status == "new"

        sourcier.work_aside()
        sourcier._reembedding._thread.join()

        answer = sourcier.ask(QUESTION)
        assert (answer.answered, answer.encoder) == (True, "embedded")
        assert sourcier.status().reembedding is None
        assert len(texts_of(sourcier)) == 3

    caplog.clear()
    with bootstrap(settings(filled, "embedded")) as sourcier:
        assert sourcier.ask(QUESTION).encoder == "embedded"
    assert not caplog.records  # the saved index is that of the encoder that serves


def test_a_service_follows_when_a_command_changes_the_encoder(
    filled: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with bootstrap(settings(filled)) as running:
        assert running.ask(QUESTION).encoder == "embedded-static"

        assert list(reembed(settings(filled, "embedded")))[-1] == (2, 2)

        running.add_text(LIBRARY, source="mediatheque")
        answer = running.ask(Question("Qui dirige la médiathèque ?"))
        assert (answer.encoder, answer.answered) == ("embedded", True)
        assert "embedded serves from now on" in caplog.text
        assert running.status().index["passages"] == 3


def test_what_some_see_tells_nothing_of_how_much_there_is_to_encode(filled: Path) -> None:
    with bootstrap(settings(filled, "embedded")) as sourcier:
        assert sourcier.status(within={"default"}).reembedding is None


def test_an_encoder_that_cannot_be_loaded_leaves_the_data_as_it_is(filled: Path) -> None:
    before = (filled / "sourcier.db").read_bytes()
    with pytest.raises(Exception, match="There is no folder /no/such/model"):
        bootstrap(settings(filled, "/no/such/model"))
    assert (filled / "sourcier.db").read_bytes() == before


def test_where_the_encoder_of_the_vectors_is_gone_the_remedy_is_told(
    tmp_path: Path, store: Store
) -> None:
    store.encoders.adopt(StoredEncoder("fake-1", "/models/gone", 8))
    Library(store, FakeEncoder, Limits(), min_words=60, max_words=180).add_text(LIGHTHOUSE)
    before = store.fingerprints()

    with pytest.raises(EncoderChanged, match=r"/models/gone \(fake-1\).*rebuild --reembed"):
        bootstrap(settings(tmp_path))

    assert store.fingerprints() == before
    assert list(reembed(settings(tmp_path)))[-1] == (1, 1)
    with bootstrap(settings(tmp_path)) as sourcier:
        assert sourcier.ask(QUESTION).answered


def test_a_store_where_several_encoders_had_a_part_is_refused_with_the_remedy(
    tmp_path: Path, store: Store
) -> None:
    Library(store, FakeEncoder, Limits(), min_words=60, max_words=180).add_text(LIGHTHOUSE)
    with store._connections.writing() as connection:
        connection.execute("UPDATE encoders SET serves = 0")

    with pytest.raises(EncoderChanged, match="rebuild --reembed"):
        bootstrap(settings(tmp_path))


# One process, with encoders made by hand


@pytest.fixture
def index_of(
    store: Store, interaction: LateInteraction, tmp_path: Path
) -> Callable[..., LiveIndex]:
    def open_index(encoder: FakeEncoder, *, aside: bool = False) -> LiveIndex:
        return LiveIndex.open(
            store=store,
            encoder=encoder,
            interaction=interaction,
            tokens="tokens",
            folder=tmp_path / "index",
            aside=aside,
        )

    return open_index


@pytest.fixture
def lit(store: Store) -> Store:
    """A store with one document."""
    library = Library(store, FakeEncoder, Limits(), min_words=60, max_words=180)
    library.add_text(LIGHTHOUSE, source="phare")
    return store


def switch(store: Store, path: Path) -> None:
    for _ in encode_beside(store.encoders, new_encoder(), NEW, database=path):
        pass


def test_what_was_begun_before_the_switch_keeps_the_state_it_saw(
    lit: Store, index_of: Callable[..., LiveIndex], tmp_path: Path
) -> None:
    old = index_of(FakeEncoder())
    before = old.view()
    switch(lit, tmp_path)
    newer = Library(lit, new_encoder, Limits(), min_words=60, max_words=180)
    newer.add_text(BAKERY, source="phare")
    newer.add_text(LIBRARY, source="autre")
    while lit.encoders.drop_others("fake-2"):
        pass

    after = old.view()
    assert (len(after), after.change) == (len(before), before.change)
    new = index_of(new_encoder())
    assert (len(new.view()), new.view().change, new.view().dimension) == (2, lit.last_change(), 4)


def test_an_index_kept_aside_takes_in_only_what_is_encoded_and_saves_nothing(
    lit: Store, index_of: Callable[..., LiveIndex], tmp_path: Path
) -> None:
    aside = index_of(new_encoder(), aside=True)
    assert len(aside.view()) == 0
    switch(lit, tmp_path)

    assert len(aside.view()) == 1
    assert not (tmp_path / "index").exists()


def test_an_index_goes_no_further_than_its_encoder(
    lit: Store,
    index_of: Callable[..., LiveIndex],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    library = Library(lit, FakeEncoder, Limits(), min_words=60, max_words=180)
    for number in range(3):
        library.add_text(f"Le moulin numéro {number} tourne depuis 1887.")
    monkeypatch.setattr("rag.reembedding._BATCH", 2)
    aside = index_of(new_encoder(), aside=True)
    steps = encode_beside(lit.encoders, new_encoder(), NEW, database=tmp_path)

    assert (len(aside.view()), aside.view().change) == (0, 0)
    next(steps)
    assert (len(aside.view()), aside.view().change) == (2, 2)
    next(steps)
    assert (len(aside.view()), aside.view().change) == (4, 4)


def test_the_parts_change_once_and_the_saved_index_with_them(
    lit: Store, index_of: Callable[..., LiveIndex], tmp_path: Path
) -> None:
    old, made = index_of(FakeEncoder()), []
    pipeline = lines = None

    def load(stored: StoredEncoder) -> Parts:
        made.append(stored)
        return Parts(new_encoder(), index_of(new_encoder(), aside=True), pipeline, lines)  # type: ignore[arg-type]

    serving = Serving(lit.encoders, Parts(FakeEncoder(), old, pipeline, lines), load=load)  # type: ignore[arg-type]
    assert serving.now().index is old
    switch(lit, tmp_path)

    assert serving.encoder().fingerprint == "fake-2"
    assert serving.now().index is serving.now().index is not old
    assert made == [NEW]
    serving.now().index.close()
    old.close()
    assert '"fingerprint": "fake-2"' in (tmp_path / "index" / "manifest.json").read_text()
