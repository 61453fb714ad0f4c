"""The address of a store in PostgreSQL, as it may be shown."""

from urllib.parse import urlsplit


def shown(url: str) -> str:
    """Return `url` without its user, its password and its options, for messages."""
    parts = urlsplit(url)
    hosts = parts.netloc.rpartition("@")[2]
    return f"postgresql://{hosts}{parts.path}"
