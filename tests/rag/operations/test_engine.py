"""What the examination says of the engine that holds the index."""

import pytest

from index.errors import IndexUnavailable
from rag.errors import MissingExtra
from rag.operations import engine
from rag.operations.engine import check_engine
from rag.settings import Settings

SETTINGS = Settings(index="milvus", milvus_uri="http://milvus:19530")


class Played:
    """An engine of some version, or one that fails."""

    def __init__(self, version: str | Exception) -> None:
        self._version = version

    def version(self) -> str:
        if isinstance(self._version, Exception):
            raise self._version
        return self._version

    def close(self) -> None: ...


def examined(monkeypatch: pytest.MonkeyPatch, version: str | Exception) -> tuple[str, str, str]:
    monkeypatch.setattr(engine, "engine", lambda _: Played(version))
    found = check_engine(SETTINGS)
    assert found.part == "index"
    return found.state, found.message, found.remedy


@pytest.mark.parametrize(
    ("version", "state"),
    [
        ("v2.6.10", "ok"),
        ("2.5.27", "ok"),
        ("v2.7.0", "ok"),
        ("v3.0.1", "ok"),
        ("v2.6.9", "warn"),
        ("v2.5.26", "warn"),
        ("2.4.24", "warn"),
        ("milvus_lite-3.2.2", "ok"),
        ("", "ok"),
    ],
)
def test_a_version_with_known_holes_is_told(
    monkeypatch: pytest.MonkeyPatch, version: str, state: str
) -> None:
    found, message, remedy = examined(monkeypatch, version)

    assert found == state
    assert version in message
    assert bool(remedy) == (state == "warn")


def test_an_engine_that_is_away_fails_with_its_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    state, message, remedy = examined(monkeypatch, IndexUnavailable("refused"))

    assert (state, message) == ("fail", "refused")
    assert "SOURCIER_MILVUS_URI" in remedy


def test_without_its_client_nothing_can_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: Settings) -> Played:
        raise MissingExtra("needs pymilvus")

    monkeypatch.setattr(engine, "engine", missing)
    assert check_engine(SETTINGS).state == "fail"
