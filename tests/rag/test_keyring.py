import hmac
import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from documents.errors import InvalidCollectionName
from documents.store.store import Store
from rag.access import Grant
from rag.errors import InvalidKey, NoKeys
from rag.keyring import Keyring, check_opening
from rag.settings import Settings


@pytest.fixture
def keyring(tmp_path: Path) -> Iterator[Keyring]:
    with Store.open(tmp_path / "store.db") as store:
        yield Keyring(store.keys)


def test_a_key_opens_what_it_was_made_for(keyring: Keyring) -> None:
    key, shown = keyring.create("  L’équipe 🎈 ", "write", collections=["presse", "a-venir"])

    assert re.fullmatch(rf"src_{key.id}_[A-Za-z0-9_-]{{43}}", shown)
    assert key.name == "L’équipe 🎈"
    assert keyring.grant(shown) == Grant("write", frozenset({"presse", "a-venir"}), key.id)


def test_a_key_without_collections_opens_all(keyring: Keyring) -> None:
    _, shown = keyring.create("Tout", "admin")

    grant = keyring.grant(shown)
    assert grant is not None
    assert grant.sees("anything")


def test_the_secret_is_kept_nowhere(keyring: Keyring, tmp_path: Path) -> None:
    _, shown = keyring.create("Équipe", "ask")

    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert "Équipe".encode() in kept
    assert shown[-43:].encode() not in kept


def test_two_keys_differ_in_id_secret_salt_and_digest(keyring: Keyring) -> None:
    (one, first), (two, second) = (keyring.create("Même nom", "ask") for _ in range(2))

    assert first[-43:] != second[-43:]
    assert one.id != two.id
    assert one.salt != two.salt
    assert one.digest != two.digest


def test_nothing_but_the_very_key_opens(keyring: Keyring) -> None:
    (key, shown), (_, other) = (keyring.create("Équipe", "ask") for _ in range(2))
    last = "A" if shown[-2] != "A" else "B"
    wrong = [
        "",
        "src",
        shown[:-1],
        shown + "A",
        shown.upper(),
        f"{shown[:-2]}{last}{shown[-1]}",
        f"src_{key.id}_{other[-43:]}",
        f"src_00000000_{shown[-43:]}",
        f"{shown}\n",
        "src_é",
    ]

    assert [keyring.grant(each) for each in wrong] == [None] * len(wrong)
    assert keyring.grant(shown) is not None


def test_a_revoked_key_opens_nothing(keyring: Keyring) -> None:
    key, shown = keyring.create("Équipe", "ask")
    keyring.revoke(key.id)

    assert keyring.grant(shown) is None
    assert not keyring.any_valid()
    with pytest.raises(InvalidKey, match=r"'00000000'.*keys list"):
        keyring.revoke("00000000")


def test_a_key_opens_nothing_from_its_end_on(
    keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    end = datetime.now(UTC) + timedelta(days=2)
    _, shown = keyring.create("Équipe", "ask", expires_at=end)

    class Clock(datetime):
        moment = end - timedelta(microseconds=1)

        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            assert tz is UTC
            return cls.moment

    monkeypatch.setattr("rag.keyring.datetime", Clock)
    assert keyring.grant(shown) is not None
    Clock.moment = end
    assert keyring.grant(shown) is None
    assert not keyring.any_valid()


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 101])
def test_a_key_has_a_name_that_fits_a_line(keyring: Keyring, name: str) -> None:
    with pytest.raises(InvalidKey, match="1 to 100 printable"):
        keyring.create(name, "ask")


def test_a_key_that_would_open_nothing_is_not_made(keyring: Keyring) -> None:
    with pytest.raises(InvalidKey, match="still to come"):
        keyring.create("Équipe", "ask", expires_at=datetime.now(UTC))
    with pytest.raises(InvalidKey, match="Name the collections"):
        keyring.create("Équipe", "ask", collections=[])
    with pytest.raises(InvalidCollectionName):
        keyring.create("Équipe", "ask", collections=["pas bon"])
    assert keyring.all() == []


# Whether the service may open


@pytest.mark.parametrize(
    ("host", "keys"), [("198.51.100.7", "auto"), ("example.org", "auto"), ("127.0.0.1", "on")]
)
def test_a_service_that_asks_for_keys_opens_only_once_there_is_one(
    keyring: Keyring, host: str, keys: str
) -> None:
    settings = Settings.model_validate({"host": host, "keys": keys})
    with pytest.raises(NoKeys, match=f"{host}.*python -m rag keys create"):
        check_opening(keyring, settings)

    key, _ = keyring.create("Équipe", "ask")
    check_opening(keyring, settings)

    keyring.revoke(key.id)
    with pytest.raises(NoKeys):
        check_opening(keyring, settings)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "localhost", "::1"])
def test_a_service_of_this_machine_only_opens_without(
    keyring: Keyring, host: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        check_opening(keyring, Settings(host=host))
    assert caplog.messages == []


def test_a_public_service_without_keys_is_warned_of(
    keyring: Keyring, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        check_opening(keyring, Settings(host="198.51.100.7", keys="off"))
    assert "whoever reaches it" in caplog.text


# How keys are held against what is kept


def test_a_secret_has_256_bits_of_the_systems_own_chance(
    keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[int] = []

    def urandom(size: int) -> bytes:
        drawn.append(size)
        return bytes(range(size))

    monkeypatch.setattr("secrets.token_bytes", urandom)
    _, shown = keyring.create("Équipe", "ask")

    assert 32 in drawn
    assert len(shown[-43:]) * 6 >= 256


def test_digests_are_compared_in_constant_time_whether_or_not_the_id_is_known(
    keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, shown = keyring.create("Équipe", "ask")
    compared: list[tuple[int, int]] = []
    compare = hmac.compare_digest

    def counted(one: bytes, other: bytes) -> bool:
        compared.append((len(one), len(other)))
        return compare(one, other)

    monkeypatch.setattr("hmac.compare_digest", counted)
    unknown = "src_" + "0" * 8 + shown[-44:]
    for each in (shown, unknown, shown[:-2] + "zA"):
        keyring.grant(each)

    assert compared == [(64, 64)] * 3


def test_no_secret_is_all_noughts(keyring: Keyring) -> None:
    assert keyring.grant("src_00000000_" + "A" * 43) is None
