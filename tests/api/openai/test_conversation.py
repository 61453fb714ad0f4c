import pytest
from fastapi.exceptions import RequestValidationError

from api.openai.conversation import Said, conversation
from rag.models import Question, Turn
from rag.refusals import is_refusal, refusal


def said(*texts: str) -> list[Said]:
    """Return messages of the person and the service in turn, the person's first."""
    return [Said("assistant" if index % 2 else "user", text) for index, text in enumerate(texts)]


def test_the_last_message_is_the_question_and_the_others_its_history() -> None:
    found = conversation(said("Qui ?", "Anne.", "Et quand ?"), parameter="messages")

    assert found.question == "Et quand ?"
    assert found.history == (Turn("Qui ?", "Anne."),)
    assert found.text == "Qui ?\nAnne.\nEt quand ?"


def test_one_message_has_no_history() -> None:
    assert conversation(said("Qui ?"), parameter="messages").history == ()


def test_an_answer_in_two_messages_is_one_answer() -> None:
    messages = [
        Said("user", "a"),
        Said("assistant", "b"),
        Said("assistant", "c"),
        Said("user", "d"),
    ]

    assert conversation(messages, parameter="messages").history == (Turn("a", "b c"),)


def test_a_question_without_an_answer_stays_a_question() -> None:
    messages = [Said("assistant", "Bonjour !"), Said("user", "a"), Said("user", "b")]

    assert conversation(messages, parameter="messages").history == (Turn("a"),)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_refusal_is_no_answer_to_lean_on(language: str) -> None:
    text = refusal(Question("Quoi ?"), language, found=True)

    found = conversation(said("Quoi ?", text, "Pourquoi ?"), parameter="messages")

    assert is_refusal(text)
    assert found.history == (Turn("Quoi ?"),)


@pytest.mark.parametrize("text", ["", "Les documents sont à Genève.", "The documents say so."])
def test_an_answer_is_no_refusal(text: str) -> None:
    assert not is_refusal(text)


@pytest.mark.parametrize("messages", [[], said("Qui ?", "Anne.")])
def test_without_a_question_at_the_end_nothing_is_asked(messages: list[Said]) -> None:
    with pytest.raises(RequestValidationError) as caught:
        conversation(messages, parameter="messages")
    assert caught.value.errors()[0]["loc"] == ("body", "messages")


def test_what_was_said_long_ago_or_at_length_is_cut() -> None:
    found = conversation(said(*(["x" * 5000] * 201)), parameter="messages")

    assert len(found.history) == 50
    assert all(len(turn.question) == len(turn.answer) == 1000 for turn in found.history)
    assert len(found.question) == 5000
