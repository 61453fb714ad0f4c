"""Files and vector stores, by the official Python client, over the real collections."""

from collections.abc import Iterator

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


def upload(client: openai.OpenAI, name: str, text: str) -> str:
    file = client.files.create(file=(name, text.encode()), purpose="assistants")
    assert file.filename == name
    return file.id


@pytest.fixture
def file_id(client: openai.OpenAI) -> str:
    return upload(client, "horloge.txt", FRENCH["text"])


def test_a_file_is_there_until_it_is_deleted(client: openai.OpenAI, file_id: str) -> None:
    file = client.files.retrieve(file_id)

    assert file.bytes == len(FRENCH["text"].encode())
    assert (file.status, file.purpose) == ("processed", "assistants")
    assert [each.id for each in client.files.list()] == [file_id]
    assert client.files.delete(file_id).deleted
    assert list(client.files.list()) == []
    with pytest.raises(openai.NotFoundError):
        client.files.retrieve(file_id)


def test_before_any_file_there_are_none(client: openai.OpenAI) -> None:
    assert list(client.files.list()) == []


def test_a_file_that_waits_answers_nothing(client: openai.OpenAI, file_id: str) -> None:
    assert file_id
    message = client.chat.completions.create(
        model="sourcier", messages=[{"role": "user", "content": FRENCH_QUESTION}]
    )
    assert message.choices[0].message.refusal


def test_a_vector_store_answers_from_its_files(client: openai.OpenAI, file_id: str) -> None:
    store = client.vector_stores.create(name="port")
    put = client.vector_stores.files.create_and_poll(file_id, vector_store_id=store.id)
    assert put.status == "completed"

    response = client.responses.create(
        model="sourcier",
        input=FRENCH_QUESTION,
        tools=[{"type": "file_search", "vector_store_ids": [store.id]}],
    )

    assert "1874" in response.output_text
    assert response.model == "sourcier/port"
    message = response.output[-1]
    assert message.type == "message"
    [part] = message.content
    assert part.type == "output_text"
    assert put.id in [one.file_id for one in part.annotations if one.type == "file_citation"]


def test_a_store_is_made_with_its_files(client: openai.OpenAI, file_id: str) -> None:
    store = client.vector_stores.create(file_ids=[file_id])

    assert store.id == store.name
    assert store.id.startswith("vs_")
    assert (store.file_counts.total, store.file_counts.completed) == (1, 1)
    assert client.vector_stores.retrieve(store.id).file_counts.total == 1


def test_a_store_with_an_unknown_file_is_not_made(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError):
        client.vector_stores.create(name="port", file_ids=["doc_0000000000000000"])
    assert "port" not in [store.id for store in client.vector_stores.list()]


def test_the_client_uploads_and_waits(client: openai.OpenAI) -> None:
    store = client.vector_stores.create(name="sound")

    put = client.vector_stores.files.upload_and_poll(
        vector_store_id=store.id, file=("ferry.txt", ENGLISH["text"].encode())
    )

    assert put.status == "completed"
    assert put.vector_store_id == "sound"


@pytest.mark.parametrize("question", [ENGLISH_QUESTION, "Qui a lancé le bac d’Aldersund ?"])
def test_a_search_finds_passages(client: openai.OpenAI, question: str) -> None:
    files = [
        upload(client, "ferry.txt", ENGLISH["text"]),
        upload(client, "horloge.txt", FRENCH["text"]),
    ]
    store = client.vector_stores.create(file_ids=files)

    found = list(client.vector_stores.search(store.id, query=question, max_num_results=2))

    assert "Ruth Calloway" in found[0].content[0].text
    assert found[0].score >= found[-1].score
    held = {file.id for file in client.vector_stores.files.list(store.id)}
    assert found[0].file_id in held


def test_a_search_leaves_out_what_scores_less(client: openai.OpenAI, file_id: str) -> None:
    other = upload(client, "ferry.txt", ENGLISH["text"])
    store = client.vector_stores.create(file_ids=[file_id, other])

    found = list(
        client.vector_stores.search(
            store.id, query=ENGLISH_QUESTION, ranking_options={"score_threshold": 0.5}
        )
    )

    assert len(found) == 1
    assert "Ruth Calloway" in found[0].content[0].text


def test_a_search_for_several_texts_is_refused(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        client.vector_stores.search("default", query=["a", "b"])
    assert refused.value.param == "query"


def test_both_ids_lead_to_a_file_of_a_store(client: openai.OpenAI, file_id: str) -> None:
    store = client.vector_stores.create(file_ids=[file_id])
    [put] = client.vector_stores.files.list(store.id)

    for either in (file_id, put.id):
        found = client.vector_stores.files.retrieve(either, vector_store_id=store.id)
        assert found.id == put.id
    assert put.id != file_id


def test_a_file_taken_out_of_a_store_stays_a_file(client: openai.OpenAI, file_id: str) -> None:
    store = client.vector_stores.create(file_ids=[file_id])

    assert client.vector_stores.files.delete(file_id, vector_store_id=store.id).deleted

    assert list(client.vector_stores.files.list(store.id)) == []
    assert client.files.retrieve(file_id).id == file_id
    with pytest.raises(openai.NotFoundError):
        client.vector_stores.files.retrieve(file_id, vector_store_id=store.id)


def test_pages_are_turned_to_the_end(client: openai.OpenAI) -> None:
    ids = [upload(client, f"{n}.txt", f"{FRENCH['text']} Note {n}.") for n in range(5)]
    store = client.vector_stores.create(name="pages", file_ids=ids)
    made = [client.vector_stores.create(name=f"s{n}").id for n in range(3)]

    assert [file.id for file in client.files.list(limit=2)] == ids[::-1]
    assert len(list(client.vector_stores.files.list(store.id, limit=2))) == 5
    stores = [each.id for each in client.vector_stores.list(limit=2)]
    assert stores == [*made[::-1], "pages", "default"]


def test_a_deleted_store_is_gone_with_its_copies(client: openai.OpenAI, file_id: str) -> None:
    store = client.vector_stores.create(name="port", file_ids=[file_id])

    assert client.vector_stores.delete(store.id).deleted

    with pytest.raises(openai.NotFoundError) as gone:
        client.vector_stores.retrieve(store.id)
    assert gone.value.code == "unknown_collection"
    assert client.files.retrieve(file_id).id == file_id


def test_a_copy_keeps_what_the_text_alone_does_not_say(
    client: openai.OpenAI, service: Service
) -> None:
    markdown = f"# L’horloge\n\n## Son histoire\n\n{FRENCH['text']}\n"
    file_id = upload(client, "horloge.md", markdown)
    store = client.vector_stores.create(name="port", file_ids=[file_id])
    [put] = client.vector_stores.files.list(store.id)

    about = [service.http.get(f"/v1/documents/{one}").json() for one in (file_id, put.id)]

    of_each = ("id", "collection", "added_at", "generation", "text_url")
    file, copy = ({**one, **dict.fromkeys(of_each)} for one in about)
    assert copy == file
    assert service.stored_text(put.id) == service.stored_text(file_id)


def test_a_file_of_rows_is_refused_and_leaves_nothing(client: openai.OpenAI) -> None:
    rows = 'text\n"Une horloge au port."\n"Un bac sur le détroit."\n'
    with pytest.raises(openai.BadRequestError, match="POST /v1/documents"):
        upload(client, "rows.csv", rows)
    assert list(client.files.list()) == []


@pytest.mark.parametrize("purpose", ["fine-tune", "batch", "vision"])
def test_a_file_for_something_else_is_refused(client: openai.OpenAI, purpose: str) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        client.files.create(file=("a.txt", b"Texte."), purpose=purpose)  # type: ignore[arg-type]
    assert refused.value.param == "purpose"


def test_a_store_that_should_expire_is_refused(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        client.vector_stores.create(expires_after={"anchor": "last_active_at", "days": 1})
    assert refused.value.param == "expires_after"


def test_a_name_that_cannot_be_a_collections_is_refused(client: openai.OpenAI) -> None:
    with pytest.raises(openai.UnprocessableEntityError, match="cannot name a collection"):
        client.vector_stores.create(name="Le port de Brévannes")
