"""What a node of a cluster does with a file: fetch it, read and cut it, encode its passages.

As it is done on this machine, with the same functions, up to the vectors. Whatever a node
cannot do it says, and this machine does it then.
"""

import os
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np

from documents.chunking import passages
from documents.errors import DocumentError, EmptyDocument
from documents.loading import Loaded, load
from documents.records import StoredEncoder
from documents.store import byte_strings
from documents.transfer import pack_outcome
from index.encoder import Encoder, read_passages
from index.errors import IndexingError
from index.static_encoder import StaticEncoder
from rag.bulk.pieces import Asked, Cut, Fetched, Piece, Recipe, apart, digest, joined
from rag.encoders import STATIC, recognised_encoder
from rag.library import document_of, storable
from rag.rows import row_source
from rag.shelving import Ready, said_by

_TEXTS = 64  # of a part: so many that a large file keeps several nodes busy


def fetch(asked: Asked) -> Fetched:
    """Read the bytes of a file, on a node that has it."""
    path = Path(os.fsdecode(asked.path))
    about = (asked.number, asked.path, asked.source, asked.known)
    try:
        return Fetched(*about, data=path.read_bytes())
    except OSError as error:
        return Fetched(*about, problem=storable(f"{path} cannot be read there: {error.strerror}"))


def cut(file: Fetched, recipe: Recipe) -> Iterator[Cut]:
    """Yield what a file says with the texts to encode, in parts; at least one."""
    if file.problem:
        yield Cut(file.number, first=True, problem=file.problem)
        return
    try:
        loaded = load(file.data, name=name_of(file.path), limits=recipe.limits)
    except DocumentError as error:
        yield Cut(file.number, first=True, loaded=pack_outcome(error))
        return
    packed = b"".join([*map(pack_outcome, loaded.extractions), *map(pack_outcome, loaded.problems)])
    texts = _texts(loaded, file, recipe)
    part = list(islice(texts, _TEXTS))
    yield Cut(file.number, first=True, format=loaded.format, loaded=packed, texts=part)
    while part := list(islice(texts, _TEXTS)):
        yield Cut(file.number, first=False, texts=part)


def encode(part: Cut, recipe: Recipe) -> Piece:
    """Encode the texts of a part, by the encoder that the recipe names or not at all."""
    keys, vectors, stretches, problem = b"", b"", b"", part.problem
    if part.texts:
        try:
            encoder = _encoder(recipe.encoder, recipe.fingerprint, recipe.dimension)
            if encoder is None:
                problem = f"the encoder {recipe.encoder} is not there, or is another one"
            else:
                # One by one: a node has a task a core, and none needs threads of its own.
                rows = [read_passages(encoder, [text]) for text in part.texts]
                vectors = np.concatenate([row.vectors for row in rows]).astype("<f4").tobytes()
                stretches = byte_strings.joined([one for row in rows for one in row.stretches])
                keys = joined(part.texts)
        except IndexingError as error:
            problem = str(error)
    return Piece(
        part.number, part.first, part.format, part.loaded, keys, vectors, stretches, problem
    )


def name_of(path: bytes) -> str:
    """Return the name of a file, as messages about it give it."""
    return Path(os.fsdecode(path)).name


def _texts(loaded: Loaded, file: Fetched, recipe: Recipe) -> Iterator[str]:
    """Yield what the encoder reads of each document that is not stored as it is."""
    if not recipe.encoder:
        return
    known = frozenset(apart(file.known))
    for extraction in loaded.extractions:
        source = row_source(file.source, extraction.key) if loaded.holds_rows else file.source
        try:
            document = document_of(extraction, recipe.collection, source)
        except EmptyDocument:  # this machine finds out as well, and says so
            continue
        if digest(repr((source, said_by(document)))) not in known:
            found = passages(document, min_words=recipe.min_words, max_words=recipe.max_words)
            yield from Ready(document, found).texts


@cache
def _encoder(name: str, fingerprint: str, dimension: int) -> Encoder | None:
    """Return the encoder of this process, loaded once; None if it is not there."""
    stored = StoredEncoder(fingerprint, name, dimension)
    return recognised_encoder(stored, StaticEncoder.load(STATIC))
