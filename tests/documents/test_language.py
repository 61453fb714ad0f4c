from pathlib import Path

import pytest

from documents.language import detect, detect_question, evidence, is_in
from documents.models import LANGUAGES, Language

SHORT_QUESTIONS = Path(__file__).parents[1] / "golden" / "short_questions.tsv"
ROWS = [line.split("\t") for line in SHORT_QUESTIONS.read_text(encoding="utf-8").splitlines()[1:]]
OTHER: dict[Language, Language] = {"fr": "en", "en": "fr"}

FRENCH_QUESTIONS = [
    "Qui est Guo Jiakun ?",
    "Qui est Guo Jiakun\u202f?",
    "Qu'est-ce que le Bletchley Park Summit ?",
    "Qu’est-ce que le AI Safety Institute ?",
    "ou se trouve l'universite",
    "combien de pays ont signe",
    "c'est quoi DeepSeek",
    "Où se tient la World AI Conference ?",
    "À quelle date Joe Biden a-t-il signé le CHIPS and Science Act ?",
    "Sommet de Séoul",
    "droits de douane",
    "Qui ?",
    "Combien ?",
    "QUEL EST LE SIÈGE DE L'ORGANISATION ?",
    "Quand Nvidia a-t-elle été fondée",
    "prix puces Nvidia",
]
ENGLISH_QUESTIONS = [
    "Who is Guo Jiakun?",
    "Who is Emmanuel Macron?",
    "What is the Conseil d'État?",
    "Where is the Bureau des longitudes?",
    "DeepSeek R1 release date",
    "how many countries signed",
    "When did the Assemblée nationale vote?",
    "Name the headquarters of Mistral AI",
    "Who?",
    "Why?",
    "WHO SIGNED THE DECLARATION?",
    "What Is The Capital Of France?",
    "what's the Élysée's position",
    "list of the chips under export controls",
]


@pytest.mark.parametrize("question", FRENCH_QUESTIONS)
def test_a_french_question_is_french_whatever_the_default(question: str) -> None:
    assert detect_question(question, default="en") == "fr"


@pytest.mark.parametrize("question", ENGLISH_QUESTIONS)
def test_an_english_question_is_english_whatever_the_default(question: str) -> None:
    assert detect_question(question, default="fr") == "en"


@pytest.mark.parametrize(
    "question",
    [
        "Guo Jiakun",
        "Xi Jinping",
        "Emmanuel Macron",
        "J.D. Vance",
        "2025",
        "",
        " ?",
        "北京",
        "AI Act",
    ],
)
def test_a_name_or_a_number_alone_gives_the_default(question: str) -> None:
    assert detect_question(question, default="fr") == "fr"
    assert detect_question(question, default="en") == "en"


def test_running_text_is_recognised_in_both_languages() -> None:
    french = "Le sommet a réuni des chercheurs, des élus et des dirigeants d'entreprise à Paris."
    english = "The summit brought researchers, elected officials and executives to Paris."
    assert detect(french, default="en") == "fr"
    assert detect(english, default="fr") == "en"


def test_names_of_the_other_language_do_not_turn_a_text() -> None:
    text = "Les chercheurs de la Stanford Graduate School of Business et du White House Office."
    assert detect(text, default="en") == "fr"


def test_a_menu_in_the_other_language_does_not_turn_a_long_text() -> None:
    menu = "Home\nWorld news\nSubscribe to the newsletter\nSign in\nSearch the site\n" * 2
    prose = "Les autorités ont annoncé que les usines seraient ouvertes dans trois ans. " * 200
    assert detect(menu + prose, default="en") == "fr"


def test_text_without_letters_gives_the_default() -> None:
    assert detect("12 345 €, 145 %", default="en") == "en"
    assert detect("", default="fr") == "fr"


def test_the_typographic_apostrophe_weighs_like_the_straight_one() -> None:
    assert evidence("l’économie d’un pays") == evidence("l'économie d'un pays")


def test_a_word_without_end_is_judged_quickly_and_does_not_fail() -> None:
    assert detect("a" * 5_000_000, default="en") in {"fr", "en"}


# The golden short questions


@pytest.mark.parametrize(("language", "floor"), [("fr", 0.99), ("en", 0.95)])
def test_short_questions_and_search_words_are_told(language: Language, floor: float) -> None:
    texts = [text for spoken, _, text in ROWS if spoken == language]
    right = [detect_question(text, default=OTHER[language]) == language for text in texts]
    assert len(texts) >= 100
    assert all(len(text.split()) <= 9 for text in texts)
    assert sum(right) / len(texts) >= floor


@pytest.mark.parametrize("language", LANGUAGES)
def test_questions_with_names_of_the_other_language_are_told(language: Language) -> None:
    texts = [text for spoken, kind, text in ROWS if (spoken, kind) == (language, "mixed")]
    wrong = [t for t in texts if detect_question(t, default=OTHER[language]) != language]
    assert len(texts) >= 30
    assert len(wrong) <= 2


@pytest.mark.parametrize("name", [text for spoken, _, text in ROWS if spoken == "any"])
def test_names_alone_give_the_default(name: str) -> None:
    assert [detect_question(name, default=language) for language in LANGUAGES] == list(LANGUAGES)


@pytest.mark.parametrize(
    ("text", "language"),
    [("Et Nvidia ?", "fr"), ("And Renault?", "en"), ("In 2015?", "en"), ("Lequel ?", "fr")],
)
def test_a_small_word_before_a_name_shows_the_language(text: str, language: Language) -> None:
    assert detect_question(text, default=OTHER[language]) == language


@pytest.mark.parametrize("text", ["AT&T", "IN Groupe", "OR 2024", "Ursula von der Leyen"])
def test_a_name_that_looks_like_a_small_word_does_not(text: str) -> None:
    assert [detect_question(text, default=language) for language in LANGUAGES] == list(LANGUAGES)


# Sentences of an answer


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("Les émissions ont baissé de 12 % depuis 2019.", "fr"),
        ("Emissions have fallen by 12% since 2019.", "en"),
        ("Le rapport parle d'« a historic opportunity for the whole continent ».", "fr"),
        ("Elle a répondu : “We are not going to wait for anybody else.”", "fr"),
        ("The minister called it « une occasion historique pour tout le continent ».", "en"),
        ('The minister spoke of "une occasion historique pour tout le continent".', "en"),
        ("Selon la Stanford Graduate School of Business, les prix montent.", "fr"),
        ("The Conseil d'État and the Assemblée nationale agreed.", "en"),
    ],
)
def test_a_sentence_is_in_its_language_and_not_in_the_other(
    sentence: str, language: Language
) -> None:
    assert is_in(sentence, language)
    assert not is_in(sentence, OTHER[language])


@pytest.mark.parametrize("text", ["", "12 345 €", "Emmanuel Macron"])
def test_text_without_evidence_is_in_either_language(text: str) -> None:
    assert all(is_in(text, language) for language in LANGUAGES)


def test_a_quotation_mark_that_never_closes_hides_nothing() -> None:
    assert not is_in("« The prices have fallen since the spring.", "fr")


def test_a_text_that_is_all_quotation_is_in_the_language_of_it() -> None:
    assert is_in("« yes, of course »", "en")
    assert not is_in("« yes, of course »", "fr")


def test_another_script_is_neither_language() -> None:
    assert not is_in("北京", "fr")
    assert not is_in("北京", "en")
