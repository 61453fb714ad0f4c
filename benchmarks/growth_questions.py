"""What the embedded index is asked as it grows, and what it should have found.

Questions are real ones, asked in French and in English, and clauses of the text itself.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks import development, grown_passages
from documents.models import LANGUAGES, Language
from index.lexical import Group
from index.lexicon import Lexicon
from index.static_encoder import StaticEncoder
from index.view import View
from rag.bootstrap import LEXICON
from rag.encoders import STATIC, load_encoder
from rag.question import analyse

MOST = 100  # proposed by each search, as by rag/retrieval.py
_ASKED = 75  # questions of each of four kinds


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: its vector, and its groups in each language."""

    vector: NDArray[np.float32]
    groups: dict[Language, list[Group]]

    def search(self, view: View) -> None:
        """Search as one question does."""
        for language in LANGUAGES:
            view.propose(self.vector, self.groups[language], MOST, collection=1, language=language)


def prepare(folder: Path, text: Path, data: Path, passages: int) -> None:
    """Make so many passages, and the questions, unless they are there."""
    static = StaticEncoder.load(STATIC)
    encoder = load_encoder("embedded", static)
    grown_passages.make(folder / "passages", text, passages, static=static, encoder=encoder)
    if (folder / "questions.npz").exists():
        return
    texts = [
        one.text
        for language in LANGUAGES
        for one in development.questions(data, development.QUESTIONS[language, language])[:_ASKED]
    ]
    texts += grown_passages.clauses(text, 2 * _ASKED)
    translator = Lexicon.load(LEXICON)
    groups = [analyse(one, translator=translator).groups for one in texts]
    (folder / "questions.json").write_text(json.dumps(groups), encoding="utf-8")
    np.savez(folder / "questions.npz", vectors=encoder.encode_questions(texts))


def questions(folder: Path) -> list[Asked]:
    """Return the questions made by `prepare`, kinds mixed."""
    groups = json.loads((folder / "questions.json").read_text(encoding="utf-8"))
    with np.load(folder / "questions.npz") as read:
        found = [Asked(*each) for each in zip(read["vectors"], groups, strict=True)]
    order = np.random.default_rng(7).permutation(len(found))
    return [found[at] for at in order]


def recall(folder: Path, size: int, view: View, asked: Sequence[Asked]) -> dict[str, float]:
    """Return the share of the nearest vectors that a search finds."""
    questions_ = np.stack([one.vector for one in asked])
    best = {language: _Best.none(len(asked)) for language in LANGUAGES}
    for portion in grown_passages.portions(folder / "passages", size):
        rows = np.asarray(portion.rows)
        cosines = questions_ @ portion.vectors.T
        spoken = np.array(portion.languages)
        for language, found in best.items():
            kept = (spoken == language) & (np.asarray(portion.collections) == 1)
            best[language] = found.with_others(rows[kept], cosines[:, kept])
    shares: dict[int, list[float]] = {10: [], MOST: []}
    for number, one in enumerate(asked):
        for language, exact in best.items():
            found = view.dense(one.vector, MOST, collection=1, language=language).rows
            for k, values in shares.items():
                values.append(len(np.intersect1d(found[:k], exact.rows[number, :k])) / k)
    return {f"recall@{k}": round(float(np.mean(values)), 4) for k, values in shares.items()}


@dataclass(frozen=True, slots=True)
class _Best:
    """The nearest rows of each question so far, best first, and their cosines, (q, k)."""

    rows: NDArray[np.int64]
    cosines: NDArray[np.float32]

    @classmethod
    def none(cls, count: int) -> "_Best":
        return cls(np.zeros((count, 0), np.int64), np.zeros((count, 0), np.float32))

    def with_others(self, rows: NDArray[np.int64], cosines: NDArray[np.float32]) -> "_Best":
        all_cosines = np.hstack([self.cosines, cosines])
        all_rows = np.hstack([self.rows, np.broadcast_to(rows, cosines.shape)])
        order = np.argsort(-all_cosines, axis=1)[:, :MOST]
        return _Best(
            np.take_along_axis(all_rows, order, 1), np.take_along_axis(all_cosines, order, 1)
        )
