"""A server, the prose it streams and the real attribution, together."""

import httpx2
import pytest

from documents.models import Language
from index.late_interaction import LateInteraction
from index.lexicon import Lexicon
from index.over_http.circuit_breaker import CircuitBreaker
from index.static_encoder import StaticEncoder
from rag.bootstrap import LEXICON
from rag.claims.attribution import Attributor
from rag.drafts import Draft, Task
from rag.errors import GeneratorUnavailable
from rag.generators.openai_chat import OpenAIChat
from rag.generators.patience import Patience
from rag.generators.written import WrittenGenerator
from tests.rag.generators.fakes import make_task
from tests.rag.generators.model_server import (
    Connection,
    Script,
    part,
    refusing,
    replying,
    saying,
    serving,
    stalling,
)

FRENCH = (
    "Le phare de l’île aux Moines a été allumé le 12 mai 1887 par l’ingénieur Armand Kerbrat. La "
    "tour de granit mesure 47 mètres de haut."
)
ENGLISH = (
    "The observatory on Mount Ardel was finished in 1934 under the astronomer Helen Vasquez. Its "
    "main telescope weighs 21 tonnes."
)
TASKS: dict[Language, Task] = {
    "fr": make_task(FRENCH, "La mer est calme en été."),
    "en": make_task(ENGLISH, "The sea is calm.", language="en", question="When was it finished?"),
}


@pytest.fixture(scope="module")
def attributor(static: StaticEncoder, interaction: LateInteraction) -> Attributor:
    return Attributor(static, interaction, Lexicon.load(LEXICON))


def answered(attributor: Attributor, *scripts: Script, language: Language = "fr") -> list[Draft]:
    with serving(*scripts) as server:
        chat = OpenAIChat(
            client=httpx2.Client(),
            url=server.url + "/chat/completions",
            model="tiny",
            patience=Patience(connect=0.2, first=0.2, between=0.2, total=1.0),
            prompt_tokens=3000,
            most_tokens=200,
            breaker=CircuitBreaker(),
            sleep=lambda _: None,
        )
        try:
            return list(WrittenGenerator(chat, attributor).draft(TASKS[language]))
        finally:
            chat.close()


@pytest.mark.parametrize(
    ("language", "said", "quoted"),
    [
        ("fr", "C’est l’ingénieur Armand Kerbrat qui l’a allumé, le 12 mai 1887.", "Armand"),
        ("en", "It was finished in 1934, under the astronomer Helen Vasquez.", "Helen"),
    ],
)
def test_a_well_behaved_model_is_proved(
    attributor: Attributor, language: Language, said: str, quoted: str
) -> None:
    [draft] = answered(attributor, saying(f"{said} [1]"), language=language)

    assert (draft.text, draft.support) == (said, "supported")
    assert quoted in draft.quotes[0].text


def test_a_model_that_lies_about_its_source_is_corrected(attributor: Attributor) -> None:
    [draft] = answered(attributor, saying("La tour de granit mesure 47 mètres de haut [2][9]."))

    assert draft.text == "La tour de granit mesure 47 mètres de haut."
    assert draft.quotes[0].text == draft.text


def test_a_model_in_the_wrong_language_is_asked_once_more(attributor: Attributor) -> None:
    wrong = saying("The granite tower is 47 metres high. [1]")
    right = saying("La tour de granit mesure 47 mètres de haut.")

    [draft] = answered(attributor, wrong, right)
    assert (draft.text[:8], draft.degraded) == ("La tour ", None)
    [draft] = answered(attributor, wrong)
    assert (draft.text[:11], draft.degraded) == ("The granite", "language")


def test_a_model_that_obeys_a_document_leaks_nothing(attributor: Attributor) -> None:
    said = "La tour mesure 47 mètres. ![x](https://collecte.example/?q=tour) [ici](//piege.example)"

    for draft in answered(attributor, saying(said)):
        assert "example" not in draft.text


def dying(connection: Connection) -> None:
    connection.head()
    connection.event(part("La tour de granit mesure 47 mètres de haut. La "))


@pytest.mark.parametrize(
    "script",
    [
        stalling("La tour.", seconds=0.4),
        dying,
        saying("��� }{ ---"),
        saying(""),
        replying(b"<html>", "text/html"),
        refusing(500),
    ],
)
def test_a_server_that_fails_makes_the_generator_unavailable(
    attributor: Attributor, script: Script
) -> None:
    with pytest.raises(GeneratorUnavailable):
        answered(attributor, script)


def test_a_server_that_was_busy_answers(attributor: Attributor) -> None:
    busy = refusing(429, Retry_After="0")

    assert answered(attributor, busy, saying("La tour mesure 47 mètres de haut."))


def test_a_model_that_has_no_answer_gives_none(attributor: Attributor) -> None:
    assert answered(attributor, saying("**NO_ANSWER**")) == []
