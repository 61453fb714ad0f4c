"""Measure BM25 across the languages: which translations of a question's words find most.

``python -m training.measure_words --eval FOLDER`` prints recall@1, @5 and @10 of English
questions over French passages and the reverse, when a word is searched as it stands, as
the lexicon translates it, as the static encoder's nearest words of the collection, or as
the lexicon translates it and by its nearest words where the lexicon does not know it.
"""

import argparse
import itertools
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from index.analyzer import Language, terms
from index.bm25 import DEFAULT_BM25, Statistics
from index.lexical import LexicalIndex
from index.lexicon import Lexicon
from index.static_encoder import StaticEncoder
from index.tokenizer import bare, tokens
from training.measure import format_recall, read_rows

_NEAREST = 6
_LEAST_COSINE = 0.45
_TEMPERATURE = 0.1
_SAME_WORD = (0.0, 0.5, 1.0)  # weights tried for the word as it stands beside translations
_DIRECTIONS: tuple[tuple[str, Language, Language, str, str], ...] = (
    ("en→fr", "en", "fr", "piaf-questions-en", "piaf-passages"),
    ("fr→en", "fr", "en", "squad-questions-fr", "squad-passages"),
)

Group = Mapping[str, float]
Translate = Callable[[str], Group]  # a word of the question → terms of the passages


class Passages:
    """The passages of one language, found by words."""

    def __init__(self, rows: Sequence[Mapping[str, Any]], language: Language) -> None:
        texts = [row["text"] for row in rows]
        analysed = [terms(text, language) for text in texts]
        self.index = LexicalIndex.build(analysed)
        self.statistics = Statistics(len(texts), sum(map(len, analysed)))
        self.row_of = {row["id"]: number for number, row in enumerate(rows)}
        self.vocabulary = frozenset(term for found in analysed for term in found)
        surface = {bare(token) for text in texts for token in tokens(text)}
        self.words = sorted(word for word in surface if terms(word, language))

    def scores(self, groups: Sequence[Group]) -> np.ndarray:
        """Return float32 (passages,): BM25 of the weighted groups."""
        matches = [self.index.matches(group) for group in groups]
        idf = [self.statistics.idf(match.passages) for match in matches]
        average = self.statistics.average_length
        return self.index.scores(matches, idf, average_length=average, bm25=DEFAULT_BM25)


def nearest_words(passages: Passages, encoder: StaticEncoder, language: Language) -> Translate:
    """Return what finds the nearest words of the collection, weighted by a soft maximum."""
    vectors = encoder.encode_passages(passages.words)

    def translate(word: str) -> Group:
        cosines = vectors @ encoder.encode_questions([word])[0]
        best = [row for row in np.argsort(-cosines)[:_NEAREST] if cosines[row] > _LEAST_COSINE]
        if not best:
            return {}
        shares = np.exp((cosines[best] - 1) / _TEMPERATURE)
        shares *= cosines[best[0]] / shares.sum()
        group: dict[str, float] = defaultdict(float)
        for row, share in zip(best, shares, strict=True):
            for term in terms(passages.words[row], language):
                group[term] += float(share)
        return group

    return translate


def question_groups(
    question: str,
    *,
    spoken: Language,
    passages: Passages,
    language: Language,
    translate: Translate,
    same: float,
) -> list[Group]:
    """Return a group a word: its translations, and itself with weight `same` beside them."""
    groups: list[Group] = []
    for token in dict.fromkeys(tokens(question)):
        if terms(token, spoken):
            group = {t: p for t, p in translate(token).items() if t in passages.vocabulary}
            weight = same if group else 1.0
            for term in terms(token, language):
                group[term] = max(group.get(term, 0.0), weight)
            groups.append({term: share for term, share in group.items() if share > 0})
    return groups


def measure(
    questions: Sequence[Mapping[str, Any]],
    passages: Passages,
    groups_of: Callable[[str], Sequence[Group]],
) -> tuple[float, ...]:
    """Return recall@1, @5, @10; passages that score as much as the right one rank above it."""
    ranks = []
    for question in questions:
        scores = passages.scores(groups_of(question["question"]))
        own = scores[passages.row_of[question["passage_id"]]]
        ranks.append(int(np.sum(scores >= own)) if own > 0 else len(scores))
    return tuple(float(np.mean(np.array(ranks) <= cutoff)) for cutoff in (1, 5, 10))


def ways_to_translate(
    lexicon: Lexicon, nearest: Translate, spoken: Language
) -> dict[str, Translate]:
    """Return the ways that are compared, by name."""

    def known(word: str) -> Group:
        found = [lexicon.translate(term, source=spoken) for term in terms(word, spoken)]
        return dict(pair for pairs in found for pair in pairs)

    return {
        "as it stands": lambda _: {},
        "lexicon": known,
        "nearest words": nearest,
        "lexicon, else nearest": lambda word: known(word) or nearest(word),
    }


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--eval", type=Path, default=Path("../shared/eval"))
    parser.add_argument("--lexicon", type=Path, default=Path("index/models/lexicon"))
    parser.add_argument("--static", type=Path, default=Path("index/models/embedded-static"))
    arguments = parser.parse_args()
    lexicon, encoder = Lexicon.load(arguments.lexicon), StaticEncoder.load(arguments.static)
    for direction, spoken, language, questions_name, passages_name in _DIRECTIONS:
        passages = Passages(read_rows(arguments.eval / f"{passages_name}.jsonl.gz"), language)
        questions = read_rows(arguments.eval / f"{questions_name}.jsonl.gz")
        ways = ways_to_translate(lexicon, nearest_words(passages, encoder, language), spoken)
        for (name, translate), same in itertools.product(ways.items(), _SAME_WORD):
            groups_of = partial(
                question_groups,
                spoken=spoken,
                passages=passages,
                language=language,
                translate=translate,
                same=same,
            )
            recall = measure(questions, passages, groups_of)
            print(f"{direction}  {name}, same word {same}: {format_recall(recall)}")


if __name__ == "__main__":
    main()
