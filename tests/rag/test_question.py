import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.models import Language
from index.lexicon import Lexicon
from rag.bootstrap import LEXICON
from rag.errors import InvalidQuestion
from rag.question import Group, analyse
from tests.rag.fakes import FakeTranslator

TRANSLATOR = FakeTranslator(
    {"phar": (("lighthous", 0.8), ("beacon", 0.2)), "lighthous": (("phar", 0.9),)}
)


def groups(text: str, passage: Language, *, language: Language | None = None) -> tuple[Group, ...]:
    return analyse(text, translator=TRANSLATOR, language=language).groups[passage]


def test_words_of_the_own_language_are_stems_without_stop_words() -> None:
    assert groups("Où est le phare ?", "fr") == ({"phar": 1.0},)
    assert groups("Where is the lighthouse?", "en") == ({"lighthous": 1.0},)


def test_a_word_is_one_group_with_its_translations_in_the_other_language() -> None:
    [group] = groups("Où est le phare ?", "en")

    assert group["lighthous"] == 0.8
    assert group["beacon"] == 0.2
    assert 0 < group["phare"] <= 1  # as it stands, for names and cognates


def test_a_name_stands_as_it_is_in_both_languages() -> None:
    text = "Qui est Kerbrat ?"

    assert groups(text, "fr") == groups(text, "en") == ({"kerbrat": 1.0},)


def test_a_word_said_twice_counts_once() -> None:
    assert groups("Le phare, les phares", "fr") == ({"phar": 1.0},)


@pytest.mark.parametrize("written", ["énergie", "energie", "ENERGIE", "e\u0301nergie", "l’énergie"])
def test_accents_case_and_elision_make_no_difference(written: str) -> None:
    assert groups(f"Où va {written} ?", "fr") == groups("Où va énergie ?", "fr")


@pytest.mark.parametrize("written", ["1 200", "1\u202f200", "1\u00a0200", "1,200", "1200"])
def test_a_number_is_the_same_however_it_is_grouped(written: str) -> None:
    assert {"1200": 1.0} in groups(f"Les {written} francs", "fr")
    assert {"1200": 1.0} in groups(f"Les {written} francs", "en")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Qui est Guo Jiakun ?", "fr"),
        ("Who is Guo Jiakun?", "en"),
        ("Où est le phare ?", "fr"),
        ("where is it", "en"),
    ],
)
def test_the_language_is_that_of_the_question(text: str, language: Language) -> None:
    assert analyse(text, translator=TRANSLATOR).language == language


def test_the_caller_may_force_the_language() -> None:
    analysed = analyse("Who is she?", translator=TRANSLATOR, language="fr")

    assert analysed.language == "fr"


def test_what_cannot_be_stored_is_taken_out_of_the_question() -> None:
    analysed = analyse(" Le\x00 phare\ud800 ?\r\n", translator=TRANSLATOR)

    assert analysed.text == "Le phare ?"


@pytest.mark.parametrize(
    "text", ["", " \n", "?!", "\x00", "\ud800", "«  »", "\u202e\u2066", "🎈", "\ufeff"]
)
def test_a_question_without_a_letter_or_digit_is_refused(text: str) -> None:
    with pytest.raises(InvalidQuestion, match="at least one word"):
        analyse(text, translator=TRANSLATOR)


def test_a_question_of_stop_words_has_no_groups_and_is_no_error() -> None:
    analysed = analyse("Qui est-ce ?", translator=TRANSLATOR)

    assert analysed.groups == {"fr": (), "en": ()}


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.load(LEXICON)


def test_the_shipped_lexicon_translates_a_question(lexicon: Lexicon) -> None:
    analysed = analyse("Quel est le prix du pain ?", translator=lexicon)

    assert {"price", "bread"} <= {term for group in analysed.groups["en"] for term in group}


@settings(deadline=None, max_examples=200)
@given(st.text(st.characters(), max_size=80))
def test_any_text_is_a_question_or_is_refused(lexicon: Lexicon, text: str) -> None:
    try:
        analysed = analyse(text, translator=lexicon)
    except InvalidQuestion:
        return
    analysed.text.encode()
    for found in analysed.groups.values():
        assert all(group and all(0 < weight <= 1 for weight in group.values()) for group in found)
        assert all(all(group) for group in found)  # no empty term
