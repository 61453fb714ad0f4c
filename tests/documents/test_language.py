import pytest

from documents.language import detect, detect_question, evidence

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
