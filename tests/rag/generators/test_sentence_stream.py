from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.generators.sentence_stream import sentences
from rag.generators.thoughts import without_thoughts

FRENCH = (
    "Le plan est né à Shanghai. [2] M. Dupont l’a signé le 26 juillet 2025 [1]. « Vraiment ? » "
    "a-t-il dit.[1][3] Le coût est de 3,5 % !【1†source】 Oui.\n\n- Premier point [1]\n"
    "- Second point,\nqui continue (source : 2).\n1. Un\n2. Deux. [4]"
)
ENGLISH = (
    "The U.S. Senate met. (source: 1) “Are you ready?” Mr. Doe asked. It cost $3.5 bn. [1] [2] "
    "Nobody (not even J. Smith) came. The end… [3]"
)


def whole(text: str) -> list[str]:
    return list(sentences([text]))


def test_french_prose_is_cut_where_its_sentences_end() -> None:
    assert whole(FRENCH) == [
        "Le plan est né à Shanghai [2].",
        "M. Dupont l’a signé le 26 juillet 2025 [1].",
        "« Vraiment ? » a-t-il dit[1][3].",
        "Le coût est de 3,5 %【1†source】 !",
        "Oui.",
        "- Premier point [1]",
        "- Second point,\nqui continue (source : 2).",
        "1. Un",
        "2. Deux [4].",
    ]


def test_english_prose_is_cut_where_its_sentences_end() -> None:
    assert whole(ENGLISH) == [
        "The U.S. Senate met (source: 1).",
        "“Are you ready?” Mr. Doe asked.",
        "It cost $3.5 bn [1] [2].",
        "Nobody (not even J. Smith) came.",
        "The end [3]…",
    ]


@pytest.mark.parametrize("text", [FRENCH, ENGLISH])
@given(data=st.data())
def test_the_sentences_do_not_depend_on_the_pieces(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)))))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]

    assert list(sentences(pieces)) == whole(text)


def test_a_sentence_comes_before_the_next_is_written() -> None:
    read: list[str] = []

    def pieces() -> Iterator[str]:
        for word in ["Le", "phare", "est", "haut.", "La", "mer", "est", "calme.", "Il", "pleut."]:
            read.append(word)
            yield word + " "

    assert next(sentences(pieces())) == "Le phare est haut."
    assert len(read) < 8


def test_a_model_that_never_ends_a_sentence_is_cut() -> None:
    cut = sentences(("mot " for _ in range(10_000)), longest=200)

    assert max(map(len, cut)) <= 200


def test_one_endless_word_is_cut_too() -> None:
    assert max(map(len, sentences(["x" * 5000], longest=200))) <= 400


def test_nothing_gives_nothing() -> None:
    assert whole(" \n ") == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<think>Voyons. Oui.</think>Le phare est haut.", "Le phare est haut."),
        ("Le <thinking>a\n\nb</thinking>phare.", "Le phare."),
        ("<THINK>a</THINK>b<think>c</think>d", "bd"),
        ("<think>sans fin", ""),
        ("pensé dans la consigne</think>Le phare.", "Le phare."),
        ("3 < 4 et <b>gras</b>", "3 < 4 et <b>gras</b>"),
        ("fini par <", "fini par <"),
    ],
)
def test_thoughts_are_left_out(text: str, told: str) -> None:
    assert "".join(without_thoughts([text])) == told


@given(st.integers(1, 9))
def test_a_tag_may_come_in_pieces(size: int) -> None:
    text = "Oui.<think>Non.</think> Le phare est < 50 m."
    pieces = [text[start : start + size] for start in range(0, len(text), size)]

    assert "".join(without_thoughts(pieces)) == "Oui. Le phare est < 50 m."
