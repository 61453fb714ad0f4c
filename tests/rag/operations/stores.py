"""Stores with a few documents, made without a model."""

from pathlib import Path

from documents.limits import Limits
from documents.store.store import Store
from rag.library import Library
from rag.operations.restore import Place
from tests.rag.fakes import FakeEncoder

TEXT = "Le moulin numéro {} tourne depuis 1887. Il moud le blé de la vallée toute l’année."


def place_in(folder: Path) -> Place:
    return Place(folder / "sourcier.db", folder / "index")


def add(store: Store, *numbers: int) -> None:
    library = Library(
        store=store, encoder=FakeEncoder, limits=Limits(), min_words=60, max_words=180
    )
    for number in numbers:
        library.add_text(TEXT.format(number), source=f"moulin-{number}.txt")


def fill(folder: Path, *numbers: int) -> Place:
    """Make a data folder whose store holds a document a number."""
    place = place_in(folder)
    with Store.open(place.database) as store:
        add(store, *numbers)
    return place


def sources(place: Place) -> set[str]:
    with Store.open(place.database) as store:
        return set(store.sources("default", prefix=""))


def names(folder: Path) -> set[str]:
    """What lies in a data folder, but for the lock, which stays."""
    return {path.name for path in folder.iterdir()} - {"sourcier.db.lock"}
