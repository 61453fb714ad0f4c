"""Questions that both languages ask are the same question, word for word where they were made."""

import re
from itertools import chain

import numpy as np
import pytest
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from training.corpus import build_corpus, tokenise
from training.parallel_questions import OPENINGS, ParallelQuestions
from training.sources import Pair

STATEMENTS = (("the rain falls", "la pluie tombe"), ("a lighthouse", "un phare"))
QUESTIONS = (("Where is my cat?", "Où est mon chat ?"), ("Do you sing?", "Chantez-vous ?"))


def tokenizer(*, marks: bool) -> Tokenizer:
    """Return one that knows all words here, and the question mark if it is the teacher's."""
    texts = chain.from_iterable((*OPENINGS, *STATEMENTS, *QUESTIONS))
    words = sorted({word for text in texts for word in re.findall(r"\w+", text.lower())})
    known = ["[UNK]", *words, *("?" * marks)]
    made = Tokenizer(models.WordLevel({word: at for at, word in enumerate(known)}, "[UNK]"))
    made.normalizer = normalizers.Lowercase()
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    return made


STUDENT, TEACHER = tokenizer(marks=False), tokenizer(marks=True)


def drawn(
    lines: tuple[tuple[str, str], ...], *, in_english: float, draws: int = 20
) -> set[tuple[str, str]]:
    """Return what is read and what is taught."""
    corpus = build_corpus(STUDENT, [Pair("news", *line) for line in lines], [])
    english = tokenise(TEACHER, [line[0] for line in lines])
    asked = ParallelQuestions(corpus, english, (STUDENT, TEACHER), in_english=in_english)
    found = set()
    for seed in range(draws):
        lesson = asked.draw(np.random.default_rng(seed), 16)
        for row in range(16):
            one = np.array([row])
            read, taught = lesson.read.take(one), lesson.taught.take(one)
            found.add((STUDENT.decode(read.tokens), TEACHER.decode(taught.tokens)))
    return found


def plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def test_a_question_of_the_text_is_taught_where_its_english_stands() -> None:
    expected = {
        (plain(french), english.lower().replace("?", " ?")) for english, french in QUESTIONS
    }
    assert expected <= drawn((*STATEMENTS, *QUESTIONS), in_english=0)
    assert expected & drawn(STATEMENTS, in_english=0) == set()


def test_a_made_question_opens_alike_in_both_languages() -> None:
    possible = {
        (plain(f"{opening[1]} {line[1]}"), plain(f"{opening[0]} {line[0]}"))
        for opening in OPENINGS
        for line in STATEMENTS
    }
    found = drawn(STATEMENTS, in_english=0)
    assert found <= possible
    assert len(found) > len(possible) / 2


def test_a_part_is_english_on_both_sides() -> None:
    for read, taught in drawn((*STATEMENTS, *QUESTIONS), in_english=1):
        assert read == taught.removesuffix(" ?")


@pytest.mark.parametrize("lines", [QUESTIONS, (("rain " * 50, "pluie " * 50),)])
def test_a_text_of_questions_or_of_long_lines_alone_has_questions_too(
    lines: tuple[tuple[str, str], ...],
) -> None:
    assert drawn(lines, in_english=0, draws=4)
