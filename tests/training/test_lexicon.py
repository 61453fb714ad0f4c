"""A lexicon learnt from a few lines."""

from pathlib import Path

import pytest

from index.lexicon import Lexicon
from training.lexicon import learn
from training.sources import Pair

LINES = (
    ("the black cat", "le chat noir"),
    ("the black dog", "le chien noir"),
    ("a white cat", "un chat blanc"),
    ("a white dog", "un chien blanc"),
    ("the cat sleeps in 1905", "le chat dort en 1905"),
    ("the dog sleeps in 1905", "le chien dort en 1905"),
)


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    folder = tmp_path_factory.mktemp("lexicon")
    learn([Pair("news", english, french) for english, french in LINES], folder)
    return Lexicon.load(folder)


@pytest.mark.parametrize(
    ("english", "french"),
    [("cat", "chat"), ("dog", "chien"), ("white", "blanc"), ("black", "noir")],
)
def test_words_that_always_stand_together_translate_each_other(
    lexicon: Lexicon, english: str, french: str
) -> None:
    (best, probability), *_ = lexicon.translate(english, source="en")
    assert (best, lexicon.translate(french, source="fr")[0][0]) == (french, english)
    assert probability > 0.8


def test_a_number_needs_no_entry(lexicon: Lexicon) -> None:
    assert lexicon.translate("1905", source="en") == ()


def test_the_same_lines_give_the_same_files(tmp_path: Path) -> None:
    pairs = [Pair("news", english, french) for english, french in LINES]
    for name in ("first", "second"):
        learn(pairs, tmp_path / name)
    assert (tmp_path / "first/en.tsv").read_bytes() == (tmp_path / "second/en.tsv").read_bytes()
