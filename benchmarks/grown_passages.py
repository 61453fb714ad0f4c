"""A million passages that differ, of real sentences: as the index takes them, in files.

A passage is a run of consecutive sentences of a document, as they stand in aligned French and
English text, in which about every fifth is exchanged for another one from near by. Ten passages
make a document, in one language, with a number of its own among its terms, as texts have names
that stand nowhere else. One in twenty belongs to a second collection.

Reading a million passages with the default encoder takes hours. So some thousand are read, and a
linear map from the static encoder's vectors (which are cheap) to its is fitted on them. A made
vector is what the map gives for a passage plus what it missed for one of those that were read,
drawn at random. They are as wide as real ones and a little further apart, which makes the nearest
harder to find; `Likeness` says how much.
"""

import gzip
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from documents.models import LANGUAGES, Language
from index.analyzer import terms
from index.encoder import Encoder, Vectors
from index.late_interaction import TokenIds, TokenIndex
from index.segment import Additions
from index.static_encoder import StaticEncoder

PORTION = 16_384  # as an index takes them from the store
COLLECTIONS = (1, 2)
_SECOND_COLLECTION = 20  # every twentieth document
_PASSAGES = 10  # of a document
_TOKENS = (80, 220)  # of a passage: 60 to 160 words
_EXCHANGED = 0.2
_NEAR = 500  # sentences
_READ = 8000  # passages that the encoder reads
_RIDGE = 1.0
_UNJOINED = "tatoeba"  # sentences in no order


class Likeness(NamedTuple):
    """Mean cosine with the 1st and the 10th neighbour, of passages read and of made vectors."""

    real_first: float
    real_tenth: float
    made_first: float
    made_tenth: float


@dataclass(frozen=True, slots=True, eq=False)
class _Sentences:
    """The sentences of a language, in order: text, terms and tokens of each."""

    texts: list[str]
    terms: list[list[str]]
    tokens: list[TokenIds]


@dataclass(frozen=True, slots=True, eq=False)
class Mapping:
    """From static vectors (n, 256) to wider ones: a matrix, and what it misses."""

    matrix: NDArray[np.float32]
    missed: NDArray[np.float32]

    def made(self, static: Vectors, chance: np.random.Generator) -> Vectors:
        """Return a made vector for each static one."""
        missed = self.missed[chance.integers(0, len(self.missed), len(static))]
        return _unit(static @ self.matrix + missed)


def make(folder: Path, text: Path, count: int, *, static: StaticEncoder, encoder: Encoder) -> None:
    """Write `count` passages into `folder`, unless they are there."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [n for n in range(-(-count // PORTION)) if not (folder / f"{n}.npz").exists()]
    if not missing:
        return
    spoken = {name: _sentences(text, name, static) for name in LANGUAGES}
    mapping = _mapping(folder, spoken, static, encoder)
    for number in missing:
        _write(folder / f"{number}.npz", _portion(number, spoken, mapping, static))


def portions(folder: Path, count: int) -> Iterator[Additions]:
    """Yield the first `count` passages, a portion at a time."""
    for number in range(-(-count // PORTION)):
        with np.load(folder / f"{number}.npz") as read:
            arrays = dict(read)
        kept = min(PORTION, count - number * PORTION)
        words = arrays["terms"].tobytes().decode().split("\n")
        tokens = TokenIndex(arrays["starts"], arrays["ids"])
        yield Additions(
            rows=arrays["rows"][:kept],
            collections=arrays["collections"][:kept],
            languages=[LANGUAGES[n] for n in arrays["languages"][:kept]],
            vectors=arrays["vectors"][:kept],
            terms=[line.split(" ") if line else [] for line in words[:kept]],
            tokens=tokens.take(np.arange(kept)),
        )


def _sentences(text: Path, language: Language, static: StaticEncoder) -> _Sentences:
    column = 1 if language == "en" else 2
    with gzip.open(text, "rt", encoding="utf-8") as lines:
        rows = (line.rstrip("\n").split("\t") for line in lines)
        texts = [row[column] for row in rows if row[0] != _UNJOINED]
    return _Sentences(texts, [terms(one, language) for one in texts], static.token_ids(texts))


def _passages(
    sentences: _Sentences, chance: np.random.Generator, count: int
) -> Iterator[list[int]]:
    """Yield the numbers of the sentences of `count` consecutive passages."""
    at = int(chance.integers(0, len(sentences.texts) - 1000))
    for _ in range(count):
        chosen: list[int] = []
        left = int(chance.integers(*_TOKENS))
        while left > 0:
            at += 1
            which = at
            if chance.random() < _EXCHANGED:
                which = at + int(chance.integers(-_NEAR, _NEAR))
            which %= len(sentences.texts)
            chosen.append(which)
            left -= max(len(sentences.tokens[which]), 1)
        yield chosen


def _portion(
    number: int, spoken: dict[Language, _Sentences], mapping: Mapping, static: StaticEncoder
) -> Additions:
    chance = np.random.default_rng([7, number])
    languages: list[Language] = []
    words: list[list[str]] = []
    tokens: list[TokenIds] = []
    for start in range(0, PORTION, _PASSAGES):
        document = (number * PORTION + start) // _PASSAGES
        language = LANGUAGES[document % 2]
        sentences = spoken[language]
        for chosen in _passages(sentences, chance, min(_PASSAGES, PORTION - start)):
            languages.append(language)
            own = [f"n{document}", *chain.from_iterable(sentences.terms[n] for n in chosen)]
            words.append(own)
            tokens.append(np.concatenate([sentences.tokens[n] for n in chosen]))
    rows = np.arange(number * PORTION, (number + 1) * PORTION) + 1
    second = (rows // _PASSAGES) % _SECOND_COLLECTION == 0
    return Additions(
        rows=rows,
        collections=np.where(second, COLLECTIONS[1], COLLECTIONS[0]).astype(np.int32),
        languages=languages,
        vectors=mapping.made(static.sums(tokens), chance),
        terms=words,
        tokens=TokenIndex.build(tokens),
    )


def _mapping(
    folder: Path, spoken: dict[Language, _Sentences], static: StaticEncoder, encoder: Encoder
) -> Mapping:
    """Return the fitted map, which is kept in `folder` with how alike its vectors are."""
    path = folder / "mapping.npz"
    if not path.exists():
        chance = np.random.default_rng(7)
        texts: list[str] = []
        tokens: list[TokenIds] = []
        for language in LANGUAGES * (_READ // 2 // _PASSAGES):
            for chosen in _passages(spoken[language], chance, _PASSAGES):
                texts.append(" ".join(spoken[language].texts[n] for n in chosen))
                tokens.append(np.concatenate([spoken[language].tokens[n] for n in chosen]))
        real, light = encoder.encode_passages(texts), static.sums(tokens)
        gram = light.T @ light + _RIDGE * np.eye(light.shape[1], dtype=np.float32)
        matrix = np.linalg.solve(gram, light.T @ real).astype(np.float32)
        mapping = Mapping(matrix, real - light @ matrix)
        likeness = Likeness(*_neighbours(real), *_neighbours(mapping.made(light, chance)))
        (folder / "likeness.json").write_text(json.dumps(likeness._asdict()), encoding="utf-8")
        np.savez(path, **asdict(mapping))
    with np.load(path) as read:
        return Mapping(read["matrix"], read["missed"])


def _neighbours(vectors: Vectors) -> tuple[float, float]:
    """Return the mean cosine with the nearest other vector and with the tenth."""
    cosines = np.sort(vectors[:1000] @ vectors.T, axis=1)[:, ::-1]
    return float(cosines[:, 1].mean()), float(cosines[:, 10].mean())


def _unit(vectors: NDArray[np.float32]) -> Vectors:
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit.astype(np.float32)


def _write(path: Path, portion: Additions) -> None:
    tokens = portion.tokens or TokenIndex.empty(len(portion))
    text = "\n".join(" ".join(words) for words in portion.terms)
    unfinished = path.with_suffix(".new.npz")
    np.savez(
        unfinished,
        rows=portion.rows,
        collections=portion.collections,
        languages=np.array([LANGUAGES.index(name) for name in portion.languages], np.int8),
        vectors=portion.vectors,
        terms=np.frombuffer(text.encode(), np.uint8),
        starts=tokens.starts,
        ids=tokens.ids,
    )
    unfinished.replace(path)


def cut(portion: Additions, start: int, stop: int) -> Additions:
    """Return some of the passages of `portion`."""
    part = slice(start, stop)
    tokens = portion.tokens or TokenIndex.empty(len(portion))
    return Additions(
        rows=portion.rows[part],
        collections=portion.collections[part],
        languages=portion.languages[part],
        vectors=portion.vectors[part],
        terms=portion.terms[part],
        tokens=tokens.take(np.arange(start, stop)),
    )


def clauses(text: Path, count: int) -> list[str]:
    """Return `count` starts of sentences, half of them in French: six to ten words each."""
    chance = np.random.default_rng(7)
    with gzip.open(text, "rt", encoding="utf-8") as lines:
        rows = [row for line in lines if (row := line.rstrip("\n").split("\t"))[0] != _UNJOINED]
    found: list[str] = []
    while len(found) < count:
        words = rows[chance.integers(len(rows))][1 + len(found) % 2].split()
        if len(words) >= 12:
            found.append(" ".join(words[: chance.integers(6, 11)]))
    return found
