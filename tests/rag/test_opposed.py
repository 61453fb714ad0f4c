"""A sentence that tells the opposite of what is asked is no answer."""

import pytest

from documents.models import LANGUAGES, Language
from index.analyzer import terms
from rag.opposed import is_opposed, stance_of
from rag.opposites import _TABLE, Side, sides
from rag.question import analyse
from tests.rag.fakes import FakeTranslator

FERRY = "The ferry is the fastest way to the southern island, and the largest public one."
BAC = "Le bac est le moyen le plus rapide de gagner l’île du sud, et le plus grand."
SIGNED = "Four towns signed the charter in May."
PAS_SIGNE = "Quatre communes n’ont pas signé la charte."


def opposed(question: str, sentence: str, language: Language) -> bool:
    stance = stance_of(analyse(question, translator=FakeTranslator()))
    return is_opposed(stance, sentence, terms(sentence, language), language)


@pytest.mark.parametrize(
    ("question", "sentence", "language"),
    [
        ("Which is the slowest way to the island?", FERRY, "en"),
        ("Which is the fastest way to the northern island?", FERRY, "en"),
        ("What is the smallest ferry?", FERRY, "en"),
        ("Which private ferry goes there?", FERRY, "en"),
        ("Quel est le moyen le plus lent de gagner l’île ?", BAC, "fr"),
        ("Quel est le moyen le plus lent de gagner l’île ?", FERRY, "en"),
        ("Which is the slowest way to the island?", BAC, "fr"),
        ("Quel bac va à l’île du nord ?", FERRY, "en"),
        ("When was the bridge closed?", "The bridge opened in 1962.", "en"),
        ("Quand le pont a-t-il été fermé ?", "Le pont a été ouvert en 1962.", "fr"),
        ("Who is the mother of the mayor?", "The father of the mayor is a baker.", "en"),
        ("Qui est la mère du maire ?", "Le père du maire est boulanger.", "fr"),
    ],
)
def test_words_that_exclude_each_other_are_opposed(
    question: str, sentence: str, language: Language
) -> None:
    assert opposed(question, sentence, language)


@pytest.mark.parametrize(
    ("question", "sentence", "language"),
    [
        ("Which is the fastest way to the island?", FERRY, "en"),
        ("Who runs the ferry?", FERRY, "en"),
        ("Is the ferry fast or slow?", FERRY, "en"),
        ("Are boars bigger in the north or the south?", "Southern boars are smaller.", "en"),
        ("Who opened the bridge?", "It opened in 1962 and closed in 1990.", "en"),
        ("When did the bridge close?", "It opened in 1962 and closed in 1990.", "en"),
        ("Quel est le moyen le plus rapide ?", FERRY, "en"),
        ("Qui a été l’élève du sculpteur ?", "Le maître est mort en hiver.", "fr"),
    ],
)
def test_a_sentence_that_takes_the_same_side_or_none_is_not_opposed(
    question: str, sentence: str, language: Language
) -> None:
    assert not opposed(question, sentence, language)


@pytest.mark.parametrize(
    ("question", "sentence", "language", "turned"),
    [
        ("Which changes were insignificant?", "The changes were significant.", "en", True),
        ("Which changes were significant?", "The changes were insignificant.", "en", True),
        (
            "Which changes were significant?",
            "Some are significant, some insignificant.",
            "en",
            False,
        ),
        ("Quels travaux sont utiles ?", "Ces travaux sont inutiles.", "fr", False),  # short: "util"
        ("Quel accès est autorisé ?", "Le recours est recevable.", "fr", False),
        ("Quel recours est irrecevable ?", "Le recours est recevable.", "fr", True),
        ("Who formed the club?", "She informed the club.", "en", False),
    ],
)
def test_a_prefix_turns_a_word_round(
    question: str, sentence: str, language: Language, *, turned: bool
) -> None:
    assert opposed(question, sentence, language) is turned


@pytest.mark.parametrize(
    ("question", "sentence", "language", "against"),
    [
        ("Who did not sign the charter?", SIGNED, "en", True),
        ("Who never signed the charter?", SIGNED, "en", True),
        ("Qui n’a pas signé la charte ?", SIGNED, "en", True),
        ("Qui n’a pas signé la charte ?", "Quatre communes ont signé la charte.", "fr", True),
        ("Qui n'a jamais signé ?", PAS_SIGNE, "fr", False),
        ("Who did not sign the charter?", PAS_SIGNE, "fr", False),
        ("Who did not sign the charter?", "All but four refused to sign it.", "en", False),
        ("Who did not sign the charter?", "Unlike the others, Bray kept out.", "en", False),
        ("Who did not sign the charter?", "Nobody spoke; four towns signed it.", "en", True),
        ("Who did not sign the charter?", "Four United towns signed it.", "en", True),
        ("Which text did Bray not sign?", "The charter lay unsigned at Bray.", "en", False),
        ("What did Bray not have?", "A charter is what Bray lacked.", "en", False),
        (
            "Qui n’a pas signé la charte ?",
            "L’intelligence du maire a sauvé la charte.",
            "fr",
            True,
        ),
        ("Who signed the charter?", SIGNED, "en", False),
    ],
)
def test_a_question_that_denies_is_answered_by_what_denies(
    question: str, sentence: str, language: Language, *, against: bool
) -> None:
    assert opposed(question, sentence, language) is against


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_of_the_table_excludes_itself(language: Language) -> None:
    words = {word for word in terms(_TABLE, language) if sides([word], language)}
    assert len(words) > 200
    for word in words:
        taken = sides([word], language)
        assert not any(one.excludes(other) for one in taken for other in taken), word


def test_sides_exclude_each_other_within_a_pair_only() -> None:
    assert Side(1, 0).excludes(Side(1, 1))
    assert not Side(1, 0).excludes(Side(1, 0))
    assert not Side(1, 0).excludes(Side(2, 1))
