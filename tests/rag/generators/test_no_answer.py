import pytest

from documents.language import is_in
from documents.models import Language
from rag.generators.no_answer import declines, sounds_like_refusal


@pytest.mark.parametrize(
    "prose",
    ["NO_ANSWER", "**NO_ANSWER**", "`NO_ANSWER`.", "no_answer", "No answer.", "NO ANSWER [1]",
     "Réponse : NO_ANSWER", "I must say NO_ANSWER here.", "PAS_DE_RÉPONSE", "Aucune réponse.",
     "« SANS RÉPONSE »", "NO-ANSWER"],
)  # fmt: skip
def test_the_word_agreed_on_is_known_in_every_dress(prose: str) -> None:
    assert declines(prose)


@pytest.mark.parametrize(
    "prose",
    ["Le ministre n’a donné aucune réponse aux syndicats.", "There was no answer from Paris.",
     "La lettre est restée sans réponse.", "Le phare est haut."],
)  # fmt: skip
def test_a_sentence_about_answers_is_an_answer(prose: str) -> None:
    assert not declines(prose)


@pytest.mark.parametrize(
    "prose",
    [
        "Les passages ne permettent pas de répondre à cette question.",
        "Je ne peux pas répondre.",
        "Désolé, les documents ne contiennent pas cette information.",
        "Il n’est pas possible de répondre.",
        "The passages do not mention the price.",
        "I cannot answer this question.",
        "There is not enough information.",
    ],
)
def test_a_refusal_in_other_words_is_heard(prose: str) -> None:
    assert sounds_like_refusal(prose)


@pytest.mark.parametrize(
    "prose",
    ["Le phare a été allumé en 1887.", "La somme n’a pas été payée.", "The mayor did not resign."],
)
def test_a_negative_answer_is_no_refusal(prose: str) -> None:
    assert not sounds_like_refusal(prose)


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("Le phare a été allumé en 1887 par Armand Kerbrat.", "fr"),
        ("Armand Kerbrat.", "fr"),
        ("Armand Kerbrat.", "en"),
        ("1887.", "en"),
        ("The text says “Le règlement européen sur l’intelligence artificielle”.", "en"),
        ("Il parle de « machine learning for the people » à Paris.", "fr"),
        ("OpenAI, Microsoft, Google.", "fr"),
    ],
)
def test_a_sentence_is_in_its_language(sentence: str, language: Language) -> None:
    assert is_in(sentence, language)


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("The lighthouse was lit in 1887 by Armand Kerbrat.", "fr"),
        ("Le phare a été allumé en 1887.", "en"),
        ("“The lighthouse was lit in 1887.”", "fr"),
        ("灯塔于1887年点亮。", "fr"),
        ("Маяк был зажжён в 1887 году.", "en"),
    ],
)
def test_another_language_is_noticed(sentence: str, language: Language) -> None:
    assert not is_in(sentence, language)
