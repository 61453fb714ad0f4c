"""Names that would lead out of a folder lead nowhere, and none becomes the name of a file."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from rag.bootstrap import bootstrap
from rag.operations.backup import back_up
from rag.operations.restore import Place, restore
from rag.service import Sourcier
from rag.settings import Settings

TEXT = "Le phare de Belrive a été bâti en 1887 par Armand Kerbrat."
HOSTILE = (
    "../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "/etc/passwd",
    "C:\\boot.ini",
    "\\\\server\\share\\a.txt",
    "....//....//etc/passwd",
    "a/../../b.txt",
    "./../sourcier.db",
    "sourcier.db",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "..%c0%af..%c0%afetc",
    "file:///etc/passwd",
    "~/.ssh/id_rsa",
    "$(touch it-ran)",
    "`touch it-ran`;touch it-ran|touch it-ran",
    "-rf",
    "CON",
    "nul.txt",
    "a.txt.",
    "a.txt ",
    ".",
    "..",
    "é" * 300 + ".txt",
    "\u202etxt.exe",
    "\uff0e\uff0e\uff0fpasswd",
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("house") / "data"


@pytest.fixture(scope="module")
def sourcier(data: Path) -> Iterator[Sourcier]:
    with bootstrap(Settings(data_dir=data, encoder="embedded-static")) as sourcier:
        yield sourcier


@pytest.fixture(scope="module")
def client(sourcier: Sourcier) -> Iterator[TestClient]:
    with TestClient(create_app(sourcier), raise_server_exceptions=False) as client:
        yield client


def files_of(data: Path) -> set[str]:
    """Return the paths of all that lies in the house of `data`, relative to it."""
    return {path.relative_to(data.parent).as_posix() for path in data.parent.rglob("*")}


def ours(path: str) -> bool:
    """Tell whether a path is one that the service chose itself."""
    name = path.removeprefix("data/").removeprefix("sourcier.db")
    return (
        path == "data"
        or name in ("", "-wal", "-shm", ".lock", "index")
        or (re.fullmatch(r"index/[\w.-]+", name, re.ASCII) is not None)
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_the_name_of_a_file_names_nothing_on_the_disk(
    client: TestClient, sourcier: Sourcier, data: Path, name: str
) -> None:
    part = {"file": (name, TEXT.encode(), "text/plain")}
    statuses = [
        client.post("/v1/documents", files=part).status_code,
        client.post("/v1/documents", files=part, headers={"Prefer": "respond-async"}).status_code,
        client.post("/v1/files", files=part, data={"purpose": "assistants"}).status_code,
        client.post("/v1/documents", json={"text": TEXT, "source": name}).status_code,
    ]

    assert set(statuses) <= {200, 201, 202, 400, 415, 422}
    assert 201 in statuses or 200 in statuses
    kept = sourcier.documents(limit=50).documents
    assert kept
    assert all(re.fullmatch("doc_[0-9a-f]{16}", document.id) for document in kept)
    assert [path for path in files_of(data) if not ours(path)] == []


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("path", ["/static/", "/static/scripts/", "/"])
def test_no_address_leads_out_of_the_page(client: TestClient, path: str, name: str) -> None:
    for written in (name, quote(name, safe=""), quote(quote(name, safe=""), safe="")):
        asked = "".join(quote(c) if c <= " " or c in "?#" else c for c in written)
        response = client.get(f"{path}{asked.lstrip('/')}")
        secret = b"root:" in response.content or b"SQLite format" in response.content
        assert not secret
        assert response.status_code in (200, 404, 405), written
        if response.status_code == 200:  # the page itself: what the address comes down to
            assert response.headers["content-type"].startswith("text/html")


def test_a_link_among_the_files_of_the_page_leads_nowhere(
    tmp_path: Path, sourcier: Sourcier
) -> None:
    (tmp_path / "secret.txt").write_text("root:")
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "index.html").write_text("<p>")
    (tmp_path / "page" / "link.txt").symlink_to(tmp_path / "secret.txt")
    with TestClient(create_app(sourcier, page_folder=tmp_path / "page")) as client:
        assert client.get("/static/link.txt").status_code == 404


@pytest.mark.parametrize("name", HOSTILE)
def test_a_collection_cannot_have_such_a_name(client: TestClient, data: Path, name: str) -> None:
    for path in ("/v1/collections", "/v1/vector_stores"):
        response = client.post(path, json={"name": name})
        if response.status_code < 300:  # a name that leads nowhere
            assert name in ("CON", "-rf")
        else:
            assert response.status_code in (400, 422), response.text
    for path in ("/v1/documents/", "/v1/files/", "/v1/vector_stores/", "/v1/models/sourcier/"):
        assert client.get(f"{path}{quote(name, safe='')}").status_code in (200, 404, 405, 422)
    assert [path for path in files_of(data) if not ours(path)] == []


def test_a_backup_brings_only_the_database(tmp_path: Path, sourcier: Sourcier) -> None:
    backup = tmp_path / "kept.zip"
    back_up(sourcier.settings.database, backup)
    with zipfile.ZipFile(backup, "a") as archive:
        for name in ("../escaped.txt", "/escaped.txt", "index/escaped.txt", "escaped.txt"):
            archive.writestr(name, "it ran")
    target = tmp_path / "there" / "data"

    restore(backup, Place(target / "sourcier.db", target / "index"))

    made = {path.name for path in (tmp_path / "there").rglob("*")}
    assert made - {"sourcier.db.lock"} == {"data", "sourcier.db"}
    assert not list(tmp_path.rglob("escaped.txt"))
