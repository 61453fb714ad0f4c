"""The index in Milvus kept in step with the store, whatever happens to either; Milvus is played."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from documents.models import Document, Passage, Sentence
from documents.store.store import Store
from index.analyzer import terms
from index.errors import IncompatibleIndex, IndexUnavailable
from index.late_interaction import LateInteraction
from index.milvus.weights import NOMINAL_LENGTH
from rag import milvus_index, milvus_writing
from rag.additions import AdditionsReader
from rag.milvus_index import MilvusIndex
from rag.reading import read_as
from tests.rag.fakes import FakeEncoder
from tests.rag.milvus_fakes import FakeEngine, FakeTable

Opened = Callable[..., MilvusIndex]
Part = tuple[int, str]


def put(store: Store, source: str, *lines: str, fingerprint: str = "fake-1") -> Document:
    """Put a document with a passage a line."""
    text = "\n".join(lines)
    cut, start = [], 0
    for line in lines:
        cut.append(Passage(start, start + len(line), line, "fr", (Sentence(start, start + 1),)))
        start += len(line) + 1
    document = Document("", "default", source, source, "fr", text, text)
    vectors = FakeEncoder().encode_passages([passage.text for passage in cut])
    return store.put(document, cut, vectors, fingerprint=fingerprint).document


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "sourcier.db") as store:
        yield store


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    monkeypatch.setattr(milvus_index, "Table", FakeTable)
    return FakeEngine()


@pytest.fixture
def opened(engine: FakeEngine, store: Store, interaction: LateInteraction) -> Opened:
    def open_index(encoder: FakeEncoder | None = None) -> MilvusIndex:
        return MilvusIndex(
            reader=AdditionsReader(store, encoder or FakeEncoder(), interaction),
            builds=store.builds,
            engine=engine,  # type: ignore[arg-type]
            tokens="tokens",
            kind="HNSW",
        )

    return open_index


def books(store: Store) -> dict[Part, tuple[int, int, dict[str, int]]]:
    """Return what the only build counted: passages, terms, and passages by term."""
    with store._connections.reading() as connection:
        found = {
            (collection, language): (passages, total, {})
            for collection, language, passages, total in connection.execute(
                "SELECT collection, language, passages, terms FROM build_parts WHERE passages"
            )
        }
        for collection, language, term, passages in connection.execute(
            """
            SELECT w.collection, w.language, t.term, w.passages FROM build_words AS w
            JOIN terms AS t ON t.number = w.term WHERE w.passages <> 0
            """
        ):
            found[collection, language][2][term] = passages
    return found


def counted(store: Store) -> dict[Part, tuple[int, int, dict[str, int]]]:
    """Return what there is to count in the store."""
    found: dict[Part, tuple[int, int, dict[str, int]]] = {}
    for entries in store.entries():
        for at, language in enumerate(entries.languages):
            text = read_as(entries.titles[at], entries.heading_paths[at], entries.texts[at])
            said = terms(text, language)
            part = (int(entries.collections[at]), language)
            passages, total, words = found.get(part, (0, 0, {}))
            words = dict(Counter(words) + Counter(set(said)))
            found[part] = (passages + 1, total + len(said), words)
    return found


def living(store: Store) -> set[int]:
    return {int(row) for entries in store.entries() for row in entries.rows}


def is_in_step(store: Store, engine: FakeEngine) -> bool:
    [build] = store.builds.all()
    return (
        engine.rows() == living(store)
        and books(store) == counted(store)
        and build.change == build.swept == store.last_change()
    )


def history(store: Store, index: MilvusIndex) -> Iterator[None]:
    """Add, replace and delete; the index is looked at after each step."""
    put(store, "one", "le phare de granit", "la marée monte")
    yield index.refresh()
    gone = put(store, "two", "un phare de sel", "le quai", "le quai de granit")
    yield index.refresh()
    put(store, "one", "la marée descend")
    yield index.refresh()
    store.delete(gone.id)
    put(store, "three", "le vent du phare")
    yield index.refresh()
    put(store, "three", "le vent", "la tempête du phare")
    yield index.refresh()


def test_the_engine_holds_what_the_store_does_and_the_books_count_it(
    store: Store, engine: FakeEngine, opened: Opened
) -> None:
    for _ in history(store, opened()):
        assert is_in_step(store, engine)
    assert len(engine.rows()) == 3


def test_what_is_replaced_while_it_is_taken_in_is_seen_in_its_new_generation(
    store: Store, engine: FakeEngine, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = opened()
    put(store, "one", "le phare", "la marée monte")
    read, replaced = Store.vectors, []

    def replace_first(self: Store, *ranges: Any, **options: Any) -> Any:  # noqa: ANN401
        if not replaced:
            replaced.append(put(store, "one", "la marée descend"))
        return read(self, *ranges, **options)

    monkeypatch.setattr(Store, "vectors", replace_first)
    view = index.view()
    assert replaced
    assert engine.rows() == living(store)
    assert view.change == store.last_change()


# Failures at every moment


class Failing:
    """Fails the n-th thing that the engine does, before or after it did it."""

    def __init__(self, engine: FakeEngine, number: int, *, done: bool) -> None:
        self._left = number
        self.happened = False
        engine.before, engine.after = (lambda: None, self) if done else (self, lambda: None)

    def __call__(self) -> None:
        self._left -= 1
        if self._left == 0:
            self.happened = True
            raise IndexUnavailable("the engine died")


@pytest.mark.parametrize("restarted", [False, True], ids=["same process", "new process"])
@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_whenever_the_engine_fails_all_is_taken_in_once(
    store: Store, engine: FakeEngine, opened: Opened, *, done: bool, restarted: bool
) -> None:
    number = happened = 0
    while happened == number:
        number += 1
        failing = Failing(engine, number, done=done)
        index = opened()
        steps = history(store, index)
        while True:
            try:
                next(steps)
            except StopIteration:
                break
            except IndexUnavailable:
                # The generator is over: what it had still to do is done without the index.
                put(store, "one", "le phare", "de granit", "et de sel")
                break
        happened += failing.happened
        engine.before = engine.after = lambda: None
        (opened() if restarted else index).refresh()
        assert is_in_step(store, engine), number
    assert number > 20


def test_a_process_that_dies_before_it_wrote_the_books_counts_nothing_twice(
    store: Store, engine: FakeEngine, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = opened()
    put(store, "one", "le phare de granit")
    index.refresh()

    def dies(*_: object, **__: object) -> bool:
        raise KeyboardInterrupt

    gone = put(store, "two", "le phare de sel")
    with monkeypatch.context() as patched:
        patched.setattr(store.builds, "advance", dies)
        with pytest.raises(KeyboardInterrupt):
            index.refresh()
    store.delete(gone.id)  # what was written to the engine is not to be found any more
    assert engine.rows() != living(store)

    opened().refresh()
    assert is_in_step(store, engine)


# Several processes


def test_two_processes_at_once_count_everything_once(
    store: Store, engine: FakeEngine, opened: Opened
) -> None:
    for moment in range(1, 12):
        one, other = opened(), opened()
        doomed = put(store, f"doomed-{moment}", "un phare de sel", "la marée")
        put(store, f"kept-{moment}", "un quai")
        left = moment

        def meanwhile() -> None:
            nonlocal left
            left -= 1
            if left == 0:
                other.refresh()  # noqa: B023 - called within this turn
                store.delete(doomed.id)  # noqa: B023
                other.refresh()  # noqa: B023

        engine.before = meanwhile
        one.refresh()
        engine.before = lambda: None
        one.refresh()
        assert is_in_step(store, engine), moment


def test_with_much_to_do_one_process_waits_for_the_other(
    store: Store, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(milvus_writing, "_WORTH_A_TURN", 1)
    monkeypatch.setattr(milvus_writing, "_TURN_SECONDS", 0.3)
    monkeypatch.setattr(milvus_writing.time, "time", lambda: 100.0)
    index = opened()
    index.refresh()
    [build] = store.builds.all()
    put(store, "one", "le phare")
    assert store.builds.hold(build.number, "another", now=100.0, seconds=1e9)
    with pytest.raises(IndexUnavailable, match="Another process"):
        index.refresh()

    assert store.builds.hold(build.number, "another", now=0.0, seconds=0.0)  # it lets go
    index.refresh()
    assert index.view().change == store.last_change()
    assert store.builds.hold(build.number, "another", now=100.0, seconds=1.0)  # as this one does


def test_a_question_waits_for_others_no_longer_than_it_has_patience(
    store: Store, engine: FakeEngine, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(milvus_index, "_PATIENCE_SECONDS", 0.05)
    index = opened()
    put(store, "one", "le phare")
    refused: list[IndexUnavailable] = []

    def ask() -> None:
        try:
            index.view()
        except IndexUnavailable as error:
            refused.append(error)

    def meanwhile() -> None:
        engine.before = lambda: None
        other = Thread(target=ask)
        other.start()
        other.join()

    engine.before = meanwhile
    assert len(index.view()) == 1
    assert [str(error) for error in refused] == [
        "The index is being brought up to date, for long: try again."
    ]


# The engine is away, or is not what it was


def test_while_the_engine_is_away_documents_come_in_and_later_the_index_catches_up(
    store: Store, engine: FakeEngine, opened: Opened
) -> None:
    engine.restart(away=True)
    index = opened()
    put(store, "one", "le phare")
    with pytest.raises(IndexUnavailable):
        index.view()
    with pytest.raises(IndexUnavailable):
        index.ready()
    assert len(index.seen()) == 0
    engine.restart()
    assert index.ready()
    assert len(index.view()) == 1

    engine.restart(away=True)
    put(store, "two", "le quai")
    with pytest.raises(IndexUnavailable):
        index.view()
    engine.restart()
    assert index.ready()
    assert is_in_step(store, engine)


def test_closing_while_the_engine_is_away_is_told_and_no_more(
    store: Store, engine: FakeEngine, opened: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    index = opened()
    put(store, "one", "le phare")
    engine.away = True
    index.close()
    assert "catches up later" in caplog.text


def test_a_table_that_is_gone_is_built_anew(
    store: Store, engine: FakeEngine, opened: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    index = opened()
    put(store, "one", "le phare", "le quai")
    index.refresh()
    [before] = store.builds.all()
    engine.tables.clear()
    engine.restart()

    assert len(index.view()) == 2
    assert "built anew" in caplog.text
    assert is_in_step(store, engine)
    assert [build.name for build in store.builds.all()] != [before.name]


def test_passages_that_are_gone_are_waited_for_then_all_is_built_anew(
    store: Store, engine: FakeEngine, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(milvus_index.time, "monotonic", lambda: now)
    index = opened()
    put(store, "one", "le phare", "le quai")
    index.refresh()
    [before] = store.builds.all()
    row, kept = engine.tables[before.name][1].popitem()
    engine.restart()
    for _ in range(2):
        with pytest.raises(IndexUnavailable, match=r"holds 1 passages of 2.*recovering"):
            index.view()

    engine.tables[before.name][1][row] = kept  # it did recover
    assert len(index.view()) == 2
    assert store.builds.all() == [before]

    engine.tables[before.name][1].popitem()
    now += 3600
    engine.restart()
    with pytest.raises(IndexUnavailable):
        index.view()
    now += 3600
    assert len(index.view()) == 2
    assert is_in_step(store, engine)
    assert [build.name for build in store.builds.all()] != [before.name]


def test_what_somebody_else_made_is_refused_and_a_rebuild_helps(
    store: Store, engine: FakeEngine, opened: Opened
) -> None:
    put(store, "one", "le phare")
    opened().refresh()
    [build] = store.builds.all()
    engine.tables[build.name] = ("another", engine.tables[build.name][1])
    index = opened()
    with pytest.raises(IncompatibleIndex):
        index.view()

    index.rebuild()
    assert len(index.view()) == 1
    assert is_in_step(store, engine)


# Builds


def test_while_another_build_is_made_the_one_before_serves(
    store: Store, engine: FakeEngine, opened: Opened
) -> None:
    index, other = opened(), opened()
    put(store, "one", "le phare")
    index.refresh()
    seen = []
    engine.before = lambda: seen.append(len(other.seen()))
    index.rebuild()
    engine.before = lambda: None

    assert set(seen) == {1}
    assert len(other.view()) == 1
    assert is_in_step(store, engine)


def test_a_rebuild_that_was_cut_off_leaves_nothing_for_long(
    store: Store, engine: FakeEngine, opened: Opened
) -> None:
    index = opened()
    put(store, "one", "le phare", "le quai")
    index.refresh()
    Failing(engine, 3, done=False)
    with pytest.raises(IndexUnavailable):
        index.rebuild()
    engine.before = lambda: None
    assert len(index.view()) == 2

    index.rebuild()
    assert is_in_step(store, engine)
    assert len(engine.tables) == 1


def test_the_next_build_is_weighed_by_the_length_that_passages_have(
    store: Store, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = opened()
    put(store, "one", "le phare de granit", "le quai")
    index.refresh()
    assert [build.average_length for build in store.builds.all()] == [NOMINAL_LENGTH]

    index.rebuild()
    assert [build.average_length for build in store.builds.all()] == [NOMINAL_LENGTH]  # too few
    monkeypatch.setattr(milvus_index, "_ENOUGH", 2)
    index.rebuild()
    [build] = store.builds.all()
    assert build.average_length == sum(total for _, total, _ in books(store).values()) / 2


def test_an_encoder_that_takes_over_leaves_nothing_of_the_other(
    store: Store, engine: FakeEngine, opened: Opened
) -> None:
    put(store, "one", "le phare")
    before = opened()
    before.refresh()
    after = opened(FakeEncoder(fingerprint="fake-2"))
    assert after.view().change == 0  # nothing is encoded by it yet
    assert len(store.builds.all()) == 2

    after.take_over(before)
    assert [len(engine.tables), len(store.builds.all())] == [1, 1]


def test_rules_of_another_day_make_another_build(
    store: Store, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, "one", "le phare")
    opened().refresh()
    monkeypatch.setattr(milvus_index, "FORMAT", 99)
    assert len(opened().view()) == 1
    assert len(store.builds.all()) == 2


def test_only_for_a_while_after_a_change_the_engine_is_asked_strictly(
    store: Store, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(milvus_index.time, "monotonic", lambda: now)
    index = opened()
    put(store, "one", "le phare")
    assert index.view().consistency == "Strong"
    now += 3600
    assert index.view().consistency == "Bounded"
    put(store, "two", "le quai")
    assert index.view().consistency == "Strong"
