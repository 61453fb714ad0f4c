"""The keys that callers show: made, shown once, checked, listed and revoked.

A key is ``src_<id>_<secret>``; its secret is 256 random bits. Nobody guesses that many, however
fast a guess is checked, so the secret is kept as a fast salted hash (BLAKE2b) and not as a slow
one, which exists for what people think up. Digests are compared in constant time.
"""

import hashlib
import hmac
import logging
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from documents.records import Key, Role
from documents.storable import check_collection_name
from rag.access import Grant
from rag.errors import InvalidKey, NoKeys
from rag.settings import Settings, is_loopback

logger = logging.getLogger(__name__)

_KEY = re.compile(r"src_([0-9a-f]{8})_([A-Za-z0-9_-]{43})", re.ASCII)
_SECRET_BYTES = 32
_SALT_BYTES, _DIGEST_BYTES = hashlib.blake2b.SALT_SIZE, hashlib.blake2b.MAX_DIGEST_SIZE
_LONGEST_NAME = 100


class KeyStore(Protocol):
    """Keeps keys for good."""

    def put(self, key: Key) -> None: ...

    def find(self, key_id: str) -> Key | None: ...

    def all(self) -> list[Key]: ...

    def revoke(self, key_id: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of one store; safe to share between threads."""

    store: KeyStore

    def create(
        self,
        name: str,
        role: Role,
        *,
        collections: Iterable[str] | None = None,
        expires_at: datetime | None = None,
    ) -> tuple[Key, str]:
        """Make a key and return what is kept of it, and the key, which is never shown again.

        `collections` None stands for all; those named need not exist yet.

        Raises:
            InvalidKey: it has no name, a very long one, no collection or an end that is past.
            InvalidCollectionName: no collection can have such a name.
        """
        name, names = name.strip(), None if collections is None else frozenset(collections)
        now = datetime.now(UTC)
        if not name.isprintable() or not 0 < len(name) <= _LONGEST_NAME:
            raise InvalidKey(f"Name the key with 1 to {_LONGEST_NAME} printable characters.")
        if names is not None and not names:
            raise InvalidKey("Name the collections that the key opens, or leave them out for all.")
        for collection in names or ():
            check_collection_name(collection)
        if expires_at is not None and expires_at <= now:
            raise InvalidKey("Choose an end that is still to come: this key would never open.")
        secret = secrets.token_urlsafe(_SECRET_BYTES)
        salt = secrets.token_bytes(_SALT_BYTES)
        key = Key(
            id=secrets.token_hex(4),
            name=name,
            role=role,
            collections=names,
            salt=salt,
            digest=_digest(secret, salt),
            created_at=now,
            expires_at=expires_at,
        )
        self.store.put(key)
        return key, f"src_{key.id}_{secret}"

    def grant(self, shown: str) -> Grant | None:
        """Return what the key that a caller showed opens.

        None where it is malformed, unknown, wrong, expired or revoked: which, is not told.
        """
        parts = _KEY.fullmatch(shown)
        if parts is None:
            return None
        key = self.store.find(parts[1])
        # An id that nobody has costs as much as a wrong secret.
        salt, digest = (key.salt, key.digest) if key else (bytes(_SALT_BYTES), bytes(_DIGEST_BYTES))
        right = hmac.compare_digest(_digest(parts[2], salt), digest)
        if key is None or not right or not is_valid(key):
            return None
        return Grant(key.role, key.collections, key.id)

    def all(self) -> list[Key]:
        """Return all keys, oldest first, revoked and expired ones among them."""
        return self.store.all()

    def any_valid(self) -> bool:
        """Tell whether any key opens anything now."""
        return any(map(is_valid, self.all()))

    def revoke(self, key_id: str) -> None:
        """Revoke a key: from the next request on it opens nothing.

        Raises:
            InvalidKey: there is no key of this id.
        """
        if not self.store.revoke(key_id):
            raise InvalidKey(f"No key has the id {key_id!r}: `python -m rag keys list` has them.")


def check_opening(keyring: Keyring, settings: Settings) -> None:
    """Hold what stands between a service and its callers against where it listens.

    Raises:
        NoKeys: callers need a key, and nobody has one.
    """
    if settings.asks_for_keys:
        if not keyring.any_valid():
            raise NoKeys(
                f"Callers need a key (SOURCIER_HOST={settings.host}, SOURCIER_KEYS={settings.keys})"
                " and there is none. Make the first with `python -m rag keys create --name NAME "
                "--role admin`; or set SOURCIER_KEYS=off, if what stands in front checks who calls."
            )
    elif not is_loopback(settings.host):
        logger.warning(
            "SOURCIER_KEYS=off on %s: whoever reaches it can ask, read, add and delete",
            settings.host,
        )


def is_valid(key: Key) -> bool:
    """Tell whether `key` is neither revoked nor expired now."""
    return key.revoked_at is None and (key.expires_at is None or datetime.now(UTC) < key.expires_at)


def _digest(secret: str, salt: bytes) -> bytes:
    return hashlib.blake2b(secret.encode(), salt=salt, person=b"sourcier key").digest()
