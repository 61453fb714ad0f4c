"""What every store promises of the keys that callers show."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from documents.errors import StoreError
from documents.records import Key
from tests.contracts.stores import Opener, Store

READER = Key(
    id="0000000a",
    name="L’équipe « presse »",
    role="ask",
    collections=frozenset({"presse", "nulle"}),
    salt=b"\0salt",
    digest=b"\xffdigest",
    created_at=datetime(2025, 4, 26, 9, tzinfo=UTC),
    expires_at=datetime(2026, 1, 1, tzinfo=UTC),
)
ADMIN = replace(READER, id="0000000b", role="admin", collections=None, expires_at=None)


def test_keys_are_given_back_whole_after_the_store_was_closed(opened: Opener) -> None:
    with opened() as store:
        store.keys.put(READER)
        store.keys.put(ADMIN)

    with opened() as store:
        assert store.keys.all() == [READER, ADMIN]
        assert store.keys.find(ADMIN.id) == ADMIN


def test_a_key_of_another_id_is_none(store: Store) -> None:
    store.keys.put(READER)

    assert store.keys.find("0000000A") is None
    assert store.keys.find("") is None


def test_an_id_is_given_once(store: Store) -> None:
    store.keys.put(READER)

    with pytest.raises(StoreError, match=r"(?i)unique"):
        store.keys.put(replace(ADMIN, id=READER.id))
    assert store.keys.all() == [READER]


def test_a_revoked_key_stays_listed_as_revoked_since_the_first_time(opened: Opener) -> None:
    with opened() as store, opened() as other:
        store.keys.put(READER)
        before = datetime.now(UTC)
        assert other.keys.revoke(READER.id) is True

        [revoked] = store.keys.all()
        assert revoked.revoked_at is not None
        assert before <= revoked.revoked_at <= datetime.now(UTC)
        assert store.keys.revoke(READER.id) is True
        assert store.keys.find(READER.id) == revoked


def test_revoking_what_never_was_says_so(store: Store) -> None:
    assert store.keys.revoke("0000000a") is False


def test_a_key_shows_nothing_of_its_secret(store: Store) -> None:
    store.keys.put(READER)

    assert "salt" not in repr(store.keys.all())
    assert "digest" not in repr(store.keys.all())
