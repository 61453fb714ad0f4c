"""A cluster without one: the work of its nodes done here, and what may go wrong with it."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from index.encoder import Encoder, Vectors
from rag.bulk.ingestion import Cluster
from rag.bulk.on_a_node import cut, encode, fetch
from rag.bulk.pieces import Asked, Piece, Recipe
from rag.service import Sourcier


@contextmanager
def faithful(recipe: Recipe, asked: Sequence[Asked]) -> Iterator[Iterator[Piece]]:
    yield (encode(part, recipe) for one in asked for part in cut(fetch(one), recipe))


@dataclass
class Watched:
    """Remembers what another was asked and what it sent."""

    cluster: Cluster = faithful
    asked: list[Asked] = field(default_factory=list)
    sent: list[Piece] = field(default_factory=list)

    def __call__(
        self, recipe: Recipe, asked: Sequence[Asked]
    ) -> AbstractContextManager[Iterator[Piece]]:
        self.asked = list(asked)

        @contextmanager
        def watching() -> Iterator[Iterator[Piece]]:
            with self.cluster(recipe, asked) as pieces:
                yield (self.sent.append(piece) or piece for piece in pieces)

        return watching()


@dataclass
class CountingEncoder:
    """Another that counts the texts it read."""

    encoder: Encoder
    read: int = 0

    @property
    def name(self) -> str:
        return self.encoder.name

    @property
    def dimension(self) -> int:
        return self.encoder.dimension

    @property
    def fingerprint(self) -> str:
        return self.encoder.fingerprint

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        return self.encoder.encode_questions(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.read += len(texts)
        return self.encoder.encode_passages(texts)


def contents(sourcier: Sourcier) -> dict[str, object]:
    """Return all documents by source, with their passages and vectors."""
    store, fingerprint = sourcier._store, sourcier.encoder.fingerprint
    found = {}
    for summary in sourcier.all_documents():
        document = sourcier.document(summary.id)
        about = (document.text, document.title, document.language, document.sha256)
        found[summary.source] = (*about, document.published_at, document.metadata)
    vectors = {
        int(row): vector.tobytes()
        for entries in store.vectors(fingerprint=fingerprint)
        for row, vector in zip(entries.rows, entries.vectors, strict=True)
    }
    passages = sorted(
        (title, text, path, language, vectors.pop(int(row)))
        for entries in store.entries()
        for row, title, text, path, language in zip(
            entries.rows,
            entries.titles,
            entries.texts,
            entries.heading_paths,
            entries.languages,
            strict=True,
        )
    )
    assert vectors == {}
    return {"documents": found, "passages": passages}


def write_mixed(folder: Path, *, rows: int = 100) -> None:
    """Write texts, a page and rows in French and English, and files that are none."""
    folder.mkdir(parents=True, exist_ok=True)
    french = "Le phare de l’île a été allumé en {0}. « On le voyait de loin », dit le gardien {0}. "
    english = "The lighthouse keeper counted {0} boats that winter. He wrote it all down in {0}. "
    (folder / "phare.txt").write_text("Le phare\n\n" + french.format(1887) * 40, "utf-8")
    (folder / "Keeper.md").write_text("# The keeper\n\n" + english.format(1902) * 9, "utf-8")
    page = "<html><body><article><h1>Le musée</h1><p>{}</p></article></body></html>"
    (folder / "musee.html").write_text(page.format(french.format(1931) * 5), "utf-8")
    lines = ["id,title,text", "seul,Vide,"]
    lines += [f"{n},Ligne {n},{english.format(n)}" for n in range(rows)]
    (folder / "rows.csv").write_text("\n".join(lines), "utf-8")
    pairs = [f'{{"id": "{n}", "text": "{french.format(1700 + n)}"}}' for n in range(9)]
    (folder / "pairs.jsonl").write_text("\n".join([*pairs, '{"id": "x", "te']), "utf-8")
    (folder / "same.csv").write_text("id,text\na,Le moulin tourne.\nb,Le moulin tourne.\n", "utf-8")
    # A link goes by its own name, which says that this is Markdown.
    (folder / ".linked.txt").write_text("# La forge\n\nElle a fermé en 1931.", "utf-8")
    (folder / "lien.md").symlink_to(folder / ".linked.txt")
    (folder / "empty.txt").write_bytes(b" ")
    (folder / "damaged.pdf").write_bytes(b"%PDF-1.4 nothing that could be read")
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
