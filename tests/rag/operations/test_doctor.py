import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from documents.store.store import Store
from rag.bootstrap import bootstrap
from rag.operations import machine, stored
from rag.operations.doctor import examine
from rag.operations.finding import Finding
from rag.operations.reached import check_generator, check_service
from rag.settings import Settings
from tests.rag.operations.stores import TEXT, fill


def settings_of(folder: Path, **changes: object) -> Settings:
    values = {"data_dir": folder, "port": 0, "encoder": "embedded-static", **changes}
    return Settings.model_validate(values)


def examined(settings: Settings, unknown: list[str] | None = None) -> dict[str, Finding]:
    """Return the worst finding of each part."""
    found = sorted(
        examine(settings, unknown=unknown or []),
        key=lambda f: ("ok", "warn", "fail").index(f.state),
    )
    return {finding.part: finding for finding in found}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data folder of a service that runs well, with one document."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    with bootstrap(settings_of(folder)) as sourcier:
        sourcier.add_text(TEXT.format(1), source="moulin.txt")
        sourcier.rebuild()
    return folder


def test_where_all_is_well_each_part_says_so(data: Path) -> None:
    found = examined(settings_of(data))

    parts = {"python", "settings", "data folder", "disk", "store", "clock", "models", "vectors"}
    assert set(found) == parts | {"index", "service", "generator"}
    assert [f for f in found.values() if f.state != "ok" or f.remedy] == []


def test_an_examination_changes_nothing_and_leaves_nothing(data: Path) -> None:
    before = {path.name: path.read_bytes() for path in data.iterdir() if path.is_file()}
    examined(settings_of(data))
    assert {path.name: path.read_bytes() for path in data.iterdir() if path.is_file()} == before


def test_a_first_start_is_no_fault(tmp_path: Path) -> None:
    found = examined(settings_of(tmp_path / "not" / "there"))
    assert {f.part: f.state for f in found.values() if f.state != "ok"} == {"data folder": "warn"}
    assert not (tmp_path / "not").exists()


def test_whatever_is_wrong_comes_with_a_remedy(data: Path) -> None:
    (data / "sourcier.db").write_bytes(b"not a database" * 1000)
    data.chmod(0o755)
    wrong = [f for f in examined(settings_of(data), ["SOURCIER_X"]).values() if f.state != "ok"]
    assert {f.part for f in wrong} == {"store", "data folder", "settings"}
    assert all(f.remedy for f in wrong)


def test_a_damaged_store_is_found(data: Path) -> None:
    content = bytearray((data / "sourcier.db").read_bytes())
    content[3 * 4096 : 4 * 4096] = b"\xff" * 4096
    (data / "sourcier.db").write_bytes(content)

    found = examined(settings_of(data))

    assert found["store"].state == "fail"
    assert "restore FILE --replace" in found["store"].remedy
    assert "vectors" not in found


def test_a_store_of_another_user_is_told(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "exists", refuse)
    _, [found] = stored.check_database(settings_of(data))
    assert (found.part, found.state) == ("store", "fail")
    assert "the user who runs Sourcier" in found.remedy


def test_vectors_of_another_encoder_are_found(tmp_path: Path) -> None:
    place = fill(tmp_path / "data", 1, 2)
    found = examined(settings_of(place.database.parent))
    assert found["vectors"].state == "warn"
    assert found["vectors"].message.startswith("2 of 2 passages")
    assert "--reembed" in found["vectors"].remedy


def test_a_damaged_index_is_found(data: Path) -> None:
    [vectors, *_] = (data / "index").glob("*.vectors")
    content = bytearray(vectors.read_bytes())
    content[-1] ^= 0xFF
    vectors.write_bytes(content)
    assert examined(settings_of(data))["index"].state == "warn"


def test_changes_that_the_saved_index_lacks_are_counted(data: Path) -> None:
    with bootstrap(settings_of(data)) as sourcier:
        sourcier.add_text(TEXT.format(2), source="other.txt")
    assert "1 changes to take in" in examined(settings_of(data))["index"].message


def test_a_clock_that_was_set_back_is_found(data: Path) -> None:
    facts, _ = stored.check_database(settings_of(data))
    assert facts
    [now, later] = [datetime.now(UTC), datetime.now(UTC) + timedelta(days=1)]
    [fine] = stored.check_clock(facts, now)
    [wrong] = stored.check_clock(replace(facts, newest=later), now)
    assert (fine.state, wrong.state) == ("ok", "warn")
    assert list(stored.check_clock(replace(facts, newest=None), now)) == []


def test_an_older_schema_is_told(data: Path) -> None:
    facts, _ = stored.check_database(settings_of(data))
    assert facts
    assert stored.check_schema(facts).state == "ok"
    assert stored.check_schema(replace(facts, schema=1)).state == "warn"


def test_an_encoder_that_is_not_there_is_found(data: Path, tmp_path: Path) -> None:
    found = examined(settings_of(data, encoder=str(tmp_path / "nowhere")))
    assert found["models"].state == "fail"
    assert "SOURCIER_ENCODER" in found["models"].remedy


def test_a_damaged_model_is_found(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "STATIC", tmp_path / "nothing")
    assert examined(settings_of(data))["models"].state == "fail"


@pytest.mark.parametrize(("free", "state"), [(1 << 20, "fail"), (1 << 30, "warn"), (1 << 40, "ok")])
def test_a_full_disk_is_found(
    data: Path, monkeypatch: pytest.MonkeyPatch, free: int, state: str
) -> None:
    usage = type("Usage", (), {"free": free})
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _: usage)
    assert examined(settings_of(data))["disk"].state == state


def test_a_data_folder_that_is_a_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    assert examined(settings_of(tmp_path / "data"))["data folder"].state == "fail"


def test_documents_that_everybody_can_read_are_told(data: Path) -> None:
    data.chmod(0o755)
    assert examined(settings_of(data))["data folder"].state == "warn"


def test_a_service_open_to_all_is_told() -> None:
    [open_to_all] = machine.check_settings(Settings(host="0.0.0.0", keys="off"), [])  # noqa: S104
    [asks] = machine.check_settings(Settings(host="0.0.0.0"), [])  # noqa: S104
    assert (open_to_all.state, asks.state) == ("warn", "ok")


def test_a_missing_package_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_PACKAGES", ("numpy", "no-such-package"))
    found = machine.check_python()
    assert (found.state, found.message) == ("fail", "not installed: no-such-package")


# The service and the server of the model


@contextmanager
def answering(replies: dict[str, tuple[int, str]]) -> Iterator[int]:
    """Serve `replies` by path at a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = replies.get(self.path, (404, ""))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        ((200, '{"status": "ready"}'), "ok"),
        ((200, '{"status": "ready", "degraded": "encoder_unavailable"}'), "warn"),
        ((503, "{}"), "warn"),
        ((200, "<html>a printer</html>"), "fail"),
        ((404, ""), "fail"),
    ],
)
@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])  # noqa: S104
def test_who_answers_at_the_port_is_recognised(
    reply: tuple[int, str], state: str, host: str
) -> None:
    with answering({"/readyz": reply}) as port:
        assert check_service(Settings(host=host, port=port)).state == state


def test_a_free_port_is_well_and_a_foreign_address_is_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert "is free" in check_service(Settings(port=port)).message
    assert check_service(Settings(host="no.such.host.invalid", port=port)).state == "fail"


def test_a_program_that_says_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.operations.reached._PATIENCE_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        found = check_service(Settings(port=listener.getsockname()[1]))
    assert (found.state, "does not answer" in found.message) == ("fail", True)


def openai(port: int) -> Settings:
    return Settings(
        generator="openai", openai_model="mistral", openai_base_url=f"http://127.0.0.1:{port}/v1"
    )


@pytest.mark.parametrize(
    ("reply", "state", "said"),
    [
        ((200, '{"data": [{"id": "mistral"}]}'), "ok", "mistral"),
        ((200, '{"data": [{"id": "other"}]}'), "fail", "SOURCIER_OPENAI_MODEL"),
        ((401, ""), "fail", "SOURCIER_OPENAI_API_KEY"),
        ((404, ""), "warn", "ask a question"),
        ((200, "[]"), "warn", "ask a question"),
        ((200, "no json"), "fail", "SOURCIER_OPENAI_BASE_URL"),
    ],
)
def test_the_server_of_the_model_is_asked_for_it(
    reply: tuple[int, str], state: str, said: str
) -> None:
    with answering({"/v1/models": reply}) as port:
        found = check_generator(openai(port))
    assert found.state == state
    assert said in found.remedy + found.message


def test_a_model_server_that_is_down_is_found() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert check_generator(openai(port)).state == "fail"


def test_the_store_may_be_in_use_meanwhile(data: Path) -> None:
    with Store.open(data / "sourcier.db") as store:
        store.counts()
        assert examined(settings_of(data))["store"].state == "ok"
        assert store.create_collection("during")
