"""What every store promises, whatever keeps its data. A new store joins `STORES`."""

import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from documents.errors import (
    InvalidCollectionName,
    InvalidDocument,
    StoreUnavailable,
    UnknownCollection,
    UnstorableText,
)
from documents.models import Document, Heading, Language, Passage, Sentence
from documents.records import Change, Filters, StoredSpan, document_id
from documents.sqlite_store import SqliteStore

Store = SqliteStore
Opener = Callable[[], Store]

STORES: dict[str, Callable[[Path], Store]] = {
    "sqlite": lambda folder: SqliteStore.open(folder / "store.db"),
}
DIMENSION = 8


@pytest.fixture(params=STORES.values(), ids=list(STORES))
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    """Opens one and the same store, as often as it is called."""
    return lambda: request.param(tmp_path)


@pytest.fixture
def store(opened: Opener) -> Iterator[Store]:
    with opened() as store:
        yield store


def written(source: str, *paragraphs: str, collection: str = "default") -> Document:
    text = "\n\n".join(paragraphs)
    return Document(
        id="",
        collection=collection,
        source=source,
        title=f"Titre de {source}",
        language="fr",
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )


def passages_of(document: Document, *, language: Language = "fr") -> list[Passage]:
    """Each paragraph is a passage of one sentence."""
    passages, start = [], 0
    for paragraph in document.text.split("\n\n"):
        end = start + len(paragraph)
        if paragraph:
            sentences = (Sentence(start, end),)
            passages.append(Passage(start, end, paragraph, language, sentences))
        start = end + 2
    return passages


def vectors_of(passages: Sequence[Passage], *, dimension: int = DIMENSION) -> NDArray[np.float32]:
    """Each text has a vector of its own."""
    seeds = [hashlib.sha256(p.text.encode("utf-8", "replace")).digest() for p in passages]
    drawn = [np.random.default_rng(list(seed)).normal(size=dimension) for seed in seeds]
    return np.array(drawn, dtype=np.float32).reshape(-1, dimension)


def put(
    store: Store, document: Document, *, language: Language = "fr", fingerprint: str = "one"
) -> Document:
    passages = passages_of(document, language=language)
    return store.put(document, passages, vectors_of(passages), fingerprint=fingerprint).document


def live_rows(store: Store) -> set[int]:
    return {int(row) for batch in store.entries() for row in batch.rows}


RICH = Document(
    id="",
    collection="default",
    source="/presse/chine.pdf",
    title="L’« énergie » à Shanghai — 1\u202f200 puces",
    language="fr",
    text="Un œuf.\n\nL’économie a crû de 145\u00a0%.\n\n🐙nicode, NUL\0 compris.",
    sha256="a" * 64,
    url="https://example.org/a?b=«c»",
    published_at=date(2025, 4, 26),
    headings=(Heading(0, 7, 1),),
    page_starts=(0, 9),
    metadata={"rubrique": "éco", "": "clé vide", "nul": "a\0b", "quote": "\"'; --"},
)


# Reading back


def test_a_document_is_read_back_as_it_was_put(store: Store) -> None:
    before = datetime.now(UTC)
    passages = passages_of(RICH)
    stored = store.put(RICH, passages, vectors_of(passages), fingerprint="one")

    found = store.document(stored.document.id)

    assert stored.status == "new"
    assert found == stored.document
    assert found.added_at is not None
    assert before <= found.added_at <= datetime.now(UTC)
    expected = replace(
        RICH, id=document_id("default", RICH.source), generation=1, added_at=found.added_at
    )
    assert found == expected


def test_a_summary_tells_all_but_the_text(store: Store) -> None:
    put(store, RICH)

    found = store.find("default", RICH.source)

    assert found is not None
    assert (found.title, found.url, found.published_at) == (RICH.title, RICH.url, RICH.published_at)
    assert (found.sha256, found.fingerprint, found.metadata) == ("a" * 64, "one", RICH.metadata)
    assert (found.characters, found.passages) == (len(RICH.text), 3)
    assert store.documents("default").documents == (found,)


def test_what_was_never_put_is_not_found(store: Store) -> None:
    assert store.find("default", "nulle part") is None
    assert store.find("default", "\ud800") is None
    assert store.document("doc_0000000000000000") is None
    assert store.passages([1, 2, 10**30]) == {}
    assert store.delete("doc_0000000000000000") is False


def test_an_open_store_sees_at_once_what_another_one_writes(opened: Opener) -> None:
    with opened() as writer, opened() as reader:
        for number in range(3):
            stored = put(writer, written("a", f"Version {number}."))
            assert reader.document(stored.id) == stored
            assert reader.last_change() == stored.generation
        writer.delete(stored.id)
        assert reader.document(stored.id) is None


def test_everything_survives_a_restart(opened: Opener) -> None:
    with opened() as store:
        store.create_collection("autre")
        stored = put(store, written("a", "Un.", "Deux.", collection="autre"))
        rows = live_rows(store)
    with opened() as store:
        assert store.document(stored.id) == stored
        assert live_rows(store) == rows
        assert store.last_change() == stored.generation
        assert put(store, written("b", "Trois.")).generation > stored.generation


def test_a_document_without_passages_is_kept(store: Store) -> None:
    stored = store.put(
        written("vide", "Rien à citer."), [], np.empty((0, DIMENSION), np.float32), fingerprint="x"
    )

    assert store.document(stored.document.id) == stored.document
    assert [len(change.added) for change in store.changes(0)] == [0]
    assert live_rows(store) == set()


# Putting again


def test_the_same_content_is_written_once(store: Store) -> None:
    first = put(store, RICH)
    passages = passages_of(RICH)

    again = store.put(
        replace(RICH, id="any", generation=9), passages, vectors_of(passages), fingerprint="one"
    )

    assert again.status == "unchanged"
    assert again.document == first
    assert store.last_change() == first.generation


@pytest.mark.parametrize(
    "changed",
    [
        replace(RICH, text=RICH.text + "\n\nFin."),
        replace(RICH, sha256="b" * 64),
        replace(RICH, title="Autre titre"),
        replace(RICH, language="en"),
        replace(RICH, url=None),
        replace(RICH, published_at=None),
        replace(RICH, metadata={}),
        replace(RICH, headings=()),
        replace(RICH, page_starts=()),
    ],
    ids=lambda document: next(
        name for name in Document.__slots__ if getattr(document, name) != getattr(RICH, name)
    ),
)
def test_any_difference_makes_a_new_generation(store: Store, changed: Document) -> None:
    first = put(store, RICH)
    old_rows = live_rows(store)
    passages = passages_of(changed)

    second = store.put(changed, passages, vectors_of(passages), fingerprint="one")

    assert second.status == "replaced"
    assert second.document.id == first.id
    assert second.document.generation > first.generation
    assert store.document(first.id) == second.document
    assert store.counts().documents == 1
    assert live_rows(store).isdisjoint(old_rows)
    assert store.passages(old_rows) == {}


def test_other_passages_of_the_same_text_make_a_new_generation(store: Store) -> None:
    first = put(store, RICH)
    fewer = passages_of(RICH)[:2]

    assert store.put(RICH, fewer, vectors_of(fewer), fingerprint="one").status == "replaced"
    assert len(live_rows(store)) == 2
    assert first.generation not in {c.number for c in store.changes(first.generation)}


def test_another_encoder_replaces_the_vectors(store: Store) -> None:
    passages = passages_of(RICH)
    put(store, RICH)
    put(store, written("b", "Encore à réencoder."))
    wider = vectors_of(passages, dimension=12)

    assert store.put(RICH, passages, wider, fingerprint="two").status == "replaced"
    assert store.fingerprints() == {"one": 1, "two": 3}
    [entries] = store.vectors(fingerprint="two")
    np.testing.assert_array_equal(entries.vectors, wider)
    assert [len(batch.rows) for batch in store.vectors(fingerprint="one")] == [1]


def test_rows_are_never_used_again(store: Store) -> None:
    seen: set[int] = set()
    for number in range(5):
        stored = put(store, written("a", f"Version {number}.", "Commune."))
        assert live_rows(store).isdisjoint(seen)
        seen |= live_rows(store)
        store.delete(stored.id)
    assert len(seen) == 10


# Deleting


def test_a_deleted_document_is_gone_with_its_passages(store: Store) -> None:
    kept = put(store, written("a", "Gardé."))
    stored = put(store, written("b", "Un.", "Deux."))
    rows = live_rows(store)

    assert store.delete(stored.id) is True

    assert store.document(stored.id) is None
    assert store.delete(stored.id) is False
    assert len(live_rows(store)) == 1
    assert len(store.passages(rows)) == 1
    assert store.documents("default").documents[0].id == kept.id
    assert sum(len(batch.rows) for batch in store.vectors(fingerprint="one")) == 1


def test_a_document_is_out_of_reach_from_another_collection(store: Store) -> None:
    store.create_collection("autre")
    stored = put(store, written("a", "Ici."))

    assert store.document(stored.id, collection="autre") is None
    assert store.delete(stored.id, collection="autre") is False
    assert store.document(stored.id, collection="default") == stored
    assert store.delete(stored.id, collection="default") is True


# Passages


def test_passages_come_in_the_order_asked_for_with_their_document(store: Store) -> None:
    stored = put(store, RICH)
    rows = sorted(live_rows(store))

    found = store.passages(np.array([rows[2], rows[0], 999]))

    assert list(found) == [rows[2], rows[0]]
    assert [passage.ordinal for passage in found.values()] == [2, 0]
    assert found[rows[2]].passage == passages_of(RICH)[2]
    assert found[rows[0]].document == store.find("default", RICH.source)
    assert found[rows[0]].id == f"{stored.id}.{stored.generation}.0"


def test_a_passage_keeps_its_marks(store: Store) -> None:
    document = written("a", "Titre\nUne phrase. Une autre.")
    passage = Passage(
        start=0,
        end=28,
        text=document.text,
        language="en",
        sentences=(Sentence(0, 5, heading=True), Sentence(6, 17), Sentence(18, 28)),
        heading_path=("Partie «\u00a01\u00a0»", "Titre"),
        page=3,
    )
    store.put(document, [passage], vectors_of([passage]), fingerprint="one")

    [found] = store.passages(live_rows(store)).values()

    assert found.passage == passage


def test_a_public_id_finds_its_passage_until_it_is_replaced(store: Store) -> None:
    stored = put(store, written("a", "Un.", "Deux."))
    passage_id = f"{stored.id}.{stored.generation}.1"

    found = store.passage(passage_id)

    assert found is not None
    assert (found.id, found.passage.text) == (passage_id, "Deux.")
    put(store, written("a", "Un.", "Trois."))
    assert store.passage(passage_id) is None


@pytest.mark.parametrize(
    "passage_id",
    [
        "",
        "doc",
        "doc_0000000000000000.1.0",
        "{id}",
        "{id}.1",
        "{id}.1.2",
        "{id}.1.-1",
        "{id}.2.0",
        "{id}.1.0.0",
        "{id}.1.0\n",
        "{id}.01.0",
        "{id}.1.²",
        "{id}.1.99999999999999999999",
        "{id}.9999999999999999999.0",
        "{id}.1.0' OR 1=1 --",
        "\ud800",
    ],
)
def test_a_foreign_or_broken_passage_id_finds_nothing(store: Store, passage_id: str) -> None:
    stored = put(store, written("a", "Un.", "Deux."))

    assert store.passage(passage_id.replace("{id}", stored.id)) is None


def test_spans_read_the_stored_text_of_their_generation(store: Store) -> None:
    stored = put(store, RICH)
    end = len(RICH.text)
    asked = [
        StoredSpan(stored.id, 1, 9, 20),
        StoredSpan(stored.id, 2, 9, 20),
        StoredSpan("doc_0000000000000000", 1, 9, 20),
        StoredSpan(stored.id, 1, 0, end),
        StoredSpan(stored.id, 1, 0, end + 1),
        StoredSpan(stored.id, 1, -1, 3),
        StoredSpan(stored.id, 1, 5, 4),
        StoredSpan(stored.id, 1, end, end),
    ]

    assert store.spans(asked) == [RICH.text[9:20], None, None, RICH.text, None, None, None, ""]


@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    unit=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30),
    times=st.integers(1, 1500),
    cuts=st.lists(st.floats(0, 1), min_size=2, max_size=9),
)
def test_any_text_and_any_slice_of_it_come_back_unchanged(
    store: Store, unit: str, times: int, cuts: list[float]
) -> None:
    document = replace(written("long"), text=unit * times)
    bounds = sorted({round(cut * len(document.text)) for cut in cuts})
    passages = [
        Passage(start, end, document.text[start:end], "fr", ()) for start, end in pairwise(bounds)
    ]

    stored = store.put(document, passages, vectors_of(passages), fingerprint="one").document

    found = store.document(stored.id)
    assert found is not None
    assert found.text == document.text
    rows = [row for change in store.changes(stored.generation - 1) for row in change.added]
    assert [held.passage for held in store.passages(rows).values()] == passages
    spans = [StoredSpan(stored.id, stored.generation, p.start, p.end) for p in passages]
    assert store.spans(spans) == [p.text for p in passages]
    assert [text for batch in store.entries(batch=3) for text in batch.texts] == [
        p.text for p in passages
    ]


# Refusals


def _shifted(document: Document) -> list[Passage]:
    return [replace(passage, start=passage.start + 1) for passage in passages_of(document)]


def _outside(document: Document) -> list[Passage]:
    end = len(document.text)
    return [Passage(0, end + 1, document.text, "fr", ())]


def _empty(_: Document) -> list[Passage]:
    return [Passage(3, 3, "", "fr", ())]


def _overlapping(document: Document) -> list[Passage]:
    sentences = (Sentence(0, 4), Sentence(3, 6))
    return [Passage(0, 7, document.text[:7], "fr", sentences)]


def _german(document: Document) -> list[Passage]:
    return [replace(p, language="de") for p in passages_of(document)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("split", "reason"),
    [
        (_shifted, "is not the document's text"),
        (_outside, r"lies at \[0, \d+\)"),
        (_empty, r"lies at \[3, 3\)"),
        (_overlapping, "sentences that overlap"),
        (_german, "language 'de'"),
    ],
)
def test_passages_that_contradict_their_document_are_refused(
    store: Store, split: Callable[[Document], list[Passage]], reason: str
) -> None:
    passages = split(RICH)

    with pytest.raises(InvalidDocument, match=reason):
        store.put(RICH, passages, vectors_of(passages), fingerprint="one")

    assert store.last_change() == 0


@pytest.mark.parametrize(
    ("vectors", "reason"),
    [
        (np.ones((2, 4), np.float32), r"3 passages need vectors of shape \(3, dim\), not \(2, 4\)"),
        (np.ones(3, np.float32), r"not \(3,\)"),
        (np.ones((3, 4), np.float64), "not float64"),
        (np.array([[1, np.nan]] * 3, np.float32), "infinite or NaN"),
        (np.array([[1, np.inf]] * 3, np.float32), "infinite or NaN"),
    ],
)
def test_vectors_that_do_not_fit_are_refused(
    store: Store, vectors: NDArray[np.float32], reason: str
) -> None:
    with pytest.raises(InvalidDocument, match=reason):
        store.put(RICH, passages_of(RICH), vectors, fingerprint="one")

    assert store.last_change() == 0


@pytest.mark.parametrize(
    "document",
    [
        replace(RICH, text="a\ud800b"),
        replace(RICH, title="\udfff"),
        replace(RICH, source="\ud800"),
        replace(RICH, url="http://\ud800"),
        replace(RICH, metadata={"a": "\ud800"}),
        replace(RICH, metadata={"\ud800": "a"}),
    ],
)
def test_a_lone_surrogate_is_refused_by_name(store: Store, document: Document) -> None:
    passages = passages_of(document)

    with pytest.raises(UnstorableText, match=r"U\+D[8F].*normalise"):
        store.put(document, passages, vectors_of(passages), fingerprint="one")

    assert store.last_change() == 0


def test_a_closed_store_says_so(opened: Opener) -> None:
    store = opened()
    store.close()
    store.close()

    with pytest.raises(StoreUnavailable, match="closed"):
        store.counts()
    with pytest.raises(StoreUnavailable, match="closed"):
        put(store, RICH)


# Collections


def test_the_default_collection_is_always_there(store: Store) -> None:
    [default] = store.collections()
    assert (default.name, default.documents, default.passages) == ("default", 0, 0)

    put(store, written("a", "Un."))
    assert store.delete_collection("default") == 1

    [emptied] = store.collections()
    assert (emptied.number, emptied.name, emptied.documents) == (default.number, "default", 0)
    assert live_rows(store) == set()


def test_collections_are_made_once_and_counted(store: Store) -> None:
    assert store.create_collection("presse") is True
    assert store.create_collection("presse") is False
    put(store, written("a", "Un.", "Deux.", collection="presse"))
    put(store, written("b", "Trois.", collection="presse"))

    _, press = store.collections()

    assert (press.name, press.documents, press.passages) == ("presse", 2, 3)
    assert press.created_at - datetime.now(UTC) < timedelta(0)
    assert press.number == store.collection_number("presse")
    counts = store.counts()
    assert (counts.collections, counts.documents, counts.passages) == (2, 2, 3)


@pytest.mark.parametrize("name", ["", "a b", "é", "a/b", "..", "a\n", "x" * 65, "a;--", "\ud800"])
def test_a_name_that_is_unfit_for_an_address_is_refused(store: Store, name: str) -> None:
    with pytest.raises(InvalidCollectionName, match="use 1 to 64"):
        store.create_collection(name)


def test_an_unknown_collection_is_named(store: Store) -> None:
    for use in (
        lambda: store.documents("nulle"),
        lambda: store.delete_collection("nulle"),
        lambda: store.collection_number("nulle"),
        lambda: store.rows_matching("nulle", Filters()),
        lambda: put(store, written("a", "Un.", collection="nulle")),
    ):
        with pytest.raises(UnknownCollection, match=r"'nulle'.*create it"):
            use()


def test_one_source_has_a_document_in_each_collection(store: Store) -> None:
    store.create_collection("autre")
    here = put(store, written("a", "Ici."))
    there = put(store, written("a", "Là.", collection="autre"))

    assert here.id != there.id
    assert store.delete_collection("autre") == 1
    assert store.document(here.id) == here
    assert [c.name for c in store.collections()] == ["default"]


def test_a_collection_made_anew_has_another_number(store: Store) -> None:
    store.create_collection("presse")
    number = store.collection_number("presse")
    store.delete_collection("presse")
    store.create_collection("presse")

    assert store.collection_number("presse") > number


# Listing


def test_pages_hold_every_document_once_while_others_come(store: Store) -> None:
    before = [put(store, written(f"a{n}", f"Texte {n}.")).id for n in range(7)]
    listed: list[str] = []
    after = None
    for number in range(10):
        page = store.documents("default", limit=3, after=after)
        listed += [document.id for document in page.documents]
        put(store, written(f"late{number}", "Tard."))
        after = page.after
        if after is None:
            break

    assert listed == before[::-1]


def test_the_last_page_says_that_it_is_the_last(store: Store) -> None:
    for number in range(4):
        put(store, written(f"a{number}", "Un."))

    assert store.documents("default", limit=4).after is None
    assert store.documents("default", limit=3).after is not None
    assert store.documents("default", after=0).documents == ()
    assert len(store.documents("default", after=10**30).documents) == 4


# Filters

_DATES = [None, date(2017, 7, 8), date(2025, 4, 26), date(2025, 4, 30)]
_METADATA = [{}, {"a": "1"}, {"a": "1", "b": "2"}, {"a": "2", "b": "2"}]


def _library(store: Store) -> list[Document]:
    store.create_collection("autre")
    languages: tuple[Language, Language] = ("fr", "en")
    library = []
    for number in range(16):
        document = replace(
            written(f"s{number}", "Un.", f"Deux {number}."),
            published_at=_DATES[number % 4],
            metadata=_METADATA[number // 4],
        )
        library.append(put(store, document, language=languages[number % 2]))
    put(store, written("ailleurs", "Un.", collection="autre"))
    return library


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    language=st.sampled_from([None, "fr", "en"]),
    published_from=st.sampled_from(_DATES),
    published_to=st.sampled_from(_DATES),
    wanted=st.none() | st.frozensets(st.integers(0, 15)),
    metadata=st.sampled_from([*_METADATA, {"a": "3"}, {"c": "1"}]),
)
def test_filters_let_through_what_a_plain_reading_of_them_would(
    store: Store,
    *,
    language: Language | None,
    published_from: date | None,
    published_to: date | None,
    wanted: frozenset[int] | None,
    metadata: dict[str, str],
) -> None:
    if store.last_change() == 0:
        _library(store)
    ids = None if wanted is None else {document_id("default", f"s{number}") for number in wanted}
    filters = Filters(language, published_from, published_to, ids, metadata)

    expected = [
        held.row
        for held in store.passages(sorted(live_rows(store))).values()
        if held.document.collection == "default"
        and language in (None, held.passage.language)
        and (published_from is None or (held.document.published_at or date.min) >= published_from)
        and (published_to is None or (held.document.published_at or date.max) <= published_to)
        and (ids is None or held.document.id in ids)
        and metadata.items() <= held.document.metadata.items()
    ]

    rows = store.rows_matching("default", filters)
    assert rows.dtype == np.int64
    assert rows.tolist() == expected


@pytest.mark.parametrize(
    "filters",
    [
        Filters(metadata={"a' OR '1'='1": "1"}),
        Filters(metadata={'a"': "1"}),
        Filters(metadata={"a": "1' OR '1'='1"}),
        Filters(metadata={"%": "%"}),
        Filters(document_ids={"doc_' OR 1=1 --", "\ud800", '"]'}),
        Filters(language="fr' OR 1=1 --"),  # type: ignore[arg-type]
    ],
)
def test_a_hostile_filter_lets_nothing_through(store: Store, filters: Filters) -> None:
    _library(store)

    assert store.rows_matching("default", filters).tolist() == []


# The feed of derived indexes


def test_each_step_is_told_with_the_rows_that_came_and_went(store: Store) -> None:
    put(store, written("a", "Un.", "Deux."))
    put(store, written("a", "Un.", "Deux.", "Trois."))
    put(store, written("a", "Un.", "Deux.", "Trois."))
    store.delete(document_id("default", "a"))
    identity, number = document_id("default", "a"), store.collection_number("default")

    assert store.changes(0) == [
        Change(1, identity, number, added=range(1, 3), removed=range(0)),
        Change(2, identity, number, added=range(3, 6), removed=range(1, 3)),
        Change(3, identity, number, added=range(0), removed=range(3, 6)),
    ]
    assert store.changes(2) == store.changes(0)[2:]
    assert store.changes(store.last_change()) == []


def test_dropping_a_collection_tells_of_each_document(store: Store) -> None:
    store.create_collection("presse")
    number = store.collection_number("presse")
    documents = [put(store, written(s, "Un.", "Deux.", collection="presse")) for s in "ab"]
    mark = store.last_change()

    store.delete_collection("presse")

    told = [(c.document_id, c.collection, c.removed) for c in store.changes(mark)]
    assert told == [
        (documents[0].id, number, range(1, 3)),
        (documents[1].id, number, range(3, 5)),
    ]


def test_entries_hold_what_an_index_needs_in_batches(store: Store) -> None:
    store.create_collection("autre")
    put(store, written("a", "Un.", "Deux.", "Trois."))
    put(store, written("b", "Four.", collection="autre"), language="en")

    first, second = store.entries(batch=3)

    assert first.texts == ("Un.", "Deux.", "Trois.")
    assert first.rows.tolist() == [1, 2, 3]
    assert first.titles == ("Titre de a",) * 3
    assert first.heading_paths == ((), (), ())
    assert (second.texts, second.languages) == (("Four.",), ("en",))
    assert second.collections.tolist() == [store.collection_number("autre")]
    assert second.rows.dtype == np.int64
    assert second.collections.dtype == np.int32


@pytest.mark.parametrize("batch", [1, 300, 10_000])
def test_vectors_come_back_bit_for_bit_beside_their_rows(store: Store, batch: int) -> None:
    documents = [
        written("long", *(f"Passage {number}." for number in range(700))),
        written("court", "Un seul."),
    ]
    for document in documents:
        put(store, document)
    expected = np.concatenate([vectors_of(passages_of(document)) for document in documents])

    batches = list(store.vectors(fingerprint="one", batch=batch))

    assert np.concatenate([b.rows for b in batches]).tolist() == list(range(1, 702))
    np.testing.assert_array_equal(np.concatenate([b.vectors for b in batches]), expected)
    assert {b.vectors.dtype for b in batches} == {np.dtype(np.float32)}
    assert np.concatenate([b.collections for b in batches]).tolist() == [1] * 701


def test_the_ranges_of_changes_read_those_documents_alone(store: Store) -> None:
    for number in range(6):
        put(store, written(f"a{number}", f"Un {number}.", f"Deux {number}."))
    changes = store.changes(0)
    ranges = [changes[4].added, changes[1].added, range(0), changes[2].added, changes[4].added]

    texts = [text for batch in store.entries(ranges, batch=3) for text in batch.texts]
    rows = [row for batch in store.vectors(ranges, fingerprint="one") for row in batch.rows]

    assert texts == ["Un 1.", "Deux 1.", "Un 2.", "Deux 2.", "Un 4.", "Deux 4."]
    assert rows == [3, 4, 5, 6, 9, 10]


def test_an_index_built_while_documents_change_catches_up_exactly(store: Store) -> None:
    for number in range(6):
        put(store, written(f"a{number}", "Un.", f"Deux {number}."))
    mark = store.last_change()
    rows: set[int] = set()
    for step, batch in enumerate(store.entries(batch=3)):
        rows.update(batch.rows.tolist())
        if step < 4:
            put(store, written(f"a{step}", f"Remplacé {step}."))
            store.delete(document_id("default", f"a{5 - step}"))
    for change in store.changes(mark):
        rows.update(row for batch in store.entries([change.added]) for row in batch.rows.tolist())
        rows.difference_update(change.removed)

    assert rows == live_rows(store)


# Several at once


def test_a_reader_never_sees_half_a_replacement(store: Store) -> None:
    def version(number: int) -> Document:
        return written("a", *(f"Version {number}." for _ in range(1 + number % 5)))

    identity = put(store, version(0)).id
    done = threading.Event()
    faults: list[str] = []
    reads = threading.Semaphore(0)

    def read() -> None:
        while not done.is_set():
            document = store.document(identity)
            batches = list(store.entries())
            texts = batches[0].texts if batches else ()
            if document is None or document.text not in {version(n).text for n in range(60)}:
                faults.append("half a text")
            if len(set(texts)) != 1 or len(texts) != 1 + int(texts[0].split()[1][:-1]) % 5:
                faults.append(f"half the passages: {texts}")
            reads.release()

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(1, 60):
        put(store, version(number))
        if number % 10 == 0:
            reads.acquire(timeout=10)
    done.set()
    for reader in readers:
        reader.join()

    assert faults == []
    assert store.find("default", "a") is not None


def test_writers_of_the_same_document_write_it_once(opened: Opener) -> None:
    together = threading.Barrier(4)
    statuses: list[str] = []

    def write() -> None:
        with opened() as store:
            passages = passages_of(RICH)
            together.wait(timeout=10)
            stored = store.put(RICH, passages, vectors_of(passages), fingerprint="one")
            statuses.append(stored.status)

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert sorted(statuses) == ["new", "unchanged", "unchanged", "unchanged"]
    with opened() as store:
        assert store.last_change() == 1
        assert len(live_rows(store)) == 3


def test_threads_that_write_different_documents_lose_none(store: Store) -> None:
    def write(writer: int) -> None:
        for number in range(10):
            put(store, written(f"{writer}/{number}", "Un.", f"Deux {number}."))

    writers = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert store.counts().documents == 40
    assert [change.number for change in store.changes(0)] == list(range(1, 41))
    for change in store.changes(0):
        held = store.passages(change.added).values()
        assert [(p.document.id, p.ordinal) for p in held] == [
            (change.document_id, 0),
            (change.document_id, 1),
        ]


def test_a_store_keeps_its_identity_and_no_other_has_it(opened: Opener, tmp_path: Path) -> None:
    with opened() as store, opened() as reopened, SqliteStore.open(tmp_path / "2.db") as other:
        assert store.identity() == reopened.identity()
        assert store.identity() != other.identity()


def test_sources_are_found_by_their_beginning_taken_literally(store: Store) -> None:
    for source in ("prices.csv#1", "prices.csv#2", "prices_csv#3", "prices.csv"):
        put(store, written(source, "Un texte."))
    found = store.sources("default", prefix="prices.csv#")
    assert found == {source: document_id("default", source) for source in sorted(found)}
    assert sorted(found) == ["prices.csv#1", "prices.csv#2"]


def test_a_span_starts_on_a_page_of_its_generation(store: Store) -> None:
    paged = put(store, replace(written("a", "Un.", "Deux.", "Trois."), page_starts=(0, 5, 5)))
    plain = put(store, written("b", "Un."))
    starts = [(paged, 0), (paged, 4), (paged, 5), (paged, 13), (plain, 0)]
    spans = [StoredSpan(one.id, one.generation, start, start + 1) for one, start in starts]

    assert store.pages(spans) == [1, 1, 3, 3, None]
    assert store.pages([replace(spans[0], generation=99)]) == [None]
    assert store.pages([]) == []
