"""The training text as tokens: parallel lines, dictionary entries, English questions.

Line i in English and line i in French say the same. Tokenised once and kept beside the
run, since it takes minutes and every try uses it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from training.errors import TrainingError
from training.kept import kept
from training.ragged import Ragged, from_lengths
from training.sources import UNORDERED_SOURCES, Pair, QuestionPair, weight_of

_BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Corpus:
    """Token rows, aligned; `source` int16 (lines,), `weight` float64 (lines,).

    `ordered` bool (lines,): the neighbouring lines belong to the same text.
    """

    english: Ragged
    french: Ragged
    source: NDArray[np.int16]
    weight: NDArray[np.float64]
    ordered: NDArray[np.bool_]
    questions: Ragged
    sentences: Ragged

    def __len__(self) -> int:
        return len(self.source)

    def side(self, *, french: bool) -> Ragged:
        """Return the lines in one language."""
        return self.french if french else self.english


def tokenise(tokenizer: Tokenizer, texts: Sequence[str]) -> Ragged:
    """Return the tokens of each text, unknown ones left out."""
    unknown = tokenizer.token_to_id("[UNK]")
    tokens: list[NDArray[np.int32]] = []
    for start in range(0, len(texts), _BATCH):
        batch = tokenizer.encode_batch_fast(
            list(texts[start : start + _BATCH]), add_special_tokens=False
        )
        tokens += [np.array(encoding.ids, dtype=np.int32) for encoding in batch]
    lengths = np.array([len(row) for row in tokens], dtype=np.int64)
    rows = from_lengths(np.concatenate([np.empty(0, np.int32), *tokens]), lengths)
    return rows.keep(rows.tokens != unknown)


def build_corpus(
    tokenizer: Tokenizer, pairs: Sequence[Pair], questions: Sequence[QuestionPair]
) -> Corpus:
    """Return the tokens of `pairs` (in order) and `questions`.

    Raises:
        TrainingError: there are no pairs.
    """
    if not pairs:
        raise TrainingError("There is no line of text to train on.")
    names = sorted({pair.source for pair in pairs})
    number = {name: row for row, name in enumerate(names)}
    source = np.array([number[pair.source] for pair in pairs], dtype=np.int16)
    unordered = [number[name] for name in names if name in (*UNORDERED_SOURCES, "dictionary")]
    return Corpus(
        english=tokenise(tokenizer, [pair.english for pair in pairs]),
        french=tokenise(tokenizer, [pair.french for pair in pairs]),
        source=source,
        weight=np.array([weight_of(name) for name in names])[source],
        ordered=~np.isin(source, unordered),
        questions=tokenise(tokenizer, [question.question for question in questions]),
        sentences=tokenise(tokenizer, [question.sentence for question in questions]),
    )


def load_or_build(
    path: Path, tokenizer: Tokenizer, pairs: Iterable[Pair], questions: Iterable[QuestionPair]
) -> Corpus:
    """Return the corpus stored at `path`, built and stored if absent."""
    kept(path, lambda part: save(build_corpus(tokenizer, list(pairs), list(questions)), part))
    with np.load(path) as stored:

        def rows(name: str) -> Ragged:
            return Ragged(stored[f"{name}_tokens"], stored[f"{name}_offsets"])

        return Corpus(
            english=rows("english"),
            french=rows("french"),
            source=stored["source"],
            weight=stored["weight"],
            ordered=stored["ordered"],
            questions=rows("questions"),
            sentences=rows("sentences"),
        )


def save(corpus: Corpus, path: Path) -> None:
    """Store `corpus` as one NumPy archive."""
    arrays = {name: getattr(corpus, name) for name in ("source", "weight", "ordered")}
    for name in ("english", "french", "questions", "sentences"):
        rows: Ragged = getattr(corpus, name)
        arrays |= {f"{name}_tokens": rows.tokens, f"{name}_offsets": rows.offsets}
    np.savez(path, **arrays)
