from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.models import LANGUAGES, Language
from rag.conversation.mentions import mentions


def named(text: str, language: Language) -> list[tuple[str, str]]:
    return [(mention.text, mention.kind) for mention in mentions(text, language)]


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("Qui est Marie Curie ?", "fr", [("Marie Curie", "person")]),
        ("Combien coûte le Pass Navigo ?", "fr", [("le Pass Navigo", "name")]),
        ("Quand la tour Eiffel a-t-elle brûlé ?", "fr", [("la tour Eiffel", "name")]),
        ("Qui a signé l’accord de Paris ?", "fr", [("l’accord de Paris", "name")]),
        ("la dette du Chili en mars 2024", "fr", [
            ("la dette", "noun"), ("Chili", "place"), ("mars 2024", "date"),
        ]),
        ("Faut-il 1 200 € ?", "fr", [("1 200 €", "number")]),
        ("How does the ITER project work?", "en", [("the ITER project", "name")]),
        ("What caused the Great Fire of London?", "en", [("the Great Fire of London", "name")]),
        ("What is the GDP of Spain?", "en", [("the GDP", "name"), ("Spain", "place")]),
        ("Did the government sign the deal?", "en", [
            ("the government", "noun"), ("the deal", "noun"),
        ]),
        ("Who lives in Ankara in the 1990s?", "en", [("Ankara", "place"), ("the 1990s", "date")]),
    ],
)  # fmt: skip
def test_a_text_names_people_places_dates_and_things(
    text: str, language: Language, found: list[tuple[str, str]]
) -> None:
    assert named(text, language) == found


def test_a_contracted_article_is_the_lead_of_a_name() -> None:
    (mention,) = mentions("Que vaut l'avis du Sénat ?", "fr")[1:]
    assert (mention.lead, mention.text, mention.gender) == ("du", "Sénat", "m")


def test_the_first_word_is_no_name_because_of_its_capital() -> None:
    assert named("Why did Lego close?", "en") == [("Lego", "name")]
    assert named("Existe-t-il un vaccin ?", "fr") == [("un vaccin", "noun")]


@given(st.text(max_size=200), st.sampled_from(LANGUAGES))
def test_mentions_are_where_they_say_in_order_and_apart(text: str, language: Language) -> None:
    found = mentions(text, language)
    assert all(text[m.start : m.end] == m.text and m.text for m in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
