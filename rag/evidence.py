"""Which sentences of the passages found answer the question.

Each sentence is measured by how well it covers the question's tokens (late interaction, so
that it works across languages) and its words, with what stands over it; by what the sentence
before it adds; by whether it holds the kind of thing asked for; and by its passage's relevance.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from documents.models import LANGUAGES, Language, Sentence
from index.encoder import Vectors
from index.late_interaction import TokenIndex
from rag.answer_kind import holds
from rag.calibration import Floats, LinearModel
from rag.dated import tells_of_another_year, year_asked
from rag.lines import LineReader
from rag.opposed import is_opposed, stance_of
from rag.question import AnalysedQuestion
from rag.retrieval import Found

_READ = 8  # passages whose sentences are read
# Cosines of tokens: at most the first, they have nothing in common; from the second, all.
_UNLIKE, _ALIKE = 0.35, 0.85
_LEAST_RARITY = 0.05
_ANOTHER_YEAR = 2.5  # log-odds that telling of another year than the asked one takes
_OWN_LANGUAGE = 0.5  # log-odds that an answer in the question's own language is worth


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """A sentence that may answer, and how likely it does.

    `sentence` is in offsets of the document, `over` is what stands over it; `covered` is how well
    it covers each token of the question, ``float32 (q,)`` cosines. `vector` is what the encoder
    made of it, under `over`, ahead of the question.
    """

    found: Found
    sentence: Sentence
    text: str
    log_odds: float
    measures: Mapping[str, float]
    covered: Floats
    over: str
    vector: Vectors | None = None

    @property
    def in_context(self) -> str:
        """The sentence under the title and the headings."""
        return self.over + self.text

    def at_most(self, log_odds: float) -> "Evidence":
        """Return it with no better `log_odds` than these."""
        if self.log_odds <= log_odds:
            return self
        return Evidence(  # `replace` takes five times as long, and most sentences come here
            self.found,
            self.sentence,
            self.text,
            log_odds,
            self.measures,
            self.covered,
            self.over,
            self.vector,
        )

    @property
    def language(self) -> Language:
        """The language of the passage that the sentence stands in."""
        return self.found.hit.stored.passage.language


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    """A sentence, or the title and headings `over` a passage's sentences, and what it says."""

    found: Found
    text: str
    terms: Sequence[str]
    over: str
    sentence: Sentence | None = None
    vector: Vectors | None = None

    @property
    def language(self) -> Language:
        """The language of the passage."""
        return self.found.hit.stored.passage.language


@dataclass(frozen=True, slots=True)
class SentenceRanker:
    """Ranks the sentences of passages by how likely each answers a question."""

    reader: LineReader
    model: LinearModel

    def rank(self, question: AnalysedQuestion, found: Sequence[Found]) -> list[Evidence]:
        """Return the sentences of the first passages of `found`, best first.

        Those in the language of the best come before all others: sentences of one language
        are told apart well, those of two only with the help of their passages.
        """
        lines, texts = _lines(found[:_READ], self.reader)
        if not lines:
            return []
        interaction = self.reader.interaction
        [tokens] = interaction.encoder.token_ids([question.text])
        covered = interaction.maxima(tokens, texts)
        measures = _measures(question, lines, covered, interaction.weights(tokens))
        evidence = [
            one
            for language in LANGUAGES
            for one in self._weighed(question, language, lines, measures, covered)
        ]
        if not evidence:
            return []
        preferred = _best_language(question.language, evidence)
        return sorted(evidence, key=lambda one: (one.language != preferred, -one.log_odds))

    def _weighed(
        self,
        question: AnalysedQuestion,
        language: Language,
        lines: Sequence[_Line],
        measures: Mapping[str, Floats],
        covered: Floats,
    ) -> Iterator[Evidence]:
        """Yield the sentences in `language`, each with its likelihood."""
        at = [i for i, line in enumerate(lines) if line.language == language]
        chosen = {name: values[at] for name, values in measures.items()}
        log_odds = self.model.log_odds(question.language, language, chosen)
        log_odds -= _ANOTHER_YEAR * chosen["other_year"]
        measured = zip(*(values.tolist() for values in chosen.values()), strict=True)
        for i, odds, values in zip(at, log_odds.tolist(), measured, strict=True):
            line = lines[i]
            if line.sentence is not None:
                yield Evidence(
                    line.found,
                    line.sentence,
                    line.text,
                    odds,
                    dict(zip(chosen, values, strict=True)),
                    covered[i],
                    line.over,
                    line.vector,
                )


def _best_language(spoken: Language, evidence: Sequence[Evidence]) -> Language:
    """Return the language of the best sentence in the best passage, `spoken` a little favoured."""

    def likelihood(one: Evidence) -> float:
        return one.log_odds + one.found.log_odds + _OWN_LANGUAGE * (one.language == spoken)

    return max(evidence, key=likelihood).language


def _lines(found: Sequence[Found], reader: LineReader) -> tuple[list[_Line], TokenIndex]:
    """Return what stands over each passage, then its sentences, each sentence once; their tokens.

    A sentence that stands in two passages belongs to the better one.
    """
    lines: list[_Line] = []
    kept: list[int] = []  # of the lines of all passages
    seen: set[tuple[str, int]] = set()
    first = 0
    read = reader.read([one.hit.stored for one in found])
    for one, passage in zip(found, read, strict=True):
        document = one.hit.stored.document.id
        over = passage.texts[0]
        lines.append(_Line(one, over, passage.terms[0], over))
        kept.append(first)
        for at, sentence in enumerate(passage.sentences):
            place = (document, sentence.start)
            if place not in seen:
                seen.add(place)
                vector = None if passage.vectors is None else passage.vectors[at]
                text, said = passage.texts[at + 1], passage.terms[at + 1]
                lines.append(_Line(one, text, said, over, sentence, vector))
                kept.append(first + at + 1)
        first += len(passage.texts)
    tokens = TokenIndex.joined([passage.tokens for passage in read])
    return lines, tokens if len(kept) == len(tokens) else tokens.take(np.array(kept))


def _measures(
    question: AnalysedQuestion, lines: Sequence[_Line], covered: Floats, weights: Floats
) -> dict[str, Floats]:
    """Return each measure of each line, ``float32 (n,)``; those of headings mean nothing.

    What the title and the headings say counts as said by each sentence under them: in a text
    about Stargate, "Son is the chairman" speaks of Stargate.
    """
    sentences = [line.sentence is not None for line in lines]
    said, before = _in_context(lines, covered)
    focus = _focus(said[sentences], weights)
    words, _ = _in_context(lines, _words(question, lines))
    even = np.full(words.shape[1], 1 / max(words.shape[1], 1), np.float32)
    passage = np.array([line.found.log_odds for line in lines], np.float32)
    return {
        "tokens": said @ weights,
        "focus": said @ focus,
        "words": words @ _focus(words[sentences], even),
        "before": (np.maximum(before, said) - said) @ focus,
        "kind": np.array([_holds(question, line.text) for line in lines], np.float32),
        "passage": passage,
        "behind": passage - passage.max(),
        "length": np.array([np.log1p(len(line.text.split())) for line in lines], np.float32),
        "other_year": _other_year(question, lines),
        "opposed": _opposed(question, lines),
    }


def _words(question: AnalysedQuestion, lines: Sequence[_Line]) -> Floats:
    """Return how surely each line says each word of the question, ``float32 (n, words)``.

    A word said as it stands counts 1, a translation as much as it is likely. Directions may
    differ in how many words they have; what one lacks counts 0.
    """
    said = np.zeros((len(lines), max(map(len, question.groups.values()))), np.float32)
    wanted = {name: set(chain.from_iterable(groups)) for name, groups in question.groups.items()}
    for i, line in enumerate(lines):
        if found := wanted[line.language].intersection(line.terms):
            for j, group in enumerate(question.groups[line.language]):
                said[i, j] = max((group[term] for term in found & group.keys()), default=0.0)
    return said


def _in_context(lines: Sequence[_Line], covered: Floats) -> tuple[Floats, Floats]:
    """Return what each line covers with what stands over it, and what the line before covers."""
    said, before = covered.copy(), np.zeros_like(covered)
    over = 0
    for i, line in enumerate(lines):
        if line.sentence is None:
            over = i
        else:
            said[i] = np.maximum(covered[i], covered[over])
            before[i] = covered[i - 1]
    return said, before


def _focus(covered: Floats, weights: Floats) -> Floats:
    """Return weights that favour the tokens which few of the sentences cover, sum 1.

    What every sentence speaks of tells none of them apart: an inverse document frequency
    over the candidates, soft as the coverage itself.
    """
    said = np.clip((covered - _UNLIKE) / (_ALIKE - _UNLIKE), 0, 1).sum(axis=0)
    rarity = np.log((len(covered) + 1) / (said + 0.5))
    focused = weights * np.maximum(rarity, _LEAST_RARITY)
    total = focused.sum()
    return np.asarray(focused / total if total > 0 else focused, np.float32)


def _other_year(question: AnalysedQuestion, lines: Sequence[_Line]) -> Floats:
    """Return 1 for each line that tells of another year than the one that is asked about."""
    year = year_asked(question.text)
    if year is None:
        return np.zeros(len(lines), np.float32)
    return np.array([tells_of_another_year(year, line.text) for line in lines], np.float32)


def _opposed(question: AnalysedQuestion, lines: Sequence[_Line]) -> Floats:
    """Return 1 for each line that tells the opposite of what is asked."""
    stance = stance_of(question)
    opposed = [is_opposed(stance, line.text, line.terms, line.language) for line in lines]
    return np.array(opposed, np.float32)


def _holds(question: AnalysedQuestion, sentence: str) -> float:
    if question.kind == "thing":
        return 0.5
    return float(holds(question.kind, sentence, question.text))
