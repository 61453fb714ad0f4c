"""What repeats a question, and what a statement may say of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.stuffing import repeats, words

FRENCH = "Quand le phare de Belrive a-t-il été bâti ?"
ENGLISH = "Who built the lighthouse of Belrive in 1887?"


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (FRENCH, FRENCH),
        (FRENCH, "On demande « quand le phare de Belrive a-t-il été bâti » : c’est en 1743."),
        (FRENCH, "QUAND LE PHARE DE BELRIVE A T IL ETE BATI : 1743"),
        (FRENCH, "Ah, quand le très vieux phare de Belrive a-t-il donc été bâti, dit-on ?"),
        (
            ENGLISH,
            "To the question who built the lighthouse of Belrive in 1887, it was Hathersage.",
        ),
        (ENGLISH, "Who built that lighthouse of Belrive in 1887"),
        ("Où se trouve l’île d’Ostre ?", "Nul ne sait où se trouve l'ile d'Ostre aujourd'hui."),
    ],
)
def test_what_has_the_question_in_it_repeats_it(question: str, text: str) -> None:
    assert repeats(words(question), words(text))


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (FRENCH, "Le phare de Belrive a été bâti en 1887 par Armand Kerbrat."),
        (FRENCH, "C’est en 1887 que le phare de Belrive a été bâti."),
        (ENGLISH, "The lighthouse of Belrive was built by Armand Kerbrat in 1887."),
        (ENGLISH, "Armand Kerbrat built the lighthouse of Belrive in 1887."),
        (ENGLISH, "Belrive of lighthouse the built who, in 1887?"),
        (ENGLISH, "Who knows? " + "He built it. " * 9 + "The lighthouse of Belrive, in 1887."),
        ("Qui a bâti ?", "L’architecte qui a bâti la tour."),
        ("phare de Belrive année construction", "phare de Belrive année construction"),
        ("", ""),
    ],
)
def test_a_statement_does_not_repeat_it(question: str, text: str) -> None:
    assert not repeats(words(question), words(text))


@given(st.text(max_size=80), st.text(max_size=200))
def test_any_text_can_be_asked_about(question: str, text: str) -> None:
    assert repeats(words(question), words(text)) in (True, False)
