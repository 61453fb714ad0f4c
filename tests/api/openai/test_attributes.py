"""Attributes of files and filters on them, and batches of files, by the official client."""

from collections.abc import Iterator
from typing import Any

import openai
import pytest

from tests.api.openai.texts import ENGLISH, ENGLISH_QUESTION, FRENCH, FRENCH_QUESTION
from tests.browser.service import Service, running_service


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running_service(tmp_path_factory.mktemp("data")) as service:
        yield service


@pytest.fixture
def client(service: Service) -> Iterator[openai.OpenAI]:
    service.empty()
    with openai.OpenAI(base_url=f"{service.url}v1", api_key="none", max_retries=0) as client:
        yield client


@pytest.fixture
def file_ids(client: openai.OpenAI) -> list[str]:
    files = [("horloge.txt", FRENCH["text"]), ("ferry.txt", ENGLISH["text"])]
    return [
        client.files.create(file=(name, text.encode()), purpose="assistants").id
        for name, text in files
    ]


@pytest.fixture
def store_id(client: openai.OpenAI, file_ids: list[str]) -> str:
    """A store with the clock of 1874 and the ferry of 1936."""
    store = client.vector_stores.create(name="port")
    client.vector_stores.files.create(
        store.id, file_id=file_ids[0], attributes={"about": "clock", "year": 1874, "old": True}
    )
    client.vector_stores.files.create(
        store.id, file_id=file_ids[1], attributes={"about": "ferry", "year": 1936.5}
    )
    return store.id


def test_attributes_become_metadata(client: openai.OpenAI, store_id: str) -> None:
    kept = [file.attributes for file in client.vector_stores.files.list(store_id)]

    assert kept == [
        {"about": "ferry", "year": "1936.5"},
        {"about": "clock", "year": "1874", "old": "true"},
    ]


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        ({"type": "eq", "key": "about", "value": "clock"}, {"clock"}),
        ({"type": "eq", "key": "year", "value": 1874}, {"clock"}),
        ({"type": "eq", "key": "old", "value": True}, {"clock"}),
        ({"type": "ne", "key": "about", "value": "clock"}, {"ferry"}),
        ({"type": "ne", "key": "old", "value": True}, {"ferry"}),
        ({"type": "gt", "key": "year", "value": 1874}, {"ferry"}),
        ({"type": "gte", "key": "year", "value": 1874}, {"clock", "ferry"}),
        ({"type": "lt", "key": "year", "value": 1900}, {"clock"}),
        ({"type": "lte", "key": "year", "value": 9}, set()),
        ({"type": "in", "key": "about", "value": ["ferry", "boat"]}, {"ferry"}),
        ({"type": "nin", "key": "about", "value": ["ferry", "boat"]}, {"clock"}),
        (
            {
                "type": "and",
                "filters": [
                    {"type": "gt", "key": "year", "value": 1800},
                    {"type": "eq", "key": "about", "value": "ferry"},
                ],
            },
            {"ferry"},
        ),
        (
            {
                "type": "or",
                "filters": [
                    {"type": "lt", "key": "year", "value": 1900},
                    {"type": "and", "filters": [{"type": "eq", "key": "about", "value": "ferry"}]},
                ],
            },
            {"clock", "ferry"},
        ),
    ],
)
def test_a_filter_lets_through_what_it_says(
    client: openai.OpenAI, store_id: str, wanted: dict[str, object], left: set[str]
) -> None:
    found = client.vector_stores.search(store_id, query=ENGLISH_QUESTION, filters=wanted)  # type: ignore[arg-type]

    assert {(hit.attributes or {})["about"] for hit in found} == left


def test_an_answer_comes_from_what_the_filter_lets_through(
    client: openai.OpenAI, store_id: str
) -> None:
    def ask(about: str) -> str:
        return client.responses.create(
            model="sourcier",
            input=FRENCH_QUESTION,
            tools=[
                {
                    "type": "file_search",
                    "vector_store_ids": [store_id],
                    "filters": {"type": "eq", "key": "about", "value": about},
                }
            ],
        ).output_text

    assert "1874" in ask("clock")
    assert "1874" not in ask("ferry")


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ({"type": "in", "key": "about", "value": "clock"}, "a list of values"),
        ({"type": "eq", "key": "about", "value": ["clock"]}, "one value"),
    ],
)
def test_a_filter_without_sense_is_refused(
    client: openai.OpenAI, store_id: str, filters: dict[str, object], said: str
) -> None:
    with pytest.raises(openai.BadRequestError, match=said) as refused:
        client.vector_stores.search(store_id, query="a", filters=filters)  # type: ignore[arg-type]
    assert refused.value.param == "filters"


def test_filters_without_end_are_refused(client: openai.OpenAI) -> None:
    deep: dict[str, Any] = {"type": "eq", "key": "a", "value": "b"}
    wide = {"type": "and", "filters": [{"type": "or", "filters": [deep] * 60}] * 2}
    for _ in range(12):
        deep = {"type": "and", "filters": [deep]}
    for filters in (deep, wide):
        with pytest.raises(openai.BadRequestError, match="At most"):
            client.vector_stores.search("default", query="a", filters=filters)  # type: ignore[arg-type]


def test_a_batch_is_done_when_the_client_has_waited(
    client: openai.OpenAI, file_ids: list[str]
) -> None:
    store = client.vector_stores.create(name="port")

    batch = client.vector_stores.file_batches.create_and_poll(
        store.id, file_ids=file_ids, attributes={"harbour": "yes"}
    )

    assert (batch.status, batch.file_counts.completed, batch.file_counts.total) == (
        "completed",
        2,
        2,
    )
    assert client.vector_stores.file_batches.poll(batch.id, vector_store_id=store.id) == batch
    kept = [file.attributes for file in client.vector_stores.files.list(store.id)]
    assert kept == [{"harbour": "yes"}] * 2
    found = client.vector_stores.search(store.id, query=FRENCH_QUESTION)
    assert "1874" in found.data[0].content[0].text


def test_files_of_a_batch_may_have_attributes_of_their_own(
    client: openai.OpenAI, file_ids: list[str]
) -> None:
    store = client.vector_stores.create(name="port")
    files: Any = [{"file_id": one, "attributes": {"n": n}} for n, one in enumerate(file_ids)]

    client.vector_stores.file_batches.create_and_poll(store.id, files=files)

    kept = [file.attributes for file in client.vector_stores.files.list(store.id)]
    assert kept == [{"n": "1"}, {"n": "0"}]


def test_the_client_uploads_a_batch(client: openai.OpenAI) -> None:
    store = client.vector_stores.create(name="port")
    files = [("a.txt", FRENCH["text"].encode()), ("b.txt", ENGLISH["text"].encode())]

    batch = client.vector_stores.file_batches.upload_and_poll(store.id, files=files)

    assert batch.file_counts.completed == 2


def test_a_batch_with_an_unknown_file_changes_nothing(
    client: openai.OpenAI, file_ids: list[str]
) -> None:
    store = client.vector_stores.create(name="port")
    with pytest.raises(openai.NotFoundError):
        client.vector_stores.file_batches.create(
            store.id, file_ids=[*file_ids, "doc_0000000000000000"]
        )
    assert list(client.vector_stores.files.list(store.id)) == []


def test_a_batch_must_name_its_files_in_one_way(client: openai.OpenAI, file_ids: list[str]) -> None:
    both: Any = {"file_ids": file_ids, "files": [{"file_id": file_ids[0]}]}
    for given in ({}, both):
        with pytest.raises(openai.UnprocessableEntityError, match="in one of"):
            client.vector_stores.file_batches.create("default", **given)


def test_a_batch_that_never_was_is_unknown(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="No batch of files"):
        client.vector_stores.file_batches.retrieve("vsfb_1", vector_store_id="default")
    with pytest.raises(openai.NotFoundError) as unknown:
        client.vector_stores.file_batches.retrieve("vsfb_68a1b2c30002", vector_store_id="nowhere")
    assert unknown.value.code == "unknown_collection"
