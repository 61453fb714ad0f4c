"""PostgreSQL's errors as ours, with what to do where there is something to do."""

from typing import Final

from asyncpg import InterfaceError, InternalClientError, PostgresError

from documents.errors import (
    CorruptStore,
    IncompatibleStore,
    StoreError,
    StoreUnavailable,
    UnstorableText,
)

# By the code of the error [1], or the class that its first two characters name.
#
# [1] PostgreSQL Error Codes, https://www.postgresql.org/docs/current/errcodes-appendix.html
_UNAVAILABLE: Final = {
    "28": "it refuses the user or the password; correct them in SOURCIER_STORE",
    "3D": "there is no such database; create it, or correct SOURCIER_STORE",
    "3F": "there is no such schema; create it, or correct SOURCIER_STORE",
    "42501": "its user may not do this; let it own the database, or grant it the schema",
    "25006": "it is read-only; name the server that takes writes in SOURCIER_STORE",
    "55P03": "it has been written to by others for too long; try again, or end what hangs",
    "53100": "its disk is full; free some space, nothing was half written",
    "53300": "it takes no more connections; raise its max_connections, or run fewer processes",
    "53": "it has no memory or resources left; nothing was half written",
    "57014": "it took too long; try again",
    "57": "it is starting or stopping; try again",
    "08": "the connection broke; try again",
    "40": "others were at the same; try again",
    "25P03": "a transaction was left open for too long; try again",
    "58": "its disk reports an error; nothing was half written",
}
_DAMAGED: Final = "XX001", "XX002"
_UNSTORABLE: Final = "22021", "22P05"
_TAKEN: Final = "42P07"

LOST: Final = (OSError, InterfaceError, InternalClientError, PostgresError)


def ours(error: BaseException, address: str) -> Exception:
    """Return our error for one that came up at the server of `address`."""
    if isinstance(error, PostgresError):
        return _of_code(error.sqlstate or "", error, address)
    if isinstance(error.__cause__, UnicodeEncodeError):
        return UnstorableText(
            "a lone surrogate cannot be stored or looked for; normalise the text first "
            "(documents.normalization.normalize)"
        )
    if isinstance(error, TimeoutError):
        return StoreUnavailable(f"{address} does not answer in time; see whether it is up")
    if isinstance(error, OSError):
        return StoreUnavailable(f"{address} cannot be reached ({error}); see whether it is up")
    if isinstance(error, InternalClientError) or "closed" in str(error):
        return StoreUnavailable(f"{address}: the connection broke ({error}); try again")
    return StoreError(f"{address}: {error}")


def _of_code(code: str, error: PostgresError, address: str) -> Exception:
    remedy = _UNAVAILABLE.get(code) or _UNAVAILABLE.get(code[:2])
    if remedy:
        return StoreUnavailable(f"{address}: {remedy} ({error})")
    if code in _UNSTORABLE:
        return UnstorableText(
            "PostgreSQL cannot store or look for the character U+0000; normalise the text first "
            "(documents.normalization.normalize)"
        )
    if code in _DAMAGED:
        return CorruptStore(f"{address} is damaged ({error}); restore it from a backup")
    if code == _TAKEN:
        return IncompatibleStore(
            f"{address} holds tables of another program ({error}); give Sourcier a database of "
            "its own, nothing was changed"
        )
    return StoreError(f"{address}: {error}")
