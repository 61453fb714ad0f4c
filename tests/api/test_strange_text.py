"""Text that is valid and strange, everywhere text goes: taken or refused, and offsets stay true."""

import json
from collections.abc import Iterator
from unicodedata import normalize

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from api.app import create_app
from rag.bootstrap import bootstrap
from rag.settings import Settings

STRANGE = {
    "nul": "a\u0000b",
    "controls": "\u0001\u0007\u001b[31m\u007f\u0085",
    "bidi overrides": "\u202a\u202b\u202d\u202etxt.exe\u202c",
    "bidi isolates": "\u2066\u2067\u2068a\u2069\u200e\u200f",
    "zero width": "a\u200bb\u200cc\u200dd\u2060e\ufefff",
    "tags": "a\U000e0001\U000e0041\U000e007fb",
    "variation selectors": "a\ufe0e\ufe0f\U000e0100b",
    "soft hyphens": "com\u00admu\u00adni\u00adqu\u00e9",
    "emoji": "\U0001f469\u200d\U0001f469\u200d\U0001f467\U0001f1eb\U0001f1f7\U0001f44b\U0001f3fd",
    "right to left": "\u0634\u0644\u0648\u05dd \u05e2\u05d5\u05dc\u05dd",
    "decomposed": "e\u0301te\u0301 a\u030a \u1112\u1161\u11ab",
    "accents without end": "e" + "\u0301" * 500,
    "no characters": "\ufffe\uffff\U0010ffff\ufdd0",
    "private": "\ue000\U000f0000\U0010fffd",
    "line ends": "a\r\nb\u2028c\u2029d\u000be\u000cf",
    "ligatures": "\ufb01n \u0153uvre \u00e6 \u0133 \ufdfa",
    "look-alikes": "\u0440\u0430\u0443\u0440\u0430l \u217f \uff41",
    "one long word": "x" * 1500,
    "markup": "<script>alert(1)</script>{{7*7}}${x}%s%n",
    "sql": "'; DROP TABLE documents; -- \" \\",
}
FACT = "Le pont de Sizun a été bâti en 1887 par Anne Le Goff."


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), encoder="embedded-static")
    with (
        bootstrap(settings) as sourcier,
        TestClient(create_app(sourcier), raise_server_exceptions=False) as client,
    ):
        yield client


def refused_in_form(response: Response) -> bool:
    """Tell whether it was refused; a refusal says so as a problem document, a fault never comes."""
    if response.status_code < 300:
        return False
    assert 400 <= response.status_code < 500, response.text
    assert response.json()["status"] == response.status_code
    return True


def check_quotes(client: TestClient, answer: dict[str, object]) -> int:
    """Compare each quote and passage with the stored text; return how many quotes there were."""
    for cited in [*answer["citations"], *answer["passages"]]:
        text = client.get(f"/v1/documents/{cited['document_id']}/text?format=json").json()["text"]
        assert text[cited["start"] : cited["end"]] == cited.get("quote", cited.get("text"))
    return len(answer["citations"])


@pytest.mark.parametrize("strange", STRANGE.values(), ids=STRANGE.keys())
def test_in_a_document_it_is_kept_and_what_is_quoted_beside_it_is_verbatim(
    client: TestClient, strange: str
) -> None:
    text = f"{strange}\n\n{FACT}\n\nOn y voit encore {strange} et {strange}.\n\n{strange}"
    added = client.post("/v1/documents", json={"text": text, "source": "strange"})
    assert not refused_in_form(added)

    answer = client.post("/v1/ask", json={"question": "Quand le pont de Sizun a-t-il été bâti ?"})

    assert check_quotes(client, answer.json()) >= 1
    assert "1887" in answer.json()["answer"]


@pytest.mark.parametrize("strange", STRANGE.values(), ids=STRANGE.keys())
def test_in_a_question_or_what_was_said_before_it_is_answered_or_refused(
    client: TestClient, strange: str
) -> None:
    turn = {"question": f"Où est {strange} ?", "answer": strange}
    for body in (
        {"question": strange},
        {"question": f"Quand le pont de Sizun a-t-il été bâti, {strange} ?"},
        {"question": "Et par qui ?", "history": [turn]},
        {"question": "Et par qui ?", "filters": {"metadata": {strange[:50]: strange}}},
    ):
        for stream in (False, True):
            response = client.post("/v1/ask", json={**body, "stream": stream})
            if not refused_in_form(response) and not stream:
                check_quotes(client, response.json())
                assert json.loads(response.text)["answered"] in (True, False)
    refused_in_form(client.post("/v1/search", json={"query": strange}))


@pytest.mark.parametrize("strange", STRANGE.values(), ids=STRANGE.keys())
def test_in_a_name_a_title_or_metadata_it_is_kept_or_refused(
    client: TestClient, strange: str
) -> None:
    about = {"title": strange, "source": strange, "metadata": {"a": strange, strange[:50]: "b"}}
    posted = client.post("/v1/documents", json={"text": FACT, **about})
    upload = client.post("/v1/documents", files={"file": (f"{strange}.txt", FACT.encode())})
    for response in (posted, upload):
        if not refused_in_form(response):
            found = client.get(response.headers["location"])
            assert found.status_code == 200
            assert found.json()["title"]
            assert client.delete(response.headers["location"]).status_code == 204
    assert refused_in_form(client.post("/v1/collections", json={"name": f"{strange[:50]} !"}))
    assert refused_in_form(client.post("/v1/search", json={"query": "a", "collection": strange}))
    assert refused_in_form(client.get(f"/v1/documents/{strange[:60].encode().hex()}"))


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_a_question_finds_the_same_however_its_letters_are_made_up(
    client: TestClient, form: str
) -> None:
    client.post("/v1/documents", json={"text": FACT, "source": "pont"})
    question = "Quand le pont de Sizun a-t-il été bâti ?"

    plain, other = (
        client.post("/v1/search", json={"query": asked}).json()["hits"]
        for asked in (question, normalize(form, question))
    )

    assert [hit["passage_id"] for hit in other] == [hit["passage_id"] for hit in plain]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_document_is_kept_in_one_form(client: TestClient, form: str) -> None:
    body = {"text": normalize(form, FACT), "source": f"form-{form}"}
    location = client.post("/v1/documents", json=body).headers["location"]

    assert client.get(f"{location}/text").text == FACT
    assert client.delete(location).status_code == 204


def test_a_word_of_a_megabyte_is_a_document_like_any_other(client: TestClient) -> None:
    text = "x" * 500_000 + f"\n\n{FACT}\n\n" + "é" * 500_000
    added = client.post("/v1/documents", json={"text": text, "source": "long"})
    assert not refused_in_form(added)

    answer = client.post("/v1/ask", json={"question": "Quand le pont de Sizun a-t-il été bâti ?"})

    assert check_quotes(client, answer.json()) >= 1
    assert client.delete(added.headers["location"]).status_code == 204


@pytest.mark.parametrize(
    "value", ['"\\ud800"', '"\\udc00a"', '"a\\ud83d"', '"\\ud83d\\ud83d\\ude00"', b'"\xed\xa0\x80"']
)
@pytest.mark.parametrize(
    "body",
    [
        ("/v1/ask", '{"question": %s}'),
        ("/v1/ask", '{"question": "a", "history": [{"question": "a", "answer": %s}]}'),
        ("/v1/ask", '{"question": "a", "filters": {"metadata": {%s: "a"}}}'),
        ("/v1/search", '{"query": %s}'),
        ("/v1/documents", '{"text": %s}'),
        ("/v1/documents", '{"text": "a", "title": %s}'),
        ("/v1/documents", '{"text": "a", "metadata": {"a": %s}}'),
        ("/v1/collections", '{"name": %s}'),
    ],
)
def test_half_a_letter_is_refused_wherever_it_stands(
    client: TestClient, body: tuple[str, str], value: str | bytes
) -> None:
    path, template = body
    sent = value if isinstance(value, bytes) else value.encode()

    response = client.post(
        path,
        content=template.encode().replace(b"%s", sent),
        headers={"content-type": "application/json"},
    )

    assert response.status_code in (400, 422)
    assert refused_in_form(response)


@pytest.mark.parametrize(
    ("sent", "statuses"),
    [
        (b'{"question": "a", "question": "b"}', {200, 400, 422}),
        (b'{"question": "a", "top_k": ' + b"9" * 400 + b"}", {400, 422}),
        (b'{"question": "a", "top_k": -0}', {422}),
        (b'{"question": "a", "top_k": 1e400}', {400, 422}),
        (b'{"question": "a", "top_k": Infinity}', {400}),
        (b'{"question": "a", "top_k": NaN}', {400}),
        (b'{"question": "a"}\x00', {400}),
        (b'\xef\xbb\xbf{"question": "a"}', {200, 400}),
        ('{"question": "a"}'.encode("utf-16"), {400}),
        (b'{"question": "a", "filters": ' + b'{"metadata":' * 900 + b"1" + b"}" * 901, {400, 422}),
    ],
)
def test_json_that_means_two_things_or_none_is_refused(
    client: TestClient, sent: bytes, statuses: set[int]
) -> None:
    response = client.post("/v1/ask", content=sent, headers={"content-type": "application/json"})

    assert response.status_code in statuses
    refused_in_form(response)
