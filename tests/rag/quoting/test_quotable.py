import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.quoting.quotable import is_quotable


@pytest.mark.parametrize(
    "line",
    [
        "Photo : Marie Leroux",
        "Photo\u00a0: Marie Leroux / AFP",
        "Crédit : AFP",
        "Un bac dans le vieux port de Brest (AFP)",
        "© 2025 Le Courrier du port",
        "Par Jean Durand, envoyé spécial à Lille",
        "By Ann Porter",
        "Publié le 3 mai 2025",
        "Lire aussi : Le port rouvre",
        "À lire également : le marché du samedi.",
        "Read more",
        "Accueil > Monde > Asie",
        "Partager sur Facebook",
        "Follow us on Twitter",
        "Abonnez-vous à notre newsletter",
        "Menu",
        "Mentions légales",
        "Le port de Brest au petit matin",
        "The harbour of Brest at dawn",
        "https://exemple.fr/a https://exemple.fr/b",
        "#brest #port",
        "— — —",
        "12",
        "",
    ],
)
def test_what_belongs_to_the_page_is_not_quoted(line: str) -> None:
    assert not is_quotable(line)


@pytest.mark.parametrize(
    "half",
    [
        "et la mairie a fermé.",
        "which the council had closed in May, said Ann Porter.",
        "Le maire a déclaré\u00a0:",
        "The mayor then said:",
        "Le maire a annoncé que…",
        "The harbour was closed and the…",
        "Le port a fermé (...)",
        "[…].",
    ],
)
def test_half_a_sentence_is_not_quoted(half: str) -> None:
    assert not is_quotable(half)


@pytest.mark.parametrize("question", ["Qui paiera\u00a0?", "« Qui paiera ? »", "Who will pay?"])
def test_a_question_is_no_answer(question: str) -> None:
    assert not is_quotable(question)


@pytest.mark.parametrize(
    "statement",
    [
        "Le port a rouvert en mai.",
        "Elle a demandé\u00a0: «\u00a0Qui paiera\u00a0?\u00a0»",
        "«\u00a0Nous partirons demain\u00a0», a dit le maire.",
        "iPhone sales rose in May.",
        "Les pommes, les poires, les prunes…",
        "Par la suite, le port a rouvert.",
        "Par le canal de Nantes, Brest expédie du granit.",
        "Partager la facture coûte moins cher.",
        "- Le port a rouvert.",
    ],
)
def test_a_whole_statement_is_quoted(statement: str) -> None:
    assert is_quotable(statement)


@pytest.mark.parametrize(
    "line",
    [
        "Ville: Paris",
        "Population\u00a0: 12\u202f000",
        "Nom\tAnne Le Goff",
        "Budget 2024 1 200 euros",
        "ville: brest",
        "The port reopened",
        "L’accord a été signé à Lyon",
        "le port a rouvert en mai",
    ],
)
def test_a_missing_full_stop_alone_is_no_reason_to_refuse(line: str) -> None:
    assert is_quotable(line)


@given(st.text(max_size=200))
def test_any_text_can_be_judged(text: str) -> None:
    assert is_quotable(text) in (True, False)
