"""The application over the real Sourcier: what is promised holds from request to reply."""

from collections.abc import Iterator

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from api.app import create_app
from api.schemas.ask import AskResponse
from api.schemas.search import SearchResponse
from rag.bootstrap import bootstrap
from rag.settings import Settings
from tests.api.event_streams import parse

FRENCH = """\
Un phare pour l’île aux Moines

Le phare de l’île aux Moines a été allumé le 12 mai 1887 par l’ingénieur Armand Kerbrat. \
« Personne ne dormait cette nuit-là », racontait le maire de l’époque. La tour de granit \
mesure 47 mètres de haut et sa lumière porte à 30 milles marins. Les travaux ont coûté \
1 200 000 francs et ont occupé quatre-vingts ouvriers pendant trois ans. Le phare a été \
construit pour éviter les naufrages, fréquents dans ce détroit étroit où les courants \
changent toutes les six heures.
"""
ENGLISH = """\
The bakery of Hollow Street

Margaret Oakley opened the bakery of Hollow Street in 1952 with her two sisters. They baked \
three hundred loaves a day and delivered them by bicycle before dawn. The shop moved to \
Bridge Road in 1978 because the old oven had cracked beyond repair. Today her grandson \
Thomas runs it and still uses the recipe for rye bread that she wrote down in 1951. The \
bakery employs nine people and sells its bread in four towns of the valley.
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), encoder="embedded-static")
    page = tmp_path_factory.mktemp("page")
    with bootstrap(settings) as sourcier:
        app = create_app(sourcier, page_folder=page)
        with TestClient(app, raise_server_exceptions=False) as client:
            yield client


@pytest.fixture
def collection(client: TestClient, request: pytest.FixtureRequest) -> Iterator[str]:
    name = f"test-{abs(hash(request.node.name))}"
    assert client.post("/v1/collections", json={"name": name}).status_code == 201
    yield name
    assert client.delete(f"/v1/collections/{name}").status_code == 204


@pytest.fixture
def filled(client: TestClient, collection: str) -> str:
    for name, text in (("phare.txt", FRENCH), ("bakery.md", ENGLISH)):
        assert add_file(client, name, text, collection).status_code == 201
    return collection


def add_file(client: TestClient, name: str, text: str, collection: str) -> Response:
    return client.post(
        "/v1/documents", files={"file": (name, text.encode())}, data={"collection": collection}
    )


def ask(client: TestClient, question: str, collection: str, **wishes: object) -> AskResponse:
    body = {"question": question, "collection": collection, **wishes}
    response = client.post("/v1/ask", json=body)
    assert response.status_code == 200, response.text
    return AskResponse.model_validate_json(response.content)


def search(client: TestClient, query: str, collection: str, **wishes: object) -> SearchResponse:
    body = {"query": query, "collection": collection, **wishes}
    response = client.post("/v1/search", json=body)
    assert response.status_code == 200, response.text
    return SearchResponse.model_validate_json(response.content)


@pytest.mark.parametrize(
    ("question", "language", "fact"),
    [
        ("Quand le phare de l’île aux Moines a-t-il été allumé ?", "fr", "1887"),
        ("Who opened the bakery of Hollow Street?", "en", "Margaret Oakley"),
    ],
)
def test_an_answer_quotes_the_stored_text_verbatim(
    client: TestClient, filled: str, question: str, language: str, fact: str
) -> None:
    answer = ask(client, question, filled)

    assert answer.answered
    assert answer.language == language
    assert fact in answer.answer
    assert any(fact in citation.quote for citation in answer.citations)
    for citation in answer.citations:
        text = client.get(citation.text_url).text
        assert text[citation.start : citation.end] == citation.quote
        assert citation.verified
    for sentence in answer.sentences:
        assert answer.answer[sentence.start : sentence.end] == sentence.text
        assert sentence.citations


@pytest.mark.parametrize(
    "question",
    [
        "Quand le phare de l’île aux Moines a-t-il été allumé ?",
        "Who opened the bakery of Hollow Street?",
        "Quelle est la température de fusion du tungstène ?",
    ],
)
def test_a_stream_leads_to_the_same_answer(client: TestClient, filled: str, question: str) -> None:
    whole = ask(client, question, filled)

    response = client.post(
        "/v1/ask", json={"question": question, "collection": filled, "stream": True}
    )
    events = parse(response.text)
    done = AskResponse.model_validate(events[-1][1])

    differs = {"id": "", "timings": {}}
    assert done.model_copy(update=differs) == whole.model_copy(update=differs)
    assert [name for name, _ in events].count("sentence") == len(whole.sentences)
    said = "".join(data["text"] for name, data in events if name == "delta")
    assert said == (whole.answer if whole.answered else "")


def test_a_follow_up_is_understood_from_the_conversation(client: TestClient, filled: str) -> None:
    first = "Quand le phare de l’île aux Moines a-t-il été allumé ?"
    told = ask(client, first, filled)

    answer = ask(
        client,
        "Et par qui ?",
        filled,
        history=[{"question": first, "answer": told.answer}],
    )

    assert answer.standalone_question
    assert "phare" in answer.standalone_question
    assert "Armand Kerbrat" in answer.answer


def test_an_opinion_on_an_answer_is_taken_once_it_was_given(
    client: TestClient, filled: str
) -> None:
    answer = ask(client, "Who opened the bakery of Hollow Street?", filled)

    given = [
        client.post("/v1/feedback", json={"answer_id": answer_id, "helpful": True}).status_code
        for answer_id in (answer.id, answer.id, f"ans_{'0' * 32}")
    ]

    assert given == [204, 204, 404]


def test_an_answer_can_be_asked_for_in_the_other_language(client: TestClient, filled: str) -> None:
    answer = ask(client, "When was the lighthouse lit?", filled, language="fr")

    assert answer.language == "fr"


def test_what_the_documents_do_not_say_is_refused_in_the_language_of_the_question(
    client: TestClient, filled: str
) -> None:
    answer = ask(client, "Quelle est la capitale de la Mongolie ?", filled)

    assert not answer.answered
    assert answer.citations == []
    assert answer.language == "fr"


def test_an_empty_collection_answers_nothing(client: TestClient, collection: str) -> None:
    assert not ask(client, "Who opened the bakery?", collection).answered
    assert search(client, "bakery", collection).hits == []


@pytest.mark.parametrize("mode", ["hybrid", "dense", "lexical"])
def test_hits_are_cut_from_the_stored_text(client: TestClient, filled: str, mode: str) -> None:
    hits = search(client, "phare de granit", filled, mode=mode).hits

    assert hits[0].title == "Un phare pour l’île aux Moines"
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    for hit in hits:
        text = client.get(hit.text_url, params={"format": "json"}).json()["text"]
        assert text[hit.start : hit.end] == hit.text


def test_filters_restrict_what_is_looked_at(client: TestClient, filled: str) -> None:
    everything = search(client, "1887 1952", filled).hits
    english = search(client, "1887 1952", filled, filters={"language": "en"}).hits
    one = search(client, "1887", filled, filters={"document_ids": [english[0].document_id]}).hits
    none = search(client, "1887", filled, filters={"document_ids": []}).hits

    assert {hit.language for hit in everything} == {"fr", "en"}
    assert {hit.language for hit in english} == {"en"}
    assert {hit.document_id for hit in one} == {english[0].document_id}
    assert none == []


def test_dates_and_metadata_can_be_filtered_on(client: TestClient, collection: str) -> None:
    for day, section in (("2024-05-01", "sport"), ("2025-05-01", "monde")):
        text = {"text": f"{ENGLISH}\n{section}", "published_at": day, "collection": collection}
        body = {**text, "metadata": {"section": section}}
        assert client.post("/v1/documents", json=body).status_code == 201

    since = search(client, "bakery", collection, filters={"published_from": "2025-01-01"}).hits
    until = search(client, "bakery", collection, filters={"published_to": "2024-05-01"}).hits
    sport = search(client, "bakery", collection, filters={"metadata": {"section": "sport"}}).hits

    assert {str(hit.published_at) for hit in since} == {"2025-05-01"}
    assert {str(hit.published_at) for hit in until} == {"2024-05-01"}
    assert {str(hit.published_at) for hit in sport} == {"2024-05-01"}


def test_the_same_file_again_is_unchanged_and_another_under_its_name_replaces_it(
    client: TestClient, filled: str
) -> None:
    again = add_file(client, "bakery.md", ENGLISH, filled)
    other = add_file(client, "bakery.md", ENGLISH.replace("Margaret", "Gwendolyn"), filled)

    assert (again.status_code, again.json()["unchanged"]) == (200, True)
    assert (other.status_code, other.json()["replaced"]) == (201, True)
    assert other.json()["id"] == again.json()["id"]
    assert other.json()["generation"] > again.json()["generation"]
    answer = ask(client, "Who opened the bakery of Hollow Street?", filled)
    assert "Gwendolyn" in answer.answer
    assert "Margaret" not in answer.answer


def test_a_deleted_document_is_gone_from_everywhere(client: TestClient, filled: str) -> None:
    document_id = search(client, "bakery", filled).hits[0].document_id

    assert client.delete(f"/v1/documents/{document_id}").status_code == 204

    assert client.get(f"/v1/documents/{document_id}/text").status_code == 404
    assert document_id not in {hit.document_id for hit in search(client, "bakery", filled).hits}
    listed = client.get("/v1/documents", params={"collection": filled}).json()["documents"]
    assert [document["source"] for document in listed] == ["phare.txt"]


def test_rows_become_documents(client: TestClient, collection: str) -> None:
    rows = "title,text\nUn,Le vieux moulin tourne encore.\nDeux,\nTrois,La forge est fermée."

    response = add_file(client, "rows.csv", rows, collection)

    assert response.status_code == 201
    assert [document["title"] for document in response.json()["documents"]] == ["Un", "Trois"]
    assert len(response.json()["problems"]) == 1


def test_collections_are_apart(client: TestClient, filled: str) -> None:
    counted = {
        found["name"]: found for found in client.get("/v1/collections").json()["collections"]
    }

    assert counted[filled]["documents"] == 2
    assert search(client, "bakery", "default").hits == []


def test_documents_are_listed_page_by_page_without_loss(
    client: TestClient, collection: str
) -> None:
    names = {f"{number}.txt" for number in range(5)}
    for name in names:
        add_file(client, name, f"Document {name} about bread.", collection)

    seen: list[str] = []
    after: dict[str, str] = {}
    while after is not None:
        params = {"collection": collection, "limit": "2", **after}
        page = client.get("/v1/documents", params=params).json()
        seen += [document["source"] for document in page["documents"]]
        after = {"after": page["next"]} if page["next"] else None

    assert len(seen) == 5
    assert set(seen) == names


@pytest.mark.parametrize(
    ("name", "data", "status"),
    [
        ("empty.txt", b"", 422),
        ("blank.txt", b" \n\t ", 422),
        ("image.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), 415),
        ("broken.pdf", b"%PDF-1.7\nnonsense", 422),
        ("broken.docx", b"PK\x03\x04" + b"\x00" * 40, 415),
        ("broken.jsonl", b'{"text": 1}\n{"text"', 422),
    ],
)
def test_a_file_that_cannot_be_read_is_a_problem_and_changes_nothing(
    client: TestClient, collection: str, name: str, data: bytes, status: int
) -> None:
    response = client.post(
        "/v1/documents", files={"file": (name, data)}, data={"collection": collection}
    )

    assert response.headers["content-type"] == "application/problem+json"
    assert response.status_code == status
    assert client.get("/v1/documents", params={"collection": collection}).json()["documents"] == []


@pytest.mark.parametrize(
    "question", ["a\u0000b", "\u202e\u2066?", "🎈", "é" * 2000, "'; DROP TABLE documents; --", '*"']
)
def test_strange_questions_are_answered_or_refused_never_a_failure(
    client: TestClient, filled: str, question: str
) -> None:
    body = {"question": question, "collection": filled}

    assert client.post("/v1/ask", json=body).status_code in (200, 422)
    assert client.post("/v1/search", json={"query": question}).status_code in (200, 422)


@pytest.mark.parametrize(
    ("method", "path", "body", "title"),
    [
        ("POST", "/v1/ask", {"question": " ?! "}, "Invalid question"),
        ("POST", "/v1/ask", {"question": "é" * 3000}, "Invalid question"),
        ("POST", "/v1/ask", {"question": "Qui ?", "collection": "nowhere"}, "Unknown collection"),
        ("POST", "/v1/search", {"query": "x", "collection": "nowhere"}, "Unknown collection"),
        ("POST", "/v1/documents", {"text": "x", "collection": "nowhere"}, "Unknown collection"),
        ("POST", "/v1/documents", {"text": " - "}, "Empty document"),
        ("GET", "/v1/documents?collection=nowhere", None, "Unknown collection"),
        ("GET", "/v1/documents/doc_0000000000000000", None, "Unknown document"),
        ("DELETE", "/v1/documents/doc_0000000000000000", None, "Unknown document"),
        ("DELETE", "/v1/collections/nowhere", None, "Unknown collection"),
    ],
)
def test_every_refusal_is_a_problem(
    client: TestClient, method: str, path: str, body: dict[str, str] | None, title: str
) -> None:
    response = client.request(method, path, json=body)

    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["title"] == title
    assert response.json()["status"] == response.status_code


def test_the_status_is_true(client: TestClient, filled: str) -> None:
    status = client.get("/v1/status").json()

    assert status["documents"] >= 2
    assert status["encoder"] == "embedded-static"
    assert client.get("/readyz").status_code == 200
    assert filled
