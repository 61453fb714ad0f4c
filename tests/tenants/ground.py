"""Two tenants of one service, and what one of them would like to know of the other."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from starlette.testclient import TestClient

from api.app import create_app
from rag.bootstrap import bootstrap
from rag.jobs.uploads import UPLOAD, file_piece
from rag.models import Question
from rag.service import Sourcier
from rag.settings import Settings
from tests.properties.test_tenants import Named

OURS = "Le moulin de Carvane a été bâti en 1765 par Yves Trebonne. Il moud encore."
THEIRS = (
    "Le phare de Belrive a été bâti en 1887 par Armand Kerbrat. Il mesure 47 mètres.",
    "The Oakley plant was sold to Verdamine for 12 million euros in May 2024.",
    "Le contrat secret prévoit la fermeture du dépôt de Brimont en 2031.",
)
# What stands nowhere but in the documents of the victim.
WORDS = ("Kerbrat", "Belrive", "Verdamine", "Oakley", "Brimont", "2031")


@dataclass(frozen=True, slots=True)
class Ground:
    """The service, the attacker's key and names, the victim's names and secrets."""

    client: TestClient
    sourcier: Sourcier
    headers: dict[str, str]
    mine: Named
    theirs: Sequence[Named]
    secrets: Sequence[str]


@contextmanager
def ground(folder: Path, *, encoder: str = "embedded-static") -> Iterator[Ground]:
    """Open a service in `folder` with the collections ``mine`` and ``victim-alpha``."""
    settings = Settings(data_dir=folder, encoder=encoder, keys="on")
    with bootstrap(settings) as sourcier:
        app = create_app(sourcier)
        with TestClient(app, raise_server_exceptions=False, base_url="http://localhost") as client:
            mine = _settle(sourcier, "mine", [OURS])
            theirs = _settle(sourcier, "victim-alpha", THEIRS)
            _, shown = sourcier.keys.create("attacker", "admin", collections=["mine"])
            ids = [getattr(one, name) for one in theirs for name in ("document", "answer", "job")]
            yield Ground(
                client,
                sourcier,
                {"Authorization": f"Bearer {shown}"},
                mine[0],
                theirs,
                [*WORDS, *ids, "victim-alpha"],
            )


def twin(named: Named) -> Named:
    """Return names of the same form that never were."""
    return Named(
        collection="victim-alphb",
        document=_other(named.document),
        answer=_other(named.answer),
        job=_other(named.job),
    )


def _other(name: str) -> str:
    """Return an id with its last eight digits turned round."""
    turned = "".join("0123456789abcdef"[15 - int(digit, 16)] for digit in name[-8:])
    return name[:-8] + turned


def _settle(sourcier: Sourcier, collection: str, texts: Sequence[str]) -> list[Named]:
    sourcier.create_collection(collection)
    names = []
    for number, text in enumerate(texts):
        stored = sourcier.add_text(text, title="Note", source=f"n{number}", collection=collection)
        answer = sourcier.ask(Question("Quand le phare a-t-il été bâti ?", collection=collection))
        piece = file_piece(text.encode(), name="n", media_type=None, source=f"j{number}")
        job = sourcier.jobs.submit(UPLOAD, collection=collection, spooled=[piece])
        names.append(Named(collection, stored.document.id, answer.id, job.id))
    return names
