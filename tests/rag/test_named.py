"""What a question names must stand where its answer would."""

import pytest

from documents.models import Language
from index.lexicon import Lexicon
from rag.bootstrap import LEXICON
from rag.named import all_of, names_asked, names_missing
from rag.question import analyse
from tests.rag.fakes import make_found

LEXICON_OF_WORDS = Lexicon.load(LEXICON)


def missing(
    question: str, passage: str, *, language: Language = "fr", title: str = ""
) -> list[str]:
    asked = analyse(question, translator=LEXICON_OF_WORDS)
    found = make_found(passage, language=language, title=title)
    text = all_of([found])
    return [name.text for name in names_missing(names_asked(asked), asked, text, language)]


LIT = "Le phare de l’île aux Moines a été allumé en 1887 par Armand Kerbrat."


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Qui a allumé le phare de Cordouan ?", ["Cordouan"]),
        ("Who lit the lighthouse of Cordouan?", ["Cordouan"]),
        ("Qui a allumé le phare de l’île aux Moines ?", []),
        ("Qui a allumé le phare ?", []),
        ("Qu’a fait Yves Kerbrat ?", []),  # called by his last name
        ("Qu’a allumé A. Kerbratt au XIXe siècle ?", []),  # misspelt; a century is no name
    ],
)
def test_a_name_that_the_passage_lacks_is_missing(question: str, names: list[str]) -> None:
    assert missing(question, LIT) == names


@pytest.mark.parametrize(
    ("question", "passage", "language"),
    [
        ("Who governs Germany?", "L’Allemagne est gouvernée par un chancelier.", "fr"),
        ("Que décide l’OTAN ?", "NATO decided to stay.", "en"),
        ("Quelle est la population de Londres ?", "London has nine million people.", "en"),
        ("What did the V&A’s gallery show?", "La galerie du V&A a montré des vases.", "fr"),
        ("Qui a lu Quiller-Couch ?", "Everyone read Quiller-Couch at school.", "en"),
    ],
)
def test_a_name_may_be_another_one_in_the_other_language(
    question: str, passage: str, language: Language
) -> None:
    assert missing(question, passage, language=language) == []


def test_the_title_says_names_too() -> None:
    assert missing("Qui préside Stargate ?", "Le président est élu.", title="Stargate") == []


def test_another_passage_of_the_document_says_names_too() -> None:
    asked = analyse("Qui préside Stargate ?", translator=LEXICON_OF_WORDS)
    passages = [make_found("Le président est élu.", title=""), make_found("Stargate est né.")]

    assert names_missing(names_asked(asked), asked, all_of(passages), "fr") == []
    assert len(names_missing(names_asked(asked), asked, all_of(passages[:1]), "fr")) == 1


def test_without_a_passage_nothing_is_missing() -> None:
    asked = analyse("Qui préside Stargate ?", translator=LEXICON_OF_WORDS)

    assert names_missing(names_asked(asked), asked, all_of([]), "fr") == []
