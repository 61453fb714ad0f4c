from datetime import date

import pytest

from documents.models import Language
from rag.phrases import PHRASES, dated_statement, framed_quote, spoken_date


def test_french_marks_stand_behind_no_break_spaces() -> None:
    said = framed_quote("The tower stands.", title="Tower", published_at=None, language="fr")

    assert said == "D’après «\u00a0Tower\u00a0» (en anglais)\u00a0: «\u00a0The tower stands.\u00a0»"


def test_english_announces_a_french_quote() -> None:
    said = framed_quote("La tour.", title="Tour", published_at=date(2025, 7, 26), language="en")

    assert said == "According to “Tour” (26 July 2025, in French): “La tour.”"


def test_a_dated_quote_says_when() -> None:
    said = framed_quote("A.", title="T", published_at=date(2025, 8, 1), language="fr")

    assert said.startswith("D’après «\u00a0T\u00a0» (1er août 2025, en anglais)\u00a0: ")


def test_braces_in_a_title_or_a_quote_are_only_text() -> None:
    said = framed_quote("{0} {title}", title="{quote}", published_at=None, language="en")

    assert said == "According to “{quote}” (in French): “{0} {title}”"


@pytest.mark.parametrize(
    ("day", "french", "english"),
    [
        (date(2025, 1, 1), "1er janvier 2025", "1 January 2025"),
        (date(2024, 2, 29), "29 février 2024", "29 February 2024"),
        (date(1999, 12, 31), "31 décembre 1999", "31 December 1999"),
    ],
)
def test_dates_are_spoken(day: date, french: str, english: str) -> None:
    assert spoken_date(day, "fr") == french
    assert spoken_date(day, "en") == english


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_plain_space_stands_where_french_wants_a_no_break_one(language: Language) -> None:
    text = " ".join(part for part in PHRASES[language] if isinstance(part, str))

    assert not any(pair in text for pair in ("« ", " »", " :", " ?"))
    assert len(PHRASES[language].months) == 12


@pytest.mark.parametrize(
    ("language", "published", "expected"),
    [
        ("fr", date(2025, 8, 1), "Au 1er août 2025 («\u00a0T\u00a0»)\u00a0: A."),
        ("fr", None, "D’après «\u00a0T\u00a0»\u00a0: A."),
        ("en", date(2025, 8, 1), "As of 1 August 2025 (“T”): A."),
        ("en", None, "According to “T”: A."),
    ],
)
def test_what_others_contradict_is_said_with_its_date_or_its_title(
    language: Language, published: date | None, expected: str
) -> None:
    assert dated_statement("A.", title="T", published_at=published, language=language) == expected
