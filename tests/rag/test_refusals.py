import pytest

from documents.models import Language
from documents.records import Filters
from rag.models import Question
from rag.refusals import refusal

ASKED = Question("Qui ?", collection="p")
FILTERED = Question("Qui ?", collection="p", filters=Filters(language="fr"))


@pytest.mark.parametrize(
    ("language", "said", "where", "filters"),
    [
        ("fr", "Les documents ne permettent pas", "«\u00a0p\u00a0»", "filtres"),
        ("en", "The documents do not answer", "“p”", "filters"),
    ],
)
def test_a_refusal_says_where_was_looked(
    language: Language, said: str, where: str, filters: str
) -> None:
    plain = refusal(ASKED, language, found=True)
    filtered = refusal(FILTERED, language, found=True)

    assert plain.startswith(said)
    assert where in plain
    assert filters not in plain
    assert filters in filtered


@pytest.mark.parametrize(
    ("question", "language", "said"),
    [
        (ASKED, "fr", "La collection «\u00a0p\u00a0» ne contient encore aucun document."),
        (ASKED, "en", "The collection “p” holds no document yet."),
        (
            FILTERED,
            "fr",
            "Aucun document de la collection «\u00a0p\u00a0» ne répond à vos filtres.",
        ),
        (FILTERED, "en", "No document of the collection “p” fits your filters."),
    ],
)
def test_where_nothing_was_found_it_says_why(
    question: Question, language: Language, said: str
) -> None:
    assert refusal(question, language, found=False) == said
