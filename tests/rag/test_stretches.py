"""The stretches of a passage on their way: from the encoder through the store into the index."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from documents.limits import Limits
from documents.records import Filters, StoredEncoder
from documents.store.byte_strings import apart
from documents.store.store import Store
from index.encoder import ReadPassages
from index.late_interaction import LateInteraction
from index.stretches import stretches_of, unpacked
from index.transformer_encoder import TransformerEncoder
from index.view import View
from rag.bootstrap import bootstrap
from rag.bulk.elsewhere import EncodedElsewhere
from rag.bulk.on_a_node import encode
from rag.bulk.pieces import Cut, Recipe
from rag.encoders import TRANSFORMER
from rag.library import Library
from rag.live import LiveIndex
from rag.question import analyse
from rag.reembedding import encode_beside
from rag.service import Sourcier
from rag.settings import Settings
from tests.rag.fakes import FakeEncoder
from tests.rag.texts import CORPUS

ROWS = "id,text\n" + "".join(f"r{number},Le moulin {number} tourne.\n" for number in range(70))


@dataclass
class Stretching(FakeEncoder):
    """Makes as many stretches of a text as its number of words says."""

    dimension: int = 64

    def read_passages(self, texts: Sequence[str]) -> ReadPassages:
        return ReadPassages(self.encode_passages(texts), [self.stretches(text) for text in texts])

    def stretches(self, text: str) -> bytes:
        repeated = np.repeat(self.encode_questions([text]), 8 * len(text.split()), axis=0)
        return stretches_of(repeated).tobytes()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


def opened(
    store: Store, encoder: FakeEncoder, interaction: LateInteraction, folder: Path
) -> LiveIndex:
    return LiveIndex.open(
        store=store, encoder=encoder, interaction=interaction, tokens="t", folder=folder
    )


def library(store: Store, encoder: FakeEncoder) -> Library:
    return Library(store, lambda: encoder, Limits(), min_words=60, max_words=180)


def indexed(index: LiveIndex, rows: Sequence[int]) -> list[bytes]:
    read = index.view().stretches(np.array(rows))
    return [read.text(at).tobytes() for at in range(len(rows))]


@pytest.mark.parametrize("replaced", [False, True])
def test_what_the_encoder_made_of_each_passage_is_in_the_index(
    store: Store, interaction: LateInteraction, folder: Path, *, replaced: bool
) -> None:
    encoder = Stretching()
    added = library(store, encoder).add_file(ROWS.encode(), name="rows.csv")
    if replaced:
        changed = ROWS.replace("moulin 7 ", "four du moulin 7 ")
        library(store, encoder).add_file(changed.encode(), name="rows.csv")
    assert len(added.documents) == 70

    index = opened(store, encoder, interaction, folder)

    [entries] = store.entries()
    texts = [f"{t}\n{text}" for t, text in zip(entries.titles, entries.texts, strict=True)]
    assert indexed(index, entries.rows.tolist()) == [encoder.stretches(text) for text in texts]
    assert any(len(text.split()) > 10 for text in texts) is replaced
    index.close()


def test_an_encoder_that_takes_the_place_of_another_brings_its_own(
    store: Store, tmp_path: Path, interaction: LateInteraction, folder: Path
) -> None:
    library(store, FakeEncoder(dimension=64)).add_text("Le moulin tourne.", source="a")
    new = Stretching(name="new", fingerprint="fake-2")
    before = opened(store, FakeEncoder(dimension=64), interaction, folder)
    assert indexed(before, [1]) == [b""]
    before.close()

    steps = encode_beside(
        store.encoders, new, StoredEncoder("fake-2", "new", 64), database=tmp_path / "sourcier.db"
    )
    for _ in steps:
        pass

    index = opened(store, new, interaction, folder)
    assert indexed(index, [1]) == [new.stretches("Le moulin tourne.\nLe moulin tourne.")]
    index.close()


DAMAGES = {
    "all": """
        UPDATE vectors
        SET vectors = CAST(x'ffffffff' || substr(vectors, 5) AS BLOB), stretches = x'00'
    """,
    "stretches": "UPDATE vectors SET stretches = CAST(x'ffffffff' || substr(stretches, 5) AS BLOB)",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_the_disk_damaged_is_made_anew_or_left_out(
    store: Store, tmp_path: Path, interaction: LateInteraction, folder: Path, damage: str
) -> None:
    encoder = Stretching()
    library(store, encoder).add_text("Le moulin tourne.", source="a")
    with sqlite3.connect(tmp_path / "sourcier.db") as connection:
        connection.execute(DAMAGES[damage])
    connection.close()

    index = opened(store, encoder, interaction, folder)

    whole = encoder.stretches("Le moulin tourne.\nLe moulin tourne.")
    assert indexed(index, [1]) == [whole if damage == "all" else b""]
    index.close()


def test_stretches_made_elsewhere_are_taken_and_the_others_made_here() -> None:
    encoder = Stretching()
    [vector] = encoder.encode_passages(["elsewhere"])
    known = {"un": (vector, b"made elsewhere")}
    reader = EncodedElsewhere(encoder, found=lambda text, _: known.get(text))

    read = reader.read_passages(["un", "deux mots"])

    assert list(read.stretches) == [b"made elsewhere", encoder.stretches("deux mots")]
    assert (read.vectors == [vector, encoder.encode_passages(["deux mots"])[0]]).all()
    assert reader.read_passages([]).vectors.shape == (0, 64)


def test_a_node_sends_what_it_made_of_each_text() -> None:
    encoder = TransformerEncoder.load(TRANSFORMER)
    texts = ["Le moulin tourne depuis 1887.", "The lighthouse " * 20]
    about = (encoder.name, encoder.fingerprint, encoder.dimension)
    recipe = Recipe("default", *about, Limits(), min_words=60, max_words=180)

    piece = encode(Cut(0, first=True, texts=texts), recipe)

    made = encoder.read_passages(texts)
    assert apart(piece.stretches, 2) == made.stretches
    assert piece.vectors == made.vectors.astype("<f4").tobytes()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sourcier]:
    with bootstrap(Settings(data_dir=tmp_path_factory.mktemp("data"))) as sourcier:
        for name, text in CORPUS.items():
            sourcier.add_text(text, source=name)
        yield sourcier


@pytest.mark.parametrize("question", ["Who lit the lighthouse?", "Combien pèse le télescope ?"])
def test_each_passage_is_measured_by_its_closest_stretch(filled: Sourcier, question: str) -> None:
    pipeline, encoder = filled.pipeline, filled.encoder
    analysed = analyse(question, translator=pipeline.translator, language=None)
    pools = pipeline.retriever.candidates(analysed, collection="default", filters=Filters())

    view = cast("View", pipeline.retriever.index.view())
    [vector] = encoder.encode_questions([question])
    for pool in pools:
        stored = view.stretches(pool.rows)
        assert all(len(stored.text(at)) for at in range(len(pool.rows)))
        for at, measured in enumerate(pool.measures["stretch"].tolist()):
            words = unpacked([stored.text(at).tobytes()], 384).items.view(np.uint8)
            signs = 2.0 * np.unpackbits(words.reshape(-1, 48), axis=1) - 1
            assert measured == pytest.approx((signs @ vector).max() / np.sqrt(384), abs=1e-5)
