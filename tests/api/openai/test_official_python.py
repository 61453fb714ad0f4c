"""The official Python client against a real service: text, streams and sources arrive."""

from collections.abc import Iterator

import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam

from tests.api.openai.texts import (
    ENGLISH,
    ENGLISH_QUESTION,
    FOLLOW_UP,
    FRENCH,
    FRENCH_QUESTION,
    UNANSWERED,
)
from tests.browser.service import Service

MODEL = "sourcier/default"


@pytest.fixture(scope="module")
def client(filled: Service) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{filled.url}v1", api_key="none", max_retries=0) as client:
        yield client


def said(*texts: str) -> list[ChatCompletionMessageParam]:
    """Return messages of the person and the service in turn."""
    roles = ("user", "assistant")
    return [{"role": roles[n % 2], "content": text} for n, text in enumerate(texts)]  # type: ignore[misc, list-item]


@pytest.mark.parametrize(
    ("question", "fact", "document"),
    [(FRENCH_QUESTION, "1874", FRENCH), (ENGLISH_QUESTION, "Ruth Calloway", ENGLISH)],
)
def test_a_completion_has_text_and_sources(
    client: openai.OpenAI, filled: Service, question: str, fact: str, document: dict[str, str]
) -> None:
    completion = client.chat.completions.create(model=MODEL, messages=said(question))

    message = completion.choices[0].message
    assert message.content is not None
    assert fact in message.content
    assert message.refusal is None
    assert message.annotations
    first = message.annotations[0].url_citation
    assert fact in message.content[first.start_index : first.end_index]
    assert first.title == document["title"]
    if "url" in document:
        assert first.url == document["url"]
    else:
        assert document["text"] in filled.http.get(first.url).text
    assert completion.usage is not None
    assert completion.usage.total_tokens > 0


def test_the_quotes_come_along(client: openai.OpenAI, filled: Service) -> None:
    completion = client.chat.completions.create(model=MODEL, messages=said(FRENCH_QUESTION))

    extra = completion.model_extra or {}
    assert extra["answered"] is True
    assert extra["citations"]
    for citation in extra["citations"]:
        text = filled.stored_text(citation["document_id"])
        assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_a_stream_leads_to_the_same_completion(client: openai.OpenAI) -> None:
    whole = client.chat.completions.create(model=MODEL, messages=said(FRENCH_QUESTION))

    chunks = list(
        client.chat.completions.create(
            model=MODEL,
            messages=said(FRENCH_QUESTION),
            stream=True,
            stream_options={"include_usage": True},
        )
    )

    told = "".join(c.delta.content or "" for chunk in chunks for c in chunk.choices)
    assert told == whole.choices[0].message.content
    assert chunks[-1].usage == whole.usage
    assert chunks[-2].choices[0].finish_reason == "stop"


def test_the_client_puts_a_stream_together(client: openai.OpenAI) -> None:
    question = "Que sait-on de l’horloge du port de Brévannes ?"
    whole = client.chat.completions.create(model=MODEL, messages=said(question))

    with client.chat.completions.stream(model=MODEL, messages=said(question)) as stream:
        message = stream.get_final_completion().choices[0].message

    expected = whole.choices[0].message
    assert message.content == expected.content
    assert [one.url_citation for one in message.annotations or ()] == [
        one.url_citation for one in expected.annotations or ()
    ]


def test_a_follow_up_is_understood(client: openai.OpenAI) -> None:
    first = client.chat.completions.create(model=MODEL, messages=said(FRENCH_QUESTION))
    told = first.choices[0].message.content or ""

    answer = client.chat.completions.create(
        model=MODEL, messages=said(FRENCH_QUESTION, told, FOLLOW_UP)
    )

    assert "Émile Vasseur" in (answer.choices[0].message.content or "")


def test_a_refusal_is_a_refusal(client: openai.OpenAI) -> None:
    completion = client.chat.completions.create(model=MODEL, messages=said(UNANSWERED))

    message = completion.choices[0].message
    assert message.refusal
    assert message.content == message.refusal
    assert message.annotations == []
    assert completion.choices[0].finish_reason == "stop"


def test_a_response_has_text_search_and_sources(client: openai.OpenAI) -> None:
    response = client.responses.create(
        model="sourcier",
        input=ENGLISH_QUESTION,
        tools=[{"type": "file_search", "vector_store_ids": ["default"]}],
        include=["file_search_call.results"],
    )

    assert "Ruth Calloway" in response.output_text
    search, message = response.output
    assert search.type == "file_search_call"
    assert search.results
    assert search.results[0].filename == ENGLISH["title"]
    assert message.type == "message"
    [part] = message.content
    assert part.type == "output_text"
    url, file = part.annotations[:2]
    assert (url.type, file.type) == ("url_citation", "file_citation")
    assert (url.title, url.url) == (ENGLISH["title"], ENGLISH["url"])
    assert file.file_id == search.results[0].file_id
    assert "Ruth Calloway" in part.text[url.start_index : url.end_index]


@pytest.mark.parametrize("question", [FRENCH_QUESTION, ENGLISH_QUESTION, UNANSWERED])
@pytest.mark.parametrize("tools", [[], [{"type": "file_search", "vector_store_ids": ["default"]}]])
def test_the_client_puts_a_response_together(
    client: openai.OpenAI, question: str, tools: list[openai.types.responses.FileSearchToolParam]
) -> None:
    whole = client.responses.create(model="sourcier", input=question, tools=tools)

    with client.responses.stream(model="sourcier", input=question, tools=tools) as stream:
        told = [event.delta for event in stream if event.type == "response.output_text.delta"]
        final = stream.get_final_response()

    assert "".join(told) == final.output_text == whole.output_text
    assert [item.type for item in final.output] == [item.type for item in whole.output]
    assert final.usage == whole.usage


def test_plain_events_of_a_response_are_typed(client: openai.OpenAI) -> None:
    events = list(client.responses.create(model=MODEL, input=FRENCH_QUESTION, stream=True))

    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert (events[0].type, events[-1].type) == ("response.created", "response.completed")
    added = [e for e in events if e.type == "response.output_text.annotation.added"]
    assert added
    assert added[0].annotation is not None


def test_vectors_arrive_in_either_encoding(client: openai.OpenAI) -> None:
    texts = ["Une horloge au port.", "A clock in the harbour."]
    packed = client.embeddings.create(model="sourcier-embedding", input=texts)  # base64 by itself
    plain = client.embeddings.create(
        model="sourcier-embedding", input=texts, encoding_format="float"
    )

    for one, other in zip(packed.data, plain.data, strict=True):
        assert one.embedding == pytest.approx(other.embedding, abs=1e-6)
        assert sum(number**2 for number in one.embedding) == pytest.approx(1, abs=1e-4)


def test_models_are_listed_and_described(client: openai.OpenAI) -> None:
    names = [model.id for model in client.models.list()]

    assert names == [MODEL, "sourcier-embedding"]
    assert client.models.retrieve(MODEL).owned_by == "sourcier"


def test_refusals_are_the_errors_that_the_client_knows(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as unknown:
        client.chat.completions.create(model="gpt-4", messages=said("Qui ?"))
    with pytest.raises(openai.BadRequestError) as meaningless:
        client.chat.completions.create(model=MODEL, messages=said("Qui ?"), n=2)
    with pytest.raises(openai.UnprocessableEntityError) as empty:
        client.responses.create(model=MODEL, input="")

    assert (unknown.value.code, unknown.value.param) == ("model_not_found", "model")
    assert meaningless.value.param == "n"
    assert "question" in str(empty.value).lower()
