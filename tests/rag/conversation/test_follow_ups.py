import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.models import LANGUAGES, Language
from rag.conversation.follow_ups import spoken_language, standalone
from rag.models import Turn

GOLDEN = Path(__file__).parents[2] / "golden" / "follow_ups.jsonl"
ROWS = [json.loads(line) for line in GOLDEN.read_text(encoding="utf-8").splitlines()]
PIECES = (
    "Et|et|la|l'|d'|le|il|-t-il|Paris|Renault|en|2026|?|qui|que|its|of|the|who|it|that|combien|de|"
    "celui|ce|Why|not|(|\0|’|\u202f|.|a"
)
TEXTS = st.one_of(
    st.text(max_size=80),
    st.lists(
        st.sampled_from(PIECES.split("|")),
        max_size=12,
    ).map(" ".join),
)
TURNS = st.lists(st.builds(Turn, TEXTS, TEXTS), max_size=8)


def words(text: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in text.casefold()).split()


def has(text: str, part: str) -> bool:
    return f" {' '.join(words(part))} " in f" {' '.join(words(text))} "


def asked(text: str, *questions_and_answers: str) -> str | None:
    pairs = zip(questions_and_answers[::2], questions_and_answers[1::2], strict=True)
    history = [Turn(question, answer) for question, answer in pairs]
    return standalone(text, history, language=spoken_language(text, history))


def is_right(row: dict[str, object]) -> bool:
    turns = [(turn["question"], turn["answer"]) for turn in row["history"]]  # type: ignore[attr-defined]
    question = asked(str(row["text"]), *[part for turn in turns for part in turn])
    if "must_have" not in row or question is None:
        return "must_have" not in row and question is None
    wanted, unwanted = row["must_have"], row.get("must_not_have", [])
    return all(has(question, part) for part in wanted) and not any(  # type: ignore[attr-defined]
        has(question, part)
        for part in unwanted  # type: ignore[attr-defined]
    )


def share_right(rows: list[dict[str, object]]) -> float:
    return sum(map(is_right, rows)) / len(rows)


# The golden conversations


def test_the_golden_set_is_as_large_and_as_mixed_as_agreed() -> None:
    for language in LANGUAGES:
        assert sum(row["language"] == language for row in ROWS) >= 60
    assert sum(row["kind"] == "language" for row in ROWS) >= 20
    assert sum("must_have" not in row for row in ROWS) >= 30
    halves = [row["half"] for row in ROWS]
    assert abs(halves.count("development") - halves.count("held-out")) <= 8
    assert len({row["id"] for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_follow_ups_of_the_development_half_are_understood(language: Language) -> None:
    rows = [r for r in ROWS if r["half"] == "development" and r["language"] == language]
    assert share_right(rows) >= 0.95


def test_follow_ups_that_no_rule_was_chosen_on_are_understood() -> None:
    assert share_right([row for row in ROWS if row["half"] == "held-out"]) >= 0.9


def test_no_question_that_stands_by_itself_is_touched() -> None:
    assert [row["id"] for row in ROWS if "must_have" not in row and not is_right(row)] == []


# Single rules


@pytest.mark.parametrize(
    ("before", "answer", "text", "whole"),
    [
        ("Qui dirige la Poste ?", "", "Et Orange ?", "Qui dirige Orange\u00a0?"),
        (
            "Combien la Chine a-t-elle vendu d'acier en 2025 ?",
            "",
            "Et en 2026 ?",
            "Combien la Chine a-t-elle vendu d'acier en 2026\u00a0?",
        ),
        (
            "Quelle est la dette de l'Italie ?",
            "",
            "Et pour le Chili ?",
            "Quelle est la dette du Chili\u00a0?",
        ),
        ("Who runs Lufthansa?", "", "What about Ryanair?", "Who runs Ryanair?"),
        (
            "Quand le pont de Tancarville a-t-il fermé ?",
            "",
            "Pourquoi ?",
            "Pourquoi le pont de Tancarville a-t-il fermé\u00a0?",
        ),
        ("When did Norway vote?", "", "Why?", "Why did Norway vote?"),
        (
            "Who founded Lego?",
            "Ole Kirk Christiansen founded Lego.",
            "When was he born?",
            "When was Ole Kirk Christiansen born?",
        ),
        (
            "Who founded Lego?",
            "Ole Kirk Christiansen founded Lego.",
            "Where are its factories?",
            "Where are Lego’s factories?",
        ),
        (
            "Qu'est-ce que la loi Littoral ?",
            "",
            "Qui a voté cette loi ?",
            "Qui a voté la loi Littoral\u00a0?",
        ),
        (
            "Où se trouve Oxfam ?",
            "",
            "Qui est son directeur ?",
            "Qui est le directeur d’Oxfam\u00a0?",
        ),
    ],
)
def test_a_follow_up_is_completed_from_the_question_before(
    before: str, answer: str, text: str, whole: str
) -> None:
    assert asked(text, before, answer) == whole


@pytest.mark.parametrize(
    "text",
    [
        "Combien y a-t-il de lacs en Finlande ?",
        "Faut-il un visa pour le Chili ?",
        "Est-ce qu'il pleut à Brest ?",
        "Est-il vrai que le lac gèle ?",
        "La tour mesure-t-elle 300 m ?",
        "Pourquoi Macron a-t-il refusé ?",
        "Qu'est-ce que le plancton ?",
        "Is it true that the lake freezes?",
        "What is it like to live in Oslo?",
        "Are there wolves in Denmark?",
        "Did Apple say that it would pay?",
        "Sommet de Rio",
        "Emmanuel Macron",
    ],
)
def test_a_pronoun_that_points_at_nothing_outside_is_left_alone(text: str) -> None:
    assert asked(text, "Qui a fondé Lego ?", "Ole Kirk Christiansen.") is None


def test_the_follow_ups_of_the_history_are_understood_first() -> None:
    history = ["How many people live in Chile?", "20 million.", "And in Peru?", "34 million."]
    assert asked("And in 1990?", *history) == "How many people live in Peru in 1990?"


def test_a_new_topic_replaces_the_old_one() -> None:
    history = ["Who runs Lufthansa?", "Carsten Spohr.", "Where is Mount Etna?", "In Sicily."]
    assert asked("How high is it?", *history) == "How high is Mount Etna?"


def test_only_the_last_turns_matter() -> None:
    turns = ["Who runs Lufthansa?", "Carsten Spohr.", *["\0", ""] * 6]
    assert asked("And Ryanair?", *turns) is None


def test_nothing_said_before_means_nothing_to_add() -> None:
    assert asked("Et en 2026 ?") is None
    assert asked("Who signed it?", "?!", "") is None


# A change of language


def test_the_asking_words_are_in_the_language_of_the_follow_up() -> None:
    french = ("Quand la Grèce a-t-elle adopté l'euro ?", "En 2001.")
    english = ("How many people live in Canada?", "41 million.")
    assert asked("Why?", *french) == "Why la Grèce a-t-elle adopté l'euro?"
    assert asked("Et en Inde ?", *english) == "Combien de people live en Inde\u00a0?"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Pourquoi ?", "fr"),
        ("Why?", "en"),
        ("Et Microsoft ?", "fr"),
        ("And Nvidia?", "en"),
        ("In 2015?", "en"),
        ("Pour Siemens ?", "fr"),
    ],
)
def test_a_short_follow_up_says_its_language(text: str, language: Language) -> None:
    for before in ("Qui dirige la Poste ?", "Who runs the railway?"):
        assert spoken_language(text, [Turn(before)]) == language


def test_names_alone_are_in_the_language_last_spoken() -> None:
    french, english = Turn("Qui dirige la Poste ?"), Turn("Who runs the railway?")
    assert spoken_language("Siemens ?", [french, english, Turn("Nvidia?")]) == "en"
    assert spoken_language("Siemens ?", [english, french]) == "fr"
    assert spoken_language("Siemens ?", [], default="en") == "en"


# Whatever is typed


@given(text=TEXTS, history=TURNS, language=st.sampled_from(LANGUAGES))
def test_any_text_gives_a_question_or_none(
    text: str, history: list[Turn], language: Language
) -> None:
    question = standalone(text, history, language=language)
    assert question is None or (question.endswith("?") and "\n" not in question)
    assert question == standalone(text, history, language=language)


@given(text=TEXTS, language=st.sampled_from(LANGUAGES))
def test_without_a_history_every_text_stands_by_itself(text: str, language: Language) -> None:
    assert standalone(text, [], language=language) is None


@pytest.mark.parametrize("piece", ["l'", "le la ", "Paris de ", "it ", "il y ", "(", "a-t-", "9,"])
def test_a_huge_conversation_costs_nothing(piece: str) -> None:
    huge = piece * 100_000
    history = [Turn(huge, huge)] * 1000
    start = time.perf_counter()
    standalone("Et en 2026 ?", history, language="fr")
    standalone(huge, history, language="en")
    assert time.perf_counter() - start < 2
