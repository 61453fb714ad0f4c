"""How good the short answers are, given the sentence that holds the answer.

``python -m benchmarks.short_answers`` takes the development questions that nothing was chosen
on, and of the passage that answers the sentence that holds the answer and most of the
question's words. Printed for each language direction and each kind of answer: how many of the
questions got a short answer, how many of these are right (they share at least half of their
words with a known answer: F1 ≥ 0.5), how many are exactly a known answer.
"""

import argparse
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path

from benchmarks import development
from benchmarks.calibrate import half
from benchmarks.development import PASSAGES, QUESTIONS
from documents.models import LANGUAGES, Language
from documents.normalization import fold
from documents.sentences import sentence_spans
from index.analyzer import terms
from index.lexicon import Lexicon
from rag.bootstrap import LEXICON
from rag.question import AnalysedQuestion, analyse
from rag.quoting.short_answer import short_answer
from rag.quoting.wanted import wanted_of

_RIGHT = 0.5  # F1 of words
_WORD = re.compile(r"\w+")
_LEADING = frozenset(
    {
        "le",
        "la",
        "les",
        "l",
        "un",
        "une",
        "the",
        "a",
        "an",
        "en",
        "in",
        "on",
        "at",
        "au",
        "aux",
        "du",
        "de",
        "des",
        "d",
        "to",
    }
)


def report(folder: Path, *, most: int, chosen: bool = False) -> dict[str, dict[str, float]]:
    """Return shares by direction and by kind; `chosen` asks for the half that was tuned on."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for name, question, sentence, language, answers in _asked(folder, most, chosen=chosen):
        span = short_answer(question, sentence, language)
        outcome = Counter(questions=1)
        if span is not None:
            said = span.of(sentence)
            outcome["given"] = 1
            outcome["right"] = int(max(f1(said, answer) for answer in answers) >= _RIGHT)
            outcome["exact"] = int(any(_words(said) == _words(answer) for answer in answers))
        for key in (name, wanted_of(question.text), "all"):
            counts[key] += outcome
    return {key: _shares(count) for key, count in counts.items()}


def f1(one: str, other: str) -> float:
    """Return the harmonic mean of precision and recall of words, articles in front left out."""
    first, second = Counter(_words(one)), Counter(_words(other))
    common = (first & second).total()
    return 2 * common / (first.total() + second.total()) if common else 0.0


def _asked(
    folder: Path, most: int, *, chosen: bool
) -> Iterator[tuple[str, AnalysedQuestion, str, Language, tuple[str, ...]]]:
    """Yield direction, question, sentence, its language and the known answers."""
    lexicon = Lexicon.load(LEXICON)
    for spoken, language in product(LANGUAGES, LANGUAGES):
        texts = {row["id"]: row["text"] for row in development.rows(folder, PASSAGES[language])}
        asked = development.questions(folder, QUESTIONS[spoken, language])
        for one in half(asked, chosen=chosen)[:most]:
            question = analyse(one.text, translator=lexicon, language=spoken)
            sentence = _sentence(question, texts[one.passage or ""], language, one.answers)
            if sentence is not None:
                yield f"{spoken}→{language}", question, sentence, language, one.answers


def _sentence(
    question: AnalysedQuestion, text: str, language: Language, answers: Sequence[str]
) -> str | None:
    """Return the sentence that holds an answer and the most words of the question."""
    sentences = [span.of(text) for span in sentence_spans(text)]
    holding = [one for one in sentences if any(answer in one for answer in answers)]

    def covered(sentence: str) -> int:
        said = set(terms(sentence, language))
        return sum(not said.isdisjoint(group) for group in question.groups[language])

    return max(holding, key=covered, default=None)


def _words(text: str) -> list[str]:
    words = _WORD.findall(fold(text))
    while len(words) > 1 and words[0] in _LEADING:
        words = words[1:]
    return words


def _shares(count: Mapping[str, int]) -> dict[str, float]:
    given = count["given"]
    return {
        "questions": count["questions"],
        "given": given / count["questions"],
        "right": count["right"] / given if given else 0.0,
        "exact": count["exact"] / given if given else 0.0,
    }


def main() -> None:
    """Ask the held-out questions of their sentences and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=development.DATA)
    parser.add_argument("--most", type=int, default=500, help="questions a direction, at most")
    parser.add_argument("--chosen", action="store_true", help="the half that rules were chosen on")
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    options = parser.parse_args()
    figures = report(options.data, most=options.most, chosen=options.chosen)
    for name, shares in sorted(figures.items(), key=lambda pair: -pair[1]["questions"]):
        print(
            f"{name:8} {shares['questions']:5} questions  given {shares['given']:.2f}  "
            f"right {shares['right']:.2f}  exact {shares['exact']:.2f}"
        )
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
