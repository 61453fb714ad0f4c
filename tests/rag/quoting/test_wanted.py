import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.quoting.wanted import Wanted, asks_for_several, wanted_of


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("Qui a bâti la tour ?", "person"),
        ("Par qui la tour a-t-elle été bâtie ?", "person"),
        ("Who was there when it opened?", "person"),
        ("Who is Ann Porter?", "role"),
        ("Qui est Solène Marchetti ?", "role"),
        ("Quand la tour a-t-elle ouvert ?", "date"),
        ("En quelle année a-t-elle ouvert ?", "year"),
        ("What year did it open?", "year"),
        ("Où se trouve la tour ?", "place"),
        ("In which city is it?", "place"),
        ("Combien de pays ont signé ?", "count"),
        ("How many loaves did they bake?", "count"),
        ("Combien a coûté le pont ?", "money"),
        ("How much did it cost?", "money"),
        ("Quel pourcentage du budget ?", "share"),
        ("How tall is the tower?", "length"),
        ("Combien mesure la tour ?", "length"),
        ("Combien de temps dure le trajet ?", "time"),
        ("How old is she?", "time"),
        ("Combien pèse la cloche ?", "weight"),
        ("Pourquoi a-t-elle fermé ?", "reason"),
        ("Quelle entreprise fabrique ces puces ?", "name"),
        ("Comment s’appelle le port ?", "name"),
        ("Quelles entreprises ont signé ?", "name"),
        ("Which companies signed?", "name"),
        ("Which countries signed?", "place"),
        ("Quels ministres ont signé ?", "person"),
        ("Que prévoit la loi ?", "nothing"),
        ("Qu’est-ce qui a changé ?", "nothing"),
        ("How does it work?", "nothing"),
    ],
)
def test_a_question_wants_a_thing_of_a_kind(question: str, wanted: Wanted) -> None:
    assert wanted_of(question) == wanted


@pytest.mark.parametrize(
    "question",
    [
        "Quels pays ont signé ?",
        "Quelles entreprises ont répondu ?",
        "Quels sont les risques ?",
        "Which countries signed?",
        "What are the risks?",
        "Which two European countries signed?",
        "Who were the rapporteurs?",
        "Name the signatories.",
        "List the measures of the plan",
        "Cite les pays signataires",
    ],
)
def test_a_list_is_asked_for(question: str) -> None:
    assert asks_for_several(question)


@pytest.mark.parametrize(
    "question",
    [
        "Quel pays a signé ?",
        "Dans quel pays est-ce ?",
        "Which company makes these chips?",
        "Which class is it?",
        "What does the act forbid?",
        "What is the plan?",
        "Who signed?",
        "Where is the list of countries?",
    ],
)
def test_one_thing_is_asked_for(question: str) -> None:
    assert not asks_for_several(question)


@given(st.text(max_size=80))
def test_any_question_can_be_read(question: str) -> None:
    assert wanted_of(question)
    assert asks_for_several(question) in (True, False)
