"""The real service, as people start it, and what the tests change in it beside the page."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import Any

import httpx2

from tests.browser.texts import Text

_ROOT = Path(__file__).parents[2]
_GREETING = re.compile(r"Sourcier listens on (http://\S+)")


@dataclass(frozen=True, slots=True)
class Service:
    """A running service; `http` speaks to it without a browser."""

    url: str
    http: httpx2.Client

    def add(self, text: Text, *, collection: str = "default") -> dict[str, Any]:
        """Put a document in, or in the place of the one with the same source."""
        reply = self.http.post(
            "/v1/documents", json={**text._asdict(), "collection": collection}
        ).raise_for_status()
        return dict(reply.json())

    def ask(self, question: str, *, collection: str = "default") -> dict[str, Any]:
        """Return the answer as the API gives it."""
        body = {"question": question, "collection": collection}
        return dict(self.http.post("/v1/ask", json=body).raise_for_status().json())

    def events(self, question: str) -> list[str]:
        """Return the events that lead to an answer, each as it is sent."""
        body = {"question": question, "stream": True}
        sent = self.http.post("/v1/ask", json=body).raise_for_status().text
        return [f"{event}\n\n" for event in sent.split("\n\n")[:-1]]

    def stored_text(self, document_id: str) -> str:
        """Return a document's stored text."""
        return self.http.get(f"/v1/documents/{document_id}/text").raise_for_status().text

    def sources(self, *, collection: str = "default") -> set[str]:
        """Return the sources of the documents that a collection holds."""
        query = {"collection": collection, "limit": 200}
        listing = self.http.get("/v1/documents", params=query).raise_for_status()
        return {document["source"] for document in listing.json()["documents"]}

    def empty(self) -> None:
        """Remove all documents, and all collections but the default one."""
        for collection in self.http.get("/v1/collections").json()["collections"]:
            if collection["name"] != "default":
                self.http.delete(f"/v1/collections/{collection['name']}").raise_for_status()
        while documents := self.http.get("/v1/documents").json()["documents"]:
            for document in documents:
                self.http.delete(f"/v1/documents/{document['id']}").raise_for_status()


@contextmanager
def running_service(data: Path, **chosen: str) -> Iterator[Service]:
    """Start ``python -m api`` on a free port with the settings chosen, and stop it at the end."""
    settings = {"SOURCIER_DATA_DIR": str(data), "SOURCIER_PORT": "0"}
    settings |= {f"SOURCIER_{name}": value for name, value in chosen.items()}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SOURCIER_")}
    with (
        (data / "service.log").open("w") as log,
        subprocess.Popen(
            [sys.executable, "-m", "api"],
            cwd=_ROOT,
            env={**kept, **settings},
            stderr=log,  # a line a request: a pipe that nobody reads would fill and stop it
        ) as process,
    ):
        try:
            url = _greeted_at(process, data / "service.log")
            with httpx2.Client(base_url=url, timeout=30) as http:
                yield Service(url=f"{url}/", http=http)
        finally:
            process.terminate()


def _greeted_at(process: subprocess.Popen[bytes], log: Path) -> str:
    while process.poll() is None:
        if found := _GREETING.search(log.read_text(encoding="utf-8")):
            return found[1]
        sleep(0.05)
    raise RuntimeError(f"The service did not start: {log.read_text(encoding='utf-8')}")
