"""One service encodes for another: the same answers; and what the second does without the first."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import httpx2

from api.openai.names import EMBEDDING_MODEL
from tests.rag.texts import CORPUS
from tests.waiting import wait_for

ROOT = Path(__file__).parents[2]
QUESTIONS = (
    *("Quand le phare a-t-il été allumé ?", "Who opened the bakery of Hollow Street?"),
    *("Combien pèse le télescope du mont Ardel ?", "How many books does the library hold?"),
)


@contextmanager
def serving(folder: Path, *, port: int = 0, **settings: str) -> Iterator[httpx2.Client]:
    """The service, as a process of its own that is killed at the end."""
    environment = {
        **os.environ,
        "SOURCIER_DATA_DIR": str(folder),
        "SOURCIER_PORT": str(port),
        **{f"SOURCIER_{name.upper()}": value for name, value in settings.items()},
    }
    with subprocess.Popen(
        [sys.executable, "-m", "api"],
        cwd=ROOT,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        said = iter(process.stderr.readline, "")
        address = next(found[0] for line in said if (found := re.search(r"http://\S+:\d+$", line)))
        drained = Thread(target=process.stderr.read)
        drained.start()
        try:
            with httpx2.Client(base_url=address.strip(), timeout=30) as client:
                yield client
        finally:
            process.kill()
            drained.join()


def fill(client: httpx2.Client) -> None:
    for source, text in CORPUS.items():
        assert client.post("/v1/documents", json={"text": text, "source": source}).is_success


def told(client: httpx2.Client, question: str) -> dict[str, Any]:
    """What an answer says and proves, and where it was looked for, without how sure it is.

    A server gives vectors and no stretches, so that scores are not the same.
    """
    reply = client.post("/v1/ask", json={"question": question})
    answer: dict[str, Any] = reply.raise_for_status().json()
    kept = {"answer", "answered", "degraded", "sentences", "short_answer", "language"}
    quotes = [citation["quote"] for citation in answer["citations"]]
    passages = {passage["text"] for passage in answer["passages"]}
    return {key: answer[key] for key in kept} | {"quotes": quotes, "passages": passages}


def test_a_service_that_encodes_by_another_gives_its_answers_and_outlives_it(
    tmp_path: Path,
) -> None:
    with ExitStack() as other:
        first = other.enter_context(serving(tmp_path / "first", encoder="embedded"))
        fill(first)
        expected = [told(first, question) for question in QUESTIONS]
        address = f"http://127.0.0.1:{first.base_url.port}/v1"
        using = {"encoder": address, "encoder_model": EMBEDDING_MODEL}
        with serving(tmp_path / "second", **using) as second:
            fill(second)
            assert [told(second, question) for question in QUESTIONS] == expected
            assert second.get("/readyz").json() == {"status": "ready"}
            assert second.get("/v1/status").json()["encoder"] == f"http:{EMBEDDING_MODEL}"

            other.close()
            see_it_without_the_other(second)

            other.enter_context(serving(tmp_path / "first", port=first.base_url.port or 0))
            new = {"text": "Le moulin de Sainte-Odile tourne depuis 1903.", "source": "moulin"}
            wait_for(lambda: second.post("/v1/documents", json=new).is_success)
            wait_for(lambda: told(second, "Depuis quand tourne le moulin ?")["degraded"] is None)
            assert second.get("/readyz").json() == {"status": "ready"}
            again = [told(second, question) for question in QUESTIONS]
            assert [one["quotes"] for one in again] == [one["quotes"] for one in expected]


def see_it_without_the_other(second: httpx2.Client) -> None:
    away = told(second, "En quelle année le phare a-t-il été allumé ?")
    assert (away["answered"], away["degraded"]) == (True, "encoder_unavailable")
    assert "1887" in away["answer"]
    ready = second.get("/readyz")
    expected = {"status": "ready", "degraded": "encoder_unavailable"}
    assert (ready.status_code, ready.json()) == (200, expected)
    assert "cannot be reached" in second.get("/v1/status").json()["encoder_problem"]
    refused = second.post("/v1/documents", json={"text": "Le moulin tourne.", "source": "m"})
    assert (refused.status_code, refused.json()["title"]) == (503, "Encoder unavailable")
    assert int(refused.headers["retry-after"]) > 0
    found = second.post("/v1/search", json={"query": "le vieux phare de granit"}).json()
    assert found["degraded"] == "encoder_unavailable"
    assert "phare" in found["hits"][0]["text"]
