"""What every store promises of collections, listings and filters."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from documents.errors import (
    InvalidCollectionName,
    UnknownCollection,
)
from documents.models import Document, Language
from documents.records import Filters, document_id
from tests.contracts.stores import Store, live_rows, put, written

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
