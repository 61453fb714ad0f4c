"""The service changes its encoder while it answers, and goes on where it was killed."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx2
import pytest

from documents.store.store import Store
from rag.bootstrap import bootstrap
from rag.models import Question
from rag.service import Sourcier
from rag.settings import Settings

ROOT = Path(__file__).parents[2]
DOCUMENTS = 200
BATCH = 64
PLACES = ("Kerlann", "Valbrume", "Hollow", "Ardoise", "Miremont", "Tregor", "Oakdale", "Brenn")
QUESTIONS = (
    *("Quelle hauteur a le phare 17 de Valbrume ?", "Qui garde le phare 180 de Miremont ?"),
    *("How tall is the lighthouse 66 of Hollow?", "Combien mesure le moulin de Sainte-Odile ?"),
)


def text_of(number: int) -> str:
    place = PLACES[number % len(PLACES)]
    return (
        f"Le phare {number} de {place}\n\nLe phare {number} de {place} mesure {20 + number} mètres "
        f"de haut. Sa gardienne s’appelle Odile Marchand-{number}. Il a été bâti en granit rose "
        f"par les gens de {place}, pour éviter les naufrages."
    )


def fill(sourcier: Sourcier, numbers: range = range(DOCUMENTS)) -> None:
    for number in numbers:
        sourcier.add_text(text_of(number), source=f"phare-{number}")


@contextmanager
def serving(folder: Path, *, rests: float) -> Iterator[tuple[subprocess.Popen[str], httpx2.Client]]:
    """The service with the transformer as its encoder, which rests before each batch."""
    environment = {
        **os.environ,
        "SOURCIER_DATA_DIR": str(folder / "data"),
        "SOURCIER_ENCODER": "embedded",
        "SOURCIER_PORT": "0",
        "COUNTED": str(folder / "counted"),
        "RESTS": str(rests),
    }
    command = [sys.executable, "-m", "tests.api.counting_service"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        said = iter(process.stderr.readline, "")
        address = next(found[0] for line in said if (found := re.search(r"http://\S+", line)))
        drained = Thread(target=process.stderr.read)
        drained.start()
        try:
            with httpx2.Client(base_url=address, timeout=30) as client:
                yield process, client
        finally:
            process.kill()
            drained.join()


@contextmanager
def asking(client: httpx2.Client) -> Iterator[list[dict[str, Any]]]:
    """Ask one question after the other all the while; each must be answered."""
    told: list[dict[str, Any]] = []
    over = Event()

    def ask() -> None:
        while not over.is_set():
            reply = client.post("/v1/ask", json={"question": QUESTIONS[len(told) % 3]})
            ready = client.get("/readyz")
            told.append({**reply.json(), "status": reply.status_code, "ready": ready.status_code})

    thread = Thread(target=ask)
    thread.start()
    try:
        yield told
    finally:
        over.set()
        thread.join()


def until(condition: Callable[[], bool], *, seconds: float = 60) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.02)


def progress(client: httpx2.Client) -> dict[str, Any] | None:
    found: dict[str, Any] | None = client.get("/v1/status").json()["reembedding"]
    return found


def done(client: httpx2.Client) -> int:
    found = progress(client)
    return DOCUMENTS if found is None else int(found["done"])


def add(client: httpx2.Client, text: str, source: str) -> str:
    reply = client.post("/v1/documents", json={"text": text, "source": source})
    assert reply.status_code in (200, 201)
    return str(reply.json()["id"])


def told_of(sourcier: Sourcier, question: str) -> tuple[object, ...]:
    """Return what an answer says and proves; which generation it quotes may differ."""
    answer = sourcier.ask(Question(question))
    quotes = [(citation.document_id, citation.quote) for citation in answer.citations]
    passages = [(hit.stored.document.source, round(hit.score, 4)) for hit in answer.passages]
    return answer.text, answer.encoder, round(answer.confidence, 3), quotes, passages


MILL = "Le moulin de Sainte-Odile mesure 31 mètres. Il tourne encore chaque dimanche."


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    with bootstrap(Settings(data_dir=tmp_path / "data", encoder="embedded-static")) as sourcier:
        fill(sourcier)
    return tmp_path


def test_the_old_encoder_answers_until_the_new_one_has_read_everything(filled: Path) -> None:
    with serving(filled, rests=0.3) as (process, client), asking(client) as told:
        until(lambda: len(told) > 0 and done(client) >= BATCH)
        seen = progress(client)
        assert seen is not None
        assert (seen["encoder"], seen["passages"], seen["waits"]) == ("embedded", DOCUMENTS, None)
        assert client.get("/v1/status").json()["encoder"] == "embedded-static"
        add(client, MILL, "moulin")
        document = add(client, text_of(3).replace("mètres", "pieds"), "phare-3")
        client.delete(f"/v1/documents/{document}")
        add(client, text_of(5).replace("granit rose", "granit gris"), "phare-5")
    process.kill()
    assert {(one["status"], one["encoder"], one["ready"]) for one in told} == {
        (200, "embedded-static", 200)
    }
    assert all(one["answered"] for one in told)
    counted = [int(line) for line in (filled / "counted").read_text().split()]
    assert sum(counted) < DOCUMENTS

    with serving(filled, rests=0.1) as (process, client), asking(client) as told:
        assert done(client) >= BATCH - 2  # it does not start over; two of these are gone
        client.delete(f"/v1/documents/{add(client, text_of(900), 'phare-900')}")
        until(lambda: progress(client) is None)
        assert client.get("/v1/status").json()["encoder"] == "embedded"
        add(client, text_of(901), "phare-901")
        until(lambda: told[-1]["encoder"] == "embedded")
    assert {(one["status"], one["ready"], one["answered"]) for one in told} == {(200, 200, True)}
    encoders = [one["encoder"] for one in told]
    assert encoders == sorted(encoders, key=["embedded-static", "embedded"].index)

    counted = [int(line) for line in (filled / "counted").read_text().split()]
    assert DOCUMENTS <= sum(counted) <= DOCUMENTS + BATCH + 3  # one batch was lost with the kill
    with Store.open(filled / "data" / "sourcier.db") as store:
        assert set(store.fingerprints()) == {fingerprint_of_equal(filled)}


def fingerprint_of_equal(filled: Path) -> str:
    """See that answers are those of an index that never knew another encoder."""
    fresh = Settings(data_dir=filled / "fresh", encoder="embedded")
    changed = Settings(data_dir=filled / "data", encoder="embedded")
    with bootstrap(fresh) as expected, bootstrap(changed) as found:
        fill(expected)
        expected.add_text(MILL, source="moulin")
        [third] = [d for d in expected.all_documents() if d.source == "phare-3"]
        expected.delete_document(third.id)
        expected.add_text(text_of(5).replace("granit rose", "granit gris"), source="phare-5")
        expected.add_text(text_of(901), source="phare-901")
        for question in QUESTIONS:
            assert told_of(found, question) == told_of(expected, question)
        assert len(list(found.all_documents())) == DOCUMENTS + 1
        return expected.encoder.fingerprint
